"""Other settings of the primary tests, checked: alternatives of robustness, and the choices of the
specification curve.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...base.errors import Problems, one_of
from ...base.keys import listed
from ...formula.families import names_where
from ...formula.terms import parse_term
from ..settings import (
    Config,
    curve_hypotheses,
    file_columns,
    hypotheses_of,
    left_out,
    merged,
    on_file,
    outside_curve,
    patched,
    plain,
    without_curve,
)
from .data_checks import check_measures, check_order_of_measures, check_sample, check_variables
from .model_checks import check_tested
from .name_checks import check_terms

CURVE_COLUMNS = (
    "specification",
    "estimate",
    "std_error",
    "p_value",
    "significant",
    "n",
    "n_states",
    "status",
    "one_step",
    "one_step_z",
)
"""Columns of a curve's table that no choice may be named as."""
ADVICE = "`hypotheses` in each choice that name the others, to have no curve of this one"


def check_robustness(config: Config, offered: list[str], problems: Problems) -> None:
    """Look for what the alternatives change, and for those that change nothing."""
    for name, alternative in config["robustness"].items():
        _check_patch(alternative, config, offered, f"robustness.{name}", problems)
        _check_removed(alternative, config, f"robustness.{name}.model.without", problems)
        _check_effect(alternative, config, f"robustness.{name}", problems)
        _check_family(
            alternative,
            hypotheses_of(config, alternative),
            config,
            f"robustness.{name}",
            problems,
        )


def _check_patch(
    alternative: Mapping[str, Any],
    config: Config,
    offered: list[str],
    place: str,
    problems: Problems,
) -> None:
    for hypothesis in alternative.get("hypotheses", []):
        one_of(hypothesis, config["hypotheses"], f"{place}.hypotheses", "hypothesis", problems)
    for part in ("operations", "variables", "measures"):
        for key in alternative.get(part, {}):
            one_of(key, config[part], f"{place}.{part}", part.removesuffix("s"), problems)
    known = [*config["variables"], *config["measures"], *offered]
    _check_parts(alternative, config, place, problems)
    check_variables(alternative.get("variables", {}), offered, f"{place}.variables", problems)
    check_measures(alternative.get("measures", {}), known, f"{place}.measures", problems)
    _check_patched_order(
        alternative.get("measures", {}), config["measures"], f"{place}.measures", problems
    )
    check_sample(alternative.get("sample", {}), config, f"{place}.sample", problems)
    change, own = alternative.get("model", {}), _own_columns(alternative, config)
    for key in ("terms", "with", "without"):
        check_terms(
            change.get(key, []),
            known if own is None else own,
            f"{place}.model.{key}",
            problems,
            whole=key == "terms",
            lists=config.get("controls", {}),
        )


def _files(change: Mapping[str, Any], config: Config) -> list[str]:
    """Return the hypotheses on files that a change is for."""
    return [
        name
        for name in hypotheses_of(config, change)
        if name in config["hypotheses"] and on_file(config, name)
    ]


def _own_columns(change: Mapping[str, Any], config: Config) -> list[str] | None:
    """Return the columns that terms may name where a change is for hypotheses on files alone: those
    of every one of these; None where it is for others.
    """
    files = _files(change, config)
    if not files or len(files) < len(hypotheses_of(config, change)):
        return None
    models = [config["models"][config["hypotheses"][name]["primary"]["model"]] for name in files]
    samples = [config["samples"][model["sample"]] for model in models]
    columns = [[*file_columns(sample), *sample.get("variables", {})] for sample in samples]
    return [column for column in columns[0] if all(column in other for other in columns)]


def _check_parts(change: Mapping[str, Any], config: Config, place: str, problems: Problems) -> None:
    """Refuse a change of the project's own samples for a hypothesis that is tested on a file, and
    one
    for both at once.
    """
    files = _files(change, config)
    if not files:
        return
    for part in ("operations", "variables", "measures", "sample"):
        if part in change:
            text = f"changes nothing of a sample that is a file, on which {files[0]} is tested"
            problems.add(f"{place}.{part}", text, allowed="`model`, whose `where` chooses rows")
    if len(files) < len(hypotheses_of(config, change)):
        text = "is for hypotheses on files and on samples that the project builds: make two of it"
        problems.add(f"{place}.hypotheses", text, value=", ".join(hypotheses_of(config, change)))


def _check_patched_order(
    change: Mapping[str, Any], measures: Mapping[str, Any], place: str, problems: Problems
) -> None:
    """Look for measures that a change of components puts out of order; not where they are out of
    order without it, or unknown.
    """
    before = Problems()
    check_order_of_measures(measures, "measures", before)
    if not before.found and set(change) <= set(measures):
        check_order_of_measures(merged(measures, change), place, problems)


