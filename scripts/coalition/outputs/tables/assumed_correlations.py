"""Coefficients of models with selection at assumed correlations of the errors: what would follow if
the correlation were this.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...base.number_formats import stars
from ...formula.families import FAMILIES
from .. import display_names, sentences
from ..stored_results import Entry, Sources, tidy
from . import table_notes
from .table import BLANK, Cell, Column, Row, Table

KIND = "assumed_correlation"
HEIGHT = "log_likelihood"
COLUMNS = (
    *("column", "model", "label", "family", "outcome", "kind", "level", "term", "term_label"),
    *("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high", "method"),
)
Models = Mapping[int, Entry]


def assumed_correlations(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of coefficients of the outcome equation: a row for each model and assumed
    correlation.

    Parameters
    ----------
    spec : mapping
        title, models with selection, and terms.
    """
    models = dict(enumerate(sources.models(spec["models"]), start=1))
    labels = {term: sentences.label(term, models.values(), sources) for term in spec["terms"]} | {
        HEIGHT: "Log likelihood"
    }
    columns = [
        Column(title, group=labels[term])
        for term in spec["terms"]
        for title in ("Estimate", "95% interval", "p")
    ]
    records = [
        {"column": position, "label": model["label"], **row, "term_label": labels[row["term"]]}
        for position, model in models.items()
        for row in model["rows"]
        if row["kind"] == KIND and row["term"] in labels
    ]
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=(*columns, Column("Log likelihood")),
        rows=tuple(
            row
            for position, model in models.items()
            for row in _model_rows(position, model, spec["terms"])
        ),
        notes=_notes(models, sources),
        tidy=tidy(records, COLUMNS),
        key=("column", "level", "term"),
        stub="Model and assumed correlation of the errors",
    )


def _model_rows(position: int, model: Entry, terms: list[str]) -> list[Row]:
    found = {(row["level"], row["term"]): row for row in model["rows"] if row["kind"] == KIND}
    levels = list(dict.fromkeys(level for level, _ in found))
    rows = [Row(f"({position}) {model['label']}: {model['outcome_label']}", kind="group")]
    for level in levels:
        cells = [cell for term in terms for cell in _cells(found.get((level, term)))]
        height = found.get((level, HEIGHT))
        rows.append(
            Row(
                _correlation(level),
                (*cells, Cell(height["estimate"], "fixed1") if height else BLANK),
                indent=1,
            )
        )
    if not levels:
        rows.append(
            Row(
                "none could be reached",
                (Cell(None, "fixed3"), *[BLANK] * (3 * len(terms))),
                indent=1,
            )
        )
    return rows


def _cells(row: Entry | None) -> tuple[Cell, Cell, Cell]:
    if row is None:
        return BLANK, BLANK, BLANK
    ends = (row["conf_low"], row["conf_high"])
    return (
        Cell(row["estimate"], "fixed3", stars(row["p_value"])),
        Cell(ends, "interval3"),
        Cell(row["p_value"], "p"),
    )


def _correlation(level: str) -> str:
    return level.replace("-", "\N{MINUS SIGN}")


def _notes(models: Models, sources: Sources) -> tuple[str, ...]:
    scales = display_names.by_column(
        {position: [FAMILIES[model["family"]].scale] for position, model in models.items()},
        models,
    )
    return (
        (
            "The correlation says how far what is unobserved and gets a row selected also raises "
            "(above 0) or lowers (below 0) the outcome. It is assumed here, not estimated: the "
            "rows show what follows from each value. At 0 both equations stand alone. Where the "
            "log likelihood hardly differs, the data do not tell the values apart."
        ),
        f"Coefficients of the outcome equation; scale: {'; '.join(scales)}. {table_notes.STARS}",
        *table_notes.methods(models, sources)[:2],
        *table_notes.dropped(models, sources),
    )
