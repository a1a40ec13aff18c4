"""Tables on the scale of probabilities: average marginal effects, and the four corners of two
terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, product
from typing import Any

from ...base.number_formats import stars
from .. import display_names, sentences
from ..stored_results import Entry, Sources, tidy
from . import table_notes
from .table import BLANK, RULE, Cell, Column, Row, Table

COLUMNS = (
    *("column", "model", "label", "family", "outcome", "kind", "level", "term", "term_label"),
    *("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high", "method"),
)
MARGINAL = {"marginal_effect": ", all rows", "marginal_effect_given_selection": ", given selection"}
COUNTS = {
    "participants": "Expected participants",
    "participants_without_option": "Expected participants without the option to join with "
    "reservations",
    "lost_without_option": "Difference",
}
SIZES = {"n": "N", "n_states": "States", "n_clusters": "Clusters"}
Models = Mapping[int, Entry]


def marginal_effects(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of average marginal effects: a row for each model and level, side by side for
    each term.

    Parameters
    ----------
    spec : mapping
        title, models, and terms (all terms of the models but products where they are not named).
    """
    models = dict(enumerate(sources.models(spec["models"]), start=1))
    terms = spec.get("terms") or _single_terms(models.values())
    labels = {term: sentences.label(term, models.values(), sources) for term in terms}
    titles = ("Effect", "95% interval", "p")
    columns = [Column(title, group=labels[term]) for term, title in product(terms, titles)]
    rows, records = [], []
    for position, model in models.items():
        for kind in _kinds(model):
            rows += _model_rows(position, model, terms, kind)
        about = {"column": position, "label": model["label"]}
        for row in _marginal_rows(model, terms):
            records.append({**about, **row, "term_label": labels[row["term"]]})
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(columns),
        rows=tuple(rows),
        notes=_marginal_notes(models, sources),
        tidy=tidy(records, COLUMNS),
        key=("column", "kind", "level", "term"),
        stub="Model and outcome",
    )


def _single_terms(models: Iterable[Entry]) -> list[str]:
    """Return every term of the models that is no product."""
    named = dict.fromkeys(term for model in models for term in model["terms"])
    return [term for term in named if ":" not in term]


def _marginal_rows(model: Entry, terms: Sequence[str]) -> list[Entry]:
    return [row for row in model["rows"] if row["kind"] in MARGINAL and row["term"] in terms]


def _kinds(model: Entry) -> list[str]:
    """Return which marginal effects a model has: on all rows, and of models with selection on the
    selected rows too.
    """
    present = {row["kind"] for row in model["rows"]}
    return [kind for kind in MARGINAL if kind in present or kind == "marginal_effect"]


def _model_rows(position: int, model: Entry, terms: list[str], kind: str) -> list[Row]:
    """Return a row a level; of a binary outcome one row alone."""
    found = {(row["level"], row["term"]): row for row in model["rows"] if row["kind"] == kind}
    levels = [level for level in model["levels"] if any((level, term) in found for term in terms)]
    heading = f"({position}) {model['label']}: {model['outcome_label']}"
    heading += MARGINAL[kind] if len(_kinds(model)) > 1 else ""

    def cells(level: str | None) -> tuple[Cell, ...]:
        """Return the cells of one level, term by term."""
        of_terms = (_cells(found.get((level, term)), model, term) for term in terms)
        return tuple(chain.from_iterable(of_terms))

    if len(levels) < 2:
        return [Row(heading, cells(levels[0] if levels else None))]
    rows = [Row(display_names.level(level), cells(level), indent=1) for level in levels]
    return [Row(heading, kind="group"), *rows]


def _cells(row: Entry | None, model: Entry, term: str) -> tuple[Cell, Cell, Cell]:
    if row is None:
        absent = (
            Cell(None, "fixed3") if model["status"] != "ok" and term in model["terms"] else BLANK
        )
        return absent, BLANK, BLANK
    ends = (row["conf_low"], row["conf_high"])
    return (
        Cell(row["estimate"], "fixed3", stars(row["p_value"])),
        Cell(ends, "interval3"),
        Cell(row["p_value"], "p"),
    )


