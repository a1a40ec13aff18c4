"""The figure of coefficients: models as rows, terms as panels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from matplotlib.axes import Axes

from ...base.number_formats import fixed, known, p_words
from ...formula.families import FAMILIES
from .. import display_names
from ..stored_results import Entry, Sources, tidy
from . import figure_style, interval_rows
from .figure import Figure, gid

COLUMNS = (
    "model",
    "label",
    "family",
    "outcome",
    "level",
    "term",
    "term_label",
    "status",
    "reason",
    "estimate",
    "conf_low",
    "conf_high",
    "n",
)
LABELS = 2.0
"""Room for the models' labels, in inches."""
EACH = 1.35
"""Least width of a panel, in inches; more terms than fit side by side go below."""


def coefficients(name: str, spec: Mapping[str, Any], sources: Sources) -> Figure:
    """Draw the estimates and intervals of some terms in several models.

    Parameters
    ----------
    spec : mapping
        title, models, and terms (all terms of the models where they are not named).
    """
    models = sources.models(spec["models"])
    terms = spec.get("terms") or list(
        dict.fromkeys(term for model in models for term in model["terms"])
    )
    records = [
        record for term in terms for model in models for record in _records(model, term, sources)
    ]
    tests = {term: _test(term, models, sources) for term in terms}
    return Figure(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        caption=_caption(models, records, tests),
        alt=_alt(records),
        canvas=_canvas(models, terms, records, tests),
        tidy=tidy(records, COLUMNS),
        key=("model", "level", "term"),
    )


def _records(model: Entry, term: str, sources: Sources) -> list[Entry]:
    """Return the coefficients of a term, an equation each, or the reason why there is none."""
    label = model["labels"].get(term) or sources.label(term)
    about = {
        part: model[part] for part in ("model", "label", "family", "outcome", "n", "status")
    } | {"term": term, "term_label": label}
    found = [row for row in model["rows"] if (row["kind"], row["term"]) == ("coefficient", term)]
    numbers = ("level", "estimate", "conf_low", "conf_high")
    if found:
        return [about | {part: row[part] for part in numbers} | {"reason": ""} for row in found]
    return [about | dict.fromkeys(numbers) | {"reason": _reason(model, term)}]


def _reason(model: Entry, term: str) -> str:
    """Return why a model has no coefficient of a term."""
    if model["status"] == "ok":
        return "dropped from the model" if term in model["terms"] else "not in the model"
    why = (model["failure"] or {"kind": "no reason given"})["kind"]
    reason = f"not estimated ({display_names.named(display_names.FAILURES, why)})"
    tests = [row for row in model["rows"] if (row["kind"], row["term"]) == ("score_test", term)]
    return f"{reason}; score test: {p_words(tests[0]['p_value'])}" if tests else reason


def _test(term: str, models: Iterable[Entry], sources: Sources) -> Entry | None:
    """Return the verdict on the hypothesis whose primary test is this term in one of these models,
    if its scale is theirs.
    """
    scales = {FAMILIES[model["family"]].scale for model in models if model["status"] == "ok"}
    names = {model["model"] for model in models}
    for verdict in sources.verdicts.get("hypotheses", []):
        if verdict["term"] == term and verdict["model"] in names and scales <= {verdict["scale"]}:
            return verdict
    return None


def _marks(records: Iterable[Entry], term: str, test: Entry | None) -> list[interval_rows.Mark]:
    """Return the rows of one panel; a model of several equations has a heading, and a row each."""
    marks: list[interval_rows.Mark] = []
    for record in records:
        if record["term"] != term:
            continue
        heading = gid(record["model"], "heading", term)
        if record["level"] and not any(mark.gid == heading for mark in marks):
            marks.append(interval_rows.Mark(heading, _label(record), None, None, None, absent=""))
        marks.append(
            interval_rows.Mark(
                gid(record["model"], record["level"], term),
                display_names.level(record["level"]) or _label(record), record["estimate"],
                record["conf_low"], record["conf_high"],
                absent=figure_style.wrapped(record["reason"], EACH),
                primary=test is not None and record["model"] == test["model"],
            )
        )  # fmt: skip
    return marks


def _label(record: Entry) -> str:
    # A no-break space, so that N and its number stay on one line.
    size = f" (N\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{record['n']:,})" if known(record["n"]) else ""
    return figure_style.wrapped(f"{record['label']}{size}", LABELS, weight="bold")


def _aligned(records: list[Entry], terms: list[str]) -> list[Entry]:
    """Return the records with a row an equation in every panel, also where a term has none, so that
    rows stand side by side.
    """
    levels: dict[str, dict[str | None, None]] = {}
    for record in records:
        levels.setdefault(record["model"], {})
        if known(record["estimate"]):
            levels[record["model"]][record["level"]] = None
    found = {(record["model"], record["term"], record["level"]): record for record in records}
    aligned = []
    for term in terms:
        for model, of_model in levels.items():
            missing = found.get((model, term, None))
            for level in of_model or [None]:
                record = found.get((model, term, level)) or {**(missing or {}), "level": level}
                aligned.append(record)
    return aligned


