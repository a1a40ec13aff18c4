"""Rule inference: every hypothesis' primary test under every method of inference."""

from coalition.base import files
from coalition.inference.primary_tests import compare
from coalition.workflow.job import job

with job(snakemake):
    given, params = snakemake.input, snakemake.params
    samples = {
        name: files.read_table(path)
        for name, path in zip(params.samples, given.samples, strict=True)
    }
    fitted = {
        model["model"]: model
        for path in given.estimates
        for model in files.read_json(path)["models"]
    }
    files.write_json(snakemake.output[0], compare(params.config, samples, fitted))