def _marginal_notes(models: Models, sources: Sources) -> tuple[str, ...]:
    return (
        *table_notes.failures(models, sources),
        "Average change of the probability of each outcome for one unit more of the term (one "
        "standard deviation of a measure), all else as observed; from 0 to 1 for a variable with "
        f"these two values. Of a binary outcome: the probability of {_events(models)}.",
        *_selection_note(models),
        (
            "Delta method: 95% intervals and p-values from the normal distribution. "
            f"{table_notes.STARS}"
        ),
        *table_notes.methods(models, sources)[:2],
        *table_notes.warnings(models, sources),
    )


def _events(models: Models) -> str:
    """Return the event of each binary outcome, "1" or "accepted"; with its columns where they
    differ.
    """
    events = {
        position: [display_names.level(model["levels"][1]).lower()]
        for position, model in models.items()
        if len(model["levels"]) == 2
    }
    return "; ".join(display_names.by_column(events, models)) if events else "the event"


def _selection_note(models: Models) -> list[str]:
    if not any(len(_kinds(model)) > 1 for model in models.values()):
        return []
    text = (
        "All rows: what the outcome would be, whichever rows are selected. Given selection: "
        "of the selected rows, among whom it changes with a "
    )
    return [f"{text}term of both equations also who they are."]


def _terms_of(kind: str, models: Mapping[int, Entry]) -> list[str]:
    """Return the terms of which any model has a row of the kind, each once."""
    rows = [row for model in models.values() for row in model["rows"] if row["kind"] == kind]
    return list(dict.fromkeys(row["term"] for row in rows))


def _part(
    heading: str, kind: str, labels: Mapping[str, str], models: Mapping[int, Entry]
) -> list[Row]:
    """Return the rows of a kind below their heading; nothing where no model has one."""
    rows = [
        row
        for term, label in labels.items()
        for row in _with_interval(label, kind, term, None, models)
    ]
    return [RULE, Row(heading, kind="group"), *rows] if labels else []


