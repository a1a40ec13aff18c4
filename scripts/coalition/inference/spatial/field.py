"""A latent spatial field behind the levels of an outcome: what it is, and its estimate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from ...base.moran import nearest_neighbours

RINGS = (0, 5, 10, 20, 40)
"""Neighbours 1-5, 6-10, 11-20 and 21-40 are compared: residuals alike near by and less farther off
tell the field's share and range."""
RANGES = (250.0, 500.0, 750.0, 1000.0, 1500.0, 2000.0, 3000.0, 4000.0)
"""Km at which the field's correlation has fallen to 1/e; candidates of the estimate."""
SHARES = np.linspace(0, 0.95, 39)
"""Candidate shares of the latent variance."""
TERMS = 16
"""Of the series of covariances; what is left out is below 0.95^17 / 17 of the last term's size."""
FAR = 8.0
"""A normal score beyond which the other level is taken as impossible."""


@dataclass(frozen=True)
class Field:
    """How a row's latent standard normal error is made up, in shares of its variance.

    spatial : of a field that all rows of a state share, correlated exp(-d / range) between states
    state : of what all rows of a state share besides
    range_km : km; the rest, 1 - spatial - state, is each row's own
    """

    spatial: float
    state: float
    range_km: float

    def root(self, distance: np.ndarray) -> np.ndarray:
        """Return L with LL' the covariance (G, G) of what rows of a state share."""
        shared = self.spatial * np.exp(-distance / self.range_km)
        shared[np.diag_indices(len(shared))] += self.state + 1e-10
        return np.linalg.cholesky(shared)

    def draw(
        self, rng: np.random.Generator, number: int, root: np.ndarray, states: np.ndarray
    ) -> np.ndarray:
        """Return latent errors of rows, shape (number, n).

        Parameters
        ----------
        root : ndarray, shape (G, G)
            As `root` returns it.
        states : ndarray of int, shape (n,)
            State of each row, 0..G-1.
        """
        shared = rng.standard_normal((number, len(root))) @ root.T
        own = rng.standard_normal((number, len(states)))
        return shared[:, states] + np.sqrt(max(1 - self.spatial - self.state, 0.0)) * own


@dataclass(frozen=True)
class Places:
    """Where the rows of a design lie, prepared for the estimate.

    rings : (R, n, n) weights of the neighbours in each ring, within operations
    first, second : (P,) the pairs of different rows; same : (P,) whether they are of one state
    decay : (ranges, P) exp(-d / range)
    """

    rings: np.ndarray
    first: np.ndarray
    second: np.ndarray
    same: np.ndarray
    decay: np.ndarray


def places(states: np.ndarray, distance: np.ndarray, within: np.ndarray) -> Places:
    """Return what the estimate needs of the places of rows.

    Parameters
    ----------
    states : ndarray of int, shape (n,)
        State of each row, 0..G-1.
    distance : ndarray, shape (G, G)
        Km between states.
    within : ndarray, shape (n,)
        Operation of each row; neighbours are looked for within one.
    """
    apart = distance[np.ix_(states, states)]
    wider = [nearest_neighbours(apart, within, k) > 0 for k in RINGS[1:]]
    inner = [np.zeros_like(wider[0]), *wider[:-1]]
    rings = np.array([(b & ~a).astype(float) for a, b in zip(inner, wider, strict=True)])
    first, second = np.triu_indices(len(states), 1)
    decay = np.exp(-apart[first, second] / np.array(RANGES)[:, None])
    filled = rings.sum(axis=(1, 2)) > 0
    return Places(rings[filled], first, second, states[first] == states[second], decay)


