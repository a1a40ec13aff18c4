# Names, folders and slices of the config that the rules share.
# A rule's params hold the slice of the config that it reads, and the sha256 of every source file that it uses:
# content decides what is made again, not the time of a file.
import os
import platform
import sys
from pathlib import Path

sys.path.insert(0, str(Path(workflow.basedir) / "scripts"))

from coalition.base.errors import Problems, unforeseen
from coalition.base.files import digest, plain, sha256
from coalition.commands import check
from coalition.config import availability, checks, output_kinds, settings as configuration
from coalition.data import ingest
from coalition.data.file_formats import located
from coalition.workflow import manifest, slices, steps
from coalition.workflow.fingerprints import content, modules, named, part
from coalition.workflow.job import RUN_VARIABLE
from coalition.workflow.manifest import versions
from coalition.workflow.summary import RESULTS_VARIABLE, SKIPPED_VARIABLE, ending


def stop_on_problems(look):
    """Run a check; show what it found on one screen and end, before anything is touched."""
    try:
        look()
    except Problems as problems:
        print(f"\n{problems}\n", file=sys.stderr)
        sys.exit(1)
    except Exception as error:  # the last net: no traceback is a message for a user
        print(f"\n{unforeseen(error)}\n", file=sys.stderr)
        sys.exit(2)


steps.instead_of_interpreters()
SKIPPED = []


def user_config():
    """config.yaml with the user's own files and values laid over it, without what its operations' files can not give."""
    config_ = configuration.main(workflow.config_settings.overwrite_config)
    checks.check(config_)
    config.clear()
    kept, SKIPPED[:] = availability.leave_out(config_)
    config.update(kept)


stop_on_problems(user_config)

RESULTS = f"results/{config['run']}"
stop_on_problems(lambda: manifest.untouched(RESULTS))
os.environ |= {RESULTS_VARIABLE: RESULTS, RUN_VARIABLE: str(os.getpid())}
os.environ |= {SKIPPED_VARIABLE: "\n".join(availability.sentences(SKIPPED, availability.FEW))}
SCRIPTS = Path(workflow.basedir) / "scripts"
VERSIONS = versions()
PACKAGES = digest({"python": platform.python_version(), **VERSIONS})
SOURCES = {(source.group, source.table): source for source in ingest.sources(config)}
SAMPLES, MODELS, TABLES, FIGURES = (
    named(config[block]) for block in ("samples", "models", "tables", "figures")
)
LABELS = dict(sorted(configuration.labels(config).items()))
GROUPS = sorted({model["group"] for model in MODELS.values()})
FOLDER = Path(workflow.basedir) / "schemas" / "tables"
SCHEMA = {key: str(FOLDER / f"{source.schema.table}.yaml") for key, source in SOURCES.items()}
SCHEMAS = sorted(set(SCHEMA.values()))
NAMES = [str(FOLDER / f"{table}.yaml") for table in ("states", "sources")]
PAGE = [
    os.path.relpath(path)
    for path in sorted((SCRIPTS / "coalition" / "outputs" / "report").iterdir())
    if path.suffix in (".j2", ".css", ".js")
]
SAMPLE_PARTS = slices.BUILDS


wildcard_constraints:
    group="|".join(sorted({group for group, _ in SOURCES})),
    table="|".join(sorted({table for _, table in SOURCES})),
    sample="|".join(config["samples"]),
    models="|".join(GROUPS),
    hypothesis="|".join(config["hypotheses"]) or "none",
    name="[A-Za-z][A-Za-z0-9_]*",


def library(script, *others):
    """The content of a script, of the library modules that it imports and of other sources, and the versions of the packages."""
    script = SCRIPTS / f"{script}.py"
    return content([script, *modules(script), *others]) | {"packages": PACKAGES}


def canonical(group, table):
    return f"{RESULTS}/data/{group}/{table}.csv"


def canonical_files():
    """Every canonical table."""
    return [canonical(group, table) for group, table in SOURCES]


def canonical_tables(operations):
    """The canonical tables of some operations, and all covariates."""
    return [
        canonical(group, table)
        for group, table in SOURCES
        if group == "covariates" or group in operations
    ]


def source_file(group, table):
    """Where one table's file stands: a path can be that of a file in a package."""
    return str(located(SOURCES[group, table].path))


