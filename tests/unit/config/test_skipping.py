"""What is left out where an operation lacks a file, and what is not."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from coalition.base.errors import Problems
from coalition.config import availability, checks, settings

ROOT = Path(__file__).parents[3]
CAVEATS = ("caveats", "caveat_types")


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def without(files: dict[str, tuple[str, ...]], **others: Any) -> settings.Config:
    """Return config.yaml without some files of its operations."""
    operations = {name: {"files": dict.fromkeys(tables)} for name, tables in files.items()}
    return settings.main({"operations": operations} | others)


def names(skipped: list[availability.Skipped], part: str, whole: bool = True) -> set[str]:
    """Return the entries of a block that were left out, or done in part."""
    return {entry.name for entry in skipped if entry.part == part and entry.whole == whole}


def test_the_shipped_config_lacks_nothing() -> None:
    given = settings.main()
    before = copy.deepcopy(given)
    kept, skipped = availability.leave_out(given)
    assert (kept, skipped) == (before, [])
    assert given == before


def test_without_caveats_h1_stays() -> None:
    given = without({"isaf": CAVEATS, "iraq": CAVEATS})
    checks.check(given)
    kept, skipped = availability.leave_out(given)
    checks.check(kept)  # no name refers to what was left out
    assert set(kept["hypotheses"]) == {"H1", "H2b"}
    assert names(skipped, "hypotheses") == {"H2", "H3"}
    gone = names(skipped, "models")
    made_of_caveats = {
        "response",
        "caveat_level",
        "any_caveat",
        "substantive_caveat",
        "n_caveat_types",
    }
    assert gone == {
        name for name, model in given["models"].items() if model["outcome"] in made_of_caveats
    }
    assert {"coder_1", "any_caveat"} <= names(skipped, "robustness")
    assert "isaf_only" in kept["robustness"]
    curve = kept["specification_curve"]["choices"]
    assert names(skipped, "choices") == {
        "coding",
        "construct",
        "outcome",
        "reserved",
        "interaction",
    }
    assert set(curve["operations"]["options"]) == {"both", "isaf", "iraq"}
    assert curve["entrapment"]["hypotheses"] == ["H2b"]
    assert {"curve_h2", "curve_h3"} <= names(skipped, "figures")
    assert {"curve_h1", "curve_h2b"} <= set(kept["figures"])
    assert {"h2", "h3", "coder_agreement"} <= names(skipped, "tables")
    assert set(kept["tables"]["marginal_effects"]["models"]).isdisjoint(gone)
    assert names(skipped, "tables", whole=False) == {"marginal_effects"}
    assert {"responses", "troops"} <= set(kept["figures"])
    assert availability.leave_out(kept) == (kept, [])


def test_one_operation_without_caveats_is_left_out_of_the_pooled_models() -> None:
    """Its abstainers would else be compared with the other's participants: response is known of
    those who stayed away.
    """
    kept, skipped = availability.leave_out(without({"iraq": CAVEATS}))
    checks.check(kept)
    assert kept["models"]["h3_multinomial_pooled"]["where"]["operation"] == ["isaf"]
    assert kept["models"]["h2_types_pooled"]["where"] == {
        "participated": [1],
        "operation": ["isaf"],
    }
    assert kept["models"]["h2_selection_pooled"]["where"]["operation"] == ["isaf"]
    assert kept["models"]["h1_logit_pooled"]["where"]["operation"] == ["isaf", "iraq"]
    assert "h3_multinomial_iraq" in names(skipped, "models")
    assert names(skipped, "hypotheses", whole=False) == {"H2", "H3"}
    assert kept["robustness"]["iraq_only"]["hypotheses"] == ["H1", "H2b"]
    assert kept["specification_curve"]["choices"]["operations"]["options"]["iraq"][
        "hypotheses"
    ] == ["H1", "H2b"]
    assert kept["robustness"]["isaf_only"] == settings.main()["robustness"]["isaf_only"]
    reasons = {entry.reason for entry in skipped}
    assert "because no file of caveats is given for Iraq coalition" in reasons


def test_a_filter_in_words_is_limited_too() -> None:
    pooled = {"h2_types_pooled": {"where": "participated == 1"}}
    kept, _ = availability.leave_out(without({"iraq": CAVEATS}, models=pooled))
    assert kept["models"]["h2_types_pooled"]["where"] == [
        "participated == 1",
        "operation in ['isaf']",
    ]
    checks.check(kept)


def test_without_troops_the_intensive_margin_goes() -> None:
    files = {"isaf": ("troops",), "iraq": ("troops",)}
    given = without(files)
    kept, skipped = availability.leave_out(given)
    checks.check(kept)
    counted = {"troops", "troops_per_1000", "log_troops_per_1000"}
    gone = {name for name, model in given["models"].items() if model["outcome"] in counted}
    assert names(skipped, "models") == gone
    assert "h1_intensity" in names(skipped, "tables")
    assert names(skipped, "figures") == {"troops"}
    assert (
        set(kept["hypotheses"]["H1"]["supporting"])
        == set(given["hypotheses"]["H1"]["supporting"]) - gone
    )
    by_dates = [
        name
        for name, model in kept["models"].items()
        if model["sample"] == "country_operation_year"
    ]
    assert by_dates  # when a state left is known without troop counts
    assert "country_operation_year" in kept["samples"]


def test_a_sample_without_models_goes() -> None:
    given = without({"isaf": ("troops",), "iraq": ("troops",)})
    others = [
        name
        for name, model in given["models"].items()
        if model["sample"] == "country_operation_year" and "troops" not in model["outcome"]
    ]
    for part in ("tables", "figures"):
        given[part] = {
            name: output
            for name, output in given[part].items()
            if not set(others) & set(output.get("models", []))
        }
    given["models"] = {name: model for name, model in given["models"].items() if name not in others}
    kept, skipped = availability.leave_out(given)
    assert names(skipped, "samples") == {"country_operation_year"}
    assert set(kept["samples"]) == {"country_operation"}


def test_an_alternative_that_asks_for_caveats_goes() -> None:
    added = {
        "with_level": {
            "label": "With the level",
            "hypotheses": ["H1"],
            "model": {"outcome": "caveat_level"},
        }
    }
    kept, skipped = availability.leave_out(
        without({"isaf": CAVEATS, "iraq": CAVEATS}, robustness=added)
    )
    assert "with_level" not in kept["robustness"]
    assert "with_level" in names(skipped, "robustness")


def test_nothing_left_to_fit_is_a_problem() -> None:
    only = {"h2_types_pooled": settings.main()["models"]["h2_types_pooled"]}
    blocks = {"replace": ["models", "hypotheses", "robustness", "tables", "figures"]}
    with pytest.raises(Problems) as raised:
        availability.leave_out(without({"isaf": CAVEATS, "iraq": CAVEATS}, models=only, **blocks))
    assert (
        "nothing is left to be fitted, because no file of types of caveat is given for ISAF "
        "(Afghanistan) and Iraq coalition"
    ) in str(raised.value)


def test_peak_troops_need_their_column(tmp_path: Path) -> None:
    contributors = tmp_path / "contributors.csv"
    contributors.write_text("iso3,participated,source_id,evidence\n", encoding="utf-8")
    given = without(
        {},
        operations={
            name: {"files": {"contributors": str(contributors)}} for name in ("isaf", "iraq")
        },
    )
    _, skipped = availability.leave_out(given)
    assert names(skipped, "models") == {"h1_heckman", "h1_heckman_two_step"}
    assert "no column peak_troops among the contributors is given" in skipped[0].reason


def test_sentences_name_few_and_count_many() -> None:
    _, skipped = availability.leave_out(without({"isaf": CAVEATS, "iraq": CAVEATS}))
    first = availability.sentences(skipped, availability.FEW)[0]
    assert first.startswith(
        "Skipped, because no file of caveats is given for ISAF (Afghanistan) and Iraq coalition: "
        "hypotheses H2, H3; "
    )
    assert "h2_ordered_pooled" not in first
    assert "h2_ordered_pooled" in availability.sentences(skipped)[0]
    again = [availability.Skipped(**entry) for entry in availability.plain(skipped)]
    assert availability.sentences(again) == availability.sentences(skipped)
