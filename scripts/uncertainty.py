"""Rule uncertainty: one hypothesis' primary test with missing covariates imputed and the coder
drawn.
"""

from coalition.base import files
from coalition.data import ingest
from coalition.robustness import alternatives, missing_data
from coalition.workflow.job import job

with job(snakemake):
    config, name = snakemake.params.config, snakemake.wildcards.hypothesis
    build = alternatives.builder(ingest.read_all(config, snakemake.params.folder))
    files.write_json(snakemake.output[0], missing_data.compare(config, name, build))
