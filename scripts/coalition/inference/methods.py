"""Every method of inference for one primary test: the same question, other standard errors, other
p-values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .. import estimators
from ..base.distributions import normal_or_t
from ..estimators import bias_reduced_multinomial, bias_reduced_ordered, logit
from ..estimators.adjusted_scores import Expand
from ..estimators.design_matrix import Prepared
from ..estimators.fit_types import Design, EstimationFailure, Fit
from . import restricted
from .bias_reduced import bias_reduced
from .bootstrap_weights import Weights, draw
from .categorical_cr2 import categorical_cr2
from .jackknife import covariance, cr3, delete_one
from .likelihoods import LIKELIHOODS, Likelihood, codes
from .linear_parts import parts
from .permutation import direction_permutation, exchanges, freedman_lane, score_permutation
from .quantities import Linear, Quantity, coefficient, linear_counterparts, quantities
from .replicates import LinearReplicates, invert
from .score_bootstrap import efficient_scores, score_bootstrap
from .wild import wild_cluster_bootstrap

LEVEL = 0.95
LARGEST = 100_000_000
"""Rows times permutations that are held at once."""
EXPANSIONS: Mapping[str, Callable[[np.ndarray, int], Expand]] = {
    "ordered_logit": bias_reduced_ordered.expansion,
    "bias_reduced_ordered_logit": bias_reduced_ordered.expansion,
    "multinomial_logit": lambda X, K: bias_reduced_multinomial.expansion(X),
    "bias_reduced_multinomial_logit": lambda X, K: bias_reduced_multinomial.expansion(X),
}
"""The probabilities of each model with several levels, for CR2; the estimate is the config's."""


@dataclass(frozen=True)
class Case:
    """One test: its model in the config, its rows, its estimates, and how many replicates are drawn
    from which seed.

    position : of the only parameter that is tested, where one alone is
    """

    model: Mapping[str, Any]
    primary: Mapping[str, Any]
    prepared: Prepared
    fit: Fit
    replicates: int
    permutations: int
    seed: int
    position: int | None = None

    @property
    def design(self) -> Design:
        """The rows that the model is fitted to."""
        return self.prepared.design

    @property
    def groups(self) -> np.ndarray:
        """Codes 0..G-1 of the clusters; each row its own where the model has none."""
        return codes(self.design)

    @property
    def tested(self) -> list[Quantity]:
        """What is tested of the model."""
        if self.position is not None:
            return [coefficient(self.primary["term"], self.position)]
        return quantities(self.model, self.primary, self.design, self.fit)

    @property
    def linear(self) -> list[Linear]:
        """The same in linear models."""
        return linear_counterparts(self.model, self.primary, self.design)

    @property
    def moves(self) -> np.ndarray:
        """Permutations of the rows within operations, or of all rows where there are no operations.

        Raises
        ------
        EstimationFailure
            When nothing can change places: every p-value would be 1. When there are too many.
        """
        rows = self.prepared.rows
        if self.permutations * len(rows) > LARGEST:
            raise EstimationFailure(
                "not_defined",
                f"{self.permutations:,} permutations of {len(rows):,} rows are too many to hold; "
                f"`permutations` of at most {LARGEST // len(rows):,}",
            )
        within = rows["operation"].to_numpy(str) if "operation" in rows else np.zeros(len(rows))
        moves = exchanges(self.groups, within, self.permutations, self.seed)
        if (moves == np.arange(len(rows))).all():
            raise EstimationFailure(
                "not_defined",
                "no two clusters have as many rows as each other in the same places, so that "
                "nothing can change places",
            )
        return moves

    def likelihood(self, why: str) -> Likelihood:
        """Return the model's likelihood.

        Raises
        ------
        EstimationFailure
            Saying why one is needed, where there is none with scores.
        """
        if self.model["family"] not in LIKELIHOODS:
            raise EstimationFailure("not_defined", why)
        return LIKELIHOODS[self.model["family"]]


