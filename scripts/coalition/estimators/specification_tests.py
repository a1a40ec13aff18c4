"""Tests of what a model takes for granted: Mundlak's of random effects, the score test of
proportional odds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..base.distributions import ChiSquared
from . import ordered, panel, partial_odds
from .fit_types import Design, Errors, EstimationFailure
from .means import codes, with_means

NOTABLE = 0.05
"""Level at which a reader is told of a term whose effects differ, shared between the terms
(Bonferroni).
"""


@dataclass(frozen=True)
class Test:
    """A chi-squared test.

    method : how it was computed; term : what it is about, or None for all terms together
    """

    statistic: float
    df: int
    p: float
    method: str
    term: str | None = None


def chi_squared(
    part: np.ndarray, covariance: np.ndarray, method: str, term: str | None = None
) -> Test:
    """Return the Wald form of estimates or scores that are zero under the null, (q,), with their
    covariance, (q, q).
    """
    statistic = float(part @ np.linalg.solve(covariance, part))
    return Test(statistic, len(part), float(ChiSquared(len(part)).sf(statistic)), method, term)


def mundlak(design: Design) -> Test:
    """Test random against fixed effects by the effects of the unit means (Wooldridge 2010, section
    10.7.3).

    Pooled least squares with the means of the terms that change within units: the effects of the
    terms are those within units (Mundlak 1978), those of the means what random effects take to be
    zero. Clustered, by unit where the design has no groups, so that neither efficiency nor
    independence within units is taken for granted.
    """
    wide, added = with_means(design)
    clustered = wide if wide.groups is not None else replace(wide, groups=codes(wide.units))
    found = panel.fit(replace(clustered, errors=Errors()), 0.95, effects="pooled")
    means = slice(len(found.params) - added, None)
    return chi_squared(
        found.params[means], found.covariance[means, means], "Mundlak 1978, clustered"
    )


def proportional_odds(design: Design) -> list[Test]:
    """Test proportional odds by the score at the ordered logit (Rao 1948; with clusters Boos 1992).

    It fits nothing but the ordered logit, so that it is there where a level is rare and Brant's
    (1990) Wald test is not. At 45 to 90 rows it has its size (with clusters less), where Brant's
    rejects true proportional odds three to five times too often: `tests/recovery`.

    Returns
    -------
    list of Test
        Of all terms together, then of each term against the ordered logit.

    Raises
    ------
    EstimationFailure
        When there are two levels only, no term, or the ordered logit has no maximum.
    """
    if len(design.levels) < 3:
        raise EstimationFailure(
            "too_few_levels", "there is one cut point only: nothing can differ between cut points"
        )
    if design.X.shape[1] < 2:
        raise EstimationFailure("unfit_column", "there is no term: nothing can differ between them")
    params = ordered.maximise(design.y, design.X, len(design.levels))[0]
    every = tuple(range(1, design.X.shape[1]))
    tests = [_score_test(replace(design, nonproportional=every), params, None)]
    return tests + [
        _score_test(replace(design, nonproportional=(j,)), params, design.names[j]) for j in every
    ]


def _score_test(design: Design, constrained: np.ndarray, term: str | None) -> Test:
    """Test by the score that the nonproportional terms of a design have the same effect at every
    cut.
    """
    model = partial_odds.model_of(design)
    params = model.spread(constrained, design.X.shape[1] - 1)
    scores = ordered.scores_of(model.ends(params, design.y, design.X))
    information = expected_information(model, params, design.X)
    same, moving = len(model.proportional), len(model.nonproportional)
    difference = np.kron(
        np.column_stack([-np.ones(model.cuts - 1), np.eye(model.cuts - 1)]), np.eye(moving)
    )
    rows = np.zeros((len(difference), len(params)))
    rows[:, same : same + moving * model.cuts] = difference
    bread = np.linalg.inv(information)
    found = rows @ bread @ scores.sum(axis=0)
    if design.groups is not None and len(np.unique(design.groups)) <= len(rows):
        raise EstimationFailure(
            "too_few_clusters",
            f"{len(np.unique(design.groups))} clusters for a test of {len(rows)} differences",
        )
    method = "score test" if design.groups is None else "score test, clustered"
    spread = bread if design.groups is None else bread @ _meat(scores, design.groups) @ bread
    return chi_squared(found, rows @ spread @ rows.T, method, term)


def _meat(scores: np.ndarray, groups: np.ndarray) -> np.ndarray:
    sums = np.zeros((len(np.unique(groups)), scores.shape[1]))
    np.add.at(sums, codes(groups), scores)
    clusters = len(sums)
    return clusters / (clusters - 1) * sums.T @ sums


def expected_information(
    model: partial_odds.Model, params: np.ndarray, X: np.ndarray
) -> np.ndarray:
    """Return the expected information of a partial proportional odds model, shape (p, p): levels
    weighted by their probabilities.
    """
    chance, total = model.probabilities(params, X), np.zeros((len(params), len(params)))
    for level in range(model.cuts + 1):
        scores = ordered.scores_of(model.ends(params, np.full(len(X), float(level)), X))
        total += (scores * chance[:, level, None]).T @ scores
    return total
