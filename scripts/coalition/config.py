"""config.yaml: read, checked against its schema and against itself (names that refer to names)."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from datetime import date
from os.path import isdir, isfile  # unlike Path's, they answer for a name that no file can have
from pathlib import Path
from typing import Any

from . import shape
from .characters import FORBIDDEN, MESSAGE
from .conditions import ALLOWED as ALLOWED_FILTERS
from .conditions import ConditionError, variables
from .design import SELECTED, outcome_of
from .errors import Problems, nearest, nearest_file
from .keys import keys_of
from .plain_yaml import YAMLProblem, load
from .readers import header, located, read_raw
from .reading import offered_columns
from .terms import ALLOWED as ALLOWED_TERMS
from .terms import TermError, parse_term, power

Config = dict[str, Any]
LARGEST = 4 * 1024 * 1024
"""Bytes of a config file."""
OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "country_operation": (
        "participated", "response", "caveat_level", "any_caveat", "substantive_caveat", "n_caveat_types",
        "peak_troops", "peak_troops_per_1000", "log_peak_troops_per_1000",
    ),
    "country_operation_year": ("deployed", "troops", "troops_per_1000", "log_troops_per_1000", "exited", "years_in"),
}  # fmt: skip
"""The columns that each kind of sample makes itself."""
CHOICES = "choices"
"""The block of the specification curve's choices, which stands inside `specification_curve`."""
BLOCKS = (
    "operations", "covariates", "variables", "measures", "universes", "samples", "models", "hypotheses", "robustness", "blocs", "tables",
    "figures", "choices",
)  # fmt: skip
"""Blocks whose entries have names of the user's own."""
KEYS = ("iso3", "country", "operation", "year")
CURVE_FAMILIES = ("logit", "firth_logit", "ordered_logit", "multinomial_logit")
"""Families that the batched solver of the specification curve knows."""
CURVE_COLUMNS = ("specification", "estimate", "std_error", "p_value", "significant", "n", "n_states", "status", "one_step", "one_step_z")
"""Columns of a curve's table that no choice may be named as."""


def read(path: str | Path) -> Config:
    """Read a config file as it stands.

    Raises
    ------
    Problems
        When the file is missing, is no YAML, has a key twice in one block, or is no block of keys.
    """
    problems, place = Problems(), str(path)
    try:
        content = Path(path).read_bytes() if Path(path).stat().st_size <= LARGEST else None
        found = {} if content is None else load(content.decode("utf-8-sig")) or {}
    except FileNotFoundError:
        problems.add(place, "the file does not exist", nearest=nearest_file(place))
    except (OSError, UnicodeDecodeError) as error:
        problems.add(place, f"the file can not be read: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}")
    except YAMLProblem as error:
        problems.add(place, f"not readable as YAML: {error}", row=error.line)
    else:
        if content is None:
            problems.add(place, f"larger than {LARGEST // 1024**2} MiB, which no config is")
        elif not isinstance(found, dict):
            problems.add(place, "not a block of keys", allowed="lines of the form `key: value`, as in config.yaml")
    problems.stop()
    return found


def combine(base: Config, changes: Mapping[str, Any], within: tuple[str, ...] = ()) -> Config:
    """Return config.yaml with another config laid over it.

    Parameters
    ----------
    base : dict
        What config.yaml says.
    changes : mapping
        What the user's file says. Blocks are merged key by key; the blocks that its `replace` names are not: they are what the user's
        file says and nothing else. An entry of a block that is null is taken out, and so is a file of an operation.
        The files that it `extends` are laid over the base first, one after the other.
    within : tuple of str
        The files that extend each other down to this one.

    Raises
    ------
    Problems
        When `replace` names no block, or a file that it extends can not be read or extends itself.
    """
    problems = Problems()
    for path in map(str, _listed(changes.get("extends", []))):
        if path in within:
            problems.add("extends", "the file extends itself", value=path)
            problems.stop()
        base = combine(base, read(path), (*within, path))
    wanted = changes.get("replace", [])
    wanted = list(BLOCKS) if wanted == "all" else _listed(wanted)
    for position, block in enumerate(wanted):
        _one_of(str(block), BLOCKS, f"replace[entry {position + 1}]", "block", problems)
    problems.stop()
    new = copy.deepcopy(base) | {block: {} for block in wanted if block != CHOICES}
    if CHOICES in wanted:
        new["specification_curve"]["choices"] = {}
    _merge(new, {key: value for key, value in changes.items() if key not in ("extends", "replace")})
    _take_out(new)
    return new


