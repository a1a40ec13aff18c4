"""Rule uncertainty: one hypothesis' primary test with missing covariates imputed and the coder drawn."""

from coalition import files, ingest, robustness, uncertainty
from coalition.job import job

with job(snakemake):
    config, name = snakemake.params.config, snakemake.wildcards.hypothesis
    build = robustness.builder(ingest.read_all(config, snakemake.params.folder))
    files.write_json(snakemake.output[0], uncertainty.compare(config, name, build))
