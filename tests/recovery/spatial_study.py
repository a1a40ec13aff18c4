"""The real designs of the primary tests, worlds fitted to them, and every method in a drawn world.

The worlds follow from the data and the models as shipped; what is tested in them is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from coalition import estimators
from coalition.estimators import batched, logit
from coalition.estimators.batched.stack import Stack
from coalition.estimators.fit_types import EstimationFailure
from coalition.inference import restricted
from coalition.inference.bias_reduced import bias_reduced
from coalition.inference.linear_parts import sums
from coalition.inference.permutation import (
    direction_permutation,
    exchanges,
    score_permutation,
)
from coalition.inference.replicates import p_symmetric
from coalition.inference.spatial import field_bootstrap, scpc, worlds
from coalition.inference.spatial.conley import conley
from coalition.inference.spatial.within_regions import permutation_within, strata
from real_designs import Real

ALPHA = 0.05
CUTOFFS = (1000.0, 2000.0, 4000.0)
REPLICATES, PERMUTATIONS = 199, 199


def rows_of(of: Real) -> worlds.Rows:
    """Return the rows of a test and where they lie."""
    return worlds.rows(of.design.X, of.states, of.distance, of.operation, of.ordered)


def world(of: Real, value: float | None) -> worlds.World:
    """Return the world fitted to the data with the quantity at a value, or free."""
    params, design = of.fit.params, of.design
    if value is not None:
        params = restricted.maximise(of.likelihood, of.of, value, params, design.y, design.X)
    chances = estimators.predictor(of.family, design).probabilities(params, design.X)
    return worlds.fitted(chances, design.y, rows_of(of))


@dataclass(frozen=True)
class Drawn:
    """One drawn outcome, the estimates in it and what is tested there."""

    real: Real
    y: np.ndarray
    params: np.ndarray
    covariance: np.ndarray
    value: float
    places: scpc.Projection
    rows: worlds.Rows
    seed: int

    @property
    def slope(self) -> np.ndarray:
        """Of the quantity at the estimates."""
        return self.real.of.slope(self.params)

    @property
    def statistic(self) -> float:
        """The clustered t statistic."""
        slope = self.slope
        return float(self.error / np.sqrt(slope @ self.covariance @ slope))

    @property
    def error(self) -> float:
        """The estimate minus the tested value."""
        return self.real.of.at(self.params) - self.value

    def held(self) -> np.ndarray:
        """Return the estimates with the quantity at the tested value."""
        of = self.real
        return restricted.maximise(
            of.likelihood, of.of, self.value, self.params, self.y, of.design.X
        )

    def bread(self) -> np.ndarray:
        """Return the inverse information."""
        return np.linalg.inv(-self.real.likelihood.hessian(self.params, self.y, self.real.design.X))


def _normal(t: float) -> float:
    from scipy.stats import norm

    return float(2 * norm.sf(abs(t)))


def clustered(of: Drawn) -> float:
    """The declared test."""
    return _normal(of.statistic)


def cr2(of: Drawn) -> float:
    """CR2 with Satterthwaite degrees of freedom, of a logit."""
    from scipy.stats import t

    design, place = of.real.design, of.real.of.position
    chance = logit.probabilities(of.params, design.X)[:, 1]
    found = bias_reduced(design.X, of.y - chance, design.groups, "cr2", chance * (1 - chance))
    ratio = abs(of.error) / np.sqrt(found.covariance[place, place])
    return float(2 * t.sf(ratio, found.df[place]))


def conley_at(cutoff: float) -> Callable[[Drawn], float]:
    """Conley's covariance with a cutoff in km."""

    def test(of: Drawn) -> float:
        design = of.real.design
        scores = of.real.likelihood.scores(of.params, of.y, design.X)
        rows = of.real.distance[np.ix_(of.real.states, of.real.states)]
        variance = of.slope @ conley(of.bread(), scores, rows, cutoff) @ of.slope
        return _normal(of.error / np.sqrt(variance)) if variance > 0 else 0.0

    return test


def scpc_of(of: Drawn) -> float:
    """SCPC at its default of an average correlation of 0.03."""
    scores = of.real.likelihood.scores(of.params, of.y, of.real.design.X)
    influence = sums(scores @ of.bread() @ of.slope, of.real.states)
    estimate = of.real.of.at(of.params)
    return scpc.scpc_test(estimate, influence, of.places, of.value).p_value


