"""Separation: found where it is, not found where it is not, and the right terms named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coalition.estimators import fit, logit, multinomial
from coalition.estimators.fit_types import Design, EstimationFailure
from coalition.estimators.separated_logit import score_tests, within_clusters
from coalition.estimators.separation import infinite, overlapping, separated
from simulated import design


def binary(y: list[int], *columns: list[float], clusters: bool = False) -> Design:
    n = len(y)
    names = ("const", *"xyzw"[: len(columns)])
    groups = np.arange(n) // 2 if clusters else None
    return Design(
        np.array(y, float), np.column_stack([np.ones(n), *columns]), names, ("0", "1"), groups
    )


COMPLETE = binary([0, 0, 0, 0, 1, 1, 1, 1], [1, 2, 3, 4, 5, 6, 7, 8], [3, 1, 4, 1, 5, 2, 6, 5])
QUASI = binary(
    [0, 1, 0, 1, 1, 1, 0, 1, 0, 0], [0, 0, 0, 1, 1, 1, 0, 0, 0, 0], [5, 1, 3, 2, 6, 4, 1, 7, 8, 2]
)
TIE = binary([0, 0, 0, 0, 1, 1, 1, 1], [1, 2, 3, 4, 4, 5, 6, 7], [1, 0, 1, 0, 1, 1, 0, 0])
OVERLAP = binary(
    [0, 1, 0, 1, 1, 0, 0, 1, 0, 1], [0, 0, 0, 1, 1, 1, 0, 0, 0, 0], [5, 1, 3, 2, 6, 4, 1, 7, 8, 2]
)


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
        data = binary(
            list(rng.integers(0, 2, 14)),
            list(rng.normal(size=14)),
            list(rng.integers(0, 2, 14)),
            list(rng.normal(size=14)),
        )
        if np.linalg.matrix_rank(data.X) < 4 or np.ptp(data.y) == 0:
            continue
        beta = np.zeros(4)
        # Newton in steps of one at most: without an end if and only if there is separation
        for _ in range(300):
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
    assert any(
        warning.kind == "separation" and "x" in warning.message for warning in result.warnings
    )


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
    return Design(
        y,
        np.column_stack([data.X[:, :3], member]),
        ("const", "a", "b", "member"),
        data.levels,
        None,
    )


def test_a_multinomial_in_which_a_cell_is_empty() -> None:
    data = multinomial_design(separating=True)
    names = [f"{level}:{term}" for level in data.levels[1:] for term in data.names]
    assert separated(multinomial.margins(data.y, data.X, 3), names) == [
        "unreserved:member",
        "reserved:member",
    ]
    with pytest.raises(EstimationFailure, match="separated by member:"):
        fit("multinomial_logit", data)
    assert fit("multinomial_logit", multinomial_design(separating=False)).n == 120


def test_an_ordered_outcome_that_a_term_sorts() -> None:
    data = design("ordered_logit", n=80, clusters=None)
    top = (data.y == 3).astype(float)  # the 0/1 term and the highest level are the same rows
    sorted_by = Design(
        data.y, np.column_stack([data.X[:, :2], top]), ("const", "a", "top"), data.levels, None
    )
    with pytest.raises(EstimationFailure, match="separated by top"):
        fit("ordered_logit", sorted_by)


def test_an_empty_cell_in_the_middle_is_no_separation_of_an_ordered_outcome() -> None:
    data = design("ordered_logit", n=80, clusters=None)
    ends = np.isin(data.y, (0, 3)) & (np.arange(80) % 2 == 0)
    result = fit(
        "ordered_logit",
        Design(
            data.y,
            np.column_stack([data.X[:, :2], ends]),
            ("const", "a", "ends"),
            data.levels,
            None,
        ),
    )
    assert np.isfinite(result.std_error).all()


def test_a_poisson_term_under_which_all_counts_are_zero() -> None:
    data = design("poisson", n=80, clusters=None)
    y, member = data.y.copy(), (np.arange(80) < 10).astype(float)
    y[:10] = 0
    with pytest.raises(EstimationFailure, match="separated by member"):
        fit(
            "poisson",
            Design(y, np.column_stack([data.X[:, :2], member]), ("const", "a", "member"), (), None),
        )


def test_the_score_of_a_group_without_zeros_is_a_number_known_by_hand() -> None:
    """Three of ten rows are members, all with the outcome; of the other seven, two. Rao's statistic
    of a 2 x 2 table is Pearson's.
    """
    member = [1.0] * 3 + [0.0] * 7
    (test,) = score_tests(binary([1, 1, 1, 1, 1, 0, 0, 0, 0, 0], member), ["x"])
    assert test.statistic**2 == pytest.approx(10 * (3 * 5 - 2 * 0) ** 2 / (3 * 7 * 5 * 5))
    assert (test.infinite, test.direction) == (True, 1)
    turned = score_tests(binary([0, 0, 0, 0, 0, 1, 1, 1, 1, 1], member), ["x"])[0]
    assert (turned.direction, turned.statistic) == (-1, pytest.approx(-test.statistic))


def test_rows_of_a_cluster_that_go_together_count_for_less() -> None:
    """Pairs that always agree are one row each: the test is that of half the rows. Pairs that never
    agree are not counted for more.
    """
    y, member = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0], [1.0] * 3 + [0.0] * 7
    once = binary(y, member)
    doubled = binary(
        [value for value in y for _ in "ab"],
        [value for value in member for _ in "ab"],
        clusters=True,
    )
    plain, half = (score_tests(each, ["x"])[0] for each in (doubled, once))
    assert plain.statistic == pytest.approx(half.statistic)
    apart = binary([1] * 6 + [1, 0] * 12, [1.0] * 6 + [0.0] * 24)
    grouped = replace(apart, groups=np.repeat(np.arange(15), 2))
    residuals = apart.y - np.mean(apart.y)
    assert within_clusters(residuals, grouped.groups) == 0
    assert score_tests(grouped, ["x"])[0].statistic == pytest.approx(
        score_tests(apart, ["x"])[0].statistic
    )


def test_weights_count_in_the_variance_too() -> None:
    """Of one weight for all the test does not change; a weight does not make a row into several."""
    plain = score_tests(QUASI, ["x"])[0].statistic
    weighted = replace(QUASI, weights=np.full(10, 7.0))
    assert score_tests(weighted, ["x"])[0].statistic == pytest.approx(plain)


def test_clusters_that_cross_have_no_test() -> None:
    crossed = replace(QUASI, groups=np.arange(10) // 2, crossed=np.arange(10) % 3)
    assert "cross" in score_tests(crossed, ["x"])[0].untested


def test_a_separated_null_leaves_the_rows_that_it_does_not_decide() -> None:
    """With `x` deciding its own rows, the test of `y` is that of a logit without them, which is no
    longer separated.
    """
    rows = QUASI.X[:, 1] == 0
    rest = binary(list(QUASI.y[rows].astype(int)), list(QUASI.X[rows, 2]))
    assert score_tests(QUASI, ["y"])[0].statistic == pytest.approx(
        score_tests(rest, ["x"])[0].statistic, rel=1e-9
    )
    np.testing.assert_array_equal(overlapping(logit.margins(QUASI.y, QUASI.X)), rows)


def test_where_nothing_is_left_there_is_no_test_and_the_reason_is_said() -> None:
    x, y = score_tests(COMPLETE, ["x", "y"])
    assert np.isfinite(x.p_value)
    assert (np.isnan(y.p_value), y.untested) == (
        True,
        "without it the other terms separate the outcome completely",
    )
    own = binary(
        [1, 1, 1, 1, 0, 1, 0, 1, 0, 0], [1.0] * 4 + [0.0] * 6, [3.0, 1.0, 4.0, 2.0] + [0.0] * 6
    )
    assert (
        score_tests(own, ["y"])[0].untested
        == "it varies only among rows that the other terms separate"
    )


def test_rows_that_overlap_are_those_of_which_no_likelihood_reaches_one() -> None:
    """Random small designs: a climb without an end brings exactly the other rows to probabilities
    of 0 and 1.
    """
    rng, partly = np.random.default_rng(9), 0
    for _ in range(60):
        data = binary(
            list(rng.integers(0, 2, 12)), list(rng.integers(0, 3, 12)), list(rng.integers(0, 2, 12))
        )
        if np.linalg.matrix_rank(data.X) < 3:
            continue
        beta = np.zeros(3)
        for _ in range(300):
            one = 1 / (1 + np.exp(-data.X @ beta))
            information = (data.X * (one * (1 - one))[:, None]).T @ data.X
            step = np.linalg.solve(information + 1e-14 * np.eye(3), data.X.T @ (data.y - one))
            beta = beta + step / max(1, np.abs(step).max())
        decided = np.abs(data.y - 1 / (1 + np.exp(-data.X @ beta))) < 1e-6
        np.testing.assert_array_equal(overlapping(logit.margins(data.y, data.X)), ~decided)
        partly += 0 < decided.sum() < 12
    assert partly > 5
