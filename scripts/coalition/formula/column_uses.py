"""What the models of a config do with the columns of a sample that is a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from ..base.keys import LATITUDE, LONGITUDE, keys_of, lying_of
from .columns import clusters_of, columns_of, factors_of, numbers_of, outcome_of
from .combinations import parts_of
from .filters import bounded, named_values
from .inference_methods import asked_of
from .transforms import TEMPORAL


@dataclass(frozen=True)
class Uses:
    """Columns, each once, by what is done with them.

    Parameters
    ----------
    used : tuple of str
        Every column or variable that a model names.
    calculated : tuple of str
        Those that are calculated with, outcomes of every family and the panel's time among them.
    numbers : tuple of str
        Those in which each cell must be a number.
    outcomes : tuple of str
        Outcomes whose levels no model declares: a text among numbers would be one more level.
    names : tuple of str
        Keys, units and clusters: what stands there names something.
    levels : mapping
        "models.M.levels" -> the outcome and its declared levels.
    values : tuple of (str, str, tuple)
        Where a condition of a model or variable stands, a column, and the values that it lists.
    whole : tuple of str
        Columns of whose values each is left out in turn: no cell is empty.
    shifted : bool
        Whether a term looks at another time of the same unit, which must then be one row.
    """

    used: tuple[str, ...] = ()
    calculated: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    levels: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    values: tuple[tuple[str, str, tuple[Any, ...]], ...] = ()
    shifted: bool = False
    whole: tuple[str, ...] = ()


def uses_of(config: Mapping[str, Any], sample: str) -> Uses:
    """Return what the models of a sample do with its columns."""
    spec = config["samples"][sample]
    models = {n: model for n, model in config["models"].items() if model["sample"] == sample}
    keys = keys_of(spec)
    lying = lying_of(keys)
    numbers = [*_numbers(models, sample, spec), lying.get(LATITUDE), lying.get(LONGITUDE)]
    open_ = [outcome_of(model).variable for model in models.values() if not model.get("levels")]
    columns = chain.from_iterable(map(columns_of, models.values()))
    clusters = chain.from_iterable(map(clusters_of, models.values()))
    within = [asked_of(model).within for model in models.values()]
    left = _left_out(config, models)
    row = [name for name in keys.row if name != "row"]
    return Uses(
        _once([*columns, *lying.values(), *within, *left]),
        _once([*numbers, *open_, keys.time]),
        _once(numbers),
        _once(open_),
        _once([*row, *keys.unit, *clusters, lying.get("iso3")]),
        _levels(models),
        tuple(_values(models, sample, spec)),
        _shifted(models),
        _once(left),
    )


def _numbers(models: Mapping[str, Any], sample: str, spec: Mapping[str, Any]) -> list[str | None]:
    """Return what models, the sample's own variables and bounds of conditions calculate with."""
    made = spec.get("variables", {}).values()
    return [
        *chain.from_iterable(map(numbers_of, models.values())),
        *(variable.get("from") for variable in made),
        *chain.from_iterable(map(parts_of, made)),
        *(name for _, each in _conditions(models, sample, spec) for name in bounded(each)),
    ]


def _levels(models: Mapping[str, Any]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the outcomes whose levels a model declares, as `Uses.levels`."""
    return {
        f"models.{name}.levels": (outcome_of(model).variable, tuple(map(str, model["levels"])))
        for name, model in models.items()
        if model.get("levels")
    }


def _conditions(
    models: Mapping[str, Any], sample: str, spec: Mapping[str, Any]
) -> list[tuple[str, Any]]:
    """Return every condition on rows of the sample, with its place in the config."""
    conditions = [(f"models.{name}.where", each.get("where", {})) for name, each in models.items()]
    conditions.append((f"samples.{sample}.where", spec.get("where", {})))
    conditions += [
        (f"samples.{sample}.variables.{name}.any_of[entry {position}]", condition)
        for name, variable in spec.get("variables", {}).items()
        for position, condition in enumerate(variable.get("any_of", []), start=1)
    ]
    return conditions


def _values(
    models: Mapping[str, Any], sample: str, spec: Mapping[str, Any]
) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    for place, condition in _conditions(models, sample, spec):
        for column, values in named_values(condition):
            yield f"{place}.{column}" if isinstance(condition, Mapping) else place, column, values


Models = Mapping[str, Mapping[str, Any]]


def _shifted(models: Models) -> bool:
    return any(
        change.name in TEMPORAL
        for model in models.values()
        for factor in [*factors_of(model), outcome_of(model)]
        for change in factor.changes
    )


def _left_out(config: Mapping[str, Any], models: Models) -> list[str]:
    """Return the columns of whose values hypotheses on these models leave out each in turn."""
    return [
        about["leave_out"]
        for about in config.get("hypotheses", {}).values()
        if about.get("leave_out") and about["primary"]["model"] in models
    ]


def _once(names: Iterable[str | None]) -> tuple[str, ...]:
    """Return each name once, without what is not given."""
    return tuple(dict.fromkeys(filter(None, names)))
