"""The table of the coefficients of some models under the methods of inference that they name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...base.number_formats import known, stars
from ...formula.inference_methods import METHODS
from .. import display_names, sentences
from ..stored_results import Entry, Sources, tidy
from . import table_notes
from .table import BLANK, Cell, Column, Row, Table

NUMBERS = (
    "estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high",
    "p_equal_tailed", "replicates", "not_fitted",
)  # fmt: skip
OWN = "own"
"""The method of the model's own numbers."""
READING = (
    "First line of a term: the model's own standard error, interval and p-value. CR2: t with "
    "Satterthwaite degrees of freedom (df); CR3 and jackknife: one cluster left out at a time. "
    "Bootstraps and permutations have p-values of their own, and intervals of the values that they "
    "do not reject. Rows independent: the method takes no notice of clusters."
)


def short(method: str) -> str:
    """Return what a method is called here: where permutations stay, the foot says."""
    label = "Permutation" if method.endswith("permutation") else METHODS[method].label
    return f"Linear model: {label}" if METHODS[method].linear else label


def by_method(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of estimate, standard error, interval and p-value of each term by each method.

    Parameters
    ----------
    spec : mapping
        title, models, and as needed terms.
    """
    rows: list[Row] = []
    records: list[Entry] = []
    reasons: dict[tuple[str, str], list[str]] = {}
    models = dict(enumerate(sources.models(spec["models"]), start=1))
    for place, model in models.items():
        rows.append(Row(f"({place}) {model['label']}: {model['outcome_label']}", kind="group"))
        if model.get("by_method") is None:
            rows.append(Row("not estimated", (BLANK,) * 5))
            continue
        for own in _tested(model, spec.get("terms")):
            lines = _lines(model, own)
            rows.append(Row(_label(own, model, sources), _cells(own)))
            rows += [Row(short(line["method"]), _cells(line), indent=1) for line in lines]
            records += [_record(model, line) for line in ({**own, "method": OWN}, *lines)]
            for line in (line for line in lines if line["reason"]):
                reasons.setdefault((short(line["method"]), line["reason"]), []).append(
                    f"({place}) {_label(own, model, sources)}"
                )
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(map(Column, ("Estimate", "SE", "df", "95% interval", "p"))),
        rows=tuple(rows),
        notes=(
            READING,
            *table_notes.failures(models, sources),
            *table_notes.methods(models, sources),
            *drawn(models, sources),
            *_missing(reasons),
            table_notes.STARS,
        ),
        tidy=tidy(records, ("model", "term", "level", "method", *NUMBERS, "reason")),
        key=("model", "term", "level", "method"),
        stub="Term and method",
    )


def _tested(model: Entry, terms: list[str] | None) -> list[Entry]:
    """Return the model's own rows of the coefficients that were tested again."""
    found = {(row["term"], row["level"]) for row in model["by_method"]["rows"]}
    return [
        {**row, "df": (model["inference"] or {}).get("df"), "reason": None}
        for row in model["rows"]
        if row["kind"] == "coefficient"
        and (row["term"], row["level"]) in found
        and (terms is None or row["term"] in terms or row["term"].partition("[")[0] in terms)
    ]


def _lines(model: Entry, own: Entry) -> list[Entry]:
    return [
        row
        for row in model["by_method"]["rows"]
        if (row["term"], row["level"]) == (own["term"], own["level"])
    ]


def _label(row: Entry, model: Entry, sources: Sources) -> str:
    label = sentences.label(row["term"], [model], sources)
    return label if row["level"] is None else f"{label}, {display_names.level(row['level'])}"


def _cells(row: Entry) -> tuple[Cell, ...]:
    if not known(row["p_value"]):
        return (*[BLANK] * 4, Cell(None, "p"))
    ends = (row["conf_low"], row["conf_high"])
    return (
        Cell(row["estimate"], "fixed3", stars(row["p_value"])),
        Cell(row["std_error"], "fixed3") if known(row["std_error"]) else BLANK,
        Cell(row["df"], "fixed1") if known(row["df"]) else BLANK,
        Cell(ends, "interval3") if any(map(known, ends)) else BLANK,
        Cell(row["p_value"], "p"),
    )


def _record(model: Entry, row: Entry) -> Entry:
    return {**dict.fromkeys(NUMBERS), **row, "model": model["model"]}


def drawn(models: Mapping[int, Entry], sources: Sources) -> list[str]:
    """Return how much was drawn, from which seed, where permutations stay, and how many draws have
    no estimate.
    """
    found = [model["by_method"] for model in models.values() if model.get("by_method")]
    drawing = [of for of in found if any(_draws(method) for method in of["methods"])]
    if not drawing:
        return []
    of = drawing[0]
    words = (
        f"Up to {of['replicates']:,} bootstrap replicates and {of['permutations']:,} permutations "
        f"(seed {of['seed']})."
    )
    unfitted = table_notes.without_estimates(_unfitted(models, sources))
    return [words, *_within(models), *unfitted]


def _unfitted(models: Mapping[int, Entry], sources: Sources) -> dict[str, Entry]:
    return {
        f"({place}) {_label(row, model, sources)}": row
        for place, model in models.items()
        for row in (model.get("by_method") or {"rows": []})["rows"]
        if known(row["not_fitted"])
    }


def _draws(method: str) -> bool:
    return "bootstrap" in method or "permutation" in method


def _within(models: Mapping[int, Entry]) -> list[str]:
    """Return within which values permutations exchange clusters."""
    where: dict[str, list[int]] = {}
    for place, model in models.items():
        found = model.get("by_method") or {"methods": [], "within": None}
        if any("permutation" in method for method in found["methods"]):
            where.setdefault(found["within"] or "", []).append(place)
    return [
        f"{display_names.numbers(places)} permutations exchange clusters that have the same number "
        f"of rows{f' in every {column}' if column else ''}."
        for column, places in where.items()
    ]


def _missing(reasons: Mapping[tuple[str, str], list[str]]) -> list[str]:
    named = [f"{method} ({'; '.join(of)}): {why}" for (method, why), of in reasons.items()]
    return [f"Not estimated: {'. '.join(named)}."] if named else []
