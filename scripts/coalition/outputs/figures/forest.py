"""The forest figure: one question in every operation, and the pooled effect below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...base.number_formats import fixed, known
from .. import display_names
from ..stored_results import Entry, Sources, tidy
from . import figure_style, interval_rows
from .figure import Figure, gid

COLUMNS = (
    "question", "row", "label", "estimate", "conf_low", "conf_high", "n", "weak", "message",
)  # fmt: skip
LABELS = 1.72
"""Room for the labels of the operations, in inches."""


def forest(name: str, spec: Mapping[str, Any], sources: Sources) -> Figure:
    """Draw each question: a row an operation, then the pooled effect and where one more is
    expected.
    """
    content = next(found for found in sources.estimates if "questions" in found)
    found = [(question, _records(question)) for question in content["questions"]]
    panels = [_panel(question, records) for question, records in found]
    return Figure(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        caption=_caption(content),
        alt=" ".join(_alt(question) for question in content["questions"]),
        canvas=interval_rows.grid(panels, LABELS),
        tidy=tidy([record for _, records in found for record in records], COLUMNS),
        key=("question", "row"),
    )


def _records(question: Entry) -> list[Entry]:
    about, pooled = {"question": question["question"]}, question["pooled"]
    rows = [about | row | {"row": row["operation"]} for row in question["rows"]]
    if pooled is None:
        return rows
    rows.append(about | {"row": "pooled", "label": "Pooled", "weak": False} | pooled)
    if known(pooled["predicted_low"]):
        ends = {"conf_low": pooled["predicted_low"], "conf_high": pooled["predicted_high"]}
        label, estimate = "One more operation", pooled["estimate"]
        rows.append(about | {"row": "prediction", "label": label, "estimate": estimate} | ends)
    return rows


def _panel(question: Entry, records: list[Entry]) -> interval_rows.Panel:
    marks = tuple(_mark(record) for record in records)
    return interval_rows.Panel(
        f"{question['hypothesis']}",
        (question["label"], f"Predicted: {display_names.direction(question['sign'])}"),
        marks,
        (interval_rows.Reference(0.0),),
        "Coefficient (log odds per SD)",
    )


def _mark(record: Entry) -> interval_rows.Mark:
    weak, message = bool(record.get("weak")), record.get("message") or ""
    label = record["label"] + (" \N{DAGGER}" if weak else "")
    prediction = record["row"] == "prediction"
    return interval_rows.Mark(
        gid(record["question"], record["row"]),
        figure_style.wrapped(label, LABELS),
        record["estimate"],
        record["conf_low"],
        record["conf_high"],
        absent=message if message.startswith("not estimated") else "not estimated",
        primary=record["row"] == "pooled",
        hollow=weak or prediction,
        colour=figure_style.GREY if prediction else figure_style.BLACK,
    )


def _caption(content: Entry) -> str:
    return (
        "Each row asks one operation alone (bias-reduced estimates per standard deviation of the "
        "measure, with 95% intervals); the diamond pools them, knowing that the same states "
        "recur, and the grey line below it shows where the effect in one more operation is "
        f"expected with 95%. Open marks and \N{DAGGER}: weak codes ({content['weak_share']:.0%} "
        "or more recalled and not read, or one coder). An operation in which fewer than "
        f"{content['least_rows']} rows have the outcome is not estimated."
    )


def _alt(question: Entry) -> str:
    used = [row["estimate"] for row in question["rows"] if known(row["estimate"])]
    keep = sum(question["sign"] * estimate > 0 for estimate in used)
    pooled = question["pooled"]
    words = (
        (
            f"pooled {fixed(pooled['estimate'], 2)} ({fixed(pooled['conf_low'], 2)} to "
            f"{fixed(pooled['conf_high'], 2)})"
        )
        if pooled
        else "not pooled"
    )
    return (
        f"{question['label']}: {keep} of {len(used)} operations have the predicted sign; {words}."
    )
