"""Where each table and figure stands on the page: under the data, the measures, its hypothesis, or
what concerns several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup, escape

from ...config.availability import Skipped
from ...config.output_kinds import FIGURES, TABLES
from .. import unit_words
from ..stored_results import Sources
from .embedded import address
from .figure_values import Values, values
from .number_traces import Trace, Traces, linked
from .report_results import Results

FURTHER = "further"
FIRST = ("map", "responses")
"""Kinds that show who joined and how: they stand below the answer."""
ON_DEMAND = ("verdicts", "data", "measures", "robustness", FURTHER)
"""Sections whose tables are folded on the screen."""
MANY_COLUMNS = 8
"""From this many columns on a table is printed on paper in a smaller type."""


EMPTY = Markup("")


@dataclass(frozen=True)
class Item:
    """A table or figure with its number.

    form : "table", "figure", or "skipped" for one that was not made (caption says why); place : the
        section;
    body : a table's HTML without caption and notes; drawing : a figure's data: URI; values : the
        table of what it draws; source : N and the files behind it; trace : where its numbers come
        from.
    """

    form: str
    name: str
    number: int
    title: str
    caption: str
    place: str
    body: Markup = EMPTY
    notes: tuple[Markup, ...] = ()
    wide: bool = False
    drawing: str = ""
    alt: str = ""
    values: Values | None = None
    source: str = ""
    trace: Trace | None = None

    @property
    def folded(self) -> bool:
        """Whether a table waits to be opened: where several stand that only some will read."""
        return self.place in ON_DEMAND

    @property
    def anchor(self) -> str:
        """The item's id on the page; the table itself has the id table-<name>."""
        return f"{self.form}-box-{self.name}"


def sections(
    config: Mapping[str, Any],
    results: Results,
    skipped: Sequence[Skipped] = (),
    found: Traces | None = None,
    sources: Sources | None = None,
) -> dict[str, list[Item]]:
    """Return the items of each section, tables before figures, in the order of the config; numbers
    follow the page.

    A table or figure that was not made stands last in its section, with the reason; one that was
    made in part has a note.

    Sections: first (what shows who joined and how), data, measures, verdicts, each hypothesis by
    its name with "hypothesis-" before it,
    robustness, further.
    """
    hypotheses = [f"hypothesis-{name}" for name in config["hypotheses"]]
    sections: dict[str, list[Item]] = {
        place: []
        for place in ("first", "verdicts", "data", "measures", *hypotheses, "robustness", FURTHER)
    }
    numbers = {"table": 0, "figure": 0}
    placed = [
        (form, name, place_of(name, spec, config))
        for form in numbers
        for name, spec in config[f"{form}s"].items()
    ]
    order = list(sections)
    for form, name, place in sorted(placed, key=lambda one: order.index(one[2])):
        numbers[form] += 1
        make = _table if form == "table" else _figure
        item = _noted(make(name, numbers[form], place, config, results), skipped)
        if form == "figure" and sources is not None:
            drawn = _drawn(config["figures"][name], name, results, sources)
            item = replace(item, values=values(drawn, sources))
        sections[place].append(_traced(item, found))
    for item in _not_made(skipped, config):
        sections[item.place].append(item)
    return sections


def _not_made(skipped: Sequence[Skipped], config: Mapping[str, Any]) -> Iterator[Item]:
    """Yield the tables and figures that were not made, with the reason."""
    for entry in skipped:
        if entry.part in ("tables", "figures") and entry.whole:
            place = place_of(entry.name, {"kind": entry.kind}, config)
            yield Item("skipped", entry.name, 0, entry.title, entry.reason, place)


def _traced(item: Item, found: Traces | None) -> Item:
    """Return an item with where its numbers come from."""
    trace = found.items.get((item.form, item.name)) if found else None
    if trace is None:
        return item
    body = linked(item.body, trace) if item.form == "table" else item.body
    return replace(item, body=body, trace=trace)


def _noted(item: Item, skipped: Sequence[Skipped]) -> Item:
    """Return an item with a note where it was made in part."""
    notes = [
        f"Made {entry.reason}."
        for entry in skipped
        if (entry.part, entry.name) == (f"{item.form}s", item.name)
    ]
    return replace(item, notes=(*item.notes, *map(escape, notes)))


