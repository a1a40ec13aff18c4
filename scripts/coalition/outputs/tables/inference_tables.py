"""The table of the primary tests under every method of inference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...base.number_formats import known, stars
from .. import display_names, sentences, unit_words
from ..stored_results import Entry, Sources, tidy
from . import table_notes
from .table import BLANK, Cell, Column, Row, Table

NUMBERS = (
    "estimate",
    "std_error",
    "statistic",
    "df",
    "p_value",
    "conf_low",
    "conf_high",
    "p_equal_tailed",
    "p_holm",
    "p_bh",
)
RECORD = (
    "hypothesis",
    "kind",
    "name",
    "label",
    "term",
    *NUMBERS,
    "p_below_smallest",
    "replicates",
    "not_fitted",
    "r2_treatment",
    "r2_outcome",
    "reason",
)
SHARES = {
    "partial_r2": "Partial R2 with the outcome",
    "robustness_value": "Robustness value: to zero",
    "robustness_value_alpha": "Robustness value: to insignificance",
}

METHODS_NOTE = (
    "The same estimates, other standard errors. CR2: t with Satterthwaite degrees of freedom "
    "(df); CR3 and jackknife: one cluster left out at a time. The df of CR3 are Satterthwaite's "
    "too where the model is binary or linear; of other models, as of every jackknife, they are "
    "the number of clusters less one. Bootstraps and permutations have p-values of their own, and "
    "intervals of the values that they do not reject. All test that the quantity in the heading "
    "is zero; for a contrast that is less than to say that the term has no effect, and the "
    "permutation keeps to it."
)
LINEAR_NOTE = (
    "Linear model: the outcome's 0/1, or the ordered level's number, by least squares; for a "
    "contrast of probabilities, the same contrast in a linear probability model. Its estimates "
    "are on another scale than log odds."
)
P_VALUES_NOTE = (
    "p, Holm: adjusted over the hypotheses, method by method (a hypothesis without a p-value "
    "counts too). p, too small: of the test that the effect in the predicted direction is at "
    "least the smallest one of interest; a low p says that it is too small to matter."
)
CONFOUNDER_NOTE = (
    "Robustness value: share of what the covariates leave unexplained, of the term and of the "
    "outcome alike, that an unobserved confounder would have to explain to bring the estimate to "
    "zero, or its p-value to 0.05 (classical standard errors; Cinelli & Hazlett 2020). The row "
    "below: of the confounders as strong as one of the covariates, the one that leaves least. All "
    "of them: the CSV file."
)


def _by_method(tests: Sequence[Entry], word: str | None) -> list[Row]:
    """Return a row a method; those of a linear model of the same terms below, under its name."""
    names = display_names.INFERENCE_METHODS
    plain, linear = (
        [
            Row(unit_words.worded(names[test["method"]], word), _cells(test), indent=int(kind))
            for test in tests
            if bool(test["linear"]) is kind
        ]
        for kind in (False, True)
    )
    heading = Row("In a linear model of the same terms:", (BLANK,) * 7)
    return [*plain, heading, *linear] if linear else plain


def inference(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of every method's estimate, interval and p-value, hypothesis by hypothesis."""
    found = next(content for content in sources.estimates if "benchmark_times" in content)
    rows, records = [], []
    word = unit_words.unit(sources.verdicts.get("hypotheses", ()))
    reasons: dict[Any, Any] = {}
    for test in found["hypotheses"]:
        rows += [Row(_heading(test, sources), kind="group")]
        rows += _by_method(test["rows"], word)
        rows += _confounder(test["sensitivity"], found["benchmark_times"], sources)
        records += _records(test, sources, word)
        for row in test["rows"]:
            if row["reason"]:
                reasons.setdefault(
                    (display_names.INFERENCE_METHODS[row["method"]], row["reason"]), []
                ).append(test["hypothesis"])
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(
            Column(title)
            for title in ("Estimate", "SE", "df", "95% interval", "p", "p, Holm", "p, too small")
        ),
        rows=tuple(rows),
        notes=_notes(found, reasons, word),
        tidy=tidy(records, RECORD),
        key=("hypothesis", "kind", "name"),
        stub="Method",
    )


