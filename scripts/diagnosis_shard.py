"""Rule diagnosis_shard: some draws of one world, judged by both versions of the rule."""

import pickle
from pathlib import Path

from coalition.base import files
from coalition.robustness.diagnosis import shards
from coalition.workflow.job import job, progress

with job(snakemake):
    params = snakemake.params
    # a file of this run's own making, and of no other's
    at, judge = pickle.loads(Path(snakemake.input.design[0]).read_bytes())
    say = progress(f"world {params.world}")
    files.write_json(
        snakemake.output[0], shards.shard(judge.config, at, judge, params.world, params.shard, say)
    )
