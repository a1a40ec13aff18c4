"""Rule power: what one hypothesis' primary test can find, by simulation on its real design."""

from coalition import files
from coalition.job import job
from coalition.power import power

with job(snakemake):
    sample = files.read_table(snakemake.input.sample)
    files.write_json(snakemake.output[0], power(snakemake.params.config, snakemake.wildcards.hypothesis, sample))
