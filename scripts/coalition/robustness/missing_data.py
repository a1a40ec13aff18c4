"""The primary tests where covariates are missing and coders disagree: listwise, imputed, over
plausible values of the coded level, both, and with the coder drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from ..base.cache import Cache
from ..base.keys import Keys, keys_of
from ..base.result_types import Uncertainty
from ..config.caveat_models import CODED, LEADING
from ..config.settings import labels, left_out, patched
from ..estimators.dependence import without_dependent
from ..estimators.design_matrix import Prepared, prepare
from ..estimators.estimate import estimate
from ..estimators.fit_types import EstimationFailure
from ..estimators.primary_test import PARTS, primary_rows, weakest
from ..estimators.separation import check_clusters, check_rank
from ..formula.columns import columns_of, factors_of, outcome_of
from ..formula.families import FAMILIES
from ..formula.filters import holds
from ..measurement.levels_drawn import with_levels
from ..samples import measures
from . import refit
from .imputation import impute
from .rubin import rubin

Config = Mapping[str, Any]
Build = Callable[[Config, str], pd.DataFrame]
Draws = tuple[list[Sequence[Mapping[str, Any]]], list[str]]
Once = Callable[[Callable[[], Any]], Any]
KEY = ["iso3", "operation", "year"]
NOT_APPLICABLE = "not_applicable"
LARGEST_FAILURE = 0.1
"""Share of draws that may fail to be estimated; with more there is no number."""
METHODS = {
    "listwise": "Complete rows, coders combined",
    "imputed": "Missing covariates imputed",
    "coders": "Coder drawn",
    "plausible": "Plausible values of the level",
    "both": "Imputed, and plausible values",
    "components": "Missing components of measures imputed, and covariates",
}


@dataclass(frozen=True)
class Coding:
    """What coders leave open: the sample as each coder alone has it, and with the levels of each
    plausible value; empty where there is none.
    """

    coders: Sequence[pd.DataFrame] = ()
    drawn: Sequence[pd.DataFrame] = ()


def compare(
    config: Config,
    hypothesis: str,
    build: Build,
    values: pd.DataFrame | None = None,
    drawn: Cache | None = None,
) -> Uncertainty:
    """Fit a hypothesis' primary test in each way of treating what is not known.

    Parameters
    ----------
    config : mapping
        The whole config; `uncertainty` says how many draws, and which variables help to impute.
    hypothesis : str
    build : callable
        Config, sample -> the sample's table.
    values : DataFrame, optional
        Plausible values of the levels of its sample, as `measurement.latent_levels` draws them.
    drawn : Cache, optional
        Of what was drawn for other hypotheses of the same config: those that are tested in the same
        model share it.

    Returns
    -------
    dict
        hypothesis, rows (one a method that applies: EFFECT with df, missing, draws, failed) and
        variables (what was imputed).
    """
    primary = config["hypotheses"][hypothesis]["primary"]
    name = primary["model"]
    model = config["models"][name]
    if "file" in config["samples"][model["sample"]]:
        primary = {**primary, "unit": left_out(config, hypothesis)}
    drawn = drawn or Cache()
    whole = build(config, model["sample"])
    coding = _coding(config, name, build, values)
    rows: list[Any] = []  # of pooled draws, or of none: held against the type in the tests
    variables: list[Any] = []
    for method in METHODS:
        generator = np.random.default_rng([config["seed"], list(METHODS).index(method)])
        make = partial(_tables, method, whole, coding, model, config, generator)
        try:
            tables = drawn.once((name, method), make)
        except EstimationFailure as failure:
            if failure.kind == NOT_APPLICABLE:
                continue
            nothing = dict.fromkeys((*PARTS, "df", "missing", "draws", "failed"))
            rows.append(
                {"method": method, "label": METHODS[method], "message": failure.message} | nothing
            )
            continue
        if method in DRAWS_COVARIATES:
            used = whole[holds(whole, model.get("where", {}))]
            known = {entry["variable"] for entry in variables}
            names = dict.fromkeys(DRAWS_COVARIATES[method](model, config))
            further = [name for name in names if name not in known]
            variables += _described(used, tables, further, config)
        ready = partial(drawn.once, (name, method, "ready"))
        about = {"method": method, "label": METHODS[method]}
        rows.append(about | pooled(tables, primary, config, ready))
    return {"hypothesis": hypothesis, "rows": rows, "variables": variables}


def _coding(config: Config, name: str, build: Build, values: pd.DataFrame | None) -> Coding:
    """Return what coders leave open of a model's outcome; nothing where it is not coded."""
    model = config["models"][name]
    if outcome_of(model).variable not in CODED:
        return Coding()
    whole = build(config, model["sample"])
    return Coding(by_coder(config, name, build), plausible(config, name, whole, values))


