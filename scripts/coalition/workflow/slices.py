"""What each stage depends on: the config, narrowed to what the stage reads.

A slice has the shape of the config, so whatever takes a config takes a slice. The rule holds it in
its params, the step works with it, and `./run check` does as well: what a slice lacks is lacking in
all three. It is made of whole blocks and whole entries, or derived by watching what a function
reads (`read_by`); no key of an entry is ever named here, since a key that is named by hand is a key
that can be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..base.keys import keys_of
from ..config import caveat_models
from ..config.settings import hypotheses_of, labels, on_file, plain, variants
from ..data import ingest as reading
from ..formula.column_uses import uses_of
from ..formula.columns import columns_of, numbers_of
from ..formula.inference_methods import asked_of
from .fingerprints import named, part

Config = Mapping[str, Any]
BUILDS = ("states", "operations", "covariates", "variables", "measures", "universes")
"""Blocks of which samples of states and operations are built."""


class Watched(Mapping[str, Any]):
    """A block of a config that notes what is read of it.

    What is looked into is narrowed to the keys that were looked up; what is only taken, or gone
    through, was read whole.
    """

    def __init__(self, block: Mapping[str, Any]) -> None:
        self._block = block
        self._read: dict[str, Any] = {}
        self._whole = False

    def __getitem__(self, key: str) -> Any:
        if key not in self._read:
            value = self._block[key]
            self._read[key] = Watched(value) if isinstance(value, Mapping) else value
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        self._whole = True
        return iter(self._block)

    def __len__(self) -> int:
        self._whole = True
        return len(self._block)

    def __contains__(self, key: object) -> bool:
        if key in self._block:
            self[str(key)]
        return key in self._block

    def __or__(self, other: Mapping[str, Any]) -> dict[str, Any]:
        return {**self, **other}

    def __ror__(self, other: Mapping[str, Any]) -> dict[str, Any]:
        return {**other, **self}

    def read(self) -> dict[str, Any]:
        """Return what was read, in the order of the block."""
        taken = self._whole or not self._read
        return {
            key: read.read() if isinstance(read := self._read.get(key, value), Watched) else read
            for key, value in self._block.items()
            if taken or key in self._read
        }


def read_by(config: Config, *readers: Callable[[Config], object]) -> dict[str, Any]:
    """Return the part of a config that some functions read."""
    watched = Watched(config)
    for reader in readers:
        reader(watched)
    return {key: named(block) for key, block in sorted(watched.read().items())}


def groups(config: Config) -> list[str]:
    """Return what is ingested in one job each: the facts, and every operation."""
    return list(dict.fromkeys(source.group for source in reading.sources(config)))


def ingest(config: Config, group: str) -> dict[str, Any]:
    """Return what the canonical tables of one operation, or of the facts, are read by."""
    facts = group == reading.COVARIATES
    own = {
        **config,
        "operations": {} if facts else {group: config["operations"][group]},
        "covariates": config["covariates"] if facts else {},
    }
    return read_by(own, reading.sources) | part(config, "states", "sources")


def sample(config: Config, name: str) -> dict[str, Any]:
    """Return what one sample is built from; of its models only what decides its columns."""
    spec = config["samples"][name]
    own = {
        **config,
        "samples": {name: spec},
        "models": {key: model for key, model in config["models"].items() if model["sample"] == name}
        | (variants(config, name) if "file" in spec else {}),
    }
    slice = read_by(own, _columns, labels) | {"samples": {name: named(config["samples"])[name]}}
    blocks = ("states", "sources") if "file" in spec else BUILDS
    return slice | part(config, *blocks)


def _columns(config: Config) -> None:
    """Read of the models what decides which columns their samples have."""
    for model in config["models"].values():
        columns_of(model), numbers_of(model), model["sample"], asked_of(model)
    for name, spec in config["samples"].items():
        if "file" in spec:
            uses_of(config, name)


def keys(config: Config, name: str) -> dict[str, Any]:
    """Return what names the rows of a sample, and which rows of its source it has."""
    own = {"samples": {name: config["samples"][name]}}

    def read(given: Config) -> object:
        return keys_of(given["samples"][name]), given["samples"][name].get("where")

    return read_by(own, read)["samples"][name]


def models(config: Config, group: str) -> dict[str, Any]:
    """Return the models of one group, whole."""
    return {
        name: model for name, model in named(config["models"]).items() if model["group"] == group
    }


def resampling(config: Config, groups: Iterable[str]) -> dict[str, Any]:
    """Return how much is drawn, and from which seed, where a model of some groups names methods of
    inference; nothing where none does.
    """
    named_ = [model for model in config["models"].values() if model["group"] in groups]
    if not any(asked_of(model).methods for model in named_):
        return {}
    drawn = {part: config["inference"][part] for part in ("replicates", "permutations")}
    return {**drawn, "seed": config["seed"]}


def primary(config: Config, hypothesis: str) -> Mapping[str, Any]:
    """Return the model of a hypothesis' primary test."""
    return config["models"][config["hypotheses"][hypothesis]["primary"]["model"]]


