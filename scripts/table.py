"""Rule table: estimates, diagnostics, verdicts and data -> one table in every format."""

from coalition.outputs import tables
from coalition.outputs.stored_results import PARTS, read
from coalition.workflow.job import job

with job(snakemake):
    given, params = snakemake.input, snakemake.params
    sources = read(params.labels, params.operations, **{part: given[part] for part in PARTS})
    table = tables.build(params.name, params.spec, sources)
    tables.write_all(table, {ending: snakemake.output[ending] for ending in tables.WRITERS})
