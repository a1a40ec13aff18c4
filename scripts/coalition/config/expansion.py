"""Short forms of a config written out: models `over` several subsamples, terms `with` and
`without`,
lists of `controls` that are written once.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

Config = dict[str, Any]
STAR = "*"
"""Ends the name of a model that stands for several; no other name can have it."""


def expand(config: Mapping[str, Any]) -> Config:
    """Return a config in which every model stands by itself.

    Afterwards no model has `over`, `with` or `without`, and no list of terms names an entry of
    `controls`. What is not well formed is left as it stands, for the checks to explain; so is
    `without` where it names a term that the model does not have. A config that is written out
    already does not change.

    Parameters
    ----------
    config : mapping
        The files of a config laid over each other, entries of `models` that are null among them.
    """
    new = copy.deepcopy(dict(config))
    if isinstance(new.get("models"), dict):
        new["models"] = _models(new["models"], _block(new, "subsamples"))
    lists = {name: terms for name, terms in _block(new, "controls").items() if _texts(terms)}
    for model in _block(new, "models").values():
        _write_out_terms(model, lists)
    for alternative in _alternatives(new):
        _replace_names(alternative.get("model"), lists)
    for question in _block(_block(new, "across_operations"), "questions").values():
        _replace_names(question, lists)
    return new


def merge(base: dict[str, Any], change: Mapping[str, Any]) -> None:
    """Lay a block over another, key by key; a list or value takes the place of what was there."""
    for key, value in change.items():
        if isinstance(value, Mapping) and isinstance(base.get(key), dict):
            merge(base[key], value)
        else:
            base[key] = copy.deepcopy(value)


def overlaid(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return a block with another laid over it as `merge` does, sharing with both what it takes
    from them.
    """
    new = {**base}
    for key, value in change.items():
        inside = base.get(key)
        both = isinstance(value, Mapping) and isinstance(inside, Mapping)
        new[key] = overlaid(inside, value) if both else value  # type: ignore[arg-type]
    return new


def apply_changes(model: dict[str, Any], change: Mapping[str, Any]) -> None:
    """Lay `change` over a model: `with` adds terms, `without` removes them, in both equations of a
    model with selection; every other key is merged.
    """
    others = {key: value for key, value in change.items() if key not in ("with", "without")}
    added, removed = change.get("with", []), change.get("without", [])
    merge(model, others)
    for equation in _equations(model):
        kept = [term for term in equation["terms"] if term not in removed]
        equation["terms"] = kept + [term for term in added if term not in equation["terms"]]


def _models(models: Mapping[str, Any], subsamples: Mapping[str, Any]) -> Config:
    """Return the models, those that stand for several written out.

    An entry of the name that such a model gets is laid over it, and takes it out where it is null.
    """
    new: Config = {}
    for name, model in models.items():
        if _stands_for_several(name, model, subsamples):
            new |= _over(name, model, subsamples)
    for name, model in models.items():
        if model is None:
            new.pop(name, None)
        elif isinstance(new.get(name), dict) and isinstance(model, dict):
            merge(new[name], model)
        elif not _stands_for_several(name, model, subsamples):
            new[name] = model
    _drop_null_over(new)
    return new


def _drop_null_over(models: Config) -> None:
    """Leave no `over` that was taken out of a model by a null."""
    for model in models.values():
        if isinstance(model, dict) and model.get("over", "") is None:
            del model["over"]


def _stands_for_several(name: str, model: Any, subsamples: Mapping[str, Any]) -> bool:
    """Tell whether a name ends in * and its model has a well-formed `over`."""
    over = model.get("over") if isinstance(model, dict) and str(name).endswith(STAR) else None
    if isinstance(over, dict):
        return all(entry is None or isinstance(entry, dict) for entry in over.values())
    return _texts(over) and set(over or ()) <= set(subsamples)


def _over(name: str, model: Mapping[str, Any], subsamples: Mapping[str, Any]) -> Config:
    """Return the models that one with `over` stands for: name -> model."""
    shared = {key: value for key, value in model.items() if key != "over"}
    over = model["over"]
    changes = over if isinstance(over, dict) else {entry: {} for entry in over}
    return {
        name.removesuffix(STAR) + entry: _one_of_several(
            shared, subsamples.get(entry) or {}, change
        )
        for entry, change in changes.items()
        if change is not None
    }


def _one_of_several(
    shared: Config, subsample: Mapping[str, Any], change: Mapping[str, Any]
) -> Config:
    """Return one model: what all share, what its subsample says, and what differs in it alone."""
    new = copy.deepcopy(shared)
    merge(new, {key: value for key, value in subsample.items() if key != "label"})
    if "label" in subsample and "label" in shared:
        new["label"] = f"{shared['label']}, {subsample['label']}"
    merge(new, change)
    return new


def _write_out_terms(model: Any, lists: Mapping[str, list[str]]) -> None:
    if not isinstance(model, dict):
        return
    _replace_names(model, lists)
    change = {key: model[key] for key in ("with", "without") if key in model}
    equations = _equations(model)
    if not change or not equations or not all(map(_texts, change.values())):
        return
    if set(change.get("without", [])) <= set[str]().union(*(each["terms"] for each in equations)):
        apply_changes(model, change)
        for key in change:
            del model[key]


def _replace_names(model: Any, lists: Mapping[str, list[str]]) -> None:
    """Write the terms of `controls` where a list of terms names it."""
    if not isinstance(model, dict):
        return
    selection = model.get("selection")
    for block in (model, selection) if isinstance(selection, dict) else (model,):
        for key in ("terms", "with", "without"):
            if _texts(block.get(key)):
                block[key] = [term for name in block[key] for term in lists.get(name, [name])]


def _equations(model: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the blocks of a model that hold a list of terms: its own, and that of the
    selection.
    """
    blocks = (model, model.get("selection"))
    return [block for block in blocks if isinstance(block, dict) and _texts(block.get("terms"))]


def _alternatives(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every block that changes a model: alternatives, and options of the curve's choices."""
    choices = _block(config, "specification_curve").get("choices")
    options = [
        option
        for choice in (choices.values() if isinstance(choices, dict) else [])
        if isinstance(choice, dict)
        for option in _block(choice, "options").values()
    ]
    found = [*_block(config, "robustness").values(), *options]
    return [alternative for alternative in found if isinstance(alternative, dict)]


def _block(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = config.get(name)
    return found if isinstance(found, dict) else {}


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)