def tested(config: Config, *without: str) -> dict[str, Any]:
    """Return the hypotheses, in the order in which tables print them, without some keys that the
    stage does not read; a key that is not named here is one too many at worst.
    """
    return {
        name: {key: value for key, value in spec.items() if key not in ("supporting", *without)}
        for name, spec in named(config["hypotheses"]).items()
    }


def resolved(config: Config) -> dict[str, Any]:
    """Return what the primary tests are, with every name resolved: models, the samples of these,
    and what samples are built from, the construct of a caveat among it.
    """
    names = sorted({spec["primary"]["model"] for spec in config["hypotheses"].values()})
    models = {name: named(config["models"])[name] for name in names}
    samples = sorted({model["sample"] for model in models.values()})
    return part(config, *BUILDS) | {
        "hypotheses": tested(config, "claim", "title"),
        "models": models,
        "samples": {name: named(config["samples"])[name] for name in samples},
    }


def hypothesis(config: Config, name: str) -> dict[str, Any]:
    """Return what one hypothesis' robustness is computed from: its primary test again under every
    alternative, without each state, with gaps imputed and coders drawn, and its power. Of the other
    hypotheses it counts how many there are.
    """
    model = config["hypotheses"][name]["primary"]["model"]
    sample = config["models"][model]["sample"]
    others: dict[str, Any] = {other: {} for other in config["hypotheses"]}
    own = on_file(config, name)
    blocks = part(config, "robustness", "blocs", "uncertainty", "power", "seed")
    blocks |= part(config, "states", "sources") if own else part(config, *BUILDS)
    if own:  # nothing of the project's own samples, and no bloc of states
        blocks |= {block: {} for block in (*BUILDS[1:], "blocs")}
    return blocks | {
        "robustness": {
            key: {**spec, "hypotheses": [name] if name in hypotheses_of(config, spec) else []}
            for key, spec in blocks["robustness"].items()
        },
        "samples": {sample: named(config["samples"])[sample]},
        "models": {model: named(config["models"])[model]}
        | (variants(config, sample) if own else {}),
        "hypotheses": others | {name: tested(config, "claim")[name]},
        "verdict": {key: config["verdict"][key] for key in ("leave_one_out", "alpha")},
    }


def curve(config: Config, name: str) -> dict[str, Any]:
    """Return what one hypothesis' specification curve is computed from; in how many shards it is
    makes no difference to it.
    """
    slice = hypothesis(config, name)
    without = {key: block for key, block in slice.items() if key not in ("uncertainty", "power")}
    # the order of choices and options has a meaning: the first option is the primary test's
    curve = plain(config["specification_curve"])
    curve.pop("shards", None)
    for key, choice in config["specification_curve"]["choices"].items():
        of = [name] if name in hypotheses_of(config, choice) else []
        curve["choices"][key]["hypotheses"] = of
    return without | {
        "hypotheses": {name: slice["hypotheses"][name]},
        "specification_curve": curve,
        "verdict": {"alpha": config["verdict"]["alpha"]},
    }


