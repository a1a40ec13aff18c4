"""The measurement model with one random effect by marginal maximum likelihood: adaptive
Gauss-Hermite quadrature, exact derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..estimators.fit_types import EstimationFailure
from ..estimators.newton import climb
from .cumulative import ends, log_chance
from .statements import Statements

NODES = 25
FIRST_NODES = 21
RECENTRED = 3
"""How often the nodes move to where each unit's tightness is likely."""
MAX_STEPS = 200


@dataclass(frozen=True)
class Measured:
    """A fitted measurement model.

    params : (p + r + 1 + K - 1) effects on the index of a statement, the loading of the latent
        tightness, thresholds
    covariance : of these, the inverse of the observed information
    """

    statements: Statements
    link: str
    params: np.ndarray
    covariance: np.ndarray
    log_likelihood: float
    steps: int

    @property
    def slopes(self) -> np.ndarray:
        """Return effects on the index: of coder and basis, then the loading times the latent
        regression."""
        return self.params[: len(self.statements.names)]

    @property
    def loading(self) -> float:
        """Return by how much the index moves with a standard deviation of latent tightness."""
        return float(self.params[len(self.statements.names)])

    @property
    def cuts(self) -> np.ndarray:
        """Return the thresholds of a stated statement of the reference coder, on the index."""
        return self.params[len(self.statements.names) + 1 :]


@dataclass(frozen=True)
class Nodes:
    """Quadrature points of every unit and log weights, (m, q)."""

    points: np.ndarray
    log_weights: np.ndarray


def _hermite(count: int) -> tuple[np.ndarray, np.ndarray]:
    points, weights = np.polynomial.hermite_e.hermegauss(count)
    return points, np.log(weights) - np.log(2 * np.pi) / 2


def nodes_about(centre: np.ndarray, spread: np.ndarray, count: int) -> Nodes:
    """Return nodes about each unit's centre; the weights take the normal density of the nodes for
    that about the centre (Naylor & Smith 1982; Liu & Pierce 1994).
    """
    points, log_weights = _hermite(count)
    at = centre[:, None] + spread[:, None] * points
    adapted = log_weights + points**2 / 2 - at**2 / 2 + np.log(spread)[:, None]
    return Nodes(at, adapted)


def _sum_by_unit(values: np.ndarray, of: Statements) -> np.ndarray:
    return (of.unit == np.arange(len(of.units))[:, None]).astype(float) @ values


def _index(
    params: np.ndarray, of: Statements, design: np.ndarray, points: np.ndarray
) -> np.ndarray:
    slopes = design.shape[1]
    return (design @ params[:slopes])[:, None] + params[slopes] * points[of.unit]


def _log_joint(
    params: np.ndarray, of: Statements, design: np.ndarray, nodes: Nodes, link: str
) -> np.ndarray:
    """Return the log of weight times likelihood of each unit at its nodes, (m, q)."""
    cuts = params[design.shape[1] + 1 :]
    index = _index(params, of, design, nodes.points)
    return _sum_by_unit(log_chance(index, of.codes, cuts, link), of) + nodes.log_weights


def _log_total(values: np.ndarray) -> np.ndarray:
    top = values.max(axis=1, keepdims=True)
    return (top + np.log(np.exp(values - top).sum(axis=1, keepdims=True)))[:, 0]


def log_likelihood(
    params: np.ndarray, of: Statements, design: np.ndarray, nodes: Nodes, link: str
) -> float:
    """Return the marginal log likelihood by quadrature at the nodes; minus infinity where the
    thresholds are out of order.
    """
    if np.any(np.diff(params[design.shape[1] + 1 :]) <= 0):
        return -np.inf
    return float(_log_total(_log_joint(params, of, design, nodes, link)).sum())


