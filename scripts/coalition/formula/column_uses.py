"""What the models of a config do with the columns of a sample that is a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from ..base.keys import LATITUDE, LONGITUDE, Keys, keys_of, lying_of
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


def _of_each(
    models: Mapping[str, Any], columns: Callable[[Mapping[str, Any]], Iterable[str]]
) -> Iterator[str]:
    return chain.from_iterable(map(columns, models.values()))


def _levels(
    declared: Mapping[str, Iterable[Any]], outcomes: Mapping[str, str]
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the outcomes whose levels a model declares, and the levels, by where that stands."""
    return {
        f"models.{name}.levels": (outcomes[name], tuple(map(str, levels)))
        for name, levels in declared.items()
    }


def _named_rows(keys: Keys) -> list[str]:
    return [*(name for name in keys.row if name != "row"), *keys.unit]


def _coordinates(lying: Mapping[str, str]) -> list[str]:
    return [lying[name] for name in (LATITUDE, LONGITUDE) if name in lying]


def _states(lying: Mapping[str, str]) -> list[str]:
    return [lying["iso3"]] if lying else []


def _numbers_made(spec: Mapping[str, Any]) -> Iterator[str]:
    """Yield the columns of which a sample's own variables are calculated."""
    made = list(spec.get("variables", {}).values())
    yield from (variable["from"] for variable in made if "from" in variable)
    yield from chain.from_iterable(map(parts_of, made))


def uses_of(config: Mapping[str, Any], sample: str) -> Uses:
    """Return what the models of a sample do with its columns."""
    spec = config["samples"][sample]
    models = {n: model for n, model in config["models"].items() if model["sample"] == sample}
    keys = keys_of(spec)
    lying = lying_of(keys)
    numbers = [
        *_of_each(models, numbers_of),
        *_numbers_made(spec),
        *chain.from_iterable(bounded(each) for _, each in _conditions(models, sample, spec)),
        *_coordinates(lying),
    ]
    outcomes = {n: outcome_of(model).variable for n, model in models.items()}
    declared = {n: model["levels"] for n, model in models.items() if model.get("levels")}
    open_ = [outcomes[name] for name in models if name not in declared]
    within = filter(None, (asked_of(model).within for model in models.values()))
    left = _left_out(config, models)
    return Uses(
        _once([*_of_each(models, columns_of), *lying.values(), *within, *left]),
        _once([*numbers, *open_, *filter(None, [keys.time])]),
        _once(numbers),
        _once(open_),
        _once([*_named_rows(keys), *_of_each(models, clusters_of), *_states(lying)]),
        _levels(declared, outcomes),
        tuple(_values(models, sample, spec)),
        _shifted(models),
        _once(left),
    )


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


def _once(names: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
