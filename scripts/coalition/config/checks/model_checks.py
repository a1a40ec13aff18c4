"""Models and hypotheses of a config, checked: their terms, their samples, and what their families
know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...base.errors import Problems, one_of
from ...base.keys import keys_of, listed
from ...formula.columns import RESPONSES, outcome_of, times_of, units_of
from ...formula.families import CONSTANT, FAMILIES, LEVELS, OFFSET, WEIGHTS, knowing, names_where
from ...formula.outcomes import modelled
from ...formula.terms import TermError, parse_term
from ..expansion import STAR
from ..settings import KEYS, Config, columns, file_columns
from .inference_checks import check_inference
from .name_checks import check_filter, check_terms
from .prediction_checks import check_predictions

COVARIANCES = ("hc2", "hc3", "driscoll_kraay", "panel_corrected")
"""Covariances that not all families know."""


def check_model(model: Mapping[str, Any], config: Config, place: str, problems: Problems) -> None:
    """Look for a model's sample, outcome, terms and columns, and for settings that its family does
    not know.
    """
    one_of(model["sample"], config["samples"], f"{place}.sample", "sample", problems)
    if model["sample"] not in config["samples"]:
        return
    sample = config["samples"][model["sample"]]
    known = _known_terms(config, model["sample"])
    everywhere = [*known, *(KEYS if "file" not in sample else keys_of(sample).row)]
    check_terms(model["terms"], known, f"{place}.terms", problems, lists=config.get("controls", {}))
    check_short_forms(model, config, place, problems)
    _check_outcome(model, known, place, problems)
    _check_where(model, everywhere, config, f"{place}.where", problems)
    _check_selection(model, known, config, f"{place}.selection", problems)
    _check_population(model, place, problems)
    for key in ("cluster", "fixed_effects"):
        for name in listed(model.get(key) or []):
            one_of(name, everywhere, f"{place}.{key}", "column", problems)
    if model.get("weights"):
        one_of(model["weights"], known, f"{place}.weights", "column", problems)
    for name in [*times_of(model), *units_of(model)]:
        one_of(name, everywhere, place, "column", problems)
    _check_durations(model, place, problems)
    _check_family(model, sample, place, problems)
    _check_nonproportional(model, f"{place}.nonproportional", problems)
    check_predictions(model, f"{place}.predictions", problems)
    check_inference(model, config, everywhere, place, problems)
    if "corners" in model:
        _check_corners(model, f"{place}.corners", problems)


def _check_population(model: Mapping[str, Any], place: str, problems: Problems) -> None:
    """Check the settings of a sample drawn by its outcome (rare events)."""
    if "population_share" in model and model["family"] not in knowing("population_share"):
        named = ", ".join(knowing("population_share"))
        problems.add(f"{place}.population_share", f"is for the family {named} only")
    if "case_control" in model and "population_share" not in model:
        problems.add(
            f"{place}.case_control",
            "needs `population_share`, the share of events in the population",
        )


def check_short_forms(
    model: Mapping[str, Any], config: Config, place: str, problems: Problems
) -> None:
    """Note what of `over` and `without` could not be written out."""
    if ("over" in model) != place.endswith(STAR):
        text = "a model with `over`, and no other, has a name that ends in *"
        problems.add(place, text, allowed="h1_logit_*: {over: [isaf, iraq]}")
    for position, name in enumerate(model.get("over", [])):
        where = f"{place}.over[entry {position + 1}]"
        one_of(name, config.get("subsamples", {}), where, "subsample", problems)
    for position, term in enumerate(model.get("without", [])):
        where = f"{place}.without[entry {position + 1}]"
        one_of(term, model["terms"], where, "term of this model", problems)


def check_controls(config: Config, problems: Problems) -> None:
    """Look for the terms of `controls` that models have, and for names of theirs that mean
    something else.
    """
    known = {term for sample in config["samples"] for term in _known_terms(config, sample)}
    models = [set(model["terms"]) for model in config["models"].values()]
    for name, terms in config.get("controls", {}).items():
        place = f"controls.{name}"
        if any(set(terms) <= model for model in models):
            check_terms(terms, sorted(known), place, problems, whole=False)
        if name in known:
            problems.add(place, "the name of a variable, measure or column; give the list another")


def _check_outcome(
    model: Mapping[str, Any], known: list[str], place: str, problems: Problems
) -> None:
    try:
        one_of(outcome_of(model).variable, known, f"{place}.outcome", "outcome", problems)
    except TermError as error:
        problems.add(
            f"{place}.outcome",
            str(error),
            value=model["outcome"],
            allowed="a variable, or a transform such as log(a)",
        )
    if model["outcome"] in model["terms"]:
        problems.add(
            f"{place}.terms", "the outcome stands among its own terms", value=model["outcome"]
        )


def _check_where(
    model: Mapping[str, Any], known: list[str], config: Config, place: str, problems: Problems
) -> None:
    where = model.get("where", {})
    check_filter(where, known, place, problems)
    if isinstance(where, Mapping) and "file" not in config["samples"][model["sample"]]:
        for operation in where.get("operation", []):
            one_of(operation, config["operations"], f"{place}.operation", "operation", problems)


def _check_nonproportional(model: Mapping[str, Any], place: str, problems: Problems) -> None:
    for term in model.get("nonproportional", []):
        one_of(term, model["terms"], place, "term of this model", problems)
    needing = names_where(lambda family: "nonproportional" in family.needs)
    if ("nonproportional" in model) != (model["family"] in needing):
        text = (
            f"terms are named here for the family {', '.join(needing)}, which needs them, and "
            "for no other"
        )
        problems.add(place, text)


def _check_durations(model: Mapping[str, Any], place: str, problems: Problems) -> None:
    """Look for what models of durations need, and for what would be taken for a term twice."""
    for key in ("spell", "baseline"):
        needing = names_where(lambda family, key=key: key in family.needs)  # type: ignore[misc]
        if (key in model) != (model["family"] in needing):
            text = (
                f"is given for the families {', '.join(needing)}, which need it, and for no other"
            )
            problems.add(f"{place}.{key}", text, value=model["family"])
    if "degree" in model.get("baseline", {}) and model["baseline"]["form"] != "polynomial":
        problems.add(f"{place}.baseline.degree", "is for the form polynomial only")
    twice = [name for name in times_of(model) if name == model["outcome"]]
    if twice:
        problems.add(place, "the outcome is also what tells the time or exposure", value=twice[0])


def _check_corners(model: Mapping[str, Any], place: str, problems: Problems) -> None:
    corners = model["corners"]
    for part in ("first", "second"):
        one_of(corners[part], model["terms"], f"{place}.{part}", "term of this model", problems)
    if corners["low"] >= corners["high"]:
        problems.add(
            place, "low must be below high", value=f"{corners['low']} and {corners['high']}"
        )


def _known_terms(config: Config, sample: str) -> list[str]:
    spec = config["samples"][sample]
    if "file" in spec:
        return [*file_columns(spec), *spec.get("variables", {})]
    # a row a year: it varies, and can be a trend
    time = ["year"] if spec["unit"] == "country_operation_year" else []
    return [
        *modelled(spec["unit"]),
        *time,
        *config["variables"],
        *config["measures"],
        *columns(config),
    ]


def _check_family(
    model: Mapping[str, Any], sample: Mapping[str, Any], place: str, problems: Problems
) -> None:
    """Check that a model's family knows the settings that the model gives."""
    family, covariance = model["family"], model.get("covariance", "default")
    settings = {
        WEIGHTS: model.get("weights"),
        LEVELS: model.get("levels"),
        CONSTANT: not model.get("constant", True),
        OFFSET: "offset" in model or "exposure" in model,
    }
    for setting, given in settings.items():
        if given and family not in knowing(setting):
            allowed = f"with the families {', '.join(knowing(setting))}"
            problems.add(
                place, f"the family does not know {setting}", value=family, allowed=allowed
            )
    if covariance in COVARIANCES and family not in knowing(covariance):
        allowed = f"with the families {', '.join(knowing(covariance))}"
        problems.add(
            f"{place}.covariance",
            f"the family {family} does not know this covariance",
            value=covariance,
            allowed=allowed,
        )
    if covariance == "cluster" and not model.get("cluster"):
        problems.add(f"{place}.cluster", "clustered errors need the column of the clusters")
    _check_robust(model, place, problems)
    _check_panel(model, sample, place, problems)


