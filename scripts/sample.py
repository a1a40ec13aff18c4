"""Rule sample: canonical tables, or a file of the user's -> one sample with its variables and measures."""

from coalition import files, ingest, rectangular, samples
from coalition.errors import Problems
from coalition.job import job
from coalition.keys import keys_of

with job(snakemake):
    config, name = snakemake.params.config, snakemake.wildcards.sample
    if snakemake.input.file:
        problems = Problems()
        sample = rectangular.build(config, name, problems)
        problems.stop()
        table = sample.table
    else:
        sample = samples.build(config, name, ingest.read_all(config, snakemake.params.folder))
        table = sample.table[samples.columns(config, name)]
    files.write_table(snakemake.output.table, table, list(keys_of(config["samples"][name]).row))
    files.write_json(snakemake.output.diagnostics, sample.diagnostics)
