"""Rule ingest: the user's files of one operation, or of the facts -> their canonical tables."""

from pathlib import Path

from coalition.base import files
from coalition.base.errors import Problems
from coalition.data import ingest
from coalition.workflow.job import job

with job(snakemake):
    problems, params = Problems(), snakemake.params
    known = ingest.known_names(params.config, problems)
    tables = ingest.group_tables(params.config, params.group, known, problems)
    problems.stop()
    keys = {source.table: list(source.schema.key) for source in ingest.sources(params.config)}
    for path in map(Path, snakemake.output):
        files.write_table(path, tables[path.stem], keys[path.stem])
