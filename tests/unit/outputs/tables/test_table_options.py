"""What a user may choose of a regression table, cell by cell against the stored estimates."""

from __future__ import annotations

import io
import math
import re
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from coalition.base.keys import Keys
from coalition.base.number_formats import MINUS
from coalition.estimators.estimate import estimate
from coalition.outputs.stored_results import Sources
from coalition.outputs.tables import WRITERS, build
from coalition.outputs.tables.regression import STATISTICS
from coalition.outputs.tables.table import Table
from coalition.outputs.tables.table_options import BELOW

LABELS = {"x": "X", "z": "Z", "w": "W"}
MODELS = {
    "short": {"label": "Short", "family": "logit", "outcome": "y", "terms": ["x"]},
    "long": {"label": "Long", "family": "logit", "outcome": "y", "terms": ["x", "z", "w"]},
    "line": {"label": "Line", "family": "ols", "outcome": "v", "terms": ["x", "z"]},
    "count": {"label": "Count", "family": "poisson", "outcome": "c", "terms": ["x", "z"]},
}


@cache
def entries() -> dict[str, dict[str, Any]]:
    rng = np.random.default_rng(4)
    table = pd.DataFrame(rng.normal(size=(120, 3)), columns=["x", "z", "w"])
    table = table.assign(
        iso3=[f"S{i}" for i in range(120)],
        operation="isaf",
        year=2001,
        y=(table["x"] + rng.logistic(size=120) > 0).astype(int),
        v=2 + table["x"] + rng.normal(size=120),
        c=rng.poisson(np.exp(0.4 * table["x"])),
    )
    about = {"group": "g", "sample": "s"}
    return {name: estimate(name, spec | about, table, LABELS) for name, spec in MODELS.items()}


def table(models: list[str], panels: dict[str, list[str]] | None = None, **options: Any) -> Table:
    spec = {"kind": "regression", "title": "T", "models": models, "options": options}
    group = {"group": "g", "models": list(entries().values())}
    return build("t", spec | ({"panels": panels} if panels else {}), Sources(estimates=(group,)))


def line(of: Table, label: str, below: bool = False) -> list[str]:
    place = next(number for number, row in enumerate(of.rows) if row.label == label)
    return [cell.text for cell in of.rows[place + below].cells]


def stored(model: str, term: str) -> dict[str, Any]:
    return next(row for row in entries()[model]["rows"] if row["term"] == term)


def labels(of: Table) -> list[str]:
    return [row.label for row in of.rows if row.kind in ("body", "group") and row.label]


def test_digits_and_what_stands_below() -> None:
    row = stored("long", "x")
    text = {
        "std_error": f"({row['std_error']:.2f})",
        "interval": f"[{row['conf_low']:.2f}, {row['conf_high']:.2f}]",
        "p_value": "(<0.001)" if row["p_value"] < 0.001 else f"({row['p_value']:.3f})",
        "statistic": f"({row['statistic']:.2f})",
    }
    for below, expected in text.items():
        found = table(["long"], digits=2, below=below)
        assert line(found, "X")[0].rstrip("*") == f"{row['estimate']:.2f}"
        assert line(found, "X", below=True)[0].replace(MINUS, "-") == expected
        assert BELOW[below] in " ".join(found.notes)
    assert not any(row.kind == "more" for row in table(["long"], below="none").rows)


@pytest.mark.parametrize(
    ("bounds", "p", "mark"),
    [
        ([0.1, 0.05, 0.01], 0.07, "*"),
        ([0.1, 0.05, 0.01], 0.03, "**"),
        ([0.05, 0.01, 0.1], 0.001, "***"),
        ([0.05], 0.2, ""),
        ("none", 0.001, ""),
    ],
)
def test_stars_are_those_that_are_asked_for(bounds: Any, p: float, mark: str) -> None:
    from coalition.outputs.tables.table_options import options_of

    chosen = options_of({"options": {"stars": bounds}})
    assert chosen.mark(p) == mark
    assert ("p < " in chosen.legend()) == (bounds != "none")


def test_ratios_of_odds_and_rates_and_nothing_else() -> None:
    found = table(["long", "count", "line"], exponentiate=True)
    for place, name in enumerate(("long", "count")):
        row = stored(name, "x")
        ratio = math.exp(row["estimate"])
        assert line(found, "X")[place].rstrip("*") == f"{ratio:.3f}"
        assert line(found, "X", below=True)[place] == f"({ratio * row['std_error']:.3f})"
    assert line(found, "X")[2].rstrip("*") == f"{stored('line', 'x')['estimate']:.3f}"
    assert "odds ratios" in " ".join(found.notes)
    assert "incidence rate ratios" in " ".join(found.notes)
    assert "delta method" in " ".join(found.notes)
    assert "delta method" not in " ".join(table(["short"]).notes)


def test_terms_kept_dropped_ordered_renamed_and_grouped() -> None:
    assert labels(table(["long"], keep=["z"])) == ["Z"]
    assert labels(table(["long"], drop=["z", "const"])) == ["X", "W"]
    assert labels(table(["long"], order=["w", "z"])) == ["W", "Z", "X", "Constant"]
    assert labels(table(["long"], rename={"x": "Fear"}))[0] == "Fear"
    grouped = table(["long"], groups={"Controls": ["z", "w"]}, order=["x"])
    assert labels(grouped) == ["X", "Controls", "Z", "W", "Constant"]
    hidden = " ".join(table(["long"], keep=["z"]).notes)
    assert "Not shown: X, W, Constant" in hidden


