"""A hypothesis on a user's own file of 40 rows, from the file to its verdict; and what would make
it false without a word, refused.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from coalition.base.errors import Problems
from coalition.base.result_types import Power, Robustness
from coalition.commands import check
from coalition.config import settings as configuration
from contracts import misfits
from tiny import ROOT, Tiny, make

CONFIG: dict[str, Any] = {
    "run": "study",
    "replace": "all",
    "samples": {
        "mine": {"file": "mine.csv", "keys": ["country", "year"],
        "panel": {"unit": "country", "time": "year"},
                 "places": {"unit": "country", "latitude": "lat", "longitude": "lon",
                 "region": "region"}}
    },
    "models": {
        "joined": {
            "group": "g", "label": "Logit", "sample": "mine", "family": "logit",
            "outcome": "joined",
            "terms": ["fear", "log(gdp)"], "cluster": "country",
            "inference": ["cr2", "score_bootstrap", "profile", "scpc"],
        },
        "share": {
            "group": "g", "label": "OLS", "sample": "mine", "family": "ols", "outcome": "share",
            "terms": ["fear"], "cluster": "country",
            "inference": {"methods": ["wild_bootstrap", "permutation"], "within": "year"},
        },
    },
    "hypotheses": {
        "A": {
            "title": "Fear", "claim": "Fear makes join.", "leave_out": "country",
            "primary": {"model": "joined", "term": "fear", "sign": 1,
            "smallest_effect": {"odds_ratio": 1.5}},
        }
    },
    "robustness": {
        "bare": {"label": "Without GDP", "model": {"without": ["log(gdp)"]}},
        "both": {"label": "Both years", "model": {"where": {"year": [2001, 2002]}}},
        "place": {"label": "With latitude", "model": {"with": ["lat"]}},
    },
    "specification_curve": {
        "permutations": 99,
        "choices": {
            "controls": {
                "label": "Controls",
                "options": {
                    "gdp": {"label": "GDP", "argument": "Usual."},
                    "none": {"alternative": "bare", "label": "None", "argument": "Plain."},
                    "lat": {"alternative": "place", "label": "Latitude", "argument": "Place."},
                },
            }
        },
    },
    "power": {"replicates": 100},
    "inference": {"replicates": 99, "permutations": 99, "methods": ["cr2", "permutation"]},
    "tables": {
        "t": {"kind": "regression", "title": "T", "models": ["joined", "share"],
        "options": {"methods": ["cr2"]}},
        "b": {"kind": "by_method", "title": "B", "models": ["joined", "share"]},
        "r": {"kind": "robustness", "title": "R"},
        "v": {"kind": "verdicts", "title": "V"},
        "i": {"kind": "influence", "title": "I"},
        "p": {"kind": "power", "title": "P"},
        "s": {"kind": "specification_curve", "title": "S"},
    },
    "figures": {
        "i": {"kind": "influence", "title": "I"},
        "s": {"kind": "specification_curve", "title": "S", "hypothesis": "A"},
    },
}  # fmt: skip


def rows() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    country = np.repeat([f"C{i:02d}" for i in range(20)], 2)
    lat, lon = (np.repeat(rng.uniform(-40, 60, 20).round(3), 2) for _ in range(2))
    fear, own = rng.normal(size=40).round(4), np.repeat(rng.normal(size=20), 2)
    share = 1 + 0.8 * fear + 0.3 * own + rng.normal(size=40)
    return pd.DataFrame(
        {
            "country": country, "year": [2001, 2002] * 20, "fear": fear, "lat": lat, "lon": lon,
            "gdp": rng.uniform(1e9, 5e12, 40).round(), "joined": (share > 1).astype(int),
            "share": share.round(4), "region": np.repeat(np.array(["N", "S"])[np.arange(20) % 2],
            2),
        }
    )  # fmt: skip


def changed(**parts: Any) -> dict[str, Any]:
    """Return the config with some of its values changed: "hypotheses.A.leave_out" -> value."""
    found = yaml.safe_load(yaml.safe_dump(CONFIG))
    for place, value in parts.items():
        *above, last = place.split("/")
        block = found
        for key in above:
            block = block[key]
        if value is None:
            del block[last]
        else:
            block[last] = value
    return found


def refused(config: dict[str, Any], table: pd.DataFrame, folder: Path) -> str:
    table.to_csv(folder / "mine.csv", index=False)
    config["samples"]["mine"]["file"] = str(folder / "mine.csv")
    with pytest.raises(Problems) as found:
        check.everything(configuration.plain(configuration.main(config)))
    return str(found.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hypotheses/A/leave_out": None}, "name the column of whose values each is left out"),
        ({"hypotheses/A/leave_out": "countri"}, "countri"),
        ({"models/joined/inference": ["wild_bootstrap"]}, "does not exist for the family logit"),
        ({"models/share/inference": ["profile", "cr2"]}, "wild_bootstrap"),
        ({"models/joined/weights": "gdp"}, "not made for weights"),
        ({"samples/mine/places": {"unit": "country"}}, "the method needs `places"),
        ({"models/joined/inference": {"methods": ["cr2"], "terms": ["feer"]}}, "feer"),
        ({"tables/t/options": {"methods": ["jackknife"]}}, "jackknife"),
        ({"robustness/same": {"label": "Same", "model": {"family": "logit"}}},
        "changes no setting"),
        ({"robustness/gone": {"label": "Gone", "model": {"without": ["fear"]}}},
        "without what the hypothesis A tests"),
        ({"robustness/bare": {"label": "L", "sample": {"evidence": ["A"]}}},
        "changes nothing of a sample that is a file"),
        ({"robustness/place/model": {"with": ["lta"]}}, "lta"),
        ({"models/joined/terms": ["factor(region)", "fear"],
        "hypotheses/A/primary/term": "factor(region)"}, "a test is of one"),
    ],
)  # fmt: skip
def test_a_config_that_would_be_false_in_silence(
    change: dict[str, Any], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert said in refused(changed(**change), rows(), tmp_path)


@pytest.mark.parametrize(
    ("change", "name", "meant"),
    [
        ({"models/joined/terms": ["feer", "log(gdp)"]}, "feer", "fear"),
        ({"models/share/terms": ["fear", "factor(regoin)"]}, "factor(regoin)[N]", "region"),
        ({"models/joined/outcome": "joind"}, "joind", "joined"),
        ({"models/joined/cluster": "countri"}, "countri", "country"),
        ({"samples/mine/keys": ["countri", "year"]}, "countri", "country"),
        ({"samples/mine/panel": {"unit": "country", "time": "yeer"}}, "yeer", "year"),
        ({"samples/mine/variables": {"g": {"from": "gpd", "transform": "log"}}}, "gpd", "gdp"),
        ({}, "joind", "joined"),
        ({}, "factor(regoin)[N]", "region"),
    ],
)
def test_a_misspelt_column_is_one_problem(
    change: dict[str, Any], name: str, meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is labelled by the same spelling, or tests the term that was meant."""
    monkeypatch.chdir(ROOT)
    said = refused(
        changed(**change, **{"samples/mine/labels": {name: "L", "const": "C"}}), rows(), tmp_path
    )
    assert said.startswith("1 problem ")
    assert f"did you mean {meant!r}?" in said
    assert "const" not in said


