"""Estimates without one cluster at a time, for any likelihood, and the covariance that they
give.
"""

from __future__ import annotations

import numpy as np

from ..estimators.fit_types import EstimationFailure
from .likelihoods import Likelihood, refit


def delete_one(
    family: Likelihood,
    params: np.ndarray,
    y: np.ndarray,
    X: np.ndarray,
    groups: np.ndarray,
    steps: str = "all",
) -> np.ndarray:
    """Return the estimates without each cluster in turn, shape (G, p), in the order of the
    clusters' codes.

    Parameters
    ----------
    params : ndarray, shape (p,)
        The estimates from all rows.
    groups : ndarray of int, shape (n,)
        Codes 0..G-1.
    steps : {"all", "one"}
        Climb to the maximum, or take one Newton step from the estimates of all rows.

    Raises
    ------
    EstimationFailure
        When there is no maximum without some cluster: a level that only it has, or separation.
    """
    found = []
    for cluster in range(int(groups.max()) + 1):
        kept = groups != cluster
        try:
            found.append(
                _step(family, params, y[kept], X[kept])
                if steps == "one"
                else refit(family, params, y[kept], X[kept])
            )
        except (EstimationFailure, np.linalg.LinAlgError) as error:
            raise EstimationFailure(
                "no_convergence", f"there is no estimate without cluster {cluster + 1} ({error})"
            ) from None
    return np.array(found)


def _step(family: Likelihood, params: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
    return params - np.linalg.solve(
        family.hessian(params, y, X), family.scores(params, y, X).sum(axis=0)
    )


def cr3(deleted: np.ndarray, params: np.ndarray) -> np.ndarray:
    """Return the sum of squares of the estimates without one cluster around the estimate, shape (p,
    p).

    With one Newton step this is CR3 (Bell & McCaffrey 2002): for linear models and logit exactly
    that of `bias_reduced`.
    """
    return (deleted - params).T @ (deleted - params)


def covariance(deleted: np.ndarray, params: np.ndarray) -> np.ndarray:
    """Return the jackknife covariance, (G - 1)/G times that sum (MacKinnon, Nielsen & Webb 2023),
    shape (p, p).
    """
    return (len(deleted) - 1) / len(deleted) * cr3(deleted, params)
