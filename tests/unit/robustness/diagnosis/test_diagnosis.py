"""The verdict rules on trial: worlds in which it is known what is true, two draws of them judged,
and what the draws amount to.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from coalition.base.errors import Problems
from coalition.config import settings
from coalition.data import ingest
from coalition.outputs import diagnosis_page, second_verdict
from coalition.robustness.diagnosis import drawn_curve, judged_draw, made_worlds, shards
from coalition.robustness.diagnosis.judged_draw import Judge
from coalition.samples import country_operations
from coalition.verdicts.valid_test import levels_of
from scipy.special import expit

ROOT = Path(__file__).parents[4]
VERDICTS = {"supported", "undecided", "contradicted"}


@pytest.fixture(scope="module")
def trial() -> tuple[made_worlds.Ground, Judge]:
    """The shipped design with three specifications of each curve."""
    problems = Problems()
    with contextlib.chdir(ROOT):
        config = settings.plain(settings.main())
        tables = ingest.everything(config, problems)
        problems.stop()
        config["diagnosis"] |= {"draws": 2, "shard": 1, "specifications": 3, "replicates": 19}
        config["diagnosis"]["worlds"]["miscoded"] = {"label": "M", "noise": 0.5}
        name = config["models"][config["diagnosis"]["joining"]]["sample"]
        sample = country_operations.build(config, name, tables).table
        return shards.prepared(config, sample, tables, levels_of("configs/levels.csv"))


@pytest.mark.long
@pytest.mark.parametrize(
    ("world", "truth"),
    [
        ("nothing", {"H1": 0, "H2b": 0, "H2": 0, "H3": 0}),
        ("both_smallest", {"H1": 1, "H2b": 1, "H2": 1, "H3": 1}),
        ("both_thrice", {"H1": 3, "H2b": 3, "H2": 3, "H3": 3}),
        ("region", {"H1": 0, "H2b": 0, "H2": 0, "H3": 0}),
    ],
)
def test_a_world_is_as_it_is_declared(
    trial: tuple[made_worlds.Ground, Judge], world: str, truth: dict[str, float]
) -> None:
    at, judge = trial
    made = made_worlds.make(judge.config, at, world)
    assert made.truth == pytest.approx(truth, abs=1e-6)
    assert made.join.mean() == pytest.approx(at.prepared.design.y.mean(), abs=1e-4)


@pytest.mark.long
def test_without_a_product_the_model_of_joining_finds_the_slopes_of_the_world(
    trial: tuple[made_worlds.Ground, Judge],
) -> None:
    """What is expected of the declared world, fitted by the primary model, gives its slopes back;
    with the product term it does not, so that H1 and H2b are not judged by such worlds.
    """
    at, judge = trial
    places = [at.column(judge.config["diagnosis"][fear]) for fear in ("abandonment", "entrapment")]
    found = {}
    for world in ("thrice", "both_thrice"):
        chances = made_worlds.make(judge.config, at, world).join
        beta = np.zeros(at.matrix.shape[1])
        for _ in range(50):
            p = expit(at.matrix @ beta)
            information = (at.matrix * (p * (1 - p))[:, None]).T @ at.matrix
            beta = beta + np.linalg.solve(information, at.matrix.T @ (chances - p))
        found[world] = np.abs(beta[places])
    wanted = 3 * np.log([1.5, 1.5])
    assert found["thrice"] == pytest.approx(wanted, rel=1e-3)
    assert (found["both_thrice"] < 0.8 * wanted).any()


def test_levels_of_a_world_are_those_of_the_fitted_model_where_effects_are_estimated(
    trial: tuple[made_worlds.Ground, Judge],
) -> None:
    """The held effect is the estimate, so that the other parameters are the estimates too."""
    at, judge = trial
    made = made_worlds.make(judge.config, at, "estimates")
    from coalition import estimators

    design = at.caveats.design
    fit = estimators.fit("ordered_logit", design)
    chances = estimators.predictor("ordered_logit", design).probabilities(fit.params, design.X)
    keys = at.rows.set_index(["iso3", "operation"]).index
    place = keys.get_indexer(at.caveats.rows.set_index(["iso3", "operation"]).index)
    known = place >= 0
    expected = np.cumsum(chances, axis=1)[known, :-1]
    assert made.levels[place[known]] == pytest.approx(expected, abs=0.01)


def test_as_many_join_and_are_read_as_in_the_data(
    trial: tuple[made_worlds.Ground, Judge],
) -> None:
    at, judge = trial
    made = made_worlds.make(judge.config, at, "nothing")
    rng = np.random.default_rng(1)
    draws = [made_worlds.draw(at, made, rng) for _ in range(60)]
    for drawn in draws:
        for name in ("isaf", "iraq"):
            there = at.operation == name
            assert drawn.joined[there].sum() == at.prepared.design.y[there].sum()
        assert np.isnan(drawn.level[drawn.joined == 0]).all()
    read = np.mean([np.isfinite(drawn.level).sum() for drawn in draws])
    assert read == pytest.approx(len(at.caveats.rows), rel=0.1)


@pytest.mark.long
def test_selection_composition_and_noise_do_what_they_say(
    trial: tuple[made_worlds.Ground, Judge],
) -> None:
    at, judge = trial
    rng = np.random.default_rng(2)
    means = {}
    for world in ("selection_positive", "selection_negative", "composition"):
        made = made_worlds.make(judge.config, at, world)
        draws = [made_worlds.draw(at, made, rng) for _ in range(60)]
        means[world] = np.mean([np.nanmean(drawn.level) for drawn in draws])
    assert means["selection_positive"] > means["selection_negative"] + 0.3
    assert np.mean([np.nanmean(of.as_coded) for of in draws]) > means["composition"] + 0.1
    noisy = made_worlds.make(judge.config, at, "miscoded")
    pairs = [made_worlds.draw(at, noisy, rng) for _ in range(60)]
    unlike = np.mean([np.nanmean(of.level != of.other) for of in pairs if of.level.size])
    assert unlike > 0.2
    plain = made_worlds.draw(at, made_worlds.make(judge.config, at, "nothing"), rng)
    assert np.array_equal(plain.level, plain.other, equal_nan=True)


@pytest.mark.long
def test_two_draws_are_judged_and_again_the_same(
    trial: tuple[made_worlds.Ground, Judge], monkeypatch: pytest.MonkeyPatch
) -> None:
    at, judge = trial
    said: list[str] = []
    first = [shards.shard(judge.config, at, judge, "nothing", k, said.append) for k in (0, 1)]
    assert said == ["draw 1 of 2", "draw 2 of 2"]
    again = shards.shard(judge.config, at, judge, "nothing", 1, said.append)
    assert again == first[1]
    for of in first:
        (draw,) = of["draws"]
        for found in draw["hypotheses"].values():
            assert {found["first"], found["second"]} <= VERDICTS
            assert found["second"] != "supported" or not found["failed"]
        assert all(
            p is None or 0 < p <= 1
            for test in draw["joint_test"].values()
            for p_values in test.values()
            for p in p_values
        )
    # a bootstrap that is made though the declared test is far from a decision changes none
    monkeypatch.setattr(judged_draw, "FAR", 2.0)
    whole = shards.shard(judge.config, at, judge, "nothing", 1, said.append)
    for name, found in whole["draws"][0]["hypotheses"].items():
        assert found["second"] == again["draws"][0]["hypotheses"][name]["second"]


@pytest.mark.long
def test_a_drawn_curve_has_the_outcomes_of_the_draw(
    trial: tuple[made_worlds.Ground, Judge],
) -> None:
    """The first specification is the primary test: its estimate is that of the drawn table."""
    at, judge = trial
    made = made_worlds.make(judge.config, at, "estimates")
    drawn = made_worlds.draw(at, made, np.random.default_rng(3))
    found = judged_draw.judge(judge, at, drawn, 4)
    for name, curve in judge.curves.items():
        primary = judge.config["hypotheses"][name]["primary"]
        content = drawn_curve.content(curve, primary, drawn)
        estimate = content["specifications"]["estimate"][0]
        assert estimate == pytest.approx(found[name]["estimate"], rel=1e-5), name


def draws_of(
    verdicts: list[str], joint: dict[str, Any] | None = None, failed: list[str] | None = None
) -> list[dict[str, Any]]:
    return [
        {
            "draw": number,
            "joined": 80,
            "hypotheses": {
                "H": {
                    "first": "supported",
                    "second": verdict,
                    "close": True,
                    "failed": failed or [],
                    "estimate": -0.1 * number,
                }
            },
            "joint_test": joint or {},
        }
        for number, verdict in enumerate(verdicts)
    ]


def test_what_draws_amount_to_by_hand() -> None:
    config = {
        "seed": 1,
        "verdict_2": {"alpha": 0.05},
        "operations": {"isaf": {}},
        "hypotheses": {
            "H": {
                "title": "T",
                "primary": {"sign": -1, "smallest_effect": {"probability": 0.1}},
            }
        },
        "diagnosis": {
            "draws": 4,
            "specifications": 3,
            "replicates": 19,
            "curves": ["H"],
            "worlds": {
                "nothing": {"label": "Nothing true"},
                "thrice": {"label": "Thrice", "multiple": 3, "power": ["H"]},
            },
        },
    }
    joint = {"H": {"all": [0.01, 0.5, None], "confounders": [0.2, 0.05, None]}}
    fields = {"joining": {"spatial": 0.5, "state": 0.1, "range_km": 1000.0}}
    shared = {"shard": 0, "fields": fields}
    parts = [
        {
            "world": "nothing",
            "truth": {"H": 0.0},
            "draws": draws_of(["supported", "undecided", "undecided", "contradicted"], joint),
            **shared,
        },
        {
            "world": "thrice",
            "truth": {"H": 3.0},
            "draws": draws_of(["undecided"] * 20, failed=["no_flip"]),
            **shared,
        },
    ]
    found = shards.merged(config, parts, "2026-11-26")
    second = shards.supported(found["worlds"][0], "H", "second")
    assert (second["supported"], second["undecided"], second["contradicted"]) == (0.25, 0.5, 0.25)
    assert second["error"] == pytest.approx((0.25 * 0.75 / 4) ** 0.5)
    levels = {(of["set"], of["statistic"]): of for of in found["worlds"][0]["joint_test"]}
    assert levels["all", "median_effect"]["rejected"] == 1
    assert levels["confounders", "share_of_predicted_sign"]["rejected"] == 1
    assert levels["all", "share_significant"] == {
        "hypothesis": "H",
        "set": "all",
        "statistic": "share_significant",
        "rejected": None,
        "error": None,
        "draws": 0,
    }
    card = found["hypotheses"]["H"]
    assert (card["false"], card["false_world"], card["draws"]) == (
        0.25,
        "Nothing true",
        "4 to 20 draws of each world",
    )
    # none in 20 draws: 1 - 0.05 ** (1 / 20)
    assert card["found"][0]["upper"] == pytest.approx(0.139, abs=0.001)
    assert shards.upper(1.0, 4) == 1
    text = diagnosis_page.page(found, config["hypotheses"])
    assert found["worlds"][0]["estimates"] == {"H": pytest.approx((0 + 1 + 2 + 3) / 4)}
    assert "| Nothing true | 0.00 | 1.50 | 1 | 100.0% (0.0%) | 0.0% | 0.0% |" in text
    assert "Version 2 cannot confirm it with these data." in text
    assert "a single state turns it 100.0%" in text
    line = dict(second_verdict.simulated_worlds({"simulated": card}))["Simulated worlds"]
    assert "cannot confirm the hypothesis with these data" in line
    assert "25.0% of draws in the world" in line
    few = card | {"found": [card["found"][0] | {"upper": 0.4}]}
    line = dict(second_verdict.simulated_worlds({"simulated": few}))["Simulated worlds"]
    assert "too few to say whether that is under 20%" in line
