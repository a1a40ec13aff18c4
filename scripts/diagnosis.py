"""Rule diagnosis: what all draws amount to, as JSON and as a page."""

from datetime import UTC, datetime

from coalition.base import files
from coalition.outputs import diagnosis_page
from coalition.robustness.diagnosis import shards
from coalition.workflow.job import job

with job(snakemake):
    given, output, config = snakemake.input, snakemake.output, snakemake.params.config
    made = datetime.now(UTC).date().isoformat()
    found = shards.merged(config, [files.read_json(path) for path in given.shards], made)
    text = diagnosis_page.page(found, config["hypotheses"])
    files.write_json(output.json, found)
    files.write_text(output.page, text)
    if snakemake.params.store:  # what the cards and docs/ print, until the next diagnosis
        files.write_json(snakemake.params.store["json"], found)
        files.write_text(snakemake.params.store["page"], text)