def _own(name: str, spec: Mapping[str, Any], hypotheses: Mapping[str, Any]) -> str:
    """Return the one hypothesis that a table or figure is of by its settings, or by its name."""
    words = name.casefold().split("_")
    named = [hypothesis for hypothesis in hypotheses if hypothesis.casefold() in words]
    stated = str(spec.get("hypothesis"))
    if stated in hypotheses:
        return stated
    return named[0] if len(named) == 1 else ""


def place_of(name: str, spec: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    """Return the section of a table or figure.

    A hypothesis that its name names, alone ("h1_intensity"); else the one that more than half of
    its models belong to; else what concerns several.
    """
    if spec["kind"] in FIRST:
        return "first"
    section = (FIGURES | TABLES)[spec["kind"]].section
    if section:
        return section
    if hypothesis := _own(name, spec, config["hypotheses"]):
        return f"hypothesis-{hypothesis}"
    models = spec.get("models", [spec["model"]] if "model" in spec else [])
    shares = {
        hypothesis: _share(models, about) for hypothesis, about in config["hypotheses"].items()
    }
    best = max(shares, key=lambda hypothesis: shares[hypothesis], default=None)
    return f"hypothesis-{best}" if best is not None and shares[best] > 0.5 else FURTHER


def _share(models: list[str], hypothesis: Mapping[str, Any]) -> float:
    own = {hypothesis["primary"]["model"], *hypothesis.get("supporting", [])}
    return sum(model in own for model in models) / len(models) if models else 0.0


def _table(name: str, number: int, place: str, config: Mapping[str, Any], results: Results) -> Item:
    """Return a table; its notes stand below the box in which a wide one scrolls, so that they can
    be read on a narrow screen.
    """
    spec, html = config["tables"][name], results.tables[name]
    body = re.sub(r"<tfoot>.*?</tfoot>\n?", "", html, flags=re.DOTALL)
    notes = tuple(
        Markup(note)
        for note in re.findall(r'<td class="notes"[^>]*>(.*?)</td>', html, flags=re.DOTALL)
    )
    # The fragment comes from the table's writer, which has escaped every text in it.
    return Item(
        "table",
        name,
        number,
        spec["title"],
        unit_words.worded(
            TABLES[spec["kind"]].reading,
            unit_words.unit(results.verdicts.get("hypotheses", ())),
        ),
        place,
        # a cell is one of numbers unless it says otherwise: a fifth of a table's bytes
        Markup(body.replace('<td class="number">', "<td>")),
        notes,
        _columns(body) >= MANY_COLUMNS,
    )


def _columns(body: str) -> int:
    """Return the number of columns of a table, from its longest line."""
    return max((line.count("<td") + line.count("<th ") for line in body.splitlines()), default=0)


def _figure(
    name: str, number: int, place: str, config: Mapping[str, Any], results: Results
) -> Item:
    """Return a figure as an image of its own: so its ids and styles cannot meet those of
    another.
    """
    figure = results.figures[name]
    drawing = address(figure.drawing, figure.frame)
    title = figure.title or config["figures"][name]["title"]
    return Item(
        "figure",
        name,
        number,
        title,
        figure.caption,
        place,
        drawing=drawing,
        alt=figure.alt or title,
        source=figure.source,
    )


def _drawn(
    spec: Mapping[str, Any], name: str, results: Results, sources: Sources
) -> Sequence[Mapping[str, Any]]:
    """Return the values of a figure; of a curve of thousands those of each option, printed in
    it.
    """
    if spec["kind"] == "measures":
        heads = {part: sources.label(spec[part]) for part in ("first", "second") if part in spec}
        return [
            {heads.get(part, part): value for part, value in row.items()}
            for row in results.figures[name].numbers
        ]
    if spec["kind"] == "specification_curve":
        return _by_option(results.curves[spec["hypothesis"]])
    return results.figures[name].numbers


def _by_option(curve: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what a curve says of each option, under the options' labels."""
    labels = {
        (choice["choice"], option["name"]): (choice["label"], option["label"])
        for choice in curve["choices"]
        for option in choice["options"]
    }
    return [
        dict(zip(("choice", "option"), labels[row["choice"], row["option"]], strict=True))
        | {part: row[part] for part in row if part not in ("choice", "option")}
        for row in curve["by_option"]
    ]
