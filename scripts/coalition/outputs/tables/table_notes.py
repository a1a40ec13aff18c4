"""The foot of a table of models: how it was estimated, what went wrong, what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ...base.number_formats import known
from ...formula.families import FAMILIES
from ...formula.terms import label_of
from .. import display_names, sentences
from ..stored_results import Entry, Sources

STARS = "* p < 0.05, ** p < 0.01, *** p < 0.001 (two-sided, not adjusted for the number of tests)."
SHOWN_REASONS = 6
"""How many reasons of missing rows are named for one model before the rest is counted."""


def methods(models: Mapping[int, Entry], sources: Sources) -> list[str]:
    """Return what the families, rows, p-values and errors of the columns are, each once with its
    columns.
    """
    fitted = {position: model for position, model in models.items() if model["status"] == "ok"}
    estimators = display_names.by_column(
        {
            position: [
                sentences.family(estimator(model), model, sources) + _at_risk(model, sources)
            ]
            for position, model in models.items()
        },
        models,
    )
    rows = display_names.by_column(
        {position: [sentences.rows_of(model, sources)] for position, model in models.items()},
        models,
    )
    tests = display_names.by_column(
        {position: [inference(model["inference"])] for position, model in fitted.items()}, fitted
    )
    found = [f"Estimators: {'; '.join(estimators)}.", f"Rows: {'. '.join(rows)}."]
    return [*found, f"Inference: {'; '.join(tests)}."] if tests else found


def estimator(model: Entry) -> str:
    """Return a model's family, and how it corrects a sample that was taken by the outcome."""
    family, population = (
        FAMILIES[model["family"]].label,
        model.get("population"),
    )
    if not population:
        return family
    how = {"prior": "with the constant corrected for", "weighting": "with rows weighted to"}[
        population["case_control"]
    ]
    return f"{family} {how} a population of which {100 * population['share']:.3g}% have the outcome"


def _at_risk(model: Entry, sources: Sources) -> str:
    """Return how a model counts ties, what its baseline hazard is, and what counts are relative
    to.
    """
    spell, baseline = model.get("spell"), model.get("baseline")
    words = ""
    if spell:
        method = {"efron": "Efron", "breslow": "Breslow"}[spell.get("ties", "efron")]
        words += f", ties by {method}'s method"
    if baseline:
        form = {
            "dummies": "an effect of each value of",
            "polynomial": f"a polynomial of degree {baseline.get('degree', 3)} of",
            "log": "the log of",
        }[baseline["form"]]
        words += f", baseline hazard: {form} {sources.label(baseline['time'])}"
    if model.get("exposure"):
        words += f", relative to {sources.label(model['exposure'])} (log, coefficient 1)"
    if model.get("offset"):
        words += f", with the offset {sources.label(model['offset'])} (coefficient 1)"
    return words


def inference(of: Mapping[str, Any]) -> str:
    """Return how standard errors, p-values and intervals were computed."""
    clusters = " and ".join(
        display_names.CLUSTERS.get(name, name) for name in (of["cluster"] or "").split(" and ")
    )
    errors = display_names.ERRORS | {
        "cluster": (
            "standard errors clustered by "
            f"{clusters}{display_names.CORRECTIONS[of.get('correction', 'full')]}"
        )
    }
    tests = {"wald": "Wald p-values", "penalised_lr": "penalised likelihood ratio p-values"}
    first = errors.get(of["covariance"], f"{of['covariance']} standard errors")
    second = tests.get(of["p_values"], f"{of['p_values']} p-values")
    if of["distribution"] == "t":
        second += f" from t with {of['df']:,} degrees of freedom"
    return (
        f"{first}, {second}, "
        f"{'profile likelihood' if of['intervals'] == 'profile' else 'Wald'} intervals"
    )


def failures(models: Mapping[int, Entry], sources: Sources) -> list[str]:
    """Return why columns have no numbers."""
    texts = {}
    for position, model in models.items():
        if model["status"] != "ok":
            failure = model["failure"] or {
                "kind": "unknown",
                "message": "the estimator gave no reason",
            }
            kind = display_names.named(display_names.FAILURES, failure["kind"])
            texts[position] = [
                f"not estimated ({kind}): {sentences.readable(failure['message'], model, sources)}."
            ]
    return display_names.by_column(texts)


def rows_given(models: Mapping[int, Entry]) -> list[str]:
    """Return what the counts of a column without estimates are."""
    counted = [
        position
        for position, model in models.items()
        if model["status"] != "ok" and known(model["n"])
    ]
    return (
        [
            (
                f"{display_names.numbers(counted)} N and other counts: of the rows that were to "
                "be fitted; nothing was estimated on them."
            )
        ]
        if counted
        else []
    )


