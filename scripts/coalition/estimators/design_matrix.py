"""Terms of a model -> the rows and the matrix that it is fitted to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, compress, product
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd

from ..base.column_kinds import values_in_order
from ..base.keys import STATES, Keys
from ..base.records import records as records_of
from ..base.yaml_text import listed
from ..formula.columns import LEVELS, RESPONSES, clusters_of, factors_of, outcome_of
from ..formula.families import FAMILIES
from ..formula.filters import FilterError, holds
from ..formula.terms import (
    Factor,
    Term,
    TermError,
    evaluate,
    label_of,
    parse_term,
    parts_of,
    power,
    text_of,
)
from ..formula.transforms import RELATIVE, TEMPORAL
from . import durations
from .fit_types import Design, Errors, EstimationFailure, Selection

CONSTANT = "const"

Products = tuple[tuple[int, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Matrix:
    """The columns of a model: X (n, k) float, their names (k,), the names of those that are of
    terms, and the products among them.
    """

    X: np.ndarray
    names: tuple[str, ...]
    terms: tuple[str, ...]
    products: Products


@dataclass(frozen=True)
class Prepared:
    """The rows of one model: its design, the rows themselves, those that were left out and why,
    what its columns are called, and the reference of each categorical factor.
    """

    design: Design
    rows: pd.DataFrame
    dropped: list[dict[str, Any]]
    terms: tuple[str, ...]
    labels: dict[str, str]
    references: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Parts:
    """What a model's rows are made of, for every row that its condition keeps; `others` are
    effects, clusters and keys.

    Of a model with selection, `selected` says who can have the outcome, and `joining` holds the
    factors of the equation that tells it.
    """

    factors: dict[Factor, pd.Series]
    outcome: pd.Series
    weights: pd.Series | None
    clusters: tuple[pd.Series, ...]
    others: dict[str, pd.Series]
    selected: pd.Series | None = None
    joining: dict[Factor, pd.Series] = field(default_factory=dict)


def prepare(
    sample: pd.DataFrame,
    model: Mapping[str, Any],
    labels: Mapping[str, str],
    keys: Keys = STATES,
    out: pd.Series | None = None,
) -> Prepared:
    """Select a model's rows, leave out incomplete ones, and build its design matrix.

    Parameters
    ----------
    sample : DataFrame, shape (rows, columns)
        A sample with its variables and measures.
    model : mapping
        One entry of `models` in the config.
    labels : mapping
        Names for the reasons of the rows that are left out.
    keys : Keys
        What names a row of the sample.
    out : Series of bool, shape (rows,), optional
        Rows to do without. The transforms of terms still take their means and standard deviations
        from all rows.

    Raises
    ------
    EstimationFailure
        When no row is left, the outcome does not vary, or a term cannot be made of what the sample
        holds.
    """
    yearly = bool(sample.duplicated(list(keys.unit)).any()) if keys.unit else False
    terms = [parse_term(text) for text in model["terms"]]
    try:
        used = holds(sample, model.get("where", {}))
        parts = _parts(sample, model, terms, used, keys)
    except (TermError, FilterError) as error:
        raise EstimationFailure("unfit_column", str(error)) from None
    rows = sample[used].reset_index(drop=True)
    gaps = _gaps(rows, parts, model, labels)
    if _relative(terms, model) and gaps.any(axis=None):
        fitted = used.copy()
        fitted[used] = ~gaps.any(axis=1).to_numpy()
        parts = _parts(sample, model, terms, used, keys, fitted)
    wanted = pd.Series(True, rows.index) if out is None else ~out[used].reset_index(drop=True)
    _check_gaps(gaps, keys)
    complete = ~gaps.any(axis=1) & wanted
    dropped = _dropped(rows[wanted & ~complete], gaps[wanted & ~complete], keys)
    rows, parts = rows[complete].reset_index(drop=True), _only(parts, complete)
    rows, parts, silent = _varied(rows, parts, model, keys)
    dropped += silent
    _check_rows(rows, parts, model)
    design, columns = _design_of(rows, parts, terms, model, keys, yearly)
    effects = set(design.names) - {CONSTANT, *columns}
    called = [*columns, *(design.selection.names[1:] if design.selection else ())]
    return Prepared(
        design,
        rows,
        dropped,
        columns,
        {name: label_of(name, labels) for name in called if name not in effects},
        _references(parts),
    )


def _design_of(*of: Any) -> tuple[Design, tuple[str, ...]]:
    """Return what `_design` does; what cannot be made of the rows is a failure of the model."""
    try:
        return _design(*of)
    except TermError as error:
        raise EstimationFailure("unfit_column", str(error)) from None


def _design(
    rows: pd.DataFrame,
    parts: Parts,
    terms: Sequence[Term],
    model: Mapping[str, Any],
    keys: Keys,
    yearly: bool,
) -> tuple[Design, tuple[str, ...]]:
    """Return the design of complete rows, and the names of the columns that are of terms: neither
    the constant nor fixed effects.
    """
    effects = _fixed_effects(rows, model, yearly) | durations.baseline_columns(rows, model, keys)
    made = matrix(terms, parts.factors, effects, has_constant(model), len(rows))
    y, levels = coded_outcome(parts.outcome, model)
    units = FAMILIES[model["family"]].units
    if "baseline" in model:
        durations.check_risk(rows, y, model, keys)
    design = Design(
        y=y,
        X=made.X,
        names=made.names,
        levels=levels,
        groups=_codes(parts.clusters[0]) if parts.clusters else None,
        crossed=_codes(parts.clusters[1]) if len(parts.clusters) > 1 else None,
        weights=None if parts.weights is None else parts.weights.to_numpy(float),
        errors=Errors(
            model.get("covariance", "default"), clusters_of(model), model.get("correction", "full")
        ),
        entity=_entity(rows, keys, yearly) if units else None,
        time=rows[keys.time].to_numpy(int) if units and keys.time else None,
        products=made.products,
        selection=None
        if parts.selected is None
        else _selection(parts.selected, parts.joining, effects, model),
        population_share=model.get("population_share"),
        case_control=model.get("case_control", "prior"),
        nonproportional=tuple(
            made.terms.index(text) + 1 for text in model.get("nonproportional", [])
        ),
        offset=durations.offset_of(rows, model, keys),
        spell=durations.spell_of(rows, model, keys),
    )
    return design, made.terms


def matrix(
    terms: Sequence[Term],
    parts: Mapping[Factor, pd.Series | np.ndarray],
    effects: Mapping[str, np.ndarray],
    constant: bool,
    rows: int,
) -> Matrix:
    """Return the columns of a model in their order: the constant, the terms, the fixed effects.

    Parameters
    ----------
    terms : sequence of Term
    parts : mapping
        The factors of the terms in the rows of the model, (rows,) each; those of categorical ones
        are Series.
    effects : mapping
        Columns of 0 and 1 by name, (rows,) each.
    constant : bool
        Whether there is one.
    rows : int
    """
    columns, products = columns_of_terms(terms, parts, constant)
    named = {**({CONSTANT: np.ones(rows)} if constant else {}), **columns, **effects}
    return Matrix(
        np.column_stack(list(named.values())).astype(float, copy=False),
        tuple(named),
        tuple(columns),
        products,
    )


def focal_columns(names: Sequence[str], terms: Sequence[str], focal: str) -> tuple[int, ...]:
    """Return the places of the columns that hold what is tested: its own, then those of products
    that it is part of.

    Parameters
    ----------
    names : sequence of str
        Of all columns, as in a Design.
    terms : sequence of str
        Of the columns that are of terms.
    focal : str
        The term under test.

    Raises
    ------
    EstimationFailure
        When it is not one column of the model.
    """
    if focal not in terms:
        raise EstimationFailure(
            "unfit_column", f"what is tested, {focal!r}, is not a column of the model"
        )
    holding = [name for name in terms if name != focal and focal in parts_of(name)]
    return tuple(names.index(name) for name in (focal, *holding))


def has_constant(model: Mapping[str, Any]) -> bool:
    """Tell whether a model has a constant; it has one unless the config says `constant: false`."""
    return bool(model.get("constant", True))


def _codes(values: pd.Series) -> np.ndarray:
    return pd.factorize(values)[0]


def _entity(rows: pd.DataFrame, keys: Keys, yearly: bool) -> np.ndarray:
    """Return the unit of each row: a state in an operation where there is a row a year, else a
    state, whose rows are its operations.
    """
    if not keys.unit or keys.time is None:
        raise EstimationFailure(
            "unfit_column", "a panel model needs a sample with `panel: {unit: UNIT, time: TIME}`"
        )
    unit = keys.unit if yearly or keys.state is None else (keys.state,)
    names, (first, *others) = rows[list(unit)].astype(str), unit
    joined = names[first].str.cat(names[others], sep=":") if others else names[first]
    return joined.to_numpy(object)


def _relative(terms: Sequence[Term], model: Mapping[str, Any]) -> bool:
    """Return whether a term or the outcome is taken relative to the other rows."""
    factors = [factor for term in terms for factor in term.factors]
    factors += [
        outcome_of(model),
        *(factors_of(model["selection"]) if "selection" in model else ()),
    ]
    return any(change.name in RELATIVE for factor in factors for change in factor.changes)


def _varied(
    rows: pd.DataFrame, parts: Parts, model: Mapping[str, Any], keys: Keys
) -> tuple[pd.DataFrame, Parts, list[dict[str, Any]]]:
    """Leave out the rows of a fixed effect's value in which the outcome is all at one end, and say
    so.

    Such an effect runs to infinity and takes its rows along; without both, the other estimates are
    the same (Stata and fixest leave them out too).
    """
    dropped: list[dict[str, Any]] = []
    effects = _silent_effects(model)
    while effects:
        silent = {effect: _at_one_end(rows[effect], parts.outcome, model) for effect in effects}
        effect = next((name for name, gone in silent.items() if gone.any()), None)
        if effect is None or silent[effect].all():
            break
        gone = silent[effect]
        names = records_of(rows.loc[gone, list(keys.row)].astype(object))
        dropped += [
            name | {"reason": f"the outcome does not vary: {effect} {_plain(value)}"}
            for name, value in zip(names, rows.loc[gone, effect], strict=True)
        ]
        rows, parts = rows[~gone].reset_index(drop=True), _only(parts, ~gone)
    return rows, parts, dropped


def _silent_effects(model: Mapping[str, Any]) -> list[str]:
    """Return the columns whose values have effects that can run to infinity."""
    if not FAMILIES[model["family"]].silent_effects:
        return []
    baseline = model.get("baseline", {})
    own = [baseline["time"]] if baseline.get("form") == "dummies" else []
    return [*model.get("fixed_effects", []), *own]


def _at_one_end(values: pd.Series, outcome: pd.Series, model: Mapping[str, Any]) -> pd.Series:
    """Return the rows, as booleans, of the values of an effect whose rows all have the lowest level
    of the outcome, or all have the highest; of counts only zeros run off.
    """
    if FAMILIES[model["family"]].outcome in ("count", "event"):
        return outcome.groupby(values).transform("max") == 0
    order = _order(outcome, model)
    places = {level: place for place, level in enumerate(order)}
    code = outcome.astype(object).map(places).astype(float).groupby(values)
    low, high = code.transform("max") == 0, code.transform("min") == len(order) - 1
    return low | high


def _parts(
    sample: pd.DataFrame,
    model: Mapping[str, Any],
    terms: list[Term],
    used: pd.Series,
    keys: Keys,
    fitted: pd.Series | None = None,
) -> Parts:
    """Return a model's variables for the rows that its condition selects, numbered from 0; means
    and
    standard deviations are those of the fitted rows, where these are known.
    """
    among = used if fitted is None else fitted

    def cut(values: pd.Series) -> pd.Series:
        return values[used].reset_index(drop=True)

    def evaluated(factor: Factor) -> pd.Series:
        values = cut(evaluate(factor, sample, among, keys))
        if not factor.categorical and not pd.api.types.is_numeric_dtype(values):
            raise TermError(
                f"{factor.variable!r} holds texts; write factor({factor.variable}) for categories"
            )
        return values if factor.categorical else values.astype("float64")

    every = dict.fromkeys(chain.from_iterable(term.factors for term in terms))
    factors = {factor: evaluated(factor) for factor in every}
    weights = _weights(cut(sample[model["weights"]])) if model.get("weights") else None
    clusters = tuple(cut(sample[name]) for name in clusters_of(model))
    panel = [*keys.unit, *filter(None, [keys.time])] if FAMILIES[model["family"]].units else []
    named = [*model.get("fixed_effects", []), *panel, *durations.columns(model, keys)]
    others = {name: cut(sample[name]) for name in named}
    outcome = cut(evaluate(outcome_of(model), sample, among, keys))
    if "selection" not in model:
        return Parts(factors, outcome, weights, clusters, others)
    selected = durations.numbers(cut(sample[model["selection"]["outcome"]]), "who is selected")
    joining = {factor: evaluated(factor) for factor in factors_of(model["selection"])}
    return Parts(
        factors, outcome.where(selected == 1), weights, clusters, others, selected, joining
    )


def _weights(values: pd.Series) -> pd.Series:
    found = durations.numbers(values, "the weight")
    if (found < 0).any():
        raise TermError(f"the weight, {values.name!r}, is below zero somewhere")
    return found


def _check_gaps(gaps: pd.DataFrame, keys: Keys) -> None:
    """Raise where no row of a model is complete, with what every row lacks, if anything."""
    if gaps.empty:
        raise EstimationFailure("too_few_rows", "no row meets the model's `where`")
    if not gaps.any(axis=1).all():
        return
    always = [str(name) for name in gaps if gaps[name].all()]
    message = "no row has the outcome and every term"
    if always:
        message += f" ({', '.join(always)}: missing in every row)"
    if any(name.startswith(TEMPORAL) for name in always):
        message += f"; by {keys.time!r} no unit has two rows so many periods apart"
    raise EstimationFailure("too_few_rows", message)


def _gaps(
    rows: pd.DataFrame, parts: Parts, model: Mapping[str, Any], labels: Mapping[str, str]
) -> pd.DataFrame:
    """Return what is missing in which row, under the labels of the variables, or of the term where
    the variable is known and its transform is not: the log of zero, the lag in a first year.

    Of a model with selection the outcome and its terms are asked for only of the rows that are
    selected.
    """
    asked = np.ones(len(rows), dtype=bool)
    if parts.selected is not None:
        asked = (parts.selected == 1).to_numpy(bool)
    missing: dict[str, np.ndarray] = {}

    def lacking(name: str, gap: np.ndarray) -> None:
        label = labels.get(name, name)
        missing[label] = missing[label] | gap if label in missing else gap

    for factor, values in {**parts.factors, outcome_of(model): parts.outcome}.items():
        gap = _missing(values) & asked
        moved = any(change.name in TEMPORAL for change in factor.changes)
        unknown = _missing(rows[factor.variable]) & (not moved) if factor.changes else gap
        label = labels.get(factor.variable, factor.variable)
        lacking(factor.variable, gap & unknown)
        lacking(text_of(replace(factor, variable=label)), gap & ~unknown)
    named = [*zip(clusters_of(model), parts.clusters, strict=True), *parts.others.items()]
    named += [(factor.variable, values) for factor, values in parts.joining.items()]
    if parts.selected is not None:
        named.append((model["selection"]["outcome"], parts.selected))
    if parts.weights is not None:
        named.append((model["weights"], parts.weights.where(parts.weights > 0)))
    for name, values in named:
        lacking(name, _missing(values))
    return pd.DataFrame(missing)


def _missing(values: pd.Series) -> np.ndarray:
    return values.isna().to_numpy(bool)


def _only(parts: Parts, complete: pd.Series) -> Parts:
    def cut(values: pd.Series) -> pd.Series:
        return values[complete].reset_index(drop=True)

    return Parts(
        {factor: cut(values) for factor, values in parts.factors.items()},
        cut(parts.outcome),
        None if parts.weights is None else cut(parts.weights),
        tuple(cut(values) for values in parts.clusters),
        {name: cut(values) for name, values in parts.others.items()},
        None if parts.selected is None else cut(parts.selected),
        {factor: cut(values) for factor, values in parts.joining.items()},
    )


def _dropped(rows: pd.DataFrame, gaps: pd.DataFrame, keys: Keys) -> list[dict[str, Any]]:
    """Return the key of each row that was left out, with the reason why."""
    known = {name: rows[name].astype(object).mask(rows[name].isna(), None) for name in keys.row}
    columns = {name: values.tolist() for name, values in known.items()}
    labels = gaps.columns.tolist()
    return [
        {name: values[place] for name, values in columns.items()}
        | {"reason": f"missing: {', '.join(compress(labels, missing))}"}
        for place, missing in enumerate(gaps.to_numpy())
    ]


def _check_rows(rows: pd.DataFrame, parts: Parts, model: Mapping[str, Any]) -> None:
    if rows.empty:
        raise EstimationFailure("too_few_rows", "no row has the outcome and every term")
    events = FAMILIES[model["family"]].outcome == "event" and parts.outcome.nunique() == 1
    if parts.outcome.nunique() < 2 and not (events and parts.outcome.iloc[0] == 1):
        raise EstimationFailure(
            "constant_outcome",
            f"the outcome {model['outcome']} is the same in all {len(rows)} rows",
        )
    if len(rows) <= len(model["terms"]) + 1:
        raise EstimationFailure(
            "too_few_rows", f"{len(rows)} rows for {len(model['terms']) + 1} parameters"
        )


def _expanded(factor: Factor, values: pd.Series | np.ndarray) -> dict[str, np.ndarray]:
    """Return a factor's columns: one, or one a value but the reference of a categorical one."""
    if not factor.categorical:
        return {text_of(factor): np.asarray(values, dtype=float)}
    unknown = pd.Series(values).isna()
    return {
        f"{text_of(factor)}[{_plain(value)}]": (values == value)
        .astype("float64")
        .mask(unknown)
        .to_numpy()
        for value in _categories(factor, values)[1:]
    }