def corners(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of predicted probabilities in the corners of two terms, and of the contrasts
    between them.

    Parameters
    ----------
    spec : mapping
        title, and models whose estimates have probabilities.
    """
    models = dict(enumerate(sources.models(spec["models"]), start=1))
    points = _terms_of("probability", models)
    first, second = (
        sentences.label(term, models.values(), sources) for term in sentences.corner_terms(points)
    )
    rows = [row for point in points for row in _corner(point, models, sources)]
    heading = f"Contrasts: {display_names.low(first)} raised from low to high"
    said = {term: sentences.contrast(term, second) for term in _terms_of("contrast", models)}
    rows += _part(heading, "contrast", said, models)
    heading = "Number of states by operation that take part (model-based)"
    said = {term: COUNTS[term] for term in _terms_of("count", models)}
    rows += _part(heading, "count", said, models)
    columns = [
        Column(model["label"], f"({position})", model["outcome_label"])
        for position, model in models.items()
    ]
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(columns),
        rows=(*rows, RULE, *_sizes(models)),
        notes=_corner_notes(models, sources),
        tidy=tidy(_corner_records(models, second, sources), COLUMNS),
        key=("column", "kind", "level", "term"),
    )


COUNTS_NOTE = (
    "Number of participants: the sum of predicted probabilities. Without the option those who "
    "would join with reservations divide over the other two responses as these divide now; that "
    "is the model's assumption (independence of irrelevant alternatives), not an observation."
)


def _ends(models: Models) -> str:
    """Return which percentiles low and high are, where the models have corners."""
    shares = {position: model["corners"] for position, model in models.items() if model["corners"]}
    ends = {
        position: [f"percentiles {100 * of['low']:g} and {100 * of['high']:g}"]
        for position, of in shares.items()
    }
    return (
        (
            f"Low and high: {'; '.join(display_names.by_column(ends, shares))} of the estimation "
            "sample. "
        )
        if shares
        else ""
    )


def _has_counts(models: Models) -> bool:
    return any(row["kind"] == "count" for model in models.values() for row in model["rows"])


def _point_label(point: str, models: Models, sources: Sources) -> str:
    parts = [part.split("=") for part in point.split(", ")]
    said = [
        f"{display_names.low(sentences.label(term, models.values(), sources))} {value}"
        for term, value in parts
    ]
    return display_names.sentence("; ".join(said)).rstrip(".")


def _corner(point: str, models: Models, sources: Sources) -> list[Row]:
    levels = dict.fromkeys(level for model in models.values() for level in model["levels"])
    rows = [Row(_point_label(point, models, sources), kind="group")]
    for level in levels:
        rows += _with_interval(display_names.level(level), "probability", point, level, models)
    return [*rows, _observed(point, levels, models)]


def _observed(point: str, levels: Iterable[str], models: Models) -> Row:
    """Return how many rows of each level lie in a corner, in the order of the levels."""
    cells = []
    for model in models.values():
        counts = {
            row["level"]: row["estimate"]
            for row in model["rows"]
            if row["kind"] == "observed" and row["term"] == point
        }
        cells.append(Cell(", ".join(f"{counts[level]:.0f}" for level in levels if level in counts)))
    return Row("Rows observed there", tuple(cells), indent=1)


def _with_interval(
    label: str, kind: str, term: str, level: str | None, models: Models
) -> list[Row]:
    """Return a row of estimates, with stars for contrasts, and the intervals below."""
    estimates, intervals = [], []
    for model in models.values():
        row = next(
            (
                row
                for row in model["rows"]
                if (row["kind"], row["term"], row["level"]) == (kind, term, level)
            ),
            None,
        )
        mark = stars(row["p_value"]) if row and kind == "contrast" else ""
        form, span = ("fixed1", "interval1") if kind == "count" else ("fixed3", "interval3")
        absent = Cell(None, form) if model["status"] != "ok" else BLANK
        estimates.append(Cell(row["estimate"], form, mark) if row else absent)
        intervals.append(Cell((row["conf_low"], row["conf_high"]), span) if row else BLANK)
    return [
        Row(label, tuple(estimates), indent=1),
        Row("", tuple(intervals), kind="more", indent=1),
    ]


def _sizes(models: Models) -> list[Row]:
    return [
        Row(label, tuple(Cell(model[part], "count") for model in models.values()), kind="statistic")
        for part, label in SIZES.items()
    ]


def _corner_records(models: Models, second: str, sources: Sources) -> list[Entry]:
    records: list[Entry] = []
    for position, model in models.items():
        about = {"column": position} | {
            part: model[part] for part in ("model", "label", "family", "outcome")
        }
        for row in model["rows"]:
            if row["kind"] in ("probability", "contrast", "count", "observed"):
                records.append(
                    {**about, **row, "term_label": _record_label(row, second, models, sources)}
                )
        records += [
            {
                **about,
                "kind": "statistic",
                "term": part,
                "term_label": label,
                "estimate": model[part],
            }
            for part, label in SIZES.items()
        ]
    return records


def _record_label(row: Entry, second: str, models: Models, sources: Sources) -> str:
    if row["kind"] == "count":
        return COUNTS[row["term"]]
    is_point = row["kind"] in ("probability", "observed")
    return (
        _point_label(row["term"], models, sources)
        if is_point
        else sentences.contrast(row["term"], second)
    )


def _corner_notes(models: Models, sources: Sources) -> tuple[str, ...]:
    return (
        *table_notes.failures(models, sources),
        *table_notes.rows_given(models),
        "Average predicted probabilities with the two terms set to their low and high values, all "
        f"else as observed. {_ends(models)}95% intervals in brackets, by the delta method (of "
        "probabilities in log odds, so that they stay between 0 and 1).",
        "Rows observed there: how many rows of each response, in the order above, have both terms "
        "at or beyond these values. Where they are few, the probabilities are what the model "
        "extrapolates.",
        f"Contrasts are differences of probabilities. {table_notes.STARS}",
        *([COUNTS_NOTE] if _has_counts(models) else []),
        *table_notes.methods(models, sources),
        *table_notes.warnings(models, sources),
        *table_notes.levels(models),
        *table_notes.dropped(models, sources),
    )
