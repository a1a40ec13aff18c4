"""config.yaml: read, with another config laid over it, and asked what it says."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ..base.errors import Problems, nearest_file, one_of
from ..base.map_patterns import map_pattern
from ..formula.families import FAMILIES
from ..formula.outcomes import OUTCOMES
from .expansion import Config, apply_changes, expand, merge, overlaid
from .yaml_safe import YAMLProblem, load

MAIN = "config.yaml"
"""The config that every other is laid over."""
FILES_READ: list[str] = []
"""The config files that were read so far, one after the other."""
LARGEST = 4 * 1024 * 1024
"""Bytes of a config file."""
CHOICES = "choices"
"""The block of the specification curve's choices, which stands inside `specification_curve`."""
LEAST_OPTIONS = 2
"""Options that a choice must have to be one."""
BLOCKS = (
    "operations", "covariates", "variables", "measures", "universes", "samples", "controls",
    "subsamples", "models", "hypotheses",
    "robustness", "blocs", "tables", "figures", "choices",
)  # fmt: skip
"""Blocks whose entries have names of the user's own."""
DIRECTIVES = ("extends", "replace", "only")
"""Keys of a file that say how it is laid over others; the config that results has none of them."""
ONLY = ("robustness", "blocs", "tables", "figures")
"""Blocks of which `only` can keep some entries."""
KEYS = ("iso3", "country", "operation", "year")
"""Columns that every sample has which the project builds itself."""
NO_FACTS = {"iso3", "year", "source_id", "evidence", "note", "country"}
"""Columns of tables of covariates that are keys or bookkeeping."""


def read(path: str | Path) -> Config:
    """Read a config file as it stands.

    Raises
    ------
    Problems
        When the file is missing, is no YAML, has a key twice in one block, or is no block of keys.
    """
    problems, place = Problems(), str(path)
    FILES_READ.append(place)
    try:
        content = Path(path).read_bytes() if Path(path).stat().st_size <= LARGEST else None
        found = {} if content is None else load(content.decode("utf-8-sig")) or {}
    except FileNotFoundError:
        problems.add(place, "the file does not exist", nearest=nearest_file(place))
    except (OSError, UnicodeDecodeError) as error:
        problems.add(
            place,
            f"the file cannot be read: {getattr(error, 'strerror', 'it is not UTF-8 text')}",
        )
    except YAMLProblem as error:
        problems.add(place, f"not readable as YAML: {error}", row=error.line)
    else:
        if content is None:
            problems.add(place, f"larger than {LARGEST // 1024**2} MiB, which no config is")
        elif not isinstance(found, dict):
            problems.add(
                place,
                "not a block of keys",
                allowed="lines of the form `key: value`, as in config.yaml",
            )
    problems.stop()
    return found


def laid_over(paths: Iterable[str | Path]) -> Config:
    """Return what some files lay over config.yaml, each over those before it.

    Raises
    ------
    Problems
        As `read` does.
    """
    changes: Config = {}
    for path in paths:
        merge(changes, read(path))
    return changes


def combine(base: Mapping[str, Any], changes: Mapping[str, Any]) -> Config:
    """Return a config with another laid over it, every short form written out.

    Parameters
    ----------
    base : mapping
        What config.yaml says, or any config; the files that it extends are laid under it.
    changes : mapping
        What the user's file says. Blocks are merged key by key; the blocks that its `replace` names
        are not: they are what the user's file says and nothing else, and of those that its `only`
        names, only the entries named stay. An entry of a block that is null is taken out, and so
        is a file of an operation. The files that it `extends` are laid over the base first, one
        after the other.

    Raises
    ------
    Problems
        When `replace` names no block, `only` no entry of one, or a file that is extended cannot be
        read or extends itself.
    """
    under = lay({}, base)
    over = lay(under, changes)
    _forget(over, under, _names(under, "hypotheses") - _names(over, "hypotheses"))
    return expand(over)


def _names(config: Mapping[str, Any], block: str) -> set[str]:
    """Return the names in a block; none where it is no block, which the check will say."""
    found = config.get(block)
    return set(found) if isinstance(found, dict) else set()