def _check_panel(
    model: Mapping[str, Any], sample: Mapping[str, Any], place: str, problems: Problems
) -> None:
    """Check that a file says what the units and times are, where the family is one of panels."""
    if (
        FAMILIES[model["family"]].panel
        and "file" in sample
        and not {"unit", "time"} <= set(sample.get("panel", {}))
    ):
        problems.add(
            f"samples.{model['sample']}",
            (
                f"the model {place.removeprefix('models.')!r} needs `panel: "
                f"{{unit: UNIT, time: TIME}}` of "
                "its sample"
            ),
        )


ROBUST = ("hc0", "hc1", "hc2", "hc3")
"""Covariances that take every row as independent."""


def _check_robust(model: Mapping[str, Any], place: str, problems: Problems) -> None:
    """Refuse a cluster that the covariance would drop without a word."""
    if model.get("covariance") in ROBUST and model.get("cluster"):
        problems.add(
            f"{place}.covariance",
            "takes rows as independent, and the model names a cluster; leave out one of the two",
            value=model["covariance"],
            allowed="cluster, with `cluster`; or `cluster: null`",
        )


def _check_selection(
    model: Mapping[str, Any], known: list[str], config: Config, place: str, problems: Problems
) -> None:
    family = model["family"]
    selected = FAMILIES[family].selection
    if selected != ("selection" in model):
        text = f"the family {family} {'needs it' if selected else 'has none'}"
        problems.add(
            place,
            f"a selection equation: {text}",
            allowed=f"selection with {', '.join(names_where(lambda each: each.selection))}",
        )
    if "selection" not in model:
        return
    selection = model["selection"]
    check_terms(
        selection["terms"], known, f"{place}.terms", problems, lists=config.get("controls", {})
    )
    one_of(selection["outcome"], known, f"{place}.outcome", "outcome", problems)
    if selection["outcome"] in (*selection["terms"], *model["terms"], model["outcome"]):
        problems.add(
            f"{place}.outcome",
            "who is selected stands among the terms or is the outcome itself",
            value=selection["outcome"],
        )
    if selection["outcome"] in model.get("where", {}):
        problems.add(
            f"{place}.outcome",
            "`where` keeps the selected only: a selection equation needs all rows",
            value=selection["outcome"],
        )


