"""Words of a table are those of the user's own panel, and labels and names that fit nothing are
problems.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition.base.errors import Problems
from coalition.base.keys import Keys
from coalition.config import checks, settings
from coalition.estimators.estimate import estimate
from coalition.outputs import tables
from coalition.outputs.stored_results import Sources

ROOT = Path(__file__).parents[4]
LABELS = {"firm": "Firm", "quarter": "Quarter"}


def table(family: str) -> Any:
    rng = np.random.default_rng(1)
    unit, time = np.repeat(np.arange(12), 8), np.tile(np.arange(8), 12)
    rows = pd.DataFrame({"row": range(96), "firm": unit, "quarter": time, "x": rng.normal(size=96)})
    rows["y"] = rows["x"] + unit / 4 + rng.normal(size=96)
    model = {
        "group": "g", "label": "M", "sample": "s", "family": family, "outcome": "y", "terms": ["x"],
    }  # fmt: skip
    keys = Keys(("row",), ("firm",), "quarter")
    entry = estimate("m", model, rows, LABELS, keys=keys)
    spec = {"kind": "regression", "title": "T", "models": ["m"]}
    return tables.build("t", spec, Sources(labels=LABELS, estimates=({"models": [entry]},)))


def test_effects_and_families_are_named_by_the_panel_of_the_file() -> None:
    made = table("panel_two_way")
    labels = [row.label for row in made.rows]
    assert "Firm effects" in labels
    assert "Quarter effects" in labels
    assert not any("State" in label or "Year" in label for label in labels)
    foot = " ".join(made.notes)
    assert "least squares within Firm, with quarter effects" in foot
    assert "states" not in foot


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ({"gdpp": "GDP"}, "did you mean 'gdp'"),
        ({"factor(gdpp)[1]": "One"}, "unknown column or term"),
        ({"gdp": "GDP", "log(gdp)": "Log", "factor(id)[1]": "One", "const": "Constant"}, None),
    ],
)
def test_a_label_of_nothing_is_a_problem(
    label: dict[str, str], said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    (tmp_path / "rows.csv").write_text("id,gdp\n1,2\n2,3\n", encoding="utf-8")
    config = copy.deepcopy(settings.main())
    config["samples"]["mine"] = {"file": str(tmp_path / "rows.csv"), "labels": label}
    problems = Problems()
    try:
        checks.check(config)
    except Problems as found:
        problems = found
    texts = [str(problem) for problem in problems.found]
    assert any(said in text for text in texts) if said else texts == []


@pytest.mark.parametrize("group", ["companions", "across_operations", "inference", "curve_H1"])
def test_a_group_is_not_called_like_another_output(
    group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    config = copy.deepcopy(settings.main())
    config["models"]["h1_logit_isaf"]["group"] = group
    with pytest.raises(Problems, match="the name of another output"):
        checks.check(config)


def test_another_study_has_a_heading_of_its_own() -> None:
    assert settings.main()["report"]["title"] == "Coalitions and caveats"
    config = settings.lay(settings.main(), {"run": "mine", "replace": "all"})
    assert "report" not in config
