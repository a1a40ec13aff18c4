"""Rule sample: canonical tables -> one sample with its measures."""

from coalition import files, ingest, samples
from coalition.job import job

with job(snakemake):
    config, name = snakemake.params.config, snakemake.wildcards.sample
    sample = samples.build(config, name, ingest.read_all(config, snakemake.params.folder))
    columns = samples.columns(config, name)
    files.write_table(snakemake.output.table, sample.table[columns], ["iso3", "operation", "year"])
    files.write_json(snakemake.output.diagnostics, sample.diagnostics)
