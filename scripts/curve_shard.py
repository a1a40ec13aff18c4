"""Rule curve_shard: a share of the permutations of one hypothesis' specification curve."""

from pathlib import Path

from coalition.base import files
from coalition.data import ingest
from coalition.robustness import curve
from coalition.workflow.job import job, progress

with job(snakemake):
    about = snakemake.params
    run = Path(snakemake.output.json).parents[1]
    tables = ingest.read_all(about.config, run) if snakemake.input.tables else {}
    say = progress(f"specification curve of {about.hypothesis}, {about.number + 1} of {about.of}")
    found = curve.shard(about.config, about.hypothesis, tables, say, about.number, about.of)
    files.write_json(snakemake.output.json, curve.to_store(found))
