"""Rule verdicts: both versions of the rule applied to the primary tests."""

from coalition.base import files
from coalition.verdicts import both_versions
from coalition.workflow.job import job

with job(snakemake):
    given, params = snakemake.input, snakemake.params
    robustness = dict(zip(params.hypotheses, map(files.read_json, given.robustness), strict=True))
    curves = dict(zip(params.curves, map(files.read_json, given.curves), strict=True))
    powers = dict(zip(params.hypotheses, map(files.read_json, given.powers), strict=True))
    others = {
        name: [files.read_json(path) for path in given.get(name, [])]
        for name in ("inference", "models", "companions", "diagnosis")
    }
    tables = {name: list(given.get(name, [])) for name in ("levels", "record")}
    found = both_versions.decide(dict(params.items()), robustness, curves, powers, others, tables)
    files.write_json(snakemake.output.json, found)
    files.write_table(snakemake.output.csv, both_versions.flat(found), ["hypothesis"])
