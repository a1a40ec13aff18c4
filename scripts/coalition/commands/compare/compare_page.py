"""The page: what differs, what matters first, every text escaped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from ...base.number_formats import MISSING, count, fixed
from ...base.records import records
from ...outputs.display_names import plural
from . import grids
from .changes import BOTH
from .compared_inputs import BUILT, READ, TableDifference
from .compared_settings import DRAWS, KINDS, written
from .comparison import Comparison
from .drawn_numbers import BEYOND, NO_BAND, SAME, WITHIN
from .told_settings import ARROW, change, used_in

FOLDER = Path(__file__).parent
PAGE = "compare.html"
TOLD = 6
"""How many settings or tables a sentence names."""
LONGEST_SETTING = 40
"""Letters of each side of a setting in a sentence."""


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
    changed, came = what_changed(found), what_came(found)
    return _template().render(
        a=found.a,
        b=found.b,
        same_folder=found.a.folder.resolve() == found.b.folder.resolve(),
        changed=changed,
        came=came,
        differs=any(line.differs for line in (*changed, *came)),
        touched={found.a.name: found.touched_a, found.b.name: found.touched_b},
        verdicts=grids.verdicts(found),
        reasons=grids.reasons(found),
        drawn=grids.drawn(found),
        models=grids.models(found),
        left_out=grids.left_out(found),
        estimates=grids.estimates(found),
        tests=grids.tests(found),
        printed=grids.printed(found),
        settings=grids.settings(found),
        inputs=grids.inputs(found, READ),
        rows=grids.rows(found, READ),
        built=grids.inputs(found, BUILT),
        built_rows=grids.rows(found, BUILT),
        program=grids.program(found),
        software=grids.software(found),
        pictures=found.pictures,
    )


def summary(found: Comparison) -> str:
    """Return the page's first lines for a terminal: what was changed, then what came of it."""
    parts = {"What was changed": what_changed(found), "What came of it": what_came(found)}
    return "\n".join(
        line
        for title, lines in parts.items()
        for line in (title, *(f"  {of.text}" for of in lines))
    )


def what_changed(found: Comparison) -> list[Line]:
    """Return what the user changed, in one sentence a subject: settings, data, program."""
    return [
        _settings(found.settings),
        _tables(found, READ, "Data", "inputs"),
        _program(found),
        _software(found.versions),
    ]


def what_came(found: Comparison) -> list[Line]:
    """Return what came of it, in one sentence a subject, what matters first."""
    return [
        _verdicts(found.verdicts),
        *map(
            _hypothesis, records(found.verdicts.astype(object).where(found.verdicts.notna(), None))
        ),
        _draws(found),
        _estimates(found.estimates),
        _models(found.models),
        _tables(found, BUILT, "Samples", "built"),
        _printed(found.printed),
        _figures(found),
    ]


def _settings(table: pd.DataFrame) -> Line:
    if table.empty:
        return Line("Settings: none differs.", "settings", False)
    own = written(table)
    told = [_setting(row, table) for row in records(own.head(TOLD))]
    kinds = [f"{words.lower()} {n}" for kind, words in KINDS.items() if (n := _of(own, kind))]
    verb = "differs" if len(own) == 1 else "differ"
    text = f"Settings: {len(own)} {verb} ({'; '.join(kinds)}): {_listed(told, len(own))}."
    return Line(text, "settings", True)


def _setting(row: dict[str, Any], table: pd.DataFrame) -> str:
    where = used_in(table, row["key"])
    longest = 0 if where else LONGEST_SETTING
    text = f"{row['key']}: {change(row['a'], row['b'], longest)}"
    return f"{text}, in {where}" if where else text


def _of(table: pd.DataFrame, kind: str) -> int:
    return int((table["kind"] == kind).sum())


def _listed(told: list[str], number: int) -> str:
    rest = number - len(told)
    return "; ".join([*told, *([f"and {rest} more"] if rest else [])])


def _tables(found: Comparison, kind: str, word: str, section: str) -> Line:
    """Return how many tables of a kind differ, and in how many rows and cells each."""
    tables = [table for table in found.tables if table.kind == kind]
    other = [table for table in tables if table.differs]
    if not other:
        return Line(f"{word}: none of {plural(len(tables), 'table')} differs.", section, False)
    told = [f"{table.name} ({_extent(table)})" for table in other[:TOLD]]
    text = f"{word}: {len(other)} of {plural(len(tables), 'table')} differ: "
    return Line(f"{text}{_listed(told, len(other))}.", section, True)


def _extent(table: TableDifference) -> str:
    if table.rows_a is None or table.rows_b is None:
        return f"only in {'B' if table.rows_a is None else 'A'}"
    alone = [table.counted(f"row only in {letter}") for letter in "AB"]
    parts = [
        f"{plural(n, 'row')} only in {letter}" for n, letter in zip(alone, "AB", strict=True) if n
    ]
    cells = table.counted("cell")
    columns = [
        f"{plural(len(of), 'column')} only in {letter}"
        for of, letter in ((table.columns_a, "A"), (table.columns_b, "B"))
        if of
    ]
    return ", ".join([*parts, *([plural(cells, "cell")] if cells else []), *columns])


def _program(found: Comparison) -> Line:
    if found.program.empty:
        return Line("Program: the same, file by file.", "program", False)
    versions = [run.manifest.get("version") or "no version" for run in (found.a, found.b)]
    files = len(found.program) - 2  # its first rows are the version and the commit
    text = f"Program: {versions[0]} {ARROW} {versions[1]}, {plural(files, 'file')}"
    return Line(f"{text} of it {'differs' if files == 1 else 'differ'}.", "program", True)


