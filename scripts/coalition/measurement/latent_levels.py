"""What a run measures from its statements: latent tightness of every state in every operation, and
plausible values of its level for the models of caveats.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..base.keys import STATES
from ..base.records import records
from ..config import caveat_models
from ..data import caveat_levels
from ..estimators.design_matrix import columns_of_terms
from ..estimators.fit_types import EstimationFailure
from ..formula.terms import TermError, evaluate, parse_term
from . import held_out, quadrature, statements, tightness
from .statements import Statements

Config = Mapping[str, Any]
LEVEL = 0.95
FEWEST_GAPS = 5
"""Units that a gap must have, and lack, for a column of its own."""
RUNS_OFF = 12.0
"""Effect of a coder or a basis, in log odds, beyond which its statements are all at one end: they
are then read as of the reference, and named."""
DIGITS = 10
"""Significant digits that are kept of what is drawn, the same on every machine's linear algebra."""
PHASE = "phase"
DRAWN = ("given", "draw", "iso3", "operation", "tightness", "level")


def selected(config: Config, sample: str, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the rated statements of all operations of a sample, as its own rule selects them.

    Parameters
    ----------
    tables : mapping
        Operation -> its canonical table of caveats.

    Returns
    -------
    DataFrame
        The columns of the table `caveats`, and phase_of: the phase in which a statement falls.
    """
    spec = config["samples"][sample]
    parts = []
    for operation in caveat_models.operations(config, sample):
        rows = caveat_levels.select(tables[operation], spec["caveats"], spec["evidence"], operation)
        first = spec["caveats"].get("first_phase", {}).get(operation)
        parts.append(rows.assign(operation=operation, phase_of=_phases(rows, first)))
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["level"])
    return whole[whole["level"].notna()].reset_index(drop=True)


def _phases(rows: pd.DataFrame, first: Sequence[int] | None) -> pd.Series:
    """Return the phase that a coder named, else whether the middle of the statement's years lies in
    the first phase of the operation; empty where neither is known."""
    named = rows["phase"] if "phase" in rows else pd.Series(np.nan, index=rows.index)
    middle = (rows["from_year"] + rows["to_year"]) / 2
    place = (
        pd.Series(np.where(middle <= first[1], "first", "later"), index=rows.index)
        if first
        else pd.Series("", index=rows.index)
    )
    return named.astype(object).where(named.notna(), place).astype(str)


def read(rows: pd.DataFrame) -> Statements:
    """Return the selected statements, with operations as the only regressors of tightness.

    Raises
    ------
    EstimationFailure
        When there is no statement with a level.
    """
    if rows.empty:
        raise EstimationFailure("too_few_rows", "no statement has a level")
    phase = rows["iso3"] + ":" + rows["operation"] + ":" + rows["phase_of"]
    of = statements.read(rows, groups={PHASE: phase})
    return of.given(*statements.operations_of(of.units))


def fitted(of: Statements) -> quadrature.Measured:
    """Fit the model; coders and bases whose statements are all at one end are read as of the
    reference.

    Raises
    ------
    EstimationFailure
        When there is no maximum, or statements cannot tell the noise of coding from states.
    """
    while True:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                model = quadrature.fit(of)
            except np.linalg.LinAlgError:
                raise EstimationFailure(
                    "no_convergence", "the model of coded statements has no maximum"
                ) from None
        beside = len(of.beside_names)
        far = np.abs(model.params[:beside]) > RUNS_OFF
        if not far.any():
            break
        gone = tuple(name for name, out in zip(of.beside_names, far, strict=True) if out)
        left = tuple(name for name, out in zip(of.beside_names, far, strict=True) if not out)
        of = replace(of, beside=of.beside[:, ~far], beside_names=left, rare=(*of.rare, *gone))
    _check(model)
    return model


def _check(model: quadrature.Measured) -> None:
    """Stop where states and noise are not told apart, or the likelihood is no hill."""
    spread = np.diag(model.covariance)
    proper = np.isfinite(model.covariance).all() and np.isfinite(model.params).all()
    if not proper or (spread <= 0).any() or np.linalg.eigvalsh(model.covariance)[0] <= 0:
        raise EstimationFailure("no_convergence", "the model of coded statements has no maximum")
    if model.loading <= 1.96 * np.sqrt(spread[len(model.statements.names)]):
        raise EstimationFailure(
            "weak", "statements on one state differ as much as those on different states"
        )


def regressors(
    units: pd.DataFrame, sample: pd.DataFrame, terms: Sequence[str]
) -> tuple[np.ndarray, list[str]]:
    """Return the columns of terms for the units, without gaps and without dependent columns.

    Parameters
    ----------
    units : DataFrame, (m, 2)
        iso3, operation.
    sample : DataFrame
        One row a state and operation.
    terms : sequence of str
        In the language of models.

    Returns
    -------
    columns : ndarray, shape (m, r)
        Operations first. A gap takes the mean of the known; where at least FEWEST_GAPS units have
        it and lack it, a column says where.
    names : list of str

    Raises
    ------
    EstimationFailure
        When a term cannot be made of the sample.
    """
    taking_part = sample["participated"] == 1
    parsed = [parse_term(text) for text in terms]
    factors = dict.fromkeys(factor for term in parsed for factor in term.factors)
    try:
        values = {
            factor: evaluate(factor, sample, taking_part, STATES)[taking_part] for factor in factors
        }
    except TermError as error:
        raise EstimationFailure("unfit_column", str(error)) from None
    made, _ = columns_of_terms(parsed, values, constant=True)
    keys = sample.loc[taking_part, ["iso3", "operation"]].astype(str)
    table = units.astype(str).merge(
        pd.DataFrame(made, index=keys.index).join(keys), on=["iso3", "operation"], how="left"
    )
    columns = {name: table[name].to_numpy(float) for name in made}
    operations, names = statements.operations_of(units)
    every = dict(zip(names, operations.T, strict=True)) | _whole(columns)
    return _independent(every, len(units))


def _whole(columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return columns with the mean in their gaps, and columns that say where frequent gaps are."""
    found, gaps = {}, {}
    for name, values in columns.items():
        gap = np.isnan(values)
        if gap.all():
            continue
        found[name] = np.where(gap, np.nanmean(values), values)
        if FEWEST_GAPS <= gap.sum() <= len(gap) - FEWEST_GAPS:
            gaps[f"{name} not known"] = gap.astype(float)
    return found | gaps


def _independent(columns: Mapping[str, np.ndarray], rows: int) -> tuple[np.ndarray, list[str]]:
    """Return the columns that neither the constant nor those before them hold already."""
    kept, names = [np.ones(rows)], []
    for name, values in columns.items():
        spread = values.std() or 1.0
        trial = np.column_stack([*kept, (values - values.mean()) / spread])
        if np.linalg.matrix_rank(trial, tol=1e-8 * np.sqrt(rows)) == trial.shape[1]:
            kept.append(trial[:, -1])
            names.append(name)
    return np.column_stack([columns[name] for name in names] or [np.zeros((rows, 0))]), names


def drawn(
    of: Statements, sample: pd.DataFrame, config: Config, name: str
) -> tuple[pd.DataFrame, quadrature.Measured]:
    """Draw plausible values of all units, given the terms of some models.

    Parameters
    ----------
    name : str
        As `config.caveat_models.given` calls them.

    Returns
    -------
    DataFrame
        Columns DRAWN; draw counts from 1.
    Measured

    Raises
    ------
    EstimationFailure
        When the model with these regressors has no maximum.
    """
    columns, names = regressors(of.units, sample, caveat_models.terms_given(config, name))
    model = fitted(of.given(columns, names))
    generator = np.random.default_rng([config["seed"], config["measurement"]["draws"]])
    draws = tightness.plausible_values(model, config["measurement"]["draws"], generator)
    parts = [
        of.units.assign(given=name, draw=number, tightness=_rounded(values), level=level)
        for number, (values, level) in enumerate(draws, start=1)
    ]
    return pd.concat(parts, ignore_index=True)[list(DRAWN)], model


def _rounded(values: np.ndarray) -> np.ndarray:
    return np.array([float(f"{value:.{DIGITS}g}") for value in values])


def measure(
    config: Config, tables: Mapping[str, pd.DataFrame], sample: pd.DataFrame
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Measure the statements of a run.

    Parameters
    ----------
    config : mapping
        Blocks hypotheses, models, samples, operations, measurement, seed.
    tables : mapping
        Operation -> its canonical table of caveats.
    sample : DataFrame
        The sample of the models of caveats.

    Returns
    -------
    dict
        The content of estimates/measurement.json (docs/architecture.md).
    DataFrame
        Plausible values, columns DRAWN; empty where the model cannot be fitted.
    """
    name = str(caveat_models.measured_sample(config))
    rows = selected(config, name, tables)
    about: dict[str, Any] = {
        "sample": name,
        "operations": caveat_models.operations(config, name),
        "level": LEVEL,
        "draws": config["measurement"]["draws"],
        "folds": config["measurement"]["folds"],
        "statements": len(rows),
        "message": None,
        "units": [],
        "effects": [],
        "rare": [],
        "fit": None,
        "held_out": [],
        "given": [],
    }
    try:
        of = read(rows)
        model = fitted(of)
    except EstimationFailure as failure:
        return about | {"message": failure.message}, pd.DataFrame(columns=list(DRAWN))
    about |= {
        "units": _units(model, rows, sample),
        "effects": _effects(model),
        "rare": list(model.statements.rare),
        "fit": _fit(model),
        "held_out": [_held_out(of, config)],
    }
    values, about["given"] = _every_draw(of, sample, config)
    return about, values


def _every_draw(
    of: Statements, sample: pd.DataFrame, config: Config
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Return the plausible values for every model of caveats, and what they are given."""
    wanted = dict.fromkeys(
        [
            caveat_models.LEADING,
            *(caveat_models.given(config, model) for model in caveat_models.names(config)),
        ]
    )
    parts = [pd.DataFrame(columns=list(DRAWN))]
    given: list[dict[str, Any]] = []
    for name in wanted:
        try:
            values, model = drawn(of, sample, config, name)
        except EstimationFailure as failure:
            given.append({"given": name, "message": failure.message, "regression": []})
            continue
        parts.append(values)
        regression = [row for row in _effects(model) if row["kind"] == "regression"]
        given.append({"given": name, "message": None, "regression": regression})
    full = [part for part in parts if len(part)] or parts[:1]
    return pd.concat(full, ignore_index=True), given


def _units(
    model: quadrature.Measured, rows: pd.DataFrame, sample: pd.DataFrame
) -> list[dict[str, Any]]:
    """Return what is known of each state and operation."""
    table = tightness.summary(model, LEVEL)
    coders = rows["coder"] if "coder" in rows else pd.Series(1, index=rows.index)
    counted = coders.groupby([rows["iso3"], rows["operation"]]).nunique().rename("coders")
    table = table.merge(counted.reset_index(), on=["iso3", "operation"], how="left")
    taking_part = sample.loc[
        sample["participated"] == 1, ["iso3", "operation", "country", "caveat_level"]
    ]
    table = table.merge(taking_part, on=["iso3", "operation"], how="left")
    for end in ("", "_low", "_high"):
        table[f"level{end}"] = tightness.levels_of(table[f"latent{end}"].to_numpy(float), model)
    chances = tightness.level_chances(model)
    found = records(table.astype(object).where(table.notna(), None))
    return [
        entry
        | {"in_sample": entry["country"] is not None}
        | {"chances": [float(chance) for chance in own]}
        for entry, own in zip(found, chances, strict=True)
    ]


EXPORTED = (
    "iso3", "operation", "country", "statements", "coders", "caveat_level", "latent", "latent_sd",
    "latent_low",
    "latent_high", "level", "level_low", "level_high",
)  # fmt: skip


def exported(found: Mapping[str, Any]) -> pd.DataFrame:
    """Return the measured states of estimates/measurement.json as a table, columns EXPORTED."""
    return pd.DataFrame(found["units"], columns=list(EXPORTED))


def _effects(model: quadrature.Measured) -> list[dict[str, Any]]:
    table = tightness.effects(model)
    half = 1.959963984540054 * table["std_error"]
    table = table.assign(conf_low=table["estimate"] - half, conf_high=table["estimate"] + half)
    counts = [
        None if np.isnan(count) else int(count) for count in table["statements"].astype(float)
    ]
    found = records(table.astype(object).where(table.notna(), None))
    return [row | {"statements": count} for row, count in zip(found, counts, strict=True)]


def _fit(model: quadrature.Measured) -> dict[str, Any]:
    """Return how the model fits; the share is that of the variance of a stated statement that lies
    between states (the logistic's own variance is pi^2 / 3)."""
    of, between = model.statements, model.loading**2
    return {
        "statements": len(of.codes),
        "units": len(of.units),
        "parameters": len(model.params),
        "log_likelihood": model.log_likelihood,
        "loading": model.loading,
        "share_between": between / (between + np.pi**2 / 3),
        "steps": model.steps,
    }


def _held_out(of: Statements, config: Config) -> dict[str, Any]:
    """Return whether deviations of a phase foretell statements that were not used."""
    groups = of.groups[PHASE]
    about: dict[str, Any] = {
        "grouping": PHASE,
        "groups": len(np.unique(groups)),
        "gain": None,
        "std_error": None,
        "message": None,
    }
    if about["groups"] <= len(of.units):
        return about | {"message": "no state has statements on two phases"}
    generator = np.random.default_rng([config["seed"], 2])
    try:
        with np.errstate(all="ignore"):
            gain, error = held_out.gain(
                of, PHASE, generator, folds=int(config["measurement"]["folds"])
            )
    except (EstimationFailure, np.linalg.LinAlgError) as failure:
        return about | {"message": str(getattr(failure, "message", failure))}
    return about | {"gain": gain, "std_error": error}