def by_coder(config: Config, model: str, build: Build) -> list[pd.DataFrame]:
    """Return the sample as each coder alone has it, where there is more than one."""
    sample = config["models"][model]["sample"]
    rule = config["samples"][sample].get("caveats", {})
    if len(rule.get("coders", [])) < 2:
        return []
    return [
        build(patched(config, {"sample": {"caveats": {"coders": [coder]}}}, model), sample)
        for coder in rule["coders"]
    ]


def plausible(
    config: Config,
    model: str,
    whole: pd.DataFrame,
    values: pd.DataFrame | None,
    given: str = LEADING,
) -> list[pd.DataFrame]:
    """Return the sample with the levels of each plausible value; none where there are none."""
    sample = config["samples"][config["models"][model]["sample"]]
    own = None if values is None else values[values["given"] == given]
    if own is None or own.empty or "reserved_from" not in sample:
        return []
    return list(with_levels(whole, own, sample["reserved_from"]))


def _tables(
    method: str,
    whole: pd.DataFrame,
    coding: Coding,
    model: Mapping[str, Any],
    config: Config,
    generator: np.random.Generator,
) -> list[pd.DataFrame]:
    draws = config["uncertainty"]["draws"]
    if method == "components":
        return with_components(whole, model, config, draws, generator)
    tables: Sequence[pd.DataFrame] = [whole]
    if method == "coders":
        tables = drawn_coders(whole, coding.coders, draws, generator)
    elif method in ("plausible", "both"):
        tables = coding.drawn
    if not tables:
        raise EstimationFailure(
            NOT_APPLICABLE, "the outcome does not rest on what several coders say"
        )
    if method not in ("imputed", "both"):
        return list(tables)
    used = [table[holds(table, model.get("where", {}))].reset_index(drop=True) for table in tables]
    if not used[0][_covariates(model)].isna().any(axis=None):
        raise EstimationFailure(NOT_APPLICABLE, "no covariate is missing")
    if len(used) == 1:
        return _imputed(used[0], model, config, draws, generator)
    return [_imputed(table, model, config, 1, generator)[0] for table in used]


def drawn_coders(
    whole: pd.DataFrame,
    coders: Sequence[pd.DataFrame],
    draws: int,
    generator: np.random.Generator,
) -> list[pd.DataFrame]:
    """Return the sample as often as asked, with a coder drawn for each state; none where there are
    no coders to choose from.
    """
    return [with_drawn_coder(whole, coders, generator) for _ in range(draws)] if coders else []


def with_drawn_coder(
    whole: pd.DataFrame, coders: Sequence[pd.DataFrame], generator: np.random.Generator
) -> pd.DataFrame:
    """Return the sample with every state's outcome as one of its coders has it, drawn with equal
    chances.
    """
    aligned = [whole[KEY].merge(table, on=KEY, how="left", validate="1:1") for table in coders]
    known = np.column_stack([table["caveat_level"].notna() for table in aligned])
    chances = generator.random(known.shape) * known
    drawn = np.where(known.any(axis=1), chances.argmax(axis=1), -1)
    table = whole.copy()
    for column in (column for column in CODED if column in whole):
        for number, other in enumerate(aligned):
            table[column] = table[column].where(drawn != number, other[column].to_numpy())
    return table


