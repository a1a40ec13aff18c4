"""The tables of what the coded data cover: grades of the cells that a sample uses, and statements
on
rules by state and phase.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ..stored_results import Entry, Sources, tidy
from .table import BLANK, Cell, Column, Row, Table

GRADES = ("A", "B", "C", "own", "list", "ungraded")
CODED = {
    "contributors": "Who took part",
    "caveats": "Statements that levels of caveats are made of",
    "caveat_types": "Types of caveats that are counted",
}
READ = ("A", "B", "own")
"""Grades of statements that were read."""
COVERED = (
    "operation", "first_year", "last_year", "there", "any_statement", "several_coders", "rule",
    "rule_or_absence", "without",
)  # fmt: skip


def cells_used(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of the grades of evidence behind the cells that a sample's models use.

    Parameters
    ----------
    spec : mapping
        title, and the sample.
    """
    cells = sources.sample(spec["sample"])["cells"]
    rows: list[Row] = []
    for operation in dict.fromkeys(entry["operation"] for entry in cells):
        own = [entry for entry in cells if entry["operation"] == operation]
        rows.append(Row(sources.operation(operation), kind="group"))
        for table in dict.fromkeys(entry["table"] for entry in own):
            of = [entry for entry in own if entry["table"] == table]
            rows.append(Row(_titled(table, of), _grades(of), indent=1))
    rows.append(Row("All cells", _grades(cells), kind="statistic"))
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(map(Column, ("Cells", "A", "B", "C", "By list", "Other", "Share of C"))),
        rows=tuple(rows),
        notes=(
            "Cells that values in the sample rest on, of every column that a model of the sample "
            "uses, alone or within a measure; a cell that is left out is not used. A: read in a "
            "primary or scholarly source; B: in a secondary one; C: recalled and not read again. "
            "By list: no row says it, and a complete list does by not naming the state. Other: a "
            "user's own coding, or a table without grades. Grades are those of the cells and rows "
            "themselves, traced through the joins by which the values came, and for tables "
            "without graded rows those of the columns in their dictionary. Recalled cells: "
            f"{_recalled(cells)}.",
        ),
        tidy=tidy(cells, ("operation", "table", "column", *GRADES)),
        key=("operation", "table", "column"),
        stub="What is used",
    )


def _titled(table: str, of: Sequence[Entry]) -> str:
    title = CODED.get(table) or table.replace("_", " ").capitalize()
    return title if len(of) == 1 else f"{title} ({len(of)} columns)"


def _grades(of: Sequence[Entry]) -> tuple[Cell, ...]:
    sums = {grade: sum(entry[grade] for entry in of) for grade in GRADES}
    number = sum(sums.values())
    counts = (number, sums["A"], sums["B"], sums["C"], sums["list"], sums["own"] + sums["ungraded"])
    return (
        *(Cell(count, "count") for count in counts),
        Cell(sums["C"] / number, "share") if number else BLANK,
    )


def _recalled(cells: Sequence[Entry]) -> str:
    parts = [
        f"{entry['C']:,} of {entry['table']}, {entry['column']} ({entry['operation']})"
        for entry in cells
        if entry["C"]
    ]
    return "; ".join(parts) or "none"


