"""Rule agreement: how well the coders of caveats agree, operation by operation."""

from coalition import agreement, files, ingest
from coalition.job import job
from coalition.schema import load

with job(snakemake):
    rows = []
    for operation, path in zip(snakemake.params.operations, snakemake.input.caveats, strict=True):
        rows += agreement.compare(
            ingest.read_canonical(path, load("caveats")), operation, snakemake.params.replicates, snakemake.params.seed
        )
    found = {"seed": snakemake.params.seed, "replicates": snakemake.params.replicates, "rows": rows}
    files.write_json(snakemake.output[0], found)