def test_a_unit_that_is_missing_is_never_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    table = rows()
    table.loc[3, "region"] = None
    # the clusters too: a curve knows none but those that are left out
    by_region = changed(**{"hypotheses/A/leave_out": "region", "models/joined/cluster": "region"})
    said = refused(by_region, table, tmp_path)
    assert "leaves out each value" in said
    assert "too few values" in said


def run(config: dict[str, Any], table: pd.DataFrame, folder: Path) -> Tiny:
    """Run a study in a project of its own that has the whole of the project's configs and data."""
    project = make(folder)
    table.to_csv(project.folder / "mine.csv", index=False)
    whole = ROOT / "config.yaml"
    for name in ("config.yaml", "configs", "data"):
        target = project.folder / name
        if target.is_dir():
            shutil.rmtree(target)
        elif target.exists():
            target.unlink()
        target.symlink_to(whole.parent / name)
    (project.folder / "mine.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    answer = project.run("--configfile", "mine.yaml")
    assert answer.code == 0, answer.err
    return project


def test_from_a_file_to_a_verdict(tmp_path: Path) -> None:
    project = run(CONFIG, rows(), tmp_path / "project")
    results = project.folder / "results" / "study"
    verdicts = pd.read_csv(results / "verdicts.csv")
    assert verdicts["hypothesis"].tolist() == ["A"]
    assert verdicts["n_alternatives"].tolist() == [2]
    assert verdicts["n_alternatives_unchanged"].tolist() == [1]
    evidence = json.loads((results / "estimates" / "robustness_A.json").read_text())
    assert misfits(evidence, Robustness) == []
    assert evidence["unit"] == "country"
    power = json.loads((results / "estimates" / "power_A.json").read_text())
    assert misfits(power, Power) == []
    assert [entry["left_out"] for entry in evidence["leave_one_out"]] == [
        f"C{i:02d}" for i in range(20)
    ]
    one = pd.read_csv(project.folder / "mine.csv").query("country != 'C03'")
    assert next(e for e in evidence["leave_one_out"] if e["left_out"] == "C03")["n"] == len(one)
    curve = json.loads((results / "estimates" / "curve_A.json").read_text())
    assert curve["counts"]["fitted"] == 3
    printed = (results / "tables" / "b.md").read_text(encoding="utf-8")
    assert "Wild cluster bootstrap" in printed
    assert "SCPC" in printed
    assert "p: CR2" in (results / "tables" / "t.md").read_text(encoding="utf-8")
    texts = {
        path: path.read_text(encoding="utf-8")
        for path in [*(results / "tables").glob("*.md"), *(results / "figures").glob("*.json")]
    }
    assert {
        path.name for path, text in texts.items() if re.search(r"\b[Ss]tates?\b(?!\.csv)", text)
    } == set()
    assert "20 countries left out in turn" in texts[results / "tables" / "i.md"]
    assert "without one country" in texts[results / "tables" / "v.md"]


FIRMS = {"country": "firm", "fear": "debt", "Fear makes join": "Debt makes merge", "Fear": "Debt"}
OTHER_TABLES = {
    "inf": {"kind": "inference", "title": "Methods"},
    "unc": {"kind": "uncertainty", "title": "Missing"},
    "me": {"kind": "marginal_effects", "title": "Effects", "models": ["joined"]},
    "d": {"kind": "descriptives", "title": "Descriptives", "sample": "mine"},
    "w": {"kind": "regression", "title": "Panels", "models": ["within", "firms"]},
}
OTHER_FIGURES = {
    "c": {"kind": "coefficients", "title": "Coefficients", "models": ["joined", "share"]},
    "rb": {"kind": "robustness", "title": "Alternatives"},
}
OF_OUR_FIELD = (
    r"states?|coalitions?|operations?|countr(y|ies)|caveats?|ally|allies|alliances?|contributors?|"
    r"contingents?|fears?|entrapment|abandonment|coders?|reconstruct\w*|fermann|H2b"
)
ALLOWED = ("data/states.csv", "data/covariates/states.csv")
"""The list of states is read by every run, and the page names each file that was read."""


def sentences_of(page: str) -> str:
    """Return what a reader sees or hears of a page: no styles, scripts, drawings, tags; alt texts
    and labels stay.
    """
    text = re.sub(r"<(style|script)\b.*?</\1>", "", page, flags=re.DOTALL)
    said = re.findall(r'(?:alt|title|aria-label)="([^"]*)"', text)
    text = "\n".join([re.sub(r"<[^>]*>", " ", text), *said])
    for name in ALLOWED:
        text = text.replace(name, "")
    return text


@pytest.mark.long
def test_the_report_of_a_study_of_firms_has_no_word_of_another_field(tmp_path: Path) -> None:
    text = yaml.safe_dump(CONFIG)
    for ours, theirs in FIRMS.items():
        text = text.replace(ours, theirs)
    config = yaml.safe_load(text)
    panel = {**config["models"]["share"], "group": "w"}
    del panel["inference"]
    config["models"] |= {
        "within": {**panel, "label": "Within", "family": "panel_two_way"},
        "firms": {**panel, "label": "Effects", "fixed_effects": ["firm"]},
    }
    config["tables"] |= OTHER_TABLES
    config["figures"] |= OTHER_FIGURES
    project = run(config, rows().rename(columns=FIRMS), tmp_path / "project")
    results = project.folder / "results" / "study"
    texts = {
        path.name: sentences_of(path.read_text(encoding="utf-8"))
        for path in [results / "report.html", *(results / "tables").glob("*.md")]
    }
    found = {
        name: [found[0] for found in re.finditer(rf"(?i).{{0,40}}\b({OF_OUR_FIELD})\b.*", text)]
        for name, text in texts.items()
    }
    assert {name: words for name, words in found.items() if words} == {}
    assert "No single firm changes the sign" in texts["report.html"]
    assert "99 permutations of firms" in texts["inf.md"]
    assert "3 of 3 specifications are judged" in texts["v.md"]  # by no confounder of the project
