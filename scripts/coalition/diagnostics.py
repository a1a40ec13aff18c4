"""What can make an estimate meaningless: separation, collinearity, too few clusters or events."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from .fits import Caution, Design, EstimationFailure

FEW_CLUSTERS = 20
EVENTS_PER_PARAMETER = 5


def recession(margins: np.ndarray) -> np.ndarray:
    """Return a direction along which the likelihood never falls and somewhere rises, or zeros where there is none.

    Parameters
    ----------
    margins : ndarray, shape (m, p)
        Rows a with a'd >= 0 for every direction d in which no row's likelihood falls. For a binary logit (2y - 1) x.

    Returns
    -------
    ndarray, shape (p,)
        Its nonzero parts belong to parameters whose maximum likelihood estimate is infinite: complete or quasi-complete separation
        (Albert & Anderson 1984; the linear programme is that of Konis 2007).
    """
    scale = np.abs(margins).max(axis=0)
    scaled = margins / np.where(scale > 0, scale, 1)
    found = linprog(-scaled.sum(axis=0), A_ub=-scaled, b_ub=np.zeros(len(scaled)), bounds=(-1, 1), method="highs")
    if found.status != 0 or -found.fun < 1e-7:
        return np.zeros(margins.shape[1])
    return np.where(np.abs(found.x) > 1e-7, found.x, 0.0)


def separated(margins: np.ndarray, names: list[str]) -> list[str]:
    """Return the names of the parameters that separation sends to infinity."""
    direction = recession(margins)
    return [name for name, part in zip(names, direction, strict=True) if part != 0]


def refuse_separation(terms: list[str], family: str) -> None:
    """Raise where terms have infinite maximum likelihood estimates."""
    shown = [term for term in dict.fromkeys(terms) if term != "const"]
    if terms:
        raise EstimationFailure(
            "separation",
            f"the outcome is separated by {', '.join(shown) or 'the constant'}: {family} has no finite maximum likelihood estimate",
        )


def check_rank(design: Design) -> None:
    """Raise where columns of the design are constant or depend on each other linearly."""
    spread = np.ptp(design.X, axis=0)
    constant = [name for name, width in zip(design.names, spread, strict=True) if width == 0 and name != "const"]
    if constant:
        raise EstimationFailure("collinearity", f"{', '.join(constant)} does not vary in this sample")
    scale = np.linalg.norm(design.X, axis=0)
    _, r = np.linalg.qr(design.X / np.where(scale > 0, scale, 1))
    dependent = [name for name, part in zip(design.names, np.abs(np.diag(r)), strict=True) if part < 1e-9]
    if dependent:
        raise EstimationFailure("collinearity", f"{', '.join(dependent)} is a linear combination of the other terms")


def cautions(design: Design, parameters: int, events: int | None) -> tuple[Caution, ...]:
    """Return what a reader must know of the sample: few clusters, few events.

    Raises
    ------
    EstimationFailure
        Fewer than two clusters.
    """
    found = []
    if design.groups is not None:
        clusters = len(np.unique(design.groups))
        if clusters < 2:
            raise EstimationFailure("too_few_clusters", f"{clusters} cluster: no clustered standard error")
        if clusters < FEW_CLUSTERS:
            found.append(Caution("few_clusters", f"only {clusters} clusters: clustered standard errors are too small"))
        if clusters <= parameters:
            found.append(Caution("few_clusters", f"{clusters} clusters for {parameters} parameters: the covariance has not full rank"))
    if events is not None and events < EVENTS_PER_PARAMETER * parameters:
        found.append(
            Caution("few_events", f"{events} rows in the rarest category for {parameters} parameters: estimates are biased away from zero")
        )
    return tuple(found)


def condition_number(design: Design) -> float:
    """Return the condition number of the scaled design (Belsley, Kuh & Welsch 1980); above 30 is strong collinearity."""
    return float(np.linalg.cond(design.X / np.linalg.norm(design.X, axis=0)))
