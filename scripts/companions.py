"""Rule companions: fuzzy sets, levels by tercile with bounds, and estimates under priors."""

from coalition.base import files
from coalition.robustness import companions
from coalition.workflow.job import job

with job(snakemake):
    sample = files.read_table(snakemake.input.sample[0])
    found = companions.compare(snakemake.params.config, sample)
    files.write_json(snakemake.output[0], found)
