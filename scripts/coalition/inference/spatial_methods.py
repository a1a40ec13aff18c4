"""Methods of inference for primary tests that allow for dependence between states near each
other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .. import estimators
from ..base.great_circle import distances
from ..base.keys import LATITUDE, LONGITUDE, REGION
from ..estimators import batched
from ..estimators.fit_types import EstimationFailure
from ..estimators.primary_test import smallest_effect
from . import restricted
from .linear_parts import sums
from .methods import Case, Result, wald
from .quantities import Quantity
from .replicates import p_equal_tailed, p_symmetric
from .spatial import field_bootstrap, scpc, worlds
from .spatial.conley import conley as conley_covariance
from .spatial.within_regions import permutation_within, strata

MOST_REPLICATES = 1999
"""Of the bootstrap under a field: each one is fitted anew."""


@dataclass(frozen=True)
class Ground:
    """Where a case's rows lie: states (n,) 0..G-1, distance (G, G) in km, operation (n,)."""

    states: np.ndarray
    distance: np.ndarray
    operation: np.ndarray


def ground(case: Case) -> Ground:
    """Return where the rows of a case lie.

    Raises
    ------
    EstimationFailure
        Where they are no states, or a state has no coordinates, or several.
    """
    rows = case.prepared.rows
    if not {"iso3", LATITUDE, LONGITUDE} <= set(rows.columns):
        raise EstimationFailure(
            "not_defined",
            f"it needs states with the variables {LATITUDE} and {LONGITUDE}",
        )
    places = rows.drop_duplicates("iso3").sort_values("iso3")
    lost = places.loc[places[[LATITUDE, LONGITUDE]].isna().any(axis=1), "iso3"]
    if len(lost):
        raise EstimationFailure("not_defined", f"no coordinates of {', '.join(lost)}")
    _check_degrees(rows)
    states = np.searchsorted(places["iso3"].to_numpy(str), rows["iso3"].to_numpy(str))
    lat, lon = (places[name].to_numpy(float) for name in (LATITUDE, LONGITUDE))
    return Ground(states, distances(lat, lon), _operation(case))


def _check_degrees(rows: pd.DataFrame) -> None:
    """Raise where a state lies in two places, or a coordinate is none in degrees."""
    several = rows.groupby("iso3")[[LATITUDE, LONGITUDE]].nunique().gt(1).any(axis=1)
    if several.any():
        named = ", ".join(several.index[several][:5])
        raise EstimationFailure("not_defined", f"more than one place of {named}")
    if rows[LATITUDE].abs().gt(90).any() or rows[LONGITUDE].abs().gt(180).any():
        raise EstimationFailure(
            "not_defined", "latitudes run from -90 to 90 degrees and longitudes from -180 to 180"
        )


def _operation(case: Case) -> np.ndarray:
    rows = case.prepared.rows
    return rows["operation"].to_numpy(str) if "operation" in rows else np.zeros(len(rows), str)


def _influence(case: Case, of: Quantity) -> np.ndarray:
    """Return each row's part of the error of a quantity, (n,): its score times B times the
    slope.
    """
    y, X, params = case.design.y, case.design.X, case.fit.params
    if case.model["family"] == "ols":
        scores, bread = X * (y - X @ params)[:, None], np.linalg.inv(X.T @ X)
    else:
        family = case.likelihood("it needs the scores of a likelihood, or least squares")
        scores, bread = family.scores(params, y, X), np.linalg.inv(-family.hessian(params, y, X))
    return scores @ bread @ of.slope(params)


def conley(case: Case) -> list[Result]:
    """Test with Conley's covariance (1999), Bartlett weights to 2,000 km; normal."""
    where, found = ground(case), []
    rows = where.distance[np.ix_(where.states, where.states)]
    for of in case.tested:
        variance = conley_covariance(np.eye(1), _influence(case, of)[:, None], rows)[0, 0]
        found.append(wald(of.term, of.at(case.fit.params), float(variance)))
    return found


def scpc_test(case: Case) -> list[Result]:
    """Test by SCPC (Müller & Watson 2022), for an average correlation of up to 0.03."""
    where, found = ground(case), []
    places = scpc.projection(where.distance)
    for of in case.tested:
        at, parts = of.at(case.fit.params), sums(_influence(case, of), where.states)
        test = scpc.scpc_test(at, parts, places)
        found.append(
            Result(
                of.term, at, test.std_error, test.statistic, None, test.p_value,
                test.conf_low, test.conf_high,
                p_below_smallest=_below(case, at, test.std_error, places),
            )
        )  # fmt: skip
    return found


