"""What the data hold: operations and states, caveats known, grades of evidence, who was left out
and why.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...base.number_formats import MINUS, count, fixed, share
from .. import display_names
from .. import sentences as phrases
from ..stored_results import Sources
from .report_results import Entry, Results

GRADES = ("A", "B", "C")
FACTS = {
    "contributors": "who took part",
    "troops": "troops",
    "caveats": "caveats: how tight",
    "caveat_types": "caveats: which types",
    "states": "the list of states",
}
Line = tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Some states and what they have in common."""

    title: str
    states: tuple[str, ...]


def operations(config: Mapping[str, Any], results: Results) -> list[Line]:
    """Return a line an operation: label, years, leader, target, baseline year, states,
    contributors, levels of caveats known.
    """
    return [
        _operation(name, about, config, results) for name, about in config["operations"].items()
    ]


def _operation(
    name: str, about: Mapping[str, Any], config: Mapping[str, Any], results: Results
) -> Line:
    rows = _cross_section(name, config, results)
    joined = rows[rows["participated"] == 1] if "participated" in rows else rows.iloc[:0]
    levels = (
        joined["caveat_level"].dropna() if "caveat_level" in joined else pd.Series(dtype="float64")
    )
    by_level = ", ".join(
        f"{level:g}: {number}" for level, number in sorted(levels.value_counts().items())
    )
    return (
        str(about.get("label", name)),
        f"{str(about.get('start', ''))[:4]}\N{EN DASH}{str(about.get('end', ''))[:4]}",
        names_of_states(about.get("leader", ""), results.countries),
        names_of_states(about.get("target", ""), results.countries),
        str(about.get("baseline_year", "")),
        count(rows["iso3"].nunique()) if "iso3" in rows else "",
        count(joined["iso3"].nunique()) if "participated" in rows else "",
        f"{len(levels)} ({by_level})" if by_level else "0",
    )


def names_of_states(states: str | Sequence[str], countries: Mapping[str, str]) -> str:
    """Return the names of one state or several."""
    return ", ".join(
        countries.get(state, state) for state in ([states] if isinstance(states, str) else states)
    )


def _cross_section(operation: str, config: Mapping[str, Any], results: Results) -> pd.DataFrame:
    """Return the rows of an operation in the first sample of states by operation that has it."""
    for name, table in results.samples.items():
        if config["samples"][name].get("unit") == "country_operation" and "operation" in table:
            rows = table[table["operation"] == operation]
            if len(rows):
                return rows
    return pd.DataFrame()


def samples(config: Mapping[str, Any], results: Results) -> list[Line]:
    """Return a line a sample: name, unit, rows; states and the grades of evidence that it uses,
    where any is known.
    """
    lines: list[Line] = []
    for name, table in results.samples.items():
        spec = config["samples"][name]
        states = count(table["iso3"].nunique()) if "iso3" in table else ""
        unit = display_names.named(display_names.UNITS, str(spec.get("unit", "rows of the file")))
        lines.append((name, unit, count(len(table)), states, ", ".join(spec.get("evidence", []))))
    return lines if any(line[3] or line[4] for line in lines) else [line[:3] for line in lines]


def grades(
    config: Mapping[str, Any], results: Results, used: set[str], sources: Sources
) -> list[Line]:
    """Return a line a table: what it holds, rows, share of each grade; of a table with a
    dictionary, of the columns that are used.
    """
    lines = []
    for (group, table), rows in results.canonical.items():
        about = (
            f"{sources.operation(group)}: {FACTS.get(table, table)}"
            if group in config["operations"]
            else _words(table)
        )
        graded = (
            rows["evidence"]
            if "evidence" in rows
            else _dictionary_grades(results.dictionaries.get(table), used)
        )
        counts = Counter(graded)
        shares = [share(counts[grade] / len(graded)) if len(graded) else "" for grade in GRADES]
        unit = (
            count(len(rows))
            if "evidence" in rows
            else f"{count(len(rows))}; {len(graded)} columns graded"
        )
        lines.append((about, unit, *shares))
    return lines


def _words(table: str) -> str:
    return FACTS.get(table, table.replace("_", " ")).capitalize()


def _dictionary_grades(dictionary: pd.DataFrame | None, used: set[str]) -> pd.Series:
    if dictionary is None:
        return pd.Series(dtype="str")
    return dictionary.loc[dictionary["variable"].isin(used), "evidence"]