def _check_family(
    change: Mapping[str, Any],
    hypotheses: Iterable[str],
    config: Config,
    place: str,
    problems: Problems,
) -> None:
    """Look for hypotheses whose test the family that a change brings does not have."""
    family = change.get("model", {}).get("family")
    for name in hypotheses if family else ():
        if name in config["hypotheses"] and not check_tested(
            config["hypotheses"][name]["primary"], family, "", Problems()
        ):
            text = (
                f"the family {family} has not what the hypothesis {name} tests: leave {name} "
                "out of `hypotheses` here"
            )
            problems.add(f"{place}.model.family", text, value=family)


def _check_removed(
    alternative: Mapping[str, Any], config: Config, place: str, problems: Problems
) -> None:
    """Look for terms that an alternative takes out of no test: it would be the primary test under
    another name.

    Not where other names are wrong, as a test's misspelt term is not to be noted twice.
    """
    hypotheses = [
        name for name in hypotheses_of(config, alternative) if name in config["hypotheses"]
    ]
    tested = [config["hypotheses"][name]["primary"]["model"] for name in hypotheses]
    change = alternative.get("model", {})
    terms = [
        *change.get("terms", []),
        *(term for name in tested for term in config["models"].get(name, {}).get("terms", [])),
    ]
    removed = change.get("without", [])
    if tested and removed and not problems.found and not set(removed) & set(terms):
        problems.add(
            place,
            "no test that this alternative changes has any of these terms",
            value=", ".join(removed),
        )


def _check_effect(
    alternative: Mapping[str, Any], config: Config, place: str, problems: Problems
) -> None:
    """Look for an alternative that changes no setting of any test, and for one without what a test
    is about.

    Not where other names are wrong: a model or term that is not there was noted already.
    """
    if problems.found:
        return
    hypotheses, before = hypotheses_of(config, alternative), _settings(plain(config))
    idle = []
    for name in hypotheses:
        primary = config["hypotheses"][name]["primary"]
        after = _settings(patched(config, alternative, primary["model"]))
        _check_tested_stays(after, name, f"{place}.model", problems)
        # of a sample that is a file, an alternative changes the model and nothing else
        part = "models" if on_file(config, name) else None
        if (after[part] == before[part]) if part else (after == before):
            idle.append(name)
    if hypotheses and len(idle) == len(hypotheses):
        problems.add(place, "changes no setting: it would be the primary test under another name")
    elif "hypotheses" in alternative:
        for name in idle:
            text = f"changes no setting of the hypothesis {name}; leave {name} out of `hypotheses`"
            problems.add(place, text)


def _check_tested_stays(config: Config, hypothesis: str, place: str, problems: Problems) -> None:
    """Look whether a changed model still has what its hypothesis tests."""
    primary = config["hypotheses"][hypothesis]["primary"]
    model = config["models"][primary["model"]]
    tested = [primary["term"]] if "term" in primary else list(_corners(model))
    gone = [term for term in tested if term not in model["terms"]]
    if gone:
        problems.add(
            place,
            f"the model is without what the hypothesis {hypothesis} tests; leave {hypothesis} out "
            "of `hypotheses` of this alternative",
            value=", ".join(gone),
        )


def _settings(config: Config) -> Config:
    """Return what decides numbers of a config: the labels of measures and variables do not."""
    bare = {
        block: {
            name: {key: value for key, value in spec.items() if key != "label"}
            for name, spec in config[block].items()
        }
        for block in ("measures", "variables", "operations")
    }
    return {**config, **bare}


def _corners(model: Mapping[str, Any]) -> tuple[str, ...]:
    corners = model.get("corners", {})
    return tuple(corners[part] for part in ("first", "second") if part in corners)


def check_curve(config: Config, offered: list[str], problems: Problems) -> None:
    """Look for what the options of every choice change, and whether what is tested stays an effect
    of its own.
    """
    for name, choice in config["specification_curve"]["choices"].items():
        place = f"specification_curve.choices.{name}"
        if name in CURVE_COLUMNS:
            problems.add(
                place, "this name is a column of the curve's table; give the choice another"
            )
        for hypothesis in choice.get("hypotheses", []):
            one_of(hypothesis, config["hypotheses"], f"{place}.hypotheses", "hypothesis", problems)
        first, *_ = choice["options"].values()
        if set(first) - {"label", "argument"}:
            problems.add(
                f"{place}.options.{next(iter(choice['options']))}",
                "the first option is the primary test's and changes nothing",
            )
        for option, about in list(choice["options"].items())[1:]:
            if not set(about) - {"label", "argument", "hypotheses"}:
                problems.add(
                    f"{place}.options.{option}",
                    "changes no setting: it would be the first option under another name",
                )
        for option, about in choice["options"].items():
            tested = about.get("hypotheses", hypotheses_of(config, choice))
            named = {**about, "hypotheses": tested}
            _check_option(named, config, offered, f"{place}.options.{option}", problems)
            change = config["robustness"].get(about.get("alternative"), about)
            _check_family(change, tested, config, f"{place}.options.{option}", problems)
    if problems.found:
        return
    for hypothesis in curve_hypotheses(config):
        _check_models(hypothesis, config, problems)
    _check_asked(config, problems)


