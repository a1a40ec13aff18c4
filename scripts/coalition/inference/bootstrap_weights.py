"""Weights of the wild bootstrap: one number a cluster and replicate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FEW = 12
"""Under so many clusters, two-point weights make too few different samples (Webb 2014)."""
POINTS = {
    "rademacher": np.array([-1.0, 1.0]),
    "webb": np.array([-np.sqrt(1.5), -1.0, -np.sqrt(0.5), np.sqrt(0.5), 1.0, np.sqrt(1.5)]),
}


@dataclass(frozen=True)
class Weights:
    """values : (B, G); exhaustive : whether they are every possible draw, each once (then the
    sample itself is among them).
    """

    values: np.ndarray
    exhaustive: bool


def draw(clusters: int, replicates: int, seed: int, points: str | None = None) -> Weights:
    """Return Rademacher's two-point weights, or under 12 clusters Webb's six-point weights.

    Parameters
    ----------
    clusters, replicates : int
        Where there are no more possible draws than replicates, every one is taken once and none is
        drawn.
    seed : int
    points : {"rademacher", "webb"}, optional
        To choose otherwise.
    """
    values = POINTS[points or ("webb" if clusters < FEW else "rademacher")]
    if len(values) ** clusters <= replicates:
        grid = np.indices((len(values),) * clusters).reshape(clusters, -1).T
        return Weights(values[grid], exhaustive=True)
    return Weights(
        np.random.default_rng(seed).choice(values, (replicates, clusters)), exhaustive=False
    )
