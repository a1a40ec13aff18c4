"""Small designs that the tests of estimators share."""

from __future__ import annotations

import numpy as np
from coalition.estimators.fit_types import Design, Selection, Spell

LEVELS = {
    "bias_reduced_ordered_logit": ("none", "low", "medium", "high"),
    "bias_reduced_multinomial_logit": ("abstain", "unreserved", "reserved"),
    "logit": ("0", "1"),
    "probit": ("0", "1"),
    "firth_logit": ("0", "1"),
    "rare_events_logit": ("0", "1"),
    "ordered_logit": ("none", "low", "medium", "high"),
    "partial_ordered_logit": ("none", "low", "medium", "high"),
    "multinomial_logit": ("abstain", "unreserved", "reserved"),
    "sequential_logit": ("abstain", "unreserved", "reserved"),
    "conditional_logit": ("0", "1"),
    "random_effects_cre_logit": ("0", "1"),
    "cre_logit_pooled": ("0", "1"),
    "cox": ("0", "1"),
    "discrete_time_logit": ("0", "1"),
    "discrete_time_cloglog": ("0", "1"),
}


UNITS = 30


def design(family: str, n: int = 150, seed: int = 1, clusters: int | None = 30) -> Design:
    """Return rows with a constant, two continuous terms, their product, and a 0/1 term; every 30th
    row is of the same unit.
    """
    rng = np.random.default_rng(seed)
    a, b, d = rng.normal(size=n), rng.normal(size=n), (rng.random(n) < 0.5).astype(float)
    eta = 0.5 * a - 0.4 * b + 0.3 * a * b + 0.5 * d
    latent = eta + rng.logistic(size=n)
    unit = np.arange(n) % UNITS
    alike = latent + 1.5 * np.random.default_rng(seed + 1).normal(size=UNITS)[unit]
    plain = family.removeprefix("bias_reduced_")
    y = {
        **dict.fromkeys(
            ("conditional_logit", "random_effects_cre_logit", "cre_logit_pooled"),
            (alike > 0).astype(float),
        ),
        "partial_ordered_logit": np.digitize(latent, [-1, 0.5, 2]).astype(float),
        "sequential_logit": np.where(
            latent < 0, 0, 1 + (0.5 + 0.6 * a - 0.5 * b + rng.logistic(size=n) > 0)
        ).astype(float),
        "logit": (latent > 0).astype(float),
        **dict.fromkeys(
            ("cox", "discrete_time_logit", "discrete_time_cloglog"), (latent > 0).astype(float)
        ),
        "probit": (latent > 0).astype(float),
        "negative_binomial": rng.poisson(
            np.exp(0.3 * eta) * np.random.default_rng(seed).gamma(2.0, 0.5, size=n)
        ).astype(float),
        "firth_logit": (latent > 0).astype(float),
        "rare_events_logit": (latent > 0).astype(float),
        "ordered_logit": np.digitize(latent, [-1, 0.5, 2]).astype(float),
        "multinomial_logit": (
            np.column_stack([np.zeros(n), eta, -0.3 + 0.8 * b]) + rng.gumbel(size=(n, 3))
        )
        .argmax(axis=1)
        .astype(float),
        "poisson": rng.poisson(np.exp(0.3 * eta)).astype(float),
        "ols": eta + rng.normal(size=n),
    }[plain]
    return Design(
        y=y,
        X=np.column_stack([np.ones(n), a, b, a * b, d]),
        names=("const", "a", "b", "a:b", "d"),
        levels=LEVELS.get(family, ()),
        groups=None if clusters is None else np.arange(n) % clusters,
        entity=unit,
        time=np.arange(n) // UNITS,
        products=((3, (1, 2)),),
        nonproportional=(2,) if family == "partial_ordered_logit" else (),
        spell=Spell(np.arange(n) // UNITS + 0.0, np.arange(n) // UNITS + 1.5, unit)
        if family == "cox"
        else None,
    )


def selected(
    family: str, n: int = 200, seed: int = 1, clusters: int | None = 50, rho: float = 0.4
) -> Design:
    """Return rows of which some are selected, with a term z that only selection has; a and d stand
    in both equations.
    """
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
        levels={
            "selection_probit": ("0", "1"),
            "selection_ordered_probit": LEVELS["ordered_logit"],
        }.get(family, ()),
        groups=None if clusters is None else np.arange(n) % clusters,
        selection=Selection(
            chosen, np.column_stack([np.ones(n), a, d, z]), ("const", "a", "d", "z")
        ),
    )
