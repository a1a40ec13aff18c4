"""A part of the page for each state: its measured fears with their parts and ranks, what it did in
each operation, what the primary models give it, and whether its absence matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...base.number_formats import fixed, interval, known, p_words
from .. import display_names
from ..stored_results import Sources
from . import coverage, evidence_drawer, phrasing
from .bibliography import Reference
from .report_results import Results


@dataclass(frozen=True)
class StatePage:
    """A state; operations : (operation, its response, level and measures in words) each; fitted :
    (operation, what the primary models give it) each; parts : (measure, its parts with value and
    rank in the operation that is named first); absence : what changes without it, by hypothesis.
    """

    iso3: str
    name: str
    operations: tuple[tuple[str, str], ...]
    fitted: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, str], ...]
    absence: tuple[str, ...]


def columns(config: Mapping[str, Any]) -> list[str]:
    """Return the measures of which a state's page has a column: those that a hypothesis tests."""
    models = config["models"]
    terms = {
        term
        for about in config["hypotheses"].values()
        for term in models[about["primary"]["model"]]["terms"]
        if isinstance(term, str)
    }
    return [name for name in config["measures"] if name in terms]


def state_pages(config: Mapping[str, Any], results: Results, sources: Sources) -> list[StatePage]:
    """Return the states of the first sample that has a row a state and operation and the measures
    that are tested; none where no sample has.
    """
    wanted = columns(config)
    rows = _rows(results, wanted)
    if rows is None:
        return []
    ranks = {name: _ranks(rows, name).to_dict() for name in [*wanted, *_variables(config, wanted)]}
    fitted = _fitted(config, results)
    pages = []
    for iso3, own in rows.groupby("iso3", sort=True):
        pages.append(
            StatePage(
                str(iso3),
                str(own["country"].iloc[0]),
                tuple(_operation(row, wanted, ranks, sources) for _, row in own.iterrows()),
                tuple(
                    (sources.operation(operation), text)
                    for operation in own["operation"]
                    if (text := "; ".join(fitted.get((str(iso3), operation), [])))
                ),
                tuple(_parts(own.iloc[0], config, wanted, ranks, sources)),
                tuple(_absence(str(iso3), results)),
            )
        )
    return sorted(pages, key=lambda page: page.name)


def component_sources(
    config: Mapping[str, Any],
    results: Results,
    named: Mapping[str, list[Reference]],
    sources: Sources,
) -> list[tuple[str, list[Reference]]]:
    """Return, for each variable that the tested measures are made of, the sources of the columns
    that it is read from; none where these name a source row by row.
    """
    entries = {entry.source_id: entry for of_kind in named.values() for entry in of_kind}
    of_column = _sources_of_columns(results)
    found = []
    for name in _variables(config, columns(config)):
        if name not in config["measures"]:
            read = _columns_read(config, name)
            ids = dict.fromkeys(part for column in read for part in of_column.get(column, []))
            found.append((sources.label(name), [entries[part] for part in ids if part in entries]))
    return found


def _sources_of_columns(results: Results) -> dict[str, list[str]]:
    """Return the ids of the sources of each column that a dictionary describes."""
    return {
        str(column): str(cell).split(";")
        for table in results.dictionaries.values()
        if {"variable", "source_id"} <= set(table)
        for column, cell in zip(table["variable"], table["source_id"], strict=True)
    }


def _columns_read(config: Mapping[str, Any], variable: str) -> list[str]:
    """Return the columns of data that a variable names, by the names of each operation too."""
    own = sorted(coverage.mentioned(config["variables"].get(variable, {})) | {variable})
    aliases = [about.get("aliases") or {} for about in config["operations"].values()]
    return [*own, *(names[name] for name in own for names in aliases if name in names)]


def _rows(results: Results, wanted: list[str]) -> pd.DataFrame | None:
    needed = {"iso3", "country", "operation", "response", *wanted}
    for rows in results.samples.values():
        if wanted and needed <= set(rows) and not rows.duplicated(["iso3", "operation"]).any():
            return rows
    return None


def _variables(config: Mapping[str, Any], measures: list[str]) -> list[str]:
    """Return the variables of the measures, those of measures within them too."""
    found: list[str] = []
    for name in measures:
        for part in config["measures"][name]["components"]:
            inner = part["variable"]
            found += (
                [inner, *_variables(config, [inner])] if inner in config["measures"] else [inner]
            )
    return list(dict.fromkeys(found))


