"""Rule estimate: the models of one group -> their estimates."""

from coalition.base import files
from coalition.base.column_kinds import read_sample
from coalition.base.keys import keys_of
from coalition.estimators.estimate import estimate
from coalition.workflow.job import job

with job(snakemake):
    about = snakemake.params
    tables = {
        name: read_sample(path, files.read_json(about_it)["kinds"])
        for name, path, about_it in zip(
            about.samples, snakemake.input.samples, snakemake.input.diagnostics, strict=True
        )
    }
    keys = {name: keys_of(spec) for name, spec in zip(about.samples, about.named_by, strict=True)}
    models = [
        estimate(name, spec, tables[spec["sample"]], about.labels, keys=keys[spec["sample"]])
        for name, spec in about.models.items()
    ]
    files.write_json(snakemake.output[0], {"group": snakemake.wildcards.models, "models": models})