@dataclass(frozen=True)
class Result:
    """What a method says of one tested quantity; None where a method has no such number.

    replicates, not_fitted : how many it drew, and of those that are fitted anew how many have no
    estimate
    p_below_smallest : of the test that the effect is at least the smallest one of interest, where
    that is no Wald test
    """

    term: str
    estimate: float
    std_error: float | None
    statistic: float
    df: float | None
    p_value: float
    conf_low: float | None
    conf_high: float | None
    p_equal_tailed: float | None = None
    replicates: int | None = None
    not_fitted: int | None = None
    p_below_smallest: float | None = None


def wald(term: str, estimate: float, variance: float, df: float | None = None) -> Result:
    """Return a Wald test, normal or t."""
    if not variance > 0:
        raise EstimationFailure("not_defined", "the estimated variance is not above zero")
    error, distribution = float(np.sqrt(variance)), normal_or_t(df)
    half = float(distribution.ppf((1 + LEVEL) / 2)) * error
    p_value = float(2 * distribution.sf(abs(estimate) / error))
    return Result(
        term, estimate, error, estimate / error, df, p_value, estimate - half, estimate + half
    )


def check_design(design: Design) -> None:
    """Raise where rows have weights or are clustered in two ways: the methods are not written for
    them.
    """
    if design.offset is not None:
        raise EstimationFailure("not_defined", "the methods do not take an offset or exposure")
    if design.weights is not None or design.crossed is not None:
        raise EstimationFailure(
            "not_defined", "the methods do not take weights, nor clusters in two ways"
        )


def weakest(results: Sequence[Result], sign: int) -> Result:
    """Return the result that supports a claim least: the one of the largest one-sided p-value
    (intersection-union test, Berger 1982).
    """
    return max(results, key=lambda result: one_sided(result.statistic, result.p_value, sign))


def one_sided(statistic: float, p_value: float, sign: int) -> float:
    """Return the one-sided p-value in the predicted direction that belongs to a two-sided one."""
    return p_value / 2 if sign * statistic > 0 else 1 - p_value / 2


def _delta(case: Case, matrix: np.ndarray, df: float | None = None) -> list[Result]:
    """Return Wald tests of every quantity from a covariance of the parameters, by the delta
    method.
    """
    params, found = case.fit.params, []
    for of in case.tested:
        slope = of.slope(params)
        found.append(wald(of.term, of.at(params), float(slope @ matrix @ slope), df))
    return found


def model_based(case: Case) -> list[Result]:
    """Test as if rows were independent and the model true: standard errors from the information."""
    if case.model["family"] == "ols":
        return _classical(case)
    family = case.likelihood("standard errors from the model are those of a likelihood")
    return _delta(
        case, np.linalg.inv(-family.hessian(case.fit.params, case.design.y, case.design.X))
    )


def _classical(case: Case) -> list[Result]:
    """Test in the linear model with errors of one variance; t with n-k degrees of freedom."""
    y, X, params = case.design.y, case.design.X, case.fit.params
    free = len(y) - X.shape[1]
    variance = float(((y - X @ params) ** 2).sum()) / free
    return _delta(case, variance * np.linalg.inv(X.T @ X), free)


def cr2(case: Case) -> list[Result]:
    """Test with CR2 and Satterthwaite degrees of freedom."""
    return _bias_reduced(case, "cr2")


def cr3_one_step(case: Case) -> list[Result]:
    """Test with CR3: leave out one cluster at a time by one Newton step; t with Satterthwaite or,
    where there are none, G-1 degrees.
    """
    if case.model["family"] in ("ols", "logit"):
        return _bias_reduced(case, "cr3")
    family = case.likelihood("there is no CR3 for this model")
    deleted = delete_one(
        family, case.fit.params, case.design.y, case.design.X, case.groups, steps="one"
    )
    return _delta(case, cr3(deleted, case.fit.params), len(deleted) - 1)


