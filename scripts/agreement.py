"""Rule agreement: how well the coders of caveats agree, operation by operation."""

from coalition.base import files
from coalition.data import coder_agreement, ingest
from coalition.data.table_schema import load
from coalition.workflow.job import job

with job(snakemake):
    rows = []
    for operation, path in zip(snakemake.params.operations, snakemake.input.caveats, strict=True):
        rows += coder_agreement.compare(
            ingest.read_canonical(path, load("caveats")),
            operation,
            snakemake.params.replicates,
            snakemake.params.seed,
        )
    found = {"seed": snakemake.params.seed, "replicates": snakemake.params.replicates, "rows": rows}
    files.write_json(snakemake.output[0], found)
