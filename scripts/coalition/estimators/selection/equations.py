"""The two equations of a model with selection: checked one by one, reported together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from ...base.distributions import ChiSquared
from ...base.number_formats import p_words
from .. import logit
from ..fit_types import Design, EstimationFailure, Fit, FitWarning
from ..separation import check_rank, few_events, rarest, refuse_separation, separated
from ..wald import about, wald

Named = tuple[str, str, str | None]
"""A parameter: its term, kind and level."""
WEAK = 0.05
"""A joint p-value of the terms that only the selection equation has, above which they hold nothing.
"""


@dataclass(frozen=True)
class Equations:
    """chosen : (n,) bool; outcome : the selected rows, without groups; joining : all rows and who
    is selected.
    """

    chosen: np.ndarray
    outcome: Design
    joining: Design


def take_apart(design: Design) -> Equations:
    """Return the two equations of a design, each of full rank and with an outcome that varies.

    Raises
    ------
    EstimationFailure
        When one of them cannot be estimated; the message says which.
    """
    selection = design.selection
    if selection is None:
        raise EstimationFailure("too_few_rows", "the model has no selection equation")
    chosen = selection.y == 1
    if not 0 < chosen.sum() < len(chosen):
        raise EstimationFailure(
            "constant_outcome",
            f"{chosen.sum()} of {len(chosen)} rows are selected: nothing can be said of who is",
        )
    outcome = Design(design.y[chosen], design.X[chosen], design.names, design.levels, None)
    joining = Design(selection.y, selection.X, selection.names, ("0", "1"), None)
    _in_equation("selection", lambda: check_rank(joining))
    _in_equation("outcome", lambda: check_rank(outcome))
    _in_equation(
        "selection",
        lambda: refuse_separation(
            separated(logit.margins(joining.y, joining.X), list(joining.names)), "probit"
        ),
    )
    return Equations(chosen, outcome, joining)


def _in_equation(which: str, look: Callable[[], None]) -> None:
    try:
        look()
    except EstimationFailure as failure:
        raise EstimationFailure(failure.kind, f"{which} equation: {failure.message}") from failure


def refuse_separated_outcome(
    margins: np.ndarray, parameters: list[str], terms: Iterable[str], family: str
) -> None:
    """Raise where the selected rows' outcome separates terms."""
    found = separated(margins, parameters)
    _in_equation(
        "outcome", lambda: refuse_separation([name for name in found if name in set(terms)], family)
    )


@dataclass(frozen=True)
class Parameters:
    """What the estimates of a model are called: names, kinds, levels and terms, all (p,)."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    levels: tuple[str | None, ...]
    terms: tuple[str, ...]


def called(
    outcome: list[Named], selection: tuple[str, ...], auxiliary: tuple[str, ...]
) -> Parameters:
    """Return the names of both equations.

    Parameters
    ----------
    outcome : those of the outcome equation
    selection : names of the selection equation's columns
    auxiliary : names of what stands behind both
    """
    parts = [
        *outcome,
        *((term, "selection_coefficient", "selection") for term in selection),
        *((term, "auxiliary", None) for term in auxiliary),
    ]
    names = tuple(f"selection:{term}" if level == "selection" else term for term, _, level in parts)
    return Parameters(
        names,
        tuple(kind for _, kind, _ in parts),
        tuple(level for *_, level in parts),
        tuple(term for term, *_ in parts),
    )


def estimates(
    design: Design,
    named: Parameters,
    params: np.ndarray,
    covariance: np.ndarray,
    level: float,
    fit: dict[str, float],
    convergence: dict[str, object],
    cautions: tuple[FitWarning, ...] = (),
) -> Fit:
    """Return Wald statistics of both equations, with what is to be said of the terms that only
    selection has.
    """
    found = wald(
        names=list(named.names),
        params=params,
        covariance=covariance,
        level=level,
        n=len(design.y),
        about=about(design),
        fit=fit,
        convergence=convergence,
        terms=list(named.terms),
        levels=list(named.levels),
        kinds=list(named.kinds),
        warnings=cautions,
    )
    strength, said = _exclusions(design, found)
    return replace(found, fit=found.fit | strength, warnings=found.warnings + said)


def statistics(height: float, parameters: int, n: int) -> dict[str, float]:
    """Return the fit statistics of a likelihood with selection; there is no pseudo R2, since no
    null model is agreed on.
    """
    return {
        "log_likelihood": height,
        "aic": 2 * parameters - 2 * height,
        "bic": parameters * float(np.log(n)) - 2 * height,
    }


def on_its_scale(
    fit: Fit, term: str, scale: Callable[[np.ndarray], np.ndarray], slope: float, tested: bool
) -> Fit:
    """Return a fit in which one auxiliary parameter stands on another scale.

    Its interval is that of the estimation scale, carried over; its error is the delta method's; its
    test stays that of the estimation scale, or is left out where zero there means nothing.
    """
    position = fit.names.index(term)
    moved = {part: getattr(fit, part).copy() for part in ("params", "conf_low", "conf_high")}
    for values in moved.values():
        values[position] = scale(values[position])
    factor = np.ones(len(fit.params))
    factor[position] = slope
    tests = {part: getattr(fit, part).copy() for part in ("statistic", "p_value")}
    if not tested:
        for values in tests.values():
            values[position] = np.nan
    return replace(
        fit,
        **moved,
        **tests,
        std_error=fit.std_error * factor,
        covariance=fit.covariance * np.outer(factor, factor),
    )


def _exclusions(design: Design, fit: Fit) -> tuple[dict[str, float], tuple[FitWarning, ...]]:
    """Return a Wald test of the terms that only the selection equation has, and a caution where
    they do not hold the model.
    """
    own = [name for name in design.selection.names if name not in design.names]  # type: ignore[union-attr]
    if not own:
        message = (
            "no term tells who is selected without belonging to the outcome: all rests on the "
            "errors being jointly normal"
        )
        return {}, (FitWarning("no_exclusion", message),)
    positions = [fit.names.index(f"selection:{name}") for name in own]
    values = fit.params[positions]
    statistic = float(
        values @ np.linalg.solve(fit.covariance[np.ix_(positions, positions)], values)
    )
    p_value = float(ChiSquared(len(own)).sf(statistic))
    strength = {"exclusion_wald": statistic, "exclusion_p": p_value}
    if p_value <= WEAK:
        return strength, ()
    listed = ", ".join(own)
    message = (
        f"{listed} hardly tell who is selected ({p_words(p_value)}): the model rests on the "
        "errors being jointly normal"
    )
    return strength, (FitWarning("weak_exclusion", message),)


def warnings_on_numbers(equations: Equations, events: float) -> tuple[FitWarning, ...]:
    """Return cautions where either equation has too few events for its coefficients."""
    of_outcome = few_events(events, equations.outcome.X.shape[1] - 1)
    of_selection = few_events(rarest(equations.joining.y), equations.joining.X.shape[1] - 1)
    return tuple(
        FitWarning(caution.kind, f"{which} equation: {caution.message}")
        for which, found in (("outcome", of_outcome), ("selection", of_selection))
        for caution in found
    )
