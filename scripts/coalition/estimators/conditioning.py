"""The inner coordinates of a fit: columns of one size, and no near-dependence among them.

Dollars, persons, or a year with its square and cube leave an information matrix that double
precision cannot invert, and a solver then returns numbers that mean nothing. Every family is
therefore fitted to Z = X A and its results are brought back, beta = A theta and V = A W A'
(likelihoods, penalised likelihoods and least squares are equivariant under A). Where the columns
are of ordinary size and far from dependence A is the identity, and nothing is touched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ..base.distributions import normal_or_t
from ..formula.families import FAMILIES
from .fit_types import Design, Fit, FitWarning, Inner

ORDINARY = 2.0**7
"""Root mean squares between 1/ORDINARY and ORDINARY are left as they are."""
NEARLY_DEPENDENT = 1e3
"""Condition number, of columns of unit length, above which they are made orthogonal."""
DEPENDENT = 1e-9
"""Share of a column that is its own, below which it is a linear combination of the others."""
LOST = 1e8
"""Condition number above which a fit that cannot be made orthogonal says so: half of the digits."""


def sizes(X: np.ndarray) -> np.ndarray:
    """Return what each column is multiplied with, shape (k,): 1, or a power of two, which is
    exact.
    """
    known = np.where(np.isnan(X), 0.0, X)
    with np.errstate(over="ignore"):
        largest = np.abs(known).max(axis=0, initial=0.0)
        relative = np.divide(known, largest, out=np.zeros_like(known), where=largest > 0)
        rms = largest * np.sqrt((relative**2).mean(axis=0))
    usual = (rms == 0) | ((rms > 1 / ORDINARY) & (rms < ORDINARY))
    return np.where(usual, 1.0, 2.0 ** -np.round(np.log2(np.where(usual, 1.0, rms))))


def condition(X: np.ndarray) -> float:
    """Return the condition number of the columns, each brought to unit length; infinite where one
    is
    zero.
    """
    length = np.linalg.norm(X, axis=0)
    return float(np.linalg.cond(X / length)) if len(X) and (length > 0).all() else np.inf


def orthogonal(X: np.ndarray) -> np.ndarray | None:
    """Return the upper triangular A (k, k) with which X A has orthogonal columns of unit mean
    square, or None where the columns are well apart as they are, or depend on each other.

    The first column of X A is a multiple of the first of X, so that a constant stays one.
    """
    scale = 1 / np.maximum(np.linalg.norm(X, axis=0), np.finfo(float).tiny)
    R: Any = np.linalg.qr(X * scale, mode="r")
    if len(R) < X.shape[1] or left_over(R).min() < DEPENDENT:
        return None
    singular = np.linalg.svd(R, compute_uv=False)
    if singular[0] <= NEARLY_DEPENDENT * singular[-1]:
        return None
    sign = np.sign(np.diag(R))[:, None]
    return scale[:, None] * np.linalg.inv(sign * R) * np.sqrt(len(X))


def left_over(R: np.ndarray) -> np.ndarray:
    """Return the share of each column's length that those before it leave, shape (k,), from the R
    of
    a QR decomposition; lengths are about the mean where the first column is a constant.
    """
    length = np.sqrt((np.triu(R)[1:] ** 2).sum(axis=0))
    length[0] = abs(R[0, 0])
    own = np.abs(np.diag(R))
    return np.divide(own, length, out=np.zeros_like(own), where=length > 1e-14)


def basis_of(family: str, design: Design) -> np.ndarray | None:
    """Return the A (k, k) of a design's inner coordinates; None where they are its own."""
    if FAMILIES[family].coordinates:
        found = orthogonal(design.X)
        if found is not None:
            return found
    scale = sizes(design.X)
    return None if (scale == 1).all() else np.diag(scale)


def conditioned(family: str, design: Design) -> Design:
    """Return a design in its inner coordinates; itself where they are its own."""
    basis, selection = basis_of(family, design), design.selection
    if selection is not None:
        scale = sizes(selection.X)
        if (scale != 1).any():
            selection = replace(selection, X=selection.X * scale, basis=np.diag(scale))
    if basis is None:
        return design if selection is design.selection else replace(design, selection=selection)
    X = design.X * np.diag(basis) if _diagonal(basis) else design.X @ basis
    return replace(design, X=X, basis=basis, selection=selection)


def in_sizes(design: Design) -> Design:
    """Return a design whose columns are of ordinary size; for tests that no size of a column
    changes.
    """
    return replace(design, X=design.X * sizes(design.X))


def _diagonal(basis: np.ndarray) -> bool:
    return not np.any(basis - np.diag(np.diag(basis)))


def back(family: str, inner: Design, fit: Fit) -> np.ndarray:
    """Return the matrix (p, p) that brings a family's parameters back from the inner
    coordinates.
    """
    basis = np.eye(inner.X.shape[1]) if inner.basis is None else inner.basis
    if _diagonal(basis):
        return np.diag(_scales(np.diag(basis), inner, fit))
    if FAMILIES[family].coordinates == "several":
        return np.kron(np.eye(len(inner.levels) - 1), basis)
    if FAMILIES[family].coordinates == "slopes":
        return basis[1:, 1:]
    if FAMILIES[family].coordinates == "cut points":
        slopes, cuts = basis.shape[0] - 1, len(inner.levels) - 1
        # cut - x'b is the same in both: the constant's part of A moves every cut point
        shifts = -np.tile(basis[0, 1:], (cuts, 1))
        return np.block([[basis[1:, 1:], np.zeros((slopes, cuts))], [shifts, np.eye(cuts)]])
    return basis


