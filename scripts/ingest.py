"""Rule ingest: the user's files of one operation, or of the facts -> their canonical tables."""

from pathlib import Path

from coalition.base import files
from coalition.base.errors import Problems
from coalition.data import ingest
from coalition.workflow import handed_over
from coalition.workflow.job import job

with job(snakemake):
    params, paths = snakemake.params, [Path(path) for path in snakemake.output]
    if not handed_over.taken(params, paths):
        problems = Problems()
        known = ingest.known_names(params.config, problems)
        tables = ingest.group_tables(params.config, params.group, known, problems)
        problems.stop()
        texts = ingest.as_csv(params.config, tables)
        for path in paths:
            files.write_text(path, texts[path.stem])
