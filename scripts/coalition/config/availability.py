"""What cannot be had because an operation lacks a file: models, hypotheses, tables and more that
are left out, and why.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..base.errors import Problems
from ..base.keys import listed
from ..data.recoding import offered_columns
from ..formula.columns import columns_of
from ..formula.outcomes import OUTCOMES
from .caveat_models import measured_sample
from .output_kinds import KINDS, Kind
from .settings import CHOICES, Config, hypotheses_of, models_named, patched

WORDS: Mapping[str, str] = {
    "caveats": "caveats",
    "caveat_types": "types of caveat",
    "troops": "troop counts",
    "reasons": "stated reasons",
}
FEW = 4
"""How many names a terminal shows of a kind before they are counted."""
PARTS = ("hypotheses", "models", "robustness", "choices", "tables", "figures", "samples")


Lacking = tuple[tuple[str, str], ...]
"""What is needed and not given, and the operation that lacks it, in words."""


@dataclass(frozen=True)
class Skipped:
    """An entry of the config that is left out, or (`whole` false) done without some operations or
    models.

    part, name : block and key of the config; title : what a reader calls it; without : labels of
        the models that a table or figure was made without; kind : that of a table or figure, else
        empty.
    """

    part: str
    name: str
    title: str
    lacking: Lacking
    whole: bool = True
    without: str = ""
    kind: str = ""

    @property
    def reason(self) -> str:
        """A clause without a full stop: "because no file of caveats is given for ISAF"."""
        operations: dict[str, list[str]] = {}
        for need, operation in self.lacking:
            operations.setdefault(need, []).append(operation)
        needs: dict[str, list[str]] = {}
        for need, labels in operations.items():
            needs.setdefault(" and ".join(dict.fromkeys(labels)), []).append(f"no {need}")
        why = "because " + "; ".join(
            f"{' and '.join(missing)} is given for {labels}" for labels, missing in needs.items()
        )
        return f"without {self.without}, {why}" if self.without else why


def leave_out(config: Config) -> tuple[Config, list[Skipped]]:
    """Return a config without what its operations' files cannot give.

    The rule: a model is possible in an operation if the operation has every file from which the
    columns that the model names are made. A model that is possible in none of its operations is
    left out; one that is possible in some is fitted to those alone. A hypothesis goes with its
    primary model, an alternative where none of its hypotheses can be tested under it, a table or
    figure where nothing of it is left. Whether a file that is there holds enough is not asked here;
    too little is an error.

    Parameters
    ----------
    config : dict
        A config that `consistency.check` has accepted; it is not changed.

    Returns
    -------
    dict
        The config; the same where nothing is missing.
    list of Skipped
        In the order of `PARTS` and of the config.

    Raises
    ------
    Problems
        When no model is left.
    """
    new, found = copy.deepcopy(dict(config)), list[Skipped]()
    _models(new, found)
    if config["models"] and not new["models"]:
        problems = Problems()
        for entry in found:
            problems.add(f"models.{entry.name}", f"nothing is left to be fitted, {entry.reason}")
        problems.stop()
    _hypotheses(new, found)
    _alternatives(config, new, found)
    _choices(config, new, found)
    for part in ("tables", "figures"):
        _outputs(config, new, part, found)
    _samples(config, new, found)
    return new, sorted(found, key=lambda entry: PARTS.index(entry.part))


def sentences(skipped: Iterable[Skipped], named: int | None = None) -> list[str]:
    """Return what was left out in a few sentences: one a reason, then what is done in part; more
    than `named` names are counted.
    """
    by_reason: dict[tuple[str, bool], list[Skipped]] = {}
    for entry in skipped:
        by_reason.setdefault((entry.reason, entry.whole), []).append(entry)
    ordered = sorted(by_reason.items(), key=lambda item: not item[0][1])
    return [
        f"{'Skipped' if whole else 'Done in part'}, {reason}: {_listing(entries, named)}"
        for (reason, whole), entries in ordered
    ]


def plain(skipped: Iterable[Skipped]) -> list[dict[str, Any]]:
    """Return the entries as plain dicts, for the params of a rule."""
    return [asdict(entry) for entry in skipped]


COUNTED = {
    "hypotheses": ("hypothesis", "hypotheses"), "models": ("model", "models"),
    "robustness": ("alternative", "alternatives"),
    "choices": ("choice of the specification curve", "choices of the specification curve"),
    "tables": ("table", "tables"), "figures": ("figure", "figures"),
    "samples": ("sample", "samples"),
}  # fmt: skip


def _listing(entries: list[Skipped], named: int | None) -> str:
    """Return "hypotheses H2, H3; 12 models"."""
    parts = []
    for part in PARTS:
        names = [entry.name for entry in entries if entry.part == part]
        if named is not None and len(names) > named:
            parts.append(f"{len(names)} {COUNTED[part][1]}")
        elif names:
            parts.append(f"{COUNTED[part][len(names) > 1]} {', '.join(names)}")
    return "; ".join(parts)


# -- what is missing where
# ----------------------------------------------------------------------------------------


def _lacks(model: Mapping[str, Any], config: Config, operation: str) -> list[str]:
    """Return, in words, what an operation would need for a model and does not have."""
    about = config["operations"][operation]
    needed = [OUTCOMES[column] for column in columns_of(model) if column in OUTCOMES]
    files = sorted({outcome.file for outcome in needed if outcome.file} - set(about["files"]))
    asked = list(dict.fromkeys(outcome.column for outcome in needed if outcome.column))
    return [f"file of {WORDS[name]}" for name in files] + (
        _absent_columns(asked, about) if asked else []
    )


def _absent_columns(asked: Sequence[str], about: Mapping[str, Any]) -> list[str]:
    """Return, in words, the columns that an operation's file of contributors does not have."""
    rules, names = (about.get(key, {}).get("contributors", {}) for key in ("reading", "columns"))
    offered = offered_columns(about["files"]["contributors"], rules, names)
    return [f"column {column} among the contributors" for column in asked if column not in offered]