def names_files():
    """The lists of names that tables are checked against."""
    return [str(located(path)) for path in (config["states"], *ingest.source_files(config))]


def group_files(group):
    """The files that the tables of one operation, or of the facts, are read from, and the lists of names that they are checked against."""
    return names_files() + [source_file(*key) for key in SOURCES if key[0] == group]


def sample_input(name):
    """The file of a sample that is one, else the canonical tables that a sample is built from."""
    spec = config["samples"][name]
    return [] if "file" in spec else canonical_tables(spec["operations"])


def sample_file(name):
    spec = config["samples"][name]
    return [str(located(spec["file"]))] if "file" in spec else []


def models_of(group):
    return {name: spec for name, spec in MODELS.items() if spec["group"] == group}


def samples_of(group):
    return sorted({spec["sample"] for spec in models_of(group).values()})


def keys_slice(group):
    """What names the rows of a group's samples, in the order of samples_of."""
    wanted = ("file", "keys", "panel", "state")
    return [
        {key: config["samples"][name][key] for key in wanted if key in config["samples"][name]}
        for name in samples_of(group)
    ]


def primary_model(hypothesis):
    return config["models"][config["hypotheses"][hypothesis]["primary"]["model"]]


def hypothesis_slice(hypothesis):
    """What one hypothesis' robustness is computed from."""
    model = config["hypotheses"][hypothesis]["primary"]["model"]
    sample = config["models"][model]["sample"]
    return part(config, *SAMPLE_PARTS, "robustness", "blocs") | {
        "samples": {sample: SAMPLES[sample]},
        "models": {model: MODELS[model]},
        "hypotheses": {hypothesis: {"primary": named(config["hypotheses"])[hypothesis]["primary"]}},
        "verdict": {"leave_one_out": config["verdict"]["leave_one_out"]},
    }


def hypotheses_slice(*keys):
    """Some keys of every hypothesis, in the order in which tables print them."""
    return {
        name: {key: spec[key] for key in keys} for name, spec in named(config["hypotheses"]).items()
    }


def primary_groups():
    return sorted({primary_model(hypothesis)["group"] for hypothesis in config["hypotheses"]})


def primary_samples():
    return sorted({primary_model(hypothesis)["sample"] for hypothesis in config["hypotheses"]})


def inference_slice():
    """What the primary tests under every method of inference are computed from."""
    names = sorted({hypothesis["primary"]["model"] for hypothesis in config["hypotheses"].values()})
    return part(config, "seed", "inference") | {
        "hypotheses": hypotheses_slice("title", "primary"),
        "models": {name: MODELS[name] for name in names},
    }


def uncertainty_slice(hypothesis):
    """What one hypothesis' primary test is computed from when gaps are imputed and coders drawn."""
    return hypothesis_slice(hypothesis) | part(config, "uncertainty", "seed")


def curve_slice(hypothesis):
    """What one hypothesis' specification curve is computed from."""
    # the order of choices and options has a meaning: the first option is the primary test's
    slice = (
        hypothesis_slice(hypothesis)
        | part(config, "seed")
        | {"specification_curve": plain(config["specification_curve"])}
    )
    slice["hypotheses"][hypothesis]["title"] = config["hypotheses"][hypothesis]["title"]
    return slice | {"verdict": {"alpha": config["verdict"]["alpha"]}}


def curve_files():
    return [
        f"{RESULTS}/estimates/curve_{name}.json" for name in configuration.curve_hypotheses(config)
    ]


def robustness_files():
    return [f"{RESULTS}/estimates/robustness_{name}.json" for name in config["hypotheses"]]


def power_slice(hypothesis):
    """What the power of one hypothesis' primary test is simulated from; of the other hypotheses their names count."""
    model = config["hypotheses"][hypothesis]["primary"]["model"]
    return part(config, "seed", "power", "variables", "measures") | {
        "hypotheses": hypotheses_slice()
        | {hypothesis: hypotheses_slice("title", "primary")[hypothesis]},
        "models": {model: MODELS[model]},
        "samples": {},
        "verdict": {"alpha": config["verdict"]["alpha"]},
    }


def second_term(model):
    """The term at whose values a model's contrasts are taken."""
    return config["models"][model].get("corners", {}).get("second")