def estimate(cumulative: np.ndarray, residual: np.ndarray, X: np.ndarray, at: Places) -> Field:
    """Estimate the field behind the levels of an outcome from its generalised residuals.

    Parameters
    ----------
    cumulative : ndarray, shape (n, K - 1)
        P(y <= level) of every level but the last, as the fitted model has it.
    residual : ndarray, shape (n,)
        As `generalised_residuals.generalised` returns them.
    X : ndarray, shape (n, k)
        Design of the fitted model: what it explains is taken out of the expectation too.
    at : Places
        Of the same rows.

    Returns
    -------
    Field
        On a grid: shares in steps of 0.025, ranges of `RANGES`.

    Notes
    -----
    A row's level is where its latent normal error falls between the normal scores of its
    cumulative probabilities, so that every row has the model's probabilities whatever the field
    (a Gaussian copula: the coefficients keep their meaning). Minimum distance between Moran's I of
    the residuals in rings of neighbours and what a field leads one to expect, each ring weighted by
    the inverse of its variance without dependence; what rows of one state share is told by their
    own product. Pairwise likelihood (Heagerty & Lele 1998) gives a field here whose Moran's I is
    a third of the sample's, as it weighs each of the many pairs far apart like one nearby.
    """
    series, variance = coefficients(cumulative)
    total = _shared_by_state(series, residual, at)
    forms = _forms(at, X, variance)
    own = np.einsum("i,rij,j->r", residual, forms, residual)
    pairs = 2 * forms[:, at.first, at.second]
    trace = np.einsum("rii,i->r", forms, variance)
    powers = np.arange(1, len(series) + 1)
    products = series[:, at.first] * series[:, at.second]
    fixed = pairs[:, at.same] @ (total ** powers[:, None] * products[:, at.same]).sum(axis=0)
    apart = np.where(at.same, 0.0, products)
    grown = np.array([(at.decay**m * apart[m - 1]) @ pairs.T for m in powers])
    sums = np.einsum("sm,mar->sar", SHARES[:, None] ** powers, grown)
    expected = (trace + fixed)[None, None, :] + sums
    spread = 2 * np.einsum("rij,rij,i,j->r", forms, forms, variance, variance)
    misfit = ((own - expected) ** 2 / spread).sum(axis=2)
    share, which = np.unravel_index(int(np.argmin(misfit)), misfit.shape)
    spatial = float(SHARES[share])
    state = max(total - spatial, 0.0)
    return Field(spatial, float(state), RANGES[int(which)] if spatial else RANGES[0])


def coefficients(cumulative: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the Hermite coefficients of generalised residuals (terms, n) and their variances (n,).

    Parameters
    ----------
    cumulative : ndarray, shape (n, K - 1)

    Notes
    -----
    A residual is a step function of the latent error z, r = const + sum_k m_k 1(z > a_k), with
    m_k = P(y <= k + 1) - P(y <= k - 1). With c_m = E r h_m(z), h_m the normalised Hermite
    polynomials, the covariance of two residuals whose latent errors have correlation rho is
    sum_m rho^m c_im c_jm (Mehler 1866; the tetrachoric series of Pearson 1900 where K = 2), and
    E 1(z > a) h_m(z) = phi(a) h_(m-1)(a) / sqrt(m).
    """
    n = len(cumulative)
    ends = np.column_stack([np.zeros(n), cumulative, np.ones(n)])
    steps = ends[:, 2:] - ends[:, :-2]
    cuts = np.clip(ndtri(cumulative), -FAR, FAR)
    density = np.exp(-(cuts**2) / 2) / np.sqrt(2 * np.pi)
    before, now, found = np.zeros_like(cuts), np.ones_like(cuts), []
    for m in range(1, TERMS + 1):
        found.append((steps * density * now).sum(axis=1) / np.sqrt(m))
        before, now = now, (cuts * now - np.sqrt(m - 1) * before) / np.sqrt(m)
    levels = ends[:, :-1] + ends[:, 1:] - 1
    return np.array(found), (np.diff(ends, axis=1) * levels**2).sum(axis=1)


def _shared_by_state(series: np.ndarray, residual: np.ndarray, at: Places) -> float:
    """Return the latent correlation of rows of one state; 0 where no state has two."""
    if not at.same.any():
        return 0.0
    first, second = at.first[at.same], at.second[at.same]
    products = (series[:, first] * series[:, second]).sum(axis=1)
    expected = SHARES[:, None] ** np.arange(1, len(series) + 1) @ products
    return float(SHARES[np.argmin(np.abs(expected - residual[first] @ residual[second]))])


def _forms(at: Places, X: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return the quadratic forms of true residuals that fitted ones' neighbours amount to.

    Fitted residuals are about (I - V X (X'VX)^-1 X') times true ones, V their variances.
    """
    symmetric = (at.rings + np.swapaxes(at.rings, 1, 2)) / 2
    hat = (X * variance[:, None]) @ np.linalg.pinv((X * variance[:, None]).T @ X)
    left = symmetric - X @ (hat.T @ symmetric)
    return left - (left @ hat) @ X.T
