"""Components -> measures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from coalition.samples.measures import build, cronbach_alpha, joint, lowest_rank, mean_z, pca, z

PARTS = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, np.nan], "b": [2.0, 1.0, 4.0, 3.0, 5.0]})


def spec(method: str, minimum: int = 1, sign: int = 1) -> dict:
    components = [{"variable": "a", "sign": sign}, {"variable": "b", "sign": 1}]
    return {"label": "Index", "method": method, "minimum": minimum, "components": components}


def test_z_of_a_constant_is_missing() -> None:
    assert z(pd.Series([2.0, 2.0])).isna().all()
    assert z(pd.Series([1.0, 3.0])).tolist() == pytest.approx([-np.sqrt(0.5), np.sqrt(0.5)])


def test_mean_z_averages_what_is_known_if_it_is_enough() -> None:
    value, _ = mean_z(PARTS, 1)
    assert value[4] == pytest.approx(z(PARTS["b"])[4])
    assert value[0] == pytest.approx((z(PARTS["a"])[0] + z(PARTS["b"])[0]) / 2)
    assert np.isnan(mean_z(PARTS, 2)[0][4])


def test_pca_of_two_components_weighs_them_equally_and_needs_both() -> None:
    value, loadings = pca(PARTS, 1)
    assert loadings.tolist() == pytest.approx([np.sqrt(0.5)] * 2)
    assert np.isnan(value[4])


def test_joint_is_high_only_where_every_component_is() -> None:
    parts = pd.DataFrame({"a": [1.0, 2, 3, 4, 5, 6], "b": [6.0, 5, 4, 3, 2, 6.5]})
    value, _ = joint(parts, 2)
    assert value.idxmax() == 5
    assert value[0] < value[2]  # lowest and high, against two middling ones
    rank = (pd.Series([1, 2, 3, 4, 5, 6]) - 0.5) / 6
    assert value[0] == pytest.approx(np.sqrt(rank[0] * rank[4]))


def test_the_lowest_rank_is_that_of_the_weakest_component() -> None:
    parts = pd.DataFrame({"a": [1.0, 2, 3, 4, 5, None], "b": [5.0, 4, 3, 2, 1, 6]})
    value, _ = lowest_rank(parts, 2)
    assert value.tolist()[:3] == pytest.approx([0.5 / 5, 1.5 / 5, 2.5 / 6])
    assert np.isnan(value[5])  # one component is not known, and might be the lower
    assert lowest_rank(parts, 1)[0][5] == pytest.approx(5.5 / 6)


def test_a_measure_is_standardised_in_its_universe_and_follows_the_signs() -> None:
    rows, found = build(PARTS, {"index": spec("mean_z")}, {"a": "First"})
    assert rows["index"].mean() == pytest.approx(0)
    assert rows["index"].std(ddof=1) == pytest.approx(1)
    turned, _ = build(PARTS, {"index": spec("single", sign=-1)}, {})
    assert turned["index"].corr(PARTS["a"]) == pytest.approx(-1)
    assert (
        found["components"][0] | {"known": 4, "of": 5, "label": "First"} == found["components"][0]
    )


def test_measures_may_use_measures_above_them() -> None:
    upper = {
        "label": "Both",
        "method": "joint",
        "minimum": 1,
        "components": [{"variable": "index", "sign": 1}],
    }
    rows, _ = build(PARTS, {"index": spec("mean_z"), "both": upper}, {})
    assert rows["both"].rank().tolist() == rows["index"].rank().tolist()


def test_alpha_against_its_definition() -> None:
    generator = np.random.default_rng(3)
    common = generator.normal(size=400)
    parts = pd.DataFrame({name: common + generator.normal(size=400) for name in "abc"})
    scores = parts.apply(z)
    by_variances = 3 / 2 * (1 - 3 / scores.sum(axis=1).var(ddof=1))  # the z-scores have variance 1
    assert cronbach_alpha(parts) == (pytest.approx(by_variances), 400)
    assert np.isnan(cronbach_alpha(parts.assign(c=1.0))[0])
