"""Rule across_operations: one question in every operation on its own, and partially pooled."""

from pathlib import Path

from coalition.base import files
from coalition.base.errors import Problems
from coalition.config.settings import labels
from coalition.data import coder_agreement, ingest
from coalition.robustness import across_operations
from coalition.samples import country_operations
from coalition.workflow.job import job

with job(snakemake):
    config, settings = snakemake.params.config, snakemake.params.settings
    problems = Problems()
    tables = ingest.read_some(
        config, Path(snakemake.output[0]).parents[1], snakemake.params.made, problems
    )
    problems.stop()
    sample = country_operations.build(config, settings["sample"], tables, describe=False)
    operations = {
        name: config["operations"][name]
        for name in config["samples"][settings["sample"]]["operations"]
    }
    found = across_operations.compare(
        settings, operations, sample.table, tables, dict(labels(config))
    )
    of = config["samples"][settings["sample"]]
    found["recalled_used"] = {
        "contributors": "C" in of.get("contributors_evidence", of["evidence"]),
        "caveats": "C" in of["evidence"],
    }
    drawn = snakemake.params.agreement
    found["agreement"] = [
        row
        for name in operations
        if name not in snakemake.params.made and "caveats" in tables[name]
        for row in coder_agreement.of_read_states(
            tables[name]["caveats"], name, drawn["replicates"], drawn["seed"]
        )
    ]
    found["operations"] = {name: about.get("label", name) for name, about in operations.items()}
    files.write_json(snakemake.output[0], found)