def _covariates(model: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(factor.variable for factor in factors_of(model)))


def outcome_columns(values: pd.Series, model: Mapping[str, Any]) -> pd.DataFrame:
    """Return the outcome as numbers: of a nominal one a column a level but the first; missing where
    it is not known, which is no level.
    """
    if not FAMILIES[model["family"]].several:
        return values.astype(float).to_frame()
    return pd.get_dummies(values, dtype=float).iloc[:, 1:].where(values.notna(), axis=0)


def _imputed(
    table: pd.DataFrame,
    model: Mapping[str, Any],
    config: Config,
    draws: int,
    generator: np.random.Generator,
) -> list[pd.DataFrame]:
    """Return copies with the covariates imputed; the outcome helps and keeps its gaps: such rows
    are not fitted (von Hippel 2007).
    """
    names = [name for name in _covariates(model) if is_numeric_dtype(table[name])]
    drawn_from = _imputed_from(table, names, model, config)
    return _copies(table, drawn_from, names, draws, generator)


def _copies(
    table: pd.DataFrame,
    drawn_from: pd.DataFrame,
    names: Sequence[str],
    draws: int,
    generator: np.random.Generator,
    warm: bool = False,
) -> list[pd.DataFrame]:
    """Return copies of a table with `names` drawn from what is known of all of `drawn_from`; a
    column that does not vary has nothing to be drawn from and stays as it is.
    """
    varying = drawn_from.loc[:, drawn_from.std() > 0]
    kept = [name for name in names if name in varying]
    places = [list(varying.columns).index(name) for name in kept]
    copies = impute(varying.to_numpy(float), draws, generator, warm)
    return [table.assign(**dict(zip(kept, copy[:, places].T, strict=True))) for copy in copies]


def _leaves(model: Mapping[str, Any], config: Config) -> list[str]:
    """Return the variables that the measures of a model are made of in the end."""
    specs = config["measures"]
    pending, found = [name for name in _covariates(model) if name in specs], list[str]()
    while pending:
        for part in specs[pending.pop(0)]["components"]:
            (pending if part["variable"] in specs else found).append(part["variable"])
    return list(dict.fromkeys(found))


DRAWS_COVARIATES: Mapping[str, Callable[[Mapping[str, Any], Config], list[str]]] = {
    "imputed": lambda model, config: _covariates(model),
    "components": _leaves,
}
"""Method that draws gaps of covariates -> those that are described for it."""


def with_components(
    whole: pd.DataFrame,
    model: Mapping[str, Any],
    config: Config,
    draws: int,
    generator: np.random.Generator,
) -> list[pd.DataFrame]:
    """Return copies in which the components of the model's measures are imputed, together with its
    other covariates, and the measures are made anew from them.

    Parameters
    ----------
    whole : DataFrame
        The whole sample: a measure is scaled among all states of an operation, whichever are
        fitted.

    Raises
    ------
    EstimationFailure
        Where no component has a gap, so that nothing would be made anew.
    """
    leaves = [name for name in _leaves(model, config) if name in whole]
    used = holds(whole, model.get("where", {}))
    if not leaves or not whole.loc[used, leaves].isna().any(axis=None):
        raise EstimationFailure(NOT_APPLICABLE, "no component of a measure is missing")
    specs = config["measures"]
    names = [*leaves, *_other_numbers(whole, [*leaves, *specs], model)]
    drawn_from = _imputed_from(whole, names, model, config)
    drawn_from = drawn_from.drop(columns=list(specs), errors="ignore")
    copies = _copies(whole, drawn_from, names, draws, generator, warm=True)
    own = measures.with_components(_covariates(model), specs)
    anew = {name: spec for name, spec in specs.items() if name in own}
    return [_measured(copy, anew)[used] for copy in copies]


