"""The plan of a run: what every step reads, makes and depends on, made from the config alone.

The rules are printed from it, so that what a step depends on is decided by functions that are
tested without Snakemake. Its paths are relative to the project's folder.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..base.cache import Cache
from ..base.files import digest, sha256
from ..config import availability, caveat_models, checks, origins, output_kinds, settings
from ..data import ingest
from ..data.file_formats import located
from ..workflow import provenance, slices
from ..workflow.fingerprints import PROJECT, content, modules, named, part
from ..workflow.foreign_results import made_from
from ..workflow.manifest import versions

Config = Mapping[str, Any]
Step = dict[str, Any]
"""input, sources (files of the user and of the project: their content counts, not their time),
output, params.
"""
SCHEMAS = PROJECT / "schemas" / "tables"
COMPANIONS = ("fuzzy_sets", "terciles", "priors")
"""Kinds of table and figure that print the companions of the primary tests."""
STORED = "configs/diagnosis.json"
"""Where the main run's `./run diagnose` stores what it found, if the config does not say."""
SINGLE = ("report", "diagnosis")
"""Keys of the plan's steps that do not hold steps by name."""
TRACED = ("models", "hypotheses", "robustness", "tables", "figures")
"""Blocks of which the report says where each entry stands."""
REASONS = ("stated_reasons", "stated_reasons_tests")
"""Kinds of table and figure that print what governments said."""
TABLE_ENDINGS = ("csv", "tex", "html", "md", "docx")
FIGURE_ENDINGS = ("svg", "pdf", "png", "json")


def plan(changes: Config, files: Sequence[str] = ()) -> dict[str, Any]:
    """Return the plan of config.yaml with other settings laid over it, as plain values.

    Parameters
    ----------
    changes : mapping
        The other settings.
    files : sequence of str
        The files that they are of, for what the report says of where a setting stands.

    Raises
    ------
    Problems
        When the config is not in order.
    """
    config = settings.main(changes)
    checks.check(config)
    config, skipped = availability.leave_out(config)
    planner = Planner(config)
    made = settings.plain(
        {
            "config": config,
            "results": f"results/{config['run']}",
            "skipped": availability.sentences(skipped, availability.FEW),
            "steps": planner.steps()
            | {
                "report": planner.report(
                    availability.plain(skipped),
                    origins.origins(config, changes, files, TRACED),
                ),
                "diagnosis": planner.diagnosis(),
            },
            "manifest": planner.manifest(),
        }
    )
    by_rule = [rule for name, rule in made["steps"].items() if name not in SINGLE]
    every = [made["steps"]["report"], *(step for rule in by_rule for step in rule.values())]
    made["manifest"]["made_from"] = made_from(every)
    return made


def plan_and_files(changes: Config, files: Sequence[str] = ()) -> tuple[dict[str, Any], list[str]]:
    """Return the plan, and the files of the user that it was made from."""
    settings.FILES_READ.clear()
    made = plan(changes, files)
    made["manifest"]["config_files"] = sorted(set(settings.FILES_READ))
    data = (str(located(path)) for path in made["manifest"]["files"])
    return made, [*settings.FILES_READ, *data]


