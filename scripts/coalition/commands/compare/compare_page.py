"""The page: what differs, what matters first, every text escaped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import jinja2
import pandas as pd
from markupsafe import Markup

from ...outputs.display_names import plural
from . import grids
from .changes import BOTH
from .comparison import Comparison

FOLDER = Path(__file__).parent
PAGE = "compare.html"


@dataclass(frozen=True)
class Line:
    """One sentence of the summary, the section that it leads to, and whether it tells of something
    that differs.
    """

    text: str
    section: str
    differs: bool


def page(found: Comparison) -> str:
    """Return the page as HTML that needs no other file."""
    lines = summary(found)
    return _template().render(
        a=found.a,
        b=found.b,
        same_folder=found.a.folder.resolve() == found.b.folder.resolve(),
        lines=lines,
        differs=any(line.differs for line in lines),
        touched={found.a.name: found.touched_a, found.b.name: found.touched_b},
        verdicts=grids.verdicts(found),
        reasons=grids.reasons(found),
        models=grids.models(found),
        left_out=grids.left_out(found),
        estimates=grids.estimates(found),
        tests=grids.tests(found),
        settings=grids.settings(found),
        inputs=grids.inputs(found),
        rows=grids.rows(found),
        software=grids.software(found),
        pictures=found.pictures,
    )


def summary(found: Comparison) -> list[Line]:
    """Return what differs in one sentence a subject, what matters first."""
    return [
        _verdicts(found.verdicts),
        _models(found.models),
        _estimates(found.estimates),
        *_what_went_in(found),
        _figures(found),
    ]


def _verdicts(table: pd.DataFrame) -> Line:
    if table.empty:
        return Line("Verdicts: neither run tests a hypothesis.", "verdicts", False)
    words = {"verdict": "verdict", "verdict by version 2": "verdict_2", "sign": "sign"}
    words |= {"significance": "significance", "N": "n"}
    counts = [int(table[f"{flag}_changed"].sum()) for flag in words.values()]
    told = ", ".join(f"{word} {number}" for word, number in zip(words, counts, strict=True))
    moved = int((table["difference"].fillna(0) != 0).sum())
    text = f"Verdicts and primary tests: of {_many(len(table), 'hypothesis', 'hypotheses')}, changes of {told}; {moved} with another estimate."
    return Line(text, "verdicts", any(counts) or bool(moved) or not table["same_test"].all())


def _models(table: pd.DataFrame) -> Line:
    alone = int((table["presence"] != BOTH).sum())
    counts = (int(table["status_changed"].sum()), int(table["n_changed"].sum()))
    text = f"Models: {len(table)} in all, {alone} in one run only, {counts[0]} estimated in one run only, {counts[1]} with another N."
    return Line(text, "models", bool(alone or any(counts)))


def _estimates(table: pd.DataFrame) -> Line:
    shared = table[(table["presence"] == BOTH) & (table["rank"] < grids.OUT_OF_FOCUS)]
    counts = [int(shared[f"{word}_changed"].sum()) for word in ("sign", "significance")]
    moved = int(shared["differs"].sum())
    text = f"Estimates: of {len(shared)} in both runs {moved} differ; {counts[0]} change sign, {counts[1]} significance."
    return Line(text, "estimates", bool(table["differs"].any()))


def _what_went_in(found: Comparison) -> list[Line]:
    other = [table for table in found.tables if table.differs]
    rows = sum(table.counted("row only in A") + table.counted("row only in B") for table in other)
    cells = sum(table.counted("cell") for table in other)
    versions = int((found.versions["change"] != "same").sum())
    lines = f"{plural(rows, 'row')} in one run only, {plural(cells, 'cell')}"
    return [
        Line(f"Settings: {len(found.settings)} differ.", "settings", bool(len(found.settings))),
        Line(
            f"Data: {len(other)} of {plural(len(found.tables), 'table')} differ: {lines}.",
            "inputs",
            bool(other),
        ),
        Line(
            f"Software: {versions} of {plural(len(found.versions), 'version')} differ.",
            "software",
            bool(versions),
        ),
    ]


def _figures(found: Comparison) -> Line:
    other = sum(not pair.same for pair in found.pictures)
    return Line(f"Figures: {other} of {len(found.pictures)} differ.", "figures", bool(other))


def _many(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _template() -> jinja2.Template:
    """Return the template; a name that it misspells is an error, not an empty text."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # The style sheet is the project's own file: nothing of a user's is in it.
    environment.globals["style"] = Markup((FOLDER / "compare.css").read_text(encoding="utf-8"))
    return environment.get_template("compare.html.j2")
