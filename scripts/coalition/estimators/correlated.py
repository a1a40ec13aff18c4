"""Correlated random effects logit (Mundlak 1978; Chamberlain 1980): a logit with unit means and a
normal intercept for every unit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, log_expit, logsumexp

from ..base.distributions import ChiSquared
from . import logit
from .fit_types import Design, EstimationFailure, Fit, blanked
from .means import check_nested, codes, with_means
from .newton import climb
from .separation import check_rank, few_events, rarest, refuse_separation, separated
from .wald import about, categorical_null, likelihood_covariance, likelihood_fit, wald

NODES = 25
"""Of the adaptive quadrature: the likelihood of the tests is right to ten digits with them."""
AVERAGING_NODES = 50
"""Of the plain quadrature that averages probabilities over the intercepts."""
MAX_STEPS = 40
"""A maximum is reached in ten to twenty; more are needed where nearly every unit is in or out
throughout, and there is none worth having.
"""
START, SMALLEST = 0.5, -6.0
"""Log standard deviations of the intercepts: where the climb starts, and below which there is no
variance to speak of (0.0025).
"""


@dataclass(frozen=True)
class Data:
    """y, X and the unit of each row, coded from 0."""

    y: np.ndarray
    X: np.ndarray
    unit: np.ndarray

    def total(self, values: np.ndarray) -> np.ndarray:
        """Return sums over the rows of each unit: (n, ...) -> (units, ...)."""
        sums = np.zeros((self.unit.max() + 1, *values.shape[1:]))
        np.add.at(sums, self.unit, values)
        return sums


def modes(params: np.ndarray, data: Data) -> tuple[np.ndarray, np.ndarray]:
    """Return the likeliest standard normal intercept u of each unit and the spread of its posterior
    there, each (units,).

    Newton's method on a concave function, all units at once; a step is at most one.
    """
    eta, sigma = data.X @ params[:-1], np.exp(params[-1])
    u = np.zeros(data.unit.max() + 1)
    for _ in range(200):
        one = expit(eta + sigma * u[data.unit])
        curve = 1 + sigma**2 * data.total(one * (1 - one))
        step = (sigma * data.total(data.y - one) - u) / curve
        u = u + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-12:
            break
    return u, 1 / np.sqrt(curve)


def at_nodes(params: np.ndarray, data: Data) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the nodes (units, NODES), the weights that each unit's posterior gives them, and each
    unit's log likelihood.

    Adaptive Gauss-Hermite quadrature: nodes around each unit's mode (Pinheiro & Bates 1995;
    Rabe-Hesketh, Skrondal & Pickles 2002).
    """
    z, weight = np.polynomial.hermite_e.hermegauss(NODES)
    centre, spread = modes(params, data)
    u = centre[:, None] + spread[:, None] * z
    eta = (data.X @ params[:-1])[:, None] + np.exp(params[-1]) * u[data.unit]
    joint = data.total(log_expit((2 * data.y - 1)[:, None] * eta)) - u**2 / 2 + z**2 / 2
    joint += np.log(weight) - 0.5 * np.log(2 * np.pi) + np.log(spread)[:, None]
    height = logsumexp(joint, axis=1)
    return u, np.exp(joint - height[:, None]), height


def log_likelihood(params: np.ndarray, data: Data) -> float:
    """Return the log likelihood; the last parameter is the log standard deviation of the
    intercepts.
    """
    return float(at_nodes(params, data)[2].sum())


def scores_and_hessian(params: np.ndarray, data: Data) -> tuple[np.ndarray, np.ndarray]:
    """Return each unit's score (units, p) and the Hessian (p, p).

    Posterior means of the complete-data score s and Hessian h: the score is E[s], the Hessian E[h]
    + E[ss'] - E[s]E[s]' (Louis 1982).
    """
    u, posterior, _ = at_nodes(params, data)
    sigma = np.exp(params[-1])
    one = expit((data.X @ params[:-1])[:, None] + sigma * u[data.unit])
    left, weight = data.y[:, None] - one, one * (1 - one)
    of_sigma = sigma * u * data.total(left)  # d / d log sigma
    s = np.concatenate(
        [data.total(left[:, :, None] * data.X[:, None, :]), of_sigma[:, :, None]], axis=2
    )
    mean = np.einsum("ik,ikp->ip", posterior, s)
    rows = posterior[data.unit]
    move = sigma * u[data.unit]
    inner = np.empty((len(params), len(params)))
    inner[:-1, :-1] = -(data.X * (rows * weight).sum(axis=1)[:, None]).T @ data.X
    inner[:-1, -1] = inner[-1, :-1] = -data.X.T @ (rows * weight * move).sum(axis=1)
    inner[-1, -1] = (posterior * of_sigma).sum() - (rows * weight * move**2).sum()
    return mean, inner + np.einsum("ik,ikp,ikq->pq", posterior, s, s) - mean.T @ mean


