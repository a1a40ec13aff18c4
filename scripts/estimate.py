"""Rule estimate: the models of one group -> their estimates."""

from coalition import files
from coalition.estimate import estimate
from coalition.job import job

with job(snakemake):
    samples = {name: files.read_table(path) for name, path in zip(snakemake.params.samples, snakemake.input.samples, strict=True)}
    models = [estimate(name, spec, samples[spec["sample"]], snakemake.params.labels) for name, spec in snakemake.params.models.items()]
    files.write_json(snakemake.output[0], {"group": snakemake.wildcards.models, "models": models})