def _check_option(
    option: Mapping[str, Any], config: Config, offered: list[str], place: str, problems: Problems
) -> None:
    _check_patch(option, config, offered, place, problems)
    if "alternative" in option:
        one_of(
            option["alternative"],
            config["robustness"],
            f"{place}.alternative",
            "alternative of robustness",
            problems,
        )
        if set(option) - {"label", "argument", "hypotheses", "alternative"}:
            problems.add(
                place, "names an alternative and settings of its own; only one of them can hold"
            )
    elif "label" not in option:
        problems.add(place, "the key 'label' is missing")
    family = (
        config["robustness"]
        .get(option.get("alternative"), option)
        .get("model", {})
        .get("family", "logit")
    )
    one_of(
        family,
        names_where(lambda each: each.batched is not None),
        f"{place}.model.family",
        "family of the specification curve",
        problems,
    )


def _check_models(hypothesis: str, config: Config, problems: Problems) -> None:
    """Look for options that make of the primary model one that the solver does not know, or in
    which what is tested is not one effect.
    """
    primary = config["hypotheses"][hypothesis]["primary"]
    name, choices = primary["model"], config["specification_curve"]["choices"]
    model = config["models"][name]
    _check_focal(primary, model, model["terms"], f"hypotheses.{hypothesis}.primary", problems)
    # nothing else of the config decides what the model becomes
    bare = {
        "operations": {},
        "variables": {},
        "measures": {},
        "samples": {model["sample"]: {}},
        "models": {name: model},
    }
    for choice, about in choices.items():
        for option, given in about["options"].items():
            change = config["robustness"].get(given.get("alternative"), given).get("model")
            of = given.get("hypotheses", hypotheses_of(config, about))
            if change and hypothesis in of:
                changed = patched(bare, {"model": change}, name)["models"][name]
                _check_changed(
                    primary,
                    model,
                    changed,
                    f"specification_curve.choices.{choice}.options.{option}",
                    problems,
                    left_out(config, hypothesis) if on_file(config, hypothesis) else None,
                )


def _check_changed(
    primary: Mapping[str, Any],
    model: Mapping[str, Any],
    changed: Mapping[str, Any],
    place: str,
    problems: Problems,
    unit: str | None = None,
) -> None:
    for unknown in outside_curve(changed, unit):
        text = (
            "the solver of the specification curve does not know what this makes of "
            f"{primary['model']}"
        )
        problems.add(place, text, value=unknown)
    _check_focal(
        primary,
        model,
        [term for term in changed["terms"] if term not in model["terms"]],
        place,
        problems,
    )


def _check_focal(
    primary: Mapping[str, Any],
    model: Mapping[str, Any],
    terms: Sequence[str],
    place: str,
    problems: Problems,
) -> None:
    """Look for the tested term in other terms: where it comes twice, neither place is the effect,
    and permuting one is no test of it.

    Contrasts are read from all terms together; they allow for the product of the two terms of the
    corners.
    """
    focal, allowed = primary.get("term"), set()
    if focal is None:
        focal, second = model["corners"]["first"], model["corners"]["second"]
        allowed = {f"{focal}:{second}", f"{second}:{focal}"}
    tested = parse_term(focal)
    for term in terms:
        if term == focal and any(factor.categorical for factor in tested.factors):
            problems.add(
                place,
                "what a specification curve tests is one column, and factor(...) is several",
                value=focal,
                allowed=ADVICE,
            )
        if (
            term != focal
            and term not in allowed
            and set(tested.variables) <= set(parse_term(term).variables)
        ):
            text = (
                f"{focal!r} is tested in the specification curve and is part of a product or "
                "of another transform"
            )
            problems.add(place, text, value=term, allowed=ADVICE)


def _check_asked(config: Config, problems: Problems) -> None:
    """Look for figures of a curve that is not made, and say why it is not."""
    for name, figure in config["figures"].items():
        if (
            figure["kind"] == "specification_curve"
            and figure.get("hypothesis") in config["hypotheses"]
        ):
            reason = without_curve(config, figure["hypothesis"])
            if reason:
                text = f"{figure['hypothesis']} has no specification curve: {reason}"
                problems.add(
                    f"figures.{name}", text, allowed=", ".join(curve_hypotheses(config)) or None
                )


def check_second_version(config: Config, problems: Problems) -> None:
    """Check the second version of the verdict rule: that region is named, or said why not; and that
    a range of correlations is one.
    """
    rule = config.get("verdict_2")
    if not rule:
        return
    terms = [each for of in rule["confounders"] for each in listed(of)]
    regional = any("region" in term or "cow_block" in term for term in terms)
    if not regional and "without_region" not in rule:
        problems.add(
            "verdict_2.confounders",
            "no term names region; add one, or say why not in verdict_2.without_region",
            value=", ".join(terms),
        )
    low, high = rule["selection"]["correlations"]
    if low > high:
        problems.add(
            "verdict_2.selection.correlations",
            "the lowest is above the highest",
            value=f"{low} to {high}",
        )
