"""The classical tests that no table prints, beside which the simulations and references hold those
that are printed: Hausman's and Brant's.
"""

from __future__ import annotations

import numpy as np
from coalition.estimators import logit
from coalition.estimators.fit_types import Design, EstimationFailure, Fit
from coalition.estimators.separation import refuse_separation, separated
from coalition.estimators.specification_tests import Test, chi_squared
from scipy.special import expit


def hausman(fixed: Fit, random: Fit) -> Test:
    """Test random against fixed effects by their difference (Hausman 1978).

    Parameters
    ----------
    fixed, random : Fit
        With classical covariances: the form holds only where random effects are efficient.

    Raises
    ------
    EstimationFailure
        When the difference of the covariances is not positive definite, as happens in small
        samples: Mundlak's test always works.
    """
    if any(fit.inference["covariance"] != "model" for fit in (fixed, random)):
        raise EstimationFailure(
            "indefinite",
            (
                "Hausman's classical test needs covariances from the model: use Mundlak's with "
                "clusters"
            ),
        )
    common = [name for name in fixed.names if name in random.names and name != "const"]
    ours, theirs = ([fit.names.index(name) for name in common] for fit in (fixed, random))
    covariance = fixed.covariance[np.ix_(ours, ours)] - random.covariance[np.ix_(theirs, theirs)]
    if np.linalg.eigvalsh(covariance)[0] <= 0:
        raise EstimationFailure(
            "indefinite",
            (
                "the covariances of fixed and random effects do not differ by a positive definite "
                "matrix"
            ),
        )
    return chi_squared(fixed.params[ours] - random.params[theirs], covariance, "Hausman 1978")


def brant(design: Design) -> list[Test]:
    """Test proportional odds by the differences of binary logits (Brant 1990).

    Returns
    -------
    list of Test
        Of all terms together, then of each.

    Raises
    ------
    EstimationFailure
        When a cut is separated: then there is no Brant test, but the score test remains.
    """
    y, X, cuts, k = design.y, design.X, len(design.levels) - 1, design.X.shape[1]
    slopes, chances = [], []
    for cut in range(cuts):
        above = (y > cut).astype(float)
        refuse_separation(
            separated(logit.margins(above, X), list(design.names)),
            f"logit above {design.levels[cut]}",
        )
        params = logit.maximise(above, X)[0]
        slopes.append(params[1:])
        chances.append(expit(X @ params))
    breads = [np.linalg.inv((X * (chance * (1 - chance))[:, None]).T @ X) for chance in chances]
    covariance = np.empty((cuts, cuts, k - 1, k - 1))
    for a in range(cuts):
        for b in range(a, cuts):  # above the later cut is above the earlier one too
            both = breads[a] @ ((X * (chances[b] * (1 - chances[a]))[:, None]).T @ X) @ breads[b]
            covariance[a, b], covariance[b, a] = both[1:, 1:], both[1:, 1:].T
    joint, stacked = (
        covariance.transpose(0, 2, 1, 3).reshape(cuts * (k - 1), -1),
        np.concatenate(slopes),
    )
    tests = [_contrast(stacked, joint, cuts, list(range(k - 1)), "Brant 1990, Wald", None)]
    return tests + [
        _contrast(stacked, joint, cuts, [j], "Brant 1990, Wald", name)
        for j, name in enumerate(design.names[1:])
    ]


def _contrast(
    params: np.ndarray,
    covariance: np.ndarray,
    cuts: int,
    terms: list[int],
    method: str,
    term: str | None,
) -> Test:
    """Test that the effects of terms are the same at every cut as at the first."""
    k = len(params) // cuts
    difference = np.column_stack([-np.ones(cuts - 1), np.eye(cuts - 1)])
    rows = np.kron(difference, np.eye(k)[terms])
    return chi_squared(rows @ params, rows @ covariance @ rows.T, method, term)