def _moves(of: Statements, design: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how the two ends of each statement move with the parameters, (n, P) each, at one node
    a unit."""
    unit = np.vstack([np.zeros(of.levels - 1), np.eye(of.levels - 1), np.zeros(of.levels - 1)])
    index = np.column_stack([design, at[of.unit]])
    upper, lower = (np.column_stack([-index, unit[of.codes + place]]) for place in (1, 0))
    return upper, lower


def scores_and_hessian(
    params: np.ndarray, of: Statements, design: np.ndarray, nodes: Nodes, link: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return each unit's score (m, P) and the Hessian of the log likelihood (P, P).

    Notes
    -----
    Louis (1982), eq. 3.1-3.2: with weights p of the nodes, the score is the mean of the scores, the
    Hessian the mean of the Hessians plus the covariance of the scores.
    """
    log_joint = _log_joint(params, of, design, nodes, link)
    weights = np.exp(log_joint - _log_total(log_joint)[:, None])
    size = len(params)
    score, hessian = np.zeros((len(of.units), size)), np.zeros((size, size))
    for node in range(nodes.points.shape[1]):
        at, weight = nodes.points[:, node], weights[:, node]
        index = _index(params, of, design, at[:, None])[:, 0]
        found = ends(index, of.codes, params[design.shape[1] + 1 :], link)
        up, low = _moves(of, design, at)
        each = ((found.upper[0] * up.T - found.lower[0] * low.T) / found.chance).T
        own = weight[of.unit]
        curve = [own * part[1] / found.chance for part in (found.upper, found.lower)]
        hessian += (up.T * curve[0]) @ up - (low.T * curve[1]) @ low - (each.T * own) @ each
        whole = _sum_by_unit(each, of)
        score += weight[:, None] * whole
        hessian += (whole.T * weight) @ whole
    return score, hessian - score.T @ score


def _slopes_of(
    params: np.ndarray, of: Statements, design: np.ndarray, nodes: Nodes, link: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return gradient and information; where the observed one is not positive definite, far from
    the maximum, that of Berndt, Hall, Hall & Hausman (1974)."""
    score, hessian = scores_and_hessian(params, of, design, nodes, link)
    information = -hessian
    if np.linalg.eigvalsh(information)[0] <= 1e-8:
        information = score.T @ score + 1e-3 * np.eye(len(params))
    return score.sum(axis=0), information


def _start(of: Statements, link: str) -> np.ndarray:
    counts = np.bincount(of.codes, minlength=of.levels) + 0.5
    below = np.cumsum(counts)[:-1] / counts.sum()
    cuts = np.log(below / (1 - below)) * (1.2 if link == "logit" else 0.8)
    return np.concatenate([np.zeros(of.design.shape[1]), [1.0], cuts])


def _centres(log_joint: np.ndarray, nodes: Nodes) -> tuple[np.ndarray, np.ndarray]:
    weights = np.exp(log_joint - _log_total(log_joint)[:, None])
    mean = (weights * nodes.points).sum(axis=1)
    spread = np.sqrt((weights * (nodes.points - mean[:, None]) ** 2).sum(axis=1))
    return mean, np.maximum(spread, 0.05)


def fit(of: Statements, link: str = "logit", nodes: int = NODES) -> Measured:
    """Fit the measurement model.

    Parameters
    ----------
    of : Statements
    link : {"logit", "probit"}
    nodes : int
        Of the quadrature, about each unit's posterior mean.

    Returns
    -------
    Measured
        P(level <= k) = F(cut_k - w'g - a t), t = x'b + e, e ~ N(0, 1) (Samejima 1969's graded
        responses with one loading, fixed effects of the rater as in Linacre 1989, and a latent
        regression as in Mislevy 1991). The variance of e fixes the scale; a b is estimated as one
        coefficient, so that the model is a cumulative mixed model (Hedeker & Gibbons 1994).

    Raises
    ------
    EstimationFailure
        When a level does not occur, columns depend on each other, or there is no maximum.
    """
    if len(np.unique(of.codes)) < of.levels:
        raise EstimationFailure("too_few_rows", "a level of the scale does not occur")
    design = of.design
    if np.linalg.matrix_rank(np.column_stack([np.ones(len(design)), design])) <= design.shape[1]:
        raise EstimationFailure(
            "rank", "coders, bases and regressors of the statements depend on each other"
        )
    units = len(of.units)
    at = nodes_about(np.zeros(units), np.ones(units), FIRST_NODES)
    params, count = _start(of, link), 0
    for _ in range(RECENTRED + 1):
        params, top, steps = climb(
            params,
            lambda trial, at=at: log_likelihood(trial, of, design, at, link),  # type: ignore[misc]
            lambda trial, at=at: _slopes_of(trial, of, design, at, link),  # type: ignore[misc]
            max_steps=MAX_STEPS,
        )
        count += steps
        used = at
        at = nodes_about(*_centres(_log_joint(params, of, design, at, link), at), nodes)
    _, hessian = scores_and_hessian(params, of, design, used, link)
    sign = np.sign(params[design.shape[1]]) or 1.0
    turn = np.ones(len(params))
    turn[design.shape[1]] = sign  # a loading and its negative are the same model
    covariance = np.linalg.inv(-hessian) * np.outer(turn, turn)
    return Measured(of, link, params * turn, covariance, top, count)
