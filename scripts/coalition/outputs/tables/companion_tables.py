"""The tables of the companions: fuzzy sets, levels by tercile, estimates under priors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...base.number_formats import fixed
from .. import display_names
from ..stored_results import Entry, Sources, tidy
from .table import BLANK, Cell, Column, Row, Table

FUZZY = ("Consistency", "Coverage", "RoN", "Cases above 0.5", "Of them in the outcome", "N")


def _content(sources: Sources) -> Entry:
    return next(found for found in sources.estimates if "fuzzy_sets" in found)


def fuzzy_sets(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of how consistently each corner of the fears lies in each response."""
    records = list(_content(sources)["fuzzy_sets"])
    keys = ("calibration", "first", "second", "outcome")
    parts = ("consistency", "coverage", "necessity_relevance")
    counts = ("members", "members_in_outcome", "cases")
    rows: list[Row] = []
    for calibration in dict.fromkeys(record["calibration"] for record in records):
        for outcome in dict.fromkeys(record["outcome"] for record in records):
            title = f"{display_names.level(outcome)}; anchors: {_anchors(calibration, records)}"
            rows.append(Row(title, kind="group"))
            for record in records:
                if (record["calibration"], record["outcome"]) == (calibration, outcome):
                    cells = [Cell(record[part], "fixed3") for part in parts]
                    cells += [Cell(record[part], "count") for part in counts]
                    label = f"abandonment {record['first']}, entrapment {record['second']}"
                    rows.append(Row(label, tuple(cells), indent=1))
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(map(Column, FUZZY)),
        rows=tuple(rows),
        notes=(
            "Memberships by the direct method (Ragin 2008) in each operation: fully out, "
            "crossover and fully in at the quantiles in brackets; the response is crisp. "
            "Consistency: share of the corner that lies in the response (as the response is "
            "crisp, the PRI is the same number); coverage: share of the response that the corner "
            "holds; RoN: relevance as a necessary condition (Schneider & Wagemann 2012). The "
            "claim H3 needs the corner of two high fears to be more consistent with reservations "
            "than the other corners. Descriptions of these cases, without a sampling theory.",
        ),
        tidy=tidy(records, (*keys, "pri", *parts, *counts)),
        key=keys,
        stub="Corner",
    )


def _anchors(calibration: str, records: Sequence[Entry]) -> str:
    quantiles = next(of["quantiles"] for of in records if of["calibration"] == calibration)
    return f"{calibration.replace('_', ' ')} ({', '.join(f'{part:g}' for part in quantiles)})"


def terciles(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of mean levels by tercile, with Lee bounds of the difference."""
    rows: list[Row] = []
    records: list[Entry] = []
    for found in _content(sources)["terciles"]:
        rows.append(Row(sources.operation(found["operation"]), kind="group"))
        for entry in found["means"]:
            interval = Cell((entry["conf_low"], entry["conf_high"]), "interval3")
            cells = (Cell(entry["mean"], "fixed2"), interval, Cell(entry["n"], "count"))
            rows.append(Row(f"{entry['tercile'].capitalize()} third", cells, indent=1))
            records.append({"operation": found["operation"], "row": entry["tercile"], **entry})
        rows += _bounds(found, records)
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(map(Column, ("Mean", "95% interval", "N"))),
        rows=tuple(rows),
        notes=(
            "Mean level of caveats among participants by thirds of entrapment in the operation, "
            "with t intervals, without controls. Above minus below: difference in mean level of "
            "participants above and not above the median of entrapment of all states. Lee (2009) "
            "bounds: what that difference can be among states that would join in either case, "
            "where entrapment moves joining in one direction only; the group that joins more "
            "often is trimmed. Interval of the bounds: Imbens & Manski (2004), states resampled. "
            "Entrapment is not assigned at random, so the bounds are of selection alone.",
        ),
        tidy=tidy(records, ("operation", "row", "mean", "conf_low", "conf_high", "n", "high")),
        key=("operation", "row"),
        stub="Entrapment",
    )


def _bounds(found: Entry, records: list[Entry]) -> list[Row]:
    bounds = found["bounds"]
    if bounds is None:
        return [Row(f"Lee bounds: {found['message']}", (BLANK,) * 3, indent=1)]
    about = {"operation": found["operation"], "n": bounds["n_high"] + bounds["n_low"]}
    ends = {"conf_low": bounds["conf_low"], "conf_high": bounds["conf_high"]}
    records.append(about | {"row": "difference", "mean": bounds["unadjusted"]})
    records.append(about | ends | {"row": "bounds", "mean": bounds["low"], "high": bounds["high"]})
    share = f"{bounds['trimmed']:.0%} of the {bounds['group']} group trimmed"
    number = Cell(about["n"], "count")
    plain = (Cell(bounds["unadjusted"], "fixed2"), BLANK, number)
    text = f"Lee bounds {fixed(bounds['low'], 2)} to {fixed(bounds['high'], 2)} ({share})"
    interval = Cell((bounds["conf_low"], bounds["conf_high"]), "interval3")
    return [
        Row("Above minus below the median", plain, kind="statistic"),
        Row(text, (BLANK, interval, number), kind="statistic"),
    ]


def priors(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of the primary coefficients under each declared prior."""
    records = list(_content(sources)["priors"])
    rows: list[Row] = []
    for hypothesis in dict.fromkeys(record["hypothesis"] for record in records):
        of = [record for record in records if record["hypothesis"] == hypothesis]
        rows.append(Row(f"{hypothesis} {sources.label(of[0]['term'])}", kind="group"))
        for record in of:
            cells = (
                Cell((record["prior_low"], record["prior_high"]), "interval3"),
                Cell(record["estimate"], "fixed3"),
                Cell(record["std_error"], "fixed3"),
                Cell((record["conf_low"], record["conf_high"]), "interval3"),
                Cell(record["positive"], "share"),
            )
            label = f"odds ratios up to {record['largest_ratio']:g}"
            rows.append(Row(f"{label}, N(0, {record['prior_std']:.2f})", cells, indent=1))
    parts = (
        "prior_std",
        "prior_low",
        "prior_high",
        "estimate",
        "std_error",
        "conf_low",
        "conf_high",
        "positive",
    )
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(map(Column, ("Prior, 95%", "Estimate", "SD", "95% interval", "Above zero"))),
        rows=tuple(rows),
        notes=(
            "The primary model with a normal prior around zero on the tested term, per standard "
            "deviation of the term in the estimation sample: with 95% probability it expects odds "
            "ratios between the stated one and its inverse. The other terms expect up to 100. "
            "Mode of the posterior and Laplace's normal interval; rows count as independent, so "
            "the interval is no clustered one. A test with little power exaggerates what it "
            "finds; a prior shows how much of the estimate the data themselves carry. No test and "
            "no verdict rests on it.",
        ),
        tidy=tidy(records, ("hypothesis", "term", "largest_ratio", *parts)),
        key=("hypothesis", "largest_ratio"),
        stub="Prior",
    )
