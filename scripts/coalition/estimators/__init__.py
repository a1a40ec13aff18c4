"""One adapter per family of models: a Design goes in, a Fit comes out.

An adapter imports statsmodels or linearmodels in the function that runs them: their import takes
longer than most fits, and most steps of a run fit no model of theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Protocol

import numpy as np

from . import (
    bias_reduced_multinomial,
    bias_reduced_ordered,
    conditional,
    correlated,
    firth,
    linear,
    logit,
    multinomial,
    ordered,
    panel,
    partial_odds,
    poisson,
    rare_events,
    sequential,
)
from .conditioning import InBasis, conditioned, ill_conditioned, restored
from .fit_types import Design, EstimationFailure, Fit, Inner
from .sandwich import crossed_clusters
from .selection import heckman, ordered_probit, probit
from .separation import check_clusters, few_clusters

FAMILIES: Mapping[str, Callable[[Design, float], Fit]] = {
    "logit": logit.fit,
    "firth_logit": firth.fit,
    "rare_events_logit": rare_events.fit,
    "ordered_logit": ordered.fit,
    "bias_reduced_ordered_logit": bias_reduced_ordered.fit,
    "partial_ordered_logit": partial_odds.fit,
    "multinomial_logit": multinomial.fit,
    "bias_reduced_multinomial_logit": bias_reduced_multinomial.fit,
    "sequential_logit": sequential.fit,
    "conditional_logit": conditional.fit,
    "random_effects_cre_logit": correlated.fit,
    "cre_logit_pooled": correlated.fit_pooled,
    "poisson": poisson.fit,
    "ols": linear.fit,
    "panel_pooled": partial(panel.fit, effects="pooled"),
    "panel_entity": partial(panel.fit, effects="entity"),
    "panel_two_way": partial(panel.fit, effects="two_way"),
    "panel_random": partial(panel.fit, effects="random"),
    "panel_first_differences": partial(panel.fit, effects="first_differences"),
    "panel_between": partial(panel.fit, effects="between"),
    "selection_probit": probit.fit,
    "selection_ordered_probit": ordered_probit.fit,
    "heckman_two_step": heckman.fit_two_step,
    "heckman_ml": heckman.fit_ml,
}


class Predictor(Protocol):
    """What knows the probabilities of the levels of a categorical outcome, and how they move with
    the design.
    """

    def probabilities(self, params: np.ndarray, X: np.ndarray) -> np.ndarray:
        """Return the probability of each level, shape (n, K)."""

    def derivatives(self, params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
        """Return the derivatives of the probabilities where the design moves along dX, shape (n,
        K).
        """


CATEGORICAL: Mapping[str, Predictor] = {
    "logit": logit,
    "firth_logit": logit,
    "rare_events_logit": logit,
    "ordered_logit": ordered,
    "bias_reduced_ordered_logit": bias_reduced_ordered,
    "multinomial_logit": multinomial,
    "bias_reduced_multinomial_logit": bias_reduced_multinomial,
    "sequential_logit": sequential,
    "selection_probit": probit,
    "selection_ordered_probit": ordered_probit,
}
"""Families whose probabilities follow from the parameters and a row, and the module that knows
them; with selection, those of the
outcome equation."""
OF_THE_DESIGN: Mapping[str, Callable[[Design], Predictor]] = {
    "partial_ordered_logit": partial_odds.model_of,
    "conditional_logit": conditional.predictor,
    "random_effects_cre_logit": partial(correlated.predictor, scale=True),
    "cre_logit_pooled": partial(correlated.predictor, scale=False),
}
"""Families whose probabilities need the estimation sample too: its units, or which terms are
nonproportional.
"""
ASSUMED: Mapping[str, Callable[[Design, float], dict[float, Fit]]] = {
    "selection_probit": probit.assumed,
    "selection_ordered_probit": ordered_probit.assumed,
    "heckman_ml": heckman.assumed,
}
"""Families that can be fitted at assumed correlations of the errors of selection and outcome."""


def fit(family: str, design: Design, level: float = 0.95) -> Fit:
    """Fit one model.

    Parameters
    ----------
    family : str
        A key of `FAMILIES`.
    design : Design
    level : float
        Of the intervals.

    Raises
    ------
    EstimationFailure
        When there are no meaningful numbers: separation, no convergence, collinearity, too few
        clusters or rows.
    """
    check_clusters(design.groups)
    inner = conditioned(family, design)
    try:
        result = restored(family, inner, FAMILIES[family](inner, level), level)
    except np.linalg.LinAlgError as error:
        raise EstimationFailure(
            "no_convergence", f"the information became singular ({error})"
        ) from error
    if (
        not np.all(np.isfinite(result.params))
        or not np.all(result.std_error > 0)
        or not np.all(np.isfinite(result.std_error))
    ):
        raise EstimationFailure(
            "no_convergence", "an estimate is not finite, or its standard error zero or not finite"
        )
    cautions = (
        *few_clusters(design.groups, len(result.params)),
        *crossed_clusters(design),
        *ill_conditioned(family, inner),
    )
    return replace(result, warnings=(*result.warnings, *cautions))


def assumed_correlations(family: str, design: Design, level: float = 0.95) -> dict[float, Fit]:
    """Return the estimates at assumed correlations of the errors, by correlation; none for families
    without selection.

    They are there also where the correlation itself can not be estimated.
    """
    if family not in ASSUMED:
        return {}
    check_clusters(design.groups)
    inner = conditioned(family, design)
    return {
        rho: restored(family, inner, found, level)
        for rho, found in ASSUMED[family](inner, level).items()
    }


def categorical(family: str) -> bool:
    """Return whether a family has probabilities of levels."""
    return family in CATEGORICAL or family in OF_THE_DESIGN


def predictor(family: str, design: Design, inner: Inner | None = None) -> Predictor:
    """Return what knows the probabilities of a categorical family that was fitted to a design.

    With the inner coordinates of a fit it takes parameters in these, and rows of the given columns.
    """
    if inner is not None:
        module = predictor(family, replace(design, X=design.X @ inner.basis))
        return InBasis(module, inner)
    return OF_THE_DESIGN[family](design) if family in OF_THE_DESIGN else CATEGORICAL[family]


def probabilities(family: str, params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the probability of each level of a categorical outcome, shape (n, K)."""
    return CATEGORICAL[family].probabilities(params, X)