def _forget(config: Config, under: Mapping[str, Any], lost: Collection[str]) -> None:
    """Take hypotheses that the changes took out from the alternatives and choices that stand below:
    what the user did not write is no mistake of the user's. One of none is taken out itself, and an
    option with the alternative that it names.
    """
    if not lost:
        return
    every = lost == _names(under, "hypotheses")
    if every:
        _forget_helping(config, under)
    alternatives, below = _block(config, "robustness"), _block(under, "robustness")
    before = set(alternatives)
    _forget_in(alternatives, below, lost, every)
    gone = before - set(alternatives)
    choices, inherited = _block(_curve(config), CHOICES), _block(_curve(under), CHOICES)
    for name in _unchanged(choices, inherited):
        options = _block(choices[name], "options")
        for option in [key for key, spec in options.items() if _alternative(spec) in gone]:
            del options[option]
        _forget_in(options, dict(options), lost, every=False)
        if len(options) < LEAST_OPTIONS:
            del choices[name]
        else:
            _without(choices, name, lost, every)


def _forget_helping(config: Config, under: Mapping[str, Any]) -> None:
    """Take out what helps to impute, where the changes say nothing of it."""
    helping, below = config.get("uncertainty"), under.get("uncertainty")
    if helping and below and helping.get("auxiliary") == below.get("auxiliary"):
        config["uncertainty"] = {**helping, "auxiliary": []}


