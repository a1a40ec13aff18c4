"""Everything that can be known to be wrong before anything is computed or overwritten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from ..base.errors import Problems, looking_at
from ..base.keys import keys_of
from ..config import availability, checks
from ..config import settings as configuration
from ..data import ingest
from ..data.file_formats import located
from ..data.table_schema import Known
from ..estimators.design_matrix import Prepared, prepare
from ..estimators.fit_types import EstimationFailure
from ..estimators.foreseen import foreseen
from ..formula.columns import columns_of
from ..formula.filters import named_values
from ..samples import country_operations, user_file
from ..samples.country_operations import Sample
from ..workflow import slices
from . import check_report
from .check_report import Checked
from .plan import Planner

FATAL = {
    "constant_outcome": "so nothing can be fitted; look at the model's `where` and at the data",
    "too_few_rows": (
        "so nothing can be fitted; leave out terms, or look at the model's `where` and at "
        "empty cells"
    ),
    "unfit_column": "so nothing can be fitted",
}
"""Failures that are known before anything is fitted, and where to look."""


def everything(config: Mapping[str, Any]) -> Checked:
    """Check the config, every data file, and that every model has rows to be fitted to.

    What the operations' files cannot give (see `skipping`) is left out first.

    Raises
    ------
    Problems
        With everything that was found.
    """
    checks.check(config)
    config, skipped = availability.leave_out(dict(config))
    problems = Problems()
    tables = _tables(config, problems)
    problems.stop()
    _check_states(config, tables, problems)
    _check_empty(config, tables, problems)
    problems.stop()
    built = {}
    for name in config["samples"]:
        with looking_at(f"samples.{name}"):
            built[name] = _build(config, name, tables, problems)
    problems.stop()
    _check_values(config, built, problems)
    models = _prepare(config, built, problems)
    problems.stop()
    notes = {name: foreseen(model, config["models"][name]) for name, model in models.items()}
    return Checked(config, tables, built, models, notes, skipped)


def texts(checked: Checked) -> dict[str, dict[str, str]]:
    """Return the canonical tables that were read, as CSV: group -> table -> its text."""
    return {
        group: ingest.as_csv(slices.ingest(checked.config, group), tables)
        for group, tables in checked.tables.items()
    }


def _tables(config: Mapping[str, Any], problems: Problems) -> ingest.Tables:
    """Read every table as the step of its group does."""
    known = ingest.known_names(config, problems)
    return {
        group: ingest.group_tables(slices.ingest(config, group), group, known, problems)
        for group in slices.groups(config)
    }


def _of_operations(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the place and code of every state that an operation names."""
    for name, about in config["operations"].items():
        for key in ("leader", "target", "at_war"):
            given = about.get(key) or []
            for code in [given] if isinstance(given, str) else given:
                yield f"operations.{name}.{key}", code


