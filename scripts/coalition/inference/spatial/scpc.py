"""A test that holds its level under much spatial correlation: SCPC (Müller & Watson 2022)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

AVERAGE = 0.03
"""Average correlation between pairs of states up to which the level is held (their default)."""
MOST = 20
"""Principal components that are considered at most."""
STEP, WEAKEST = 1.2, 1e-5
"""Of the grid of decay rates; the average correlation at which it ends."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)
ANGLES, ANGLE_WEIGHTS = np.pi / 4 * (NODES + 1), np.pi / 4 * WEIGHTS
PRECISION = 1e-6
"""Of critical values and decay rates, relative."""


@dataclass(frozen=True)
class Projection:
    """What SCPC needs of n places.

    vectors : (n, q) orthonormal principal components of the demeaned worst-case correlation
    omegas : (C, q + 1, q + 1) correlation of the mean and the components, for each decay rate
    critical : of |t| at the level; q : components; decay : smallest rate of the grid, per km
    """

    vectors: np.ndarray
    omegas: np.ndarray
    critical: float
    q: int
    decay: float


@dataclass(frozen=True)
class ScpcTest:
    """std_error, t statistic, p-value and the ends of the interval of one coefficient."""

    std_error: float
    statistic: float
    p_value: float
    conf_low: float
    conf_high: float


def projection(
    distance: np.ndarray, average: float = AVERAGE, level: float = 0.05, most: int = MOST
) -> Projection:
    """Choose the components and the critical value for places.

    Parameters
    ----------
    distance : ndarray, shape (n, n)
        Km between places.
    average : float
        Average correlation over pairs under the strongest correlation exp(-c d).
    level : float
        Of the test.
    most : int
        Components that are considered at most.

    Notes
    -----
    Müller & Watson (2022, section 3): r_1..r_q are the eigenvectors of M Sigma(c0) M with the
    largest eigenvalues, M = I - 11'/n; the critical value of each q is the smallest that holds the
    level for every c >= c0; q is that with the shortest expected interval where there is no
    correlation, proportional to cv(q) E[chi_q] / sqrt(q).
    """
    n = len(distance)
    pairs = distance[np.triu_indices(n, 1)]
    decay, last = decay_rate(pairs, average), decay_rate(pairs, WEAKEST)
    rates = decay * STEP ** np.arange(int(np.ceil(np.log(last / decay) / np.log(STEP))) + 1)
    most = min(most, n - 2)
    centring = np.eye(n) - 1 / n
    vectors = np.linalg.eigh(centring @ np.exp(-decay * distance) @ centring)[1]
    components = vectors[:, ::-1][:, :most]
    basis = np.column_stack([np.full(n, n**-0.5), components])
    omegas = np.array([basis.T @ np.exp(-rate * distance) @ basis for rate in rates])
    cuts = [critical_value(omegas[:, : q + 1, : q + 1], level) for q in range(1, most + 1)]
    lengths = [cut * _mean_chi(q) / np.sqrt(q) for q, cut in enumerate(cuts, start=1)]
    q = int(np.argmin(lengths)) + 1
    return Projection(components[:, :q], omegas[:, : q + 1, : q + 1], cuts[q - 1], q, decay)


def decay_rate(pairs: np.ndarray, average: float) -> float:
    """Return the rate c at which exp(-c d) is on average a given correlation, per km."""
    low, high = np.log(1e-12 / pairs.max()), np.log(1e3 / max(float(np.median(pairs)), 1e-9))
    while high - low > PRECISION:
        middle = (low + high) / 2
        low, high = (
            (middle, high) if np.exp(-np.exp(middle) * pairs).mean() > average else (low, middle)
        )
    return float(np.exp((low + high) / 2))


def _mean_chi(q: int) -> float:
    """Return the mean of a chi distribution with q degrees of freedom."""
    from scipy.special import gammaln

    return float(np.sqrt(2) * np.exp(gammaln((q + 1) / 2) - gammaln(q / 2)))


def rejection(omegas: np.ndarray, cut: float) -> np.ndarray:
    """Return P(|t| > cut) under each correlation, shape (C,).

    Parameters
    ----------
    omegas : ndarray, shape (C, q + 1, q + 1)
    cut : float

    Notes
    -----
    |t| > cut where Z0^2 > cut^2 / q * sum Z_j^2. That quadratic form has one positive eigenvalue;
    with the others over it, -eta_j, the probability is 2 / pi times the integral over (0, pi / 2)
    of prod (1 + eta_j / sin^2 a)^(-1/2): the form of a normal tail probability by Craig (1991),
    averaged over chi-squares (Müller & Watson 2022, remark 2.2, have it after Bakirov & Székely
    2005).
    """
    q = omegas.shape[1] - 1
    signs = np.concatenate([[1.0], np.full(q, -(cut**2) / q)])
    roots = np.linalg.cholesky(omegas)
    values = np.linalg.eigvalsh(np.swapaxes(roots, 1, 2) @ (signs[:, None] * roots))
    ratios = np.maximum(-values[:, :-1] / values[:, -1:], 0)
    inside = np.log1p(ratios[:, None, :] / np.sin(ANGLES)[None, :, None] ** 2).sum(axis=2)
    return 2 / np.pi * np.exp(-inside / 2) @ ANGLE_WEIGHTS


def critical_value(omegas: np.ndarray, level: float) -> float:
    """Return the smallest cut at which no correlation of the grid rejects more than the level."""
    low, high = 0.0, 4.0
    while rejection(omegas, high).max() > level:
        low, high = high, 2 * high
    while high - low > PRECISION * high:
        middle = (low + high) / 2
        low, high = (middle, high) if rejection(omegas, middle).max() > level else (low, middle)
    return high


def scpc_test(
    estimate: float, influence: np.ndarray, places: Projection, value: float = 0.0
) -> ScpcTest:
    """Test a coefficient against a value.

    Parameters
    ----------
    estimate : float
    influence : ndarray, shape (n,)
        Each place's part of the estimate's error: the row of B that belongs to the coefficient
        times the sum of the place's scores, B the inverse information. It sums to zero.
    places : Projection
    value : float

    Notes
    -----
    With y_l = estimate + n * influence_l the estimate is the mean of y, and the variance of the
    mean is estimated by 1 / (n q) sum (r_j'y)^2 (Müller & Watson 2022, eq. 5 and section 5, for
    regressions and other estimators that are averages of influence in large samples). The p-value
    is the largest over the correlations that the level is held for.
    """
    n = len(influence)
    error = float(np.sqrt(n / places.q * ((places.vectors.T @ influence) ** 2).sum()))
    statistic = (estimate - value) / error
    p_value = float(rejection(places.omegas, abs(statistic)).max())
    half = places.critical * error
    return ScpcTest(error, statistic, p_value, estimate - half, estimate + half)