def _bias_reduced(case: Case, kind: str) -> list[Result]:
    y, X, params = case.design.y, case.design.X, case.fit.params
    if case.model["family"] == "ols":
        found = bias_reduced(X, y - X @ params, case.groups, kind)
    elif case.model["family"] == "logit":
        chance = logit.probabilities(params, X)[:, 1]
        found = bias_reduced(X, y - chance, case.groups, kind, chance * (1 - chance))
    elif kind == "cr2" and case.model["family"] == "poisson":
        mean = np.exp(X @ params)
        found = bias_reduced(X, y - mean, case.groups, kind, mean)
    elif kind == "cr2" and case.model["family"] in EXPANSIONS:
        return _categorical_cr2(case)
    else:
        raise EstimationFailure(
            "not_defined",
            "CR2 is defined for linear and generalised linear models; see the linear model's",
        )
    return [
        wald(of.term, params[j], found.covariance[j, j], found.df[j])
        for of in case.tested
        if (j := of.position) is not None
    ]


def _categorical_cr2(case: Case) -> list[Result]:
    """Test coefficients and contrasts of a model with several levels by CR2 of its indicators."""
    params, tested = case.fit.params, case.tested
    at = EXPANSIONS[case.model["family"]](case.design.X, len(case.design.levels))(params)
    slopes = np.column_stack([of.slope(params) for of in tested])
    found = categorical_cr2(case.design.y, at, case.groups, slopes)
    return [
        wald(of.term, of.at(params), float(slope @ found.covariance @ slope), float(df))
        for of, slope, df in zip(tested, slopes.T, found.df, strict=True)
    ]


def jackknife(case: Case) -> list[Result]:
    """Test with the jackknife: fit again without each cluster; t with G-1 degrees of freedom."""
    family = case.likelihood("for this model CR3 is the jackknife, or there is none")
    deleted = delete_one(family, case.fit.params, case.design.y, case.design.X, case.groups)
    return _delta(case, covariance(deleted, case.fit.params), len(deleted) - 1)


def firth(case: Case) -> list[Result]:
    """Test by the penalised likelihood ratio with profile intervals; rows count as independent."""
    if case.model["family"] not in ("logit", "firth_logit"):
        raise EstimationFailure(
            "not_defined", "Firth's penalty is estimated for binary outcomes only"
        )
    found = estimators.fit("firth_logit", replace(case.design, groups=None), LEVEL)
    part = [[float(getattr(found, name)[of.position]) for name in ("params", "std_error",
        "statistic", "p_value", "conf_low", "conf_high")]
            for of in case.tested]  # fmt: skip
    return [
        Result(of.term, row[0], row[1], row[2], None, row[3], row[4], row[5])
        for of, row in zip(case.tested, part, strict=True)
    ]


def bootstrap_scores(case: Case) -> list[Result]:
    """Test by the score cluster bootstrap; the interval inverts the test, for the quantity that
    supports the claim least.
    """
    family = case.likelihood(
        "the score bootstrap is for likelihood models; see the wild bootstrap of the linear model"
    )
    weights, params = draw(int(case.groups.max()) + 1, case.replicates, case.seed), case.fit.params
    tests = {of.term: _score_test(case, family, of, weights) for of in case.tested}
    results = [
        Result(
            of.term,
            of.at(params),
            None,
            statistic,
            None,
            p_value,
            None,
            None,
            equal_tailed,
            len(weights.values),
        )
        for of in case.tested
        for statistic, p_value, equal_tailed in (tests[of.term](0.0),)
    ]
    least = weakest(results, case.primary["sign"])
    slope = next(of for of in case.tested if of.term == least.term).slope(params)
    width = float(np.sqrt(slope @ case.fit.covariance @ slope))
    low, high = invert(lambda value: tests[least.term](value)[1], least.estimate, width, 1 - LEVEL)
    return [replace(least, conf_low=low, conf_high=high)]


def _score_test(
    case: Case, family: Likelihood, of: Quantity, weights: Weights
) -> Callable[[float], tuple[float, float, float]]:
    """Return the score bootstrap of a quantity as a function of the value that it is tested
    against.
    """
    y, X, groups, params = case.design.y, case.design.X, case.groups, case.fit.params

    def test(value: float) -> tuple[float, float, float]:
        nonlocal params
        # from the last solution: the next value is not far
        params = restricted.maximise(family, of, value, params, y, X)
        return score_bootstrap(
            efficient_scores(family, params, of.slope(params), y, X, groups), weights
        )

    return test


