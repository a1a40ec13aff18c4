"""`./run new study FILE`: a config for any table, guessed from the table itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count, product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import Problems
from ..base.yaml_text import listed, quoted, setting, written
from ..data.number_marks import marked, with_marks
from ..data.recoding import read_typed
from ..data.typed_table import CATEGORY, ROW_NAMES, Table, floats
from .new_files import check_folder, make

UNIT = re.compile(
    r"(iso3?|ccode|cowcode|gwno|country|state|nation|unit|firm|id|panelid)(_(name|code|id))?", re.I
)
TIME = re.compile(r"(year|time|date|wave|period|t|yr)", re.I)
A_YEAR = re.compile(r"(.*_)?(year|yr)(_.*)?", re.I)
YEARS = (1500, 2200)
"""Whole numbers between these, in a column whose name has the word year, are years."""
NAME = re.compile(r"[A-Za-z_]\w*")
ANSWERS = {
    "no": 0, "yes": 1, "n": 0, "y": 1, "false": 0, "true": 1, "nein": 0, "ja": 1, "non": 0,
    "oui": 1, "sí": 1, "si": 1,
}  # fmt: skip
"""Texts that are the answers to a question of yes or no, and their numbers."""
MARKS: tuple[Mapping[str, str], ...] = (
    {"thousands": ","}, {"decimal": ","}, {"thousands": " "}, {"thousands": "'"},
    {"decimal": ",", "thousands": "."}, {"decimal": ",", "thousands": " "},
)  # fmt: skip
"""What commas, dots and spaces in numbers may be, the simplest first."""
MARKED = "text of numbers with marks (`thousands` or `decimal` of `reading` says what they are)"
FEW = 7
"""A column with as few different whole numbers may be an ordered scale."""
TERMS = 4
"""How many terms the first model has."""
MANY_ROWS_A_TERM = 10

CONFIG = """# A study of {file}, made by looking at the file: read what was guessed, and change it.
#   ./run check --configfile {path}     looks for mistakes, counts rows, fits nothing
#   ./run --configfile {path}           tables and a report in results/{run}/
#
# {rows:,} rows, {columns} column{plural}. {guesses}
#
# Columns, and what they look like:
{described}
run: {run}
replace: all                  # nothing of config.yaml is used

samples:
  study:
    file: {file}
{columns_block}{reading}{panel}
models:
  first:
    group: first
    label: {label}
    sample: study
    family: {family}  # logit, firth_logit, ordered_logit, poisson, ols ...: docs/howto_models.md
    outcome: {outcome}
{levels}    terms: {terms}{no_terms}
{cluster}
tables:
  first: {{kind: regression, title: {title}, models: [first]}}
  descriptives: {{kind: descriptives, title: "Descriptive statistics", sample: study}}
figures:
  first: {{kind: coefficients, title: {title}, models: [first]}}
"""


@dataclass(frozen=True)
class Look:
    """What a column looks like: how many values it has, and which kind."""

    name: str
    theirs: str
    kind: str
    different: int
    missing: int
    example: tuple[str, ...]

    @property
    def keyed(self) -> bool:
        """Whether the name says that the column tells rows apart, and is nothing to explain."""
        return bool(UNIT.fullmatch(self.name) or TIME.fullmatch(self.name)) or self.kind == "year"


def names_for(columns: Sequence[str]) -> dict[str, str]:
    """Return the names that a config needs for columns whose own names no term can hold: ours ->
    the file's ("regime_score": "Regime score").
    """
    found = {name: name for name in columns if _fits(name)}
    for place, theirs in enumerate(columns, start=1):
        if theirs not in found:
            bare = _plain(theirs, place)
            others = (f"{bare}_{number}" for number in count(2))
            found[next(name for name in chain([bare], others) if name not in found)] = theirs
    return {ours: theirs for ours, theirs in found.items() if ours != theirs}


def _plain(name: str, place: int) -> str:
    """Return a name in small letters, digits and _; the column's place where it has none."""
    bare = re.sub(r"\W+", "_", name).strip("_").lower()
    bare = bare if NAME.fullmatch(bare) else f"column_{bare or place}"
    return bare if _fits(bare) else f"{bare}_"


def _fits(name: str) -> bool:
    return bool(NAME.fullmatch(name)) and written(name) == name


def reading_for(table: Table) -> dict[str, Any]:
    """Return the rules of reading that a table calls for: marks in its numbers that can be one
    thing
    only, and numbers for yes and no.
    """
    rules: dict[str, Any] = dict(_marks(table) or {})
    recode = {
        name: codes
        for name in table.cells.columns
        if table.kind(name).name != CATEGORY and (codes := _answers(table.cells[name]))
    }
    return rules | ({"recode": recode} if recode else {})


