"""Rule manifest: the sha256 of every input and output, versions, settings."""

from coalition.base import files
from coalition.workflow import manifest
from coalition.workflow.job import job

with job(snakemake):
    found = manifest.manifest(
        snakemake.params.config, snakemake.params.files, map(str, snakemake.input)
    )
    files.write_json(snakemake.output[0], found)
