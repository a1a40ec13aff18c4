"""Variables made of several columns, and what a config is told that writes them as terms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition.base.errors import Problems
from coalition.config import settings
from coalition.config.checks.data_checks import check_variables
from coalition.formula.combinations import COMBINATIONS, columns_of, combined, notes
from coalition.formula.terms import TermError, parse_term
from coalition.samples import user_file

ROWS = pd.DataFrame(
    {
        "a": [1.0, 2.0, np.nan, 4.0, np.nan],
        "b": [2.0, 0.0, 3.0, np.nan, np.nan],
        "name": ["x", "y", None, "x", "y"],
    }
)
NAN = np.nan


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"min_of": ["a", "b"]}, [1, 0, NAN, NAN, NAN]),
        ({"max_of": ["a", "b"]}, [2, 2, NAN, NAN, NAN]),
        ({"mean_of": ["a", "b"]}, [1.5, 1, NAN, NAN, NAN]),
        ({"sum_of": ["a", "b"]}, [3, 2, NAN, NAN, NAN]),
        ({"product": ["a", "b"]}, [2, 0, NAN, NAN, NAN]),
        ({"difference": ["a", "b"]}, [-1, 2, NAN, NAN, NAN]),
        ({"ratio": ["a", "b"]}, [0.5, NAN, NAN, NAN, NAN]),
        ({"mean_of": ["a", "b"], "missing_parts": "ignored"}, [1.5, 1, 3, 4, NAN]),
        ({"sum_of": ["a", "b"], "missing_parts": "ignored"}, [3, 2, 3, 4, NAN]),
        ({"product": ["a", "b"], "missing_parts": "ignored"}, [2, 0, 3, 4, NAN]),
        ({"condition": "a > 1"}, [0, 1, NAN, 1, NAN]),
        ({"condition": "a > 1 or b > 2"}, [0, 1, 1, 1, NAN]),
        ({"condition": "a > 1 and b > 2"}, [0, 0, NAN, NAN, NAN]),
        ({"condition": {"name": ["x"], "a": {"min": 2}}}, [0, 0, NAN, 1, 0]),
        ({"condition": "missing(a)"}, [0, 0, 1, 0, 1]),
    ],
)
def test_what_several_columns_become(spec: dict[str, Any], expected: list[float]) -> None:
    found = combined(ROWS, spec)
    assert found.dtype == "float64"
    np.testing.assert_array_equal(found.to_numpy(), np.array(expected, dtype=float))


def test_every_combination_is_tried() -> None:
    assert set(COMBINATIONS) == {
        *("min_of", "max_of", "mean_of", "sum_of", "product", "difference", "ratio")
    }


def test_what_is_missing_is_counted_by_its_cause() -> None:
    assert notes(ROWS, "share", {"ratio": ["a", "b"]}) == [
        "share: missing in 1 row where b is zero",
        "share: missing in 3 rows for a missing part",
    ]
    assert notes(ROWS, "m", {"mean_of": ["a", "b"], "missing_parts": "ignored"}) == [
        "m: of the known parts alone in 2 rows with a missing part",
        "m: missing in 1 row for a missing part",
    ]
    assert notes(ROWS, "c", {"condition": "a > 1"}) == []


def test_the_columns_that_a_variable_is_made_of() -> None:
    assert columns_of({"ratio": ["a", "b"]}) == ["a", "b"]
    assert columns_of({"condition": "a > 1 and not missing(c)"}) == ["a", "c"]
    assert columns_of({"any_of": [{"a": [1]}, "b > 2"]}) == ["a", "b"]


def problems_of(variable: dict[str, Any]) -> list[str]:
    problems = Problems()
    check_variables({"v": variable}, ["a", "b"], "variables", problems)
    return [f"{problem.place}: {problem.message}" for problem in problems.found]


def test_what_a_combination_can_not_be() -> None:
    assert "variables.v.ratio: unknown column" in problems_of({"ratio": ["a", "c"]})[0]
    assert (
        "could be passed over" in problems_of({"ratio": ["a", "b"], "missing_parts": "ignored"})[0]
    )
    assert "takes no transform" in problems_of({"condition": "a > 1", "transform": "log"})[0]
    assert "variables.v.condition: not a filter" in problems_of({"condition": "a >"})[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("log(x + 1)", "write log1p(x)"),
        ("log(1+x)", "write log1p(x)"),
        ("count > 2", '{condition: "count > 2"}'),
        ("x^2", "write square(x)"),
        ("I(x**3)", "write cube(x)"),
        ("a*b", "write a, b and a:b"),
        ("a/b", "{ratio: [a, b]}"),
        ("log(a / b)", "{ratio: [a, b]}"),
        ("a - b", "{difference: [a, b]}"),
        ("C(region)", "write factor(region)"),
        ("i.region", "write factor(region)"),
        ("L.x", "write lag(x)"),
        ("log(x + 0.5)", "made in the file"),
    ],
)
def test_a_text_that_is_no_term_is_answered_with_the_way_to_say_it(text: str, said: str) -> None:
    with pytest.raises(TermError) as found:
        parse_term(text)
    assert said in str(found.value)


FILE = "id,year,a,b,kind\n1,2001,4,2,x\n1,2002,6,0,y\n2,2001,1,4,x\n2,2002,,5,x\n3,2002,8,4,y\n"


def built(tmp_path: Path, **sample: Any) -> tuple[Any, list[str], list[str]]:
    (tmp_path / "rows.csv").write_text(FILE, encoding="utf-8")
    spec = {"file": str(tmp_path / "rows.csv"), **sample}
    model = {"sample": "s", "family": "ols", "outcome": "b", "terms": ["share"]}
    config = settings.main() | {"samples": {"s": spec}, "models": {"m": model}}
    problems = Problems()
    found = user_file.build(config, "s", problems)
    said = [f"{problem.place}: {problem.message}" for problem in problems.found]
    return found, said, found.diagnostics["reading"]


SHARE = {"share": {"ratio": ["a", "b"], "label": "Share"}}


def test_a_sample_makes_them_and_counts(tmp_path: Path) -> None:
    found, said, notes_ = built(tmp_path, variables=SHARE)
    assert said == []
    assert found.table["share"].tolist()[0] == 2.0
    assert [note for note in notes_ if note.startswith("share: ")] == [
        "share: missing in 1 row where b is zero",
        "share: missing in 1 row for a missing part",
    ]


def test_descriptives_are_those_of_the_rows_that_where_keeps(tmp_path: Path) -> None:
    found, said, notes_ = built(tmp_path, variables=SHARE, where="year >= 2002 and share > 0")
    assert said == []
    assert "`where` keeps 1 of 5 rows" in notes_
    (entry,) = (each for each in found.diagnostics["descriptives"] if each["variable"] == "b")
    assert (entry["n"], entry["mean"]) == (1, 4.0)
    found, said, _ = built(tmp_path, variables=SHARE, where={"kind": ["z"]})
    assert any("no row of the file is left" in line for line in said) or any(
        "no cell of the column 'kind'" in line for line in said
    )
    _, said, _ = built(tmp_path, variables=SHARE, where="year >= 2010")
    assert said == ["samples.s.where: no row of the file is left"]


def test_a_text_is_not_calculated_with(tmp_path: Path) -> None:
    _, said, _ = built(tmp_path, variables={"share": {"ratio": ["a", "kind"]}})
    assert said == [
        "samples.s.variables.share: the column holds texts; `recode` makes numbers of them"
    ]
    _, said, _ = built(tmp_path, variables={"share": {"condition": "kind > 2"}})
    assert "is compared as a text with a number" in said[0]