def maximise(data: Data) -> tuple[np.ndarray, float, int]:
    """Climb from the pooled logit; where the likelihood is not concave, along the outer product of
    the scores (Berndt et al. 1974).
    """

    def slopes(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scores, hessian = scores_and_hessian(at, data)
        concave = np.linalg.eigvalsh(-hessian)[0] > 0
        return scores.sum(axis=0), -hessian if concave else scores.T @ scores

    def height(at: np.ndarray) -> float:
        if at[-1] < SMALLEST:
            raise EstimationFailure(
                "no_variance",
                (
                    "the intercepts of the units have no variance: rows of one unit are no more "
                    "alike than the terms make them"
                ),
            )
        return log_likelihood(at, data) if at[-1] < 5 else -np.inf

    start = np.append(logit.maximise(data.y, data.X)[0], np.log(START))
    return climb(start, height, slopes, max_steps=MAX_STEPS)


@dataclass(frozen=True)
class Predictor:
    """Probabilities averaged over the normal intercepts, with the means of the units held where
    they were observed.
    """

    means: np.ndarray
    scale: bool

    def _parts(
        self, params: np.ndarray, X: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        z, weight = (
            np.polynomial.hermite_e.hermegauss(AVERAGING_NODES)
            if self.scale
            else (np.zeros(1), np.ones(1))
        )
        slopes = params[:-1] if self.scale else params
        sigma = np.exp(params[-1]) if self.scale else 0.0
        eta = np.column_stack([X, self.means]) @ slopes
        return expit(eta[:, None] + sigma * z), weight / weight.sum(), slopes[: X.shape[1]]

    def probabilities(self, params: np.ndarray, X: np.ndarray) -> np.ndarray:
        """Return P(y = 0) and P(y = 1), shape (n, 2)."""
        one, weight, _ = self._parts(params, X)
        return np.column_stack([(1 - one) @ weight, one @ weight])

    def derivatives(self, params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
        """Return the derivatives of both probabilities where the design moves along dX, shape (n,
        2) (Wooldridge 2010, section 15.8).
        """
        one, weight, slopes = self._parts(params, X)
        slope = (one * (1 - one)) @ weight * (dX @ slopes)
        return np.column_stack([-slope, slope])


def predictor(design: Design, scale: bool) -> Predictor:
    """Return what predicts from the estimates of a design; `scale` where these have a standard
    deviation of the intercepts.
    """
    return Predictor(with_means(design)[0].X[:, design.X.shape[1] :], scale)


def mundlak(params: np.ndarray, covariance: np.ndarray, means: slice) -> dict[str, float]:
    """Return Mundlak's (1978) test that the means of the units have no effects: chi-squared,
    degrees of freedom, p.
    """
    part = params[means]
    statistic = float(part @ np.linalg.solve(covariance[means, means], part))
    return {
        "mundlak_chi2": statistic,
        "mundlak_df": len(part),
        "mundlak_p": float(ChiSquared(len(part)).sf(statistic)),
    }


def _checked(design: Design) -> tuple[Design, int, Design]:
    """Return the design with means, how many, and the same with clusters that hold whole units: the
    units, where there are none.
    """
    wide, added = with_means(design)
    check_rank(wide)
    check_nested(wide)
    refuse_separation(separated(logit.margins(wide.y, wide.X), list(wide.names)), "logit")
    return (
        wide,
        added,
        wide if wide.groups is not None else replace(wide, groups=codes(wide.units)),
    )


def fit_pooled(design: Design, level: float) -> Fit:
    """Fit a pooled logit with unit means (Papke & Wooldridge 2008, there a probit).

    Its effects are those of the population, right whatever the rows of a unit have in common.
    Clustered by unit where the design has no clusters, as the rows of a unit are never independent
    here.
    """
    wide, added, clustered = _checked(design)
    y, X = wide.y, wide.X
    params, top, steps = logit.maximise(y, X)
    covariance = likelihood_covariance(
        clustered, logit.hessian(params, X), logit.scores(params, y, X)
    )
    return wald(
        names=list(wide.names),
        params=params,
        covariance=covariance,
        level=level,
        n=len(y),
        about=about(clustered) | ({"cluster": "unit"} if design.groups is None else {}),
        fit=likelihood_fit(top, categorical_null(y), len(params), len(y))
        | mundlak(params, covariance, slice(len(params) - added, None)),
        convergence={"converged": True, "iterations": steps, "method": "newton"},
        warnings=few_events(rarest(y), len(params) - 1),
    )


def _in_first_rows(scores: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Return each unit's score in its first row and zeros in the others, so that rows are counted
    as everywhere else.
    """
    spread = np.zeros((len(unit), scores.shape[1]))
    spread[np.unique(unit, return_index=True)[1]] = scores
    return spread


def fit(design: Design, level: float) -> Fit:
    """Fit a logit with unit means and random intercepts.

    Returns
    -------
    Fit
        The last parameter is the log standard deviation of the intercepts, which has no test: zero
        is not among its values. `fit` has Mundlak's test, the standard deviation and the share of
        the latent variance that is between units.

    Raises
    ------
    EstimationFailure
        As a logit does, and where the intercepts have no variance.
    """
    wide, added, _ = _checked(design)
    data = Data(wide.y, wide.X, codes(wide.units))
    params, top, steps = maximise(data)
    scores, hessian = scores_and_hessian(params, data)
    covariance = likelihood_covariance(wide, hessian, _in_first_rows(scores, data.unit))
    k, sigma = len(params) - 1, float(np.exp(params[-1]))
    found = wald(
        names=[*wide.names, "log_sd"],
        params=params,
        covariance=covariance,
        level=level,
        n=len(data.y),
        about=about(design),
        fit=likelihood_fit(top, categorical_null(data.y), len(params), len(data.y))
        | mundlak(params, covariance, slice(k - added, k))
        | {"sd_intercepts": sigma, "share_between": sigma**2 / (sigma**2 + np.pi**2 / 3)},
        convergence={"converged": True, "iterations": steps, "method": "newton"},
        kinds=["coefficient"] * k + ["scale"],
        warnings=few_events(rarest(data.y), k - 1),
    )
    last = np.arange(len(params)) == k
    return blanked(found, last, "statistic", "p_value")
