"""What each model family is."""

from __future__ import annotations

PANELS = (
    "panel_pooled",
    "panel_entity",
    "panel_two_way",
    "panel_random",
    "panel_first_differences",
    "panel_between",
)

WITHIN = ("panel_entity", "panel_two_way", "panel_first_differences")

UNITS = (*PANELS, "conditional_logit", "random_effects_cre_logit", "cre_logit_pooled")
"""Families that know which rows are of one unit."""

WITHOUT_OPERATION = (*WITHIN, "conditional_logit")

SELECTED = ("selection_probit", "selection_ordered_probit", "heckman_two_step", "heckman_ml")

CONTINUOUS = ("poisson", "ols", "heckman_two_step", "heckman_ml", *PANELS)

COUNTS = ("poisson",)

BINARY = (
    "logit", "firth_logit", "rare_events_logit", "conditional_logit", "random_effects_cre_logit", "cre_logit_pooled", "selection_probit",
)  # fmt: skip

ORDERED = (
    "ordered_logit",
    "bias_reduced_ordered_logit",
    "partial_ordered_logit",
    "selection_ordered_probit",
)

MULTINOMIAL = ("multinomial_logit", "bias_reduced_multinomial_logit")

NOMINAL = (*MULTINOMIAL, "sequential_logit")