def _take_out(config: Config) -> None:
    """Take out the entries of blocks, the files of operations, and the options of the specification curve's choices that are null."""
    choices = (config.get("specification_curve") or {}).get(CHOICES) or {}
    holders = [(config, block) for block in BLOCKS] + [(choice, "options") for choice in choices.values() if choice]
    holders += [(config["specification_curve"], CHOICES)] if choices else []
    holders += [(operation, "files") for operation in (config.get("operations") or {}).values() if isinstance(operation, dict)]
    for holder, name in holders:
        if isinstance(holder.get(name), dict):
            holder[name] = {key: value for key, value in holder[name].items() if value is not None}


def _listed(names: str | list[str]) -> list[str]:
    return list(names) if isinstance(names, list) else [names]


def check(config: Mapping[str, Any]) -> None:
    """Check a config: its shape, then every name in it.

    Raises
    ------
    Problems
        With every problem that was found.
    """
    problems = Problems()
    config = _plain(config)
    _check_characters(config, "", problems)
    shape.check(config, problems)
    problems.stop()
    _check_files(config, problems)
    _check_operations(config, problems)
    problems.stop()
    _check_readable(config, problems)
    problems.stop()
    _check_names(config, problems)
    problems.stop()


def patched(config: Mapping[str, Any], alternative: Mapping[str, Any], model: str) -> Config:
    """Return the config with one alternative of `robustness` laid over it.

    Parameters
    ----------
    alternative : mapping
        Keys operations, variables, measures (merged into those of the config), sample (merged into the model's sample) and
        model (merged into the model; `where` is merged, `with` adds terms, `without` removes them).
    model : str
        The model that is fitted again.
    """
    new = copy.deepcopy(_plain(config))
    for part in ("operations", "variables", "measures"):
        _merge(new[part], alternative.get(part, {}))
    spec = new["models"][model]
    _merge(new["samples"][spec["sample"]], alternative.get("sample", {}))
    change = dict(alternative.get("model", {}))
    added, removed = change.pop("with", []), change.pop("without", [])
    _merge(spec, change)
    for equation in (spec, spec["selection"]) if "selection" in spec else (spec,):
        kept = [term for term in equation["terms"] if term not in removed]
        equation["terms"] = kept + [term for term in added if term not in equation["terms"]]
    return new


def labels(config: Mapping[str, Any]) -> dict[str, str]:
    """Return what tables and figures print for each variable, measure and outcome."""
    made = {
        "participated": "Participated", "response": "Response", "caveat_level": "Caveat level (0-3)", "any_caveat": "Any caveat",
        "substantive_caveat": "Substantive caveat", "n_caveat_types": "Types of caveat", "peak_troops": "Troops at the peak",
        "peak_troops_per_1000": "Peak troops per 1,000 military personnel",
        "log_peak_troops_per_1000": "Peak troops per 1,000 military personnel (log)", "troops": "Troops", "deployed": "Deployed",
        "troops_per_1000": "Troops per 1,000 military personnel", "log_troops_per_1000": "Troops per 1,000 military personnel (log)",
        "exited": "Left early", "years_in": "Years in the operation", "year": "Year", "const": "Constant",
    }  # fmt: skip
    for sample in config["samples"].values():
        made |= sample.get("labels", {}) | {name: spec["label"] for name, spec in sample.get("variables", {}).items() if "label" in spec}
    for part in ("variables", "measures"):
        made |= {name: spec["label"] for name, spec in config[part].items()}
    return made


# -- shape --------------------------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _merge(base: dict[str, Any], change: Mapping[str, Any]) -> None:
    for key, value in change.items():
        if isinstance(value, Mapping) and isinstance(base.get(key), dict):
            _merge(base[key], value)
        else:
            base[key] = copy.deepcopy(value)


def _check_characters(value: Any, place: str, problems: Problems) -> None:
    if isinstance(value, str) and FORBIDDEN.search(value):
        problems.add(place, MESSAGE, value=value)
    for key, item in value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ():
        _check_characters(str(key), place or "config", problems)
        _check_characters(item, f"{place}[entry {key + 1}]" if isinstance(value, list) else f"{place}.{key}".lstrip("."), problems)


