"""Rule robustness: one hypothesis' primary test under every alternative and without each state."""

from coalition.base import files
from coalition.data import ingest
from coalition.estimators.primary_test import primary_effect
from coalition.robustness import alternatives
from coalition.workflow.job import job

with job(snakemake):
    config, name = snakemake.params.config, snakemake.wildcards.hypothesis
    primary = config["hypotheses"][name]["primary"]
    fitted = files.read_json(snakemake.input.estimates)["models"]
    sample = files.read_table(snakemake.input.sample)
    build = alternatives.builder(ingest.read_all(config, snakemake.params.folder))
    results = {
        "hypothesis": name,
        "primary": primary_effect(
            next(model for model in fitted if model["model"] == primary["model"]), primary
        ),
        "alternatives": alternatives.alternatives(config, name, build),
    }
    files.write_json(snakemake.output[0], results | alternatives.leave_out(config, name, sample))