def test_statistics_in_the_order_that_is_asked_for() -> None:
    found = table(["line", "short"], statistics=["rss", "outcome_mean", "n"])
    foot = [row.label for row in found.rows if row.kind == "statistic"]
    assert foot == [STATISTICS[name] for name in ("rss", "outcome_mean", "n")]
    assert line(found, STATISTICS["rss"])[1] == ""
    said = "(2) not computed, as the estimator gives none: Residual sum of squares."
    assert said in " ".join(found.notes)
    mean = entries()["line"]["fit"]["outcome_mean"]
    assert line(found, STATISTICS["outcome_mean"])[0] == f"{mean:.3f}"


def test_panels_stand_below_each_other() -> None:
    found = table(
        ["short", "long", "line", "count"], {"A": ["short", "long"], "B": ["line", "count"]}
    )
    assert len(found.columns) == 2
    heads = [row.label for row in found.rows if row.kind == "group"]
    assert heads[0] == "A"
    assert "B" in heads
    after = [row.label for row in found.rows].index("B")
    numbers, outcomes, names = found.rows[after + 1 : after + 4]
    assert [cell.text for cell in numbers.cells] == ["(3)", "(4)"]
    models = entries()
    assert [cell.text for cell in names.cells] == [models[n]["label"] for n in ("line", "count")]
    assert [cell.text for cell in outcomes.cells] == [
        models[n]["outcome_label"] for n in ("line", "count")
    ]
    cells = next(row for row in found.rows[after:] if row.label == "X").cells
    assert cells[1].value == stored("count", "x")["estimate"]
    assert set(found.tidy["column"]) == {1, 2, 3, 4}


def test_notes_are_added_and_the_page_lies_on_its_side() -> None:
    found = table(["line"], notes=["A note of mine."], landscape=True)
    assert "A note of mine." in found.notes
    assert rb"\begin{landscape}" in WRITERS["tex"](found)


@pytest.mark.beside
def test_plain_latex_compiles(tmp_path: Path) -> None:
    found = table(["short", "long", "line"], latex="plain")
    text = WRITERS["tex"](found).decode()
    if (
        which("kpsewhich") is None
        or subprocess.run(["kpsewhich", "siunitx.sty"], capture_output=True).returncode
    ):
        pytest.skip("needs the LaTeX package siunitx")
    head = "\\documentclass{article}\\usepackage{booktabs,siunitx,threeparttable}"
    (tmp_path / "t.tex").write_text(f"{head}\\begin{{document}}{text}\\end{{document}}")
    subprocess.run(
        ["pdflatex", "-interaction=batchmode", "-halt-on-error", "t.tex"], cwd=tmp_path, check=True
    )


def test_plain_latex_has_one_line_a_row_and_no_boxes() -> None:
    text = WRITERS["tex"](table(["short", "long"], latex="plain")).decode()
    assert re.search(r"S\[table-format=-?\d\.\d\{\*+\}\]", text), "room for the stars"
    assert r"\begin{tablenotes}" in text
    assert r"\makebox" not in text


def test_the_schema_offers_the_statistics_that_there_are() -> None:
    schema = yaml.safe_load((Path(__file__).parents[4] / "schemas" / "config.yaml").read_text())
    offered = schema["$defs"]["table_options"]["properties"]
    assert set(offered["statistics"]["items"]["enum"]) <= set(STATISTICS)
    assert set(offered["below"]["enum"]) == set(BELOW)


def test_year_effects_of_a_column_and_of_a_panel_are_one_row() -> None:
    rng = np.random.default_rng(2)
    rows = pd.DataFrame(
        {"row": range(80), "id": np.repeat(range(20), 4), "year": [0, 1, 2, 3] * 20}
    )
    rows = rows.assign(x=rng.normal(size=80), v=rng.normal(size=80))
    about = {"group": "g", "sample": "s", "outcome": "v", "terms": ["x"]}
    specs = {
        "line": {"label": "Line", "family": "ols", "fixed_effects": ["year"]},
        "plain": {"label": "Plain", "family": "ols"},
        "both": {"label": "Both", "family": "panel_two_way"},
    }
    keys = Keys(("row",), ("id",), "year")
    models = [estimate(name, about | spec, rows, {}, keys=keys) for name, spec in specs.items()]
    spec = {"kind": "regression", "title": "T", "models": list(specs)}
    found = build("t", spec, Sources(estimates=({"models": models},)))
    effects = {row.label: [cell.text for cell in row.cells] for row in found.rows}
    assert effects["Year effects"] == ["yes", "no", "yes"]
    assert effects["Id effects"] == ["no", "no", "yes"]
    assert not any("Absorbed" in note for note in found.notes)


def test_long_names_in_the_head_of_a_panel_take_no_room_from_numbers() -> None:
    import docx

    names = ["short", "long", "line", "count"]
    found = table(names, {"A": names[:2], "B": names[2:]})
    wide = [
        replace(row, cells=tuple(replace(cell,
        value="A label of many short words " * 3) for cell in row.cells))
        if [cell.value for cell in row.cells] == ["Line", "Count"]
        else row
        for row in found.rows
    ]  # fmt: skip

    def widths(of: Table) -> list[int]:
        (made,) = docx.Document(io.BytesIO(WRITERS["docx"](of))).tables
        return [column.width for column in made.columns]

    assert widths(replace(found, rows=tuple(wide))) == widths(found)