def without_estimates(rows: Mapping[str, Entry]) -> list[str]:
    """Return how many draws of the bootstrap that fits each of them anew have no estimate.

    Parameters
    ----------
    rows : mapping
        What is tested -> the row of that bootstrap, with replicates and not_fitted.
    """
    if not rows:
        return []
    named = "; ".join(
        f"{name} {row['not_fitted']:,} of {row['replicates']:,}" for name, row in rows.items()
    )
    return [
        f"The bootstrap under a spatial field fits each draw anew; without an estimate: {named}. "
        "These count as farther from zero than the data, and where they are 5% or more the "
        "interval has no ends."
    ]


def _untested(model: Entry, sources: Sources) -> list[str]:
    """Return which terms of a separated logit have no test, by the reason."""
    reasons: dict[str, list[str]] = {}
    for term, reason in ((model["separation"] or {}).get("untested") or {}).items():
        reasons.setdefault(reason, []).append(sentences.readable(term, model, sources))
    return [f"no test of {', '.join(terms)}: {reason}" for reason, terms in reasons.items()]


def score_tests(models: Mapping[int, Entry], sources: Sources) -> list[str]:
    """Return what stands in the columns of separated logits, and which terms have no test there."""
    kinds, untested = {}, {}
    for position, model in models.items():
        rows = [row for row in model["rows"] if row["kind"] == "score_test"]
        if rows:
            method = rows[0]["method"].removeprefix("score test, ")
            kinds[position] = [display_names.named(display_names.SCORES, method)]
        untested[position] = _untested(model, sources)
    if not kinds and not any(untested.values()):
        return []
    first = (
        "In brackets, where an estimate is infinite or missing: the p-value of the score test "
        "that the term has no effect, given the others; "
        f"{'; '.join(display_names.by_column(kinds))}. It needs no estimate of the term; "
        f"\N{INFINITY} says which way that would run."
    )
    return [
        *([first] if kinds else []),
        *(display_names.sentence(line) for line in display_names.by_column(untested)),
    ]


def warnings(models: Mapping[int, Entry], sources: Sources) -> list[str]:
    """Return what a reader of the numbers must know, each once with its columns."""
    texts = {
        position: [
            sentences.readable(warning["message"], model, sources) for warning in model["warnings"]
        ]
        for position, model in models.items()
    }
    found = display_names.by_column(texts, models)
    return [f"Warning: {'; '.join(found)}."] if found else []


def levels(models: Mapping[int, Entry]) -> list[str]:
    """Return which value is the event, in which order levels stand, and how many rows each has."""
    texts = {
        position: [_in_order(model)]
        for position, model in models.items()
        if model["n_by_level"] and list(model["n_by_level"]) != ["0", "1"]
    }
    return (
        [f"Rows by outcome: {'; '.join(display_names.by_column(texts, models))}."] if texts else []
    )


def _in_order(model: Entry) -> str:
    counts = {
        display_names.level(level).lower(): f"{n:,}" for level, n in model["n_by_level"].items()
    }
    if len(counts) == 2:
        (other, rest), (event, n) = counts.items()
        return f"the event is {event} ({n}), against {other} ({rest})"
    between = " < " if model["reference_level"] is None else ", "
    return between.join(f"{level} {n}" for level, n in counts.items())


def references(models: Mapping[int, Entry], printed: Sequence[str], sources: Sources) -> list[str]:
    """Return which category the others of each printed categorical term are against."""
    found: dict[str, dict[int, list[str]]] = {}
    for position, model in models.items():
        for factor, category in (model.get("references") or {}).items():
            if model["status"] == "ok" and any(f"{factor}[" in term for term in printed):
                called = sources.labels.get(f"{factor}[{category}]", category)
                text = f"{label_of(factor, sources.labels)}: {called}"
                found.setdefault(factor, {})[position] = [text]
    # numbers of columns only where a term has another reference in another column
    lines = [line for texts in found.values() for line in display_names.by_column(texts, texts)]
    return [f"Reference categories: {'; '.join(lines)}."] if lines else []


def dropped(models: Mapping[int, Entry], sources: Sources) -> list[str]:
    """Return how many rows were left out of each model, and for the lack of what."""
    texts = {
        position: [_dropped(model, sources)]
        for position, model in models.items()
        if model["dropped"]
    }
    if not texts:
        return []
    return [
        (
            "Left out for missing values (a row can lack several): "
            f"{'; '.join(display_names.by_column(texts, models))}."
        )
    ]


def _dropped(model: Entry, sources: Sources) -> str:
    rows: Sequence[Entry] = model["dropped"]
    names = {*sources.labels.values(), *model["labels"].values(), model["outcome_label"]}
    counts = Counter(reason for row in rows for reason in sentences.reasons(row["reason"], names))
    listed = [
        f"{reason} {n:,}"
        for reason, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    if len(listed) > SHOWN_REASONS:
        listed = [*listed[:SHOWN_REASONS], f"{len(listed) - SHOWN_REASONS} more"]
    states = len({row["iso3"] for row in rows if "iso3" in row})
    of_states = f" of {display_names.plural(states, 'state')}" if states else ""
    return f"{display_names.plural(len(rows), 'row')}{of_states} ({', '.join(listed)})"
