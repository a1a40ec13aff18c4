"""What governments said: families follow from reasons, and the coders agree as the codebook
says.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from coalition.data.coder_agreement import ordinal_alpha
from shipped import facts, needs_facts, typed

OPERATIONS = ("isaf", "iraq")
PRINTED = 0.0006
"""The codebook prints three decimals."""
FAMILIES = ("abandonment", "capacity", "domestic", "gain", "identity", "law", "other", "stake")
"""Families that the codebook of the facts rates under the same name."""


def both_coded() -> pd.DataFrame:
    """Return the reasons of the statements that two coders read, ISAF and Iraq."""
    rows = pd.concat([typed(f"operations/{name}/reasons.csv") for name in OPERATIONS])
    rows["unit"] = rows["operation"] + " " + rows["statement_id"]
    again = set(rows.loc[rows["coder"] == 2, "unit"])
    return rows[rows["unit"].isin(again)]


def cells(column: str) -> pd.DataFrame:
    """Return a row a statement and value of a column (named at all), a column a coder: 0 or 1."""
    rows = both_coded()
    named = pd.crosstab([rows["unit"], rows["coder"]], rows[column]).gt(0).astype(float)
    return pd.DataFrame(named.stack().unstack("coder"))


def alpha(rated: pd.DataFrame) -> float:
    # of two values, the ordinal alpha is the nominal one
    return ordinal_alpha(rated.to_numpy(dtype=float), levels=2)


def printed(level: str, item: str) -> float:
    table = facts("reasons/agreement_reasons.csv")
    here = (table["scope"] == "both") & (table["unit"] == "statement_id")
    (found,) = table.loc[
        here & (table["level"] == level) & table["item"].str.startswith(item), "alpha"
    ]
    return float(found)


def test_63_statements_were_coded_twice() -> None:
    rows = both_coded()
    assert rows.groupby("unit")["coder"].nunique().eq(2).all()
    assert rows["unit"].nunique() == 63


@needs_facts
@pytest.mark.parametrize("family", FAMILIES)
def test_agreement_on_a_family_is_that_of_the_codebook(family: str) -> None:
    rated = pd.DataFrame(cells("family").xs(family, level="family"))
    assert alpha(rated) == pytest.approx(printed("family", family), abs=PRINTED)


@needs_facts
@pytest.mark.parametrize(
    ("column", "item"), [("reason", "all statement x reason"), ("family", "all statement x family")]
)
def test_agreement_on_all_cells_is_that_of_the_codebook(column: str, item: str) -> None:
    rated = cells(column)
    assert alpha(rated) == pytest.approx(printed("pooled", item), abs=PRINTED)


@needs_facts
def test_agreement_on_entrapment_is_that_of_the_codebook() -> None:
    rated = pd.DataFrame(cells("family").xs("entrapment", level="family"))
    assert alpha(rated) == pytest.approx(printed("family", "entrapment_strict"), abs=PRINTED)


def test_a_reason_belongs_to_one_family() -> None:
    rows = pd.concat([typed(f"operations/{name}/reasons.csv") for name in OPERATIONS])
    assert rows.groupby("reason")["family"].nunique().max() == 1


def test_reasons_are_those_of_states_on_their_own_part() -> None:
    for name in OPERATIONS:
        rows = typed(f"operations/{name}/reasons.csv")
        assert (rows["statement_id"].str[:3] == rows["iso3"]).all(), name
        assert np.all(rows["date_to"].isna() | (rows["date_to"] > rows["date"].str[:4])), name