def _software(table: pd.DataFrame) -> Line:
    other = int((table["change"] != "same").sum())
    text = f"Software: {other} of {plural(len(table), 'version')} differ."
    return Line(text, "software", bool(other))


def _hypothesis(row: dict[str, Any]) -> Line:
    """Return what one hypothesis was and is: verdict, primary estimate and N."""
    parts = [f"verdict {_from_to(*(row[f'verdict_{side}'] or MISSING for side in 'ab'))}"]
    second = [row[f"verdict_2_{side}"] for side in "ab"]
    if any(second):
        parts.append(f"by version 2 {_from_to(*(word or MISSING for word in second))}")
    parts.append(f"estimate {_from_to(*_told_apart(row['estimate_a'], row['estimate_b']))}")
    parts.append(f"N {_from_to(*(count(row[f'n_{side}']) for side in 'ab'))}")
    return Line(f"{row['hypothesis']}: {'; '.join(parts)}.", "verdicts", _moved(row))


def _moved(row: dict[str, Any]) -> bool:
    """Return whether anything of a hypothesis differs."""
    names = ("presence", "same_test", "difference", *grids.FLAGS)
    unmoved = (BOTH, True, 0, *[False] * len(grids.FLAGS))
    return any(
        row[name] is not None and row[name] != same
        for name, same in zip(names, unmoved, strict=True)
    )


def _from_to(old: str, new: str) -> str:
    return f"{old} {ARROW} {new}"


def _told_apart(old: float | None, new: float | None) -> list[str]:
    """Return two estimates in three decimals, or in as many more as show that they differ."""
    texts: list[str] = []
    for decimals in range(3, 10):
        texts = [fixed(value, decimals) for value in (old, new)]
        if texts[0] != texts[1]:
            return texts
    return [fixed(value, 3) for value in (old, new)]


def _draws(found: Comparison) -> Line:
    """Return what is due to other draws."""
    return Line(_readings(found), "draws", _drawn_moved(found) > 0)


def _drawn_moved(found: Comparison) -> int:
    return int((found.drawn["reading"] != SAME).sum())


def _readings(found: Comparison) -> str:
    table = found.drawn
    if table.empty:
        return "No number of both runs rests on draws."
    within, beyond, no_band = (
        int((table["reading"] == reading).sum()) for reading in (WITHIN, BEYOND, NO_BAND)
    )
    said = f"{within} within what other draws alone do, {beyond} beyond it"
    said += f", {no_band} for which this cannot be told" if no_band else ""
    text = f"Numbers that rest on draws: {_drawn_moved(found)} of {len(table)} differ: {said}"
    if not _of(found.settings, DRAWS):
        text += "; both runs draw equally often and from the same seed"
    return f"{text}."


def _printed(table: pd.DataFrame) -> Line:
    other = int((~table["same"].astype(bool)).sum())
    alone = int((table["presence"] != BOTH).sum())
    text = f"Tables: {other} of {len(table)} printed tables differ, {alone} in one run only."
    return Line(text, "tables", bool(other))


def _verdicts(table: pd.DataFrame) -> Line:
    if table.empty:
        return Line("Verdicts: neither run tests a hypothesis.", "verdicts", False)
    words = {"verdict": "verdict", "verdict by version 2": "verdict_2", "sign": "sign"}
    words |= {"significance (Holm-adjusted)": "significance", "N": "n"}
    counts = [int(table[f"{flag}_changed"].sum()) for flag in words.values()]
    told = ", ".join(f"{word} {number}" for word, number in zip(words, counts, strict=True))
    moved = int((table["difference"].fillna(0) != 0).sum())
    text = (
        f"Verdicts and primary tests: of {_many(len(table), 'hypothesis', 'hypotheses')}, "
        f"changes of {told}; {moved} with another estimate."
    )
    return Line(text, "verdicts", any(counts) or bool(moved) or not table["same_test"].all())


def _models(table: pd.DataFrame) -> Line:
    alone = int((table["presence"] != BOTH).sum())
    counts = (int(table["status_changed"].sum()), int(table["n_changed"].sum()))
    text = (
        f"Models: {len(table)} in all, {alone} in one run only, {counts[0]} estimated in one "
        f"run only, {counts[1]} with another N."
    )
    return Line(text, "models", bool(alone or any(counts)))


def _estimates(table: pd.DataFrame) -> Line:
    """Return how many of the estimates that rest on no draws differ, and how many of those on which
    something is claimed.
    """
    exact = table[(table["presence"] == BOTH) & ~table["drawn"].astype(bool)]
    claimed = exact[exact["rank"] < grids.OUT_OF_FOCUS]
    moved, of_them = (int(rows["differs"].sum()) for rows in (exact, claimed))
    sign, significance = (
        int(claimed[f"{word}_changed"].sum()) for word in ("sign", "significance")
    )
    text = f"Estimates that rest on no draws: {moved:,} of {len(exact):,} differ"
    text += ", which other draws cannot explain" if moved else ""
    text += (
        f". Without constants, thresholds, probabilities and fixed effects: {of_them:,} of "
        f"{len(claimed):,} differ; {sign:,} change sign, {significance:,} significance (by the "
        "unadjusted p-value)."
    )
    return Line(text, "estimates", bool(table["differs"].any()))


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
