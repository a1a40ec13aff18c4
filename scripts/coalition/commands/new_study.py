"""`./run new study FILE`: a config for any table, guessed from the table itself."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..base.errors import Problems
from ..data.recoding import read_typed
from ..data.typed_table import CATEGORY, ROW_NAMES, Table, floats
from .new_files import check_folder, make

UNIT = re.compile(r"(iso3?|ccode|cowcode|gwno|country|state|nation|unit|firm|id|panelid)", re.I)
TIME = re.compile(r"(year|time|date|wave|period|t|yr)", re.I)
NAME = re.compile(r"[A-Za-z_]\w*")
FEW = 7
"""A column with as few different whole numbers may be an ordered scale."""
TERMS = 4
"""How many terms the first model has."""
MANY_ROWS_A_TERM = 10

CONFIG = """# A study of {file}, made by looking at the file: read what was guessed, and change it.
#   ./run check --configfile {path}     looks for mistakes, counts rows, fits nothing
#   ./run --configfile {path}           tables and a report in results/{run}/
#
# {rows:,} rows, {columns} columns. {guesses}
#
# Columns, and what they look like:
{described}
run: {run}
replace: all                  # nothing of config.yaml is used

samples:
  study:
    file: {file}
{reading}{panel}
models:
  first:
    group: first
    label: {label}
    sample: study
    family: {family}          # logit, firth_logit, ordered_logit, poisson, ols ...: docs/howto_models.md
    outcome: {outcome}
{levels}    terms: {terms}
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
    kind: str
    different: int
    missing: int
    example: tuple[str, ...]


def look(table: Table) -> list[Look]:
    """Return what each column of a table looks like."""
    return [_look(name, table) for name in table.cells.columns]


def _look(name: str, table: Table) -> Look:
    cells = table.cells[name]
    known = cells[cells != ""]
    levels = list(dict.fromkeys(known))
    kind = "text"
    if table.kind(name).name == CATEGORY:
        kind, levels = "category", list(table.kind(name).levels)
    elif len(known) and floats(known).notna().all():
        kind = "number"
    if kind == "number" and set(floats(known)) == {0.0, 1.0}:
        kind = "binary"
    return Look(name, kind, known.nunique(), int((cells == "").sum()), tuple(levels[:FEW]))


def keys(looks: Sequence[Look], table: Table) -> tuple[str | None, str | None]:
    """Return the columns that look like the unit and the time of a panel; both or neither, or the
    unit alone where rows repeat it.
    """
    rows = len(table.cells)
    units = [one.name for one in looks if UNIT.fullmatch(one.name) and 1 < one.different < rows]
    times = [
        one.name
        for one in looks
        if TIME.fullmatch(one.name) and one.kind == "number" and 1 < one.different < rows
    ]
    for unit in units:
        for time in times:
            if not table.cells.duplicated([unit, time]).any():
                return unit, time
    return (units[0] if units else None), None


def outcome_of(looks: Sequence[Look]) -> tuple[Look, str] | None:
    """Return the column that a first model could explain, and a family for it: a binary one first,
    then an ordered category, then a number.
    """
    for kind, family in (("binary", "logit"), ("category", "ordered_logit"), ("number", "ols")):
        for one in looks:
            if one.kind == kind and (kind != "number" or one.different > FEW):
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
    problems = Problems()
    table = read_typed(file, {}, {}, None, problems)
    problems.stop()
    if table is None:
        problems.add(file, "cannot be read")
        problems.stop()
    assert table is not None
    looks = [one for one in look(table) if NAME.fullmatch(one.name) and one.name != ROW_NAMES]
    unit, time = keys(looks, table)
    found = outcome_of([one for one in looks if one.name not in (unit, time)])
    if found is None:
        problems.add(file, "has no column that a model could explain: neither 0/1 nor numbers")
        problems.stop()
    assert found is not None
    return {"mine.yaml": _filled(file, folder, table, looks, (unit, time), found)}


def _filled(
    file: str,
    folder: Path,
    table: Table,
    looks: Sequence[Look],
    named: tuple[str | None, str | None],
    found: tuple[Look, str],
) -> str:
    unit, time = named
    outcome, family = found
    terms = _terms(looks, {unit, time, outcome.name}, table)
    panel = f"    panel: {{unit: {unit}, time: {time}}}\n" if unit and time else ""
    title = json.dumps(f"What goes with {outcome.name}", ensure_ascii=False)
    repeated = unit is not None and bool(table.cells[unit].duplicated().any())
    levels = ", ".join(json.dumps(level, ensure_ascii=False) for level in outcome.example)
    return CONFIG.format(
        file=json.dumps(file, ensure_ascii=False),
        path=(folder / "mine.yaml").as_posix(),
        run=folder.name,
        rows=len(table.cells),
        columns=len(table.cells.columns),
        guesses=_guesses(unit, time, outcome, family),
        described="\n".join(_described(one) for one in looks),
        reading=_reading(table, [outcome.name, *terms]),
        panel=panel,
        label=json.dumps(outcome.name.replace("_", " ").capitalize(), ensure_ascii=False),
        family=family,
        outcome=outcome.name,
        levels=f"    levels: [{levels}]   # in their order, the event last\n"
        if outcome.kind == "category"
        else "",
        terms=f"[{', '.join(terms)}]",
        cluster=f"    cluster: {unit}            # rows of one {unit} go together\n"
        if repeated
        else "",
        title=title,
    )


def _terms(looks: Sequence[Look], taken: set[str | None], table: Table) -> list[str]:
    """Return the first numbers with few gaps, as many as the rows bear."""
    most = min(TERMS, max(1, len(table.cells) // (2 * MANY_ROWS_A_TERM)))
    numbers = [
        one.name
        for one in looks
        if one.kind in ("number", "binary")
        and one.name not in taken
        and one.different > 1
        and one.missing < len(table.cells) / 4
        and not UNIT.fullmatch(one.name)
        and not TIME.fullmatch(one.name)
    ]
    return numbers[:most]


def _reading(table: Table, used: Sequence[str]) -> str:
    """Return the rule for infinite cells, where a column of the first model holds one."""
    if not any(np.isinf(floats(table.cells[name])).any() for name in used):
        return ""
    return "    reading: {infinite: missing}   # infinite numbers were found; they are counted\n"


def _guesses(unit: str | None, time: str | None, outcome: Look, family: str) -> str:
    about = f"Guessed: {outcome.name} is what the first model explains, by {family}"
    if unit and time:
        return f"{about}; unit {unit}, time {time}."
    return f"{about}; {f'rows repeat {unit}' if unit else 'no unit was recognised'}."


def _described(one: Look) -> str:
    gaps = f", {one.missing:,} missing" if one.missing else ""
    shown = f": {', '.join(one.example)}" if one.different <= FEW else ""
    return " ".join(
        f"#   {one.name}  {one.kind}, {one.different:,} values{gaps}{shown}".splitlines()
    )


def write(file: str, folder: str | Path | None) -> list[Path]:
    """Write the config of a study of a file."""
    stem = re.sub(r"\W+", "_", Path(file).stem).strip("_") or "study"
    place = Path("my") / stem if folder is None else Path(folder)
    check_folder(place)
    return make(place, texts(file, place))
