"""Rule ingest: one file of the user -> one canonical table."""

from coalition.base import files
from coalition.base.errors import Problems
from coalition.data import ingest
from coalition.workflow.job import job

with job(snakemake):
    problems = Problems()
    wanted = (snakemake.wildcards.group, snakemake.wildcards.table)
    source = next(
        source
        for source in ingest.sources(snakemake.params.config)
        if (source.group, source.table) == wanted
    )
    table = ingest.table(source, ingest.known_names(snakemake.params.config, problems), problems)
    problems.stop()
    files.write_table(snakemake.output[0], table, list(source.schema.key))
