"""Separation: found where it is, not found where it is not, and the right terms named."""

from __future__ import annotations

import numpy as np
import pytest
from coalition.diagnostics import infinite, separated
from coalition.estimators import fit, logit, multinomial
from coalition.fits import Design, EstimationFailure
from simulated import design


def binary(y: list[int], *columns: list[float], clusters: bool = False) -> Design:
    n = len(y)
    names = ("const", *"xyzw"[: len(columns)])
    groups = np.arange(n) // 2 if clusters else None
    return Design(np.array(y, float), np.column_stack([np.ones(n), *columns]), names, ("0", "1"), groups)


COMPLETE = binary([0, 0, 0, 0, 1, 1, 1, 1], [1, 2, 3, 4, 5, 6, 7, 8], [3, 1, 4, 1, 5, 2, 6, 5])
QUASI = binary([0, 1, 0, 1, 1, 1, 0, 1, 0, 0], [0, 0, 0, 1, 1, 1, 0, 0, 0, 0], [5, 1, 3, 2, 6, 4, 1, 7, 8, 2])
TIE = binary([0, 0, 0, 0, 1, 1, 1, 1], [1, 2, 3, 4, 4, 5, 6, 7], [1, 0, 1, 0, 1, 1, 0, 0])
OVERLAP = binary([0, 1, 0, 1, 1, 0, 0, 1, 0, 1], [0, 0, 0, 1, 1, 1, 0, 0, 0, 0], [5, 1, 3, 2, 6, 4, 1, 7, 8, 2])


def test_overlap_is_no_separation() -> None:
    assert separated(logit.margins(OVERLAP.y, OVERLAP.X), list(OVERLAP.names)) == []
    assert fit("logit", OVERLAP).separation == {"separated": False, "terms": []}


def test_quasi_complete_separation_names_the_term_and_no_other() -> None:
    assert separated(logit.margins(QUASI.y, QUASI.X), list(QUASI.names)) == ["x"]


def test_a_tie_at_the_boundary_is_quasi_complete() -> None:
    assert "x" in separated(logit.margins(TIE.y, TIE.X), list(TIE.names))


def test_complete_separation() -> None:
    assert "x" in separated(logit.margins(COMPLETE.y, COMPLETE.X), list(COMPLETE.names))


def test_two_terms_that_separate_on_their_own_are_both_named() -> None:
    """One corner of the linear programme may stand for one of them only."""
    y = [1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0]
    only_ones, only_zeros = [1, 1] + [0] * 10, [0] * 3 + [1, 1] + [0] * 7
    noise = [2, 1, 4, 3, 5, 1, 2, 2, 6, 7, 1, 5]
    data = binary(y, only_ones, noise, only_zeros)
    assert separated(logit.margins(data.y, data.X), list(data.names)) == ["x", "z"]


def test_the_scale_and_the_origin_of_a_column_do_not_matter() -> None:
    for scale, shift in ((1e6, 0), (1e-6, 0), (1, 2000)):
        X = OVERLAP.X.copy()
        X[:, 2] = scale * X[:, 2] + shift
        assert not infinite(logit.margins(OVERLAP.y, X)).any()
        X = QUASI.X.copy()
        X[:, 2] = scale * X[:, 2] + shift
        assert infinite(logit.margins(QUASI.y, X)).tolist() == [False, True, False]


def test_what_the_programme_calls_finite_is_where_newton_stays() -> None:
    """Random small designs: the verdict agrees with whether the unpenalised climb runs away."""
    rng = np.random.default_rng(5)
    verdicts = []
    for _ in range(60):
        data = binary(list(rng.integers(0, 2, 14)), list(rng.normal(size=14)), list(rng.integers(0, 2, 14)), list(rng.normal(size=14)))
        if np.linalg.matrix_rank(data.X) < 4 or np.ptp(data.y) == 0:
            continue
        beta = np.zeros(4)
        for _ in range(300):  # Newton in steps of one at most: without an end if and only if there is separation
            one = 1 / (1 + np.exp(-data.X @ beta))
            information = (data.X * (one * (1 - one))[:, None]).T @ data.X
            step = np.linalg.solve(information + 1e-14 * np.eye(4), data.X.T @ (data.y - one))
            beta = beta + step / max(1, np.abs(step).max())
        runs_away = np.abs(beta).max() > 25
        verdicts.append(runs_away)
        assert infinite(logit.margins(data.y, data.X)).any() == runs_away
    assert 5 < sum(verdicts) < len(verdicts) - 5  # both kinds occur


