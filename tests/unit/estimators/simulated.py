"""Small designs that the tests of estimators share."""

from __future__ import annotations

import numpy as np
from coalition.fits import Design, Selection

LEVELS = {
    "logit": ("0", "1"),
    "firth_logit": ("0", "1"),
    "ordered_logit": ("none", "low", "medium", "high"),
    "multinomial_logit": ("abstain", "unreserved", "reserved"),
}


def design(family: str, n: int = 150, seed: int = 1, clusters: int | None = 30) -> Design:
    """Return rows with a constant, two continuous terms, their product, and a 0/1 term."""
    rng = np.random.default_rng(seed)
    a, b, d = rng.normal(size=n), rng.normal(size=n), (rng.random(n) < 0.5).astype(float)
    eta = 0.5 * a - 0.4 * b + 0.3 * a * b + 0.5 * d
    latent = eta + rng.logistic(size=n)
    y = {
        "logit": (latent > 0).astype(float),
        "firth_logit": (latent > 0).astype(float),
        "ordered_logit": np.digitize(latent, [-1, 0.5, 2]).astype(float),
        "multinomial_logit": (np.column_stack([np.zeros(n), eta, -0.3 + 0.8 * b]) + rng.gumbel(size=(n, 3))).argmax(axis=1).astype(float),
        "poisson": rng.poisson(np.exp(0.3 * eta)).astype(float),
        "ols": eta + rng.normal(size=n),
    }[family]
    return Design(
        y=y,
        X=np.column_stack([np.ones(n), a, b, a * b, d]),
        names=("const", "a", "b", "a:b", "d"),
        levels=LEVELS.get(family, ()),
        groups=None if clusters is None else np.arange(n) % clusters,
        products=((3, (1, 2)),),
    )


def selected(family: str, n: int = 200, seed: int = 1, clusters: int | None = 50, rho: float = 0.4) -> Design:
    """Return rows of which some are selected, with a term z that only selection has; a and d stand in both equations."""
    rng = np.random.default_rng(seed)
    a, z, u, noise = rng.normal(size=(4, n))
    d = (rng.random(n) < 0.5).astype(float)
    chosen = (0.2 + 0.6 * a - 0.4 * d + 0.8 * z + u > 0).astype(float)
    latent = 0.7 * a + 0.5 * d + rho * u + np.sqrt(1 - rho**2) * noise
    y = {
        "selection_probit": (latent > 0.3).astype(float),
        "selection_ordered_probit": np.digitize(latent, [-0.6, 0.4, 1.3]).astype(float),
    }.get(family, latent)
    return Design(
        y=np.where(chosen == 1, y, np.nan),
        X=np.column_stack([np.ones(n), a, d]),
        names=("const", "a", "d"),
        levels={"selection_probit": ("0", "1"), "selection_ordered_probit": LEVELS["ordered_logit"]}.get(family, ()),
        groups=None if clusters is None else np.arange(n) % clusters,
        selection=Selection(chosen, np.column_stack([np.ones(n), a, d, z]), ("const", "a", "d", "z")),
    )
