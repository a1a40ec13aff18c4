"""Rule table: estimates, diagnostics and verdicts -> one table in every format."""

from coalition import tables
from coalition.job import job
from coalition.tables.sources import read

with job(snakemake):
    given, params = snakemake.input, snakemake.params
    sources = read(given.estimates, given.diagnostics, given.verdicts, params.labels, params.operations)
    table = tables.build(params.name, params.spec, sources)
    tables.write_all(table, {ending: snakemake.output[ending] for ending in tables.WRITERS})
