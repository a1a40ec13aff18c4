"""One adapter per family of models: a Design goes in, a Fit comes out.

Which adapter fits a family stands in its row of `formula/families.py`. It is imported when it is
used, and statsmodels or linearmodels in the function that runs them: their import takes longer than
most fits, and most steps of a run fit no model of theirs.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any, Protocol

import numpy as np

from ..formula.families import FAMILIES, OFFSET
from .conditioning import InBasis, conditioned, ill_conditioned, restored
from .fit_types import Design, EstimationFailure, Fit, Inner
from .sandwich import crossed_clusters
from .separation import check_clusters, few_clusters


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


@cache
def named(place: str) -> Any:
    """Return the module `module`, or the function `module:function`, below this folder."""
    module, _, function = place.partition(":")
    found = import_module(f".{module}", __name__)
    return getattr(found, function) if function else found


def fit(family: str, design: Design, level: float = 0.95) -> Fit:
    """Fit one model.

    Parameters
    ----------
    family : str
        A key of `formula.families.FAMILIES`.
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
    check_clusters(design.crossed)
    _check_known(family, design)
    inner, about = conditioned(family, design), FAMILIES[family]
    try:
        found = named(about.adapter)(inner, level, **about.options)
        result = restored(family, inner, found, level)
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


def _check_known(family: str, design: Design) -> None:
    """Raise where a family would leave out of account what the design holds."""
    if design.offset is not None and OFFSET not in FAMILIES[family].knows:
        raise EstimationFailure("unfit_column", f"the family {family} does not know {OFFSET}")
    if design.spell is not None and "spell" not in FAMILIES[family].needs:
        raise EstimationFailure("unfit_column", f"the family {family} does not know spells")


def assumed_correlations(family: str, design: Design, level: float = 0.95) -> dict[float, Fit]:
    """Return the estimates at assumed correlations of the errors, by correlation; none for families
    without selection.

    They are there also where the correlation itself cannot be estimated.
    """
    assumed = FAMILIES[family].assumed
    if assumed is None:
        return {}
    check_clusters(design.groups)
    check_clusters(design.crossed)
    inner = conditioned(family, design)
    return {
        rho: restored(family, inner, found, level)
        for rho, found in named(assumed)(inner, level).items()
    }


def predictor(family: str, design: Design, inner: Inner | None = None) -> Predictor:
    """Return what knows the probabilities of a categorical family that was fitted to a design.

    With the inner coordinates of a fit it takes parameters in these, and rows of the given columns.
    """
    if inner is not None:
        module = predictor(family, replace(design, X=design.X @ inner.basis))
        return InBasis(module, inner)
    about = FAMILIES[family]
    if about.predictor is None:
        raise KeyError(f"{family} has no probabilities of levels")
    found: Any = named(about.predictor)
    known: Predictor = found(design, **about.predictor_options) if ":" in about.predictor else found
    return known