def _operations(model: Mapping[str, Any], config: Config) -> list[str]:
    """Return the operations whose rows a model may use; none for a sample that is a file."""
    where, offered = (
        model.get("where", {}),
        config["samples"][model["sample"]].get("operations", []),
    )
    named = where.get("operation", offered) if isinstance(where, Mapping) else offered
    return [operation for operation in offered if operation in named]


def _possible(model: Mapping[str, Any], config: Config) -> tuple[list[str], Lacking]:
    """Return the operations in which a model is possible, and what the others lack."""
    lacking = {
        operation: _lacks(model, config, operation) for operation in _operations(model, config)
    }
    possible = [operation for operation, missing in lacking.items() if not missing]
    labels = {operation: config["operations"][operation]["label"] for operation in lacking}
    return possible, tuple(
        (need, labels[operation]) for operation, missing in lacking.items() for need in missing
    )


def _limited(where: Any, operations: list[str]) -> Any:
    """Return a condition that keeps some operations only."""
    if isinstance(where, Mapping):
        return {**where, "operation": operations}
    return [*listed(where), f"operation in {operations}"]


# -- block by block
# -----------------------------------------------------------------------------------------------


def _models(new: Config, found: list[Skipped]) -> None:
    for name, model in list(new["models"].items()):
        possible, lacking = _possible(model, new)
        if not lacking:
            continue
        if possible:
            model["where"] = _limited(model.get("where", {}), possible)
        else:
            del new["models"][name]
        found.append(Skipped("models", name, model["label"], lacking, whole=not possible))


def _hypotheses(new: Config, found: list[Skipped]) -> None:
    models = {entry.name: entry for entry in found}
    for name, hypothesis in list(new["hypotheses"].items()):
        primary = hypothesis["primary"]["model"]
        hypothesis["supporting"] = [
            model for model in hypothesis.get("supporting", []) if model in new["models"]
        ]
        if primary in models:
            found.append(
                Skipped(
                    "hypotheses",
                    name,
                    hypothesis["title"],
                    models[primary].lacking,
                    models[primary].whole,
                )
            )
        if primary not in new["models"]:
            del new["hypotheses"][name]


def _alternatives(config: Config, new: Config, found: list[Skipped]) -> None:
    for name, alternative in list(new["robustness"].items()):
        lacking, left = _testable(new, alternative, hypotheses_of(config, alternative), found)
        if len(left) == len(lacking):
            continue
        if left:
            alternative["hypotheses"] = left
        else:
            del new["robustness"][name]
        elsewhere = set(new["hypotheses"]) - set(left)
        lost = [hypothesis for hypothesis in lacking if hypothesis in elsewhere]
        if lost or not left:
            missing = _union(map(lacking.__getitem__, lost or lacking))
            without = ", ".join(lost) if left else ""
            title = alternative["label"]
            found.append(Skipped("robustness", name, title, missing, not left, without))


def _testable(
    new: Config, patch: Mapping[str, Any], hypotheses: Sequence[str], found: list[Skipped]
) -> tuple[dict[str, Lacking], list[str]]:
    """Return what is lacking for each hypothesis under a change, and those that lack nothing."""
    lacking = {each: _lacking_under(new, patch, each, found) for each in hypotheses}
    return lacking, [hypothesis for hypothesis, missing in lacking.items() if not missing]


def _choices(config: Config, new: Config, found: list[Skipped]) -> None:
    """Leave of each choice of the specification curve the hypotheses that are tested and the
    options under which they can be.
    """
    choices = new.get("specification_curve", {}).get(CHOICES, {})
    for name, choice in list(choices.items()):
        wanted = hypotheses_of(config, choice)
        lacking = _options(config, new, choice, wanted, found)
        tested = [hypothesis for hypothesis in wanted if hypothesis in new["hypotheses"]]
        if not lacking:
            continue
        if len(choice["options"]) < 2 or not tested:
            del choices[name]
            found.append(Skipped("choices", name, choice["label"], lacking))
        else:
            choice["hypotheses"] = tested