def _other_numbers(
    whole: pd.DataFrame, without: Sequence[str], model: Mapping[str, Any]
) -> list[str]:
    """Return the other covariates of a model that are numbers."""
    names = [name for name in _covariates(model) if name not in without]
    return [name for name in names if is_numeric_dtype(whole[name])]


def _measured(table: pd.DataFrame, specs: Mapping[str, Any]) -> pd.DataFrame:
    """Return a sample with its measures made anew from its variables, operation by operation."""
    parts = [
        rows.assign(**{str(name): made[name] for name in made})
        for operation, rows in table.groupby("operation", sort=False)
        for made in [measures.made(operation, rows, specs, Cache())]
    ]
    return pd.concat(parts).loc[table.index]


def _imputed_from(
    table: pd.DataFrame, names: Sequence[str], model: Mapping[str, Any], config: Config
) -> pd.DataFrame:
    """Return what is imputed, `names`, and beside it what helps: all of it numbers."""
    auxiliary = config["uncertainty"]["auxiliary"]
    words = [name for name in _covariates(model) if not is_numeric_dtype(table[name])]
    _check_whole(table[words])
    usable = [name for name in auxiliary if name in table and is_numeric_dtype(table[name])]
    helping = [name for name in usable if name not in names]
    outcome = outcome_columns(table[outcome_of(model).variable], model)
    effects = _dummies(table, [*model.get("fixed_effects", []), *words])
    return pd.concat([table[[*names, *helping]].astype(float), outcome, effects], axis=1)


def _check_whole(words: pd.DataFrame) -> None:
    """Raise where a column of words has gaps: numbers alone are imputed."""
    gaps = [str(name) for name in words.columns[words.isna().any()]]
    if gaps:
        raise EstimationFailure(
            "not_a_number", f"{', '.join(gaps)} has gaps and is no number: it is not imputed"
        )