def check_hypothesis(
    hypothesis: Mapping[str, Any], config: Config, place: str, problems: Problems
) -> None:
    """Look for a hypothesis' models and the term or corners that it tests, and for a smallest
    effect on the scale of the test.
    """
    primary = hypothesis["primary"]
    for position, model in enumerate(hypothesis.get("supporting", [])):
        one_of(
            model, config["models"], f"{place}.supporting[entry {position + 1}]", "model", problems
        )
    one_of(primary["model"], config["models"], f"{place}.primary.model", "model", problems)
    model = config["models"].get(primary["model"])
    if model is None:
        return
    if model["sample"] not in config["samples"]:
        return
    _check_left_out(hypothesis, model, config, place, problems)
    if not check_tested(primary, model["family"], f"{place}.primary", problems):
        return
    if "term" in primary:
        one_of(
            primary["term"], model["terms"], f"{place}.primary.term", "term of this model", problems
        )
        _check_one_column(primary["term"], f"{place}.primary.term", problems)
    elif "corners" not in model:
        problems.add(f"{place}.primary.contrasts", f"the model {primary['model']!r} has no corners")
    scale = (
        "probability"
        if "contrasts" in primary
        else "odds_ratio"
        if FAMILIES[model["family"]].odds_ratio
        else "difference"
    )
    if scale not in primary["smallest_effect"]:
        given, family = ", ".join(primary["smallest_effect"]), model["family"]
        problems.add(
            f"{place}.primary.smallest_effect",
            f"on a scale that is not that of the test ({family})",
            value=given,
            allowed=scale,
        )


def _check_left_out(
    hypothesis: Mapping[str, Any],
    model: Mapping[str, Any],
    config: Config,
    place: str,
    problems: Problems,
) -> None:
    """Look for the column whose values are left out in turn, and for contrasts of responses that a
    file does not have.
    """
    sample, column = config["samples"][model["sample"]], hypothesis.get("leave_out")
    own = "file" in sample
    known = file_columns(sample) if own else [*KEYS, *config["variables"]]
    if column is not None:
        one_of(column, known, f"{place}.leave_out", "column of its sample", problems)
    elif own:
        problems.add(
            f"{place}.leave_out",
            "the sample of the primary model is a file: name the column of whose values each is "
            "left out in turn",
            allowed=", ".join(known[:8]) or None,
        )
    if (
        own
        and "contrasts" in hypothesis["primary"]
        and set(model.get("levels", ())) != {*RESPONSES}
    ):
        problems.add(
            f"{place}.primary.contrasts",
            "contrasts are of the responses of states; the model must name them in `levels`",
            allowed=f"levels: [{', '.join(RESPONSES)}]",
        )


def _check_one_column(term: str, place: str, problems: Problems) -> None:
    """Refuse a categorical term: it has a coefficient for every value but one."""
    try:
        categorical = any(factor.categorical for factor in parse_term(term).factors)
    except TermError:
        return
    if categorical:
        text = "a category has several coefficients, and a test is of one"
        problems.add(place, text, value=term, allowed="a column of 0 and 1, as `recode` makes one")


def check_tested(primary: Mapping[str, Any], family: str, place: str, problems: Problems) -> bool:
    """Tell whether a family has what is tested, one coefficient of the term or contrasts of the
    levels' probabilities; note it if not.
    """
    several = FAMILIES[family].several
    if "term" in primary and several:
        text = (
            f"the family {family} has a coefficient of a term for every level, not one that "
            "could be tested"
        )
        problems.add(
            f"{place}.term",
            text,
            value=primary["term"],
            allowed="`contrasts`, of the probabilities of the levels",
        )
    if "contrasts" in primary and not several:
        text = f"the family {family} has no contrasts of probabilities of responses"
        problems.add(
            f"{place}.contrasts",
            text,
            allowed=f"`term`, or the families {', '.join(names_where(lambda each: each.several))}",
        )
    return ("term" in primary) != several
