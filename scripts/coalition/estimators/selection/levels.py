"""Likelihood of ordered levels that only the selected have (Van de Ven & Van Praag 1981); two
levels are the probit with selection.

Selected: z'g + u > 0. Level j: cut j < x'b + e <= cut j+1. (u, e) are standard normal with
correlation rho. With w = z'g and v = cut - x'b, P(selected, level <= j) = F(w, v; -rho), F the
bivariate normal distribution. Parameters stand in the order b (without constant), cuts, g,
atanh(rho).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr, ndtr

from . import bivariate_normal


def normal(x: np.ndarray) -> np.ndarray:
    """Return the standard normal density."""
    return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)


def mills(w: np.ndarray) -> np.ndarray:
    """Return the ratio of the standard normal density to its distribution, also where both
    vanish.
    """
    return np.exp(-(w**2) / 2 - log_ndtr(w)) / np.sqrt(2 * np.pi)


@dataclass(frozen=True)
class Point:
    """One value of the parameters, taken apart."""

    slopes: np.ndarray
    cuts: np.ndarray
    selection: np.ndarray
    rho: float


def point(params: np.ndarray, slopes: int, K: int) -> Point:
    """Take parameters apart: the last is atanh(rho)."""
    end = slopes + K - 1
    return Point(params[:slopes], params[slopes:end], params[end:-1], float(np.tanh(params[-1])))


@dataclass(frozen=True)
class _Term:
    """F at one end of a level: its value, gradient (n, 3) and Hessian (n, 3, 3) in (w, v, r)."""

    value: np.ndarray
    gradient: np.ndarray
    hessian: np.ndarray


def _term(w: np.ndarray, v: np.ndarray, r: float) -> _Term:
    left = 1 - r**2
    root, joint = np.sqrt(left), bivariate_normal.density(w, v, r)
    by_w, by_v = normal(w) * ndtr((v - r * w) / root), normal(v) * ndtr((w - r * v) / root)
    by_wr, by_vr = -joint * (w - r * v) / left, -joint * (v - r * w) / left
    by_rr = joint * ((r + w * v) / left - r * (w**2 - 2 * r * w * v + v**2) / left**2)
    rows = [
        [-w * by_w - r * joint, joint, by_wr],
        [joint, -v * by_v - r * joint, by_vr],
        [by_wr, by_vr, by_rr],
    ]
    hessian = np.moveaxis(np.array(rows), 2, 0)
    return _Term(bivariate_normal.cdf(w, v, r), np.column_stack([by_w, by_v, joint]), hessian)


def _margin(w: np.ndarray) -> _Term:
    """Return F at an infinite upper end, where it is the distribution of w alone."""
    gradient, hessian = np.zeros((len(w), 3)), np.zeros((len(w), 3, 3))
    gradient[:, 0], hessian[:, 0, 0] = normal(w), -w * normal(w)
    return _Term(ndtr(w), gradient, hessian)


@dataclass(frozen=True)
class Levels:
    """The data of a model, and its log likelihood with scores and Hessian.

    y : (m,) codes 0..K-1 of the m selected rows; X : (m, k - 1) their terms without the constant;
        chosen : (n,) bool; Z : (n, q)
    """

    y: np.ndarray
    X: np.ndarray
    chosen: np.ndarray
    Z: np.ndarray
    K: int

    def _ends(self, at: Point) -> list[tuple[np.ndarray, float, float]]:
        """Return for each level its rows, and the cut points below and above it."""
        cuts = np.concatenate([[-np.inf], at.cuts, [np.inf]])
        return [
            (np.flatnonzero(self.y == level), cuts[level], cuts[level + 1])
            for level in range(self.K)
        ]

    def log_likelihood(self, params: np.ndarray) -> float:
        """Return the log likelihood; minus infinity where cut points are out of order, a row is
        impossible, or |rho| is 1.
        """
        at = point(params, self.X.shape[1], self.K)
        if np.any(np.diff(at.cuts) <= 0) or not abs(at.rho) < 1:
            return -np.inf
        chance = self._chances(at)
        away = log_ndtr(-(self.Z[~self.chosen] @ at.selection)).sum()
        return float(np.log(chance).sum() + away) if chance.size and chance.min() > 0 else -np.inf

    def _chances(self, at: Point) -> np.ndarray:
        """Return P(selected, own level) of the selected, each level from the side where it loses no
        digits.
        """
        w, index = self.Z[self.chosen] @ at.selection, self.X @ at.slopes
        chance = np.empty(len(self.y))
        for rows, low, high in self._ends(at):
            if high == np.inf:
                chance[rows] = bivariate_normal.cdf(w[rows], index[rows] - low, at.rho)
                continue
            chance[rows] = bivariate_normal.cdf(w[rows], high - index[rows], -at.rho)
            if low > -np.inf:
                chance[rows] -= bivariate_normal.cdf(w[rows], low - index[rows], -at.rho)
        return chance

    def scores(self, params: np.ndarray) -> np.ndarray:
        """Return each row's score, shape (n, p)."""
        return self.slopes(params)[0]

    def slopes(self, params: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return each row's score (n, p) and the Hessian of the log likelihood (p, p)."""
        at = point(params, self.X.shape[1], self.K)
        p, q = len(params), self.Z.shape[1]
        scores, hessian, place = (
            np.zeros((len(self.chosen), p)),
            np.zeros((p, p)),
            slice(p - 1 - q, p - 1),
        )
        away = self.Z[~self.chosen]
        ratio = mills(-(away @ at.selection))
        scores[~self.chosen, place] = -ratio[:, None] * away
        hessian[place, place] = -(away * (ratio * (ratio - away @ at.selection))[:, None]).T @ away
        first, second = self._chosen(at, p)
        scores[self.chosen] = first
        return scores, hessian + second

    def _chosen(self, at: Point, p: int) -> tuple[np.ndarray, np.ndarray]:
        """Return scores (m, p) and Hessian (p, p) of the selected rows."""
        scores, hessian = np.zeros((len(self.y), p)), np.zeros((p, p))
        Z, chance = self.Z[self.chosen], self._chances(at)
        w, index = Z @ at.selection, self.X @ at.slopes
        for level, (rows, low, high) in enumerate(self._ends(at)):
            for cut, position, sign in ((high, level, 1.0), (low, level - 1, -1.0)):
                if cut == -np.inf:
                    continue
                term = (
                    _margin(w[rows])
                    if cut == np.inf
                    else _term(w[rows], cut - index[rows], -at.rho)
                )
                moves, weight = self._moves(rows, position, Z, at.rho, p), sign / chance[rows]
                scores[rows] += ((term.gradient * weight[:, None])[:, None, :] @ moves)[:, 0]
                bent = (term.hessian * weight[:, None, None]) @ moves
                hessian += moves.reshape(-1, p).T @ bent.reshape(-1, p)
                # tanh is curved
                hessian[-1, -1] += (term.gradient[:, 2] @ weight) * 2 * at.rho * (1 - at.rho**2)
        return scores, hessian - scores.T @ scores

    def _moves(self, rows: np.ndarray, cut: int, Z: np.ndarray, rho: float, p: int) -> np.ndarray:
        """Return how w, v and r move with the parameters, shape (rows, 3, p)."""
        slopes = self.X.shape[1]
        moves = np.zeros((len(rows), 3, p))
        moves[:, 0, p - 1 - Z.shape[1] : p - 1] = Z[rows]
        if cut < self.K - 1:
            moves[:, 1, :slopes] = -self.X[rows]
            moves[:, 1, slopes + cut] = 1
        moves[:, 2, -1] = -(1 - rho**2)
        return moves


def given_selection(at: Point, X: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """Return the probability of each level of those that are selected, shape (n, K); X without the
    constant.
    """
    w, index = Z @ at.selection, X @ at.slopes
    below = [bivariate_normal.cdf(w, cut - index, -at.rho) / ndtr(w) for cut in at.cuts]
    return np.diff(np.column_stack([np.zeros(len(w)), *below, np.ones(len(w))]), axis=1)


def derivatives_given_selection(
    at: Point, X: np.ndarray, Z: np.ndarray, dX: np.ndarray, dZ: np.ndarray
) -> np.ndarray:
    """Return the derivatives of these probabilities where the designs move along dX and dZ, shape
    (n, K).
    """
    w, index, dw, dv = Z @ at.selection, X @ at.slopes, dZ @ at.selection, -(dX @ at.slopes)
    changes = []
    for cut in at.cuts:
        term = _term(w, cut - index, -at.rho)
        joint = term.gradient[:, 0] * dw + term.gradient[:, 1] * dv
        changes.append(joint / ndtr(w) - term.value * normal(w) * dw / ndtr(w) ** 2)
    return np.diff(np.column_stack([np.zeros(len(w)), *changes, np.zeros(len(w))]), axis=1)
