"""Rule tables: estimates, diagnostics and verdicts -> the tables of one stage in every format."""

from pathlib import Path

from coalition.outputs import tables
from coalition.outputs.stored_results import read
from coalition.workflow.job import job

with job(snakemake):
    params = snakemake.params
    for name, spec in params.specs.items():
        sources = read(params.labels, params.operations, **params.read[name])
        paths = {Path(path).suffix[1:]: path for path in snakemake.output[name]}
        tables.write_all(tables.build(name, spec, sources), paths)