def measurement(config: Config) -> dict[str, Any]:
    """Return what the statements of caveats are measured by: the sample's rule of selection, and
    the terms of the models that use what is drawn.
    """
    sample = str(caveat_models.measured_sample(config))
    tested = {
        name: {"primary": {"model": spec["primary"]["model"]}}
        for name, spec in config["hypotheses"].items()
        if caveat_models.is_coded(config, spec["primary"]["model"])
    }
    whole = named(config["models"])
    wanted = [*caveat_models.names(config), *(spec["primary"]["model"] for spec in tested.values())]
    return part(config, "seed", "measurement") | {
        "operations": {
            name: {"files": config["operations"][name]["files"]}
            for name in config["samples"][sample]["operations"]
        },
        "samples": {sample: named(config["samples"])[sample]},
        "models": {name: whole[name] for name in dict.fromkeys(wanted)},
        "hypotheses": tested,
    }


def caveat_estimates(config: Config) -> dict[str, Any]:
    """Return what the models of caveats are combined by, over what is drawn of the coding."""
    measured = measurement(config)
    tested_here = {
        name: {"primary": spec["primary"], "supporting": spec.get("supporting", [])}
        for name, spec in named(config["hypotheses"]).items()
        if name in measured["hypotheses"]
    }
    return part(config, *BUILDS, "seed", "measurement", "uncertainty") | {
        "samples": measured["samples"],
        "models": measured["models"],
        "hypotheses": tested_here,
    }


def inference(config: Config) -> dict[str, Any]:
    """Return what the primary tests under every method of inference are computed from."""
    names = sorted({spec["primary"]["model"] for spec in config["hypotheses"].values()})
    samples = sorted({config["models"][name]["sample"] for name in names})
    return part(config, "seed", "inference") | {
        "hypotheses": tested(config, "claim"),
        "models": {name: named(config["models"])[name] for name in names},
        "samples": {name: keys(config, name) for name in samples},
    }


def seconds(config: Config) -> dict[str, str | None]:
    """Return of each hypothesis the term at whose values its model's contrasts are taken."""
    return {
        name: primary(config, name).get("corners", {}).get("second")
        for name in config["hypotheses"]
    }


def counting(config: Config, output: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the sample that a figure of troops names makes one count a year of the dated
    ones.
    """
    if output["kind"] != "troops":
        return {}
    sample = config["samples"][output["sample"]]
    return {"evidence": sample["evidence"], "flags": sample["flags"], "statistic": sample["troops"]}


def across_operations(config: Config, name: str) -> dict[str, Any]:
    """Return what the comparison of operations is computed from."""
    sample = {name: plain(config["samples"][name])}
    return part(config, *BUILDS, "sources") | {"samples": sample, "models": {}}


def stated_reasons(config: Config) -> dict[str, Any]:
    """Return what the comparison of words, measures and caveats is computed from."""
    return part(config, "seed", "stated_reasons")


def companions(config: Config) -> dict[str, Any]:
    """Return what the companions of the primary tests are computed from."""
    names = sorted({spec["primary"]["model"] for spec in config["hypotheses"].values()})
    return part(config, "seed", "companions", "variables", "measures", "samples") | {
        "hypotheses": tested(config, "claim", "title"),
        "models": {name: named(config["models"])[name] for name in names},
    }


def diagnosis(config: Config) -> dict[str, Any]:
    """Return what the verdict rules are put on trial with."""
    rule, about = config["verdict_2"], config["diagnosis"]
    names = {primary_model(config, name) for name in config["hypotheses"]}
    names |= {of["model"] for parts in rule["parts"].values() for of in parts.values()}
    names |= {*rule["selection"]["models"].values()}
    names |= {about[key] for key in ("joining", "caveats", "types") if key in about}
    models = {name: model for name, model in named(config["models"]).items() if name in names}
    samples = sorted({model["sample"] for model in models.values()})
    blocks = part(config, *BUILDS, "robustness", "blocs", "seed", "verdict", "verdict_2")
    return blocks | {
        "samples": {name: named(config["samples"])[name] for name in samples},
        "models": models,
        "hypotheses": tested(config),
        # the order of choices, options and worlds has a meaning
        "specification_curve": plain(config["specification_curve"]),
        "diagnosis": plain(about),
    }


def primary_model(config: Config, hypothesis: str) -> str:
    """Return the name of the model of a hypothesis' primary test."""
    return str(config["hypotheses"][hypothesis]["primary"]["model"])