def permutation(case: Case) -> list[Result]:
    """Test by permuting the term, or the direction of a contrast, between states within operations:
    the studentised efficient score.
    """
    if case.model["family"] == "ols":
        return linear_permutation(case)
    family = case.likelihood(
        "the score permutation is for likelihood models; see the permutation of the linear model"
    )
    y, X, groups, moves, found = case.design.y, case.design.X, case.groups, case.moves, []
    for of in case.tested:
        params = restricted.maximise(family, of, 0.0, case.fit.params, y, X)
        if family.index is None or of.position is None:
            statistic, p_value = direction_permutation(
                params, of.slope(params), y, X, groups, moves
            )
        else:
            statistic, p_value = score_permutation(
                family, params, of.position + family.first, y, X, groups, moves
            )
        found.append(
            Result(
                of.term,
                of.at(case.fit.params),
                None,
                statistic,
                None,
                p_value,
                None,
                None,
                None,
                case.permutations,
            )
        )
    return found


def wild_bootstrap(case: Case) -> list[Result]:
    """Test least squares by its own wild cluster bootstrap."""
    if case.model["family"] != "ols":
        raise EstimationFailure(
            "not_defined", "the wild bootstrap is for least squares; see that of the linear model"
        )
    return linear_wild(case)


def linear_cluster(case: Case) -> list[Result]:
    """Test in the linear model with clustered (HC1) standard errors and G-1 degrees of freedom."""
    fits = [(of.term, parts(of.y, of.X, of.column, case.groups)) for of in case.linear]
    return [
        wald(term, part.estimate, part.std_error**2, len(part.loading) - 1) for term, part in fits
    ]


def linear_cr2(case: Case) -> list[Result]:
    """Test in the linear model with CR2 and Satterthwaite degrees of freedom."""
    found = []
    for of in case.linear:
        beta = np.linalg.solve(of.X.T @ of.X, of.X.T @ of.y)
        reduced, j = bias_reduced(of.X, of.y - of.X @ beta, case.groups, "cr2"), of.column
        found.append(
            wald(of.term, float(beta[j]), float(reduced.covariance[j, j]), float(reduced.df[j]))
        )
    return found


def linear_wild(case: Case) -> list[Result]:
    """Test in the linear model by the wild cluster bootstrap; the interval inverts the test."""
    drawn = [
        (
            of.term,
            wild_cluster_bootstrap(of.y, of.X, of.column, case.groups, case.replicates, case.seed),
        )
        for of in case.linear
    ]
    return [_resampled(term, replicates) for term, replicates in drawn]


def linear_permutation(case: Case) -> list[Result]:
    """Test in the linear model by permuting residuals within operations; the interval inverts the
    test.
    """
    return [
        _resampled(of.term, freedman_lane(of.y, of.X, of.column, case.groups, case.moves))
        for of in case.linear
    ]


def _resampled(term: str, of: LinearReplicates) -> Result:
    low, high = of.interval(LEVEL)
    number = of.numerator.shape[1]
    return Result(
        term,
        of.estimate,
        of.std_error,
        of.at(0.0)[0],
        None,
        of.p_value(),
        low,
        high,
        of.p_equal_tailed(),
        number,
    )


METHODS: Mapping[str, Callable[[Case], list[Result]]] = {
    "model": model_based,
    "cr2": cr2,
    "cr3": cr3_one_step,
    "jackknife": jackknife,
    "firth": firth,
    "wild_bootstrap": wild_bootstrap,
    "score_bootstrap": bootstrap_scores,
    "permutation": permutation,
    "linear_cluster": linear_cluster,
    "linear_cr2": linear_cr2,
    "linear_wild_bootstrap": linear_wild,
    "linear_permutation": linear_permutation,
}
"""Name in the config -> method; those that begin with linear_ test in the linear counterpart of the
model.
"""