def _curve(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the block of the specification curve; an empty one where it is no block."""
    return _block(config, "specification_curve")


def _block(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a block; an empty one where something else stands there, which the check will say."""
    found = config.get(name) if isinstance(config, Mapping) else None
    return found if isinstance(found, dict) else {}


def _alternative(option: Any) -> str | None:
    named = option.get("alternative") if isinstance(option, dict) else None
    return named if isinstance(named, str) else None


def _forget_in(
    entries: dict[str, Any], under: Mapping[str, Any], lost: Collection[str], every: bool
) -> None:
    for name in _unchanged(entries, under):
        _without(entries, name, lost, every)


def _unchanged(entries: Mapping[str, Any], under: Mapping[str, Any]) -> list[str]:
    """Return the entries that are blocks and the same as below."""
    alike = (name for name in entries if entries[name] == under.get(name))
    return [name for name in alike if isinstance(entries[name], dict)]


def _without(entries: dict[str, Any], name: str, lost: Collection[str], every: bool) -> None:
    """Take lost hypotheses out of an entry; the entry itself where it is for none that is left, or,
    `every` one being lost, named none.
    """
    given = entries[name].get("hypotheses")
    if not isinstance(given, list):
        if every:
            del entries[name]
        return
    kept = [hypothesis for hypothesis in given if hypothesis not in lost]
    if kept:
        entries[name] = {**entries[name], "hypotheses": kept}
    else:
        del entries[name]


def main(changes: Mapping[str, Any] | None = None) -> Config:
    """Return config.yaml as it is used, with another config laid over it."""
    return combine(read(MAIN), changes or {})


def lay(base: Mapping[str, Any], changes: Mapping[str, Any]) -> Config:
    """Return a config with another laid over it, its short forms as they stand (see `combine`)."""
    new = copy.deepcopy(dict(base))
    _lay_onto(new, changes, ())
    return new


def _lay_onto(config: Config, changes: Mapping[str, Any], within: tuple[str, ...]) -> None:
    """Change a config into one with another laid over it; `within`: the files that extend each
    other down to this one.
    """
    problems = Problems()
    for path in _texts(changes.get("extends", []), "extends", problems):
        if path in within:
            problems.add("extends", "the file extends itself", value=path)
            problems.stop()
        _lay_onto(config, read(path), (*within, path))
    _empty(config, changes.get("replace", []), problems)
    _keep_only(config, changes.get("only", {}), problems)
    problems.stop()
    merge(config, {key: value for key, value in changes.items() if key not in DIRECTIVES})
    _take_out(config)


def _empty(config: Config, wanted: Any, problems: Problems) -> None:
    """Empty the blocks that `replace` names."""
    wanted = list(BLOCKS) if wanted == "all" else _listed(wanted)
    for position, block in enumerate(wanted):
        one_of(str(block), BLOCKS, f"replace[entry {position + 1}]", "block", problems)
    problems.stop()
    config |= {block: {} for block in wanted if block != CHOICES}
    if "hypotheses" in wanted and "samples" in wanted:
        _empty_for_another_study(config)
    if CHOICES in wanted and isinstance(config.get("specification_curve"), dict):
        config["specification_curve"][CHOICES] = {}


def _empty_for_another_study(config: Config) -> None:
    """Take out what is said of the project's own hypotheses beside the blocks: heading, second
    verdict rule, helping variables.
    """
    config.pop("report", None)
    if isinstance(rule := config.get("verdict_2"), dict):
        config["verdict_2"] = _of_another_study(rule)
    if isinstance(helping := config.get("uncertainty"), dict):
        config["uncertainty"] = {**helping, "auxiliary": []}


def _of_another_study(rule: Config) -> Config:
    """Return the second version of the verdict rule without what it names of the project's own: its
    confounders and parts of claims would decide on hypotheses that they were not declared for.
    """
    nothing: Config = {
        "levels": {"models": {}},
        "turns": {"region_effects": [], "construct": [], "shown": []},
        "selection": {"models": {}},
    }
    return {
        **{key: value for key, value in rule.items() if key not in ("record", "diagnosis")},
        **{
            key: {**rule[key], **of}
            for key, of in nothing.items()
            if isinstance(rule.get(key), dict)
        },
        **{"regions": [], "confounders": [], "parts": {}},
        "reason": "A count of combinations is no threshold, and to leave out single units hardly "
        "ever turns a verdict of version 1.",
    }


def _keep_only(config: Config, only: Any, problems: Problems) -> None:
    """Keep of some blocks only the entries that `only` names, in its order."""
    if not isinstance(only, Mapping):
        problems.add("only", "not a block of keys", allowed="only: {tables: [h1, verdicts]}")
        return
    for block, names in only.items():
        one_of(str(block), ONLY, f"only.{block}", "block", problems)
        if block not in ONLY:
            continue
        entries = config[block] if isinstance(config.get(block), dict) else {}
        wanted = _texts(names, f"only.{block}", problems)
        for position, name in enumerate(wanted):
            place = f"only.{block}[entry {position + 1}]"
            one_of(name, entries, place, f"entry of `{block}`", problems)
        config[block] = {name: entries[name] for name in wanted if name in entries}


def _take_out(config: Config) -> None:
    """Take out the entries of blocks, the files of operations, and the options of the specification
    curve's choices that are null. Models stay until `over` is written out: a null may be for one
    of those.
    """
    curve = config.get("specification_curve")
    choices = curve.get(CHOICES) if isinstance(curve, dict) else None
    holders = [(config, block) for block in set(BLOCKS) - {"models"}] + [(curve, CHOICES)]
    holders += [(choice, "options") for choice in _entries(choices)]
    holders += [(operation, "files") for operation in _entries(config.get("operations"))]
    for holder, name in holders:
        if isinstance(holder, dict) and isinstance(holder.get(name), dict):
            holder[name] = {key: value for key, value in holder[name].items() if value is not None}


def _entries(block: Any) -> list[Any]:
    """Return the entries of a block; none where something else stands in its place."""
    return list(block.values()) if isinstance(block, dict) else []


def _listed(names: str | list[str]) -> list[str]:
    return list(names) if isinstance(names, list) else [names]


def _texts(given: Any, place: str, problems: Problems) -> list[str]:
    """Return a text or a list of texts as a list; anything else is noted."""
    entries = _listed(given)
    if all(isinstance(entry, str) for entry in entries):
        return entries
    problems.add(place, "of the wrong kind", value=str(given), allowed="a text or a list of texts")
    return []


def merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> Config:
    """Return a block with what differs laid over it, key by key."""
    new = copy.deepcopy(plain(base))
    merge(new, change)
    return new


def plain(value: Any) -> Any:
    """Return a value of a config as YAML and JSON have it: names are texts, sequences lists, dates
    texts.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def patched(config: Mapping[str, Any], alternative: Mapping[str, Any], model: str) -> Config:
    """Return the config with one alternative of `robustness` laid over it.

    What the alternative leaves as it is belongs to both configs and is not to be changed: a copy
    of the whole config for each of some hundred alternatives took longer than to check them.

    Parameters
    ----------
    alternative : mapping
        Keys operations, variables, measures (merged into those of the config), sample (merged into
        the model's sample) and model (merged into the model; `where` is merged, `with` adds terms,
        `without` removes them).
    model : str
        The model that is fitted again.
    """
    new = {**config}
    for part in ("operations", "variables", "measures"):
        new[part] = overlaid(config[part], alternative.get(part, {}))
    spec = copy.deepcopy(plain(config["models"][model]))
    change = {spec["sample"]: alternative.get("sample", {})}
    new["samples"] = overlaid(config["samples"], change)
    apply_changes(spec, alternative.get("model", {}))
    new["models"] = {**config["models"], model: spec}
    return new


def labels(config: Mapping[str, Any]) -> dict[str, str]:
    """Return what tables and figures print for each variable, measure and outcome."""
    made = {name: outcome.label for name, outcome in OUTCOMES.items() if outcome.modelled}
    made |= {"year": "Year", "const": "Constant"}
    for sample in config["samples"].values():
        made |= sample.get("labels", {}) | {
            name: spec["label"]
            for name, spec in sample.get("variables", {}).items()
            if "label" in spec
        }
    for part in ("variables", "measures"):
        made |= {name: spec["label"] for name, spec in config[part].items()}
    return made


def files(config: Mapping[str, Any]) -> dict[str, str]:
    """Return every data file that a config names: key path -> path."""
    given = config["sources"]
    named = (
        {"sources": given}
        if isinstance(given, str)
        else {f"sources[entry {place}]": path for place, path in enumerate(given, start=1)}
    )
    named["states"] = config["states"]
    for name, operation in config["operations"].items():
        named |= _below(f"operations.{name}.files", operation["files"])
    for name, covariate in config["covariates"].items():
        named[f"covariates.{name}.file"] = covariate["file"]
        if "events" in covariate:
            named[f"covariates.{name}.events"] = covariate["events"]
    named |= {f"covariates.{name}.dictionary": path for name, path in dictionaries(config).items()}
    named |= _below("verdict_2", verdict_files(config))
    return named | {
        f"samples.{name}.file": sample["file"]
        for name, sample in config["samples"].items()
        if "file" in sample
    }


def _below(place: str, paths: Mapping[str, str]) -> dict[str, str]:
    return {f"{place}.{key}": path for key, path in paths.items()}


def models_named(output: Mapping[str, Any]) -> list[str]:
    """Return the models that a table or figure of the config names."""
    return [*output.get("models", []), *([output["model"]] if "model" in output else [])]


def verdict_files(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the files that the second version of the verdict rule names: key -> path."""
    rule = config.get("verdict_2") or {}
    found = {"levels.file": rule["levels"]["file"]} if rule else {}
    return found | {key: rule[key] for key in ("record", "diagnosis") if key in rule}


def dictionaries(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the files that say what the columns of a table of covariates are, and where from:
    covariate -> path.
    """
    return {
        name: covariate["dictionary"]
        for name, covariate in config["covariates"].items()
        if "dictionary" in covariate
    }


def columns(config: Mapping[str, Any]) -> list[str]:
    """Return the columns that the covariates offer to `variables`, `universes` and terms."""
    known = [name for each in config["covariates"].values() for name in covariate_columns(each)]
    for operation in config["operations"].values():
        known += list(operation.get("aliases", {}))
    return sorted(set(known) - NO_FACTS)


def covariate_columns(covariate: Mapping[str, Any]) -> list[str]:
    """Return the columns that one table of covariates offers, its keys among them."""
    # here, because it is slow to import, and reading a config needs nothing of it
    from ..data.recoding import offered_columns

    if covariate["shape"] not in ("events", "polls", "places"):
        return offered_columns(
            covariate["file"], covariate.get("reading", {}), covariate.get("columns", {})
        )
    names = ("variable", "at_least", "lower", "upper")
    found = [covariate[name] for name in names if name in covariate]
    found += [*covariate.get("coordinates", []), *covariate.get("to", {})]
    return found + [map_pattern(k + 1) for k in range(covariate.get("map_patterns", 0))]


def file_columns(sample: Mapping[str, Any]) -> list[str]:
    """Return the columns that a sample's file offers, under the names that the config gives
    them.
    """
    # here, because it is slow to import, and reading a config needs nothing of it
    from ..data.recoding import offered_columns

    return offered_columns(sample["file"], sample.get("reading", {}), sample.get("columns", {}))


def curve_hypotheses(config: Mapping[str, Any]) -> list[str]:
    """Return the hypotheses that have a specification curve: those with choices, of whose primary
    model the batched solver knows all.
    """
    return [name for name in config["hypotheses"] if not without_curve(config, name)]


def on_file(config: Mapping[str, Any], hypothesis: str) -> bool:
    """Tell whether a hypothesis is tested on a sample that is a file."""
    model = config["models"].get(config["hypotheses"][hypothesis]["primary"]["model"], {})
    return "file" in config["samples"].get(model.get("sample"), {})


def hypotheses_of(config: Mapping[str, Any], change: Mapping[str, Any]) -> list[str]:
    """Return the hypotheses that an alternative or a choice is for: those that it names; else those
    on samples that the project builds, and all where there are none of these.
    """
    if "hypotheses" in change:
        return list(change["hypotheses"])
    built = [name for name in config["hypotheses"] if not on_file(config, name)]
    return built or list(config["hypotheses"])


def left_out(config: Mapping[str, Any], hypothesis: str) -> str:
    """Return the column of whose values each is left out in turn."""
    about = config["hypotheses"][hypothesis]
    return str(about["leave_out"] if "leave_out" in about else config["verdict"]["leave_one_out"])


def unit_word(config: Mapping[str, Any], hypothesis: str) -> dict[str, str]:
    """Return what is left out in turn as texts name it, under the key unit: the column's name in
    words, or "unit" where that is none that takes a plural. Empty for the project's own samples,
    whose units are states.
    """
    model = config["models"][config["hypotheses"][hypothesis]["primary"]["model"]]
    if not on_file(config, hypothesis):
        return {}
    column = left_out(config, hypothesis)
    if column == config["samples"][model["sample"]].get("state"):
        return {"unit": "state"}
    words = column.replace("_", " ").lower()
    return {"unit": words if re.fullmatch(r"[a-z ]*[a-rt-z]", words) else "unit"}


def variants(config: Mapping[str, Any], sample: str) -> dict[str, Any]:
    """Return the primary models of a sample that is a file as alternatives and choices change them:
    place -> model. What only they name is a column of the sample too.
    """
    found: dict[str, Any] = {}
    for name in config["hypotheses"]:
        primary = config["hypotheses"][name]["primary"]["model"]
        model = config["models"].get(primary)
        if model is None or model["sample"] != sample or not on_file(config, name):
            continue
        for place, change in changes_of(config, name).items():
            found[f"{place} of {primary}"] = changed = copy.deepcopy(plain(model))
            apply_changes(changed, change.get("model", {}))
        helping = config["uncertainty"]["auxiliary"]
        if helping:
            terms = [*model["terms"], *(name for name in helping if name not in model["terms"])]
            found[f"uncertainty of {primary}"] = {**plain(model), "terms": terms}
    return found


def changes_of(config: Mapping[str, Any], hypothesis: str) -> dict[str, Mapping[str, Any]]:
    """Return what changes a hypothesis' primary test: place in the config -> alternative or
    option.
    """
    found = {
        f"robustness.{name}": alternative
        for name, alternative in config["robustness"].items()
        if hypothesis in hypotheses_of(config, alternative)
    }
    for choice, about in config["specification_curve"][CHOICES].items():
        if hypothesis in hypotheses_of(config, about):
            for option, given in about["options"].items():
                change = config["robustness"].get(given.get("alternative"), given)
                if hypothesis in given.get("hypotheses", [hypothesis]):
                    found[f"specification_curve.choices.{choice}.options.{option}"] = change
    return found


def with_choices(config: Mapping[str, Any], hypothesis: str) -> bool:
    """Tell whether any choice of the specification curve is a hypothesis' own."""
    return any(
        hypothesis in hypotheses_of(config, choice)
        for choice in config["specification_curve"]["choices"].values()
    )


def without_curve(config: Mapping[str, Any], hypothesis: str) -> str:
    """Return why a hypothesis has no specification curve; empty where it has one."""
    model = config["models"][config["hypotheses"][hypothesis]["primary"]["model"]]
    if not with_choices(config, hypothesis):
        return "specification_curve has no choices for it"
    own = on_file(config, hypothesis)
    if not own and config["samples"][model["sample"]].get("unit") != "country_operation":
        return "the sample of its primary model has not one row a state and operation"
    unknown = outside_curve(model, left_out(config, hypothesis) if own else None)
    return (
        f"its primary model has what the solver of the curve does not know: {', '.join(unknown)}"
        if unknown
        else ""
    )


def outside_curve(model: Mapping[str, Any], unit: str | None = None) -> list[str]:
    """Return, in words, the settings of a model that the batched solver of the specification curve
    does not know.

    Parameters
    ----------
    model : mapping
        An entry of `models` in the config.
    unit : str, optional
        Of a sample that is a file, the column of the units that change places.
    """
    known = [] if unit else ["operation"]
    effects = [name for name in model.get("fixed_effects", []) if name not in known]
    clusters, named = unit or "iso3", f"clusters other than {unit or 'states'}"
    settings = {
        f"the family {model['family']}": FAMILIES[model["family"]].batched is None,
        "weights": bool(model.get("weights")),
        named: model.get("cluster") not in (None, clusters, [clusters]),
        f"fixed effects of {', '.join(effects)}": bool(effects),
        f"the covariance {model.get('covariance')}": model.get("covariance", "default")
        != "default",
        f"the correction {model.get('correction')}": model.get("correction", "full") != "full",
        "a model without a constant": not model.get("constant", True),
        "a selection equation": "selection" in model,
        "an offset or exposure": "offset" in model or "exposure" in model,
    }
    return [words for words, given in settings.items() if given]