def _predecessors(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the place and code of every state that a sample names with its predecessor."""
    for name, sample in config["samples"].items():
        for young, old in sample.get("predecessors", {}).items():
            yield from ((f"samples.{name}.predecessors.{young}", code) for code in (young, old))


def _check_states(config: Mapping[str, Any], tables: ingest.Tables, problems: Problems) -> None:
    """Look for the states that a config names: a misspelt target would be a state like any other,
    at an unknown distance.
    """
    named = [*_of_operations(config), *_predecessors(config), *_conditions(config)]
    states = tables[ingest.COVARIATES]["states"]
    names = dict(zip(states["iso3"], states["country"], strict=True))
    known = Known(states=names)
    for place, code in named:
        if code not in names:
            allowed = f"the codes in {config['states']}"
            problems.add(
                place,
                "not the code of a state",
                value=code,
                allowed=allowed,
                nearest=known.nearest_state(code),
            )


def _conditions(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the states that conditions list, with their places; a file has codes of its own."""
    for block in ("universes", "models", "robustness", "blocs", "variables"):
        for name, entry in config.get(block, {}).items():
            sample = entry["sample"] if block == "models" else None
            if "file" not in config["samples"].get(sample, {}):
                yield from _states_in(entry, f"{block}.{name}")


def _states_in(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == "iso3" and isinstance(item, list):
                yield from ((f"{place}.{key}", str(code)) for code in item)
            else:
                yield from _states_in(item, f"{place}.{key}")
    elif isinstance(value, list):
        for position, item in enumerate(value, start=1):
            yield from _states_in(item, f"{place}[entry {position}]")


def _check_empty(config: Mapping[str, Any], tables: ingest.Tables, problems: Problems) -> None:
    """Note columns of covariates that are used and hold nothing: no model could say which file is
    to blame.
    """
    if all("file" in sample for sample in config["samples"].values()):
        return
    wanted = country_operations.modelled_columns(config)
    for name, covariate in config["covariates"].items():
        table = tables[ingest.COVARIATES][name]
        for column in [each for each in table if each in wanted and table[each].isna().all()]:
            theirs = covariate.get("columns", {}).get(column, column)
            problems.add(covariate["file"], "the column has no cell with a value", column=theirs)


def _build(
    config: Mapping[str, Any], name: str, tables: ingest.Tables, problems: Problems
) -> Sample:
    try:
        slice = slices.sample(config, name)
        if "file" in config["samples"][name]:
            return user_file.build(slice, name, problems)
        return country_operations.build(slice, name, tables, describe=False)
    except Problems as found:
        problems.extend(found)
        return Sample(pd.DataFrame(), {})


def _check_values(
    config: Mapping[str, Any], built: Mapping[str, Sample], problems: Problems
) -> None:
    """Note values that a model's condition names and no row of a sample of states has; of a file it
    is noted where the file is read.
    """
    for name, model in config["models"].items():
        if "file" in config["samples"][model["sample"]]:
            continue
        table, condition = built[model["sample"]].table, model.get("where", {})
        for column, values in named_values(condition):
            place = f"models.{name}.where" + f".{column}" * isinstance(condition, Mapping)
            for value in values if column in table else ():
                if not table[column].isin([value]).any():
                    text = f"no row of the sample has this value of {column!r}"
                    problems.add(place, text, value=str(value))


def _prepare(
    config: Mapping[str, Any], built: Mapping[str, Sample], problems: Problems
) -> dict[str, Prepared]:
    """Return the rows of each model; of one whose condition is already blamed no more is said."""
    prepared, labels = {}, configuration.labels(config)
    blamed = {problem.place.partition(".where")[0] for problem in problems.found}
    for name, model in config["models"].items():
        if f"models.{name}" in blamed:
            continue
        sample = model["sample"]
        try:
            with looking_at(f"models.{name}"):
                keys = keys_of(config["samples"][sample])
                table = built[sample].table
                if "file" not in config["samples"][sample]:
                    used = {*keys.row, "country", *columns_of(model)}
                    table = table[[column for column in table if column in used]]
                prepared[name] = prepare(table, model, labels, keys)
        except EstimationFailure as failure:
            if failure.kind in FATAL:
                said, then, hint = failure.message.partition("; ")  # the hint last
                problems.add(f"models.{name}", f"{said}, {FATAL[failure.kind]}{then}{hint}")
    return prepared


def account(changes: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Check config.yaml with other settings laid over it; return the account, for the terminal and
    in full, and the files that it rests on.

    Raises
    ------
    Problems
        With everything that was found.
    """
    configuration.FILES_READ.clear()
    config = configuration.plain(configuration.main(changes))
    parts = check_report.account(everything(config))
    made = {
        "run": config["run"],
        "screen": check_report.screen(parts),
        "page": check_report.page(parts, config["run"]),
    }
    data = [str(located(path)) for path in Planner(config).inputs()]
    return made, [*configuration.FILES_READ, *data]
