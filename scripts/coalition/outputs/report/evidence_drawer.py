"""What stands behind who joined under which caveats: of each operation and state, the coded
statements, and how one level came out of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...base.number_formats import fixed
from ...data import caveat_levels
from .. import display_names
from ..stored_results import Sources
from .bibliography import Reference
from .report_results import Results

LEVEL_NAMES = {0: "none", 1: "low", 2: "medium", 3: "high"}
COMBINED = {
    "by_coder": "the median over coders of each coder's median",
    "median": "the median",
    "yearly": "the median over the years of each year's median",
    "highest": "the highest",
}
TIMES = {1: "once", 2: "twice"}
NUMERIC = ("coder", "from_year", "to_year", "level", "any_caveat", "preferred")
CODES = {
    "basis": "basis: {}",
    "role": "role: {}",
    "restricted_by": "restricted by: {}",
    "phase": "phase: {}",
}
"""Column of a statement -> its words; a cell that is empty says nothing."""


@dataclass(frozen=True)
class Cited:
    """A source of a statement: what is printed, and an address that may be opened (or none)."""

    source_id: str
    title: str
    link: str


@dataclass(frozen=True)
class Statement:
    """One coded statement; used : whether the level rests on it, None where no rule is known."""

    head: str
    level: str
    codes: str
    texts: tuple[str, ...]
    grade: str
    sources: tuple[Cited, ...]
    used: bool | None


@dataclass(frozen=True)
class StateEvidence:
    """A state in an operation: its response, its level, how that came out (in short: tally), and
    the
    statements.
    """

    iso3: str
    name: str
    response: str
    level: str
    how: str
    tally: str
    facts: str
    statements: tuple[Statement, ...]
    membership: tuple[Cited, ...]


@dataclass(frozen=True)
class Drawer:
    """An operation and its contributors."""

    operation: str
    label: str
    sample: str
    states: tuple[StateEvidence, ...]


def drawers(
    config: Mapping[str, Any],
    results: Results,
    references: Mapping[str, Iterable[Reference]],
    sources: Sources,
) -> list[Drawer]:
    """Return a drawer for each operation of which statements are coded and a sample has rows."""
    cited = {
        entry.source_id: Cited(entry.source_id, entry.title or entry.source_id, entry.link)
        for entries in references.values()
        for entry in entries
    }
    found = []
    for operation in config["operations"]:
        statements = results.canonical.get((operation, "caveats"))
        name = _sample(operation, results)
        if statements is None or name is None:
            continue
        rows = results.samples[name]
        rows = rows[(rows["operation"] == operation) & (rows["participated"] == 1)]
        states = _states(rows, _coded(statements, config, name, operation), cited)
        facts = _Facts(config, results, sources, operation, cited)
        label = sources.operation(operation)
        found.append(Drawer(operation, label, name, tuple(facts.added(*one) for one in states)))
    return [drawer for drawer in found if drawer.states]


def _sample(operation: str, results: Results) -> str | None:
    """Return the first sample of states by operation that has the operation."""
    for name, rows in results.samples.items():
        wanted = {"iso3", "operation", "participated"} <= set(rows)
        if wanted and operation in set(rows["operation"]) and _one_row_a_state(rows, operation):
            return name
    return None


def _one_row_a_state(rows: pd.DataFrame, operation: str) -> bool:
    return rows.loc[rows["operation"] == operation, "iso3"].is_unique


@dataclass(frozen=True)
class _Coded:
    """The statements of an operation as text, which of them count, the rule, and the levels of
    those that count as the rule reads them.
    """

    rows: pd.DataFrame
    used: frozenset[Any] | None
    rule: Mapping[str, Any]
    levels: pd.Series


def _coded(table: pd.DataFrame, config: Mapping[str, Any], sample: str, operation: str) -> _Coded:
    """Return the statements with a mark of those that the sample's own rule selects."""
    spec = config["samples"].get(sample, {})
    rule = spec.get("caveats")
    if not rule or not {"level", "from_year", "to_year"} <= set(table):
        return _Coded(table, None, {}, pd.Series(dtype="float64"))
    numbers = {
        name: pd.to_numeric(table[name], errors="coerce") for name in NUMERIC if name in table
    }
    kept = caveat_levels.select(table.assign(**numbers), rule, spec["evidence"], operation)
    return _Coded(table, frozenset(kept.index), rule, kept["level"])


def _states(
    rows: pd.DataFrame, coded: _Coded, cited: Mapping[str, Cited]
) -> list[tuple[pd.Series, tuple[str, str], tuple[Statement, ...]]]:
    """Return each contributor's row of the sample, how its level came out (whole, and in short),
    and
    its statements.
    """
    found = []
    for _, row in rows.sort_values("country" if "country" in rows else "iso3").iterrows():
        own = coded.rows[coded.rows["iso3"] == row["iso3"]]
        statements = tuple(_statement(line, coded.used, cited) for _, line in own.iterrows())
        found.append((row, (_how(own, coded), _tally(own, coded)), statements))
    return found


