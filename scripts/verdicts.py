"""Rule verdicts: the frozen rule applied to the primary tests."""

from coalition import files, verdicts
from coalition.job import job

with job(snakemake):
    names = list(snakemake.params.hypotheses)
    evidence = {name: files.read_json(path) for name, path in zip(names, snakemake.input, strict=True)}
    found = verdicts.decide(snakemake.params.hypotheses, evidence, snakemake.params.rule)
    files.write_json(snakemake.output.json, found)
    files.write_table(snakemake.output.csv, verdicts.flat(found), ["hypothesis"])