def _scales(scale: np.ndarray, inner: Design, fit: Fit) -> np.ndarray:
    """Return what each parameter is multiplied with, by the column that it belongs to."""
    outcome = dict(zip(inner.names, scale, strict=True))
    chosen = inner.selection
    joining = (
        dict(zip(chosen.names, np.diag(chosen.basis), strict=True))
        if chosen is not None and chosen.basis is not None
        else {}
    )

    def of(kind: str, term: str) -> float:
        if kind == "selection_coefficient":
            return joining.get(term, 1.0)
        if kind != "coefficient":
            return 1.0
        return outcome.get(term, outcome.get(term[len(MEAN) : -1], 1.0))

    return np.array([of(kind, term) for kind, term in zip(fit.kinds, fit.terms, strict=True)])


MEAN = "mean("
"""What stands before a term's name where it is the mean of a unit."""


def restored(family: str, inner: Design, fit: Fit, level: float) -> Fit:
    """Return a fit in the coordinates of the columns as they were given.

    Intervals and p-values of a profile are those of the given columns already (`firth`).
    """
    if inner.basis is None and (inner.selection is None or inner.selection.basis is None):
        return fit
    T = back(family, inner, fit)
    params, covariance = T @ fit.params, T @ fit.covariance @ T.T
    std_error = np.sqrt(np.diag(covariance))
    found = replace(
        fit,
        params=params,
        covariance=covariance,
        std_error=std_error,
        fit=fit.fit | _penalised(fit, T),
        inner=_inner(fit, inner),
    )
    if fit.inference["intervals"] == "profile":
        return found
    if _diagonal(T):  # statistics and p-values stay, also those that were blanked
        scale = np.diag(T)
        return replace(found, conf_low=scale * fit.conf_low, conf_high=scale * fit.conf_high)
    df = fit.inference["df"]
    distribution = normal_or_t(df if isinstance(df, int) else None)
    half = distribution.ppf((1 + level) / 2) * std_error
    statistic = np.where(np.isnan(fit.statistic), np.nan, params / std_error)
    return replace(
        found,
        statistic=statistic,
        p_value=2 * distribution.sf(np.abs(statistic)),
        conf_low=np.where(np.isnan(statistic), np.nan, params - half),
        conf_high=np.where(np.isnan(statistic), np.nan, params + half),
    )


def _inner(fit: Fit, design: Design) -> Inner:
    selection = design.selection
    joining = None if selection is None else selection.basis
    if selection is not None and joining is None:
        joining = np.eye(selection.X.shape[1])
    basis = np.eye(design.X.shape[1]) if design.basis is None else design.basis
    return Inner(fit.params, fit.covariance, basis, joining)


def _penalised(fit: Fit, T: np.ndarray) -> dict[str, float]:
    """Return the penalised log likelihoods of the given columns: the penalty, half the log
    determinant of the information of all parameters, is log |det T| lower there.
    """
    shift = float(np.linalg.slogdet(T)[1])
    parts = ("penalised_log_likelihood", "penalised_log_likelihood_null")
    return {part: fit.fit[part] - shift for part in parts if part in fit.fit}


def ill_conditioned(family: str, design: Design) -> tuple[FitWarning, ...]:
    """Return what a reader must know of a near-dependence that a family cannot be rid of."""
    if FAMILIES[family].coordinates or np.isnan(design.X).any():
        return ()
    if condition(design.X) < LOST or not np.isfinite(condition(design.X)):
        return ()
    message = "terms are nearly dependent on each other: centre what is squared or multiplied"
    return (FitWarning("ill_conditioned", message),)


def isolated(basis: np.ndarray, X: np.ndarray, column: int) -> tuple[np.ndarray, float]:
    """Return the inner design turned so that its last coordinate is one of the given columns' own,
    (n, k), and what that coordinate is multiplied with to be its parameter.

    A parameter of the given columns is a'theta with a = A[column]; a Householder reflection H takes
    a to its length along the last axis (Golub & Van Loan 2013, section 5.1).
    """
    a = basis[column]
    length = float(np.linalg.norm(a))
    target = np.zeros_like(a)
    target[-1] = -length if a[-1] > 0 else length
    v = a - target
    norm = float(v @ v)
    turned = X if norm == 0 else X - np.outer(X @ v, 2 * v / norm)
    return turned, float(target[-1])


class InBasis:
    """A predictor that takes inner parameters and rows of the given columns."""

    def __init__(self, predictor: object, inner: Inner) -> None:
        self.predictor, self.inner = predictor, inner

    def probabilities(self, params: np.ndarray, X: np.ndarray) -> np.ndarray:
        """Return the probability of each level, shape (n, K)."""
        return self._method("probabilities")(params, X)

    def derivatives(self, params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
        """Return their derivatives where the rows move along dX, shape (n, K)."""
        return self._method("derivatives")(params, X, dX)

    def __getattr__(self, name: str) -> Callable[..., np.ndarray]:
        return self._method(name)

    def _method(self, name: str) -> Callable[..., np.ndarray]:
        method = getattr(self.predictor, name)

        def called(params: np.ndarray, *rows: np.ndarray) -> np.ndarray:
            bases = [self.inner.basis]
            if name.startswith("selected"):  # rows of the outcome and of the selection in turn
                assert self.inner.joining is not None, "a fit with a selection joins its terms"
                bases.append(self.inner.joining)
            return np.asarray(
                method(params, *(X @ bases[place % len(bases)] for place, X in enumerate(rows)))
            )

        return called
