"""Tests of what a model takes for granted: Hausman's and Mundlak's of random effects, Brant's and the score test of proportional odds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from .diagnostics import refuse_separation, separated
from .distributions import ChiSquared
from .estimators import logit, ordered, panel, partial_odds
from .estimators.means import codes, with_means
from .fits import Design, Errors, EstimationFailure, Fit

NOTABLE = 0.05
"""Level at which a reader is told of a term whose effects differ, shared between the terms (Bonferroni)."""


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


def _chi_squared(part: np.ndarray, covariance: np.ndarray, method: str, term: str | None = None) -> Test:
    statistic = float(part @ np.linalg.solve(covariance, part))
    return Test(statistic, len(part), float(ChiSquared(len(part)).sf(statistic)), method, term)


def hausman(fixed: Fit, random: Fit) -> Test:
    """Test random against fixed effects by their difference (Hausman 1978).

    Parameters
    ----------
    fixed, random : Fit
        With classical covariances: the form holds only where random effects are efficient.

    Raises
    ------
    EstimationFailure
        When the difference of the covariances is not positive definite, as happens in small samples: `mundlak` always works.
    """
    if any(fit.inference["covariance"] != "model" for fit in (fixed, random)):
        raise EstimationFailure("indefinite", "Hausman's classical test needs covariances from the model: use Mundlak's with clusters")
    common = [name for name in fixed.names if name in random.names and name != "const"]
    ours, theirs = ([fit.names.index(name) for name in common] for fit in (fixed, random))
    covariance = fixed.covariance[np.ix_(ours, ours)] - random.covariance[np.ix_(theirs, theirs)]
    if np.linalg.eigvalsh(covariance)[0] <= 0:
        raise EstimationFailure("indefinite", "the covariances of fixed and random effects do not differ by a positive definite matrix")
    return _chi_squared(fixed.params[ours] - random.params[theirs], covariance, "Hausman 1978")


def mundlak(design: Design) -> Test:
    """Test random against fixed effects by the effects of the unit means (Wooldridge 2010, section 10.7.3).

    Pooled least squares with the means of the terms that change within units: the effects of the terms are those within units (Mundlak
    1978), those of the means what random effects take to be zero. Clustered, by unit where the design has no groups, so that neither
    efficiency nor independence within units is taken for granted.
    """
    wide, added = with_means(design)
    clustered = wide if wide.groups is not None else replace(wide, groups=codes(wide.entity))
    found = panel.fit(replace(clustered, errors=Errors()), 0.95, effects="pooled")
    means = slice(len(found.params) - added, None)
    return _chi_squared(found.params[means], found.covariance[means, means], "Mundlak 1978, clustered")


# -- proportional odds ----------------------------------------------------------------------------------------------


def brant(design: Design) -> list[Test]:
    """Test proportional odds by the differences of binary logits (Brant 1990).

    Returns
    -------
    list of Test
        Of all terms together, then of each.

    Raises
    ------
    EstimationFailure
        When a cut is separated: then there is no Brant test, but the score test of `proportional_odds` remains.
    """
    y, X, cuts, k = design.y, design.X, len(design.levels) - 1, design.X.shape[1]
    slopes, chances = [], []
    for cut in range(cuts):
        above = (y > cut).astype(float)
        refuse_separation(separated(logit.margins(above, X), list(design.names)), f"logit above {design.levels[cut]}")
        params = logit.maximise(above, X)[0]
        slopes.append(params[1:])
        chances.append(expit(X @ params))
    breads = [np.linalg.inv((X * (chance * (1 - chance))[:, None]).T @ X) for chance in chances]
    covariance = np.empty((cuts, cuts, k - 1, k - 1))
    for a in range(cuts):
        for b in range(a, cuts):  # above the later cut is above the earlier one too
            both = breads[a] @ ((X * (chances[b] * (1 - chances[a]))[:, None]).T @ X) @ breads[b]
            covariance[a, b], covariance[b, a] = both[1:, 1:], both[1:, 1:].T
    joint, stacked = covariance.transpose(0, 2, 1, 3).reshape(cuts * (k - 1), -1), np.concatenate(slopes)
    tests = [_contrast(stacked, joint, cuts, list(range(k - 1)), "Brant 1990, Wald", None)]
    return tests + [_contrast(stacked, joint, cuts, [j], "Brant 1990, Wald", name) for j, name in enumerate(design.names[1:])]


def _contrast(params: np.ndarray, covariance: np.ndarray, cuts: int, terms: list[int], method: str, term: str | None) -> Test:
    """Test that the effects of terms are the same at every cut as at the first."""
    k = len(params) // cuts
    difference = np.column_stack([-np.ones(cuts - 1), np.eye(cuts - 1)])
    rows = np.kron(difference, np.eye(k)[terms])
    return _chi_squared(rows @ params, rows @ covariance @ rows.T, method, term)


def proportional_odds(design: Design) -> list[Test]:
    """Test proportional odds by the score at the ordered logit (Rao 1948; with clusters Boos 1992).

    It fits nothing but the ordered logit, so that it is there where a level is rare and Brant's test is not. At 45 to 90 rows it has its
    size (with clusters less), where Brant's rejects true proportional odds three to five times too often: `tests/recovery`.

    Returns
    -------
    list of Test
        Of all terms together, then of each term against the ordered logit.

    Raises
    ------
    EstimationFailure
        When there are two levels only, or the ordered logit has no maximum.
    """
    if len(design.levels) < 3:
        raise EstimationFailure("too_few_levels", "there is one cut point only: nothing can differ between cut points")
    params = ordered.maximise(design.y, design.X, len(design.levels))[0]
    every = tuple(range(1, design.X.shape[1]))
    tests = [_score_test(replace(design, nonproportional=every), params, None)]
    return tests + [_score_test(replace(design, nonproportional=(j,)), params, design.names[j]) for j in every]


def _score_test(design: Design, constrained: np.ndarray, term: str | None) -> Test:
    """Test by the score that the nonproportional terms of a design have the same effect at every cut."""
    model = partial_odds.model_of(design)
    params = model.spread(constrained, design.X.shape[1] - 1)
    scores = ordered.scores_of(model.ends(params, design.y, design.X))
    information = expected_information(model, params, design.X)
    same, moving = len(model.proportional), len(model.nonproportional)
    difference = np.kron(np.column_stack([-np.ones(model.cuts - 1), np.eye(model.cuts - 1)]), np.eye(moving))
    rows = np.zeros((len(difference), len(params)))
    rows[:, same : same + moving * model.cuts] = difference
    bread = np.linalg.inv(information)
    found = rows @ bread @ scores.sum(axis=0)
    if design.groups is not None and len(np.unique(design.groups)) <= len(rows):
        raise EstimationFailure("too_few_clusters", f"{len(np.unique(design.groups))} clusters for a test of {len(rows)} differences")
    method = "score test" if design.groups is None else "score test, clustered"
    spread = bread if design.groups is None else bread @ _meat(scores, design.groups) @ bread
    return _chi_squared(found, rows @ spread @ rows.T, method, term)


def _meat(scores: np.ndarray, groups: np.ndarray) -> np.ndarray:
    sums = np.zeros((len(np.unique(groups)), scores.shape[1]))
    np.add.at(sums, codes(groups), scores)
    clusters = len(sums)
    return clusters / (clusters - 1) * sums.T @ sums


def expected_information(model: partial_odds.Model, params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the expected information of a partial proportional odds model, shape (p, p): levels weighted by their probabilities."""
    chance, total = model.probabilities(params, X), np.zeros((len(params), len(params)))
    for level in range(model.cuts + 1):
        scores = ordered.scores_of(model.ends(params, np.full(len(X), float(level)), X))
        total += (scores * chance[:, level, None]).T @ scores
    return total
