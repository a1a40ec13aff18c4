"""Rule estimate: the models of some groups -> their estimates, one file a group."""

from coalition.base import files
from coalition.base.column_kinds import read_sample
from coalition.base.keys import keys_of
from coalition.estimators.estimate import estimate
from coalition.inference.by_method import Draws, by_method
from coalition.workflow.job import job

with job(snakemake):
    about = snakemake.params
    given = zip(about.samples, snakemake.input.samples, snakemake.input.diagnostics, strict=True)
    tables = {
        name: read_sample(path, files.read_json(about_it)["kinds"])
        for name, path, about_it in given
    }
    keys = {name: keys_of(spec) for name, spec in about.samples.items()}
    draws = Draws(**about.draws) if about.draws else None
    for path, (group, models) in zip(snakemake.output, about.models.items(), strict=True):
        found = []
        for name, spec in models.items():
            table, key = tables[spec["sample"]], keys[spec["sample"]]
            entry = estimate(
                name, spec, table, about.labels, keys=key, each_row=name in about.primary
            )
            entry["sample_where"] = about.samples[spec["sample"]].get("where")
            if draws is not None:
                entry["by_method"] = by_method(spec, table, draws, key)
            found.append(entry)
        files.write_json(path, {"group": group, "models": found})
