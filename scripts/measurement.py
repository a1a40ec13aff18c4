"""Rule measurement: what several coders saw, as one latent tightness per state and operation, and
plausible values of its level.
"""

from coalition.base import files
from coalition.data import ingest
from coalition.data.table_schema import load
from coalition.measurement import latent_levels
from coalition.workflow.job import job

with job(snakemake):
    given, params, output = snakemake.input, snakemake.params, snakemake.output
    tables = {
        operation: ingest.read_canonical(path, load("caveats"))
        for operation, path in zip(params.operations, given.caveats, strict=True)
    }
    found, values = latent_levels.measure(params.config, tables, files.read_table(given.sample[0]))
    files.write_json(output.json, found)
    files.write_table(output.values, values, ["given", "draw", "iso3", "operation"])
    files.write_table(output.tightness, latent_levels.exported(found), ["iso3", "operation"])
