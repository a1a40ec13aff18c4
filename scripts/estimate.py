"""Rule estimate: the models of some groups -> their estimates, one file a group."""

from coalition.base import files
from coalition.base.column_kinds import read_sample
from coalition.base.keys import keys_of
from coalition.estimators.estimate import estimate
from coalition.workflow.job import job

with job(snakemake):
    about = snakemake.params
    given = zip(about.samples, snakemake.input.samples, snakemake.input.diagnostics, strict=True)
    tables = {
        name: read_sample(path, files.read_json(about_it)["kinds"])
        for name, path, about_it in given
    }
    keys = {name: keys_of(spec) for name, spec in about.samples.items()}
    for path, (group, models) in zip(snakemake.output, about.models.items(), strict=True):
        found = [
            estimate(name, spec, tables[spec["sample"]], about.labels, keys=keys[spec["sample"]])
            for name, spec in models.items()
        ]
        files.write_json(path, {"group": group, "models": found})