@pytest.mark.parametrize("data", [COMPLETE, QUASI, TIE])
def test_a_separated_logit_has_no_numbers(data: Design) -> None:
    with pytest.raises(EstimationFailure, match=r"separated by.*x") as failure:
        fit("logit", data)
    assert failure.value.kind == "separation"


@pytest.mark.parametrize("data", [COMPLETE, QUASI, TIE])
def test_firth_is_finite_and_says_so(data: Design) -> None:
    result = fit("firth_logit", data)
    assert np.all(np.isfinite(result.params))
    assert np.all(np.isfinite(result.p_value))
    assert result.separation["separated"]
    assert "x" in result.separation["terms"]
    assert any(warning.kind == "separation" and "x" in warning.message for warning in result.warnings)


def test_clustered_firth_hides_wald_statistics_of_separated_terms() -> None:
    rng = np.random.default_rng(8)
    y, x = rng.integers(0, 2, 40), rng.normal(size=40)
    y[:6] = 1
    data = binary(list(y), [1.0] * 6 + [0.0] * 34, list(x), clusters=True)
    result = fit("firth_logit", data)
    assert np.isfinite(result.params).all()
    assert np.isnan(result.p_value).tolist() == [False, True, False]
    assert np.isnan(result.conf_low).tolist() == [False, True, False]


def multinomial_design(separating: bool) -> Design:
    data = design("multinomial_logit", n=120, clusters=None)
    member = (np.arange(120) < 15).astype(float)
    y = data.y.copy()
    if separating:
        y[:15] = 1 + np.arange(15) % 2  # no member abstains
    return Design(y, np.column_stack([data.X[:, :3], member]), ("const", "a", "b", "member"), data.levels, None)


def test_a_multinomial_in_which_a_cell_is_empty() -> None:
    data = multinomial_design(separating=True)
    names = [f"{level}:{term}" for level in data.levels[1:] for term in data.names]
    assert separated(multinomial.margins(data.y, data.X, 3), names) == ["unreserved:member", "reserved:member"]
    with pytest.raises(EstimationFailure, match="separated by member:"):
        fit("multinomial_logit", data)
    assert fit("multinomial_logit", multinomial_design(separating=False)).n == 120


def test_an_ordered_outcome_that_a_term_sorts() -> None:
    data = design("ordered_logit", n=80, clusters=None)
    top = (data.y == 3).astype(float)  # the 0/1 term and the highest level are the same rows
    sorted_by = Design(data.y, np.column_stack([data.X[:, :2], top]), ("const", "a", "top"), data.levels, None)
    with pytest.raises(EstimationFailure, match="separated by top"):
        fit("ordered_logit", sorted_by)


def test_an_empty_cell_in_the_middle_is_no_separation_of_an_ordered_outcome() -> None:
    data = design("ordered_logit", n=80, clusters=None)
    ends = np.isin(data.y, (0, 3)) & (np.arange(80) % 2 == 0)
    result = fit("ordered_logit", Design(data.y, np.column_stack([data.X[:, :2], ends]), ("const", "a", "ends"), data.levels, None))
    assert np.isfinite(result.std_error).all()


def test_a_poisson_term_under_which_all_counts_are_zero() -> None:
    data = design("poisson", n=80, clusters=None)
    y, member = data.y.copy(), (np.arange(80) < 10).astype(float)
    y[:10] = 0
    with pytest.raises(EstimationFailure, match="separated by member"):
        fit("poisson", Design(y, np.column_stack([data.X[:, :2], member]), ("const", "a", "member"), (), None))
