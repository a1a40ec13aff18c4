"""What went wrong or needs care in this run's estimates, collected from every model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .. import display_names, sentences
from ..stored_results import Sources
from .report_results import Entry, Results

KINDS = {
    "few_events": "Few events for the number of coefficients",
    "few_clusters": "Few clusters",
    "too_few_clusters": "Few clusters",
    "separation": "Separation",
    "overdispersion": "Counts that vary more than their model says",
}


@dataclass(frozen=True)
class WarningGroup:
    """A kind of trouble and the models that have it, each with its sentence."""

    title: str
    lines: tuple[str, ...]


def grouped_warnings(results: Results, sources: Sources) -> list[WarningGroup]:
    """Return failed models first, then warnings by kind, then alternatives without an estimate."""
    found: dict[str, list[str]] = {}
    for model in results.models.values():
        if model["status"] != "ok":
            failure = model["failure"] or {
                "kind": "unknown",
                "message": "the estimator gave no reason",
            }
            title = (
                "Could not be estimated: "
                f"{display_names.named(display_names.FAILURES, failure['kind'])}"
            )
            found.setdefault(title, []).append(_line(model, failure["message"], sources))
    for model in results.models.values():
        for warning in model["warnings"]:
            title = KINDS.get(
                warning["kind"], display_names.sentence(warning["kind"].replace("_", " "))[:-1]
            )
            found.setdefault(title, []).append(_line(model, warning["message"], sources))
    gone = _alternatives(results.robustness, sources)
    if gone:
        found["Alternatives that could not be estimated"] = gone
    return [WarningGroup(title, tuple(dict.fromkeys(lines))) for title, lines in found.items()]


def model_warnings(model: Entry, sources: Sources) -> list[str]:
    """Return why a model has no estimate, and what it warns of."""
    failure = (
        []
        if model["status"] == "ok"
        else [(model["failure"] or {}).get("message", "the estimator gave no reason")]
    )
    return [
        display_names.sentence(sentences.readable(message, model, sources))
        for message in [*failure, *(part["message"] for part in model["warnings"])]
    ]


def _line(model: Entry, message: str, sources: Sources) -> str:
    return (
        f"{model['label']} ({model['outcome_label']}): "
        f"{display_names.sentence(sentences.readable(message, model, sources))}"
    )


def _alternatives(robustness: Mapping[str, Entry], sources: Sources) -> list[str]:
    def why(other: Entry) -> str:
        """Return why there is no estimate, as a sentence."""
        message = other.get("message") or "no estimate"
        return display_names.sentence(display_names.with_labels(message, sources.labels))

    return [
        f"{name}, {other['label']}: {why(other)}"
        for name, found in robustness.items()
        for other in found["alternatives"]
        if other["status"] not in ("ok", "unchanged")
    ]
