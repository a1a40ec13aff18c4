"""Latent tightness of every state and operation: its posterior, plausible values, and the level
that a stated limit would get.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from .cumulative import log_chance
from .quadrature import Measured

REACH, POINTS = 6.5, 261
"""Grid of the posterior, in standard deviations of what the regressors leave."""


def _grid() -> np.ndarray:
    return np.linspace(-REACH, REACH, POINTS)


def _regression(model: Measured) -> np.ndarray:
    """Return the expected tightness of each unit given its regressors, (m,)."""
    beside = len(model.statements.beside_names)
    return model.statements.regressors @ model.slopes[beside:] / model.loading


def _posterior(model: Measured) -> np.ndarray:
    """Return the posterior of the deviation of each unit on the grid, (m, POINTS), sums of one."""
    of, grid = model.statements, _grid()
    index = (of.design @ model.slopes)[:, None] + model.loading * grid[None, :]
    by_statement = log_chance(index, of.codes, model.cuts, model.link)
    member = (of.unit == np.arange(len(of.units))[:, None]).astype(float)
    total = member @ by_statement - grid**2 / 2
    weights = np.exp(total - total.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def _quantiles(cumulated: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return where each unit's distribution reaches a share of its own, (m,); linear between the
    points."""
    grid = _grid()
    return np.array(
        [np.interp(share, own, grid) for share, own in zip(shares, cumulated, strict=True)]
    )


def summary(model: Measured, level: float = 0.95) -> pd.DataFrame:
    """Return the empirical Bayes estimate of each unit.

    Parameters
    ----------
    level : float
        Of the interval, between equal tails.

    Returns
    -------
    DataFrame, one row a unit
        iso3, operation, statements, latent (posterior mean), latent_sd, latent_low, latent_high: in
        standard deviations of tightness between states, 0 the mean of all. The parameters are taken
        as known, as empirical Bayes does; plausible values are not.
    """
    weights, grid, centre = _posterior(model), _grid(), _regression(model)
    mean = weights @ grid
    spread = np.sqrt(np.maximum(weights @ grid**2 - mean**2, 0.0))
    cumulated, tail = weights.cumsum(axis=1), (1 - level) / 2
    low, high = (_quantiles(cumulated, np.full(len(weights), share)) for share in (tail, 1 - tail))
    return model.statements.units.assign(
        statements=np.bincount(model.statements.unit, minlength=len(centre)),
        latent=centre + mean,
        latent_sd=spread,
        latent_low=centre + low,
        latent_high=centre + high,
    )


def levels_of(tightness: np.ndarray, model: Measured) -> np.ndarray:
    """Return the level at which the middle of a stated statement of the reference coder lies."""
    return np.searchsorted(model.cuts, model.loading * tightness, side="right").astype(float)


def level_chances(model: Measured) -> np.ndarray:
    """Return how likely each level of a stated statement's middle is, (m, K), the parameters taken
    as known.
    """
    weights, centre = _posterior(model), _regression(model)
    levels = levels_of(centre[:, None] + _grid()[None, :], model)
    return np.column_stack(
        [(weights * (levels == level)).sum(axis=1) for level in range(model.statements.levels)]
    )


def _drawn_parameters(model: Measured, generator: np.random.Generator) -> Measured:
    """Return the model at parameters drawn from their large-sample posterior; again where
    thresholds are out of order or the loading is not positive."""
    slopes = len(model.slopes)
    for _ in range(1000):
        drawn = generator.multivariate_normal(model.params, model.covariance, method="cholesky")
        if drawn[slopes] > 0 and np.all(np.diff(drawn[slopes + 1 :]) > 0):
            return replace(model, params=drawn)
    return model


def plausible_values(
    model: Measured, draws: int, generator: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Draw latent tightness and levels of all units.

    Parameters
    ----------
    model : Measured
        Fitted with the regressors of the analysis that will use the draws: without them its effects
        would be drawn towards zero (Mislevy 1991; Wu 2005).
    draws : int
    generator : numpy Generator

    Yields
    ------
    tightness, level : ndarray, shape (m,)
        Every draw has parameters of its own, so that what is not known of coders, bases and
        thresholds is in the spread (Rubin 1987, ch. 4: proper imputations).
    """
    for _ in range(draws):
        at = _drawn_parameters(model, generator)
        shares = generator.random(len(at.statements.units))
        tightness = _regression(at) + _quantiles(_posterior(at).cumsum(axis=1), shares)
        yield tightness, levels_of(tightness, at)


def effects(model: Measured) -> pd.DataFrame:
    """Return effects of coder and basis, of the regressors, the loading and the thresholds.

    Returns
    -------
    DataFrame
        kind (beside, regression, loading, threshold), name, estimate, std_error, statements: those
        of coder and basis and the thresholds on the index of a statement (log odds, or probits);
        those of the latent regression in standard deviations of tightness, with errors by the delta
        method.
    """
    of, a = model.statements, model.loading
    beside, slopes = len(of.beside_names), len(of.names)
    estimate, error = model.params.copy(), np.sqrt(np.diag(model.covariance))
    for place in range(beside, slopes):
        estimate[place] = model.params[place] / a
        gradient = np.zeros(len(model.params))
        gradient[[place, slopes]] = 1 / a, -model.params[place] / a**2
        error[place] = np.sqrt(gradient @ model.covariance @ gradient)
    kinds = ["beside"] * beside + ["regression"] * (slopes - beside) + ["loading"]
    cuts = [f"{low}|{low + 1}" for low in range(of.levels - 1)]
    counts: list[int | None] = [int(column.sum()) for column in of.beside.T]
    return pd.DataFrame(
        {
            "kind": kinds + ["threshold"] * len(cuts),
            "name": [*of.names, "latent tightness", *cuts],
            "estimate": estimate,
            "std_error": error,
            "statements": counts + [None] * (len(estimate) - beside),
        }
    )


def naive_levels(model: Measured) -> np.ndarray:
    """Return each unit's median level over statements, halves up, (m,): what a model of the coding
    replaces."""
    of = model.statements
    medians = pd.Series(of.codes).groupby(of.unit).median().reindex(range(len(of.units)))
    return np.floor(medians.to_numpy(float) + 0.5)
