"""Whatever a config or a table says, it is accepted or refused with a screen; nothing fails in
another way.
"""

from __future__ import annotations

import contextlib
import copy
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from coalition.base.errors import Problems
from coalition.commands import check
from coalition.config import checks
from coalition.config import settings as configuration
from coalition.data import table_schema
from coalition.data.country_names import identify, names_of
from coalition.data.recoding import read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[3]
CORPUS = ROOT / "tests" / "data" / "broken"
Place = tuple[Any, ...]
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.just(10**12),
    st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=6),
    st.sampled_from(["a", "iraq", "isaf", "all", "logit", "abandonment", "iso3", "data/states.csv",
    "log(a)", "a:b", "year > 3", "2003-01-01", "*"]),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.sampled_from(["label", "min", "from", "sample", "x"]), st.integers(0, 9),
    max_size=2),
)  # fmt: skip


def places(value: Any, at: Place = ()) -> list[Place]:
    """Return every place of a config."""
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [at, *(place for key, item in items for place in places(item, (*at, key)))]


def changed(config: dict[str, Any], place: Place, value: Any, gone: bool) -> dict[str, Any]:
    """Return the config with another value in a place, or without it."""
    new = copy.deepcopy(config)
    if not place:
        return new
    block = new
    for key in place[:-1]:
        block = block[key]
    if gone:
        del block[place[-1]]
    else:
        block[place[-1]] = value
    return new


def shipped() -> dict[str, Any]:
    with contextlib.chdir(ROOT):
        return configuration.main()


SHIPPED, SMALL = (
    shipped(),
    configuration.combine(
        shipped(), yaml.safe_load((CORPUS / "small.yaml").read_text(encoding="utf-8"))
    ),
)
SHIPPED_PLACES, SMALL_PLACES = (
    places(SHIPPED),
    [place for place in places(SMALL) if place[:1] in (("samples",), ("models",), ("tables",))],
)


@pytest.fixture(autouse=True)
def in_the_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Stand in a folder with the data of both configs, as paths are relative to the project."""
    folder, before = tmp_path_factory.mktemp("project"), Path.cwd()
    (folder / "data").mkdir()
    for path in (ROOT / "data").iterdir():
        (folder / "data" / path.name).symlink_to(path)
    (folder / "data" / "small.csv").symlink_to(CORPUS / "small.csv")
    os.chdir(folder)
    yield
    os.chdir(before)


def refused_or_accepted(config: dict[str, Any], everything: bool) -> None:
    try:
        check.everything(config) if everything else checks.check(config)
    except Problems as problems:
        said = str(problems)
    else:
        return
    assert "to correct before the analysis can run" in said


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SHIPPED_PLACES), VALUES, st.booleans())
def test_one_change_anywhere_in_the_shipped_config(place: Place, value: Any, gone: bool) -> None:
    refused_or_accepted(changed(SHIPPED, place, value, gone), everything=False)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SMALL_PLACES), VALUES, st.booleans())
def test_one_change_anywhere_in_a_small_config_and_its_file_is_read_too(
    place: Place, value: Any, gone: bool
) -> None:
    refused_or_accepted(changed(SMALL, place, value, gone), everything=True)


CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            "ALB",
            "iraq",
            "1",
            "-1",
            "0",
            "2003",
            "2003-02",
            "2003-02-30",
            "1e400",
            "nan",
            "A",
            "stated",
            "x;y",
        ]
    ),
    st.text(max_size=5),
)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(sorted(path.stem for path in table_schema.SCHEMAS.glob("*.yaml"))), st.data()
)
def test_any_cells_in_any_table(name: str, data: st.DataObject) -> None:
    declared = table_schema.load(name)
    columns = data.draw(
        st.lists(
            st.sampled_from([column.name for column in declared.columns]) | st.text(max_size=4),
            unique=True,
            min_size=1,
        )
    )
    rows = data.draw(
        st.lists(
            st.lists(CELLS, min_size=len(columns), max_size=len(columns)), min_size=1, max_size=4
        )
    )
    raw = pd.DataFrame(rows, columns=columns, index=range(2, len(rows) + 2), dtype="str")
    problems = Problems()
    known = table_schema.Known(states={"ALB": "Albania"}, sources={"x"})
    table = table_schema.validate(
        table_schema.number_rows(raw, declared), declared, "t.csv", known, problems
    )
    assert set(table.columns) <= {column.name for column in declared.columns} | (
        set(columns) if declared.other_columns else set()
    ) | {declared.counter}
    assert all(problem.place == "t.csv" and str(problem) for problem in problems.found)


RULES = st.fixed_dictionaries(
    {},
    optional={
        "encoding": st.sampled_from(["utf-8", "latin-1", "utf-16", "zip", "x"]),
        "separator": st.characters(codec="ascii", exclude_categories=["Cc"]),
        "decimal": st.sampled_from([".", ","]),
        "missing": st.lists(st.integers(-9, 9) | st.text(max_size=3), max_size=3),
        "recode": st.dictionaries(st.sampled_from("abc"),
        st.dictionaries(st.text(max_size=2), st.none() | st.integers(), max_size=2), max_size=2),
        "dates": st.dictionaries(st.sampled_from("abc"),
        st.text(st.sampled_from("%YmdQ.-/( "), max_size=6).map(lambda form: f"%{form}"),
        max_size=2),
        "wide": st.fixed_dictionaries({"prefix": st.sampled_from("abx"),
        "into": st.sampled_from("abn"), "value": st.sampled_from("abv")}),
    },
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(RULES, st.text(st.sampled_from('abc,;"\n 019.-é'), max_size=40))
def test_any_rules_of_reading_on_any_text(
    tmp_path_factory: pytest.TempPathFactory, rules: dict[str, Any], text: str
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.csv"
    path.write_text(text, encoding="utf-8")
    problems = Problems()
    assert (
        read(str(path), rules, {"z": "a"} if text.startswith("a") else {}, None, problems)
        is not None
        or problems.found
    )


STATES = names_of(
    pd.DataFrame(
        {
            "iso3": ["ALB", "DEU"],
            "country": ["Albania", "Germany"],
            "cow_code": [339, 255],
            "gw_code": [339, 260],
        }
    )
)


@given(
    st.lists(st.text(max_size=10), min_size=1, max_size=4),
    st.sampled_from(["iso3", "iso2", "cow", "gw", "name"]),
)
def test_any_names_of_states(cells: list[str], system: str) -> None:
    problems = Problems()
    found = identify(
        pd.DataFrame({"who": cells}, dtype="str"),
        {"column": "who", "as": system},
        STATES,
        "t.csv",
        problems,
    )
    assert set(found["iso3"]) <= {"ALB", "DEU"}
    assert len(found) == len(cells) or problems.found
