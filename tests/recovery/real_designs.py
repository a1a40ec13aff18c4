"""The real designs of the primary tests, kept as files, so that what was measured stays measured.

`PYTHONPATH=scripts .venv/bin/python tests/recovery/real_designs.py` takes them anew from the data
and the models as shipped; the long version of test_spatial_field.py has to be run after that.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from coalition import estimators
from coalition.base.great_circle import distances
from coalition.estimators.design_matrix import prepare
from coalition.estimators.fit_types import Design, Fit
from coalition.inference.likelihoods import LIKELIHOODS, Likelihood
from coalition.inference.quantities import Quantity, quantities

FOLDER = Path(__file__).with_name("designs")
TESTS = (
    ("H1", "abandonment"),
    ("H2b", "entrapment"),
    ("H2", "entrapment"),
    ("H3", "more_reserved"),
    ("H3", "reserved_not_unreserved"),
)
"""Hypothesis and what its primary test tests."""
DIGITS = 12


@dataclass(frozen=True)
class Real:
    """One primary test at its real design.

    of : what is tested; states : (n,) codes; distance : (G, G) km; region, operation : (n,)
    """

    family: str
    design: Design
    fit: Fit
    of: Quantity
    states: np.ndarray
    distance: np.ndarray
    region: np.ndarray
    operation: np.ndarray

    @property
    def likelihood(self) -> Likelihood:
        """Of the family."""
        return LIKELIHOODS[self.family]

    @property
    def ordered(self) -> bool:
        """Whether the levels are one decision."""
        return self.family != "multinomial_logit"


@cache
def real(hypothesis: str, term: str) -> Real:
    """Return the primary test of a hypothesis; of several quantities the one named."""
    kept = json.loads((FOLDER / f"{hypothesis}.json").read_text(encoding="utf-8"))
    rows, model = pd.DataFrame(kept["rows"]), kept["model"]
    names, states = np.unique(rows["iso3"].to_numpy(str), return_inverse=True)
    products = tuple((column, tuple(factors)) for column, factors in kept["products"])
    design = Design(
        rows["y"].to_numpy(float),
        rows[[f"x{k}" for k in range(len(kept["names"]))]].to_numpy(float),
        tuple(kept["names"]),
        tuple(kept["levels"]),
        states,
        products=products,
    )
    fit = estimators.fit(model["family"], design)
    places = rows.drop_duplicates("iso3").set_index("iso3").loc[names]
    tested = quantities(model, kept["primary"], design, fit)
    return Real(
        family=model["family"],
        design=design,
        fit=fit,
        of=next(of for of in tested if of.term == term),
        states=states,
        distance=distances(places["lat"].to_numpy(float), places["lon"].to_numpy(float)),
        region=rows["region"].to_numpy(str),
        operation=rows["operation"].to_numpy(str),
    )


def taken() -> dict[str, dict[str, Any]]:
    """Return what the files should hold: hypothesis -> its model and its rows."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "data"))
    from shipped import config, sample, typed

    places = typed("capital_distances.csv").set_index("iso3")[["lat", "lon"]]
    regions = typed("regions.csv").set_index("iso3")["region"]
    found = {}
    for hypothesis in dict.fromkeys(name for name, _ in TESTS):
        primary = config()["hypotheses"][hypothesis]["primary"]
        model: Mapping[str, Any] = config()["models"][primary["model"]]
        prepared = prepare(sample(model["sample"]).table, model, {})
        rows = prepared.rows[["iso3", "operation"]].astype(str)
        rows = rows.assign(region=rows["iso3"].map(regions).astype(str))
        rows = rows.join(places.astype(float), on="iso3").assign(y=prepared.design.y)
        columns = {f"x{k}": x for k, x in enumerate(prepared.design.X.T)}
        rows = pd.concat([rows, pd.DataFrame(columns, index=rows.index)], axis=1).round(DIGITS)
        found[hypothesis] = {
            "model": {part: model[part] for part in ("family", "corners") if part in model},
            "primary": {part: primary[part] for part in ("term", "contrasts") if part in primary},
            "names": list(prepared.design.names),
            "levels": list(prepared.design.levels),
            "products": [[column, list(of)] for column, of in prepared.design.products],
            "rows": rows.to_dict("list"),
        }
    return found


def write() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for hypothesis, content in taken().items():
        text = json.dumps(content, indent=1, sort_keys=True).replace(",\n   ", ", ")
        (FOLDER / f"{hypothesis}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
