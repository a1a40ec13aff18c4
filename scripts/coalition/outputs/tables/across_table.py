"""The table of one question in every operation, and of the answers partially pooled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...base.number_formats import fixed, known, p_words, stars
from ...formula.families import FAMILIES
from .. import display_names
from ..stored_results import Entry, Sources, tidy
from . import table_notes
from .table import BLANK, Cell, Column, Row, Table

COLUMNS = (
    "question", "hypothesis", "family", "term", "kind", "operation", "label", "estimate",
    "std_error", "p_value", "conf_low",
    "conf_high", "n", "states_with", "share_recalled", "coders", "weak", "message", "tau2", "i2",
    "q", "q_p", "scale",
)  # fmt: skip
TITLES = ("Estimate", "SE", "95% interval", "p", "N", "Events", "Recalled")
WEAK = " \N{DAGGER}"


def across_operations(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of each question: a row an operation, then the pooled effect."""
    content = next(found for found in sources.estimates if "questions" in found)
    rows: list[Row] = []
    records: list[Entry] = []
    for question in content["questions"]:
        rows += [Row(heading(question), kind="group"), *map(_row, question["rows"])]
        rows += _pooled(question)
        records += _records(question)
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(map(Column, TITLES)),
        rows=tuple(rows),
        notes=(*map(_heterogeneity, content["questions"]), *_notes(content)),
        tidy=tidy(records, COLUMNS),
        key=("question", "kind", "operation"),
        stub="Operation",
    )


def heading(question: Entry) -> str:
    """Return the heading of a question."""
    way = display_names.direction(question["sign"])
    return f"{question['hypothesis']} {question['label']} (predicted: {way})"


def _row(row: Entry) -> Row:
    label = row["label"] + (WEAK if row["weak"] else "")
    if row["message"]:
        text = row["message"] if row["message"].startswith("not") else "not estimated"
        return Row(f"{label}: {text}", (BLANK,) * len(TITLES), indent=1)
    cells = (
        Cell(row["estimate"], "fixed3", stars(row["p_value"])),
        Cell(row["std_error"], "fixed3"),
        Cell((row["conf_low"], row["conf_high"]), "interval3"),
        Cell(row["p_value"], "p"),
        Cell(row["n"], "count"),
        Cell(row["states_with"], "count"),
        Cell(row["share_recalled"], "share"),
    )
    return Row(label, cells, indent=1)


def _pooled(question: Entry) -> list[Row]:
    pooled, alone = question["pooled"], question["independent"]
    if pooled is None:
        return []
    found = [
        Row(
            f"Pooled, {pooled['k']} operations",
            (
                Cell(pooled["estimate"], "fixed3", stars(pooled["p_value"])),
                Cell(pooled["std_error"], "fixed3"),
                Cell((pooled["conf_low"], pooled["conf_high"]), "interval3"),
                Cell(pooled["p_value"], "p"),
                *[BLANK] * 3,
            ),
            kind="statistic",
        )
    ]
    if known(pooled["predicted_low"]):
        interval = Cell((pooled["predicted_low"], pooled["predicted_high"]), "interval3")
        cells = (BLANK, BLANK, interval, *[BLANK] * 4)
        found.append(Row("One more operation (prediction)", cells, kind="statistic"))
    cells = (Cell(alone["estimate"], "fixed3"), Cell(alone["std_error"], "fixed3"), *[BLANK] * 5)
    found.append(Row("If operations shared no state", cells, kind="statistic"))
    return found


def _heterogeneity(question: Entry) -> str:
    pooled = question["pooled"]
    if pooled is None:
        return f"{question['label']}: fewer than two operations could be estimated."
    ends = [entry["estimate"] for entry in question["without"]]
    range_ = (
        (
            f"; without one operation the pooled effect is {fixed(min(ends), 2)} to "
            f"{fixed(max(ends), 2)}"
        )
        if ends
        else ""
    )
    most = max((abs(entry["correlation"]) for entry in question["correlations"]), default=0.0)
    return (
        f"{question['label']}: standard deviation between operations "
        f"{fixed(pooled['tau2'] ** 0.5, 2)}, I\N{SUPERSCRIPT TWO} {pooled['i2']:.0%}, test of "
        f"homogeneity Q = {fixed(pooled['q'], 1)} ({p_words(pooled['q_p'])}); Hartung and Knapp's "
        f"scale {fixed(pooled['scale'], 2)}; largest correlation of two operations' estimates "
        f"{fixed(most, 2)}{range_}."
    )


def _notes(content: Entry) -> tuple[str, ...]:
    families = dict.fromkeys(question["family"] for question in content["questions"])
    words = "; ".join(FAMILIES[family].label for family in families)
    return (
        f"In each operation: {words}, with the same terms; in one operation a state is one row. "
        "Pooled: random effects by generalised least squares; the estimates are correlated since "
        "the same states recur, with correlations from the stacked sandwich of the operations' "
        "scores clustered by state. Variance between operations by Paule and Mandel, intervals by "
        "Hartung and Knapp with t of k - 1 degrees of freedom and a scale of at least one; "
        "prediction with t of k - 2. If operations shared no state: statsmodels' combine_effects, "
        "whose errors are then too small.",
        _recalled(content["recalled_used"]),
        f"A question is asked where at least {content['least_rows']} rows have the outcome. "
        f"Events: rows that joined, or have a level above none. \N{DAGGER} weak codes: "
        f"{content['weak_share']:.0%} or more of them are recalled, or one coder read the "
        "caveats. ISAF and Enduring Freedom share a target and almost a baseline. No verdict "
        "rests on this table.",
        table_notes.STARS,
    )


def _recalled(used: Mapping[str, bool]) -> str:
    done = {table: "used here" if used[table] else "left out here" for table in used}
    return (
        "Recalled: share of the operation's coded rows, of who took part or of caveats, that are "
        f"recalled and not read (evidence C); those of who took part are {done['contributors']}, "
        f"those of caveats {done['caveats']}."
    )


def _records(question: Entry) -> list[Entry]:
    about = {part: question[part] for part in ("question", "hypothesis", "family", "term")}
    found = [about | {"kind": "operation"} | row for row in question["rows"]]
    if question["pooled"] is not None:
        pooled = question["pooled"]
        found.append(about | {"kind": "pooled", "operation": "", "n": pooled["k"]} | {
            part: value for part, value in pooled.items() if part in COLUMNS})  # fmt: skip
        ends = {"conf_low": pooled["predicted_low"], "conf_high": pooled["predicted_high"]}
        found.append(about | {"kind": "prediction", "operation": ""} | ends)
        found.append(about | {"kind": "independent", "operation": ""} | question["independent"])
        found += [about | {"kind": "without"} | entry for entry in question["without"]]
    return found
