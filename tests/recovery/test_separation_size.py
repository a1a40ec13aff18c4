"""Size of the score tests of separated logits, and of the two that are not printed: likelihood
ratio, and scores with their own squares.

A term that few states have and that has no effect: among six of sixty states all or none have the
outcome in 2 to 15% of the samples, and nearly so in many more. The tests are made in every sample,
separated or not, because among separated ones alone a test of 5% must not reject in 5%: they are
those in which the outcome and the term happened to agree.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from coalition.estimators import logit
from coalition.estimators.fit_types import Design
from coalition.estimators.separated_logit import score_tests, under_the_null
from coalition.estimators.separation import overlapping
from measured import Study
from scipy.special import expit
from scipy.stats import chi2
from truth import MONTE_CARLO, World, uniforms

pytestmark = pytest.mark.long

STATES, MEMBERS = 60, 6
TESTS = ["score (printed)", "likelihood ratio", "own squares"]


def drawn(operations: int, correlation: float, rng: np.random.Generator) -> Design:
    """Return states in one or two operations; a state's rows are correlated, 30% have the outcome
    at the mean of the covariate.
    """
    member = np.zeros(STATES)
    member[rng.choice(STATES, MEMBERS, replace=False)] = 1
    groups = np.tile(np.arange(STATES), operations)
    columns = [np.ones(STATES * operations), rng.normal(size=STATES)[groups], member[groups]]
    X = np.column_stack([*columns, *([np.repeat([0.0, 1.0], STATES)] if operations == 2 else [])])
    chances = expit(np.log(0.3 / 0.7) + 0.5 * X[:, 1])
    y = (uniforms(World(X, np.empty(0), groups, ()), correlation, rng) < chances).astype(float)
    return Design(
        y,
        X,
        ("const", "x", "member", "operation")[: X.shape[1]],
        ("0", "1"),
        groups if operations == 2 else None,
    )


def highest(y: np.ndarray, X: np.ndarray, rows: np.ndarray) -> float:
    """Return the supremum of the log likelihood, to which only the rows that overlap add
    anything.
    """
    independent = X[rows][:, np.abs(np.diag(np.linalg.qr(X[rows], mode="r"))) > 1e-9]
    return logit.maximise(y[rows], independent)[1]


def tried(data: Design) -> tuple[list[float], bool]:
    """Return p-values by the printed test, the likelihood ratio and the scores with their own
    squares (Boos 1992); is the sample separated?
    """
    (printed,) = score_tests(data, ["member"])
    others = np.delete(data.X, 2, axis=1)
    rows, every = (overlapping(logit.margins(data.y, X)) for X in (data.X, others))
    ratio = 2 * (highest(data.y, data.X, rows) - highest(data.y, others, every))
    null = under_the_null(data, 2, every)
    groups = np.arange(len(data.y)) if data.groups is None else data.groups
    own = null.scores.sum() ** 2 / (np.bincount(groups[every], null.scores) ** 2).sum()
    return [
        printed.p_value,
        float(chi2.sf(max(ratio, 0.0), 1)),
        float(chi2.sf(own, 1)),
    ], not rows.all()


@pytest.mark.parametrize(
    ("operations", "correlation", "too_often"),
    [(1, 0.0, "own squares"), (2, 0.5, "likelihood ratio")],
)
def test_size(
    operations: int, correlation: float, too_often: str, study: Callable[..., Study]
) -> None:
    about = study(
        title="Score tests of separated logits",
        simulated=(
            "60 states in one operation or two (correlation 0.5), a term without effect that "
            "six states have; every sample is tested, separated or not."
        ),
        n=STATES * operations,
        clusters=STATES if operations == 2 else 0,
        replications=(400, 1500),
        seed=1,
    )
    rng = about.rng
    p_values, separated = zip(
        *(tried(drawn(operations, correlation, rng)) for _ in range(about.replications)),
        strict=True,
    )
    each = np.array(p_values) < 0.05
    for test, happened in zip(TESTS, each.T, strict=True):
        about.size(test, ["term of six states"], happened)
    rejected, beyond = (
        each.mean(axis=0),
        0.05 + MONTE_CARLO * np.sqrt(0.05 * 0.95 / about.replications),
    )
    printed, others = rejected[0], dict(zip(TESTS[1:], rejected[1:], strict=True))
    assert 0.1 - beyond < printed < beyond
    assert others[too_often] > beyond  # the reason why it is not the one that is printed
    assert printed <= others["likelihood ratio"]
    assert sum(separated) > 0.02 * about.replications