def _below(case: Case, at: float, error: float, places: scpc.Projection) -> float | None:
    """Return the one-sided p-value of the effect being at least the smallest one of interest; None
    where there is none.
    """
    if "smallest_effect" not in case.primary:
        return None
    distance = case.primary["sign"] * at - smallest_effect(case.primary)[0]
    half = float(scpc.rejection(places.omegas, abs(distance) / error).max()) / 2
    return half if distance < 0 else 1 - half


def within_regions(case: Case) -> list[Result]:
    """Test by permuting states within regions and operations; regions whose outcome does not vary
    say nothing.

    The studentised score of the association within regions; it has no interval.
    """
    family = case.likelihood("the permutation within regions is for likelihood models")
    rows, y, X = case.prepared.rows, case.design.y, case.design.X
    if REGION not in rows or rows[REGION].isna().any():
        raise EstimationFailure("not_defined", f"it needs the variable {REGION} of every row")
    by = strata(rows[REGION].to_numpy(str), _operation(case), y)
    if not by.used.any():
        raise EstimationFailure("not_defined", "in no region does the outcome vary")
    found = []
    for of in case.tested:
        held = restricted.maximise(family, of, 0.0, case.fit.params, y, X)
        statistic, p_value = permutation_within(
            family, held, of, y, X, case.groups, by, case.permutations, case.seed
        )
        at = of.at(case.fit.params)
        found.append(
            Result(of.term, at, None, statistic, None, p_value, None, None, None, case.permutations)
        )
    return found


def bootstrap_under_field(case: Case) -> list[Result]:
    """Test by a parametric bootstrap of the clustered t statistic under the field that is fitted to
    the residuals, the null imposed; the interval takes its critical value from the same draws. A
    draw without an estimate counts against the claim everywhere, and is counted.
    """
    family = case.likelihood("the bootstrap under a field is for likelihood models of levels")
    if case.model["family"] not in batched.FAMILIES or not case.design.levels:
        raise EstimationFailure("not_defined", "the bootstrap under a field is for logits")
    y, X, where, params = case.design.y, case.design.X, ground(case), case.fit.params
    ordered = case.model["family"] != "multinomial_logit"
    rows = worlds.rows(X, where.states, where.distance, where.operation, ordered)
    predictor = estimators.predictor(case.model["family"], case.design)
    number, found = min(case.replicates, MOST_REPLICATES), []
    for of in case.tested:
        held = restricted.maximise(family, of, 0.0, params, y, X)
        world = worlds.fitted(predictor.probabilities(held, X), y, rows)
        drawn = field_bootstrap.replicates(
            case.model["family"],
            replace(case.design, groups=case.groups),
            of, 0.0, world, number, np.random.default_rng(case.seed),
        )  # fmt: skip
        found.append(_bootstrapped(case, of, drawn))
    return found


def _bootstrapped(case: Case, of: Quantity, drawn: np.ndarray) -> Result:
    at, slope = of.at(case.fit.params), of.slope(case.fit.params)
    error = float(np.sqrt(slope @ case.fit.covariance @ slope))
    t, cut = at / error, field_bootstrap.critical_value(drawn)
    return Result(
        of.term, at, error, t, None, p_symmetric(t, drawn, exhaustive=False),
        at - cut * error, at + cut * error, p_equal_tailed(t, drawn, exhaustive=False), len(drawn),
        int(np.isnan(drawn).sum()), p_below_smallest=_drawn_below(case, at, error, drawn),
    )  # fmt: skip


def _drawn_below(case: Case, at: float, error: float, drawn: np.ndarray) -> float | None:
    """Return the same of the bootstrap, from its draws."""
    if "smallest_effect" not in case.primary:
        return None
    sign = case.primary["sign"]
    margin = (sign * at - smallest_effect(case.primary)[0]) / error
    as_low = int((~(sign * drawn > margin)).sum())  # a draw without a number counts as low
    return float((as_low + 1) / (len(drawn) + 1))


SPATIAL: Mapping[str, Callable[[Case], list[Result]]] = {
    "conley": conley,
    "scpc": scpc_test,
    "permutation_within_regions": within_regions,
    "field_bootstrap": bootstrap_under_field,
}
"""Name in the config -> method."""
