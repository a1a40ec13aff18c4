"""A config checked against itself: its characters, its shape, its files, and every name that refers
to another.
"""

from __future__ import annotations

from collections.abc import Mapping
from os.path import isdir, isfile  # unlike Path's, they answer for a name that no file can have
from typing import Any

from ...base.errors import Problem, Problems, nearest_file, one_of
from ...base.unprintable import FORBIDDEN, MESSAGE
from ...data.file_formats import header, located, read_raw
from .. import json_schema
from ..output_kinds import KINDS
from ..settings import KEYS, Config, columns, file_columns, files, on_file, plain
from .data_checks import (
    check_covariate,
    check_labels,
    check_measures,
    check_order_of_measures,
    check_sample,
    check_variables,
)
from .model_checks import check_controls, check_hypothesis, check_model
from .name_checks import check_filter
from .output_checks import check_across, check_output, check_reasons
from .reserved_names import check_list_names, check_reserved
from .variant_checks import check_curve, check_robustness, check_second_version

EARLIEST, LATEST = 1500, 2200
"""Years of operations, as the schema has them for other years of the config."""


def check(config: Mapping[str, Any]) -> None:
    """Check a config: its shape, then every name in it.

    Raises
    ------
    Problems
        With every problem that was found.
    """
    problems = Problems()
    checked: Config = plain(config)
    _check_characters(checked, "", problems)
    if check_list_names(checked, problems):
        problems.stop()  # the list is written out by now, and its terms would be blamed
    json_schema.check(checked, problems)
    problems.stop()
    _check_files(checked, problems)
    _check_operations(checked, problems)
    problems.stop()
    _check_readable(checked, problems)
    problems.stop()
    _check_names(checked, problems)
    problems.stop()


def _check_characters(value: Any, place: str, problems: Problems) -> None:
    if isinstance(value, str) and FORBIDDEN.search(value):
        problems.add(place, MESSAGE, value=value)
    for key, item in (
        value.items()
        if isinstance(value, Mapping)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    ):
        _check_characters(str(key), place or "config", problems)
        _check_characters(
            item,
            f"{place}[entry {key + 1}]"
            if isinstance(value, list)
            else f"{place}.{key}".lstrip("."),
            problems,
        )


def _check_files(config: Config, problems: Problems) -> None:
    for place, path in files(config).items():
        if isdir(located(path)):
            problems.add(place, "a folder; name a file in it", value=path)
        elif not isfile(located(path)):
            problems.add(place, "the file does not exist", value=path, nearest=nearest_file(path))


def _check_readable(config: Config, problems: Problems) -> None:
    """Say why a file whose columns the config names has no columns, rather than that each of them
    is unknown.
    """
    for spec in [
        *config["covariates"].values(),
        *(sample for sample in config["samples"].values() if "file" in sample),
    ]:
        if not header(spec["file"], spec.get("reading", {})):
            read_raw(spec["file"], problems, spec.get("reading", {}))


def _check_operations(config: Config, problems: Problems) -> None:
    for name, operation in config["operations"].items():
        place = f"operations.{name}"
        if operation["start"] > operation["end"]:
            problems.add(
                place,
                "the operation ends before it starts",
                value=f"{operation['start']} to {operation['end']}",
            )
        if operation["panel_years"][0] > operation["panel_years"][1]:
            problems.add(
                f"{place}.panel_years",
                "the last year is before the first",
                value=str(operation["panel_years"]),
            )
        first, last = int(operation["start"][:4]), int(operation["end"][:4])
        for key in ("start", "end"):
            if not EARLIEST <= int(operation[key][:4]) <= LATEST:
                allowed = f"days of the years {EARLIEST} to {LATEST}"
                problems.add(
                    f"{place}.{key}", "too early or too late", value=operation[key], allowed=allowed
                )
        if (
            operation.get("early_exit_until") is not None
            and not first <= operation["early_exit_until"] <= last
        ):
            value, allowed = str(operation["early_exit_until"]), f"{first} to {last}"
            problems.add(
                f"{place}.early_exit_until",
                "not a year of the operation",
                value=value,
                allowed=allowed,
            )
        if operation["baseline_year"] > first:
            value = str(operation["baseline_year"])
            problems.add(
                f"{place}.baseline_year",
                "the baseline must not be after the start",
                value=value,
                allowed=f"at most {first}",
            )


def _check_aliases(config: Config, offered: list[str], problems: Problems) -> None:
    for name, operation in config["operations"].items():
        for alias, target in operation.get("aliases", {}).items():
            place = f"operations.{name}.aliases.{alias}"
            one_of(target, offered, place, "column of the covariates", problems)


def _check_names(config: Config, problems: Problems) -> None:
    offered = columns(config)
    check_reserved(config, offered, problems)
    for name, covariate in config["covariates"].items():
        check_covariate(covariate, f"covariates.{name}", problems)
    check_variables(config["variables"], offered, "variables", problems)
    check_measures(
        config["measures"],
        [*config["variables"], *config["measures"], *offered],
        "measures",
        problems,
    )
    check_order_of_measures(config["measures"], "measures", problems)
    _check_aliases(config, offered, problems)
    for name, universe in config["universes"].items():
        check_filter(universe["where"], offered, f"universes.{name}.where", problems)
    for name, sample in config["samples"].items():
        check_sample(sample, config, f"samples.{name}", problems)
    check_controls(config, problems)
    problems.stop()  # what is wrong in a list of controls would be wrong in every model
    for name, model in config["models"].items():
        check_model(model, config, f"models.{name}", problems)
    for name, hypothesis in config["hypotheses"].items():
        check_hypothesis(hypothesis, config, f"hypotheses.{name}", problems)
    for part, kinds in KINDS.items():
        for name, output in config[part].items():
            check_output(kinds[output["kind"]], output, config, f"{part}.{name}", problems)
    check_robustness(config, offered, problems)
    for name, bloc in config["blocs"].items():
        check_filter(
            bloc["where"],
            [*KEYS, *config["variables"], *config["measures"]],
            f"blocs.{name}.where",
            problems,
        )
    _check_auxiliary(config, problems)
    check_curve(config, offered, problems)
    check_second_version(config, problems)
    check_across(config, problems)
    check_reasons(config, problems)
    check_labels(config, problems)
    problems.found = _causes(problems.found)


def _causes(found: list[Problem]) -> list[Problem]:
    """Return problems without terms that are unknown as a model's own term is misspelt."""
    kept: list[Problem] = []
    wrong: set[str | None] = set()
    for problem in found:
        if not (problem.message.startswith("unknown term of ") and problem.nearest in wrong):
            kept.append(problem)
            wrong |= {problem.value} if problem.message.startswith("unknown ") else set()
    return kept


def _check_auxiliary(config: Config, problems: Problems) -> None:
    """Look for what helps to impute, in what the project makes and in files that hypotheses are
    on.
    """
    known = [*config["variables"], *config["measures"]]
    for name in config["hypotheses"]:
        model = config["models"].get(config["hypotheses"][name]["primary"]["model"], {})
        if model and on_file(config, name):
            sample = config["samples"][model["sample"]]
            known += [*file_columns(sample), *sample.get("variables", {})]
    for position, name in enumerate(
        config["uncertainty"]["auxiliary"] if config["hypotheses"] else []
    ):
        place = f"uncertainty.auxiliary[entry {position + 1}]"
        one_of(name, known, place, "variable or measure", problems)