def _marks(table: Table) -> Mapping[str, str] | None:
    """Return what the marks in most columns of numbers are; None where there are none, or each
    could
    be two things: then the check asks.
    """
    told = [
        _only_mark(known)
        for name in table.cells.columns
        if floats(known := table.cells[name][table.cells[name] != ""]).isna().any()
    ]
    sure = [place for place in told if place is not None]
    return MARKS[max(sure, key=lambda place: (sure.count(place), place))] if sure else None


def _only_mark(known: pd.Series) -> int | None:
    """Return the place in MARKS of the one simplest rule that makes numbers of all cells."""
    works = [rule for rule in MARKS if _are_numbers(known, rule)]
    simple = [rule for rule in works if not any(one.items() < rule.items() for one in works)]
    return MARKS.index(simple[0]) if len(simple) == 1 else None


def _are_numbers(cells: pd.Series, rule: Mapping[str, str]) -> bool:
    made = with_marks(Table(cells.to_frame()), rule, "", Problems())
    return bool(floats(made.cells.iloc[:, 0]).notna().all())


def _answers(cells: pd.Series) -> dict[str, int]:
    """Return the numbers of the two answers that a column holds, yes first; none where it holds
    anything else.
    """
    known = [str(cell) for cell in pd.unique(cells[cells != ""])]
    codes = {cell: ANSWERS.get(cell.casefold(), -1) for cell in known}
    if set(codes.values()) != {0, 1}:
        return {}
    return dict(sorted(codes.items(), key=lambda item: -item[1]))


def look(table: Table, theirs: Mapping[str, str]) -> list[Look]:
    """Return what each column of a table looks like; `theirs` are the file's names of those that
    have
    another one here.
    """
    return [
        _look(name, theirs.get(name, name), table)
        for name in table.cells.columns
        if name != ROW_NAMES
    ]


def _look(name: str, theirs: str, table: Table) -> Look:
    cells = table.cells[name]
    known = cells[cells != ""]
    labelled = table.kind(name).name == CATEGORY
    levels = table.kind(name).levels if labelled else tuple(dict.fromkeys(known))
    kind = "category" if labelled else _kind(name, known)
    return Look(name, theirs, kind, known.nunique(), int((cells == "").sum()), levels[:FEW])


def _kind(name: str, known: pd.Series) -> str:
    """Return what the cells with a value look like."""
    values = floats(known)
    if known.empty or values.isna().any():
        return MARKED if len(known) and marked(known).all() else "text"
    if set(values) == {0.0, 1.0}:
        return "binary"
    return "year" if A_YEAR.fullmatch(name) and values.between(*YEARS).all() else "number"


def keys(looks: Sequence[Look], table: Table) -> tuple[str | None, str | None]:
    """Return the columns that look like the unit and the time of a panel; both or neither, or the
    unit alone where rows repeat it.
    """
    repeated = [one for one in looks if 1 < one.different < len(table.cells)]
    units = [one.name for one in repeated if UNIT.fullmatch(one.name)]
    times = [
        one.name for one in repeated if TIME.fullmatch(one.name) and one.kind in ("number", "year")
    ]
    for unit, time in product(units, times):
        if not table.cells.duplicated([unit, time]).any():
            return unit, time
    return next(iter(units), None), None


def outcome_of(looks: Sequence[Look]) -> tuple[Look, str] | None:
    """Return the column that a first model could explain, and a family for it: a binary one first,
    then an ordered category, then a number, then a scale of few numbers.
    """
    free = [one for one in looks if not one.keyed]
    tries = (("binary", "logit", 2), ("category", "ordered_logit", 2), ("number", "ols", FEW + 1))
    for kind, family, least in (*tries, ("number", "ordered_logit", 3)):
        for one in free:
            if one.kind == kind and one.different >= least:
                return one, ("logit" if kind == "category" and one.different == 2 else family)
    return None


def texts(file: str, folder: Path) -> dict[str, str]:
    """Return the content of the config.

    Parameters
    ----------
    file : str
        Path of the table, of any format that the project reads.
    folder : Path
        Where the config is to stand.

    Raises
    ------
    Problems
        When the file cannot be read, or has no column that a model could explain.
    """
    raw = _read(file, {}, {})
    columns = names_for([name for name in raw.cells.columns if name != ROW_NAMES])
    reading = reading_for(raw.renamed({theirs: ours for ours, theirs in columns.items()}))
    table = _read(file, reading, columns)
    looks = look(table, columns)
    unit, time = keys(looks, table)
    found = outcome_of([one for one in looks if one.name not in (unit, time)])
    problems = Problems()
    if found is None:
        message = (
            "has no column that a model could explain: neither 0/1, yes/no, an ordered category "
            "nor numbers (years, names and codes of units aside)"
        )
        problems.add(file, message)
        problems.stop()
    assert found is not None
    guess = Guess(table, looks, columns, reading, unit, time, *found)
    return {"mine.yaml": _filled(file, folder, guess)}


