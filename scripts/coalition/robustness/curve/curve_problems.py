"""Specifications -> the data of their models; samples and measures that several share are made
once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ...base.cache import Cache, shared
from ...base.errors import Problems as Found
from ...base.keys import STATES, Keys, keys_of
from ...config.settings import left_out, on_file, outside_curve
from ...estimators.design_matrix import (
    Matrix,
    coded_outcome,
    focal_columns,
    has_constant,
    matrix,
)
from ...estimators.fit_types import Design, EstimationFailure
from ...estimators.separation import check_clusters, check_rank
from ...formula.columns import columns_of, factors_of, outcome_of
from ...formula.families import FAMILIES
from ...formula.filters import holds
from ...formula.filters import variables as named_in
from ...formula.terms import Factor, evaluate, parse_term
from ...samples import country_operations, measures, user_file
from .specifications import DATA, Specification, choices, laid_over

Tables = Mapping[str, Mapping[str, pd.DataFrame]]
MOST_ROWS = 60
"""Rows of one unit of a file, which must be bits of one whole number."""
RECENT = 16
"""Matrices that are kept: specifications that differ in their estimator alone follow each other."""


@dataclass(frozen=True)
class Problem:
    """The data of one specification.

    design : its matrix, outcome and clusters; states, operations : (n,) integer codes of its rows;
        family, corners : of its model;
    focal : columns that hold the measure under test, alone (the first) or in products.
    """

    design: Design
    states: np.ndarray
    operations: np.ndarray
    family: str
    corners: Mapping[str, Any] | None
    focal: tuple[int, ...]

    @property
    def asked_corners(self) -> Mapping[str, Any]:
        """The corners of a model that is tested by contrasts."""
        if self.corners is None:
            raise EstimationFailure("term_missing", "the model has no corners")
        return self.corners

    @property
    def key(self) -> str:
        """A digest of everything that decides the estimate."""
        design = self.design
        named = (
            self.family,
            self.corners,
            self.focal,
            design.names,
            design.products,
            design.levels,
            design.groups is None,
        )
        found = hashlib.sha256(repr(named).encode())
        for array in (self.design.y, self.design.X, self.states, self.operations):
            found.update(np.ascontiguousarray(array).tobytes())
        return found.hexdigest()


@dataclass(frozen=True)
class _Table:
    """A sample with its measures; masks and columns that were asked for before are kept, and can
    not be changed.

    states, operations : (rows,) integer codes; names : of the operations, by code; own : columns
        that are this table's alone, its measures; others : what is kept of the columns that it
        shares with all tables of its sample
    """

    rows: pd.DataFrame
    states: np.ndarray
    operations: np.ndarray
    names: tuple[str, ...]
    keys: Keys = STATES
    own: frozenset[str] = frozenset()
    others: Cache = field(default_factory=Cache)
    cache: Cache = field(default_factory=Cache)

    def _kept(self, where: Mapping[str, Any], *columns: str) -> Cache:
        """Return where something is kept that is made of some columns in the rows of a
        condition.
        """
        return self.others if self.own.isdisjoint((*named_in(where), *columns)) else self.cache

    def mask(self, where: Mapping[str, Any]) -> np.ndarray:
        """Return the rows for which a condition holds, (rows,)."""
        return self._kept(where).once(
            ("mask", json.dumps(where)), lambda: shared(holds(self.rows, where).to_numpy(copy=True))
        )

    def column(
        self, where: Mapping[str, Any], factor: Factor
    ) -> tuple[pd.Series | np.ndarray, np.ndarray]:
        """Return a factor in the rows of a condition, and where it is missing, (rows,); numbers as
        an array, which is quicker to cut.
        """

        def make() -> tuple[pd.Series | np.ndarray, np.ndarray]:
            used = pd.Series(self.mask(where), index=self.rows.index)
            values = evaluate(factor, self.rows, used, self.keys)[used].reset_index(drop=True)
            number = pd.api.types.is_numeric_dtype(values) and not factor.categorical
            return shared(values.to_numpy(float, copy=True)) if number else values, shared(
                values.isna().to_numpy(copy=True)
            )

        kept = self._kept(where, factor.variable)
        return kept.once(("column", json.dumps(where), factor), make)

    def outcome(
        self, model: Mapping[str, Any], kept: np.ndarray
    ) -> tuple[np.ndarray, tuple[str, ...]]:
        """Return a model's outcome as numbers, and its levels, in those rows of its condition that
        are kept.
        """
        key = (
            "outcome",
            *(json.dumps(model.get(part)) for part in ("where", "outcome", "family", "levels")),
            kept.tobytes(),
        )
        where, outcome = model.get("where", {}), outcome_of(model)
        values = self.column(where, outcome)[0]

        def make() -> tuple[np.ndarray, tuple[str, ...]]:
            y, levels = coded_outcome(pd.Series(values[kept]), model)
            return shared(y.copy()), levels

        return self._kept(where, outcome.variable).once(key, make)

    def effects(self, operations: np.ndarray) -> dict[str, np.ndarray]:
        """Return a column for every operation but the first, of rows with these codes."""
        return {
            f"operation[{self.names[code]}]": operations == code
            for code in np.unique(operations)[1:]
        }


def _by_operation(table: pd.DataFrame) -> list[tuple[str, np.ndarray, pd.DataFrame]]:
    """Return each operation with the places of its rows, and these."""
    found = table.groupby("operation", sort=False).indices
    return [(str(name), np.asarray(rows), table.iloc[rows]) for name, rows in found.items()]


class Problems:
    """The data of a hypothesis' specifications.

    Parameters
    ----------
    config : mapping
        The whole config.
    hypothesis : str
    tables : mapping
        Canonical tables, as `samples.build` takes them.
    """

    def __init__(self, config: Mapping[str, Any], hypothesis: str, tables: Tables) -> None:
        self.tables, self.primary = tables, config["hypotheses"][hypothesis]["primary"]
        self.config, self.rows_per_parameter = (
            _slim(config, hypothesis),
            config["specification_curve"]["rows_per_parameter"],
        )
        self.cache, self.recent = Cache(), Cache(most=RECENT)
        self.columns = {
            name for model in self.config["models"].values() for name in columns_of(model)
        }
        self.unit = left_out(config, hypothesis) if on_file(config, hypothesis) else None
        if self.unit:
            self.file = self._file(hypothesis, config)
            self.states = sorted(self.file[self.unit].astype(str).unique())
        else:
            self.states = sorted(tables["covariates"]["states"]["iso3"].unique())

    def _file(self, hypothesis: str, config: Mapping[str, Any]) -> pd.DataFrame:
        """Return the table of a sample that is a file."""
        problems = Found()
        name = config["models"][self.primary["model"]]["sample"]
        found = user_file.build(config, name, problems)
        problems.stop()
        return found.table

    def problem(self, specification: Specification) -> Problem:
        """Return the data of one specification.

        Raises
        ------
        EstimationFailure
            When there are too few rows, the outcome does not vary, columns depend on each other, or
            the options together take out what is tested or ask for what the solver does not know.
        """
        model = self.model(specification)
        if unknown := outside_curve(model, self.unit):
            raise EstimationFailure(
                "unknown_setting",
                f"the solver of the specification curve does not know {', '.join(unknown)}",
            )
        tested = (
            [self.primary["term"]]
            if "term" in self.primary
            else [model["corners"][part] for part in ("first", "second")]
        )
        # a control that an option leaves out may be what another hypothesis tests
        if not set(tested) <= set(model["terms"]):
            raise EstimationFailure(
                "term_missing", f"the model lacks what is tested: {', '.join(tested)}"
            )
        found = _problem(self.measured(specification), model, tested[0], self.recent)
        rows, needed = (
            len(found.design.y),
            parameters(found.family, found.design.X.shape[1], len(found.design.levels)),
        )
        if rows < self.rows_per_parameter * needed:
            raise EstimationFailure("too_few_rows", f"{rows} rows for {needed} parameters")
        return found

    def every_row(self, specification: Specification, model: Mapping[str, Any]) -> Problem:
        """Return the data of a specification with another model (other rows, another outcome) of
        the same terms, unchecked.
        """
        table, focal = self.measured(specification), self.focal(model)
        return _problem(table, model, focal, self.recent, checked=False)

    def focal(self, model: Mapping[str, Any]) -> str:
        """Return the term whose columns are tested."""
        return str(self.primary.get("term") or model["corners"]["first"])

    def model(self, specification: Specification) -> dict[str, Any]:
        """Return the model of one specification, as an entry of `models`."""
        name = self.primary["model"]
        return self._once(
            specification,
            ("model",),
            lambda options: laid_over(self.config, options, ("model",), name)["models"][name],
        )

    def _once(self, specification: Specification, parts: tuple[str, ...], make: Any) -> Any:
        options = specification.changing(parts)
        return self.cache.once(
            (parts, *((option.choice, option.name) for option in options)), lambda: make(options)
        )

    def _sample(self, specification: Specification) -> pd.DataFrame:
        def build(options: Any) -> pd.DataFrame:
            config = laid_over(self.config, options, DATA, self.primary["model"])
            return country_operations.build(
                config,
                config["models"][self.primary["model"]]["sample"],
                self.tables,
                False,
                self.cache,
            ).table

        return self._once(specification, DATA, build)

    def measured(self, specification: Specification) -> _Table:
        """Return the sample of a specification with its measures, as arrays; those that many
        specifications share cannot be written to.
        """
        if self.unit:
            return self.cache.once("file", self._units)
        table = self._sample(specification)

        def measure(options: Any) -> _Table:
            every = laid_over(self.config, options, ("measures",), self.primary["model"])[
                "measures"
            ]
            used = measures.with_components(self.columns, every)
            wanted = {name: spec for name, spec in every.items() if name in used}
            data = tuple((option.choice, option.name) for option in specification.changing(DATA))
            parts = self.cache.once(("by operation", data), lambda: _by_operation(table))
            found = {name: np.full(len(table), np.nan) for name in wanted}
            for operation, rows, part in parts:
                made = measures.made((data, operation), part, wanted, self.cache)
                for name, values in found.items():
                    values[rows] = made[name].to_numpy()
            codes = np.searchsorted(self.states, table["iso3"].to_numpy(str))
            operations, names = pd.factorize(table["operation"], sort=True)
            return _Table(
                table.assign(**found),
                codes,
                operations,
                tuple(names),
                own=frozenset(wanted),
                others=self.cache.once(("columns", data), Cache),
            )

        return self._once(specification, (*DATA, "measures"), measure)

    def _units(self) -> _Table:
        """Return the file, its units in the place of states, and in that of operations the time of
        each row, or which of its unit's rows it is: units with the same rows change places, all
        rows of one together.
        """
        units = self.file[self.unit].astype(str)
        codes = np.searchsorted(self.states, units.to_numpy(str))
        keys = keys_of(next(iter(self.config["samples"].values())))
        rows = units.groupby(units).cumcount().to_numpy()
        if keys.time:
            times = pd.factorize(self.file[keys.time], sort=True)[0]
            single = not pd.DataFrame({"unit": codes, "time": times}).duplicated().any()
            rows = times if single and times.min() >= 0 else rows
        if rows.max() >= MOST_ROWS:
            raise EstimationFailure(
                "not_defined", f"more than {MOST_ROWS} rows of a {self.unit}, or as many times"
            )
        return _Table(self.file, codes, rows, (), keys)


def _slim(config: Mapping[str, Any], hypothesis: str) -> dict[str, Any]:
    """Return what samples are built from; its models are the primary one and, for the columns, that
    of every option.
    """
    name = config["hypotheses"][hypothesis]["primary"]["model"]
    sample = config["models"][name]["sample"]
    parts = ("operations", "covariates", "variables", "measures", "universes")
    slim = {part: config[part] for part in parts} | {"samples": {sample: config["samples"][sample]}}
    slim |= {"models": {name: config["models"][name]}}
    options = [
        option
        for several in choices(config, hypothesis).values()
        for option in several
        if "model" in option.patch
    ]
    others = {
        f"{option.choice}.{option.name}": laid_over(slim, (option,), ("model",), name)["models"][
            name
        ]
        for option in options
    }
    return slim | {"models": slim["models"] | others}


@dataclass(frozen=True)
class _Selected:
    """The complete rows of a model, which of those of its condition they are, and its matrix."""

    complete: np.ndarray
    states: np.ndarray
    operations: np.ndarray
    clusters: np.ndarray
    made: Matrix


def _selected(table: _Table, model: Mapping[str, Any]) -> _Selected:
    """Select rows and build the matrix as `design.prepare` does, without its account of what was
    left out.
    """
    where, terms = model.get("where", {}), [parse_term(text) for text in model["terms"]]
    parts = {factor: table.column(where, factor) for factor in factors_of(model)}
    lacking = [gaps for _, gaps in (*parts.values(), table.column(where, outcome_of(model)))]
    complete = ~np.logical_or.reduce(lacking)
    kept = {factor: values[complete] for factor, (values, _) in parts.items()}
    states, operations = (
        codes[table.mask(where)][complete] for codes in (table.states, table.operations)
    )
    effects = table.effects(operations) if model.get("fixed_effects") else {}
    made = matrix(terms, kept, effects, has_constant(model), len(operations))
    clusters = np.unique(states, return_inverse=True)[1]
    return _Selected(complete, states, operations, clusters, made)


def _problem(
    table: _Table, model: Mapping[str, Any], focal: str, recent: Cache, checked: bool = True
) -> Problem:
    of = (
        id(table),
        json.dumps([model.get("where", {}), model["terms"]]),
        outcome_of(model),
        bool(model.get("fixed_effects")),
        has_constant(model),
    )
    rows: _Selected = recent.once(of, lambda: _selected(table, model))
    y, levels = table.outcome(model, rows.complete)
    design = Design(
        y=y,
        X=rows.made.X,
        names=rows.made.names,
        levels=levels,
        groups=rows.clusters if model.get("cluster") else None,
        products=rows.made.products,
    )
    if checked:
        _check(design, model["family"])
    held = focal_columns(rows.made.names, rows.made.terms, focal)
    return Problem(
        design, rows.states, rows.operations, model["family"], model.get("corners"), held
    )


def parameters(family: str, columns: int, levels: int) -> int:
    """Return how many parameters a model has."""
    return FAMILIES[family].parameters(columns, levels)


def _check(design: Design, family: str) -> None:
    if len(design.levels) < 2:
        raise EstimationFailure(
            "constant_outcome", f"the outcome is the same in all {len(design.y)} rows"
        )
    check_rank(design, parameters(family, design.X.shape[1], len(design.levels)))
    check_clusters(design.groups)
