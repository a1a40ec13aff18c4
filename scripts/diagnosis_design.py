"""Rule diagnosis_design: the real design and the specifications that every draw is judged with."""

import pickle
from pathlib import Path

from coalition.base import files
from coalition.data import ingest
from coalition.robustness.diagnosis import shards
from coalition.verdicts.valid_test import levels_of
from coalition.workflow.job import job

with job(snakemake):
    given, config = snakemake.input, snakemake.params.config
    tables = ingest.read_all(config, Path(snakemake.output[0]).parents[1])
    sample = files.read_table(given.sample[0])
    made = shards.prepared(config, sample, tables, levels_of(given.levels[0]))
    files.write_bytes(snakemake.output[0], pickle.dumps(made))
