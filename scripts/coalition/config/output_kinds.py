"""The kinds of tables and figures: one row a kind, and everything asks it here.

It stands below the rooms that build them, because the check of a config and the rules ask it too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

from .settings import Config, curve_hypotheses

Section = Literal["data", "measures", "verdicts", "robustness", ""]


@dataclass(frozen=True)
class Kind:
    """A kind of table or figure.

    builder : `module:function` below `outputs/tables/` or `outputs/figures/`, a function of the
        name, the entry in the config and what was read (`Sources`).
    """

    name: str
    builder: str
    reads: tuple[str, ...] = ()
    """What it is made of besides the estimates of its models: keys of `READS`."""
    section: Section = ""
    """Of the report; if empty, that of the hypothesis that it or its models belong to."""
    needs: tuple[str, ...] = ()
    """Keys that its entry in the config must have."""
    unit: str | None = None
    """Of the sample that it can show."""
    file: str | None = None
    """Of an operation, without which there is nothing to print."""
    measured: bool = False
    """Whether it prints what the measurement model says: nothing is left of it without one."""
    primary: bool = False
    """Whether it prints the primary tests: nothing is left of it without a hypothesis."""
    reading: str = ""
    """How it is read, as the report says it below the title."""


def _each(stem: str) -> Callable[[Mapping[str, Any], Config], list[str]]:
    return lambda spec, config: [f"estimates/{stem}_{name}.json" for name in config["hypotheses"]]


def _curves(spec: Mapping[str, Any], config: Config) -> list[str]:
    asked = [spec["hypothesis"]] if "hypothesis" in spec else curve_hypotheses(config)
    return [f"estimates/curve_{name}.json" for name in asked]


def _troops(spec: Mapping[str, Any], config: Config) -> list[str]:
    counted = [name for name, about in config["operations"].items() if "troops" in about["files"]]
    return [f"data/{name}/troops.csv" for name in counted]


def _elsewhere(spec: Mapping[str, Any], config: Config) -> list[str]:
    """Return the comparison of operations, where a table or figure of this config prints it."""
    printed = [output["kind"] for form in ("tables", "figures") for output in config[form].values()]
    return ["estimates/across_operations.json"] if "across_operations" in printed else []


def _statements(spec: Mapping[str, Any], config: Config) -> list[str]:
    coded = [name for name, about in config["operations"].items() if "caveats" in about["files"]]
    return [f"data/{name}/caveats.csv" for name in spec.get("phases", coded) if name in coded]


Reads = Mapping[str, tuple[str, Callable[[Mapping[str, Any], Config], list[str]]]]
READS: Reads = {
    "robustness": ("estimates", _each("robustness")),
    "uncertainty": ("estimates", _each("uncertainty")),
    "power": ("estimates", _each("power")),
    "inference": ("estimates", lambda spec, config: ["estimates/inference.json"]),
    "curves": ("estimates", _curves),
    "companions": ("estimates", lambda spec, config: ["estimates/companions.json"]),
    "stated reasons": ("estimates", lambda spec, config: ["estimates/stated_reasons.json"]),
    "measurement": ("estimates", lambda spec, config: ["estimates/measurement.json"]),
    "caveat models": ("estimates", lambda spec, config: ["estimates/caveat_models.json"]),
    "across operations": (
        "estimates",
        lambda spec, config: ["estimates/across_operations.json"],
    ),
    "verdicts": ("verdicts", lambda spec, config: ["estimates/verdicts.json"]),
    "sample's diagnostics": (
        "diagnostics",
        lambda spec, config: [f"diagnostics/{spec['sample']}.json"],
    ),
    "all diagnostics": (
        "diagnostics",
        lambda spec, config: [f"diagnostics/{name}.json" for name in config["samples"]],
    ),
    "agreement elsewhere": ("estimates", _elsewhere),
    "agreement": ("diagnostics", lambda spec, config: ["diagnostics/coder_agreement.json"]),
    "sample": ("data", lambda spec, config: [f"data/{spec['sample']}.csv"]),
    "troops": ("data", _troops),
    "statements of caveats": ("data", _statements),
    "names of states": ("data", lambda spec, config: ["data/covariates/states.csv"]),
}
"""What can be read: the input of the rule that it belongs to, and its files below a run's
folder.
"""


def made_from(kind: Kind, spec: Mapping[str, Any], config: Config) -> dict[str, list[str]]:
    """Return the files that a table or figure is made of, below a run's folder.

    Parameters
    ----------
    kind : Kind
    spec : mapping
        Its entry in `tables` or `figures`.
    config : mapping

    Returns
    -------
    dict
        estimates, diagnostics, verdicts, data -> files.
    """
    names = spec.get("models", [spec["model"]] if "model" in spec else [])
    groups = sorted({config["models"][name]["group"] for name in names})
    found: dict[str, list[str]] = {"diagnostics": [], "verdicts": [], "data": []}
    found["estimates"] = [f"estimates/{group}.json" for group in groups]
    for what in kind.reads:
        part, files_of = READS[what]
        found[part] += [str(PurePosixPath(path)) for path in files_of(spec, config)]
    return found


TABLE_ROWS = (
    Kind(
        "descriptives",
        "samples_tables:descriptives",
        ("sample's diagnostics",),
        "data",
        ("sample",),
        reading="What is known of each variable, in each group of rows where the sample has some. "
        "Many missing values mean that a variable speaks for few rows.",
    ),
    Kind(
        "flow",
        "samples_tables:flow",
        ("all diagnostics",),
        "data",
        reading="From top to bottom: how many states are left after each step, and which fell out.",
    ),
    Kind(
        "components",
        "samples_tables:components",
        ("sample's diagnostics",),
        "measures",
        ("sample",),
        reading="How each measure is built. Correlation says how far a component moves with the "
        "whole; a component that hardly does contributes something of its own.",
    ),
    Kind(
        "agreement",
        "agreement_table:agreement",
        ("agreement", "agreement elsewhere"),
        "data",
        file="caveats",
        reading="How often two coders chose the same level. Alpha of 1 is perfect agreement, 0 "
        "what chance would give.",
    ),
    Kind(
        "cells_used",
        "coverage_tables:cells_used",
        ("sample's diagnostics",),
        "data",
        ("sample",),
        unit="country_operation",
        reading="How far the results rest on what was read. A cell of grade C is recalled and not "
        "read again, so the column to look at is the last.",
    ),
    Kind(
        "coverage",
        "coverage_tables:coverage",
        ("sample", "statements of caveats"),
        "data",
        ("sample", "phases"),
        unit="country_operation",
        file="caveats",
        reading="How much of what happened the statements speak of. Where few states of a phase "
        "have a stated rule, a level over all years says little of that phase.",
    ),
    Kind(
        "latent_tightness",
        "measurement_tables:latent_tightness",
        ("measurement", "names of states"),
        "data",
        file="caveats",
        measured=True,
        reading="What all statements on a state say together. A wide interval is a state of which "
        "little is known; where it spans several levels, the one level that other tables use is a "
        "guess among them.",
    ),
    Kind(
        "coding_effects",
        "measurement_tables:coding_effects",
        ("measurement",),
        "data",
        file="caveats",
        measured=True,
        reading="How coders differ on the same state, and how a limit that is inferred differs "
        "from one that is stated. A shift whose interval holds zero is no shift that can be told.",
    ),
    Kind(
        "caveat_models",
        "measurement_tables:caveat_models",
        ("caveat models",),
        "robustness",
        file="caveats",
        measured=True,
        reading="Each model of caveats with the coding taken as certain, and with its uncertainty "
        "in the interval. Where the two lines differ, the first was too sure or leaned on how "
        "coders were combined.",
    ),
    Kind(
        "regression",
        "regression:regression",
        needs=("models",),
        reading="One column is one model; the standard error stands in parentheses under each "
        "estimate. Above zero: more of the term goes with more of the outcome. Of a model in log "
        "odds, exp(estimate) is an odds ratio per unit of the term; the unit of a measure is one "
        "standard deviation. Stars are not adjusted for the number of tests; a verdict rests on "
        "primary tests alone. A dash is a model that could not be estimated, and a note says "
        "why.",
    ),
    Kind(
        "by_method",
        "by_method_table:by_method",
        needs=("models",),
        reading="The same estimate under other ways of telling how sure it is. Where methods "
        "disagree, the more cautious one deserves belief: with few clusters the usual errors tend "
        "to be too small.",
    ),
    Kind(
        "marginal_effects",
        "effects_tables:marginal_effects",
        needs=("models",),
        reading="The effects as probabilities: 0.05 means five percentage points more for one "
        "standard deviation more of the measure. An interval that holds zero does not tell the "
        "direction.",
    ),
    Kind(
        "corners",
        "effects_tables:corners",
        needs=("models",),
        reading="Predicted probabilities where the two terms are both low, both high, or one of "
        "each; below them the contrasts, which are the test. A contrast whose interval holds zero "
        "does not tell the direction.",
    ),
    Kind(
        "predictions",
        "predictions_table:predictions",
        needs=("models", "prediction"),
        reading="What the model expects where one term is set to each value in turn and all else "
        "stays as observed. Intervals are of one line each; that two of them overlap says little "
        "about their difference.",
    ),
    Kind(
        "assumed_correlations",
        "assumed_correlations:assumed_correlations",
        needs=("models", "terms"),
        reading="What would follow if joining and reservations shared an unobserved cause of the "
        "given strength. A claim that holds along the whole line does not depend on it.",
    ),
    Kind(
        "robustness",
        "evidence_tables:robustness",
        ("robustness", "verdicts"),
        "robustness",
        primary=True,
        reading="Each line changes one setting and fits the primary test again. Look whether the "
        "sign stays, and how far the size moves; a single line proves nothing.",
    ),
    Kind(
        "readings",
        "readings_table:readings",
        ("robustness", "uncertainty", "verdicts"),
        "verdicts",
        needs=("alternatives",),
        primary=True,
        reading="What the primary tests say under the data as first released, under today's, and "
        "under each reading that could be defended. Where the lines of a hypothesis differ, it "
        "depends on what a caveat is taken to be, and not on the states alone.",
    ),
    Kind(
        "influence",
        "evidence_tables:influence",
        ("robustness", "verdicts"),
        "robustness",
        primary=True,
        reading="The primary test again without one state. A result that depends on one state "
        "would change its sign here, or cross the threshold of significance.",
    ),
    Kind(
        "specification_curve",
        "curve_table:curve",
        ("curves",),
        "robustness",
        primary=True,
        reading="All combinations of defensible choices together, then those that share one "
        "option. Where one option changes the sign or the size, the result depends on it; the "
        "p-values ask whether the whole picture could be chance.",
    ),
    Kind(
        "inference",
        "inference_tables:inference",
        ("inference", "verdicts"),
        "robustness",
        primary=True,
        reading="The same estimate under other ways of telling how sure it is. Where methods "
        "disagree, the more cautious one deserves belief: with few clusters the usual "
        "errors tend to be too small.",
    ),
    Kind(
        "uncertainty",
        "missing_data_table:uncertainty",
        ("uncertainty", "verdicts"),
        "robustness",
        primary=True,
        reading="The primary test again where missing values are filled in several times and where "
        "the coder is drawn by lot: what the listwise estimate leaves out of its interval. An "
        "interval that grows much says that the result depends on it.",
    ),
    Kind(
        "power",
        "power_table:power",
        ("power",),
        "robustness",
        reading="What the test would have found, had the effect been of a given size. Low power "
        "means that an undecided verdict says little; exaggeration above 1, that an effect which "
        "is found is likely found too large.",
    ),
    Kind(
        "across_operations",
        "across_table:across_operations",
        ("across operations",),
        "verdicts",
        reading="One line is one operation asked on its own. Where the lines agree, the pooled "
        "effect speaks for coalitions; where they do not, the prediction interval says how far one "
        "more operation may lie from it. The marked operations rest on weaker codes.",
    ),
    Kind(
        "stated_reasons",
        "reasons_tables:shares",
        ("stated reasons",),
        "robustness",
        file="reasons",
        reading="Of the statements on a decision, how many give a reason of the kind. If fear of "
        "entrapment is behind caveats, it stands high in their column, next to the rivals of the "
        "theory: law, voters, capacity.",
    ),
    Kind(
        "stated_reasons_tests",
        "reasons_tables:tests",
        ("stated reasons",),
        "robustness",
        file="reasons",
        reading="A measure of a fear that has nothing to do with what states say is a weak "
        "measure, whatever it predicts. A correlation near zero in the first rows speaks against "
        "the measure; in the later rows, against the mechanism.",
    ),
    Kind(
        "fuzzy_sets",
        "companion_tables:fuzzy_sets",
        ("companions",),
        "robustness",
        file="caveats",
        primary=True,
        reading="How far each corner of the two fears lies in each response. A corner that is "
        "sufficient for a response has a consistency near 1; look whether the order of the corners "
        "survives other anchors.",
    ),
    Kind(
        "terciles",
        "companion_tables:terciles",
        ("companions",),
        "robustness",
        file="caveats",
        primary=True,
        reading="Caveats rise with entrapment if the means rise from the lowest third to the "
        "highest. The bounds say how much of the difference could come from who joins at all.",
    ),
    Kind(
        "priors",
        "companion_tables:priors",
        ("companions",),
        "robustness",
        primary=True,
        reading="Where the estimate shrinks much under a sceptical prior, the data carry little of "
        "its size.",
    ),
    Kind(
        "verdicts",
        "verdict_tables:verdicts",
        ("verdicts",),
        "verdicts",
        primary=True,
        reading="One column is one hypothesis; from top to bottom everything that the rule looks "
        "at.",
    ),
)
FIGURE_ROWS = (
    Kind(
        "responses",
        "responses:responses",
        ("sample",),
        "data",
        ("sample",),
        unit="country_operation",
    ),
    Kind(
        "map",
        "map_figure:response_map",
        ("sample",),
        "data",
        ("sample",),
        unit="country_operation",
    ),
    Kind(
        "troops",
        "troops_figure:troops",
        ("troops", "names of states"),
        "data",
        ("sample",),
        unit="country_operation_year",
        file="troops",
    ),
    Kind("coefficients", "coefficients:coefficients", ("verdicts",), needs=("models",)),
    Kind("corners", "corners:corners", needs=("model",)),
    Kind("predictions", "predictions_figure:predictions", needs=("model", "prediction")),
    Kind(
        "measures",
        "measures_figure:measures",
        ("sample",),
        "measures",
        ("sample", "first", "second"),
        unit="country_operation",
    ),
    Kind(
        "robustness",
        "robustness_figure:robustness",
        ("robustness", "verdicts"),
        "robustness",
        primary=True,
    ),
    Kind(
        "influence",
        "influence:influence",
        ("robustness", "verdicts", "names of states"),
        "robustness",
        primary=True,
    ),
    Kind(
        "stated_reasons",
        "reasons_figure:reasons",
        ("stated reasons",),
        "robustness",
        file="reasons",
    ),
    Kind("across_operations", "forest:forest", ("across operations",), "verdicts"),
    Kind(
        "latent_tightness",
        "tightness_figure:tightness",
        ("measurement",),
        "data",
        file="caveats",
        measured=True,
    ),
    Kind(
        "causal_graph",
        "causal_figure:causal_graph",
        section="measures",
        needs=("nodes", "edges", "effects"),
    ),
    Kind("specification_curve", "curve_figure:curve", ("curves",), "robustness", primary=True),
)
TABLES: dict[str, Kind] = {kind.name: kind for kind in TABLE_ROWS}
FIGURES: dict[str, Kind] = {kind.name: kind for kind in FIGURE_ROWS}
KINDS: Mapping[str, dict[str, Kind]] = {"tables": TABLES, "figures": FIGURES}
"""Block of the config -> its kinds."""
