"""What each model family is: one row a family, and everything asks it here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["binary", "ordered", "nominal", "continuous", "count", "event"]
Equations = Literal["one", "levels", "stages", "cut_points"]
ODDS, PROBITS, MEANS = "log odds", "probits", "the log of the mean"
HAZARDS = "log hazard ratios"
OUTCOME = "units of the outcome"
BOTH = f"{OUTCOME}, and probits in the selection equation"


@dataclass(frozen=True)
class Family:
    """One family of models.

    An adapter is named as `module:function` below `estimators/`, and imported when it is used: the
    packages that it needs load slower than most models are fitted.
    """

    name: str
    label: str
    """As tables and the report print it."""
    outcome: Outcome
    adapter: str
    """What fits it: function (Design, level) -> Fit."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Further arguments of the adapter."""
    scale: str = OUTCOME
    """What its coefficients are in."""
    predictor: str | None = None
    """The module that knows the probabilities of its levels, so that it has marginal effects; a
    function of the design where they need the estimation sample."""
    predictor_options: Mapping[str, Any] = field(default_factory=dict)
    assumed: str | None = None
    """What fits it at assumed correlations of the errors of selection and outcome."""
    equations: Equations = "one"
    """Which coefficients a term has: one, or one a level, a stage or a cut point."""
    panel: bool = False
    """A linear model of panel data: its sample names unit and time."""
    units: bool = False
    """Whether it knows which rows are of one unit."""
    within: bool = False
    """Whether it takes the effects of units out, and with them those of operations."""
    unit_effects: str = "no"
    year_effects: bool = False
    """What a table says of the effects of units and years."""
    batched: Literal["binary", "ordered", "multinomial"] | None = None
    """The batched solver that fits it: the specification curve and simulations need one."""
    coordinates: Literal["one index", "slopes", "several", "cut points"] | None = None
    """How its parameters go with orthogonal columns of the design, in which it is then fitted."""
    silent_effects: bool = False
    """Whether fixed effects run to infinity where the outcome is all at one end."""
    penalised: bool = False
    """Whether the likelihood is Firth's, with profile intervals."""
    linear: bool = False
    """Whether a linear model with one coefficient stands for it."""
    score_tests: bool = False
    """Whether score tests stand in for estimates under separation."""
    specification: Literal["proportional_odds", "mundlak"] | None = None
    """The test of what it takes for granted."""
    needs: tuple[str, ...] = ()
    """Keys of a model that it needs, and that others do not have."""
    knows: tuple[str, ...] = ()
    """Settings and covariances that not all families know."""

    @property
    def selection(self) -> bool:
        """Whether it has an equation of who is selected."""
        return "selection" in self.needs

    @property
    def categorical(self) -> bool:
        """Whether it has probabilities of levels."""
        return self.predictor is not None

    @property
    def predicts(self) -> bool:
        """Whether it has predictions along a term: probabilities that need no effects of units, or
        the mean of one index.
        """
        if self.categorical:
            return not self.units and not self.selection
        return self.scale == MEANS or (self.scale == OUTCOME and self.coordinates == "one index")

    @property
    def own_columns(self) -> bool:
        """Whether it looks for dependence among other columns than those of the design."""
        return self.units or self.selection

    @property
    def numeric(self) -> bool:
        """Whether its outcome is a number and no level."""
        return self.outcome in ("continuous", "count")

    @property
    def without_constant(self) -> bool:
        """Whether the baseline hazard takes the place of a constant, or cut points or units do."""
        return self.outcome == "event" or self.cut_points or self.within

    @property
    def cut_points(self) -> bool:
        """Whether cut points stand in the place of a constant."""
        return self.outcome == "ordered"

    @property
    def several(self) -> bool:
        """Whether a term has a coefficient for every level, and contrasts are what is tested."""
        return self.outcome == "nominal"

    @property
    def odds_ratio(self) -> bool:
        """Whether a term has one odds ratio."""
        return self.scale == ODDS and not self.several

    def parameters(self, columns: int, levels: int) -> int:
        """Return how many parameters a model with some columns of the design has."""
        if self.cut_points:
            return columns - 1 + levels - 1
        return columns * (levels - 1) if self.several else columns


