"""Terms of a model -> the rows and the matrix that it is fitted to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .conditions import holds
from .fits import Design, EstimationFailure
from .transforms import TRANSFORMS, transform

FACTOR = re.compile(r"(?:(?P<transform>[a-z][a-z0-9]*)\((?P<inner>[A-Za-z]\w*)\)|(?P<name>[A-Za-z]\w*))")
RESPONSES = ("abstain", "unreserved", "reserved")
LEVELS = ("none", "low", "medium", "high")
PANELS = ("panel_pooled", "panel_entity", "panel_two_way", "panel_random", "panel_first_differences", "panel_between")
WITHIN = ("panel_entity", "panel_two_way", "panel_first_differences")
UNITS = (*PANELS, "conditional_logit", "random_effects_cre_logit", "cre_logit_pooled")
"""Families that know which rows are of one unit."""
WITHOUT_OPERATION = (*WITHIN, "conditional_logit")
CONTINUOUS = ("poisson", "ols", *PANELS)
ORDERED = ("ordered_logit", "partial_ordered_logit")
NOMINAL = ("multinomial_logit", "sequential_logit")
POWERS = {"square": 2, "cube": 3}


class TermError(ValueError):
    """A term that is not in the closed language of terms."""


@dataclass(frozen=True)
class Term:
    """A product of transformed variables: `log(a):b` is (("a", "log"), ("b", "none"))."""

    text: str
    factors: tuple[tuple[str, str], ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that the term is made of."""
        return tuple(name for name, _ in self.factors)


def parse_term(text: str) -> Term:
    """Parse a term: a name, a product `a:b`, or a transform `log(a)`.

    Raises
    ------
    TermError
        For anything else; nothing in a term is ever evaluated.
    """
    factors = []
    for part in text.split(":"):
        match = FACTOR.fullmatch(part.strip())
        if match is None:
            raise TermError("not a term")
        if match["transform"] is not None and match["transform"] not in TRANSFORMS:
            raise TermError(f"unknown transform {match['transform']!r}; there are {', '.join(TRANSFORMS)}")
        factors.append((match["inner"] or match["name"], match["transform"] or "none"))
    return Term(text, tuple(factors))


def label_of(text: str, labels: Mapping[str, str]) -> str:
    """Return what a table prints for a term."""
    parts = []
    for name, change in parse_term(text).factors:
        label = labels.get(name, name.replace("_", " "))
        parts.append(label if change == "none" else f"{label}, {change}")
    return " × ".join(parts)


@dataclass(frozen=True)
class Prepared:
    """The rows of one model: its design, the rows themselves, and the rows that were left out and why."""

    design: Design
    rows: pd.DataFrame
    dropped: list[dict[str, Any]]


def prepare(sample: pd.DataFrame, model: Mapping[str, Any], labels: Mapping[str, str]) -> Prepared:
    """Select a model's rows, leave out incomplete ones, and build its design matrix.

    Parameters
    ----------
    sample : DataFrame, shape (rows, columns)
        A sample with its variables and measures.
    model : mapping
        One entry of `models` in the config.
    labels : mapping
        Names for the reasons of the rows that are left out.

    Raises
    ------
    EstimationFailure
        When no row is left, or the outcome does not vary.
    """
    yearly = bool(sample.duplicated(["iso3", "operation"]).any())
    rows = sample[holds(sample, model.get("where", {}))].reset_index(drop=True)
    terms = [parse_term(text) for text in model["terms"]]
    parts = {factor: transform(rows[factor[0]], factor[1]) for term in terms for factor in term.factors}
    missing = {labels.get(name, name): values.isna() for (name, _), values in parts.items()}
    missing[labels.get(model["outcome"], model["outcome"])] = rows[model["outcome"]].isna()
    gaps = pd.DataFrame(missing)
    complete = ~gaps.any(axis=1)
    dropped = [_dropped(row, list(gaps.columns[gaps.loc[index]])) for index, row in rows[~complete].iterrows()]
    rows = rows[complete].reset_index(drop=True)
    parts = {factor: values[complete].to_numpy() for factor, values in parts.items()}
    _check_rows(rows, model)
    columns, products = _columns(terms, parts)
    effects = _fixed_effects(rows, model, yearly)
    y, levels = _outcome(rows[model["outcome"]], model["family"])
    names = [term.text for term in terms] + list(effects)
    design = Design(
        y=y,
        X=np.column_stack([np.ones(len(rows)), *columns, *effects.values()]),
        names=("const", *names),
        levels=levels,
        groups=pd.factorize(rows[model["cluster"]])[0] if model.get("cluster") else None,
        entity=_units(rows, yearly) if model["family"] in UNITS else None,
        time=rows["year"].to_numpy(int) if model["family"] in UNITS else None,
        products=products,
        nonproportional=tuple(model["terms"].index(text) + 1 for text in model.get("nonproportional", [])),
        covariance=model.get("covariance"),
    )
    return Prepared(design, rows, dropped)