def _categories(factor: Factor, values: pd.Series | np.ndarray) -> list[Any]:
    """Return the values of a categorical factor that occur, the reference first."""
    reference, present = factor.changes[-1].option, values_in_order(pd.Series(values))
    chosen = [value for value in present if _plain(value) == reference]
    if reference is not None and not chosen:
        raise EstimationFailure(
            "unfit_column", f"{factor.variable!r} has no value {reference!r} to be the reference"
        )
    first = (chosen or present)[0]
    return [first, *(value for value in present if value != first)]


def _references(parts: Parts) -> dict[str, str]:
    """Return the reference of each categorical factor that has other categories."""
    found = {
        text_of(factor): _categories(factor, values)
        for factor, values in {**parts.joining, **parts.factors}.items()
        if factor.categorical
    }
    return {text: _plain(values[0]) for text, values in found.items() if len(values) > 1}


def _plain(value: Any) -> str:
    return (
        str(int(value))
        if isinstance(value, float | np.floating) and value == int(value)
        else str(value)
    )


def _products(made_of: Mapping[str, Sequence[str]], constant: bool) -> Products:
    """Return the places of the columns that are products, and of their parts, where all are
    there.
    """
    place = {name: position + constant for position, name in enumerate(made_of)}
    return tuple(
        (place[name], tuple(place[part] for part in names))
        for name, names in made_of.items()
        if len(names) > 1 and set(names) <= set(place)
    )


