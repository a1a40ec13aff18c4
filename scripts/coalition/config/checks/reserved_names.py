"""Names that the project gives itself: nothing in a config may be called so."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from ...base.errors import Problems
from ...base.yaml_text import setting
from ...formula.outcomes import OUTCOMES
from ..settings import KEYS, NO_FACTS, Config, covariate_columns, file_columns

OUTPUTS = (
    "inference",
    "verdicts",
    "companions",
    "stated_reasons",
    "across_operations",
    "measurement",
    "caveat_models",
)
"""Files beside those of the model groups in results/<run>/estimates."""
OUTPUTS_OF_HYPOTHESES = ("robustness", "curve", "power", "uncertainty")
"""Files there that are called so, with the name of a hypothesis behind it."""
COLUMNS: Mapping[str, Collection[str]] = {
    "a column that every sample has": (*KEYS, "personnel", "covariate_iso3", "covariate_year",
    "as_of"),
    "an outcome that the samples make themselves": tuple(OUTCOMES),
    "the constant of a model": ("const",),
}  # fmt: skip
TABLES: Mapping[str, str] = {
    "states": "the table of the states",
    "sources": "the bibliography",
    **dict.fromkeys(
        ("contributors", "troops", "caveats", "caveat_types"), "a table of an operation"
    ),
}
RESULTS = Path("results")
SPELL = ("from_year", "to_year")
"""Columns of the key of a table of spells."""
FILED = ("samples", "hypotheses", "tables", "figures", "operations")
"""Blocks each entry of which has a file or folder of its own, called like it."""
IN_CAPITALS = "in capitals alone, and many disks take the two for one"
ROW = "row"
"""The number of a row in a sample that is a file."""


def check_reserved(config: Config, offered: Collection[str], problems: Problems) -> None:
    """Note the entries of a config that are called like something that there is already.

    Parameters
    ----------
    config : mapping
        The whole config.
    offered : collection of str
        Columns of the covariates.
    problems : Problems
    """
    _check_groups(config, problems)
    _check_capitals(config, problems)
    _check_made(config, offered, problems)
    _check_shared(config, problems)
    _check_covariates(config, problems)
    if "covariates" in config["operations"]:
        _add("operations.covariates", "the folder of the facts about states", problems)
    if "coder_agreement" in config["samples"]:
        _add("samples.coder_agreement", "an output of the run", problems)
    for name, sample in config["samples"].items():
        if "file" in sample and sample.get("variables"):
            _check_variables_of_file(name, sample, problems)


def _check_covariates(config: Config, problems: Problems) -> None:
    for name in config["covariates"]:
        if name in TABLES:
            _add(f"covariates.{name}", TABLES[name], problems)
        base = config["covariates"].get(name.removesuffix("_events"), {})
        if name.endswith("_events") and "events" in base:
            _add(f"covariates.{name}", "a table of events of another covariate", problems)


def _check_shared(config: Config, problems: Problems) -> None:
    """Note a column that two tables of covariates have: a model could mean either."""
    first: dict[str, str] = {}
    for name, covariate in config["covariates"].items():
        for column in dict.fromkeys(covariate_columns(covariate)):
            if column in NO_FACTS or column in SPELL or column.endswith("_evidence"):
                continue
            if column in first:
                problems.add(
                    f"covariates.{name}",
                    f"the column {column!r} is in the table {first[column]!r} too; leave it out of "
                    "one, or give it another name there ("
                    f"`{setting('columns', {'new_name': column})}`)",
                )
            first.setdefault(column, name)


def _check_variables_of_file(name: str, sample: Mapping[str, Any], problems: Problems) -> None:
    known = file_columns(sample)
    for variable in sample["variables"]:
        place = f"samples.{name}.variables.{variable}"
        if variable in known and sample["variables"][variable].get("from") != variable:
            _add(place, "a column of the file", problems)
        elif variable in (ROW, "const"):
            _add(place, "what a sample has itself", problems)


def check_list_names(config: Config, problems: Problems) -> bool:
    """Note a list of `controls` that is called like a variable or measure: where a model means
    that,
    the terms of the list would stand. Tell whether there is one.
    """
    before = len(problems.found)
    lists = config.get("controls")
    for name in lists if isinstance(lists, Mapping) else ():
        for block, what in (("variables", "variable"), ("measures", "measure")):
            made = config.get(block)
            if isinstance(made, Mapping) and name in made:
                problems.add(
                    f"controls.{name}",
                    f"called like the {what} `{block}.{name}`; give the list another name",
                )
    return len(problems.found) > before


def _check_groups(config: Config, problems: Problems) -> None:
    made = {f"{kind}_{name}" for kind in OUTPUTS_OF_HYPOTHESES for name in config["hypotheses"]}
    taken = {name.casefold() for name in (*OUTPUTS, *made)}  # as many a disk takes names
    spelt: dict[str, str] = {}
    for name, model in config["models"].items():
        group = model["group"]
        if (other := spelt.setdefault(group.casefold(), group)) != group:
            problems.add(
                f"models.{name}.group",
                f"differs from another group {IN_CAPITALS}",
                value=group,
                nearest=other,
            )
        if group.casefold() in taken:
            problems.add(
                f"models.{name}.group",
                "the name of another output of the run; give the group another",
                value=model["group"],
            )


def _check_capitals(config: Config, problems: Problems) -> None:
    """Note entries whose files many disks would write over those of another."""
    for block in FILED:
        spelt: dict[str, str] = {}
        for name in config[block]:
            if (other := spelt.setdefault(name.casefold(), name)) != name:
                problems.add(
                    f"{block}.{name}",
                    f"differs from `{block}.{other}` {IN_CAPITALS}; give one another name",
                )
    run = config["run"]
    for folder in sorted(RESULTS.glob("*")) if RESULTS.is_dir() else ():
        if folder.is_dir() and folder.name != run and folder.name.casefold() == run.casefold():
            problems.add(
                "run",
                f"differs from the run whose results are in {folder} {IN_CAPITALS}; give it "
                "another name",
                value=run,
            )


def _check_made(config: Config, offered: Collection[str], problems: Problems) -> None:
    for block in ("variables", "measures"):
        for name in config[block]:
            place = f"{block}.{name}"
            for what, names in COLUMNS.items():
                if name in names:
                    _add(place, what, problems)
            # a variable may be its own column, transformed
            if name in offered and config[block][name].get("from") != name:
                _add(place, "a column of the covariates", problems)
            if block == "measures" and name in config["variables"]:
                _add(place, "a variable", problems)


def _add(place: str, what: str, problems: Problems) -> None:
    problems.add(place, f"called like {what}; give it another name")