def _units(rows: pd.DataFrame, yearly: bool) -> np.ndarray:
    """Return the unit of each row: a state in an operation where there is a row a year, else a state, whose rows are its operations."""
    return (rows["iso3"] + ":" + rows["operation"] if yearly else rows["iso3"]).to_numpy(object)


def _dropped(row: pd.Series, missing: list[str]) -> dict[str, Any]:
    year = int(row["year"]) if pd.notna(row["year"]) else None
    return {"iso3": row["iso3"], "operation": row["operation"], "year": year, "reason": f"missing: {', '.join(missing)}"}


def _check_rows(rows: pd.DataFrame, model: Mapping[str, Any]) -> None:
    if rows.empty:
        raise EstimationFailure("too_few_rows", "no row has the outcome and every term")
    if rows[model["outcome"]].nunique() < 2:
        raise EstimationFailure("constant_outcome", f"the outcome {model['outcome']} is the same in all {len(rows)} rows")
    if len(rows) <= len(model["terms"]) + 1:
        raise EstimationFailure("too_few_rows", f"{len(rows)} rows for {len(model['terms']) + 1} parameters")


def _columns(
    terms: list[Term], parts: Mapping[tuple[str, str], np.ndarray]
) -> tuple[list[np.ndarray], tuple[tuple[int, tuple[int, ...]], ...]]:
    """Return one column a term, and which columns are products or powers of which others (the constant is column 0)."""
    single = {term.factors[0]: position + 1 for position, term in enumerate(terms) if len(term.factors) == 1}
    columns, products = [], []
    for position, term in enumerate(terms):
        columns.append(np.prod([parts[factor] for factor in term.factors], axis=0))
        factors = _factors(term)
        if len(factors) > 1 and all(factor in single for factor in factors):
            products.append((position + 1, tuple(single[factor] for factor in factors)))
    return columns, tuple(products)


def _factors(term: Term) -> list[tuple[str, str]]:
    """Return the factors of a term, powers written out: cube(a) is a, a, a."""
    return [factor for name, change in term.factors for factor in [(name, "none" if change in POWERS else change)] * POWERS.get(change, 1)]


def _fixed_effects(rows: pd.DataFrame, model: Mapping[str, Any], yearly: bool) -> dict[str, np.ndarray]:
    """Return 0/1 columns for every value but the first; effects that have one value only are not needed."""
    columns = {}
    for effect in model.get("fixed_effects", []):
        if model["family"] in WITHOUT_OPERATION and effect == "operation" and yearly:
            continue  # state x operation effects contain them
        for value in sorted(rows[effect].unique())[1:]:
            columns[f"{effect}[{value}]"] = (rows[effect] == value).to_numpy(float)
    return columns


def _outcome(values: pd.Series, family: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the outcome as numbers, and its levels that occur where it is categorical."""
    if family in CONTINUOUS:
        return values.to_numpy(float), ()
    present = list(values.unique())
    if family in NOMINAL:
        order = [level for level in RESPONSES if level in present] or sorted(present)
        return values.map({level: code for code, level in enumerate(order)}).to_numpy(float), tuple(map(str, order))
    order = sorted(present)
    named = [LEVELS[int(level)] if family in ORDERED and int(level) < len(LEVELS) else str(int(level)) for level in order]
    return values.map({level: code for code, level in enumerate(order)}).to_numpy(float), tuple(named)
