"""Slices: a stage reads the same of its slice as of the whole config, and `./run check` reads what
the step reads, byte for byte.
"""

from __future__ import annotations

import random
import re
import runpy
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import yaml
from coalition.base import files
from coalition.base.errors import Problems
from coalition.base.keys import keys_of
from coalition.commands import check
from coalition.config import availability, settings
from coalition.data import ingest
from coalition.samples import country_operations, user_file
from coalition.workflow import slices
from coalition.workflow.fingerprints import named
from coalition.workflow.slices import Watched, read_by

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("howto_*.md"))]
SHOWN = re.compile(r"^`([\w/.-]+)`\n\n```csv\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def shipped() -> Iterator[Any]:
    """Return every config that ships and every complete one of README and docs."""
    yield pytest.param({}, id="config")
    for path in sorted([*ROOT.glob("configs/*.yaml"), *ROOT.glob("configs/examples/*.yaml")]):
        yield pytest.param(settings.read(path), id=path.stem)
    for page in PAGES:
        for number, text in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")), 1):
            yield pytest.param(yaml.safe_load(text), id=f"{page.stem}-{number}")


@pytest.fixture(scope="module", autouse=True)
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Work in a folder that holds what a reader of the pages has made."""
    folder = tmp_path_factory.mktemp("reader")
    for name in ("data", "configs", "config.yaml"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "my_data").mkdir()
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for name, content in SHOWN.findall(text):
            (folder / name).write_text(content, encoding="utf-8")
    caveats = (ROOT / "data/operations/isaf/caveats.csv").read_text(encoding="utf-8")
    caveats = caveats.replace("from_year,to_year", "begin,finish", 1)
    (folder / "my_data/caveats.csv").write_text(
        caveats.replace(",level,", ",tightness,", 1), encoding="utf-8"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield


@cache
def _once(key: str) -> dict[str, pd.DataFrame]:
    del key
    return {}


def tables(config: Mapping[str, Any], problems: Problems) -> ingest.Tables:
    """Return every table as the whole config has it read, with every fifth state; each is read once
    for all configs.
    """
    known = ingest.known_names(config, problems)
    found: ingest.Tables = {}
    for source in ingest.sources(config):
        kept = _once(repr(source))
        if "table" not in kept:
            kept["table"] = ingest.table(source, known, problems)
        found.setdefault(source.group, {})[source.table] = kept["table"]
    states = found[ingest.COVARIATES]["states"]
    found[ingest.COVARIATES]["states"] = states[::5]  # some forty are enough to tell
    return found


def of_group(config: Mapping[str, Any], group: str) -> dict[str, ingest.Source]:
    """Return the sources of one operation, or of the facts, by table."""
    return {source.table: source for source in ingest.sources(config) if source.group == group}


def whole_sample(
    config: Mapping[str, Any], name: str, read: ingest.Tables, problems: Problems
) -> country_operations.Sample:
    """Return a sample as the whole config has it built, without what no model and no step names."""
    if "file" in config["samples"][name]:
        return user_file.build(config, name, problems)
    return country_operations.build(config, name, read)


@pytest.mark.long
@pytest.mark.parametrize("changes", list(shipped()))
def test_a_slice_is_read_as_the_whole_config_is(changes: dict[str, Any]) -> None:
    config, _ = availability.leave_out(settings.main(changes))
    for group in slices.groups(config):
        slice = slices.ingest(config, group)
        assert of_group(slice, group) == of_group(config, group)
        assert (slice["states"], slice["sources"]) == (config["states"], config["sources"])
    problems = Problems()
    read = tables(config, problems)
    for name, spec in config["samples"].items():
        slice, whole = slices.sample(config, name), whole_sample(config, name, read, problems)
        ours = whole_sample(slice, name, read, problems)
        columns = list(ours.table.columns)
        if "unit" in spec and "file" not in spec:
            columns = country_operations.columns(config, name)
            assert country_operations.columns(slice, name) == columns
        assert files.csv_text(ours.table[columns]) == files.csv_text(whole.table[columns])
        assert files.plain(ours.diagnostics) == files.plain(whole.diagnostics)
    problems.stop()


# -- generated configs, through the steps themselves


STUDY: dict[str, Any] = {
    "run": "study",
    "replace": "all",
    "operations": {
        "gulf": {
            "label": "Gulf",
            "leader": "USA",
            "target": "IRQ",
            "start": "2003-03-20",
            "end": "2009-07-31",
            "baseline_year": 2002,
            "panel_years": [2003, 2008],
            "contributors_complete": True,
            "files": {"contributors": "gulf.csv"},
        }
    },
    "universes": {"system": {"label": "All states", "where": {}}},
    "samples": {
        "joining": {
            "unit": "country_operation",
            "operations": ["gulf"],
            "universe": "system",
            "evidence": ["A", "B"],
            "late_states": "drop",
            "predecessors": {},
            "caveats": {
                "coders": [1], "preferred_only": True, "combine": "median", "ties": "up",
                "years": "all", "basis": "all", "restricted_by": "all",
            },
            "personnel": "size",
            "reserved_from": 2,
        },
        "survey": {"file": "survey.csv", "keys": ["who"]},
    },
    "covariates": {"facts": {"file": "facts.csv", "shape": "state", "columns": {}}},
    "variables": {"size": {"from": "size", "transform": "none", "label": "Size"}},
    "models": {
        "answers": {
            "group": "answers", "label": "OLS", "sample": "survey", "family": "ols",
            "outcome": "answer", "terms": ["age"], "fixed_effects": [], "cluster": None,
        }
    },
}  # fmt: skip
CODES = ("ALB", "AUS", "BGR", "DNK", "DEU", "FRA", "GBR", "ITA", "JPN", "NLD", "NOR", "POL")


def generate(seed: int, folder: Path) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """Write a study's files, each in a form of its own; return the config that says how they are
    read, and what they hold.
    """
    chance = random.Random(seed)
    truth = {
        "gulf": pd.DataFrame(
            {
                "iso3": CODES,
                "participated": [chance.randint(0, 1) for _ in CODES],
                "source_id": "PS_CAPITALS",
                "evidence": [chance.choice("AB") for _ in CODES],
            }
        ),
        "facts": pd.DataFrame({"iso3": CODES, "size": [chance.randint(1, 99) for _ in CODES]}),
        "survey": pd.DataFrame(
            {
                "who": range(40),
                "answer": [chance.randint(1, 5) for _ in range(40)],
                "age": [chance.randint(18, 80) for _ in range(40)],
            }
        ),
    }
    recoded = {"gulf": "participated", "facts": "size", "survey": "answer"}
    rules = {}
    for name, table in truth.items():
        rules[name] = _disguise(chance, table, recoded[name], folder / f"{name}.csv")
    config = settings.merged(STUDY, {})
    operation, facts = config["operations"]["gulf"], config["covariates"]["facts"]
    columns, reading = rules["gulf"]
    operation |= {"columns": {"contributors": columns}, "reading": {"contributors": reading}}
    facts |= dict(zip(("columns", "reading"), rules["facts"], strict=True))
    config["samples"]["survey"] |= dict(zip(("columns", "reading"), rules["survey"], strict=True))
    return settings.main(config), truth


def _disguise(
    chance: random.Random, table: pd.DataFrame, recoded: str, path: Path
) -> tuple[dict[str, str], dict[str, Any]]:
    """Write a table with other names, codes and marks; return `columns` and `reading` of it."""
    marks = {str(value): f"v{value}" for value in sorted(set(table[recoded]))}
    given = table.assign(**{recoded: table[recoded].astype(str).map(marks)})
    reading: dict[str, Any] = {
        "recode": {recoded: {mark: int(value) for value, mark in marks.items()}}
    }
    separator = chance.choice([",", ";", "|"])
    if separator != ",":
        reading["separator"] = separator
    columns = {name: f"x_{name}" for name in chance.sample(sorted(table), chance.randint(0, 2))}
    encoding = chance.choice(["utf-8", "latin-1"])
    if encoding != "utf-8":
        reading["encoding"] = encoding
    given.rename(columns=columns).to_csv(path, sep=separator, index=False, encoding=encoding)
    return columns, reading


class Named(SimpleNamespace):
    """Files of a step by name, which can be gone through, as Snakemake gives them."""

    def __iter__(self) -> Iterator[str]:
        return iter(vars(self).values())


def step(name: str, folder: Path, **given: Any) -> None:
    """Run the script of a rule as Snakemake would, without it."""
    snakemake = SimpleNamespace(rule=name, log=[str(folder / f"{name}.log")], **given)
    runpy.run_path(str(ROOT / "scripts" / f"{name}.py"), init_globals={"snakemake": snakemake})


@pytest.mark.long_after(2)
@pytest.mark.parametrize("seed", range(8))
def test_check_and_run_read_the_same_bytes(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("data", "configs", "config.yaml"):
        (tmp_path / part).symlink_to(ROOT / part)
    monkeypatch.chdir(tmp_path)
    config, truth = generate(seed, tmp_path)
    checked, run = check.everything(config), tmp_path / "results"
    for group in slices.groups(config):
        sources = of_group(config, group).values()
        paths = [ingest.canonical_path(run, source) for source in sources]
        params = SimpleNamespace(group=group, config=slices.ingest(config, group))
        step("ingest", run, params=params, output=list(map(str, paths)))
        for source, path in zip(sources, paths, strict=True):
            table = checked.tables[group][source.table]
            assert path.read_bytes() == written(run, table, source.schema.key)
    joined = files.read_table(run / "data" / "gulf" / "contributors.csv")
    assert joined["participated"].tolist() == sorted_by_state(truth["gulf"], "participated")
    for name, spec in config["samples"].items():
        output = Named(table=str(run / "data" / f"{name}.csv"), diagnostics=str(run / "d.json"))
        slice = slices.sample(config, name)
        params = SimpleNamespace(name=name, config=slice)
        given = SimpleNamespace(file=[spec["file"]] if "file" in spec else [])
        step("sample", run, input=given, params=params, output=output)
        table = checked.samples[name].table
        if "file" not in spec:
            table = table[country_operations.columns(config, name)]
        made = (run / "data" / f"{name}.csv").read_bytes()
        assert made == written(run, table, keys_of(spec).row)
    assert (
        files.read_table(run / "data" / "survey.csv")["answer"].tolist()
        == truth["survey"]["answer"].tolist()
    )


def written(folder: Path, table: pd.DataFrame, key: tuple[str, ...]) -> bytes:
    """Return the bytes of a table as a step would write them."""
    files.write_table(folder / "checked.csv", table, list(key))
    return (folder / "checked.csv").read_bytes()


def sorted_by_state(table: pd.DataFrame, column: str) -> list[int]:
    """Return a column in the order of the states' codes."""
    return table.sort_values("iso3")[column].tolist()


# -- what is watched


def test_what_is_looked_into_is_narrowed_and_what_is_taken_is_whole() -> None:
    config = {"a": {"x": 1, "y": 2}, "b": {"x": {"deep": 1}, "y": 2}, "c": {"x": 1}, "d": 4}

    def reader(config: Mapping[str, Any]) -> object:
        inside = config["b"].get("x", {})
        return config["a"], inside, "x" in config["c"], config.get("e")

    assert read_by(config, reader) == {
        "a": {"x": 1, "y": 2},
        "b": {"x": {"deep": 1}},
        "c": {"x": 1},
    }


def test_what_is_gone_through_is_kept_with_what_is_read_of_each() -> None:
    config = {"models": {"one": {"label": "L", "terms": ["a"]}, "two": {"terms": ["b"]}}}
    watched = Watched(config)
    assert [model["terms"] for model in watched["models"].values()] == [["a"], ["b"]]
    assert watched.read() == {"models": {"one": {"terms": ["a"]}, "two": {"terms": ["b"]}}}


def test_a_label_of_a_model_is_no_part_of_its_sample() -> None:
    config = settings.main()
    name, model = next(iter(config["models"].items()))
    before = slices.sample(config, model["sample"])
    model["label"] += " (changed)"
    assert slices.sample(config, model["sample"]) == before
    config["models"][name]["terms"].append("log(milper)")
    assert slices.sample(config, model["sample"]) != before


def test_headings_of_a_table_keep_their_order_and_other_keys_do_not() -> None:
    options = {"stars": "none", "groups": {"Main": ["x"], "Else": ["z"]}}
    table = {"title": "T", "options": options, "panels": {"Late": ["b"], "Early": ["a"]}}
    found = named({"t": table, "s": {}})
    assert list(found) == ["t", "s"]
    assert list(found["t"]) == ["options", "panels", "title"]
    assert list(found["t"]["options"]) == ["groups", "stars"]
    assert list(found["t"]["options"]["groups"]) == ["Main", "Else"]
    assert list(found["t"]["panels"]) == ["Late", "Early"]