def _canvas(
    models: list[Entry], terms: list[str], records: list[Entry], tests: Mapping[str, Entry | None]
) -> figure_style.Canvas:
    aligned = _aligned(records, terms)
    panels = {term: _marks(aligned, term, tests[term]) for term in terms}
    references = {term: _references(tests[term]) for term in terms}
    marks = list(chain.from_iterable(panels.values()))
    ends = interval_rows.limits(marks, list(chain.from_iterable(references.values())))
    left = max(figure_style.text_width(mark.label, weight="bold") for mark in marks) + 0.1
    columns = max(1, min(len(terms), int((figure_style.PAGE - left) / EACH)))
    width = (figure_style.PAGE - left) / columns
    headings = {
        term: figure_style.wrapped(
            _heading(term, records), width - 0.12, figure_style.HEADING, "bold"
        )
        for term in terms
    }
    raised = any(test is not None for test in tests.values())
    lines = max(heading.count("\n") + 1 for heading in headings.values())
    head = (0.24 if raised else 0.12) + 0.14 * lines
    tall = max(sum(interval_rows.heights(of_term)) for of_term in panels.values())
    step = head + tall + 0.45
    drawing = figure_style.canvas(-(-len(terms) // columns) * step)
    for position, term in enumerate(terms):
        line, column = divmod(position, columns)
        axes = figure_style.place(
            drawing, left + column * width, line * step + head, width - 0.12, tall
        )
        interval_rows.draw(axes, panels[term], ends, references[term], labels=column == 0)
        axes.set_xlabel(_scale(models), labelpad=2)
        _head(axes, headings[term], tests[term], raised=raised)
    return drawing


def _heading(term: str, records: list[Entry]) -> str:
    return next(record["term_label"] for record in records if record["term"] == term)


def _head(axes: Axes, label: str, test: Entry | None, raised: bool) -> None:
    axes.annotate(
        label,
        (0, 1),
        (0, 14 if raised else 5),
        "axes fraction",
        "offset points",
        fontsize=figure_style.HEADING,
        fontweight="bold",
        va="bottom",
    )
    if test is not None:
        text = f"{test['hypothesis']} predicts: {display_names.direction(test['sign'])}"
        axes.annotate(
            text,
            (0, 1),
            (0, 4),
            "axes fraction",
            "offset points",
            color=figure_style.GREY,
            va="bottom",
        )


def _references(test: Entry | None) -> list[interval_rows.Reference]:
    lines = [interval_rows.Reference(0.0)]
    return (
        [
            *lines,
            interval_rows.Reference(
                test["sign"] * test["smallest_effect"], dashed=True, colour=figure_style.VERMILLION
            ),
        ]
        if test
        else lines
    )


def _scale(models: Iterable[Entry]) -> str:
    scales = {FAMILIES[model["family"]].scale for model in models}
    return (
        f"Coefficient ({scales.pop()})"
        if len(scales) == 1 and None not in scales
        else "Coefficient"
    )


def _caption(models: list[Entry], records: list[Entry], tests: Mapping[str, Entry | None]) -> str:
    parts = [
        (
            "Estimates with 95% intervals; an interval that crosses the solid line at zero cannot "
            "tell the direction of the effect."
        )
    ]
    found = [test for test in tests.values() if test is not None]
    if found:
        sizes = ", ".join(
            f"{test['hypothesis']} {fixed(test['sign'] * test['smallest_effect'], 2)}"
            for test in found
        )
        parts.append(
            "Bold, with a diamond: the primary test; dashed: the smallest effect of interest in "
            f"the predicted direction ({sizes})."
        )
    bases = {level for model in models if (level := model["reference_level"])}
    if bases:
        words = sorted(display_names.level(level).lower() for level in bases)
        parts.append(f"Each response is compared with: {', '.join(words)}.")
    return " ".join([*parts, *_without_numbers(records)])


def _without_numbers(records: list[Entry]) -> list[str]:
    """Return the sentence on what has no numbers, and why; none where all have."""
    failed = dict.fromkeys(
        f"{record['label']}: {record['reason']}" for record in records if record["status"] != "ok"
    )
    return [f"Without numbers: {'; '.join(failed)}."] if failed else []


def _alt(records: list[Entry]) -> str:
    parts = []
    for record in records:
        who = f"{record['term_label']}, {record['label']}" + (
            f", {display_names.level(record['level'])}" if record["level"] else ""
        )
        if known(record["estimate"]):
            parts.append(
                f"{who}: {fixed(record['estimate'], 2)} ({fixed(record['conf_low'], 2)} to "
                f"{fixed(record['conf_high'], 2)})"
            )
        else:
            parts.append(f"{who}: {record['reason']}")
    return f"Coefficient plot. {'; '.join(parts)}."
