"""Covariance between estimates of several samples in which the same states recur."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Influence:
    """How the rows of one sample move one estimate.

    states : (n,) the state of each row
    values : (n,) each row's score times the bread, in the direction of the estimate
    std_error : of the estimate, by the method that its own table prints
    """

    states: np.ndarray
    values: np.ndarray
    std_error: float


def correlation(parts: Sequence[Influence]) -> np.ndarray:
    """Return the correlations of the estimates, shape (k, k), from the stacked clustered sandwich.

    The estimating equations of all samples are stacked and the scores of one state summed over
    them, as seemingly unrelated estimation does (Weesie 1999; Liang & Zeger 1986): the sandwich's
    block of two samples is the sum over the states of both of the products of their influences.
    """
    names = np.unique(np.concatenate([part.states for part in parts]))
    sums = np.zeros((len(names), len(parts)))
    for number, part in enumerate(parts):
        np.add.at(sums[:, number], np.searchsorted(names, part.states), part.values)
    meat = sums.T @ sums
    root = np.sqrt(np.diag(meat))
    return meat / np.outer(root, root)


def covariance(parts: Sequence[Influence]) -> np.ndarray:
    """Return the covariance of the estimates: each one's own standard error, and the correlations
    of the stacked sandwich.

    Variances are kept as each sample's table has them, since a sandwich of some twenty rows is
    worse than the standard errors of the small-sample method (Long & Ervin 2000); the product is
    positive semidefinite as the correlations are.
    """
    errors = np.array([part.std_error for part in parts])
    return np.outer(errors, errors) * correlation(parts)