def columns_of_terms(
    terms: Sequence[Term], parts: Mapping[Factor, pd.Series | np.ndarray], constant: bool
) -> tuple[dict[str, np.ndarray], Products]:
    """Return the columns of the terms by name, and which of them are products of which others;
    categorical parts are Series.
    """
    single = {factor: _expanded(factor, values) for factor, values in parts.items()}
    columns: dict[str, np.ndarray] = {}
    made_of: dict[str, list[str]] = {}
    for term in terms:
        for names in product(*(single[factor] for factor in term.factors)):
            several = len(names) > 1 or term.factors[0].categorical
            name = ":".join(names) if several else term.text
            columns[name] = np.prod(
                [single[factor][part] for factor, part in zip(term.factors, names, strict=True)],
                axis=0,
            )
            made_of[name] = _made_of(term, names)
    return columns, _products(made_of, constant)


def _made_of(term: Term, names: Sequence[str]) -> list[str]:
    """Return the columns whose product a column is: the parts of a product, a variable twice for
    its square.
    """
    found: list[str] = []
    for factor, name in zip(term.factors, names, strict=True):
        variable, degree = power(factor)
        found += [variable] * degree if degree > 1 else [name]
    return found


def _selection(
    selected: pd.Series,
    joining: Mapping[Factor, pd.Series],
    effects: Mapping[str, np.ndarray],
    model: Mapping[str, Any],
) -> Selection:
    """Return the equation of who is selected; the fixed effects of the model are in both."""
    terms = [parse_term(text) for text in model["selection"]["terms"]]
    columns, products = columns_of_terms(terms, joining, constant=True)
    X = np.column_stack([np.ones(len(selected)), *columns.values(), *effects.values()])
    return Selection(selected.to_numpy(), X, (CONSTANT, *columns, *effects), products)