# -- files and operations -----------------------------------------------------------------------------------------


def files(config: Mapping[str, Any]) -> dict[str, str]:
    """Return every data file that a config names: key path -> path."""
    named = {"sources": config["sources"], "states": config["states"]}
    for name, operation in config["operations"].items():
        named |= {f"operations.{name}.files.{table}": path for table, path in operation["files"].items()}
    for name, covariate in config["covariates"].items():
        named[f"covariates.{name}.file"] = covariate["file"]
        if "events" in covariate:
            named[f"covariates.{name}.events"] = covariate["events"]
    named |= {f"covariates.{name}.dictionary": path for name, path in dictionaries(config).items()}
    return named | {f"samples.{name}.file": sample["file"] for name, sample in config["samples"].items() if "file" in sample}


def dictionaries(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the files that say what the columns of a table of covariates are, and where from: covariate -> path."""
    return {name: covariate["dictionary"] for name, covariate in config["covariates"].items() if "dictionary" in covariate}


def _check_files(config: Config, problems: Problems) -> None:
    for place, path in files(config).items():
        if isdir(located(path)):
            problems.add(place, "a folder; name a file in it", value=path)
        elif not isfile(located(path)):
            problems.add(place, "the file does not exist", value=path, nearest=nearest_file(path))


def _check_readable(config: Config, problems: Problems) -> None:
    """Say why a file whose columns the config names has no columns, rather than that each of them is unknown."""
    for spec in [*config["covariates"].values(), *(sample for sample in config["samples"].values() if "file" in sample)]:
        if not header(spec["file"], spec.get("reading", {})):
            read_raw(spec["file"], problems, spec.get("reading", {}))


def _check_operations(config: Config, problems: Problems) -> None:
    for name, operation in config["operations"].items():
        place = f"operations.{name}"
        if operation["start"] > operation["end"]:
            problems.add(place, "the operation ends before it starts", value=f"{operation['start']} to {operation['end']}")
        if operation["panel_years"][0] > operation["panel_years"][1]:
            problems.add(f"{place}.panel_years", "the last year is before the first", value=str(operation["panel_years"]))
        first, last = int(operation["start"][:4]), int(operation["end"][:4])
        if operation.get("early_exit_until") is not None and not first <= operation["early_exit_until"] <= last:
            value, allowed = str(operation["early_exit_until"]), f"{first} to {last}"
            problems.add(f"{place}.early_exit_until", "not a year of the operation", value=value, allowed=allowed)
        if operation["baseline_year"] > first:
            value = str(operation["baseline_year"])
            problems.add(f"{place}.baseline_year", "the baseline must not be after the start", value=value, allowed=f"at most {first}")


# -- names --------------------------------------------------------------------------------------------------------


def columns(config: Mapping[str, Any]) -> list[str]:
    """Return the columns that the covariates offer to `variables`, `universes` and terms."""
    known: list[str] = []
    for covariate in config["covariates"].values():
        if covariate["shape"] in ("events", "polls", "places"):
            known.append(covariate["variable"])
        else:
            known += offered_columns(covariate["file"], covariate.get("reading", {}), covariate.get("columns", {}))
    for operation in config["operations"].values():
        known += list(operation.get("aliases", {}))
    return sorted(set(known) - {"iso3", "year", "source_id", "evidence", "note", "country"})


def _one_of(word: str, known: Iterable[str], place: str, what: str, problems: Problems) -> None:
    options = list(known)
    if word not in options:
        shown = ", ".join(options) if len(options) <= 12 else None
        problems.add(place, f"unknown {what}", value=str(word), allowed=shown, nearest=nearest(word, options))


def _check_names(config: Config, problems: Problems) -> None:
    offered = columns(config)
    for name, covariate in config["covariates"].items():
        _check_covariate(covariate, f"covariates.{name}", problems)
    _check_variables(config["variables"], offered, "variables", problems)
    _check_measures(config["measures"], [*config["variables"], *config["measures"], *offered], "measures", problems)
    _check_order_of_measures(config["measures"], problems)
    for name, operation in config["operations"].items():
        for alias, target in operation.get("aliases", {}).items():
            _one_of(target, offered, f"operations.{name}.aliases.{alias}", "column of the covariates", problems)
    for name, universe in config["universes"].items():
        _check_condition(universe["where"], offered, f"universes.{name}.where", problems)
    for name, sample in config["samples"].items():
        _check_sample(sample, config, f"samples.{name}", problems)
    for name, model in config["models"].items():
        _check_model(model, config, f"models.{name}", problems)
    for name, hypothesis in config["hypotheses"].items():
        _check_hypothesis(hypothesis, config, f"hypotheses.{name}", problems)
    for part, model in (("tables", "models"), ("figures", "model")):
        for name, output in config[part].items():
            if output["kind"] == "corners" and model not in output:
                problems.add(f"{part}.{name}", f"the kind 'corners' needs the key {model!r}")
            _check_output(output, config, f"{part}.{name}", problems)
    _check_robustness(config, offered, problems)
    for name, bloc in config["blocs"].items():
        _check_condition(bloc["where"], [*KEYS, *config["variables"], *config["measures"]], f"blocs.{name}.where", problems)
    for position, name in enumerate(config["uncertainty"]["auxiliary"] if config["hypotheses"] else []):
        place = f"uncertainty.auxiliary[entry {position + 1}]"
        _one_of(name, [*config["variables"], *config["measures"]], place, "variable or measure", problems)
    _check_curve(config, offered, problems)


def _check_covariate(covariate: Mapping[str, Any], place: str, problems: Problems) -> None:
    """Look for the columns that polls are read from."""
    if covariate["shape"] == "polls":
        theirs = offered_columns(covariate["file"], covariate.get("reading", {}), covariate.get("columns", {}))
        _one_of(covariate["value"], theirs, f"{place}.value", "column of the file", problems)
        _check_condition(covariate.get("keep", {}), theirs, f"{place}.keep", problems)


def _check_variables(
    variables: Mapping[str, Any], offered: list[str], place: str, problems: Problems, what: str = "column of the covariates"
) -> None:
    for name, variable in variables.items():
        if "from" in variable:
            _one_of(variable["from"], offered, f"{place}.{name}.from", what, problems)
        for position, condition in enumerate(variable.get("any_of", [])):
            _check_condition(condition, offered, f"{place}.{name}.any_of[entry {position + 1}]", problems)


def _check_measures(measures: Mapping[str, Any], known: list[str], place: str, problems: Problems) -> None:
    for name, measure in measures.items():
        for position, component in enumerate(measure.get("components", [])):
            _one_of(component["variable"], known, f"{place}.{name}.components[entry {position + 1}].variable", "variable", problems)
        minimum = measure.get("minimum", "all")
        if "components" in measure and minimum != "all" and minimum > len(measure["components"]):
            problems.add(f"{place}.{name}.minimum", f"there are only {len(measure['components'])} components", value=str(minimum))


def _check_order_of_measures(measures: Mapping[str, Any], problems: Problems) -> None:
    names = list(measures)
    for position, (name, measure) in enumerate(measures.items()):
        for component in measure["components"]:
            if component["variable"] in names[position:]:
                problems.add(f"measures.{name}", f"uses the measure {component['variable']!r}, which must stand above it")


def _check_sample(sample: Mapping[str, Any], config: Config, place: str, problems: Problems) -> None:
    if "file" in sample:
        _check_file_sample(sample, place, problems)
        return
    for operation in sample.get("operations", []):
        _one_of(operation, config["operations"], f"{place}.operations", "operation", problems)
    if "universe" in sample:
        _one_of(sample["universe"], config["universes"], f"{place}.universe", "universe", problems)
    rule = sample.get("caveats", {})
    for operation in sample.get("operations", []) if rule.get("years") == "first_phase" else []:
        if operation not in rule.get("first_phase", {}):
            problems.add(f"{place}.caveats.first_phase", "the years of the first phase are not given for an operation", value=operation)
    if "personnel" in sample:
        _one_of(sample["personnel"], columns(config), f"{place}.personnel", "column of the covariates", problems)


def _check_file_sample(sample: Mapping[str, Any], place: str, problems: Problems) -> None:
    theirs, ours = header(sample["file"], sample.get("reading", {})), file_columns(sample)
    for name, column in sample.get("columns", {}).items():
        _one_of(column, theirs, f"{place}.columns.{name}", "column of the file", problems)
    for column in sample.get("reading", {}).get("recode", {}):
        _one_of(column, ours, f"{place}.reading.recode", "column of the file", problems)
    made: list[str] = []
    for name, variable in sample.get("variables", {}).items():
        _check_variables({name: variable}, [*ours, *made], f"{place}.variables", problems, "column of the file")
        made.append(name)
    panel = sample.get("panel", {})
    unit = panel.get("unit", [])
    for key, names in (("keys", sample.get("keys", [])), ("panel.unit", [unit] if isinstance(unit, str) else unit)):
        for name in names:
            _one_of(name, ours, f"{place}.{key}", "column of the file", problems)
    for key, name in (("panel.time", panel.get("time")), ("state", sample.get("state"))):
        if name is not None:
            _one_of(name, ours, f"{place}.{key}", "column of the file", problems)


FAMILIES_WITH = {
    "weights": ("ols", "logit", "poisson"),
    "levels": ("logit", "firth_logit", "ordered_logit", "multinomial_logit", "selection_probit", "selection_ordered_probit"),
    "without a constant": ("ols", "logit", "poisson", "panel_pooled", "panel_entity", "panel_two_way"),
}
"""Which families know a setting that not all know."""
COVARIANCES = {
    "hc2": ("ols",),
    "hc3": ("ols",),
    "driscoll_kraay": (
        "panel_pooled",
        "panel_entity",
        "panel_two_way",
        "panel_random",
        "panel_first_differences",
        "panel_between",
    ),
}
"""Which families know a covariance that not all know."""


def _check_family(model: Mapping[str, Any], sample: Mapping[str, Any], place: str, problems: Problems) -> None:
    """Check that a model's family knows the settings that the model gives."""
    family, covariance = model["family"], model.get("covariance", "default")
    settings = {"weights": model.get("weights"), "levels": model.get("levels"), "without a constant": not model.get("constant", True)}
    for setting, given in settings.items():
        if given and family not in FAMILIES_WITH[setting]:
            allowed = f"with the families {', '.join(FAMILIES_WITH[setting])}"
            problems.add(place, f"the family does not know {setting}", value=family, allowed=allowed)
    if covariance in COVARIANCES and family not in COVARIANCES[covariance]:
        allowed = f"with the families {', '.join(COVARIANCES[covariance])}"
        problems.add(f"{place}.covariance", f"the family {family} does not know this covariance", value=covariance, allowed=allowed)
    if covariance == "cluster" and not model.get("cluster"):
        problems.add(f"{place}.cluster", "clustered errors need the column of the clusters")
    if family.startswith("panel_") and "file" in sample and not {"unit", "time"} <= set(sample.get("panel", {})):
        problems.add(
            f"samples.{model['sample']}", f"the model {place.removeprefix('models.')!r} needs `panel: {{unit, time}}` of its sample"
        )


def _known_terms(config: Config, sample: str) -> list[str]:
    spec = config["samples"][sample]
    if "file" in spec:
        return [*file_columns(spec), *spec.get("variables", {})]
    time = ["year"] if spec["unit"] == "country_operation_year" else []  # a row a year: it varies, and can be a trend
    return [*OUTCOMES[spec["unit"]], *time, *config["variables"], *config["measures"], *columns(config)]


def file_columns(sample: Mapping[str, Any]) -> list[str]:
    """Return the columns that a sample's file offers, under the names that the config gives them."""
    return offered_columns(sample["file"], sample.get("reading", {}), sample.get("columns", {}))


def _check_terms(terms: list[str], known: list[str], place: str, problems: Problems, whole: bool = True) -> None:
    """Check the spelling of terms and, where they are a whole model, that the parts of products stand beside them."""
    for position, text in enumerate(terms):
        try:
            term = parse_term(text)
        except TermError as error:
            problems.add(f"{place}[entry {position + 1}]", str(error), value=text, allowed=ALLOWED_TERMS)
            continue
        for name in term.variables:
            _one_of(name, known, f"{place}[entry {position + 1}]", "variable or measure", problems)
        if whole and len(term.factors) > 1:
            for factor, part in zip(term.factors, (part.strip() for part in text.split(":")), strict=True):
                base, degree = power(factor)
                if part not in terms and not (degree > 1 and base in terms):
                    # a product without its parts is no test of a product (Brambor, Clark & Golder 2006)
                    problems.add(f"{place}[entry {position + 1}]", f"the product {text!r} needs {part!r} as a term of its own")


def _check_condition(condition: Any, known: Iterable[str], place: str, problems: Problems) -> None:
    try:
        named = variables(condition)
    except ConditionError as error:
        problems.add(place, str(error), value=str(condition), allowed=ALLOWED_FILTERS)
        return
    for variable in named:
        _one_of(variable, known, place, "variable", problems)


def _check_model(model: Mapping[str, Any], config: Config, place: str, problems: Problems) -> None:
    _one_of(model["sample"], config["samples"], f"{place}.sample", "sample", problems)
    if model["sample"] not in config["samples"]:
        return
    sample = config["samples"][model["sample"]]
    known = _known_terms(config, model["sample"])
    everywhere = [*known, *(KEYS if "file" not in sample else keys_of(sample).row)]
    _check_terms(model["terms"], known, f"{place}.terms", problems)
    try:
        _one_of(outcome_of(model).variable, known, f"{place}.outcome", "outcome", problems)
    except TermError as error:
        problems.add(f"{place}.outcome", str(error), value=model["outcome"], allowed="a variable, or a transform such as log(a)")
    if model["outcome"] in model["terms"]:
        problems.add(f"{place}.terms", "the outcome stands among its own terms", value=model["outcome"])
    where = model.get("where", {})
    _check_condition(where, everywhere, f"{place}.where", problems)
    for operation in where.get("operation", []) if isinstance(where, Mapping) and "file" not in sample else []:
        _one_of(operation, config["operations"], f"{place}.where.operation", "operation", problems)
    if (model["family"] in SELECTED) != ("selection" in model):
        text = f"the family {model['family']} needs it" if model["family"] in SELECTED else f"the family {model['family']} has none"
        problems.add(f"{place}.selection", f"a selection equation: {text}", allowed=f"selection with {', '.join(SELECTED)}")
    if "selection" in model:
        _check_selection(model, known, f"{place}.selection", problems)
    if "population_share" in model and model["family"] != "rare_events_logit":
        problems.add(f"{place}.population_share", "is for the family rare_events_logit only")
    if "case_control" in model and "population_share" not in model:
        problems.add(f"{place}.case_control", "needs `population_share`, the share of events in the population")
    cluster = model.get("cluster") or []
    for key, names in (("cluster", [cluster] if isinstance(cluster, str) else cluster), ("fixed_effects", model.get("fixed_effects", []))):
        for name in names:
            _one_of(name, everywhere, f"{place}.{key}", "column", problems)
    if model.get("weights"):
        _one_of(model["weights"], known, f"{place}.weights", "column", problems)
    _check_family(model, sample, place, problems)
    for term in model.get("nonproportional", []):
        _one_of(term, model["terms"], f"{place}.nonproportional", "term of this model", problems)
    if ("nonproportional" in model) != (model["family"] == "partial_ordered_logit"):
        problems.add(
            f"{place}.nonproportional", "terms are named here for the family partial_ordered_logit, which needs them, and for no other"
        )
    if "corners" in model:
        for part in ("first", "second"):
            _one_of(model["corners"][part], model["terms"], f"{place}.corners.{part}", "term of this model", problems)
        if model["corners"]["low"] >= model["corners"]["high"]:
            value = f"{model['corners']['low']} and {model['corners']['high']}"
            problems.add(f"{place}.corners", "low must be below high", value=value)


def _check_selection(model: Mapping[str, Any], known: list[str], place: str, problems: Problems) -> None:
    selection = model["selection"]
    _check_terms(selection["terms"], known, f"{place}.terms", problems)
    _one_of(selection["outcome"], known, f"{place}.outcome", "outcome", problems)
    if selection["outcome"] in (*selection["terms"], *model["terms"], model["outcome"]):
        problems.add(f"{place}.outcome", "who is selected stands among the terms or is the outcome itself", value=selection["outcome"])
    if selection["outcome"] in model.get("where", {}):
        problems.add(f"{place}.outcome", "`where` keeps the selected only: a selection equation needs all rows", value=selection["outcome"])


def _check_hypothesis(hypothesis: Mapping[str, Any], config: Config, place: str, problems: Problems) -> None:
    primary = hypothesis["primary"]
    for position, model in enumerate(hypothesis.get("supporting", [])):
        _one_of(model, config["models"], f"{place}.supporting[entry {position + 1}]", "model", problems)
    _one_of(primary["model"], config["models"], f"{place}.primary.model", "model", problems)
    model = config["models"].get(primary["model"])
    if model is None:
        return
    if "term" in primary:
        _one_of(primary["term"], model["terms"], f"{place}.primary.term", "term of this model", problems)
    elif "corners" not in model:
        problems.add(f"{place}.primary.contrasts", f"the model {primary['model']!r} has no corners")
    scale = "probability" if "contrasts" in primary else "odds_ratio" if model["family"] in LOG_ODDS else "difference"
    if scale not in primary["smallest_effect"]:
        given, family = ", ".join(primary["smallest_effect"]), model["family"]
        problems.add(f"{place}.primary.smallest_effect", f"on a scale that is not that of the test ({family})", value=given, allowed=scale)


LOG_ODDS = ("logit", "firth_logit", "ordered_logit", "conditional_logit")
"""Families whose coefficients are log odds."""
NEEDS: Mapping[str, tuple[str, ...]] = {
    "descriptives": ("sample",), "components": ("sample",), "regression": ("models",), "marginal_effects": ("models", "terms"),
    "coefficients": ("models", "terms"), "assumed_correlations": ("models", "terms"),
    "measures": ("sample", "first", "second"), "responses": ("sample",), "troops": ("sample",),
}  # fmt: skip


def _check_output(output: Mapping[str, Any], config: Config, place: str, problems: Problems) -> None:
    for key in NEEDS.get(output["kind"], ()):
        if key not in output:
            problems.add(place, f"the kind {output['kind']!r} needs the key {key!r}")
    if "sample" in output:
        _one_of(output["sample"], config["samples"], f"{place}.sample", "sample", problems)
        _check_unit(output, config, place, problems)
    models = [*output.get("models", []), *([output["model"]] if "model" in output else [])]
    for model in models:
        _one_of(model, config["models"], f"{place}.models", "model", problems)
    terms = dict.fromkeys(term for model in models for term in config["models"].get(model, {}).get("terms", []))
    for model in models if output["kind"] == "corners" else []:
        if "corners" not in config["models"].get(model, {"corners": None}):
            problems.add(f"{place}.models", "the model has no corners", value=model)
    for term in output.get("terms", []):
        _one_of(term, terms, f"{place}.terms", "term of these models", problems)
    for key in ("first", "second"):
        if key in output:
            _one_of(output[key], [*config["measures"], *config["variables"]], f"{place}.{key}", "measure or variable", problems)


def _check_unit(output: Mapping[str, Any], config: Config, place: str, problems: Problems) -> None:
    """Look for the sample's unit that a kind of figure can show; troops also need the rule by which they are counted."""
    unit = {"responses": "country_operation", "measures": "country_operation", "troops": "country_operation_year"}.get(output["kind"])
    sample = config["samples"].get(output["sample"], {})
    if unit is not None and sample and sample.get("unit") != unit:
        fitting = [name for name, spec in config["samples"].items() if spec.get("unit") == unit]
        problems.add(
            f"{place}.sample",
            f"a figure of {output['kind']} needs a sample of unit {unit}",
            value=output["sample"],
            allowed=", ".join(fitting) or None,
        )
    elif unit == "country_operation_year" and sample:
        for key in ("flags", "troops"):
            if key not in sample:
                problems.add(f"samples.{output['sample']}", f"the figure {place} needs the key {key!r} of its sample")


def _check_robustness(config: Config, offered: list[str], problems: Problems) -> None:
    for name, alternative in config["robustness"].items():
        _check_patch(alternative, config, offered, f"robustness.{name}", problems)
        _check_removed(alternative, config, f"robustness.{name}.model.without", problems)


def _check_patch(alternative: Mapping[str, Any], config: Config, offered: list[str], place: str, problems: Problems) -> None:
    for hypothesis in alternative.get("hypotheses", []):
        _one_of(hypothesis, config["hypotheses"], f"{place}.hypotheses", "hypothesis", problems)
    for part in ("operations", "variables", "measures"):
        for key in alternative.get(part, {}):
            _one_of(key, config[part], f"{place}.{part}", part.removesuffix("s"), problems)
    known = [*config["variables"], *config["measures"], *offered]
    _check_variables(alternative.get("variables", {}), offered, f"{place}.variables", problems)
    _check_measures(alternative.get("measures", {}), known, f"{place}.measures", problems)
    _check_sample(alternative.get("sample", {}), config, f"{place}.sample", problems)
    change = alternative.get("model", {})
    for key in ("terms", "with", "without"):
        _check_terms(change.get(key, []), known, f"{place}.model.{key}", problems, whole=key == "terms")


def _check_removed(alternative: Mapping[str, Any], config: Config, place: str, problems: Problems) -> None:
    """Look for terms that an alternative takes out of no test: it would be the primary test under another name.

    Not where other names are wrong, as a test's misspelt term is not to be noted twice.
    """
    hypotheses = [name for name in alternative.get("hypotheses", config["hypotheses"]) if name in config["hypotheses"]]
    tested = [config["hypotheses"][name]["primary"]["model"] for name in hypotheses]
    change = alternative.get("model", {})
    terms = [*change.get("terms", []), *(term for name in tested for term in config["models"].get(name, {}).get("terms", []))]
    removed = change.get("without", [])
    if tested and removed and not problems.found and not set(removed) & set(terms):
        problems.add(place, "no test that this alternative changes has any of these terms", value=", ".join(removed))


# -- specification curve ------------------------------------------------------------------------------------------


def curve_hypotheses(config: Mapping[str, Any]) -> list[str]:
    """Return the hypotheses that have a specification curve: those with choices, whose primary model the batched solver knows."""
    every = config["specification_curve"]["choices"].values()
    return [
        name
        for name, hypothesis in config["hypotheses"].items()
        if any(name in choice.get("hypotheses", [name]) for choice in every)
        and config["models"][hypothesis["primary"]["model"]]["family"] in CURVE_FAMILIES
        and config["samples"][config["models"][hypothesis["primary"]["model"]]["sample"]].get("unit") == "country_operation"
    ]


def _check_curve(config: Config, offered: list[str], problems: Problems) -> None:
    for name, choice in config["specification_curve"]["choices"].items():
        place = f"specification_curve.choices.{name}"
        if name in CURVE_COLUMNS:
            problems.add(place, "this name is a column of the curve's table; give the choice another")
        for hypothesis in choice.get("hypotheses", []):
            _one_of(hypothesis, config["hypotheses"], f"{place}.hypotheses", "hypothesis", problems)
        first, *_ = choice["options"].values()
        if set(first) - {"label", "argument"}:
            problems.add(f"{place}.options.{next(iter(choice['options']))}", "the first option is the primary test's and changes nothing")
        for option, about in choice["options"].items():
            _check_option(about, config, offered, f"{place}.options.{option}", problems)
    for hypothesis in curve_hypotheses(config) if not problems.found else []:
        _check_focal(hypothesis, config, problems)


def _check_option(option: Mapping[str, Any], config: Config, offered: list[str], place: str, problems: Problems) -> None:
    _check_patch(option, config, offered, place, problems)
    if "alternative" in option:
        _one_of(option["alternative"], config["robustness"], f"{place}.alternative", "alternative of robustness", problems)
        if set(option) - {"label", "argument", "hypotheses", "alternative"}:
            problems.add(place, "names an alternative and settings of its own; only one of them can hold")
    elif "label" not in option:
        problems.add(place, "the key 'label' is missing")
    family = config["robustness"].get(option.get("alternative"), option).get("model", {}).get("family", "logit")
    _one_of(family, CURVE_FAMILIES, f"{place}.model.family", "family of the specification curve", problems)


def _check_focal(hypothesis: str, config: Config, problems: Problems) -> None:
    """Look for products with a tested coefficient: in a product it is no effect of its own."""
    primary = config["hypotheses"][hypothesis]["primary"]
    model, curve = config["models"][primary["model"]], config["specification_curve"]["choices"]
    options = [
        option for choice in curve.values() if hypothesis in choice.get("hypotheses", [hypothesis]) for option in choice["options"].values()
    ]
    patches = [config["robustness"].get(option.get("alternative"), option).get("model", {}) for option in options]
    terms = [*model["terms"], *(term for patch in patches for key in ("terms", "with") for term in patch.get(key, []))]
    for term in terms if "term" in primary else ():
        if ":" in term and primary["term"] in parse_term(term).variables:
            problems.add(f"hypotheses.{hypothesis}.primary.term", "is part of a product in its specification curve", value=term)