def _read(file: str, reading: Mapping[str, Any], columns: Mapping[str, str]) -> Table:
    problems = Problems()
    table = read_typed(file, reading, columns, None, problems)
    problems.stop()
    if table is None:
        problems.add(file, "cannot be read")
        problems.stop()
    assert table is not None
    return table


@dataclass(frozen=True)
class Guess:
    """A table by the rules that it calls for, and what its columns are taken for."""

    table: Table
    looks: Sequence[Look]
    columns: Mapping[str, str]
    reading: Mapping[str, Any]
    unit: str | None
    time: str | None
    outcome: Look
    family: str


def _filled(file: str, folder: Path, guess: Guess) -> str:
    unit, time, outcome, table = guess.unit, guess.time, guess.outcome, guess.table
    terms = _terms(guess.looks, {unit, time, outcome.name}, table)
    panel = f"    panel: {{unit: {unit}, time: {time}}}\n" if unit and time else ""
    title = quoted(f"What goes with {_called(outcome)}")
    repeated = unit is not None and bool(table.cells[unit].duplicated().any())
    levels = listed(outcome.example)
    return CONFIG.format(
        file=quoted(file),
        path=(folder / "mine.yaml").as_posix(),
        run=written(folder.name),
        rows=len(table.cells),
        columns=len(guess.looks),
        plural="" if len(guess.looks) == 1 else "s",
        guesses=_guesses(guess),
        described="\n".join(_described(one) for one in guess.looks),
        columns_block=_columns(guess.columns),
        reading=_reading(guess, [outcome.name, *terms]),
        panel=panel,
        label=quoted(_called(outcome)),
        family=guess.family,
        outcome=written(outcome.name),
        levels=f"    levels: {levels}   # in their order, the event last\n"
        if outcome.kind == "category"
        else "",
        terms=f"[{', '.join(terms)}]",
        no_terms=""
        if terms
        else "                 # no column of numbers is left: name what explains",
        cluster=f"    cluster: {unit}            # rows of one {unit} go together\n"
        if repeated
        else "",
        title=title,
    )


def _called(one: Look) -> str:
    """Return what a reader calls a column: as the file does, or its name without underscores."""
    if one.theirs != one.name:
        return " ".join(one.theirs.split())
    return one.name.replace("_", " ").capitalize()


def _columns(columns: Mapping[str, str]) -> str:
    """Return the block that names columns whose own names cannot stand in a model."""
    lines = [f"      {ours}: {quoted(theirs)}\n" for ours, theirs in columns.items()]
    head = "    columns:            # name here: name in the file\n"
    return head + "".join(lines) if lines else ""


def _terms(looks: Sequence[Look], taken: set[str | None], table: Table) -> list[str]:
    """Return the first numbers with few gaps, as many as the rows bear; a column of few texts where
    there is no number.
    """
    most = min(TERMS, max(1, len(table.cells) // (2 * MANY_ROWS_A_TERM)))
    full = [one for one in looks if _may_explain(one, taken, len(table.cells))]
    numbers = [one.name for one in full if one.kind in ("number", "binary")]
    few = [one for one in full if one.kind in ("text", "category") and one.different <= FEW]
    return numbers[:most] or [f"factor({one.name})" for one in few[:1]]


def _may_explain(one: Look, taken: set[str | None], rows: int) -> bool:
    return one.name not in taken and not one.keyed and one.different > 1 and one.missing < rows / 4


def _reading(guess: Guess, used: Sequence[str]) -> str:
    """Return the rules of reading, and that for infinite cells where a column of the first model
    holds one.
    """
    lines = [f"      {setting(rule, value)}" for rule, value in guess.reading.items()]
    cells = guess.table.cells
    if any(np.isinf(floats(cells[name])).any() for name in used if name in cells):
        lines += ["      infinite: missing   # infinite numbers were found; they are counted"]
    return "\n".join(["    reading:", *lines, ""]) if lines else ""


def _guesses(guess: Guess) -> str:
    about = f"Guessed: {guess.outcome.name} is what the first model explains, by {guess.family}"
    if guess.unit and guess.time:
        return f"{about}; unit {guess.unit}, time {guess.time}."
    return f"{about}; {f'rows repeat {guess.unit}' if guess.unit else 'no unit was recognised'}."


def _described(one: Look) -> str:
    gaps = f", {one.missing:,} missing" if one.missing else ""
    shown = f": {', '.join(one.example)}" if one.different <= FEW else ""
    name = one.name if one.name == one.theirs else f'{one.name} ("{one.theirs}")'
    return " ".join(f"#   {name}  {one.kind}, {one.different:,} values{gaps}{shown}".splitlines())


def write(file: str, folder: str | Path | None) -> list[Path]:
    """Write the config of a study of a file."""
    stem = re.sub(r"\W+", "_", Path(file).stem).strip("_") or "study"
    place = Path("my") / stem if folder is None else Path(folder)
    check_folder(place)
    return make(place, texts(file, place))
