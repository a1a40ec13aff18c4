"""Rule sample: canonical tables, or a file of the user's -> one sample with its variables and
measures.
"""

from pathlib import Path

from coalition.base import files
from coalition.base.column_kinds import kinds_of
from coalition.base.errors import Problems
from coalition.base.keys import keys_of
from coalition.config.settings import dictionaries
from coalition.data import ingest
from coalition.samples import country_operations, user_file
from coalition.samples.cells_used import graded_columns
from coalition.workflow.job import job

with job(snakemake):
    config, name = snakemake.params.config, snakemake.params.name
    if snakemake.input.file:
        problems = Problems()
        sample = user_file.build(config, name, problems)
        problems.stop()
        table = sample.table
    else:
        sample = country_operations.build(
            config,
            name,
            ingest.read_all(config, Path(snakemake.output.table).parents[1]),
            dictionaries=graded_columns(dictionaries(config)),
        )
        table = sample.table[country_operations.columns(config, name)]
    files.write_table(snakemake.output.table, table, list(keys_of(config["samples"][name]).row))
    files.write_json(snakemake.output.diagnostics, sample.diagnostics | {"kinds": kinds_of(table)})