def _options(
    config: Config, new: Config, choice: dict[str, Any], wanted: Sequence[str], found: list[Skipped]
) -> Lacking:
    """Take the options out of a choice under which nothing can be tested; return what is lacking
    for any of its hypotheses.
    """
    missing: list[Lacking] = []
    for key, option in list(choice["options"].items()):
        patch = config["robustness"].get(option.get("alternative"), option)
        own = option.get("hypotheses", wanted)
        lacking, left = _testable(new, patch, own, found)
        if len(left) < len(own):
            missing += lacking.values()
        if "hypotheses" in option or left != [
            hypothesis for hypothesis in wanted if hypothesis in new["hypotheses"]
        ]:
            option["hypotheses"] = left
        gone = "alternative" in option and option["alternative"] not in new["robustness"]
        if not left or gone:
            del choice["options"][key]
    return _union(missing)


def _lacking_under(
    new: Config, alternative: Mapping[str, Any], hypothesis: str, found: list[Skipped]
) -> Lacking:
    """Return what is lacking for a hypothesis to be tested under an alternative."""
    if hypothesis not in new["hypotheses"]:
        return next(
            (
                entry.lacking
                for entry in found
                if (entry.part, entry.name) == ("hypotheses", hypothesis)
            ),
            (),
        )
    if not {"model", "operations"} & set(alternative):
        return ()  # it asks for no other column and no other operation
    model = new["hypotheses"][hypothesis]["primary"]["model"]
    changed = patched(new, alternative, model)
    return _possible(changed["models"][model], changed)[1]


def _union(parts: Iterable[Lacking]) -> Lacking:
    return tuple(dict.fromkeys(pair for part in parts for pair in part))


def _outputs(config: Config, new: Config, part: str, found: list[Skipped]) -> None:
    """Leave out tables or figures without a model, or with nothing to print, and models of them."""
    gone = _models_gone(found)
    for name, output in list(new[part].items()):
        lost, left = _lost_and_left(models_named(output), gone)
        lacking = _union(entry.lacking for entry in lost) or _nothing_to_print(
            config, new, KINDS[part][output["kind"]], output, found
        )
        if not lacking:
            continue
        if left:
            _keep(output, left, new)
        else:
            del new[part][name]
        without = "; ".join(entry.title for entry in lost if left)
        found.append(
            Skipped(part, name, output["title"], lacking, not left, without, output["kind"])
        )


def _lost_and_left(
    models: Iterable[str], gone: Mapping[str, Skipped]
) -> tuple[list[Skipped], list[str]]:
    """Return why some of the models are left out, and the others."""
    lost = [gone[model] for model in models if model in gone]
    return lost, [model for model in models if model not in gone]


def _models_gone(found: list[Skipped]) -> dict[str, Skipped]:
    """Return the models that are left out whole, by name."""
    return {entry.name: entry for entry in found if entry.part == "models" and entry.whole}


def _keep(output: dict[str, Any], models: list[str], new: Config) -> None:
    """Leave of a table or figure the models that are there, and the terms that they have."""
    output["models"] = models
    if "terms" in output:
        there = {term for model in models for term in new["models"][model]["terms"]}
        output["terms"] = [term for term in output["terms"] if term in there]


def _nothing_to_print(
    config: Config, new: Config, kind: Kind, output: Mapping[str, Any], found: list[Skipped]
) -> Lacking:
    """Return what is lacking where a table or figure that names no model has nothing to print."""
    of = [output["hypothesis"]] if "hypothesis" in output else list(config["hypotheses"])
    if kind.primary and of and not set(of) & set(new["hypotheses"]):
        return _lacking_of(of, found)
    if kind.measured and measured_sample(new) is None:
        operations = config["operations"].values()
        return tuple(("measured primary test of caveats", each["label"]) for each in operations)
    return () if kind.file is None else _without_file(kind.file, config, output)


def _lacking_of(hypotheses: Collection[str], found: Iterable[Skipped]) -> Lacking:
    """Return what is lacking for any of some hypotheses."""
    return _union(
        entry.lacking for entry in found if entry.part == "hypotheses" and entry.name in hypotheses
    )


def _without_file(needed: str, config: Config, output: Mapping[str, Any]) -> Lacking:
    """Return the operations of a table or figure where none of them has the file that it prints."""
    names = config["operations"]
    if "sample" in output:
        names = config["samples"][output["sample"]].get("operations", [])
    operations = [config["operations"][name] for name in names]
    if any(needed in operation["files"] for operation in operations):
        return ()
    return tuple((f"file of {WORDS[needed]}", operation["label"]) for operation in operations)


def _samples(config: Config, new: Config, found: list[Skipped]) -> None:
    """Leave out samples all of whose models were left out, where no table or figure names them."""
    gone = {
        config["models"][name]["sample"]: entry.lacking
        for name, entry in _models_gone(found).items()
    }
    used = {model["sample"] for model in new["models"].values()}
    used |= {
        output["sample"]
        for part in ("tables", "figures")
        for output in new[part].values()
        if "sample" in output
    }
    for name in [name for name in new["samples"] if name in gone and name not in used]:
        del new["samples"][name]
        found.append(Skipped("samples", name, name, gone[name]))
