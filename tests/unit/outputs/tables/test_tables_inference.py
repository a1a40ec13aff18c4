"""The table of every method of inference: every printed number is the stored one, and what is
missing is said.
"""

from __future__ import annotations

import pandas as pd
from coalition.base.number_formats import fixed, interval, p_value, share
from coalition.outputs.display_names import INFERENCE_METHODS as METHODS
from coalition.outputs.tables import build, table_notes
from coalition.outputs.tables.inference_tables import SHARES
from inference_fixture import inference
from table_fixture import SPECS, sources

TABLE = build("inference", SPECS["inference"], sources())


def block(position: int) -> list:
    starts = [i for i, row in enumerate(TABLE.rows) if row.kind == "group"] + [len(TABLE.rows)]
    return list(TABLE.rows[starts[position] : starts[position + 1]])


def test_every_number_is_the_stored_one() -> None:
    for position, test in enumerate(inference()["hypotheses"]):
        rows = [
            row
            for row in block(position)[1:]
            if row.label != "In a linear model of the same terms:"
        ]
        assert [row.label for row in rows[: len(test["rows"])]] == [
            METHODS[stored["method"]] for stored in test["rows"]
        ]
        for row, stored in zip(rows, test["rows"], strict=False):
            texts = [cell.body for cell in row.cells]
            assert texts[0] == fixed(stored["estimate"], 3)
            assert texts[1] == (
                fixed(stored["std_error"], 3) if stored["std_error"] is not None else ""
            )
            assert texts[2] == (fixed(stored["df"], 1) if stored["df"] is not None else "")
            assert texts[3] == (
                interval((stored["conf_low"], stored["conf_high"]), 3)
                if stored["conf_low"] is not None
                else ""
            )
            assert texts[4:6] == [p_value(stored["p_value"]), p_value(stored["p_holm"])]
            assert texts[6] == (
                p_value(stored["p_below_smallest"])
                if stored["p_below_smallest"] is not None
                else ""
            )


def test_confounders() -> None:
    found, rows = inference()["hypotheses"], block(0)
    for part, label in SHARES.items():
        assert next(row for row in rows if row.label == label).cells[0].body == share(
            found[0]["sensitivity"][part]
        )
    assert rows[-1].label == "With a confounder 2 times as strong as Größe d'État"
    assert rows[-1].cells[0].body == "0.123"
    assert block(1)[-1].label == SHARES["robustness_value_alpha"]  # no covariate to compare with
    assert block(2)[-1].label == METHODS["linear_wild_bootstrap"]


def test_headings_and_reasons() -> None:
    assert (
        block(0)[0].label
        == "H1 One: Fear (log odds; predicted sign: positive; 1,358 rows, 1,184 clusters)"
    )
    assert block(1)[0].label == (
        "H2 Two & three: contrast of predicted probabilities (difference of probabilities; "
        "predicted sign: positive; 1,358 rows)"
    )
    assert (
        block(2)[0].label
        == "H3 Failed: Not estimated (log odds; predicted sign: positive; no rows)"
    )
    foot = " ".join(TABLE.notes)
    assert "CR2 (H2): not for this model" in foot
    assert "9,999 bootstrap replicates, 4,999 permutations" in foot
    assert "without an estimate" not in foot


def test_draws_without_an_estimate_are_named() -> None:
    lost = {"replicates": 1999, "not_fitted": 1234}
    (text,) = table_notes.without_estimates({"H1": lost, "H2": {**lost, "not_fitted": 0}})
    assert "H1 1,234 of 1,999; H2 0 of 1,999" in text


def test_tidy_has_every_number_and_its_key() -> None:
    tidy: pd.DataFrame = TABLE.tidy
    assert len(tidy) == 3 * 5 + 2 * 3 + 2
    assert tidy["label"].nunique() == 5 + 3 + 2  # 5 methods, 3 shares, 2 benchmarks
    assert tidy.loc[tidy["kind"] == "benchmark", "statistic"].notna().all()