def _how(own: pd.DataFrame, coded: _Coded) -> str:
    """Return how the level came out of the statements that count."""
    if own.empty:
        return "No statement is coded, so the level is not known."
    if coded.used is None:
        return ""
    rated = own[own.index.isin(coded.used) & (own["level"] != "")]
    if rated.empty:
        return (
            f"None of the {len(own)} statements that gives a level counts "
            f"here{_silent(own, coded)}."
        )
    ties = " (a half goes up)" if coded.rule["ties"] == "up" else " (a half goes down)"
    return (
        f"{COMBINED[coded.rule['combine']]} of {display_names.plural(len(rated), 'statement')} "
        f"with a level{ties}: {_tally(own, coded)}; {len(own) - len(rated)} more not used or "
        f"without a level{_silent(own, coded)}"
    )


def _tally(own: pd.DataFrame, coded: _Coded) -> str:
    """Return how many of the statements that count give each level."""
    if coded.used is None:
        return ""
    rated = own[own.index.isin(coded.used) & (own["level"] != "")]
    by_level = coded.levels[rated.index].value_counts().sort_index()
    return ", ".join(
        f"{TIMES.get(int(number), f'{number} times')} {level:g}"
        for level, number in by_level.items()
    )


def _silent(own: pd.DataFrame, coded: _Coded) -> str:
    """Return how many statements say nothing of caveats by the declared construct."""
    if coded.rule.get("what_was_sent") != "says_nothing" or "restricted_by" not in own:
        return ""
    number = int((own["restricted_by"] == caveat_levels.SENT).sum())
    return f" ({number} tell only what was sent, which says nothing of rules)" if number else ""


def _statement(
    line: pd.Series, used: frozenset[Any] | None, cited: Mapping[str, Cited]
) -> Statement:
    cell = {str(name): str(value).strip() for name, value in line.items()}
    years = "\N{EN DASH}".join(
        dict.fromkeys(filter(None, (cell.get("from_year"), cell.get("to_year"))))
    )
    coder = f"Coder {cell['coder']}" if cell.get("coder") else "Coded"
    codes = [
        words.format(cell[name].replace("_", " "))
        for name, words in CODES.items()
        if cell.get(name)
    ]
    return Statement(
        ", ".join(filter(None, (coder, years))),
        _statement_level(cell),
        "; ".join(codes),
        tuple(cell[name] for name in ("scale", "note") if cell.get(name)),
        cell.get("evidence", ""),
        _cited(cell.get("source_id", ""), cited),
        None if used is None else line.name in used and cell.get("level", "") != "",
    )


def _statement_level(cell: Mapping[str, str]) -> str:
    if cell.get("level"):
        return level(float(cell["level"]))
    known = {"1": "some caveat, level not given", "0": "no caveat"}
    return known.get(cell.get("any_caveat", ""), "no level")


def level(value: Any) -> str:
    """Return a level as its number and its name."""
    if pd.isna(value):
        return "not known"
    name = LEVEL_NAMES.get(value)
    return f"{value:g} {name}" if name else f"{value:g}"


def _cited(names: str, cited: Mapping[str, Cited]) -> tuple[Cited, ...]:
    return tuple(cited.get(name, Cited(name, name, "")) for name in names.split(";") if name)


def response_in_words(row: pd.Series) -> str:
    """Return what a contributor did, in words; one whose caveats are not known did join."""
    found = row.get("response", "joined")
    return "joined; caveats not known" if pd.isna(found) else str(found)


@dataclass(frozen=True)
class _Facts:
    """What else is known of a contributor: when it came and left, troops, its measures."""

    config: Mapping[str, Any]
    results: Results
    sources: Sources
    operation: str
    cited: Mapping[str, Cited]

    def added(
        self, row: pd.Series, how: tuple[str, str], statements: tuple[Statement, ...]
    ) -> StateEvidence:
        """Return the state with its facts."""
        iso3 = row["iso3"]
        return StateEvidence(
            iso3,
            str(row.get("country") or self.results.countries.get(iso3, iso3)),
            response_in_words(row),
            level(row.get("caveat_level")),
            *how,
            "; ".join([*self._tightness(iso3), *self._stay(row), *self._measures(row)]),
            statements,
            self._membership(iso3),
        )

    def _tightness(self, iso3: str) -> list[str]:
        """Return what all statements say together: the latent level with its interval."""
        unit = self.results.tightness.get((self.operation, iso3))
        if unit is None:
            return []
        low, high = unit["level_low"], unit["level_high"]
        among = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        return [
            f"latent tightness {fixed(unit['latent'], 2)} SD (95% interval "
            f"{fixed(unit['latent_low'], 2)} to {fixed(unit['latent_high'], 2)}), as level "
            f"{unit['level']:g} ({among})"
        ]

    def _stay(self, row: pd.Series) -> list[str]:
        words = {"entry_date": "came {}", "exit_date": "left {}", "peak_troops": "peak troops {}"}
        return [
            text.format(f"{row[name]:g}" if isinstance(row[name], float) else row[name])
            for name, text in words.items()
            if name in row and not pd.isna(row[name])
        ]

    def _measures(self, row: pd.Series) -> list[str]:
        return [
            f"{display_names.low(self.sources.label(name))} {fixed(row[name], 2)} SD"
            for name in self.config["measures"]
            if name in row and not pd.isna(row[name])
        ]

    def _membership(self, iso3: str) -> tuple[Cited, ...]:
        table = self.results.canonical.get((self.operation, "contributors"))
        if table is None or not {"iso3", "source_id"} <= set(table):
            return ()
        own = table.loc[table["iso3"] == iso3, "source_id"]
        return _cited(";".join(own), self.cited)
