"""Rule power: what one hypothesis' primary test can find, by simulation on its real design."""

from coalition.base import files
from coalition.robustness.power import power
from coalition.workflow.job import job

with job(snakemake):
    sample = files.read_table(snakemake.input.sample)
    files.write_json(
        snakemake.output[0], power(snakemake.params.config, snakemake.wildcards.hypothesis, sample)
    )
