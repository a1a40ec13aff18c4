"""What a user may choose of a regression table: stars, digits, what stands below, which terms."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...base.number_formats import STARS, Number, known
from ...formula.families import HAZARDS, MEANS, ODDS
from ..stored_results import Entry
from .table import BLANK, Cell

BELOW = {
    "std_error": "standard errors in parentheses",
    "interval": "95% intervals in brackets",
    "p_value": "p-values in parentheses",
    "statistic": "test statistics in parentheses",
    "none": "",
}
"""What may stand below an estimate, and how the foot says it."""
RATIOS = {ODDS: "odds ratios", MEANS: "incidence rate ratios", HAZARDS: "hazard ratios"}
"""Scales whose exponential is read, and what it is called."""


@dataclass(frozen=True)
class Options:
    """The choices for one regression table.

    stars : (bound of p, mark), the smallest bound first; none without stars
    digits : decimals of estimates
    below : a key of `BELOW`
    methods : methods of inference whose p-values have rows of their own
    exponentiate : ratios in place of log odds and log rates
    keep, drop, order : terms; all of them, none of them, those of the models where empty
    rename : term -> label
    groups : heading -> terms below it
    statistics : statistics of the foot, in this order; those of the project where None
    notes : further sentences of the foot
    landscape : the page lies on its side
    plain : LaTeX for editing (siunitx, threeparttable)
    """

    stars: tuple[tuple[float, str], ...] = STARS
    digits: int = 3
    below: str = "std_error"
    methods: tuple[str, ...] = ()
    exponentiate: bool = False
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    statistics: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()
    landscape: bool = False
    plain: bool = False

    def terms(self, given: Sequence[str]) -> list[str]:
        """Return the terms that are shown, in their order."""
        shown = [
            term for term in given if (not self.keep or term in self.keep) and term not in self.drop
        ]
        grouped = [term for terms in self.groups.values() for term in terms]
        first = [term for term in (*self.order, *grouped) if term in shown]
        return list(dict.fromkeys([*first, *shown]))

    def heading(self, term: str) -> str | None:
        """Return the heading that a term stands below."""
        return next((head for head, terms in self.groups.items() if term in terms), None)

    def mark(self, p_value: Number) -> str:
        """Return the stars of a p-value."""
        return next(
            (text for bound, text in self.stars if known(p_value) and p_value < bound),
            "",
        )

    def ratio(self, scale: str) -> bool:
        """Return whether estimates of this scale are printed as ratios."""
        return self.exponentiate and scale in RATIOS

    def pair(self, row: Entry, scale: str) -> tuple[Cell, Cell]:
        """Return the cells of an estimate and of what stands below it."""
        estimate, error = row["estimate"], row["std_error"]
        low, high = row["conf_low"], row["conf_high"]
        if self.ratio(scale):  # the standard error of a ratio by the delta method
            estimate, low, high = (_exp(value) for value in (estimate, low, high))
            error = error * estimate if known(error) and known(estimate) else None
        first = Cell(estimate, f"fixed{self.digits}", self.mark(row["p_value"]))
        below = {
            "std_error": Cell(error, f"error{self.digits}"),
            "interval": Cell((low, high), f"interval{self.digits}"),
            "p_value": Cell(row["p_value"], "p_below"),
            "statistic": Cell(row["statistic"], f"error{min(self.digits, 2)}"),
            "none": BLANK,
        }
        return first, below[self.below]

    def legend(self) -> str:
        """Return the sentence on the stars; empty without stars."""
        if not self.stars:
            return ""
        marks = ", ".join(f"{text} p < {bound:g}" for bound, text in reversed(self.stars))
        return f"{marks} (two-sided, not adjusted for the number of tests)."

    def scale_words(self, scale: str) -> str:
        """Return what the estimates are: log odds, or odds ratios."""
        return RATIOS[scale] if self.ratio(scale) else scale


def _exp(value: Number) -> Number:
    if not known(value):
        return value
    return math.exp(value) if value < 700 else math.inf


def options_of(spec: Mapping[str, Any]) -> Options:
    """Return the choices of a table's entry in the config.

    Parameters
    ----------
    spec : mapping
        With `options`, or without for the project's own form.
    """
    given: dict[str, Any] = dict(spec.get("options") or {})
    stars = given.pop("stars", None)
    latex = given.pop("latex", "project")
    for part in ("keep", "drop", "order", "notes", "statistics", "methods"):
        if given.get(part) is not None:
            given[part] = tuple(given[part])
    if stars is not None:
        given["stars"] = _stars(stars)
    return Options(**given, plain=latex == "plain")


def _stars(bounds: Sequence[float] | str) -> tuple[tuple[float, str], ...]:
    """Return bounds with their marks: the largest has one star, each smaller one has one more."""
    if isinstance(bounds, str):  # "none"
        return ()
    return tuple(
        (bound, "*" * count)
        for count, bound in reversed(list(enumerate(sorted(bounds, reverse=True), start=1)))
    )
