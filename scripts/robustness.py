"""Rule robustness: primary tests under every alternative, without each state, with gaps imputed and
the coded level drawn; and their power. Hypotheses that stand in one step share the samples that are
built for their alternatives.
"""

from pathlib import Path

from coalition.base import files
from coalition.base.cache import Cache
from coalition.base.column_kinds import read_sample
from coalition.config.settings import unit_word
from coalition.data import ingest
from coalition.estimators.primary_test import primary_effect
from coalition.robustness import alternatives, missing_data
from coalition.robustness.power import power
from coalition.workflow.job import job, progress

with job(snakemake):
    output, asked = snakemake.output, snakemake.params.hypotheses
    say, configs = progress("robustness"), [each["config"] for each in asked.values()]
    run = Path(output.robustness[0]).parents[1]
    tables = ingest.read_all(configs[0], run) if snakemake.input.tables else {}
    build = alternatives.builder(tables, configs)
    fitted, drawn = Cache(), Cache()
    to = zip(output.robustness, output.uncertainty, output.power, strict=True)
    for (name, each), (robustness, uncertainty, to_power) in zip(asked.items(), to, strict=True):
        config, given = each["config"], each["read"]
        primary, unit = config["hypotheses"][name]["primary"], unit_word(config, name)
        models = files.read_json(given["estimates"])["models"]
        kinds = files.read_json(given["diagnostics"])["kinds"]
        sample = read_sample(given["sample"], kinds)
        results = {
            "hypothesis": name,
            **unit,
            "primary": primary_effect(
                next(model for model in models if model["model"] == primary["model"]), primary
            ),
            "alternatives": alternatives.alternatives(config, name, build, fitted),
        }
        results |= alternatives.leave_out(config, name, sample)
        files.write_json(robustness, results)
        values = files.read_table(given["values"]) if given["values"] else None
        compared = missing_data.compare(config, name, build, values, drawn)
        files.write_json(uncertainty, compared)
        files.write_json(to_power, {**power(config, name, sample), **unit})
        say(f"{name} done")