def _fixed_effects(
    rows: pd.DataFrame, model: Mapping[str, Any], yearly: bool
) -> dict[str, np.ndarray]:
    """Return 0/1 columns for every value but the first; effects that have one value only are not
    needed.
    """
    columns: dict[str, np.ndarray] = {}
    for effect in model.get("fixed_effects", []):
        if FAMILIES[model["family"]].within and effect == "operation" and yearly:
            continue  # state x operation effects contain them
        values = rows[effect]
        for value in values_in_order(values)[0 if not has_constant(model) and not columns else 1 :]:
            columns[f"{effect}[{_plain(value)}]"] = (values == value).to_numpy(float)
    return columns


def _amounts(values: pd.Series, model: Mapping[str, Any]) -> np.ndarray:
    """Return an outcome of numbers.

    Raises
    ------
    EstimationFailure
        When it holds texts, or a count is below zero.
    """
    family = model["family"]
    if not pd.api.types.is_numeric_dtype(values):
        raise EstimationFailure(
            "unfit_column", f"the outcome {model['outcome']} holds texts: {family} needs numbers"
        )
    if FAMILIES[family].outcome == "count" and (values < 0).any():
        raise EstimationFailure(
            "unfit_column",
            f"the outcome {model['outcome']} is below zero somewhere, and {family} counts",
        )
    return values.to_numpy(float)


