"""What resampling tests of one coefficient of a linear model share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .replicates import LinearReplicates


@dataclass(frozen=True)
class Parts:
    """One coefficient of a least squares fit.

    estimate : the coefficient; influence : (n,) a with a'y the coefficient; partial : (n,) the
        column without what the others explain; residuals : (n,); codes : (n,) clusters 0..G-1;
        loading : (G, p) a'X of each cluster; bread : (p, p) inverse of X'X;
    factor : G/(G-1) (n-1)/(n-p)
    """

    estimate: float
    influence: np.ndarray
    partial: np.ndarray
    residuals: np.ndarray
    codes: np.ndarray
    loading: np.ndarray
    bread: np.ndarray
    factor: float

    @property
    def std_error(self) -> float:
        """The clustered (HC1) standard error."""
        return float(
            np.sqrt(self.factor * (sums(self.influence * self.residuals, self.codes) ** 2).sum())
        )

    def replicates(
        self, numerator: list[np.ndarray], scores: list[np.ndarray], exhaustive: bool
    ) -> LinearReplicates:
        """Return replicates from numerators (B,) and clusters' scores (B, G), for the residuals and
        for the partial column.
        """
        variance = [
            self.factor * (scores[a] * scores[b]).sum(axis=1) for a, b in ((0, 0), (0, 1), (1, 1))
        ]
        return LinearReplicates(
            self.estimate, self.std_error, np.array(numerator), np.array(variance), exhaustive
        )


def parts(y: np.ndarray, X: np.ndarray, column: int, groups: np.ndarray) -> Parts:
    """Return what is needed of a least squares fit to resample one coefficient.

    Parameters
    ----------
    y : ndarray, shape (n,)
    X : ndarray, shape (n, p)
    column : int
        Of the coefficient.
    groups : ndarray, shape (n,)
    """
    (n, p), codes = X.shape, np.unique(groups, return_inverse=True)[1]
    bread = np.linalg.inv(X.T @ X)
    influence, clusters = X @ bread[:, column], int(codes.max()) + 1
    beta = bread @ (X.T @ y)
    return Parts(
        estimate=float(beta[column]),
        influence=influence,
        partial=influence / (influence @ influence),
        residuals=y - X @ beta,
        codes=codes,
        loading=sums(influence[:, None] * X, codes),
        bread=bread,
        factor=clusters / (clusters - 1) * (n - 1) / (n - p),
    )


def sums(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return the sums of rows by cluster, shape (G, ...)."""
    found = np.zeros((int(codes.max()) + 1, *values.shape[1:]))
    np.add.at(found, codes, values)
    return found
