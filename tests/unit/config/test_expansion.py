"""Short forms of a config: models over several subsamples, terms with and without, controls."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from coalition.base.errors import Problems
from coalition.config import checks, settings
from coalition.config.expansion import expand

SHORT: dict[str, Any] = {
    "controls": {"standard": ["gdp", "size"]},
    "subsamples": {
        "isaf": {"label": "ISAF", "where": {"operation": ["isaf"]}},
        "pooled": {"label": "pooled", "fixed_effects": ["operation"]},
    },
    "models": {
        "logit_*": {
            "label": "Logit",
            "terms": ["fear", "standard"],
            "where": {"joined": [1]},
            "over": ["isaf", "pooled"],
        },
        "rival_*": {
            "terms": ["fear", "standard"],
            "over": {"aid": {"with": ["aid"]}, "small": {"without": ["standard"]}},
        },
    },
    "robustness": {"none": {"model": {"without": ["standard"]}}},
}


def with_models(**models: Any) -> dict[str, Any]:
    new = copy.deepcopy(SHORT)
    new["models"] |= models
    return new


def test_a_starred_model_becomes_one_a_subsample() -> None:
    models = expand(SHORT)["models"]
    assert models == {
        "logit_isaf": {
            "label": "Logit, ISAF",
            "terms": ["fear", "gdp", "size"],
            "where": {"joined": [1], "operation": ["isaf"]},
        },
        "logit_pooled": {
            "label": "Logit, pooled",
            "terms": ["fear", "gdp", "size"],
            "where": {"joined": [1]},
            "fixed_effects": ["operation"],
        },
        "rival_aid": {"terms": ["fear", "gdp", "size", "aid"]},
        "rival_small": {"terms": ["fear"]},
    }
    assert expand(expand(SHORT)) == expand(SHORT)


def test_controls_are_written_out_in_alternatives_and_in_the_selection_equation() -> None:
    config = with_models(
        selected={"terms": ["standard"], "selection": {"terms": ["standard", "war"]}, "with": ["x"]}
    )
    found = expand(config)
    assert found["robustness"]["none"]["model"] == {"without": ["gdp", "size"]}
    assert found["models"]["selected"] == {
        "terms": ["gdp", "size", "x"],
        "selection": {"terms": ["gdp", "size", "war", "x"]},
    }


def test_one_of_several_can_be_changed_and_taken_out_and_a_name_of_ones_own_meets_none() -> None:
    own = {"label": "Mine", "terms": ["fear"]}
    changes = {"logit_isaf": {"with": ["aid"]}, "rival_aid": None, "logit": own}
    found = expand(with_models(**changes))["models"]
    assert found["logit_isaf"]["terms"] == ["fear", "gdp", "size", "aid"]
    assert found["logit_pooled"]["terms"] == ["fear", "gdp", "size"]
    assert "rival_aid" not in found
    assert found["logit"] == own


def test_other_controls_change_every_model_that_has_them() -> None:
    before, after = settings.main(), settings.main({"controls": {"standard": ["population"]}})
    changed = {name for name, model in before["models"].items() if model != after["models"][name]}
    assert len(changed) > 30
    assert after["models"]["r1_size"]["terms"] == ["abandonment", "entrapment", "population", "gdp"]
    assert after["robustness"]["without_controls"]["model"]["without"] == ["population"]


@pytest.mark.parametrize(
    ("changes", "place", "nearest"),
    [
        ({"models": {"h1_logit_*": {"over": ["isaf", "irak"]}}}, "over[entry 2]", "iraq"),
        ({"models": {"h1_logit_pooled": {"without": ["gdp"]}}}, "without[entry 1]", None),
        ({"models": {"h1_logit_pooled": {"over": ["isaf"]}}}, "h1_logit_pooled", None),
        ({"models": {"h1_poisson": {"terms": ["standart"]}}}, "terms[entry 1]", "standard"),
        ({"models": {"h1_poisson": {"terms": ["log(standard)"]}}}, "terms[entry 1]", None),
        ({"controls": {"standard": ["gdp_per_haed"]}}, "standard[entry 1]", "gdp_per_head"),
        ({"controls": {"gdp": ["population"]}}, "controls.gdp", None),
    ],
)
def test_what_cannot_be_written_out_is_explained(
    changes: dict[str, Any], place: str, nearest: str | None
) -> None:
    with pytest.raises(Problems) as caught:
        checks.check(settings.main(changes))
    found = [problem for problem in caught.value.found if problem.place.endswith(place)]
    assert len(found) == 1
    assert found[0].nearest == nearest


def test_only_keeps_what_it_names_in_its_order() -> None:
    found = settings.main({"only": {"tables": ["verdicts", "h1"]}, "tables": {"h2": {"kind": "x"}}})
    assert list(found["tables"]) == ["verdicts", "h1", "h2"]
    assert "only" not in found


@pytest.mark.parametrize(
    ("only", "place"),
    [
        ({"tables": ["verdict"]}, "only.tables[entry 1]"),
        ({"tabels": ["h1"]}, "only.tabels"),
        (["h1"], "only"),
    ],
)
def test_only_names_what_there_is(only: Any, place: str) -> None:
    with pytest.raises(Problems) as caught:
        settings.main({"only": only})
    assert [problem.place for problem in caught.value.found] == [place]


def test_the_config_is_read_in_five_minutes_and_no_controls_are_repeated() -> None:
    text = settings.Path(settings.MAIN).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 200
    standard = ", ".join(settings.main()["controls"]["standard"])
    shipped = [settings.Path(settings.MAIN), *settings.Path("configs/main").glob("*.yaml")]
    assert sum(path.read_text(encoding="utf-8").count(standard) for path in shipped) == 1
