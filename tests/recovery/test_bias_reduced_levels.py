"""Bias-reduced logits of several levels at the sizes of caveat levels and of H3, beside maximum
likelihood in the same samples: bias, coverage, size.

Where maximum likelihood has no estimate the bias-reduced one is finite; its Wald test means nothing
there, and the test that the estimator names in its place is made in every sample.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from coalition.estimators import bias_reduced_multinomial, bias_reduced_ordered, fit, multinomial
from coalition.estimators.adjusted_scores import adjusted_scores
from coalition.estimators.fit_types import Design, Fit
from coalition.inference.categorical_cr2 import categorical_cr2
from measured import Study
from scipy import stats
from test_recovery import CUTS, DEMOCRACY, FEARS, LEVELS, NO_EFFECT
from test_small_samples import CLAIMS, NAMES, TRUTH, lesser_evil
from truth import MONTE_CARLO, Wald, World, design, fitted, nearly_covers, uniforms, world
from truth import ordered as ordered_levels

pytestmark = pytest.mark.long

Begin = Callable[..., Study]


def stacked(fits: Sequence[Fit]) -> tuple[Wald, np.ndarray]:
    """Return the estimates of all samples, and which of their coefficients have a Wald test."""
    found = Wald(
        np.array([each.params for each in fits]),
        np.array([each.std_error for each in fits]),
        np.array([each.covariance for each in fits]),
    )
    return found, np.isfinite([each.p_value for each in fits])


def measure(
    study: Study, method: str, found: Wald, truth: np.ndarray, first: int, tested: np.ndarray
) -> None:
    """Keep bias and coverage of the two fears and the size of the test of democracy, all of
    coefficients that begin at `first`; intervals and tests where the sample has them.
    """
    held, none = found.held(truth), DEMOCRACY - 1 + first
    assert truth[none] == 0
    study.bias(method, FEARS, found.params[:, first : first + 2], truth[first : first + 2])
    for position, name in enumerate(FEARS, start=first):
        study.coverage(method, [name], held[tested[:, position], position])
    study.size(method, [NO_EFFECT], ~held[tested[:, none], none])


@pytest.mark.parametrize("operations", [1, 2])
def test_ordered_logit(operations: int, study: Begin) -> None:
    """45 states in one operation, or in two and clustered; the score test knows no clusters and is
    made in one operation.
    """
    of, clustered = world(45, operations), operations == 2
    about = study(
        title="Bias-reduced ordered logit of the caveat level",
        simulated="45 states in one operation, or in two with the latent levels of a state's rows "
        "correlated by 0.5 and standard errors clustered by state; four levels, eight or nine "
        "parameters.",
        n=45 * operations,
        clusters=45 if clustered else 0,
        replications=(80, 2000),
        seed=21,
    )
    truth, rng = np.concatenate([of.truth[1:], CUTS]), about.rng
    drawn = [ordered_levels(of, CUTS, 0.5 * clustered, rng) for _ in range(about.replications)]
    outcomes = [y for y in drawn if len(np.unique(y)) == len(LEVELS)]
    designs = [design(of, y, LEVELS, clustered) for y in outcomes]
    plain = fitted("ordered_logit", of, outcomes, LEVELS, clustered)
    reduced, tested = stacked([fit("bias_reduced_ordered_logit", each) for each in designs])
    rows = f"{len(of.X)} rows"
    measure(about, f"ordered logit, {rows}", plain, truth, 0, np.ones(plain.params.shape, bool))
    measure(about, f"bias-reduced, {rows}", reduced, truth, 0, tested)
    away = [np.abs((found.params - truth)[:, :2].mean(axis=0)) for found in (plain, reduced)]
    error = MONTE_CARLO * reduced.std_error[:, :2].mean(axis=0) / np.sqrt(len(designs))
    assert (away[1] <= away[0] / 2 + error).all()
    assert nearly_covers(reduced.held(truth)[:, :2].mean(axis=0), len(designs))
    if not clustered:
        scores = [bias_reduced_ordered.score_test(each, DEMOCRACY).p_value for each in designs]
        rejected = np.array(scores) <= 0.05
        about.size(f"bias-reduced, {rows}, adjusted score test", [NO_EFFECT], rejected)
        assert nearly_covers(1 - rejected.mean(), len(designs))


FEW = -3.2
"""The constant of joining unreserved at which some 19 of 380 rows do, as in the sample of H3."""


def few_unreserved(correlation: float, about: Study) -> tuple[np.ndarray, list[Design]]:
    """Return the truth of H3 with few who join unreserved, and samples of it with all levels."""
    of, data, _ = lesser_evil(CLAIMS)
    truth, rng = TRUTH.copy(), about.rng
    truth[[0, len(NAMES) + DEMOCRACY + 1]] = FEW, 0.0
    chances = multinomial.probabilities(truth, data.X).cumsum(axis=1)[:, :2]
    drawn = [
        (uniforms(of, correlation, rng)[:, None] > chances).sum(axis=1).astype(float)
        for _ in range(about.replications)
    ]
    groups = of.groups if correlation else None
    return truth, [replace(data, y=y, groups=groups) for y in drawn if len(np.unique(y)) == 3]


SIMULATED = (
    "190 states in two operations, some 19 of 380 rows join unreserved and 50 with reservations; "
    "16 parameters, no effect of democracy"
)


def other_errors(
    study: Study, designs: Sequence[Design], params: np.ndarray, truth: np.ndarray
) -> np.ndarray:
    """Keep what intervals of the unreserved equation hold at the bias-reduced estimates with errors
    of independent rows and with CR2; return the size of CR2's test.
    """
    places = [1, 2, NAMES.index("democracy")]
    unit = np.eye(len(truth))[:, places]
    errors, far = [], []
    for data, at in zip(designs, params, strict=True):
        expanded = bias_reduced_multinomial.expansion(data.X)(at)
        bread = np.linalg.inv(adjusted_scores(data.y, expanded).information)
        found = categorical_cr2(data.y, expanded, data.groups, unit)
        errors.append([np.diag(bread)[places], np.diag(found.covariance)[places]])
        far.append([np.full(3, 1.959964), stats.t(found.df).ppf(0.975)])
    distance = np.abs(params - truth)[:, None, places]
    held = distance < np.array(far) * np.sqrt(errors)
    for position, name in enumerate(("rows as if independent", "CR2")):
        method = f"bias-reduced, unreserved, {name}"
        study.coverage(method, FEARS, held[:, position, :2])
        study.size(method, [NO_EFFECT], ~held[:, position, 2])
    return ~held[:, 1, 2]


def test_multinomial_logit(study: Begin) -> None:
    """The rarest level has hardly more rows than the model has slopes. The penalty takes away the
    bias, and with it what made the clustered errors of maximum likelihood long enough.
    """
    about = study(
        title="Bias-reduced multinomial logit of H3",
        simulated=(
            f"{SIMULATED}; rows of a state correlated by 0.5, standard errors clustered by state."
        ),
        n=380,
        clusters=190,
        replications=(30, 1000),
        seed=22,
    )
    truth, designs = few_unreserved(0.5, about)
    of = World(designs[0].X, truth, designs[0].groups, NAMES)
    outcomes = [each.y for each in designs]
    plain = fitted("multinomial_logit", of, outcomes, designs[0].levels, clustered=True)
    reduced, tested = stacked([fit("bias_reduced_multinomial_logit", each) for each in designs])
    contrasts = lesser_evil(CLAIMS)[2]
    true = np.array([each.at(truth) for each in contrasts])
    for method, found, has in (
        ("multinomial logit", plain, np.ones(plain.params.shape, bool)),
        ("bias-reduced", reduced, tested),
    ):
        # unreserved: democracy stands one place further, behind the product of the fears
        part = np.delete(np.arange(len(truth)), 3)
        of_terms = Wald(found.params[:, part], found.std_error[:, part], found.covariance)
        measure(about, f"{method}, unreserved", of_terms, truth[part], 1, has[:, part])
        estimates = np.array([[each.at(params) for each in contrasts] for params in found.params])
        slopes = np.array([[each.slope(params) for each in contrasts] for params in found.params])
        errors = np.sqrt(np.einsum("rqp,rpo,rqo->rq", slopes, found.covariance, slopes))
        about.bias(f"{method}, contrasts", CLAIMS, estimates, true)
        inside = np.abs(estimates - true) < 1.959964 * errors
        about.coverage(f"{method}, contrasts", CLAIMS, inside)
    rejected = other_errors(about, designs, reduced.params, truth)
    none = NAMES.index("democracy")
    clustered = np.abs(reduced.params - truth)[:, none] > 1.959964 * reduced.std_error[:, none]
    assert (rejected & ~clustered).sum() <= (clustered & ~rejected).sum()
    assert len(plain.params) <= len(designs) == len(reduced.params)
    away = [np.abs((found.params - truth).mean(axis=0)[0]) for found in (plain, reduced)]
    assert away[1] < away[0]


def test_ratio_test_of_the_multinomial_logit(study: Begin) -> None:
    """The penalised likelihood ratio of a term in both equations, which takes the place of Wald's
    test in separated samples; rows count as independent there, and are.
    """
    about = study(
        title="Bias-reduced multinomial logit of H3, penalised likelihood ratio",
        simulated=f"{SIMULATED} in either equation; independent rows.",
        n=380,
        clusters=0,
        replications=(30, 1000),
        seed=23,
    )
    designs = few_unreserved(0.0, about)[1]
    column = NAMES.index("democracy")
    ratios = [bias_reduced_multinomial.ratio_test(each, [column]).statistic for each in designs]
    rejected = np.array(ratios) > stats.chi2.ppf(0.95, 2)
    about.size("penalised likelihood ratio, both equations", [NO_EFFECT], rejected)
    assert nearly_covers(1 - rejected.mean(), len(designs))
