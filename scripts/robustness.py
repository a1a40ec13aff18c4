"""Rule robustness: one hypothesis' primary test under every alternative and without each state."""

from coalition import files, ingest, robustness
from coalition.job import job
from coalition.verdicts import primary_effect

with job(snakemake):
    config, name = snakemake.params.config, snakemake.wildcards.hypothesis
    primary = config["hypotheses"][name]["primary"]
    fitted = files.read_json(snakemake.input.estimates)["models"]
    sample = files.read_table(snakemake.input.sample)
    build = robustness.builder(ingest.read_all(config, snakemake.params.folder))
    results = {
        "hypothesis": name,
        "primary": primary_effect(next(model for model in fitted if model["model"] == primary["model"]), primary),
        "alternatives": robustness.alternatives(config, name, build),
    }
    files.write_json(snakemake.output[0], results | robustness.leave_out(config, name, sample))
