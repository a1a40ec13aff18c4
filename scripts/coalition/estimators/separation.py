"""What can make an estimate meaningless: separation, collinearity, too few clusters or events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy

from .fit_types import Design, EstimationFailure, FitWarning

FEW_CLUSTERS = 20
EVENTS_PER_TERM = 5
REACH = 1e-6
"""Of a direction in a box of width one: less is the tolerance of the linear programme."""


def _furthest(margins: np.ndarray, towards: np.ndarray) -> np.ndarray:
    """Return the direction d in the box [-1, 1] that goes furthest along `towards` while margins @
    d >= 0.
    """
    found = scipy.optimize.linprog(
        -towards, A_ub=-margins, b_ub=np.zeros(len(margins)), bounds=(-1, 1), method="highs"
    )
    if found.status != 0:
        raise EstimationFailure(
            "no_convergence", f"the search for separation failed: {found.message}"
        )
    return found.x


def infinite(margins: np.ndarray, basis: np.ndarray | None = None) -> np.ndarray:
    """Return which parameters have no finite maximum likelihood estimate.

    Parameters
    ----------
    margins : ndarray, shape (m, p)
        Rows a with a'd >= 0 for every direction d along which no row's likelihood falls. For a
        binary logit (2y - 1) x.
    basis : ndarray, shape (p, p), optional
        What brings the parameters of the margins back to those that are asked about, where the
        margins are of inner coordinates.

    Returns
    -------
    ndarray of bool, shape (p,)
        Parameters that move along some direction in which the likelihood never falls: all False
        where there is overlap, else complete or quasi-complete separation (Albert & Anderson 1984).
        The linear programme is that of Konis (2007, ch. 4); since its solution is one corner of the
        cone of such directions, each parameter is then asked for on its own.

    Notes
    -----
    The directions form a cone, so that if there is any, one reaches the wall of the box; without
    one, the solver's tolerance leaves a point near zero. The design must have full column rank.
    """
    return runs(margins, basis=basis)[0]


def runs_off(margins: np.ndarray, place: int) -> bool:
    """Tell whether one parameter of a problem that is known to be separated is infinite."""
    scaled, axis = _scaled(margins), np.eye(margins.shape[1])[place]
    return any(abs(_furthest(scaled, side * axis)[place]) > REACH for side in (1, -1))


def runs(
    margins: np.ndarray, asked: Sequence[int] | None = None, basis: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return which parameters are infinite (see `infinite`) and which way they run: 1, -1, or 0
    where finite or free to go both ways.
    """
    scaled, axes = _scaled(margins), _axes(margins, basis)
    axes = axes if asked is None else axes[list(asked)]
    if not separable(margins):
        return np.zeros(len(axes), dtype=bool), np.zeros(len(axes), dtype=int)
    down, up = (
        np.array([side * _furthest(scaled, side * axis) @ axis > REACH for axis in axes])
        for side in (-1, 1)
    )
    return down | up, up.astype(int) - down


def overlapping(margins: np.ndarray) -> np.ndarray:
    """Return the rows, as booleans, whose likelihood has no supremum of one on its own: no
    direction without a fall lifts them.

    Notes
    -----
    A direction lifts some rows and leaves the others; among those that are left another one may be
    found, and walking far enough along the first makes up for what the second takes from the rows
    that are gone. What is left at the end has a finite maximum in its own columns (Geyer 2009; for
    a logit Albert & Anderson 1984).
    """
    left = np.arange(len(margins))
    while len(left):
        scaled = _scaled(margins[left])
        lifted = scaled @ _furthest(scaled, scaled.sum(axis=0)) > REACH
        if not lifted.any():
            break
        left = left[~lifted]
    return np.isin(np.arange(len(margins)), left)


def separable(margins: np.ndarray) -> bool:
    """Return whether any parameter has no finite maximum likelihood estimate (see `infinite`)."""
    scaled = _scaled(margins)
    return bool(np.abs(_furthest(scaled, scaled.sum(axis=0))).max() >= 0.5)


def _scaled(margins: np.ndarray) -> np.ndarray:
    scale = np.abs(margins).max(axis=0)
    return margins / np.where(scale > 0, scale, 1)


