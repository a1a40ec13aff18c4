"""Rule table: estimates, diagnostics and verdicts -> one table in every format."""

from coalition.outputs import tables
from coalition.outputs.stored_results import read
from coalition.workflow.job import job

with job(snakemake):
    given, params = snakemake.input, snakemake.params
    made_from = {
        "estimates": given.estimates,
        "diagnostics": given.diagnostics,
        "verdicts": given.verdicts,
    }
    sources = read(params.labels, params.operations, **made_from)
    table = tables.build(params.name, params.spec, sources)
    tables.write_all(table, {ending: snakemake.output[ending] for ending in tables.WRITERS})
