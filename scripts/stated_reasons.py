"""Rule stated_reasons: what governments said, beside what is measured and what was done."""

import pandas as pd
from coalition.base import files
from coalition.data import ingest
from coalition.data.table_schema import load
from coalition.robustness import stated_reasons
from coalition.workflow.job import job

with job(snakemake):
    params = snakemake.params
    tables = [ingest.read_canonical(path, load("reasons")) for path in snakemake.input.reasons]
    found = stated_reasons.compare(
        params.config["stated_reasons"],
        params.config["seed"],
        pd.concat(tables, ignore_index=True),
        files.read_table(snakemake.input.sample[0]),
    )
    files.write_json(snakemake.output[0], found)