def mentioned(value: Any) -> set[str]:
    """Return every name that a part of the config mentions: keys, texts, and the names within terms
    such as "log(a):b".
    """
    if isinstance(value, Mapping):
        return set().union(*(mentioned(key) | mentioned(item) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return set().union(*map(mentioned, value))
    return set(re.findall(r"\w+", value)) if isinstance(value, str) else set()


def left_out(results: Results, sources: Sources) -> list[Group]:
    """Return the states that are in no sample, or in one without the outcome, reason by reason,
    with their names.
    """
    groups: dict[str, list[str]] = {}
    for found in results.diagnostics.values():
        counted = {
            (step["operation"], step["reason"])
            for step in found.get("flow", [])
            if step["left_out"]
        }
        for step in found.get("flow", []):
            if step["left_out"]:
                groups.setdefault(_title(found, step, sources), []).extend(
                    _named(step["left_out"], results)
                )
        for entry in found.get("states_out", []):
            if (entry["operation"], entry["reason"]) not in counted:
                groups.setdefault(_title(found, entry, sources), []).append(
                    f"{entry['country']} ({entry['iso3']})"
                )
    return [Group(title, tuple(dict.fromkeys(states))) for title, states in groups.items()]


def _title(found: Entry, entry: Entry, sources: Sources) -> str:
    return f"{_where(found, entry['operation'], sources)}: {entry['reason']}"


def _where(found: Entry, operation: str, sources: Sources) -> str:
    return (
        f"{sources.operation(operation)}, "
        f"{display_names.named(display_names.UNITS, found.get('unit') or 'rows')}"
    )


def _named(states: Iterable[str], results: Results) -> list[str]:
    return [
        f"{results.countries[state]} ({state})" if state in results.countries else state
        for state in states
    ]


def missing(config: Mapping[str, Any], results: Results, sources: Sources) -> list[Group]:
    """Return the states that a primary model lacks for missing values, variable by variable."""
    groups: dict[str, set[str]] = {}
    for model in dict.fromkeys(
        about["primary"]["model"] for about in config["hypotheses"].values()
    ):
        fitted = results.models[model]
        known_labels = {
            *sources.labels.values(),
            *fitted["labels"].values(),
            fitted["outcome_label"],
        }
        for row in (row for row in fitted["dropped"] if row.get("iso3")):
            where = f", {sources.operation(row['operation'])}" if row.get("operation") else ""
            for reason in phrases.reasons(row["reason"], known_labels):
                groups.setdefault(f"{fitted['label']}{where}: no value of {reason}", set()).add(
                    row["iso3"]
                )
    return [
        Group(title, tuple(_named(sorted(states), results)))
        for title, states in sorted(groups.items())
    ]


def unmatched(results: Results, sources: Sources) -> list[Group]:
    """Return the states of which a table of covariates holds nothing that is used, in one year at
    least; where most lack it, who has it.
    """
    groups = []
    for name, found in results.diagnostics.items():
        for join in found.get("joins", []):
            table = results.samples[name]
            inside = sorted(table.loc[table["operation"] == join["operation"], "iso3"].unique())
            lack, have = (
                set(join["unmatched"]),
                [state for state in inside if state not in join["unmatched"]],
            )
            title = f"{_where(found, join['operation'], sources)}: {_words(join['table'])}"
            if lack and len(lack) <= len(have):
                groups.append(Group(f"{title}, nothing for", tuple(_named(sorted(lack), results))))
            elif lack:
                groups.append(
                    Group(
                        f"{title}, only for" if have else f"{title}, for no state",
                        tuple(_named(have, results)),
                    )
                )
    return groups


def agreements(results: Results, sources: Sources) -> list[str]:
    """Return a sentence an operation on the agreement of the coders, of states, over the rows that
    were read.
    """
    sentences, seen = [], set()
    for row in results.agreement.get("rows", []):
        if row["unit"] != "state" or row["operation"] in seen:
            continue
        seen.add(row["operation"])
        if not row["cells"]:
            sentences.append(
                f"{sources.operation(row['operation'])}: no state was rated by two coders, so "
                "there is no agreement to report."
            )
            continue
        several = row["coders"] == "all"
        sentences.append(
            f"{sources.operation(row['operation'])} ({row['comparison']}): two coders "
            f"{'or more ' if several else ''}rated "
            f"{display_names.plural(row['states'], 'state')}, equally in {share(row['exact'])} of "
            f"{'their pairs' if several else 'them'} and within one level in "
            f"{share(row['within_one'])}; Krippendorff's ordinal alpha is "
            f"{fixed(row['alpha'], 2)} (95% interval {fixed(row['alpha_low'], 2)} to "
            f"{fixed(row['alpha_high'], 2)})."
        )
    return sentences


def measures(
    config: Mapping[str, Any], results: Results, sources: Sources
) -> list[tuple[str, str, str, str]]:
    """Return a line a measure: label, how it is made, its components with their direction, its
    coverage and alpha by operation.
    """
    found = [
        (name, spec, *_coverage(name, results, sources))
        for name, spec in config["measures"].items()
    ]
    return [
        (
            spec["label"],
            display_names.named(display_names.METHODS, spec["method"]),
            ", ".join(
                f"{sources.label(part['variable'])} ({'+' if part['sign'] > 0 else MINUS})"
                for part in spec["components"]
            ),
            "; ".join(known_of) or "not used in this run",
        )
        for name, spec, known_of in found
    ]


def _coverage(measure: str, results: Results, sources: Sources) -> tuple[list[str]]:
    """Return for how many rows a measure is known, and its alpha, by operation of the first sample
    that has it.
    """
    texts: list[str] = []
    for found in results.diagnostics.values():
        described = {
            entry["operation"]: entry
            for entry in found.get("descriptives", [])
            if entry["variable"] == measure
        }
        alphas = {
            entry["operation"]: entry["alpha"]
            for entry in found.get("alpha", [])
            if entry["measure"] == measure
        }
        for operation, entry in described.items():
            total = entry["n"] + entry["missing"]
            alpha = f", alpha {fixed(alphas[operation], 2)}" if operation in alphas else ""
            texts.append(
                f"{sources.operation(operation)}: {count(entry['n'])} of {count(total)} rows{alpha}"
            )
        if texts:
            break
    return (texts,)
