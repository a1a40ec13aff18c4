"""Rule curve: one hypothesis' specification curve and its joint test."""

from pathlib import Path

from coalition.base import files
from coalition.data import ingest
from coalition.robustness import curve
from coalition.workflow.job import job, progress

with job(snakemake):
    config, name = snakemake.params.config, snakemake.params.hypothesis
    run = Path(snakemake.output.json).parents[1]
    tables = ingest.read_all(config, run) if snakemake.input.tables else {}
    shards = [curve.stored(files.read_json(path)) for path in snakemake.input.shards]
    say = progress(f"specification curve of {name}")
    found = curve.curve(config, name, tables, say, shards or None)
    files.write_json(snakemake.output.json, found)
    files.write_table(snakemake.output.csv, curve.tidy(found), ["specification"])
