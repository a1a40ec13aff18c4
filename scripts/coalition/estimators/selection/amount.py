"""Likelihood of an amount that only the selected have (Heckman 1974; Amemiya 1985, eq. 10.7.5).

Selected: z'g + u > 0. Amount: y = x'b + sigma e. (u, e) are standard normal with correlation rho.
Parameters stand in the order b, g, log(sigma), atanh(rho).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr

from .levels import mills


@dataclass(frozen=True)
class Amount:
    """The data of a model, and its log likelihood with scores and Hessian.

    y : (m,) of the m selected rows; X : (m, k) with a constant; chosen : (n,) bool; Z : (n, q)
    """

    y: np.ndarray
    X: np.ndarray
    chosen: np.ndarray
    Z: np.ndarray

    def _apart(self, params: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, float]:
        """Return e and w of the selected, log(sigma) and atanh(rho)."""
        k = self.X.shape[1]
        error = (self.y - self.X @ params[:k]) * np.exp(-params[-2])
        return error, self.Z[self.chosen] @ params[k:-2], params[-2], params[-1]

    def log_likelihood(self, params: np.ndarray) -> float:
        """Return the log likelihood."""
        error, w, log_sigma, t = self._apart(params)
        away = log_ndtr(-(self.Z[~self.chosen] @ params[self.X.shape[1] : -2])).sum()
        amounts = -(error**2) / 2 - log_sigma - np.log(2 * np.pi) / 2
        return float(amounts.sum() + log_ndtr(w * np.cosh(t) + error * np.sinh(t)).sum() + away)

    def scores(self, params: np.ndarray) -> np.ndarray:
        """Return each row's score, shape (n, p)."""
        return self.slopes(params)[0]

    def slopes(self, params: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return each row's score (n, p) and the Hessian of the log likelihood (p, p)."""
        k, p = self.X.shape[1], len(params)
        scores, hessian, place = np.zeros((len(self.chosen), p)), np.zeros((p, p)), slice(k, p - 2)
        away = self.Z[~self.chosen]
        index = away @ params[place]
        ratio = mills(-index)
        scores[~self.chosen, place] = -ratio[:, None] * away
        hessian[place, place] = -(away * (ratio * (ratio - index))[:, None]).T @ away
        first, second = self._chosen(params)
        scores[self.chosen] = first
        return scores, hessian + second

    def _chosen(self, params: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return scores (m, p) and Hessian (p, p) of the selected rows, through e, w and A = w
        cosh(t) + e sinh(t).
        """
        (error, w, log_sigma, t), k, p = self._apart(params), self.X.shape[1], len(params)
        of_error, of_w = np.zeros((len(error), p)), np.zeros((len(error), p))
        of_error[:, :k], of_error[:, -2] = -self.X * np.exp(-log_sigma), -error
        of_w[:, k:-2] = self.Z[self.chosen]
        A, cosh, sinh = w * np.cosh(t) + error * np.sinh(t), np.cosh(t), np.sinh(t)
        of_A = cosh * of_w + sinh * of_error
        of_A[:, -1] += w * sinh + error * cosh
        ratio = mills(A)
        scores = -error[:, None] * of_error + ratio[:, None] * of_A
        scores[:, -2] -= 1
        curve = -(ratio * (A + ratio))
        hessian = -of_error.T @ of_error + (of_A * curve[:, None]).T @ of_A
        through_error = -error + ratio * sinh  # d/de, for the curvature of e in b and log(sigma)
        hessian[:k, -2] += (self.X * np.exp(-log_sigma)).T @ through_error
        hessian[-2, :k] = hessian[:k, -2]
        hessian[-2, -2] += through_error @ error
        turn = (ratio[:, None] * (sinh * of_w + cosh * of_error)).sum(axis=0)  # d2A / dt d(w, e)
        hessian[-1, :] += turn
        hessian[:, -1] += turn
        hessian[-1, -1] += ratio @ A
        return scores, hessian
