"""Rule robustness: one hypothesis' primary test under every alternative, without each state, with
gaps imputed and the coded level drawn; and its power.
"""

from pathlib import Path

from coalition.base import files
from coalition.base.column_kinds import read_sample
from coalition.config.settings import unit_word
from coalition.data import ingest
from coalition.estimators.primary_test import primary_effect
from coalition.robustness import alternatives, missing_data
from coalition.robustness.power import power
from coalition.workflow.job import job

with job(snakemake):
    given, output = snakemake.input, snakemake.output
    config, name = snakemake.params.config, snakemake.params.hypothesis
    primary = config["hypotheses"][name]["primary"]
    fitted = files.read_json(given.estimates[0])["models"]
    kinds = files.read_json(given.diagnostics[0])["kinds"]
    sample = read_sample(given.sample[0], kinds)
    run = Path(output.robustness).parents[1]
    build = alternatives.builder(ingest.read_all(config, run) if given.tables else {})
    results = {
        "hypothesis": name,
        **unit_word(config, name),
        "primary": primary_effect(
            next(model for model in fitted if model["model"] == primary["model"]), primary
        ),
        "alternatives": alternatives.alternatives(config, name, build),
    }
    results |= alternatives.leave_out(config, name, sample)
    files.write_json(output.robustness, results)
    values = files.read_table(given["values"][0]) if given["values"] else None
    files.write_json(output.uncertainty, missing_data.compare(config, name, build, values))
    files.write_json(output.power, {**power(config, name, sample), **unit_word(config, name)})
