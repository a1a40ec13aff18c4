"""Refits by the batched solver are those of the estimators, one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from coalition.estimators.fit_types import EstimationFailure
from coalition.robustness import alternatives, missing_data

STATES = [f"S{number:02d}" for number in range(60)]


def sample(seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {"iso3": np.repeat(STATES, 2), "operation": ["isaf", "iraq"] * 60, "year": 2000}
    )
    table["fear"], table["risk"] = rng.normal(size=120), rng.normal(size=120)
    latent = 0.8 * table["fear"] - 0.4 * table["risk"] + rng.logistic(size=120)
    table["joined"] = (latent > 0).astype(float)
    table["caveat_level"] = np.digitize(latent, [-1, 0.3, 1.5]).astype(float)
    table["response"] = np.where(
        latent < -0.5, "abstain", np.where(rng.random(120) < 0.5, "reserved", "unreserved")
    )
    table.loc[5, "risk"] = np.nan
    return table


MODELS = {
    "logit": {"family": "logit", "outcome": "joined", "terms": ["fear", "risk"],
    "fixed_effects": ["operation"]},
    "ordered": {"family": "ordered_logit", "outcome": "caveat_level", "terms": ["risk", "fear"],
    "fixed_effects": ["operation"]},
    "multinomial": {
        "family": "multinomial_logit", "outcome": "response",
        "terms": ["fear", "risk", "fear:risk"],
        "corners": {"first": "fear", "second": "risk", "low": 0.2, "high": 0.8},
    },
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("cluster", ["iso3", None])
def test_leaving_out_by_the_batch_is_leaving_out_one_by_one(name: str, cluster: str | None) -> None:
    """Both climb to a Newton decrement below 1e-12, hence the tolerance."""
    tested = (
        {"contrasts": ["more_reserved", "reserved_not_unreserved"]}
        if name == "multinomial"
        else {"term": "fear"}
    )
    primary = {"model": "m", "sign": 1, **tested}
    model = MODELS[name] | {"sample": "s", "group": "g", "label": "M", "cluster": cluster}
    config = {"models": {"m": model}, "variables": {}, "measures": {}, "samples": {"s": {}}}
    table = sample()
    groups = {state: table["iso3"] == state for state in STATES[:8]} | {
        "nobody": table["iso3"] == "X"
    }
    together = alternatives.leave_out_together(config, primary, table, groups)
    alone = alternatives.leave_out_one_by_one(config, primary, table, groups)
    assert list(together) == list(alone) == STATES[:8]
    for state in together:
        assert together[state]["n_clusters"] == alone[state]["n_clusters"]
        for part in ("estimate", "std_error", "p_value", "conf_low", "conf_high", "n"):
            assert together[state][part] == pytest.approx(alone[state][part], rel=1e-6, abs=1e-8), (
                state,
                part,
            )


@pytest.mark.parametrize("name", MODELS)
def test_draws_fitted_by_the_batch_are_those_fitted_one_by_one(name: str) -> None:
    """A draw that cannot be fitted, here for lack of any variation, is counted and named in both
    ways.
    """
    tested = (
        {"contrasts": ["more_reserved", "reserved_not_unreserved"]}
        if name == "multinomial"
        else {"term": "fear"}
    )
    primary = {"model": "m", "sign": 1, **tested}
    config = {
        "models": {
            "m": MODELS[name] | {"sample": "s", "label": "M", "group": "g", "cluster": "iso3"}
        },
        "samples": {"s": {}},
        "variables": {},
        "measures": {},
    }
    flat = sample().assign(**{MODELS[name]["outcome"]: sample()[MODELS[name]["outcome"]].iloc[0]})
    tables = [sample(3), flat, sample(4)]
    together, failures = missing_data.draws_together(tables, primary, config)
    alone, reasons = missing_data.draws_one_by_one(tables, primary, config)
    assert failures == reasons
    assert len(failures) == 1
    for batched, single in zip(together, alone, strict=True):
        assert [row["term"] for row in batched] == [row["term"] for row in single]
        for row, other in zip(batched, single, strict=True):
            for part in ("estimate", "std_error", "p_value", "n", "n_clusters"):
                assert row[part] == pytest.approx(other[part], rel=1e-6, abs=1e-8), part
            # the ends of each draw's own interval are not asked for: Rubin's rules do not use them
            assert (row["conf_low"], row["conf_high"]) == (None, None)


def test_a_way_that_fails_has_every_part_of_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where gaps cannot be imputed there are no numbers, but the parts are there, and null."""

    def fails(*_: object) -> None:
        raise EstimationFailure("no_convergence", "the imputation did not end")

    monkeypatch.setattr(missing_data, "impute", fails)
    model = MODELS["logit"] | {"sample": "s", "label": "M", "group": "g", "cluster": "iso3"}
    config = {
        "models": {"m": model}, "samples": {"s": {}}, "variables": {}, "measures": {}, "seed": 1,
        "hypotheses": {"H": {"primary": {"model": "m", "term": "fear", "sign": 1}}},
        "uncertainty": {"draws": 3, "auxiliary": []},
    }  # fmt: skip
    listwise, imputed = missing_data.compare(config, "H", lambda *_: sample())["rows"]
    assert imputed["message"] == "the imputation did not end"
    assert set(imputed) == set(listwise)
    assert all(imputed[part] is None for part in ("estimate", "df", "missing", "draws", "failed"))
