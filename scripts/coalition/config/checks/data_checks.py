"""What models stand on, checked: covariates, variables, measures and samples of a config."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...base.errors import Problems, one_of
from ...base.keys import listed
from ...data.file_formats import header
from ...data.recoding import offered_columns
from ...formula.combinations import OF_TWO, ZERO_WHERE, kind_of, parts_of
from ...formula.outcomes import modelled
from ...formula.terms import TermError, parse_term
from ...formula.terms import parts_of as parts_of_term
from ..settings import KEYS, Config, columns, file_columns
from .name_checks import check_filter


def check_covariate(covariate: Mapping[str, Any], place: str, problems: Problems) -> None:
    """Look for the columns that polls are read from."""
    if covariate["shape"] == "polls":
        theirs = offered_columns(
            covariate["file"], covariate.get("reading", {}), covariate.get("columns", {})
        )
        one_of(covariate["value"], theirs, f"{place}.value", "column of the file", problems)
        check_filter(covariate.get("keep", {}), theirs, f"{place}.keep", problems)


def check_variables(
    variables: Mapping[str, Any],
    offered: list[str],
    place: str,
    problems: Problems,
    what: str = "column of the covariates",
) -> None:
    """Look for the columns that variables are made from."""
    for name, variable in variables.items():
        if "from" in variable:
            one_of(variable["from"], offered, f"{place}.{name}.from", what, problems)
        for position, condition in enumerate(variable.get("any_of", [])):
            check_filter(
                condition, offered, f"{place}.{name}.any_of[entry {position + 1}]", problems
            )
        _check_combination(name, variable, offered, place, problems, what)


def _check_combination(
    name: str,
    variable: Mapping[str, Any],
    offered: list[str],
    place: str,
    problems: Problems,
    what: str,
) -> None:
    if "any_of" in variable or "condition" in variable:
        _check_without_transform(variable, f"{place}.{name}.transform", problems)
    for key in ("condition", ZERO_WHERE):
        if key in variable:
            check_filter(variable[key], offered, f"{place}.{name}.{key}", problems)
    if ZERO_WHERE in variable and "from" not in variable:
        text = "is for a variable that is made `from` one column"
        problems.add(f"{place}.{name}.{ZERO_WHERE}", text, value=variable[ZERO_WHERE])
    _check_parts(variable, f"{place}.{name}", offered, what, problems)


def _check_parts(
    variable: Mapping[str, Any], place: str, offered: list[str], what: str, problems: Problems
) -> None:
    """Look for the columns that a combination is made of, and whether one could be passed over."""
    for part in parts_of(variable):
        one_of(part, offered, f"{place}.{kind_of(variable)}", what, problems)
    if "missing_parts" in variable and (not parts_of(variable) or kind_of(variable) in OF_TWO):
        text = "has no part that could be passed over"
        problems.add(f"{place}.missing_parts", text, value=variable["missing_parts"])


def _check_without_transform(variable: Mapping[str, Any], place: str, problems: Problems) -> None:
    if variable.get("transform", "none") != "none":
        text = "a condition is 1 or 0, and takes no transform"
        problems.add(place, text, value=variable["transform"])


def check_measures(
    measures: Mapping[str, Any], known: list[str], place: str, problems: Problems
) -> None:
    """Look for the components of measures, and whether there are as many as a measure asks for."""
    for name, measure in measures.items():
        for position, component in enumerate(measure.get("components", [])):
            one_of(
                component["variable"],
                known,
                f"{place}.{name}.components[entry {position + 1}].variable",
                "variable",
                problems,
            )
        minimum = measure.get("minimum", "all")
        if "components" in measure and minimum != "all" and minimum > len(measure["components"]):
            problems.add(
                f"{place}.{name}.minimum",
                f"there are only {len(measure['components'])} components",
                value=str(minimum),
            )


def check_order_of_measures(measures: Mapping[str, Any], place: str, problems: Problems) -> None:
    """Note a measure that is made from one that stands below it: they are computed from top to
    bottom.
    """
    names = list(measures)
    for position, (name, measure) in enumerate(measures.items()):
        for component in measure.get("components", []):
            if component["variable"] in names[position:]:
                problems.add(
                    f"{place}.{name}",
                    f"uses the measure {component['variable']!r}, which must stand above it",
                )


def check_sample(sample: Mapping[str, Any], config: Config, place: str, problems: Problems) -> None:
    """Look for a sample's operations, universe and columns; of a sample that is a file, for the
    columns of the file.
    """
    if "file" in sample:
        _check_file_sample(sample, place, problems)
        return
    for operation in sample.get("operations", []):
        one_of(operation, config["operations"], f"{place}.operations", "operation", problems)
    if "where" in sample:
        known = [*KEYS, *config["variables"], *config["measures"], *columns(config)]
        known += modelled(sample["unit"]) if "unit" in sample else ()
        check_filter(sample["where"], known, f"{place}.where", problems)
    if "universe" in sample:
        one_of(sample["universe"], config["universes"], f"{place}.universe", "universe", problems)
    rule = sample.get("caveats", {})
    for operation in sample.get("operations", []) if rule.get("years") == "first_phase" else []:
        if operation not in rule.get("first_phase", {}):
            problems.add(
                f"{place}.caveats.first_phase",
                "the years of the first phase are not given for an operation",
                value=operation,
            )
    if "personnel" in sample:
        one_of(
            sample["personnel"],
            columns(config),
            f"{place}.personnel",
            "column of the covariates",
            problems,
        )


def check_labels(config: Config, problems: Problems) -> None:
    """Look for labels of nothing; last of all, as a label of what is unknown already is no second
    mistake.
    """
    said = {problem.value for problem in problems.found if problem.message.startswith("unknown ")}
    for sample, spec in config["samples"].items():
        labels = spec.get("labels", {})
        known = [*file_columns(spec), *spec.get("variables", {})] if labels else []
        for name in labels:
            unknown = sorted(set(_labelled(name)) - {*known, "const"})
            if unknown and not said.intersection([name, *unknown]):
                # the constant is no column, and no suggestion for one
                one_of(unknown[0], known, f"samples.{sample}.labels", "column or term", problems)


def _labelled(name: str) -> list[str]:
    """Return what a label is of: a column, or those of a term or of one value of a term."""
    try:
        parts = [parse_term(part.partition("[")[0].strip()) for part in parts_of_term(name)]
    except TermError:  # a column whose name is no term is known under that name
        return [name]
    return [variable for part in parts for variable in part.variables] or [name]


def _check_file_sample(sample: Mapping[str, Any], place: str, problems: Problems) -> None:
    theirs, ours = header(sample["file"], sample.get("reading", {})), file_columns(sample)
    for name, column in sample.get("columns", {}).items():
        one_of(column, theirs, f"{place}.columns.{name}", "column of the file", problems)
    for column in sample.get("reading", {}).get("recode", {}):
        one_of(column, ours, f"{place}.reading.recode", "column of the file", problems)
    made: list[str] = []
    for name, variable in sample.get("variables", {}).items():
        check_variables(
            {name: variable}, [*ours, *made], f"{place}.variables", problems, "column of the file"
        )
        made.append(name)
    check_filter(sample.get("where", {}), [*ours, *made], f"{place}.where", problems)
    panel = sample.get("panel", {})
    unit = panel.get("unit", [])
    for key, names in (
        ("keys", sample.get("keys", [])),
        ("panel.unit", listed(unit)),
    ):
        for name in names:
            one_of(name, ours, f"{place}.{key}", "column of the file", problems)
    lies = {f"places.{key}": name for key, name in sample.get("places", {}).items()}
    single = {"panel.time": panel.get("time"), "state": sample.get("state"), **lies}
    for key, name in single.items():
        if name is not None:
            one_of(name, ours, f"{place}.{key}", "column of the file", problems)
