"""Ordered logit by maximum likelihood (statsmodels), reported with real cut points."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.special import expit
from statsmodels.miscmodels.ordinal_model import OrderedModel

from ..diagnostics import cautions, check_rank, refuse_separation, separated
from ..fits import Design, EstimationFailure, Fit
from .inference import categorical_null, likelihood_covariance, likelihood_fit, wald


def _split(params: np.ndarray, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the slopes of the columns without the constant, and the cut points with both infinite ends."""
    slopes = columns - 1
    return params[:slopes], np.concatenate([[-np.inf], params[slopes:], [np.inf]])


def probabilities(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the probability of each level, shape (n, K); X has a constant, which the cut points take the place of."""
    slopes, cuts = _split(params, X.shape[1])
    return np.diff(expit(cuts[None, :] - (X[:, 1:] @ slopes)[:, None]), axis=1)


def derivatives(params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
    """Return the derivatives of the probabilities where the design moves along dX, shape (n, K)."""
    slopes, cuts = _split(params, X.shape[1])
    below = expit(cuts[None, :] - (X[:, 1:] @ slopes)[:, None])
    return -np.diff(below * (1 - below), axis=1) * (dX[:, 1:] @ slopes)[:, None]


def scores(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return each row's score, shape (n, slopes + cut points)."""
    slopes, cuts = _split(params, X.shape[1])
    code = y.astype(int)
    rows = np.arange(len(y))
    below = expit(cuts[None, :] - (X[:, 1:] @ slopes)[:, None])
    density = below * (1 - below)
    likelihood = below[rows, code + 1] - below[rows, code]
    upper, lower = density[rows, code + 1] / likelihood, density[rows, code] / likelihood
    cut_scores = np.zeros((len(y), len(cuts)))
    cut_scores[rows, code + 1] += upper
    cut_scores[rows, code] -= lower
    return np.column_stack([-(upper - lower)[:, None] * X[:, 1:], cut_scores[:, 1:-1]])


def hessian(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the Hessian of the log likelihood: central differences of the analytic score."""
    columns = []
    for j in range(len(params)):
        step = np.zeros_like(params)
        step[j] = 1e-5 * max(1.0, abs(params[j]))
        columns.append((scores(params + step, y, X).sum(axis=0) - scores(params - step, y, X).sum(axis=0)) / (2 * step[j]))
    found = np.column_stack(columns)
    return (found + found.T) / 2


def _margins(y: np.ndarray, X: np.ndarray, K: int) -> np.ndarray:
    """Return the rows that tell in which directions no row's likelihood falls: cut above minus index, index minus cut below."""
    cuts = np.eye(K - 1)
    above = [np.concatenate([-x[1:], cuts[int(code)]]) for x, code in zip(X, y, strict=True) if code < K - 1]
    below = [np.concatenate([x[1:], -cuts[int(code) - 1]]) for x, code in zip(X, y, strict=True) if code > 0]
    return np.array(above + below)


def _polish(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, int]:
    """Take Newton steps from where the optimiser stopped; the likelihood is concave in slopes and cut points (Pratt 1981)."""
    for step_number in range(25):
        gradient = scores(params, y, X).sum(axis=0)
        step = np.linalg.solve(-hessian(params, y, X), gradient)
        if not np.all(np.isfinite(step)):
            break
        params = params + step
        if np.any(np.diff(params[X.shape[1] - 1 :]) <= 0):
            break
        if np.abs(step).max() < 1e-10:
            return params, step_number + 1
    raise EstimationFailure("no_convergence", "the ordered logit's optimiser did not reach a maximum")


def fit(design: Design, level: float) -> Fit:
    """Fit an ordered logit; the levels that occur are its categories."""
    check_rank(design)
    y, X, K = design.y, design.X, len(design.levels)
    terms = list(design.names[1:])
    thresholds = [f"{low}|{high}" for low, high in zip(design.levels[:-1], design.levels[1:], strict=True)]
    refuse_separation([name for name in separated(_margins(y, X, K), terms + thresholds) if name in terms], "ordered logit")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # convergence is checked by the gradient
        model = OrderedModel(y.astype(int), X[:, 1:], distr="logit")
        found = model.fit(method="bfgs", maxiter=500, gtol=1e-6, disp=False, skip_hessian=True)
    start = np.concatenate([found.params[: len(terms)], model.transform_threshold_params(found.params)[1:-1]])
    try:
        params, steps = _polish(start, y, X)
    except np.linalg.LinAlgError:
        raise EstimationFailure("no_convergence", "the ordered logit's likelihood is flat where the optimiser stopped") from None
    covariance, about = likelihood_covariance(design, hessian(params, y, X), scores(params, y, X))
    likelihood = float(np.log(probabilities(params, X)[np.arange(len(y)), y.astype(int)]).sum())
    return wald(
        names=terms + thresholds,
        params=params,
        covariance=covariance,
        level=level,
        n=len(y),
        about=about,
        fit=likelihood_fit(likelihood, categorical_null(y), len(params), len(y)),
        convergence={"converged": True, "iterations": steps, "method": "bfgs, then newton"},
        kinds=["coefficient"] * len(terms) + ["threshold"] * (K - 1),
        levels=[None] * len(terms) + thresholds,
        warnings=cautions(design, len(params), int(np.unique(y, return_counts=True)[1].min())),
    )