def power_files():
    return [f"{RESULTS}/estimates/power_{name}.json" for name in config["hypotheses"]]


def uncertainty_files():
    return [f"{RESULTS}/estimates/uncertainty_{name}.json" for name in config["hypotheses"]]


def companions_slice():
    """What the companions of the primary tests are computed from."""
    names = sorted({spec["primary"]["model"] for spec in config["hypotheses"].values()})
    return part(config, "seed", "companions", "variables", "measures", "samples") | {
        "hypotheses": hypotheses_slice("primary"),
        "models": {name: MODELS[name] for name in names},
    }


def across_config():
    """The config whose operations are compared: another file laid over this one, or this one; none where nothing prints it."""
    wanted = any(
        spec["kind"] == "across_operations" for spec in [*TABLES.values(), *FIGURES.values()]
    )
    if not wanted:
        return None
    other = config["across_operations"].get("config")
    whole = configuration.plain(config)
    return configuration.combine(whole, configuration.read(located(other))) if other else whole


ACROSS = across_config()


def across_sources():
    """The files of the operations that the run itself does not read."""
    return [str(located(path)) for path in across_paths()]


def across_paths():
    """The same files as the config names them."""
    groups = (*config["operations"], "covariates")
    return (
        [source.path for source in ingest.sources(ACROSS) if source.group not in groups]
        if ACROSS
        else []
    )


def across_tables():
    """The canonical tables that the run has of the operations that are compared."""
    return [] if ACROSS is None else canonical_tables(config["operations"])


def across_slice():
    """What the comparison of operations is computed from."""
    if ACROSS is None:
        return {}
    sample = config["across_operations"]["sample"]
    slice = part(ACROSS, *SAMPLE_PARTS, "sources")
    return slice | {"samples": {sample: plain(ACROSS["samples"][sample])}, "models": {}}


def made_from(part, name):
    """The files that a table or figure is made of, by input of its rule."""
    spec = config[part][name]
    found = output_kinds.made_from(output_kinds.KINDS[part][spec["kind"]], spec, config)
    return {key: [f"{RESULTS}/{path}" for path in paths] for key, paths in found.items()}


def counting_for(spec):
    """How the sample that a figure of troops names makes one count a year of the dated counts."""
    if spec["kind"] != "troops":
        return {}
    sample = config["samples"][spec["sample"]]
    return {"evidence": sample["evidence"], "flags": sample["flags"], "statistic": sample["troops"]}


def operation_labels():
    return {name: operation["label"] for name, operation in config["operations"].items()}


def companion_files():
    """The comparison of operations and the companions, where a table or figure prints them."""
    printed = {spec["kind"] for spec in [*TABLES.values(), *FIGURES.values()]}
    shown = {"fuzzy_sets", "terciles", "priors"} & printed
    names = ["across_operations"] if ACROSS is not None else []
    return [f"{RESULTS}/estimates/{name}.json" for name in [*names, *["companions"] * bool(shown)]]


def everything_made():
    """Every output but the canonical tables, the report and the manifest."""
    tables = [
        f"{RESULTS}/tables/{name}.{ending}"
        for name in config["tables"]
        for ending in ("csv", "tex", "html", "md", "docx")
    ]
    figures = [
        f"{RESULTS}/figures/{name}.{ending}"
        for name in config["figures"]
        for ending in ("svg", "pdf", "png", "json")
    ]
    estimates = [f"{RESULTS}/estimates/{group}.json" for group in GROUPS]
    samples = [f"{RESULTS}/data/{name}.csv" for name in config["samples"]]
    diagnostics = [
        f"{RESULTS}/diagnostics/{name}.json" for name in [*config["samples"], "coder_agreement"]
    ]
    return (
        tables
        + figures
        + estimates
        + robustness_files()
        + uncertainty_files()
        + power_files()
        + companion_files()
        + [
            path.replace(".json", f".{ending}")
            for path in curve_files()
            for ending in ("json", "csv")
        ]
        + samples
        + diagnostics
        + [
            f"{RESULTS}/estimates/inference.json",
            f"{RESULTS}/verdicts.csv",
            f"{RESULTS}/estimates/verdicts.json",
        ]
    )
