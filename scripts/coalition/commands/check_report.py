"""What `./run check` has seen: files, states, years, gaps, the rows of every model, and what is
skipped; short and in full.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from ..base.errors import Problems
from ..base.keys import keys_of
from ..config import availability
from ..config.availability import Skipped
from ..config.settings import KEYS, file_columns, labels, with_choices, without_curve
from ..data import ingest, recoding
from ..data.country_names import identify
from ..data.table_schema import Known
from ..estimators.design_matrix import Prepared
from ..formula.columns import columns_of, factors_of
from ..formula.families import FAMILIES
from ..formula.filters import truth
from ..formula.outcomes import modelled
from ..formula.transforms import RELATIVE
from ..samples import country_operations as samples_
from ..samples.country_operations import Sample

MANY = 12
"""Up to so many models, and gaps of one sample, each has a line on the terminal."""
FEW = 3
"""Models that lose most of their rows of which the terminal says why."""
MANY_STATES = 40
"""A longer list of states is counted and not printed."""
WIDTH = 120
"""Characters of a line on the terminal."""
YEARS = (("from_year", "to_year"), ("year", "year"), ("date", "date"), ("entry_date", "exit_date"))
"""Columns that say which years a table covers, the first that it has."""


@dataclass(frozen=True)
class Checked:
    """What a check has read and built: the config without what is skipped, canonical tables,
    samples, the rows of each model, and what is foreseen of its fit.
    """

    config: Mapping[str, Any]
    tables: ingest.Tables
    samples: Mapping[str, Sample]
    models: Mapping[str, Prepared]
    foreseen: Mapping[str, Sequence[str]]
    skipped: Sequence[Skipped]


@dataclass(frozen=True)
class Part:
    """A part of the account: its lines, and those that only the full account has."""

    title: str
    lines: tuple[str, ...]
    more: tuple[str, ...] = ()


def account(checked: Checked) -> list[Part]:
    """Return the account, part by part; parts that have nothing to say are left out."""
    parts = [_files(checked), _names(checked), _facts(checked)]
    parts += [_sample(name, checked) for name in checked.samples]
    parts += [_models(checked), specification_curves(checked.config), _skipped(checked)]
    parts.append(_few_rows(checked))
    return [part for part in parts if part.lines or part.more]


def screen(parts: Iterable[Part]) -> str:
    """Return the account as a terminal shows it."""
    lines = ["The config and the data are in order."]
    for part in parts:
        lines += ["", part.title, *(_wrapped(line) for line in part.lines)]
    return "\n".join(lines)


def _wrapped(line: str) -> str:
    return textwrap.fill(
        line,
        WIDTH,
        initial_indent="  ",
        subsequent_indent="      ",
        break_long_words=False,
        break_on_hyphens=False,
    )


MARKUP = re.compile(r"[<\[`]")
"""What begins an element, a link or code in Markdown; labels are the user's, and a stranger's in a
stranger's config.
"""


def _escaped(mark: re.Match[str]) -> str:
    return f"\\{mark[0]}"


def page(parts: Iterable[Part], run: str) -> str:
    """Return the full account as Markdown."""
    lines = [
        f"# Check of the run {run}",
        "",
        "The config and the data are in order. Nothing was fitted.",
    ]
    for part in parts:
        lines += ["", f"## {part.title}", ""]
        lines += [f"- {MARKUP.sub(_escaped, line.strip())}" for line in (*part.lines, *part.more)]
    return "\n".join(lines) + "\n"


# -- files
# ------------------------------------------------------------------------------------------------


def _absent(source: ingest.Source, tables: ingest.Tables) -> list[str]:
    """Name the states whose caveats are listed and that took no part: their rows are not used."""
    if source.table != "caveats" or "contributors" not in tables[source.group]:
        return []
    joined = tables[source.group]["contributors"].query("participated == 1")["iso3"]
    others = sorted({*tables[source.group]["caveats"]["iso3"]} - {*joined})
    said = "not among those that took part, so that rows are not used"
    return [f"caveats: {said}: {', '.join(others)}"] if others else []


def _files(checked: Checked) -> Part:
    lines: list[str] = []
    more: list[str] = []
    for source in ingest.sources(checked.config):
        table = checked.tables[source.group][source.table]
        ours = (
            ""
            if source.operation is None
            else f"{checked.config['operations'][source.operation]['label']}, "
        )
        line = f"{ours}{source.table}: {_contents(table)} ({source.path})"
        # On the terminal the facts about states have the lines that say for how many states they
        # hold something.
        (lines if source.operation is not None else more).append(line)
        lines += [f"{ours}{words}" for words in _absent(source, checked.tables)]
        if "evidence" in table:
            more.append(
                f"{ours}{source.table}, rows by grade of evidence: {_counts(table['evidence'])}"
            )
    for name, spec in checked.config["samples"].items():
        if "file" in spec:
            lines.append(
                f"{name}: {len(checked.samples[name].table):,} rows, {len(file_columns(spec))} "
                f"columns ({spec['file']})"
            )
            lines += [f"{name}: {note}" for note in checked.samples[name].diagnostics["reading"]]
    return Part("Files", tuple(lines), tuple(more))


def _contents(table: pd.DataFrame) -> str:
    """Return "58 rows, 58 states, 2001-2014"."""
    words = [_rows(len(table))]
    if "iso3" in table:
        words.append(_states(table["iso3"].nunique()))
    first, last = next(((first, last) for first, last in YEARS if first in table), (None, None))
    if first is not None:
        known = pd.concat(
            [
                table[column].dropna().astype(str).str[:4]
                for column in (first, last)
                if column in table
            ]
        )
        words += [f"{known.min()}-{known.max()}"] if len(known) else []
    return ", ".join(words)


def _counts(values: pd.Series) -> str:
    return ", ".join(
        f"{value} {count:,}" for value, count in values.value_counts().sort_index().items()
    )


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count != 1 else ''}"


def _states(count: int) -> str:
    return f"{count:,} state{'s' if count != 1 else ''}"


# -- what names the states
# ----------------------------------------------------------------------------------------


def _names(checked: Checked) -> Part:
    """Say for each file whose `reading` declares a `state` which of its names became which code."""
    known = ingest.known_names(checked.config, Problems())
    read = [
        (source.path, source.reading, source.columns) for source in ingest.sources(checked.config)
    ]
    specs = [spec for spec in checked.config["samples"].values() if "file" in spec]
    read += [(spec["file"], spec.get("reading", {}), spec.get("columns", {})) for spec in specs]
    lines, more = [], []
    for path, rules, columns in read:
        if "state" in rules:
            found = _matches(path, rules, columns, known)
            lines.append(f"{path}, column {rules['state']['column']}: {_matched(found, known)}")
            more += [
                f"{path}: {name!r} is {code or 'left out'}, {_rows(count)}"
                for name, code, count in found
            ]
    return Part("Names of states", tuple(lines), tuple(more))


def _matches(
    path: str, rules: Mapping[str, Any], columns: Mapping[str, str], known: Known
) -> list[tuple[str, str, int]]:
    """Return each name that a file gives a state, the code that it became (empty where its rows are
    left out), and its rows.
    """
    rule, problems = rules["state"], Problems()
    # without names of states its rule is not applied, but cells such as NA stay
    table = recoding.read_typed(path, rules, columns, None, problems)
    if table is None or known.names is None:
        return []
    raw = table.cells
    codes = identify(raw, rule, known.names, path, problems)["iso3"].reindex(raw.index).fillna("")
    counted = pd.DataFrame({"name": raw[rule["column"]], "code": codes}).value_counts().sort_index()
    found: dict[Any, Any] = counted.to_dict()
    return [(name, code, int(count)) for (name, code), count in found.items()]


def _matched(found: Sequence[tuple[str, str, int]], known: Known) -> str:
    states = known.states or {}
    mapped = [
        f"{name!r} is {code}"
        for name, code, _ in found
        if code and name not in (code, states.get(code))
    ]
    out = [f"{name!r} ({_rows(count)})" for name, code, count in found if not code]
    words = f"{sum(bool(code) for _, code, _ in found)} names matched"
    if mapped:
        words += f", {len(mapped)} of them by another spelling or code ({_first(mapped, 3)})"
    return words + (f"; left out by `overrides`: {', '.join(out)}" if out else "")


def _first(words: Sequence[str], most: int) -> str:
    """Return some words as one, and three dots where there are more."""
    return f"{', '.join(words[:most])}{', ...' if len(words) > most else ''}"


def _facts(checked: Checked) -> Part:
    """Say for how many states of each operation a table of facts holds something that is used."""
    unused = _unused_tables(checked)
    lines, more = [], []
    for table, found in _joins(checked, unused).items():
        shares = [
            f"{join['matched']:,} of {join['rows']:,} in {join['operation']}"
            for name, join in found
            if name == found[0][0]
        ]
        lines.append(f"{table}: {', '.join(shares)}")
        more += [
            (
                f"{table}, {name}, {join['operation']}: nothing (in at least one year) on "
                f"{_few(join['unmatched'])}"
            )
            for name, join in found
            if join["unmatched"]
        ]
    if checked.samples:
        lines += [f"{name}: not used by any variable" for name in unused]
    return Part(
        "Facts about states (rows for which a table holds something that is used)",
        tuple(lines),
        tuple(more),
    )


def _unused_tables(checked: Checked) -> list[str]:
    """Return the tables of facts of which no sample uses a column."""
    used = samples_.wanted_columns(checked.config) - set(KEYS)
    return [
        name
        for name, spec in checked.config["covariates"].items()
        if not {*checked.tables[ingest.COVARIATES][name].columns, spec.get("variable")} & used
    ]


def _joins(
    checked: Checked, unused: Collection[str]
) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    """Return what each table that is used was joined to: table -> samples, and the joins there."""
    joins: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for name, sample in checked.samples.items():
        for join in sample.diagnostics["joins"]:
            if join["table"] not in unused:
                joins.setdefault(join["table"], []).append((name, join))
    return joins


def _few(states: Sequence[str]) -> str:
    return ", ".join(states) if len(states) <= MANY_STATES else _states(len(states))


# -- samples
# ------------------------------------------------------------------------------------------------


def _sample(name: str, checked: Checked) -> Part:
    spec, sample = checked.config["samples"][name], checked.samples[name]
    lines, more = [], []
    for operation in spec.get("operations", []):
        flow = [step for step in sample.diagnostics["flow"] if step["operation"] == operation]
        lines.append(f"{checked.config['operations'][operation]['label']}: {_flow(flow)}")
        more += [
            f"{operation}, {step['step']}: {_states(step['states'])}, {_rows(step['rows'])}"
            for step in flow
        ]
    more += _left_out(sample.diagnostics["states_out"])
    gaps = _gaps(name, checked)
    lines.append(f"missing: {_first(gaps, MANY) or 'nothing that a model uses'}")
    more += [f"missing, {gap}" for gap in gaps[MANY:]]
    what = (
        "one row a state and operation"
        if spec.get("unit") == "country_operation"
        else "one row a state, operation and year"
    )
    title = f"Sample {name}: {_rows(len(sample.table))}{f', {what}' if 'unit' in spec else ''}"
    return Part(title, tuple(lines), tuple(more))


def _flow(flow: Sequence[Mapping[str, Any]]) -> str:
    """Return "190 states could have joined; took part: 49; caveat level known: 44"."""
    inside = [step for step in flow if not step["step"].startswith("of these: ")]
    after = [
        f"{step['step'].removeprefix('of these: ')}: {step['states']}"
        for step in flow
        if step not in inside
    ]
    return "; ".join([f"{_states(inside[-1]['states'])} could have joined", *after])


def _left_out(states: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the states that are left out, by operation and reason."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for state in states:
        by_reason.setdefault((state["operation"], state["reason"]), []).append(state["iso3"])
    return [
        f"{operation}, left out, {reason}: {', '.join(sorted(out))}"
        for (operation, reason), out in by_reason.items()
    ]


def _gaps(name: str, checked: Checked) -> list[str]:
    """Return the share of rows in which each variable that a model of the sample uses is missing,
    the largest first.

    Outcomes are not counted: that a state which stayed away has no caveats is no gap; the models
    say what their rows lack.
    """
    table, spec = checked.samples[name].table, checked.config["samples"][name]
    models = [model for model in checked.config["models"].values() if model["sample"] == name]
    outcomes = modelled(spec["unit"]) if "unit" in spec else ()
    used = {column for model in models for column in columns_of(model)}.difference(outcomes)
    shares = {column: float(table[column].isna().mean()) for column in used.intersection(table)}
    known_as = labels(checked.config)
    return [
        f"{known_as.get(column, column)} {share:.1%}"
        for column, share in sorted(shares.items(), key=lambda item: (-item[1], item[0]))
        if share > 0
    ]


# -- models
# ------------------------------------------------------------------------------------------------


def _models(checked: Checked) -> Part:
    each = []
    for name in checked.models:
        each.append(f"{name}: {_used(name, checked)}")
        each += [f"{name}: {note}" for note in checked.foreseen[name]]
    if len(checked.models) <= MANY:
        return Part("Models: rows that they would be fitted to", tuple(each))
    groups: dict[str, list[str]] = {}
    for name in checked.models:
        groups.setdefault(checked.config["models"][name]["group"], []).append(name)
    lines = [f"{group}: {_group(names, checked)}" for group, names in groups.items()]
    return Part("Models: rows that they would be fitted to", tuple(lines), tuple(each))


def _few_rows(checked: Checked) -> Part:
    """Name models to which most of the rows that they ask for are lost, and by which gaps; those
    that test a hypothesis first.
    """
    hypotheses = checked.config["hypotheses"].values()
    tested = {spec["primary"]["model"] for spec in hypotheses if spec}
    found = {
        name: f"{name}: fitted to {len(prepared.rows):,} of "
        f"{_rows(len(prepared.rows) + len(prepared.dropped))}; {_reasons(prepared)}"
        for name, prepared in checked.models.items()
        if len(prepared.dropped) > len(prepared.rows)
    }
    lines = [found[name] for name in sorted(found, key=lambda name: name not in tested)]
    further = [f"{len(lines) - FEW} more, named in the full account"] if len(lines) > FEW else []
    title = "Take care: models that lose more rows than they keep"
    return Part(title, tuple([*lines[:FEW], *further]), tuple(lines[FEW:]))


def _used(name: str, checked: Checked) -> str:
    """Return "170 of 190 rows; left out: 20 (missing: Democracy 12, GDP per head (log) 9)"."""
    prepared, model = checked.models[name], checked.config["models"][name]
    rows, dropped = len(prepared.rows), len(prepared.dropped)
    counted = keys_of(checked.config["samples"][model["sample"]]).counted
    units = (
        f", {prepared.rows[counted].nunique():,} {'units' if counted != 'iso3' else 'states'}"
        if counted in prepared.rows
        else ""
    )
    words = f"{rows:,} of {_rows(rows + dropped)}{units}"
    words += f"; {dropped:,} left out, {_reasons(prepared)}" if dropped else ""
    words += _open(model, checked) + _among(model, rows)
    if FAMILIES[model["family"]].panel or not prepared.design.levels:
        return words
    values = pd.Series(prepared.design.y).value_counts()
    counts = [
        f"{level} {values.get(code, 0):,}" for code, level in enumerate(prepared.design.levels)
    ]
    if len(counts) == 2:
        event = prepared.design.levels[1]
        return f"{words}; {model['outcome']}: {', '.join(counts)}; the event is {event}"
    between = ", " if FAMILIES[model["family"]].several else " < "
    return f"{words}; {model['outcome']}: {between.join(counts)}"


def _open(model: Mapping[str, Any], checked: Checked) -> str:
    """Return how many rows an empty cell leaves open to the condition of a model: it takes none of
    them.
    """
    unknown = int(
        truth(checked.samples[model["sample"]].table, model.get("where", {})).isna().sum()
    )
    if not unknown:
        return ""
    return f"; {_rows(unknown)} more not used, as an empty cell leaves `where` open"


def _among(model: Mapping[str, Any], rows: int) -> str:
    """Return over how many rows terms are centred, standardised or ranked."""
    relative = [
        factor
        for factor in factors_of(model)
        if {change.name for change in factor.changes} & {*RELATIVE}
    ]
    return f"; centred, standardised or ranked over these {rows:,}" if relative else ""


def _reasons(prepared: Prepared) -> str:
    """Return why rows are left out: "missing: Democracy 12; the outcome does not vary: year 1991
    30".
    """
    found = {
        title: [row for row in prepared.dropped if row["reason"].startswith(MISSING) == of_gaps]
        for title, of_gaps in ((MISSING, True), ("", False))
    }
    parts = [
        title + ", ".join(_lacking([replace(prepared, dropped=rows)], bare=True))
        for title, rows in found.items()
        if rows
    ]
    return "; ".join(parts)


MISSING = "missing: "


def _lacking(prepared: Iterable[Prepared], bare: bool = False) -> list[str]:
    """Return why rows are left out, the most frequent reason first: "missing: Democracy 12", or
    "Democracy 12" where the lack is `bare`.
    """
    reasons = [
        row["reason"].removeprefix(MISSING if bare else "")
        for one in prepared
        for row in one.dropped
    ]
    counts = (
        pd.Series(reasons, dtype="str")
        .value_counts()
        .reset_index(name="rows")
        .sort_values(["rows", "index"], ascending=[False, True])
    )
    return [f"{reason} {rows:,}" for reason, rows in counts.itertuples(index=False)]


def _group(names: Sequence[str], checked: Checked) -> str:
    rows = [len(checked.models[name].rows) for name in names]
    span = f"{min(rows):,}" if min(rows) == max(rows) else f"{min(rows):,} to {max(rows):,}"
    left_out = [
        entry.rpartition(" ")[0] for entry in _lacking(checked.models[name] for name in names)
    ]
    words = f"{len(names)} model{'s' if len(names) != 1 else ''}, {span} rows"
    return f"{words}; rows most often left out: {'; '.join(left_out[:3])}" if left_out else words


def specification_curves(config: Mapping[str, Any]) -> Part:
    """Say of hypotheses that have choices why they have no specification curve."""
    reasons = {
        name: without_curve(config, name)
        for name in config["hypotheses"]
        if with_choices(config, name)
    }
    lines = [
        f"{name}: none, because {why}; the verdict looks at the alternatives"
        for name, why in reasons.items()
        if why
    ]
    return Part("Specification curves", tuple(lines))


def _skipped(checked: Checked) -> Part:
    short = availability.sentences(checked.skipped, availability.FEW)
    full = availability.sentences(checked.skipped)
    return Part(
        "Left out, and why",
        tuple(f"{line}." for line in short),
        tuple(f"{line}." for line in full if line not in short),
    )
