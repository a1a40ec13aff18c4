"""A part of the page for each state: its measured fears with their parts and ranks, what it did in
each operation, and whether its absence matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...base.number_formats import fixed, known, p_words
from .. import display_names
from ..stored_results import Sources
from . import evidence_drawer, phrasing
from .report_results import Results


@dataclass(frozen=True)
class StatePage:
    """A state; operations : (operation, its response, level and measures in words) each; parts :
    (measure, its parts with value and rank in the operation that is named first); absence : what
    changes without it, by hypothesis.
    """

    iso3: str
    name: str
    operations: tuple[tuple[str, str], ...]
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
    pages = []
    for iso3, own in rows.groupby("iso3", sort=True):
        pages.append(
            StatePage(
                str(iso3),
                str(own["country"].iloc[0]),
                tuple(_operation(row, wanted, ranks, sources) for _, row in own.iterrows()),
                tuple(_parts(own.iloc[0], config, wanted, ranks, sources)),
                tuple(_absence(str(iso3), results)),
            )
        )
    return sorted(pages, key=lambda page: page.name)


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