def _axes(margins: np.ndarray, basis: np.ndarray | None) -> np.ndarray:
    """Return, a row a parameter, how it moves with a direction of the scaled margins."""
    if basis is None:
        return np.eye(margins.shape[1])
    scale = np.abs(margins).max(axis=0)
    moves = basis / np.where(scale > 0, scale, 1)
    return moves / np.abs(moves).max(axis=1, keepdims=True)


def separated(margins: np.ndarray, names: list[str], basis: np.ndarray | None = None) -> list[str]:
    """Return the names of the parameters that separation sends to infinity."""
    endless = infinite(margins, basis=basis)
    return [name for name, runs_off in zip(names, endless, strict=True) if runs_off]


def refuse_separation(terms: list[str], family: str) -> None:
    """Raise where terms have infinite maximum likelihood estimates."""
    shown = [term for term in dict.fromkeys(terms) if term != "const"]
    if terms:
        raise EstimationFailure(
            "separation",
            (
                f"the outcome is separated by {', '.join(shown) or 'the constant'}: {family} has "
                "no finite maximum likelihood estimate"
            ),
        )


def check_rank(design: Design, parameters: int | None = None) -> None:
    """Raise where columns of the design are constant or depend on each other linearly, or rows are
    too few.

    Parameters
    ----------
    parameters : int, optional
        How many are to be estimated; as many as there are columns if not given.
    """
    n, p = len(design.y), parameters or design.X.shape[1]
    if n <= p:
        raise EstimationFailure("too_few_rows", f"{n} rows for {p} parameters")
    spread = np.ptp(design.X, axis=0)
    constant = [
        name
        for name, width in zip(design.names, spread, strict=True)
        if width == 0 and name != "const"
    ]
    if constant:
        raise EstimationFailure(
            "collinearity", f"{', '.join(constant)} does not vary in this sample"
        )
    check_dependence(design)


def check_dependence(design: Design) -> None:
    """Raise where columns of the design depend on each other linearly; a constant one is allowed,
    as differences of a trend are.
    """
    r = np.linalg.qr(design.X / np.linalg.norm(design.X, axis=0), mode="r")
    dependent = [
        name for name, part in zip(design.names, np.abs(np.diag(r)), strict=True) if part < 1e-9
    ]
    if dependent:
        raise EstimationFailure(
            "collinearity", f"{', '.join(dependent)} is a linear combination of the other terms"
        )


def check_clusters(groups: np.ndarray | None) -> None:
    """Raise where there are fewer than two clusters."""
    if groups is not None and len(np.unique(groups)) < 2:
        raise EstimationFailure(
            "too_few_clusters", "all rows are one cluster: there is no clustered standard error"
        )


def few_clusters(groups: np.ndarray | None, parameters: int) -> tuple[FitWarning, ...]:
    """Return what a reader must know of the number of clusters."""
    if groups is None:
        return ()
    clusters, found = len(np.unique(groups)), []
    if clusters < FEW_CLUSTERS:
        found.append(
            FitWarning(
                "few_clusters",
                f"only {clusters} clusters: clustered standard errors tend to be too small",
            )
        )
    # the scores sum to zero, so the middle of the sandwich has rank G - 1 at most
    if clusters <= parameters:
        found.append(
            FitWarning(
                "few_clusters",
                (
                    f"{clusters} clusters for {parameters} parameters: the covariance has not "
                    "full rank"
                ),
            )
        )
    return tuple(found)


def few_events(events: float, coefficients: int) -> tuple[FitWarning, ...]:
    """Return a caution where events are fewer than five a coefficient.

    Parameters
    ----------
    events : float
        The rarest category's rows (binary: Peduzzi et al. 1996; multinomial: de Jong et al. 2019),
        or `effective_size`.
    coefficients : int
        Without constants and cut points.
    """
    if events >= EVENTS_PER_TERM * coefficients:
        return ()
    message = (
        f"{events:.0f} events for {coefficients} coefficients: estimates are imprecise, and "
        "without a penalty biased away from zero"
    )
    return (FitWarning("few_events", message),)


def rarest(y: np.ndarray) -> int:
    """Return the number of rows in the smallest category."""
    return int(np.unique(y, return_counts=True)[1].min())


def effective_size(y: np.ndarray) -> float:
    """Return the effective sample size of an ordered outcome, n - sum n_j^3 / n^2 (Harrell 2015,
    Table 4.1).
    """
    counts = np.unique(y, return_counts=True)[1]
    return float(len(y) - (counts**3).sum() / len(y) ** 2)
