"""data/build/: every column of country_year has a script, and every raw file an address and
sha256.
"""

from __future__ import annotations

import ast
import re

import pandas as pd
from shipped import DATA, text

BUILD = DATA / "build"


def listed(name: str) -> pd.DataFrame:
    return pd.read_csv(BUILD / name, dtype="str", keep_default_na=False)


def scripts() -> dict[str, ast.Module]:
    paths = sorted(BUILD.glob("*.py"))
    return {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def test_every_column_is_made_by_a_script_that_is_there() -> None:
    columns = listed("columns.csv")
    shipped = set(text("country_year.csv").columns) - {"iso3", "year", "country", "gwcode"}
    assert shipped - {"ccode"} <= set(columns["variable"]) | {"ccode"}
    assert set(columns["variable"]) == set(text("country_year_dictionary.csv")["variable"])
    assert set(columns["script"]) <= set(scripts())


def test_every_raw_file_has_an_address_and_a_sha256_and_is_not_shipped() -> None:
    files = listed("raw_files.csv")
    for row in files.itertuples():
        assert row.repository, row.raw_file
        assert row.path, row.raw_file
        assert re.fullmatch(r"[0-9a-f]{64}", row.sha256), row.raw_file
    assert not {path.name for path in BUILD.iterdir()} & set(files["raw_file"])


def test_every_raw_file_that_a_script_reads_is_listed() -> None:
    read = {
        node.args[0].value
        for tree in scripts().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "read"
        and isinstance(node.args[0], ast.Constant)
    }
    assert read
    assert read <= set(listed("raw_files.csv")["raw_file"])


def test_every_script_compiles_and_says_what_it_makes() -> None:
    for name, tree in scripts().items():
        compile(tree, f"{name}.py", "exec")
        assert ast.get_docstring(tree), name
        assert name in {"base", "build", "compare"} | set(listed("columns.csv")["script"]), name


def test_the_dictionary_says_of_every_column_how_it_is_reproduced() -> None:
    assert set(text("country_year_dictionary.csv")["reproduced"]) == {"to the last digit"}
