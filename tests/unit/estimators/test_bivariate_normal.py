"""The bivariate normal distribution against adaptive quadrature of the conditional one, and against
identities.

1e-13 is the accuracy of the quadrature that it is held against; the method itself claims 5e-16 in
double precision (Genz 2004).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from coalition.estimators.selection.bivariate_normal import HIGH, cdf, density
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import norm

RHOS = (-0.999, -0.99, -0.926, -0.924, -0.5, 0.0, 0.3, 0.8, 0.924, 0.926, 0.99, 0.999)


def by_quadrature(h: float, k: float, rho: float) -> float:
    """Return the integral of the density of X times P(Y <= k | X) up to h, cut where the latter
    falls steeply.
    """
    root = np.sqrt(1 - rho**2)
    steep = (
        []
        if rho == 0
        else [
            point for point in (k / rho - 9 * root, k / rho, k / rho + 9 * root) if -10 < point < h
        ]
    )
    ends = [-10.0, *steep, h]
    inside = [
        quad(
            lambda x: norm.pdf(x) * ndtr((k - rho * x) / root),
            a,
            b,
            epsabs=1e-15,
            epsrel=1e-13,
            limit=200,
        )[0]
        for a, b in pairwise(ends)
    ]
    return float(sum(inside))


@pytest.mark.parametrize("rho", RHOS)
def test_against_quadrature(rho: float) -> None:
    rng = np.random.default_rng(0)
    h, k = rng.uniform(-4, 4, (2, 15))
    # along the ridge, where the correlation is high
    k[:5] = np.sign(rho) * h[:5] + rng.normal(0, 0.03, 5)
    expected = [by_quadrature(*point, rho) for point in zip(h, k, strict=True)]
    np.testing.assert_allclose(cdf(h, k, rho), expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("rho", RHOS)
def test_quadrants(rho: float) -> None:
    """At zero it is 1/4 + arcsin(rho) / (2 pi) (Sheppard 1899); the four quadrants of any point sum
    to one.
    """
    zero = np.zeros(1)
    assert cdf(zero, zero, rho)[0] == pytest.approx(0.25 + np.arcsin(rho) / (2 * np.pi), abs=1e-14)
    h, k = np.random.default_rng(1).normal(size=(2, 50)) * 2
    whole = cdf(h, k, rho) + cdf(-h, -k, rho) + cdf(h, -k, -rho) + cdf(-h, k, -rho)
    np.testing.assert_allclose(whole, 1, atol=1e-14)


def test_both_methods_meet() -> None:
    h, k = np.random.default_rng(2).normal(size=(2, 200))
    below, above = (cdf(h, k, side * (HIGH + step)) for side, step in ((1, -1e-12), (1, 1e-12)))
    # the density is of order 1, so 2e-12 of correlation moves it no further
    np.testing.assert_allclose(below, above, atol=1e-11)


@pytest.mark.parametrize("rho", RHOS)
def test_far_out_it_is_the_margin(rho: float) -> None:
    h = np.linspace(-3, 3, 13)
    np.testing.assert_allclose(cdf(h, np.full(13, 40.0), rho), ndtr(h), atol=1e-15)
    np.testing.assert_allclose(cdf(h, np.full(13, -40.0), rho), 0, atol=1e-15)


def test_density_is_the_slope_along_the_correlation() -> None:
    """Plackett (1954): the derivative in rho is the density."""
    h, k = np.random.default_rng(3).normal(size=(2, 20))
    slope = (cdf(h, k, 0.4 + 1e-5) - cdf(h, k, 0.4 - 1e-5)) / 2e-5
    # of the difference: 1e-16 / 1e-5, and its square
    np.testing.assert_allclose(density(h, k, 0.4), slope, atol=1e-9)
