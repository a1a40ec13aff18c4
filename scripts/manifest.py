"""Rule manifest: the sha256 of every input and output, versions, settings."""

from pathlib import Path

from coalition import files, manifest
from coalition.job import job

with job(snakemake):
    folder = Path(snakemake.output[0]).parent
    found = manifest.manifest(snakemake.params.config, snakemake.params.files, manifest.made(folder))
    files.write_json(snakemake.output[0], found)