LEVELS, CONSTANT, WEIGHTS = "levels", "without a constant", "weights"
OFFSET = "an offset or exposure"
HC = ("hc2", "hc3")
LINEAR_PANEL: Mapping[str, Any] = {
    "outcome": "continuous",
    "adapter": "panel:fit",
    "panel": True,
    "units": True,
}

ROWS = (
    Family(
        "logit", "logit", "binary", "logit:fit", scale=ODDS, predictor="logit", batched="binary",
        linear=True, score_tests=True, knows=(WEIGHTS, LEVELS, CONSTANT),
        coordinates="one index", silent_effects=True,
    ),
    Family(
        "probit", "probit", "binary", "binary_probit:fit", scale=PROBITS, predictor="binary_probit",
        knows=(LEVELS,), coordinates="one index", silent_effects=True,
    ),
    Family(
        "firth_logit", "Firth's penalised logit", "binary", "firth:fit", scale=ODDS,
        predictor="logit", batched="binary", penalised=True, linear=True, knows=(LEVELS,),
        coordinates="one index",
    ),
    Family(
        "rare_events_logit", "rare-events logit", "binary", "rare_events:fit", scale=ODDS,
        predictor="logit", knows=("population_share",),
    ),
    Family(
        "ordered_logit", "ordered logit", "ordered", "ordered:fit", scale=ODDS,
        predictor="ordered", batched="ordered", linear=True, specification="proportional_odds",
        knows=(LEVELS,),
        coordinates="cut points", silent_effects=True,
    ),
    Family(
        "bias_reduced_ordered_logit", "bias-reduced ordered logit (Kosmidis 2014)", "ordered",
        "bias_reduced_ordered:fit", scale=ODDS, predictor="bias_reduced_ordered", knows=(LEVELS,),
    ),
    Family(
        "partial_ordered_logit",
        "ordered logit with effects that differ between cut points (partial proportional odds)",
        "ordered", "partial_odds:fit", scale=ODDS, predictor="partial_odds:model_of",
        equations="cut_points", needs=("nonproportional",),
    ),
    Family(
        "multinomial_logit", "multinomial logit", "nominal", "multinomial:fit", scale=ODDS,
        predictor="multinomial", equations="levels", batched="multinomial", knows=(LEVELS,),
        coordinates="several",
    ),
    Family(
        "bias_reduced_multinomial_logit", "bias-reduced multinomial logit", "nominal",
        "bias_reduced_multinomial:fit", scale=ODDS, predictor="bias_reduced_multinomial",
        equations="levels", knows=(LEVELS,),
    ),
    Family(
        "sequential_logit", "sequential logit (each decision among those that face it)", "nominal",
        "sequential:fit", scale=ODDS, predictor="sequential", equations="stages",
    ),
    Family(
        "conditional_logit", "conditional logit (effects of the units conditioned out)", "binary",
        "conditional:fit", scale=ODDS, predictor="conditional:predictor", units=True, within=True,
    ),
    Family(
        "random_effects_cre_logit",
        "correlated random effects logit (unit means and random intercepts)",
        "binary", "correlated:fit", scale=ODDS, predictor="correlated:predictor",
        predictor_options={"scale": True}, units=True,
    ),
    Family(
        "cre_logit_pooled", "pooled logit with unit means", "binary", "correlated:fit_pooled",
        scale=ODDS, predictor="correlated:predictor", predictor_options={"scale": False},
        units=True,
    ),
    Family(
        "poisson", "Poisson regression", "count", "poisson:fit", scale=MEANS, linear=True,
        knows=(WEIGHTS, CONSTANT, OFFSET),
        coordinates="one index", silent_effects=True,
    ),
    Family(
        "negative_binomial", "negative binomial regression", "count", "negative_binomial:fit",
        scale=MEANS, silent_effects=True, knows=(OFFSET,),
    ),
    Family(
        "cox", "Cox's proportional hazards model", "event", "cox:fit", scale=HAZARDS,
        needs=("spell",), coordinates="slopes", silent_effects=True,
    ),
    Family(
        "discrete_time_logit", "discrete-time model of durations (logit)", "binary", "logit:fit",
        scale=ODDS, predictor="logit", needs=("baseline",), knows=(LEVELS,),
        coordinates="one index", silent_effects=True,
    ),
    Family(
        "discrete_time_cloglog",
        "discrete-time model of durations (complementary log-log, proportional hazards)",
        "binary", "complementary_log_log:fit", scale=HAZARDS, predictor="complementary_log_log",
        needs=("baseline",), knows=(LEVELS,), coordinates="one index", silent_effects=True,
    ),
    Family(
        "ols", "least squares", "continuous", "linear:fit", linear=True,
        knows=(WEIGHTS, CONSTANT, *HC),
        coordinates="one index",
    ),
    Family(
        "panel_pooled", "pooled least squares", **LINEAR_PANEL, options={"effects": "pooled"},
        knows=(CONSTANT, "driscoll_kraay", "panel_corrected"),
        coordinates="one index",
    ),
    Family(
        "panel_entity", "least squares within states and operations", **LINEAR_PANEL,
        options={"effects": "entity"}, within=True, unit_effects="yes",
        knows=(CONSTANT, "driscoll_kraay"),
    ),
    Family(
        "panel_two_way", "least squares within states and operations, with year effects",
        **LINEAR_PANEL, options={"effects": "two_way"}, within=True, unit_effects="yes",
        year_effects=True, knows=(CONSTANT, "driscoll_kraay"),
    ),
    Family(
        "panel_random", "random effects of states and operations", **LINEAR_PANEL,
        options={"effects": "random"}, unit_effects="random", specification="mundlak",
        knows=("driscoll_kraay",),
        coordinates="one index",
    ),
    Family(
        "panel_first_differences",
        "first differences of states and operations (N counts differences)", **LINEAR_PANEL,
        options={"effects": "first_differences"}, within=True, unit_effects="differenced",
        knows=("driscoll_kraay",),
    ),
    Family(
        "panel_between", "least squares between states and operations (N counts their means)",
        **LINEAR_PANEL, options={"effects": "between"}, knows=("driscoll_kraay",),
    ),
    Family(
        "selection_probit", "probit with selection", "binary", "selection.probit:fit",
        scale=PROBITS, predictor="selection.probit", assumed="selection.probit:assumed",
        needs=("selection",), knows=(LEVELS,),
    ),
    Family(
        "selection_ordered_probit", "ordered probit with selection", "ordered",
        "selection.ordered_probit:fit", scale=PROBITS, predictor="selection.ordered_probit",
        assumed="selection.ordered_probit:assumed", needs=("selection",), knows=(LEVELS,),
    ),
    Family(
        "heckman_two_step",
        "Heckman's two steps: a probit of who is selected, then least squares with the inverse"
        " Mills ratio",
        "continuous", "selection.heckman:fit_two_step", scale=BOTH, linear=True,
        needs=("selection",),
    ),
    Family(
        "heckman_ml", "linear regression with selection, by maximum likelihood", "continuous",
        "selection.heckman:fit_ml", scale=BOTH, assumed="selection.heckman:assumed", linear=True,
        needs=("selection",),
    ),
)  # fmt: skip
FAMILIES: dict[str, Family] = {family.name: family for family in ROWS}


def names_where(holds: Callable[[Family], bool]) -> list[str]:
    """Return the names of the families of which something holds, in the order of the rows."""
    return [name for name, family in FAMILIES.items() if holds(family)]


def knowing(setting: str) -> list[str]:
    """Return the names of the families that know a setting or a covariance."""
    return names_where(lambda family: setting in family.knows)
