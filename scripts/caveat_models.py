"""Rule caveat_models: every model of caveats as the coders' median has it, and combined over
plausible values of the coded level.
"""

from pathlib import Path

from coalition.base import files
from coalition.data import ingest
from coalition.robustness import alternatives, caveat_estimates
from coalition.workflow.job import job

with job(snakemake):
    given, config = snakemake.input, snakemake.params.config
    tables = ingest.read_all(config, Path(snakemake.output.json).parents[1])
    build = alternatives.builder(tables, [config])
    measured = files.read_json(given.measured[0])
    why = {entry["given"]: entry["message"] for entry in measured["given"]}
    found = caveat_estimates.compare(config, build, files.read_table(given["values"]), why)
    files.write_json(snakemake.output.json, found)
