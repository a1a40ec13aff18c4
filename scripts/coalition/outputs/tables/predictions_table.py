"""The table of predictions along the range of a term or in groups, with their intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .. import display_names, predicted
from ..stored_results import Entry, Sources, tidy
from . import table_notes
from .table import BLANK, RULE, Cell, Column, Row, Table

COLUMNS = (
    *("column", "model", "label", "prediction", "over", "groups", "effect_of", "scale", "level"),
    *("at", "estimate", "std_error", "conf_low", "conf_high"),
)
KEY = ("column", "level", "at")


def predictions(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of one prediction of several models, side by side.

    Parameters
    ----------
    spec : mapping
        title, models, and prediction: its name in each of them.
    """
    models = dict(enumerate(sources.models(spec["models"]), start=1))
    found = {
        place: predicted.prediction_of(model, spec["prediction"]) for place, model in models.items()
    }
    stubs = [_stub(about, models[at], sources) for at, about in found.items() if about]
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(
            Column(title, f"({place})" if title == "Estimate" else "", group=model["label"])
            for place, model in models.items()
            for title in ("Estimate", "95% interval")
        ),
        rows=(*_rows(models, found, sources), RULE, _counted(models)),
        notes=_notes(spec["prediction"], models, found, sources),
        tidy=tidy(_records(spec["prediction"], models, found), COLUMNS),
        key=KEY,
        stub=" or ".join(dict.fromkeys(stubs)),
    )


def _stub(about: Entry, model: Entry, sources: Sources) -> str:
    return predicted.term(about["over"] or about["groups"], model, sources)


def _records(
    name: str, models: Mapping[int, Entry], found: Mapping[int, Entry | None]
) -> list[Entry]:
    return [
        {
            **{"column": place, "model": models[place]["model"], "label": models[place]["label"]},
            **{part: about[part] for part in ("over", "groups", "effect_of", "scale")},
            **point,
            "prediction": name,
        }
        for place, about in found.items()
        if about
        for point in about["points"]
    ]


def _rows(
    models: Mapping[int, Entry], found: Mapping[int, Entry | None], sources: Sources
) -> list[Row]:
    """Return a row a value of the term, below a heading a level where there are several."""
    levels = dict.fromkeys(
        predicted.level(of, models[place])
        for place, about in found.items()
        if about
        for of in about["levels"]
    )
    return [row for level in levels for row in _block(level, models, found, sources)]


def _block(
    level: str, models: Mapping[int, Entry], found: Mapping[int, Entry | None], sources: Sources
) -> list[Row]:
    """Return the rows of one level, under its heading where it has one."""
    cells: dict[Any, dict[int, Entry]] = {}
    texts: dict[Any, str] = {}
    for place, about in found.items():
        for point in _of_level(level, models[place], about):
            texts[point["at"]] = predicted.place(about or {}, point["at"], sources)
            cells.setdefault(point["at"], {})[place] = point
    rows = [
        Row(
            texts[at],
            tuple(cell for place in models for cell in _cells(cells[at].get(place), found[place])),
            indent=1 if level else 0,
        )
        for at in _in_order(cells)
    ]
    return [Row(level, kind="group"), *rows] if level else rows


def _in_order(places: Iterable[Any]) -> list[Any]:
    """Return values by their size; groups as they stand."""
    listed = list(places)
    numbers = all(isinstance(place, float | int) for place in listed)
    return sorted(listed) if numbers else listed


def _of_level(level: str, model: Entry, about: Entry | None) -> list[Entry]:
    points = about["points"] if about else []
    return [point for point in points if predicted.level(point["level"], model) == level]


def _cells(point: Entry | None, about: Entry | None) -> tuple[Cell, Cell]:
    if point is None:
        return (BLANK if about else Cell(None, "fixed3")), BLANK
    ends = (point["conf_low"], point["conf_high"])
    return Cell(point["estimate"], "fixed3"), Cell(ends, "interval3")


def _counted(models: Mapping[int, Entry]) -> Row:
    cells = [(Cell(model["n"], "count"), BLANK) for model in models.values()]
    return Row("N", tuple(cell for pair in cells for cell in pair), kind="statistic")


def _notes(
    name: str,
    models: Mapping[int, Entry],
    found: Mapping[int, Entry | None],
    sources: Sources,
) -> tuple[str, ...]:
    known = {place: about for place, about in found.items() if about}
    texts = {
        place: [
            f"{predicted.quantity(about, models[place], sources)}{predicted.event(models[place])}"
        ]
        for place, about in known.items()
    }
    reasons = {
        place: [predicted.why_not(model, name, sources)]
        for place, model in models.items()
        if place not in known
    }
    cautions = {
        place: [text]
        for place, about in known.items()
        if (text := predicted.caution(about, models[place], sources))
    }
    what = "; ".join(display_names.by_column(texts, models))
    how = (
        "averaged over the rows, all else as observed; 95% intervals, each of one line, by the "
        "delta method"
    )
    more = [*display_names.by_column(reasons), *display_names.by_column(cautions, models)]
    return (
        *([display_names.sentence(f"{what}; {how}")] if texts else []),
        *map(display_names.sentence, more),
        *table_notes.methods(models, sources),
        *table_notes.warnings(models, sources),
    )