def _ranks(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return rank and number of known values, within an operation; the highest value is first."""
    if name not in rows or not pd.api.types.is_numeric_dtype(rows[name]):
        return pd.Series("", index=rows.index)
    groups = rows.groupby("operation")[name]
    ranks = groups.rank(ascending=False, method="min")
    numbers = groups.transform("count")
    return pd.Series(
        [
            f"{rank:.0f} of {number:.0f}" if known(rank) else ""
            for rank, number in zip(ranks, numbers, strict=True)
        ],
        index=rows.index,
    )


def _fitted(config: Mapping[str, Any], results: Results) -> dict[tuple[str, str], list[str]]:
    """Return, by state and operation, what each primary model gives that row, as the run stored it.

    A model that several hypotheses are tested in is told once; of a binary outcome there is the
    event with its interval, of several levels the probability of each.
    """
    tested: dict[str, list[str]] = {}
    for name, about in config["hypotheses"].items():
        tested.setdefault(about["primary"]["model"], []).append(name)
    found: dict[tuple[str, str], list[str]] = {}
    for name, hypotheses in tested.items():
        model = results.models.get(name, {})
        given = model.get("fitted") or {"levels": [], "rows": []}
        for row in given["rows"]:
            if {"iso3", "operation"} <= row.keys():
                text = _probabilities(model, given["levels"], row)
                said = found.setdefault((row["iso3"], row["operation"]), [])
                said.append(f"{', '.join(hypotheses)}: {text}")
    return found


def _probabilities(
    model: Mapping[str, Any], levels: list[str | None], row: Mapping[str, Any]
) -> str:
    if len(levels) == 1:
        ends = interval((row["conf_low"][0], row["conf_high"][0]), 2)
        return f"{display_names.low(model['outcome_label'])} {fixed(row['estimate'][0], 2)} {ends}"
    return ", ".join(
        f"{display_names.low(display_names.level(name))} {fixed(value, 2)}"
        for name, value in zip(levels, row["estimate"], strict=True)
    )


def _operation(
    row: pd.Series, wanted: list[str], ranks: Mapping[str, Mapping[Any, str]], sources: Sources
) -> tuple[str, str]:
    texts = [f"response {row['response']}"] if isinstance(row["response"], str) else []
    if row.get("participated") == 1:
        texts += [] if texts else ["joined, with or without caveats is not known"]
        texts.append(f"caveats {evidence_drawer.level(row.get('caveat_level'))}")
    for name in wanted:
        value = f"{fixed(row[name], 2)} ({ranks[name][row.name]})" if known(row[name]) else ""
        texts.append(f"{display_names.low(sources.label(name))} {value or 'not known'}")
    return sources.operation(row["operation"]), "; ".join(texts)


def _parts(
    row: pd.Series,
    config: Mapping[str, Any],
    wanted: list[str],
    ranks: Mapping[str, Mapping[Any, str]],
    sources: Sources,
) -> Iterator[tuple[str, str]]:
    """Give each measure with its parts' values and ranks in the state's first operation."""
    for name in wanted:
        texts = [
            f"{display_names.low(sources.label(part))} {_value(row[part])}"
            + (f" (rank {ranks[part][row.name]})" if ranks[part][row.name] else "")
            for part in _variables(config, [name])
            if part in row
        ]
        if texts:
            yield sources.label(name), "; ".join(texts)


def _value(value: Any) -> str:
    if not isinstance(value, str) and pd.isna(value):
        return "not known"
    return fixed(float(value), 2) if isinstance(value, int | float) else str(value)


def _absence(iso3: str, results: Results) -> Iterator[str]:
    """Give what each primary test says without the state, where its absence turns it or no more."""
    for entry in results.verdicts.get("hypotheses", []):
        name = entry["hypothesis"]
        for other in results.robustness[name]["leave_one_out"]:
            if other["left_out"] == iso3 and known(other["estimate"]):
                turned = "; this turns the test" if iso3 in entry["flips"] else ""
                yield (
                    f"{name} {phrasing.signed(other['estimate'], 3)} in place of "
                    f"{phrasing.signed(entry['estimate'], 3)} ({p_words(other['p_value'])}{turned})"
                )