def _dummies(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return a column of 0 and 1 for every value but the first."""
    if not columns:
        return pd.DataFrame(index=table.index)
    return pd.get_dummies(table[columns].astype(str), drop_first=True, dtype=float)


def pooled(
    tables: Sequence[pd.DataFrame],
    primary: Mapping[str, Any],
    config: Config,
    once: Once = lambda make: make(),
) -> dict[str, Any]:
    """Fit the primary test to each table and pool; the contrast that supports the claim least is
    chosen after pooling. `once` gives what was made before of the same tables and model.
    """
    model = config["models"][primary["model"]]
    keys, unit = keys_of(config["samples"][model["sample"]]), primary.get("unit")
    named = (*keys.row, *keys.unit, keys.time, keys.state, unit, *columns_of(model))
    columns = [column for column in tables[0].columns if column in named]
    cut = [table[columns] for table in tables]
    if len(tables) > 1 and refit.possible(model):
        draws, failures = draws_together(cut, primary, config, once)
    else:
        draws, failures = draws_one_by_one(cut, primary, config)
    sizes = {"draws": len(tables), "failed": len(failures)}
    if len(draws) < (1 - LARGEST_FAILURE) * len(tables):
        message = failures[0]
        if len(tables) > 1:
            message = f"{len(failures)} of {len(tables)} draws could not be estimated: {message}"
        return dict.fromkeys(PARTS) | sizes | {"message": message}
    last = draws[-1][-1]
    complete = (last["n_clusters"] or last["n"]) - 1
    rows = [_pool_row(parts, complete) for parts in zip(*draws, strict=True)]
    about = {
        "model": primary["model"],
        "n": last["n"],
        "n_clusters": last["n_clusters"],
        "message": None,
    }
    return dict.fromkeys(PARTS) | weakest(rows, primary) | about | sizes


def draws_one_by_one(
    tables: Sequence[pd.DataFrame], primary: Mapping[str, Any], config: Config
) -> Draws:
    """Return the primary test's rows of each table that could be fitted, and why the others could
    not.
    """
    name = primary["model"]
    model = config["models"][name]
    keys = keys_of(config["samples"][model["sample"]])
    entries = [
        estimate(name, model, table, labels(config), marginal_effects=False, keys=keys)
        for table in tables
    ]
    fitted: list[Sequence[Mapping[str, Any]]] = []
    failures: list[str] = []
    for entry in entries:
        rows = [
            row | {"n": entry["n"], "n_clusters": entry["n_clusters"]}
            for row in primary_rows(entry, primary)
        ]
        if rows:
            fitted.append(rows)
        else:
            failures.append(
                entry["failure"]["message"]
                if entry["failure"]
                else "the effect under test could not be estimated"
            )
    return fitted, failures


def draws_together(
    tables: Sequence[pd.DataFrame],
    primary: Mapping[str, Any],
    config: Config,
    once: Once = lambda make: make(),
) -> Draws:
    """Do the same by the batched solver."""
    name = primary["model"]
    model = config["models"][name]
    keys = keys_of(config["samples"][model["sample"]])
    problems, failures = [], []
    for ready in once(lambda: [_ready(table, model, config, keys) for table in tables]):
        try:
            if isinstance(ready, EstimationFailure):
                raise ready
            problems.append(refit.problem_of(ready, model, primary))
        except EstimationFailure as failure:
            failures.append(failure.message)
    effects = []
    for term, test in _one_by_one(primary).items():
        fitted = refit.fit(problems, test, name, intervals=len(tables) < 2)
        effects.append([effect | {"term": term} for effect in fitted])
    draws: list[Sequence[Mapping[str, Any]]] = list(zip(*effects, strict=True))
    ended = [rows for rows in draws if all(row["std_error"] is not None for row in rows)]
    return ended, [*failures, *["the likelihood has no maximum"] * (len(draws) - len(ended))]


def _one_by_one(primary: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return a primary test of each term or contrast that a primary test is of."""
    if "contrasts" not in primary:
        return {primary["term"]: primary}
    return {contrast: {**primary, "contrasts": [contrast]} for contrast in primary["contrasts"]}


def _ready(
    table: pd.DataFrame, model: Mapping[str, Any], config: Config, keys: Keys
) -> Prepared | EstimationFailure:
    """Return a model's rows and design, or why it cannot be estimated."""
    try:
        prepared = without_dependent(prepare(table, model, labels(config), keys), model)[0]
        check_rank(prepared.design)
        check_clusters(prepared.design.groups)
    except EstimationFailure as failure:
        return failure
    return prepared


def _pool_row(rows: Sequence[Mapping[str, Any]], complete_df: float) -> dict[str, Any]:
    if len(rows) == 1:
        return {**rows[0], "df": None, "missing": 0.0}
    pooled = rubin(
        [row["estimate"] for row in rows], [row["std_error"] for row in rows], complete_df
    )
    found = {
        part: getattr(pooled, part)
        for part in ("estimate", "std_error", "p_value", "conf_low", "conf_high", "df", "missing")
    }
    return {**rows[0], **found, "statistic": pooled.estimate / pooled.std_error}


def _described(
    rows: pd.DataFrame, tables: Sequence[pd.DataFrame], names: Sequence[str], config: Config
) -> list[dict[str, Any]]:
    """Return for each imputed variable how many cells were drawn, and the observed and drawn means
    and standard deviations.
    """
    found = []
    for name in names:
        gaps = rows[name].isna().to_numpy()
        if not gaps.any() or not is_numeric_dtype(rows[name]):
            continue
        drawn = np.concatenate([table[name].to_numpy(float)[gaps] for table in tables])
        about = {
            "variable": name,
            "label": labels(config).get(name, name),
            "missing": int(gaps.sum()),
            "of": len(gaps),
        }
        observed = {
            "observed_mean": float(rows[name].mean()),
            "observed_sd": float(rows[name].std(ddof=1)),
        }
        found.append(
            about
            | observed
            | {"drawn_mean": float(drawn.mean()), "drawn_sd": float(drawn.std(ddof=1))}
        )
    return found
