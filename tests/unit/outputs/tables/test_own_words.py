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
from docx import Document

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


def references(*models: dict[str, Any], **options: Any) -> tuple[tables.Table, str]:
    """Return a table of models of one sample, and what its foot says of reference categories."""
    labels = {"region": "Region", "factor(year)[2001]": "the first year"}
    rows = pd.DataFrame(
        {"row": range(60), "year": 2001 + np.arange(60) % 3, "x": np.arange(60) % 7}
    )
    rows["region"] = pd.Categorical(np.array(["South", "North", "East"])[np.arange(60) % 3])
    rows["region"] = rows["region"].cat.reorder_categories(["South", "North", "East"])
    rows["y"] = rows["x"] + np.random.default_rng(1).normal(size=60)
    about = {"group": "g", "label": "M", "sample": "s", "family": "ols", "outcome": "y"}
    entries = [
        estimate(f"m{place}", about | model, rows, labels, keys=Keys(("row",)))
        for place, model in enumerate(models)
    ]
    spec = {"kind": "regression", "title": "T", "models": [entry["model"] for entry in entries]}
    made = tables.build(
        "t", spec | {"options": options}, Sources(labels=labels, estimates=({"models": entries},))
    )
    return made, " ".join(note for note in made.notes if note.startswith("Reference categories"))


REGION, NORTH, YEAR = (
    {"terms": ["x", term]} for term in ("factor(region)", "factor(region, North)", "factor(year)")
)


@pytest.mark.parametrize(
    ("models", "options", "said"),
    [
        ([REGION], {}, "Reference categories: Region: South."),
        ([REGION, {"terms": ["x"]}], {}, "Reference categories: Region: South."),
        ([REGION, YEAR], {}, "Reference categories: Region: South; year: the first year."),
        ([REGION, NORTH], {}, "Reference categories: (1) Region: South; (2) Region: North."),
        ([REGION], {"keep": ["x"]}, ""),
        ([REGION], {"keep": ["x", "factor(region)[East]"]}, "Reference categories: Region: South."),
        ([{"terms": ["x"], "fixed_effects": ["region"]}], {}, ""),
        ([{"terms": ["x", "factor(region)"], "where": {"region": ["East"]}}], {}, ""),
        ([{"terms": ["x", "factor(region)", "factor(region):x"],
        "where": {"region": ["North", "East"]}}], {}, "Reference categories: Region: North."),
    ],
)  # fmt: skip
def test_the_foot_names_the_reference_of_each_categorical_term(
    models: list[dict[str, Any]], options: dict[str, Any], said: str
) -> None:
    assert references(*models, **options)[1] == said


@pytest.mark.parametrize("ending", ["html", "md", "tex", "docx"])
def test_every_format_names_the_reference(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"t.{ending}"
    path.write_bytes(tables.WRITERS[ending](references(REGION)[0]))
    text = (
        "".join(paragraph.text for paragraph in Document(str(path)).paragraphs)
        if ending == "docx"
        else path.read_text(encoding="utf-8")
    )
    assert "Reference categories: Region: South." in text