def _heading(test: Entry, sources: Sources) -> str:
    term = next((row["term"] for row in test["rows"] if row["term"]), None)
    clusters = (
        f", {display_names.plural(test['n_clusters'], 'cluster')}" if test["n_clusters"] else ""
    )
    size = f"{test['n']:,} rows{clusters}" if test["n"] else "no rows"
    return sentences.heading(test, term, sources, size)


def _cells(row: Entry) -> tuple[Cell, ...]:
    return (
        Cell(row["estimate"], "fixed3", stars(row["p_value"])),
        Cell(row["std_error"], "fixed3") if known(row["std_error"]) else BLANK,
        Cell(row["df"], "fixed1") if known(row["df"]) else BLANK,
        Cell((row["conf_low"], row["conf_high"]), "interval3")
        if known(row["conf_low"]) or known(row["conf_high"])
        else BLANK,
        Cell(row["p_value"], "p"),
        Cell(row["p_holm"], "p"),
        Cell(row["p_below_smallest"], "p") if known(row["p_below_smallest"]) else BLANK,
    )


def _confounder(found: Entry | None, times: float, sources: Sources) -> list[Row]:
    """Return what an unobserved confounder would have to be, and what the worst of those as strong
    as a covariate would leave.
    """
    if found is None:
        return []
    rows = [
        Row(label, (Cell(found[part], "share"), *[BLANK] * 6), indent=1)
        for part, label in SHARES.items()
    ]
    if not found["benchmarks"]:
        return rows
    worst = min(
        found["benchmarks"], key=lambda one: one["statistic"] * (1 if found["estimate"] > 0 else -1)
    )
    label = (
        f"With a confounder {_strength(times)} as "
        f"{sentences.term_label(worst['covariate'], sources)}"
    )
    return [
        *rows,
        Row(
            label,
            (Cell(worst["estimate"], "fixed3"), Cell(worst["std_error"], "fixed3"), *[BLANK] * 5),
            indent=1,
        ),
    ]


def _strength(times: float) -> str:
    return "as strong" if times == 1 else f"{times:g} times as strong"


def _records(test: Entry, sources: Sources, word: str | None) -> list[Entry]:
    about = {"hypothesis": test["hypothesis"]}
    rows: list[Entry] = [
        {**about, "kind": "method", "name": row["method"], "label": _full(row, word), **row}
        for row in test["rows"]
    ]
    found = test["sensitivity"]
    if found is None:
        return rows
    rows += [
        {
            **about,
            "kind": "confounder",
            "name": part,
            "label": label,
            "term": found["term"],
            "estimate": found[part],
        }
        for part, label in SHARES.items()
    ]
    benchmarks = [
        {
            **about,
            "kind": "benchmark",
            "name": one["covariate"],
            "label": sources.label(one["covariate"]),
            **one,
        }
        for one in found["benchmarks"]
    ]
    return [*rows, *({**one, "term": found["term"]} for one in benchmarks)]


def _full(row: Entry, word: str | None) -> str:
    name = unit_words.worded(display_names.INFERENCE_METHODS[row["method"]], word)
    return f"Linear model: {name}" if row["linear"] else name


def _notes(
    found: Entry, reasons: Mapping[tuple[str, str], list[str]], word: str | None
) -> tuple[str, ...]:
    missing = [
        f"{method} ({', '.join(names)}): {reason}" for (method, reason), names in reasons.items()
    ]
    resampled = (
        f"{found['replicates']:,} bootstrap replicates, {found['permutations']:,} "
        "permutations of states within operations"
    )
    unfitted = {
        test["hypothesis"]: row
        for test in found["hypotheses"]
        for row in test["rows"]
        if known(row["not_fitted"])
    }
    return (
        METHODS_NOTE,
        f"{unit_words.worded(resampled, word)} (seed {found['seed']}).",
        *table_notes.without_estimates(unfitted),
        LINEAR_NOTE,
        P_VALUES_NOTE,
        CONFOUNDER_NOTE,
        *([f"Not estimated: {'. '.join(missing)}."] if missing else []),
        table_notes.STARS,
    )