def permuted(of: Drawn) -> float:
    """Permutation of states within operations."""
    real, held = of.real, of.held()
    X, family, groups = real.design.X, real.likelihood, real.states
    moves = exchanges(groups, real.operation, PERMUTATIONS, of.seed)
    if family.index is None:
        return direction_permutation(held, real.of.slope(held), of.y, X, groups, moves)[1]
    column = real.of.position + family.first
    return score_permutation(family, held, column, of.y, X, groups, moves)[1]


def within_regions(of: Drawn) -> float:
    """Permutation of states within regions and operations."""
    real = of.real
    by = strata(real.region, real.operation, of.y)
    return permutation_within(
        real.likelihood, of.held(), real.of, of.y, real.design.X, real.states, by, PERMUTATIONS,
        of.seed,
    )[1]  # fmt: skip


def bootstrapped(of: Drawn) -> float:
    """Parametric bootstrap under the field fitted to the drawn outcome, the null imposed."""
    return p_symmetric(of.statistic, _replicates(of), exhaustive=False)


def _replicates(of: Drawn) -> np.ndarray:
    real = of.real
    chances = estimators.predictor(real.family, real.design).probabilities(of.held(), real.design.X)
    found = worlds.fitted(chances, of.y, of.rows)
    rng = np.random.default_rng(of.seed)
    design = replace(real.design, y=of.y)
    return field_bootstrap.replicates(
        real.family, design, real.of, of.value, found, REPLICATES, rng
    )


METHODS: Mapping[str, Callable[[Drawn], float]] = {
    "cluster": clustered,
    "cr2": cr2,
    "permutation": permuted,
    "permutation_within_regions": within_regions,
    **{f"conley, {cutoff:g} km": conley_at(cutoff) for cutoff in CUTOFFS},
    "scpc": scpc_of,
    "field_bootstrap": bootstrapped,
}


WITH_INTERVAL = ("cluster", "cr2", *(name for name in METHODS if name.startswith("conley")), "scpc")


def methods(of: Real) -> list[str]:
    """Return the methods that are defined for a test."""
    return [name for name in METHODS if name != "cr2" or of.family == "logit"]


def drawn(of: Real, where: worlds.World, value: float, draws: int, seed: int) -> Iterator[Drawn]:
    """Draw outcomes from a world and fit the model to each; those without estimates are left out.

    `value` is what the quantity is tested against.
    """
    y = where.draw(np.random.default_rng(seed), draws)
    groups = np.broadcast_to(of.design.groups, y.shape)
    stack = Stack(y, of.design.X, np.ones(y.shape, bool), groups)
    with np.errstate(all="ignore"):
        fits = batched.fit(of.family, stack, max(len(of.design.levels), 2))
    at, near = scpc.projection(of.distance), rows_of(of)
    for number in np.flatnonzero(fits.status == "ok"):
        params, covariance = fits.params[number], fits.covariance[number]
        yield Drawn(of, y[number], params, covariance, value, at, near, int(number))


def rejections(of: Real, where: worlds.World, value: float, draws: int, seed: int) -> np.ndarray:
    """Return whether each test at 5% rejects a value, shape (estimated, methods); 1, 0 or NaN."""
    found = [
        [_rejects(METHODS[name], each) for name in methods(of)]
        for each in drawn(of, where, value, draws, seed)
    ]
    return np.array(found)


def _rejects(method: Callable[[Drawn], float], of: Drawn) -> float:
    try:
        with np.errstate(all="ignore"):
            return float(method(of) <= ALPHA)
    except (EstimationFailure, np.linalg.LinAlgError):
        return np.nan


def covered(of: Real, where: worlds.World, truth: float, draws: int, seed: int) -> np.ndarray:
    """Return whether 95% intervals hold the truth, shape (estimated, methods); 1, 0 or NaN.

    The methods are those of `WITH_INTERVAL` that are defined, and last the bootstrap, whose
    interval takes its critical value from the world in which the quantity is zero.
    """
    names = [name for name in WITH_INTERVAL if name in methods(of)]
    found = []
    for each in drawn(of, where, truth, draws, seed):
        wald = [1 - _rejects(METHODS[name], each) for name in names]
        found.append([*wald, _bootstrap_holds(each)])
    return np.array(found)


def _bootstrap_holds(of: Drawn) -> float:
    try:
        with np.errstate(all="ignore"):
            cut = field_bootstrap.critical_value(_replicates(replace(of, value=0.0)))
            return float(abs(of.statistic) <= cut)
    except (EstimationFailure, np.linalg.LinAlgError):
        return np.nan