def coverage(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of how many states there were in each phase, and on how many of them a read
    statement says anything of caveats, and of rules.

    Parameters
    ----------
    spec : mapping
        title, the sample, and `phases`: operation -> list of first and last years.
    """
    coded = [operation for operation in spec["phases"] if _has_statements(sources, operation)]
    absent = [operation for operation in spec["phases"] if operation not in coded]
    records = [record for name in coded for record in _phases(sources, name, spec["phases"][name])]
    rows = [
        row
        for operation in coded
        for row in _lines(sources.operation(operation), operation, records)
    ]
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(
            map(
                Column,
                ("There", "Any statement", "Two coders", "Rule", "Rule or absence", "Share"),
            )
        ),
        rows=tuple(rows),
        notes=(
            "States of the sample that took part and were there in the phase by the years of "
            "their entry and exit (one whose entry is not known counts from the first phase). Any "
            "statement: a read one (evidence A, B or a user's own) on a level of caveats whose "
            "years reach into the phase; two coders: by two or more. Rule: a read statement that "
            "names a limit on use set by law, mandate, order or a minister or commander. Absence: "
            "a source says that there are no caveats. Share: of states with a stated rule or "
            "absence. All phases: states and phases. Without one: the CSV file of this table.",
            *([f"Without statements in this run: {', '.join(absent)}."] if absent else []),
        ),
        tidy=tidy(records, COVERED),
        key=("operation", "first_year", "last_year"),
        stub="Phase",
    )


def _phases(sources: Sources, operation: str, phases: Sequence[Sequence[int]]) -> list[Entry]:
    return [covered(sources, operation, first, last) for first, last in phases]


def _lines(label: str, operation: str, records: Sequence[Entry]) -> list[Row]:
    """Return the rows of one operation: a heading, its phases, and their sum."""
    own = [record for record in records if record["operation"] == operation]
    total = {part: sum(record[part] for record in own) for part in COVERED[3:8]}
    phases = map(_phase, own)
    return [
        Row(label, kind="group"),
        *phases,
        Row("All phases", _counts(total), kind="statistic"),
    ]


def covered(sources: Sources, operation: str, first: int, last: int) -> Entry:
    """Return the counts of one phase of one operation, and the states without a rule or absence."""
    states = _there(sources.rows(), operation, first, last)
    rows = _statements(sources, operation)
    rows = rows[rows["iso3"].isin(states)]
    rows = rows[(rows["from_year"] <= last) & (rows["to_year"] >= first)]
    rule = set(rows.loc[rows["restricted_by"] == "rule", "iso3"])
    absent = set(rows.loc[rows["any_caveat"] == 0, "iso3"])
    rated = rows[rows["level"].notna()]
    return {
        "operation": operation,
        "first_year": first,
        "last_year": last,
        "there": len(states),
        "any_statement": rated["iso3"].nunique(),
        "several_coders": int((rated.groupby("iso3")["coder"].nunique() > 1).sum()),
        "rule": len(rule),
        "rule_or_absence": len(rule | absent),
        "without": ";".join(sorted(states - rule - absent)),
    }


def _has_statements(sources: Sources, operation: str) -> bool:
    return any(_speaks_of(table, operation) for table in sources.data)


def _speaks_of(table: pd.DataFrame, operation: str) -> bool:
    """Return whether a table holds statements of caveats on an operation."""
    statements = {"level", "from_year"} <= set(table.columns)
    return statements and bool((table["operation"] == operation).any())


def _statements(sources: Sources, operation: str) -> pd.DataFrame:
    """Return the read statements of an operation; columns that its coders did not record are
    empty.
    """
    rows = next(table for table in sources.data if _speaks_of(table, operation))
    lacking = [name for name in ("restricted_by", "any_caveat", "preferred") if name not in rows]
    rows = rows.assign(**dict.fromkeys(lacking, float("nan")))
    return rows[rows["evidence"].isin(READ) & (rows["preferred"].fillna(1) == 1)]


def _there(rows: pd.DataFrame, operation: str, first: int, last: int) -> set[str]:
    """Return the states of a sample that were in an operation in some of the years."""
    joined = rows[(rows["operation"] == operation) & (rows["participated"] == 1)]
    entry, leave = (
        pd.to_numeric(joined[column].astype("str").str[:4], errors="coerce")
        for column in ("entry_date", "exit_date")
    )
    there = (entry.fillna(first) <= last) & (leave.fillna(last) >= first)
    return set(joined.loc[there, "iso3"])


def _phase(record: Entry) -> Row:
    first, last = record["first_year"], record["last_year"]
    years = str(first) if first == last else f"{first}\N{EN DASH}{last}"
    return Row(years, _counts(record), indent=1)


def _counts(record: Entry) -> tuple[Cell, ...]:
    share = record["rule_or_absence"] / record["there"] if record["there"] else None
    return (
        *(Cell(record[part], "count") for part in COVERED[3:8]),
        Cell(share, "share") if share is not None else BLANK,
    )
