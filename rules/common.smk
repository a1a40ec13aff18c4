# Names, folders and slices of the config that the rules share.
# A rule's params hold the slice of the config that it reads, and the sha256 of every source file that it uses:
# content decides what is made again, not the time of a file.
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(workflow.basedir) / "scripts"))

from coalition import check, config as configuration, ingest
from coalition.ending import RESULTS_VARIABLE, ending
from coalition.errors import Problems
from coalition.sources import content, modules, part


def stop_on_problems(look):
    """Run a check; show what it found on one screen and end, before anything is touched."""
    try:
        look()
    except Problems as problems:
        print(f"\n{problems}\n", file=sys.stderr)
        sys.exit(1)


stop_on_problems(lambda: configuration.check(config))

RESULTS = f"results/{config['run']}"
os.environ[RESULTS_VARIABLE] = RESULTS
SCRIPTS = Path(workflow.basedir) / "scripts"
SOURCES = {(source.group, source.table): source for source in ingest.sources(config)}
GROUPS = sorted({model["group"] for model in config["models"].values()})
SCHEMAS = [str(path) for path in Path(workflow.basedir).glob("schemas/tables/*.yaml")]
SAMPLE_PARTS = ("states", "operations", "covariates", "variables", "measures", "universes")
NEEDS_VERDICTS = ("verdicts", "robustness", "influence")


wildcard_constraints:
    group="|".join(sorted({group for group, _ in SOURCES})),
    table="|".join(sorted({table for _, table in SOURCES})),
    sample="|".join(config["samples"]),
    models="|".join(GROUPS),
    hypothesis="|".join(config["hypotheses"]) or "none",
    name="[A-Za-z][A-Za-z0-9_]*",


def library(script, *others):
    """The content of the library modules that a script imports, and of other sources."""
    return content([*modules(SCRIPTS / f"{script}.py"), *others])


def canonical(group, table):
    return f"{RESULTS}/data/{group}/{table}.csv"


def canonical_tables(operations):
    """The canonical tables of some operations, and all covariates."""
    return [canonical(group, table) for group, table in SOURCES if group == "covariates" or group in operations]


def source_slice(group, table):
    """The config as far as one table depends on it."""
    source, slice = SOURCES[group, table], part(config, "states", "sources") | {"operations": {}, "covariates": {}}
    if group in config["operations"]:
        slice["operations"] = {group: {"files": {table: source.path}, "columns": {table: dict(source.columns)}}}
    else:
        slice["covariates"] = {name: spec for name, spec in config["covariates"].items() if name == table.removesuffix("_events")}
    return slice


def sample_slice(name):
    """What one sample is built from; of its models only what decides the columns that it is written with."""
    models = {
        model: {key: spec.get(key, {}) for key in ("sample", "outcome", "terms", "where")}
        for model, spec in config["models"].items()
        if spec["sample"] == name
    }
    return part(config, *SAMPLE_PARTS) | {"samples": {name: config["samples"][name]}, "models": models}


def models_of(group):
    return {name: spec for name, spec in config["models"].items() if spec["group"] == group}


def samples_of(group):
    return sorted({spec["sample"] for spec in models_of(group).values()})


def primary_model(hypothesis):
    return config["models"][config["hypotheses"][hypothesis]["primary"]["model"]]


def hypothesis_slice(hypothesis):
    """What one hypothesis' robustness is computed from."""
    model = config["hypotheses"][hypothesis]["primary"]["model"]
    sample = config["models"][model]["sample"]
    return part(config, *SAMPLE_PARTS, "robustness") | {
        "samples": {sample: config["samples"][sample]},
        "models": {model: config["models"][model]},
        "hypotheses": {hypothesis: {"primary": config["hypotheses"][hypothesis]["primary"]}},
        "verdict": {"leave_one_out": config["verdict"]["leave_one_out"]},
    }


def curve_slice(hypothesis):
    """What one hypothesis' specification curve is computed from."""
    slice = hypothesis_slice(hypothesis) | part(config, "seed", "specification_curve")
    slice["hypotheses"][hypothesis]["title"] = config["hypotheses"][hypothesis]["title"]
    return slice | {"verdict": {"alpha": config["verdict"]["alpha"]}}


def curve_files():
    return [f"{RESULTS}/estimates/curve_{name}.json" for name in configuration.curve_hypotheses(config)]


def robustness_files():
    return [f"{RESULTS}/estimates/robustness_{name}.json" for name in config["hypotheses"]]


def estimates_for(spec):
    """The files of estimates that hold a table's or a figure's models."""
    names = spec.get("models", [spec["model"]] if "model" in spec else [])
    groups = {config["models"][name]["group"] for name in names}
    files = [f"{RESULTS}/estimates/{group}.json" for group in sorted(groups)]
    files += robustness_files() if spec["kind"] in ("robustness", "influence") else []
    if spec["kind"] == "specification_curve":
        files += [f"{RESULTS}/estimates/curve_{spec['hypothesis']}.json"] if "hypothesis" in spec else curve_files()
    return files


def diagnostics_for(spec):
    samples = [spec["sample"]] if spec["kind"] in ("descriptives", "components") else list(config["samples"]) if spec["kind"] == "flow" else []
    files = [f"{RESULTS}/diagnostics/{sample}.json" for sample in samples]
    return files + ([f"{RESULTS}/diagnostics/coder_agreement.json"] if spec["kind"] == "agreement" else [])


def verdicts_for(spec):
    return [f"{RESULTS}/estimates/verdicts.json"] if spec["kind"] in NEEDS_VERDICTS or spec["kind"] == "coefficients" else []


def data_for(spec):
    """The samples and canonical tables that a figure is drawn from; with the states' names where the others hold codes alone."""
    if spec["kind"] == "troops":
        counted = [canonical(name, "troops") for name, operation in config["operations"].items() if "troops" in operation["files"]]
        return [*counted, canonical("covariates", "states")]
    if spec["kind"] == "influence":
        return [canonical("covariates", "states")]
    if spec["kind"] in ("responses", "measures"):
        return [f"{RESULTS}/data/{spec['sample']}.csv"]
    return []


def counting_for(spec):
    """How the sample that a figure of troops names makes one count a year of the dated counts."""
    if spec["kind"] != "troops":
        return {}
    sample = config["samples"][spec["sample"]]
    return {"evidence": sample["evidence"], "flags": sample["flags"], "statistic": sample["troops"]}


def operation_labels():
    return {name: operation["label"] for name, operation in config["operations"].items()}


def everything_made():
    """Every output but the report and the manifest."""
    tables = [f"{RESULTS}/tables/{name}.{ending}" for name in config["tables"] for ending in ("csv", "tex", "html", "md", "docx")]
    figures = [f"{RESULTS}/figures/{name}.{ending}" for name in config["figures"] for ending in ("svg", "pdf", "png", "json")]
    estimates = [f"{RESULTS}/estimates/{group}.json" for group in GROUPS]
    samples = [f"{RESULTS}/data/{name}.csv" for name in config["samples"]]
    diagnostics = [f"{RESULTS}/diagnostics/{name}.json" for name in [*config["samples"], "coder_agreement"]]
    return tables + figures + estimates + robustness_files() + curve_files() + samples + diagnostics + [f"{RESULTS}/verdicts.csv", f"{RESULTS}/estimates/verdicts.json"]