def coded_outcome(
    values: pd.Series, model: Mapping[str, Any]
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the outcome as numbers, and its levels that occur where it is categorical."""
    family, kind = model["family"], FAMILIES[model["family"]].outcome
    if FAMILIES[family].numeric:
        return _amounts(values, model), ()
    if kind == "event":
        return _events(values, model)
    if pd.api.types.is_numeric_dtype(values) and not model.get("levels"):
        order, codes = _by_size(values)
    else:
        order = _order(values, model)
        places = {level: code for code, level in enumerate(order)}
        codes = values.astype(object).map(places).to_numpy(float)
    if kind == "binary" and len(order) > 2:
        raise EstimationFailure(
            "unfit_column",
            f"the outcome {model['outcome']} has {len(order)} different values "
            f"({', '.join(map(_plain, order[:4]))}{', ...' if len(order) > 4 else ''}): {family} "
            "needs two",
        )
    return codes, tuple(_level(level, model) for level in order)


def _events(values: pd.Series, model: Mapping[str, Any]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return which rows end with the event.

    Raises
    ------
    EstimationFailure
        When a value is neither 1 nor 0: which of them is the event would be a guess.
    """
    if not pd.api.types.is_numeric_dtype(values) or not values.isin([0, 1]).all():
        other = [value for value in values_in_order(values) if value not in (0, 1)]
        raise EstimationFailure(
            "unfit_column",
            f"the event {model['outcome']} has values that are neither 1 nor 0 "
            f"({', '.join(map(_plain, other[:4]))}); `recode` of the sample's `reading` makes 1 of "
            "the event and 0 of all else",
        )
    return values.to_numpy(float), ("0", "1")


def _by_size(values: pd.Series) -> tuple[list[Any], np.ndarray]:
    """Return the numbers that occur, by size, and the place of each row's; NaN where it is
    missing.
    """
    numbers = values.to_numpy(float, na_value=np.nan)
    order = np.unique(numbers[~np.isnan(numbers)])
    codes = np.searchsorted(order, numbers).astype(float)
    codes[np.isnan(numbers)] = np.nan
    return pd.Series(order).astype(values.dtype).tolist(), codes


def _order(values: pd.Series, model: Mapping[str, Any]) -> list[Any]:
    """Return the levels that occur, in their order: as declared, as the project's own outcomes have
    it, as the categories of the file, or numbers by size.

    Raises
    ------
    EstimationFailure
        When texts have no order, so that the event, or the order, would be a guess.
    """
    present = list(values.dropna().unique())
    several = FAMILIES[model["family"]].several
    if not (declared := model.get("levels")):
        if not (several and set(present) <= set(RESPONSES)):
            return _natural_order(values, present, model)
        declared = RESPONSES
    by_text = {_plain(value): value for value in present}
    missing = [text for text in by_text if text not in map(str, declared)]
    if missing:
        raise EstimationFailure(
            "unfit_column",
            (
                f"the outcome {model['outcome']} has a level {missing[0]!r} that `levels` does "
                "not name"
            ),
        )
    return [by_text[str(text)] for text in declared if str(text) in by_text]


def _natural_order(values: pd.Series, present: list[Any], model: Mapping[str, Any]) -> list[Any]:
    """Return the levels in the order that they have without `levels`."""
    family = FAMILIES[model["family"]]
    if isinstance(values.dtype, pd.CategoricalDtype):
        levels = [level for level in values.cat.categories if level in present]
        # a program that makes categories of texts sorts them: three in the order of the alphabet
        # are no scale
        sorted_texts = len(levels) > 2 and levels == sorted(levels)
        if values.cat.ordered or not (family.cut_points and sorted_texts):
            return levels
    elif family.several or _numbers(present):
        return sorted(present)
    raise EstimationFailure("unfit_column", _unordered(values, present, model))


def _numbers(values: Iterable[Any]) -> bool:
    return all(isinstance(value, Number) for value in values)


def _unordered(values: pd.Series, present: list[Any], model: Mapping[str, Any]) -> str:
    """Return why texts are no outcome: odd cells among numbers, or no order."""
    numbers = pd.to_numeric(pd.Series(present, dtype=object), errors="coerce")
    odd = [str(value) for value, number in zip(present, numbers, strict=True) if pd.isna(number)]
    if len(odd) < len(present) / 2:
        cells = int(values.astype(str).isin(odd).sum())
        return (
            f"the outcome {model['outcome']} has {', '.join(map(repr, odd))} among its numbers "
            f"({cells} {'cell' if cells == 1 else 'cells'}); if that is no value, name it under "
            "`missing` of the sample's `reading`"
        )
    texts = sorted(map(str, present))
    what = "event" if FAMILIES[model["family"]].outcome == "binary" else "order"
    return (
        f"the outcome {model['outcome']} holds texts ({', '.join(texts[:6])}), and their {what} "
        f"would be a guess; write `levels: {listed(texts[:12])}` in the order that is meant"
        + (", the event last" if what == "event" else "")
    )


def _level(level: Any, model: Mapping[str, Any]) -> str:
    named = FAMILIES[model["family"]].cut_points and model["outcome"] == "caveat_level"
    return LEVELS[int(level)] if named else _plain(level)
