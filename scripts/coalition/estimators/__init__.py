"""One adapter per family of models: a Design goes in, a Fit comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from ..fits import Design, EstimationFailure, Fit
from . import firth, linear, logit, multinomial, ordered, panel

FAMILIES: Mapping[str, Callable[[Design, float], Fit]] = {
    "logit": logit.fit,
    "firth_logit": firth.fit,
    "ordered_logit": ordered.fit,
    "multinomial_logit": multinomial.fit,
    "poisson": linear.fit_poisson,
    "ols": linear.fit_ols,
    "panel_pooled": partial(panel.fit_panel, effects="pooled"),
    "panel_entity": partial(panel.fit_panel, effects="entity"),
    "panel_two_way": partial(panel.fit_panel, effects="two_way"),
    "panel_random": partial(panel.fit_panel, effects="random"),
}
CATEGORICAL = {"logit": logit, "firth_logit": logit, "ordered_logit": ordered, "multinomial_logit": multinomial}
"""Families with probabilities of levels, and the module that knows them."""


def fit(family: str, design: Design, level: float = 0.95) -> Fit:
    """Fit one model.

    Raises
    ------
    EstimationFailure
        When there are no meaningful numbers: separation, no convergence, collinearity, too few clusters.
    """
    try:
        result = FAMILIES[family](design, level)
    except np.linalg.LinAlgError as error:
        raise EstimationFailure("collinearity", f"the information is singular ({error})") from error
    if not np.all(np.isfinite(result.std_error)) or np.any(result.std_error <= 0):
        raise EstimationFailure("no_convergence", "a standard error is zero or not finite")
    return result