class Planner:
    """Names the files of a run, and puts its steps together."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.run = f"results/{config['run']}"
        self.sources = ingest.sources(config)
        self.groups = sorted({model["group"] for model in config["models"].values()})
        self.curves = settings.curve_hypotheses(config)
        self.versions = versions()
        self.libraries = Cache()  # digests of what scripts import, by script: many steps share one
        self.packages = digest({"python": platform.python_version(), **self.versions})
        self.schemas = sorted({_schema(source.schema.table) for source in self.sources})
        self.across = self._across()
        self.measured = caveat_models.measured_sample(config)
        self.common = {
            "labels": dict(sorted(settings.labels(config).items())),
            "operations": {name: spec["label"] for name, spec in config["operations"].items()},
        }

    def steps(self) -> dict[str, dict[str, Step]]:
        """Return every step but report and manifest: rule -> name (none where there is but one) ->
        step.
        """
        config = self.config
        return {
            "ingest": {group: self.ingest(group) for group in slices.groups(config)},
            "agreement": {"": self.agreement()},
            "sample": {name: self.sample(name) for name in config["samples"]},
            "estimate": {name: self.estimate(groups) for name, groups in self.batches().items()},
            "measurement": _where(self.measured, self.measurement),
            "robustness": {name: self.robustness(of) for name, of in self.together().items()},
            "caveat_models": _where(self.prints("caveat_models"), self.caveat_models),
            "curve": {name: self.curve(name) for name in self.curves},
            "curve_shard": self.every_shard(),
            "inference": {"": self.inference()},
            "verdicts": {"": self.verdicts()},
            "across_operations": _where(self.across, self.across_operations),
            "stated_reasons": _where(self.prints(*REASONS), self.stated_reasons),
            "companions": _where(self.prints(*COMPANIONS), self.companions),
            "tables": {stage: self.tables(names) for stage, names in self.stages().items()},
            "figure": {name: self.figure(name) for name in config["figures"]},
        }

    # -- names of files

    def canonical(self, source: ingest.Source) -> str:
        """Return the path of a canonical table."""
        return ingest.canonical_path(self.run, source).as_posix()

    def tables_of(self, groups: Iterable[str]) -> list[str]:
        """Return the canonical tables of some operations, and all facts."""
        wanted = {ingest.COVARIATES, *groups}
        return [self.canonical(source) for source in self.sources if source.group in wanted]

    def estimates(self, *names: str) -> list[str]:
        """Return files of estimates."""
        return [f"{self.run}/estimates/{name}.json" for name in names]

    def of_each(self, part: str, hypotheses: Iterable[str] | None = None) -> list[str]:
        """Return one kind of file of every hypothesis."""
        names = self.config["hypotheses"] if hypotheses is None else hypotheses
        return self.estimates(*(f"{part}_{name}" for name in names))

    def samples(self, names: Iterable[str]) -> list[str]:
        """Return the files of samples."""
        return [f"{self.run}/data/{name}.csv" for name in names]

    def diagnostics(self, names: Iterable[str]) -> list[str]:
        """Return the files of diagnostics."""
        return [f"{self.run}/diagnostics/{name}.json" for name in names]

    def printed(self, block: str, endings: Sequence[str]) -> list[str]:
        """Return the files of all tables, or of all figures."""
        return [
            f"{self.run}/{block}/{name}.{ending}"
            for name in self.config[block]
            for ending in endings
        ]

    # -- steps

    def step(
        self,
        script: str,
        output: Mapping[str, str | list[str]],
        params: Config,
        sources: Mapping[str, list[str]] | None = None,
        others: Iterable[str] = (),
        **given: Any,
    ) -> Step:
        """Return a step; its params hold the content of its script, of the library that it imports,
        of its sources, and of `others`.
        """
        sources = sources or {}
        others = tuple(others)
        library = self.libraries.once((script, others), lambda: self.library(script, others))
        read = content([str(located(name)) for names in sources.values() for name in names])
        return {
            "input": given,
            "sources": {
                key: [str(located(name)) for name in names] for key, names in sources.items()
            },
            "output": output,
            "params": {**params, "content": read, "library": library},
        }

    def library(self, script: str, others: Iterable[str]) -> str:
        """Return a digest of a script, all that it imports, other files, and the packages."""
        path = PROJECT / "scripts" / f"{script}.py"
        return digest(content([str(path), *modules(path), *others]) | {"packages": self.packages})

    def ingest(self, group: str) -> Step:
        """Return the step that reads the files of an operation, or of the facts."""
        own = [source for source in self.sources if source.group == group]
        schemas = {_schema(name) for name in ("states", "sources")}
        schemas |= {_schema(source.schema.table) for source in own}
        names = [self.config["states"], *ingest.source_files(self.config)]
        return self.step(
            "ingest",
            {"tables": [self.canonical(source) for source in own]},
            {"group": group, "config": slices.ingest(self.config, group)},
            {"names": names, "files": [source.path for source in own]},
            schemas,
        )

    def agreement(self) -> Step:
        """Return the step that compares the coders of caveats."""
        own = [source for source in self.sources if source.table == "caveats"]
        return self.step(
            "agreement",
            {"json": self.diagnostics(["coder_agreement"])[0]},
            {
                "operations": [source.group for source in own],
                "replicates": self.config["agreement"]["replicates"],
                "seed": self.config["seed"],
            },
            others=self.schemas,
            caveats=[self.canonical(source) for source in own],
        )

    def sample(self, name: str) -> Step:
        """Return the step that builds a sample."""
        spec = self.config["samples"][name]
        own = "file" in spec
        return self.step(
            "sample",
            {"table": self.samples([name])[0], "diagnostics": self.diagnostics([name])[0]},
            {"name": name, "config": slices.sample(self.config, name)},
            {
                "file": [spec["file"]] if own else [],
                "dictionaries": [] if own else list(settings.dictionaries(self.config).values()),
            },
            self.schemas,
            tables=[] if own else self.tables_of(spec["operations"]),
        )

    def batches(self) -> dict[str, list[str]]:
        """Return the groups of models by the step that fits them: those with primary models, on
        which everything waits, and two of all others.
        """
        tested = {slices.primary(self.config, name)["group"] for name in self.config["hypotheses"]}
        others = [group for group in self.groups if group not in tested]
        found = {"tested": sorted(tested), "others": others[::2], "further": others[1::2]}
        return {name: groups for name, groups in found.items() if groups}

    def estimate(self, groups: Sequence[str]) -> Step:
        """Return the step that fits some groups of models."""
        models = {group: slices.models(self.config, group) for group in groups}
        samples = sorted({spec["sample"] for own in models.values() for spec in own.values()})
        return self.step(
            "estimate",
            {"groups": self.estimates(*groups)},
            {
                "models": models,
                "samples": {name: slices.keys(self.config, name) for name in samples},
                "labels": self.common["labels"],
                "draws": slices.resampling(self.config, groups),
                "primary": self.primary_models(groups),
            },
            samples=self.samples(samples),
            diagnostics=self.diagnostics(samples),
        )

    def primary_models(self, groups: Sequence[str]) -> list[str]:
        """Return the models of some groups that a hypothesis is tested in."""
        found = (spec["primary"]["model"] for spec in self.config["hypotheses"].values())
        return sorted({name for name in found if self.config["models"][name]["group"] in groups})

    def file_of(self, hypothesis: str) -> dict[str, list[str]]:
        """Return the file that a hypothesis is tested on; none where the project builds its
        sample.
        """
        sample = self.config["samples"][slices.primary(self.config, hypothesis)["sample"]]
        return {"file": [sample["file"]] if "file" in sample else []}

    def tables_for(self, hypothesis: str) -> list[str]:
        """Return the canonical tables that a hypothesis' sample is built from anew."""
        own = settings.on_file(self.config, hypothesis)
        return [] if own else self.tables_of(self.config["operations"])

    def together(self) -> dict[str, list[str]]:
        """Return the hypotheses by the step that looks at their primary tests from every side: one
        for all whose samples the project builds, since they share what their alternatives are built
        from, and one for each that is tested on a file.
        """
        names = list(self.config["hypotheses"])
        built = [name for name in names if not settings.on_file(self.config, name)]
        alone = {name: [name] for name in names if name not in built}
        return ({"": built} if built else {}) | alone

    def robustness(self, names: Sequence[str]) -> Step:
        """Return the step that looks at some primary tests from every side."""
        read = {name: self.read_for_robustness(name) for name in names}
        parts = ("robustness", "uncertainty", "power")
        every = {
            part: sorted({path for of in read.values() for path in of[part]})
            for part in ("diagnostics", "estimates", "sample", "values")
        }
        return self.step(
            "robustness",
            {part: self.of_each(part, names) for part in parts},
            {
                "hypotheses": {
                    name: {
                        "config": slices.hypothesis(self.config, name),
                        "read": {part: next(iter(paths), None) for part, paths in of.items()},
                    }
                    for name, of in read.items()
                }
            },
            self.file_of(names[0]),
            others=self.schemas,
            tables=self.tables_for(names[0]),
            **every,
        )

    def read_for_robustness(self, name: str) -> dict[str, list[str]]:
        """Return the files that are read of a hypothesis alone."""
        model = slices.primary(self.config, name)
        return {
            "diagnostics": self.diagnostics([model["sample"]]),
            "estimates": self.estimates(model["group"]),
            "sample": self.samples([model["sample"]]),
            "values": self.values(self.config["hypotheses"][name]["primary"]["model"]),
        }

    def values(self, model: str) -> list[str]:
        """Return the file of plausible values, where the outcome of a model has some."""
        coded = self.measured and caveat_models.is_coded(self.config, model)
        own = coded and self.config["models"][model]["sample"] == self.measured
        return [f"{self.run}/estimates/plausible_values.csv"] if own else []

    def measurement(self) -> Step:
        """Return the step that measures what several coders saw."""
        sample = str(self.measured)
        operations = caveat_models.operations(self.config, sample)
        tables = {source.group: source for source in self.sources if source.table == "caveats"}
        return self.step(
            "measurement",
            {
                "json": self.estimates("measurement")[0],
                "values": f"{self.run}/estimates/plausible_values.csv",
                "tightness": f"{self.run}/estimates/latent_tightness.csv",
            },
            {"config": slices.measurement(self.config), "operations": operations},
            others=self.schemas,
            caveats=[self.canonical(tables[name]) for name in operations],
            sample=self.samples([sample]),
        )

    def caveat_models(self) -> Step:
        """Return the step that combines the models of caveats over what is drawn of the coding."""
        return self.step(
            "caveat_models",
            {"json": self.estimates("caveat_models")[0]},
            {"config": slices.caveat_estimates(self.config)},
            others=self.schemas,
            tables=self.tables_of(self.config["operations"]),
            measured=self.estimates("measurement"),
            values=f"{self.run}/estimates/plausible_values.csv",
        )

    def curve(self, name: str) -> Step:
        """Return the step that draws a specification curve."""
        path = f"{self.run}/estimates/curve_{name}"
        return self.step(
            "curve",
            {"json": f"{path}.json", "csv": f"{path}.csv"},
            {"hypothesis": name, "config": slices.curve(self.config, name)},
            self.file_of(name),
            others=self.schemas,
            tables=self.tables_for(name),
            shards=[step["output"]["json"] for step in self.shards(name).values()],
        )

    def every_shard(self) -> dict[str, Step]:
        """Return the steps that permute any curve."""
        return {key: step for name in self.curves for key, step in self.shards(name).items()}

    def shards(self, name: str) -> dict[str, Step]:
        """Return the steps that permute a curve, each a share of the permutations; none where the
        curve's own step does it all.
        """
        shards = self.config["specification_curve"].get("shards", 1)
        return {
            f"{name}_{number + 1}_of_{shards}": self.step(
                "curve_shard",
                {"json": f"{self.run}/shards/curve_{name}_{number + 1}_of_{shards}.json"},
                {
                    "hypothesis": name,
                    "config": slices.curve(self.config, name),
                    "number": number,
                    "of": shards,
                },
                self.file_of(name),
                others=self.schemas,
                tables=self.tables_for(name),
            )
            for number in range(shards if shards > 1 else 0)
        }

    def inference(self) -> Step:
        """Return the step that makes the primary tests by every method of inference."""
        models = [slices.primary(self.config, name) for name in self.config["hypotheses"]]
        samples = sorted({model["sample"] for model in models})
        return self.step(
            "inference",
            {"json": self.estimates("inference")[0]},
            {"config": slices.inference(self.config), "samples": samples},
            estimates=self.estimates(*sorted({model["group"] for model in models})),
            samples=self.samples(samples),
            diagnostics=self.diagnostics(samples),
        )

    def verdicts(self) -> Step:
        """Return the step that applies both versions of the rule."""
        second = self.config.get("verdict_2") or {}
        files = settings.verdict_files(self.config)
        bounds = self.prints(*COMPANIONS) and bool(second)
        return self.step(
            "verdicts",
            {"json": self.estimates("verdicts")[0], "csv": f"{self.run}/verdicts.csv"},
            {
                "hypotheses": slices.tested(self.config),
                "seconds": slices.seconds(self.config),
                "rule": part(self.config, "verdict")["verdict"],
                "second": named(second),
                "design": slices.resolved(self.config) if second else {},
                "operations": self.common["operations"],
                "lee_measure": self.config["companions"]["terciles"]["measure"] if bounds else None,
                "curves": self.curves,
            },
            {
                key: [files[name]] if name in files else []
                for key, name in (
                    ("levels", "levels.file"),
                    ("record", "record"),
                    ("diagnosis", "diagnosis"),
                )
            },
            inference=self.estimates("inference") if second else [],
            models=self.estimates(*self.read_by_second(second)),
            companions=self.estimates("companions") if bounds else [],
            robustness=self.of_each("robustness"),
            curves=self.of_each("curve", self.curves),
            powers=self.of_each("power"),
        )

    def read_by_second(self, second: Config) -> list[str]:
        """Return the groups of the models that the second version of the rule reads: the primary
        ones, those of parts of claims, and those with selection.
        """
        if not second:
            return []
        models = [of["primary"]["model"] for of in self.config["hypotheses"].values()]
        models += [of["model"] for parts in second["parts"].values() for of in parts.values()]
        models += second["selection"]["models"].values()
        known = self.config["models"]
        return sorted({known[name]["group"] for name in models if name in known})

    # -- the rules on trial, by ./run diagnose alone

    def diagnosis(self) -> dict[str, Any]:
        """Return the steps of `./run diagnose`: design, shards, merged; and what the config lacks
        for them.
        """
        lacking = self._lacking()
        if lacking:
            return {"lacking": lacking}
        config, folder = self.config, f"{self.run}/diagnosis"
        about, rule = config["diagnosis"], config["verdict_2"]
        sample = config["models"][about["joining"]]["sample"]
        slice = slices.diagnosis(config)
        design = self.step(
            "diagnosis_design",
            {"design": [f"{folder}/design.pickle"]},
            {"config": slice},
            {"levels": [rule["levels"]["file"]]},
            self.schemas,
            tables=self.tables_of(config["operations"]),
            sample=self.samples([sample]),
        )
        parts = range(-(-about["draws"] // about["shard"]))
        shards = [
            self.step(
                "diagnosis_shard",
                {"json": f"{folder}/{world}_{shard}.json"},
                {"world": world, "shard": shard},
                design=design["output"]["design"],
            )
            for shard in parts
            for world in about["worlds"]
        ]
        stored = {"json": rule.get("diagnosis", STORED), "page": "docs/diagnosis.md"}
        merged = self.step(
            "diagnosis",
            {"json": f"{folder}/diagnosis.json", "page": f"{folder}/diagnosis.md"},
            {"config": slice, "store": stored if config["run"] == "main" else {}},
            shards=[of["output"]["json"] for of in shards],
        )
        return {"lacking": [], "design": design, "shards": shards, "merged": merged}

    def _lacking(self) -> list[str]:
        config = self.config
        blocks = [name for name in ("diagnosis", "verdict_2") if not config.get(name)]
        if blocks:
            return blocks
        about = config["diagnosis"]
        models = [about.get(key) for key in ("joining", "caveats", "types")]
        tested = [*about["hypotheses"].values(), *about["curves"]]
        found = [f"models.{name}" for name in {*models} - {None, *config["models"]}]
        found += [f"hypotheses.{name}" for name in {*tested} - {*config["hypotheses"]}]
        found += [f"a curve of {name}" for name in {*about["curves"]} - {*self.curves}]
        return sorted(found)

    # -- what is computed only where a table or figure prints it

    def prints(self, *kinds: str) -> bool:
        """Tell whether any table or figure is of one of these kinds."""
        outputs = [*self.config["tables"].values(), *self.config["figures"].values()]
        return any(spec["kind"] in kinds for spec in outputs)

    def _across(self) -> Config:
        """Return the config whose operations are compared: another file laid over this one, or this
        one; none where nothing prints it.
        """
        if not self.prints("across_operations"):
            return {}
        other, whole = self.config["across_operations"].get("config"), settings.plain(self.config)
        return settings.combine(whole, settings.read(located(other))) if other else whole

    def other_files(self) -> list[str]:
        """Return the files of the operations that are compared and that the run itself does not
        read.
        """
        groups = (*self.config["operations"], ingest.COVARIATES)
        found = ingest.sources(self.across) if self.across else []
        return [source.path for source in found if source.group not in groups]

    def inputs(self) -> list[str]:
        """Return every file of the user that the run reads."""
        return [*settings.files(self.config).values(), *self.other_files()]

    def across_operations(self) -> Step:
        """Return the step that compares the operations."""
        about = self.config["across_operations"]
        return self.step(
            "across_operations",
            {"json": self.estimates("across_operations")[0]},
            {
                "config": slices.across_operations(self.across, about["sample"]),
                "settings": settings.plain(about),
                "made": [ingest.COVARIATES, *self.config["operations"]],
                "agreement": {
                    "replicates": self.config["agreement"]["replicates"],
                    "seed": self.config["seed"],
                },
            },
            {"files": self.other_files()},
            self.schemas,
            tables=self.tables_of(self.config["operations"]),
        )

    def companions(self) -> Step:
        """Return the step of the companions of the primary tests."""
        return self.step(
            "companions",
            {"json": self.estimates("companions")[0]},
            {"config": slices.companions(self.config)},
            sample=self.samples([self.config["companions"]["sample"]]),
        )

    def stated_reasons(self) -> Step:
        """Return the step of what governments said."""
        return self.step(
            "stated_reasons",
            {"json": self.estimates("stated_reasons")[0]},
            {"config": slices.stated_reasons(self.config)},
            None,
            self.schemas,
            sample=self.samples([self.config["stated_reasons"]["sample"]]),
            reasons=[
                self.canonical(source) for source in self.sources if source.table == "reasons"
            ],
        )

    # -- what is printed

    def read_for(self, block: str, name: str) -> dict[str, list[str]]:
        """Return the files that a table or a figure is made from, as its kind declares."""
        spec = self.config[block][name]
        found = output_kinds.made_from(
            output_kinds.KINDS[block][spec["kind"]], spec, dict(self.config)
        )
        return {part: [f"{self.run}/{path}" for path in paths] for part, paths in found.items()}

    def read_by(self, block: str, name: str) -> list[str]:
        """Return the same files as one list, named below the run's folder."""
        found = self.read_for(block, name)
        return [path.removeprefix(f"{self.run}/") for paths in found.values() for path in paths]

    def stages(self) -> dict[str, list[str]]:
        """Return the tables by the step that prints them: as soon as what they read is there."""
        found: dict[str, list[str]] = {"samples": [], "models": [], "tests": []}
        groups = set(self.estimates(*self.groups))
        for name in self.config["tables"]:
            read = self.read_for("tables", name)
            late = bool(read["verdicts"] or set(read["estimates"]) - groups)
            found["tests" if late else "models" if read["estimates"] else "samples"].append(name)
        return {stage: names for stage, names in found.items() if names}

    def tables(self, names: Sequence[str]) -> Step:
        """Return the step that prints some tables."""
        specs = {name: named(self.config["tables"])[name] for name in names}
        read = {name: self.read_for("tables", name) for name in names}
        return self.step(
            "tables",
            {
                name: [f"{self.run}/tables/{name}.{ending}" for ending in TABLE_ENDINGS]
                for name in names
            },
            {"specs": specs, "read": read, **self.common},
            files=sorted({path for of in read.values() for paths in of.values() for path in paths}),
        )

    def figure(self, name: str) -> Step:
        """Return the step that draws a figure."""
        spec = named(self.config["figures"])[name]
        return self.step(
            "figure",
            {ending: f"{self.run}/figures/{name}.{ending}" for ending in FIGURE_ENDINGS},
            {"name": name, "spec": spec, "counting": slices.counting(self.config, spec)}
            | self.common,
            None,
            (),
            **self.read_for("figures", name),
        )

    def report(self, skipped: list[dict[str, Any]], origin: Mapping[str, str]) -> Step:
        """Return the step that puts everything on one page: it prints the hash of the whole config,
        so the whole config is its param.

        Parameters
        ----------
        origin : mapping
            Key path of an entry -> where it stands in the files.
        """
        config, dictionaries = self.config, settings.dictionaries(self.config)
        page = [
            path.relative_to(PROJECT).as_posix()
            for path in sorted((PROJECT / "scripts/coalition/outputs/report").iterdir())
            if path.suffix in (".j2", ".css", ".js")
        ]
        inputs = sorted(set(self.inputs()))
        return self.step(
            "report",
            {"page": f"{self.run}/report.html"},
            {
                "config": part(config, *sorted(config)),
                "config_sha256": digest(config),
                "dictionaries": list(dictionaries),
                "origins": dict(origin),
                "made_from": {
                    f"{block}.{name}": self.read_by(block, name)
                    for block in ("tables", "figures")
                    for name in config[block]
                },
                "labels": self.common["labels"],
                "inputs": {path: sha256(located(path)) for path in inputs},
                "packages": self.versions,
                "version": provenance.version(),
                "program": provenance.program_sha256(),
                "skipped": skipped,
                "python": platform.python_version(),
            },
            {
                "sources": list(ingest.source_files(config)),
                "dictionaries": list(dictionaries.values()),
                "template": page,
            },
            estimates=self.estimates(*self.groups),
            robustness=self.of_each("robustness"),
            inference=self.estimates("inference"),
            curves=self.estimates(*(f"curve_{name}" for name in self.curves)),
            verdicts=self.estimates("verdicts"),
            samples=self.samples(config["samples"]),
            diagnostics=self.diagnostics(config["samples"]),
            agreement=self.diagnostics(["coder_agreement"]),
            measurement=self.estimates("measurement") if self.measured else [],
            canonical=[self.canonical(source) for source in self.sources],
            tables=self.printed("tables", ["html"]),
            figures=self.printed("figures", ["json"]),
            drawings=self.printed("figures", ["svg"]),
        )

    def manifest(self) -> dict[str, Any]:
        """Return the params of the step that ends a run."""
        config = self.config
        own = self.step("manifest", {}, {})["params"]["library"]
        files = sorted(self.inputs())
        return {
            "config": part(config, *sorted(config)),
            "files": files,
            "library": own,
            "program": provenance.program_sha256(),
        }


def _where(wanted: object, make: Callable[[], Step]) -> dict[str, Step]:
    """Return a step that a rule has once, or none where nothing asks for it."""
    return {"": make()} if wanted else {}


def _schema(table: str) -> str:
    return str(SCHEMAS / f"{table}.yaml")
