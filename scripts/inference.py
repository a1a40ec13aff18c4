"""Rule inference: every hypothesis' primary test under every method of inference."""

from coalition.base import files
from coalition.base.column_kinds import read_sample
from coalition.inference.primary_tests import compare
from coalition.workflow.job import job

with job(snakemake):
    given, params = snakemake.input, snakemake.params
    samples = {
        name: read_sample(path, files.read_json(about)["kinds"])
        for name, path, about in zip(params.samples, given.samples, given.diagnostics, strict=True)
    }
    fitted = {
        model["model"]: model
        for path in given.estimates
        for model in files.read_json(path)["models"]
    }
    files.write_json(snakemake.output[0], compare(params.config, samples, fitted))
