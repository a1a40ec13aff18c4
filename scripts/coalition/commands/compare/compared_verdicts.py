"""Verdicts and primary tests of two runs."""

from __future__ import annotations

import pandas as pd

from ...base.records import records
from ...verdicts.lists import flat_second
from .changes import presence, sign, significant, unlike
from .difference import difference_columns, differences
from .runs import Entry, Run

FACTS = (
    *(
        "title",
        "verdict",
        "model",
        "term",
        "scale",
        "estimate",
        "std_error",
        "conf_low",
        "conf_high",
        "p_value",
        "p_holm",
        "n",
        "n_clusters",
    ),
    *("smallest_effect", "sign_share", "n_alternatives", "median_effect"),
    *("curve_n", "curve_sign_share", "curve_median", "curve_p_value"),
)
SECOND = ("verdict_2", "reasons_2", "not_applied_2", "method_2", "p_value_2", "p_holm_2")
"""What the second version of the rule says, where a run has it."""
FLAGS = (
    "verdict_changed",
    "verdict_2_changed",
    "sign_changed",
    "significance_changed",
    "n_changed",
)
TURNS = ("flips", "bloc_flips")
TEST = ("model", "term", "scale")
SIDES = [f"{fact}_{side}" for fact in (*FACTS, "reasons", *SECOND) for side in "ab"] + [
    f"{turn}_only_{side}" for turn in TURNS for side in "ab"
]
COLUMNS = ["hypothesis", "presence", *FLAGS, "same_test", *difference_columns(), *SIDES]


def verdicts(a: Run, b: Run) -> pd.DataFrame:
    """Compare the verdicts on every hypothesis that either run tests.

    Returns
    -------
    DataFrame
        Key `hypothesis`; presence (both, only in A, only in B); FLAGS: significance is that of the
        Holm-adjusted p-value, which the first version of the rule reads, against the threshold of
        each run's own rule; what ends in _2 is of the second version, of which a run without it
        says nothing; same_test: whether model, term and scale are the same, for only then there is
        a
        difference (`difference.differences`); every fact with _a and _b; the states and blocs that
        alone turn the test in one run only. What matters comes first: changed verdicts, then signs,
        significance, N, the size of the difference.
    """
    rows = [_row(name, a, b) for name in sorted({*a.hypotheses, *b.hypotheses})]
    rows.sort(
        key=lambda row: (
            *(not row[flag] for flag in FLAGS),
            -(row["size"] if row["size"] == row["size"] else -1),
        )
    )
    return pd.DataFrame(rows, columns=COLUMNS)


def changed(a: Run, b: Run) -> set[str]:
    """Return the hypotheses whose verdict is not the same, or that only one run tests."""
    names = {*a.hypotheses, *b.hypotheses}
    return {
        name
        for name in names
        if a.hypotheses.get(name, {}).get("verdict") != b.hypotheses.get(name, {}).get("verdict")
    }


def _row(name: str, a: Run, b: Run) -> Entry:
    first, second = a.hypotheses.get(name, {}), b.hypotheses.get(name, {})
    same = bool(first and second) and all(first.get(part) == second.get(part) for part in TEST)
    flags = {
        "verdict_changed": name in changed(a, b),
        "verdict_2_changed": unlike(_second(first)["verdict_2"], _second(second)["verdict_2"]),
        "sign_changed": unlike(sign(first.get("estimate")), sign(second.get("estimate"))),
        "significance_changed": unlike(
            significant(first.get("p_holm"), a.alpha), significant(second.get("p_holm"), b.alpha)
        ),
        "n_changed": unlike(first.get("n"), second.get("n")),
    }
    [gap] = records(
        differences(*(_effect(of if same else {}, run) for of, run in ((first, a), (second, b))))
    )
    return {
        "hypothesis": name,
        "presence": presence(first, second),
        **flags,
        "same_test": same,
        **gap,
        **_sides(first, second),
    }


def _effect(entry: Entry, run: Run) -> pd.DataFrame:
    inference = run.models.get(entry.get("model", ""), {}).get("inference", {})
    values = {
        "estimate": entry.get("estimate"),
        "std_error": entry.get("std_error"),
        "df": inference.get("df"),
    }
    return pd.DataFrame([values], dtype="float64")


def _sides(first: Entry, second: Entry) -> Entry:
    facts = {
        f"{fact}_{side}": of.get(fact)
        for fact in FACTS
        for side, of in (("a", first), ("b", second))
    }
    reasons = {
        f"reasons_{side}": "; ".join(of.get("reasons", []))
        for side, of in (("a", first), ("b", second))
    }
    turns = {
        f"{turn}_only_{side}": ";".join(sorted({*of.get(turn, [])} - {*other.get(turn, [])}))
        if first and second
        else ""
        for turn in TURNS
        for side, of, other in (("a", first, second), ("b", second, first))
    }
    versions = {
        f"{fact}_{side}": value
        for side, of in (("a", first), ("b", second))
        for fact, value in _second(of).items()
    }
    return facts | reasons | versions | turns


def _second(entry: Entry) -> Entry:
    """Return what the second version says of a hypothesis; None where a run does not have it."""
    of = entry.get("version_2")
    found = flat_second(of) if of else {}
    return {fact: found.get(fact) for fact in SECOND}
