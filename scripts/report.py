"""Rule report: everything that the run has found -> one page."""

from coalition.base import files
from coalition.outputs import report
from coalition.workflow.job import job

with job(snakemake):
    params = snakemake.params
    given = dict(snakemake.input.items())
    results = report.read(given, dict(zip(params.dictionaries, given["dictionaries"], strict=True)))
    facts = report.Facts(
        params.labels,
        params.config_sha256,
        params.inputs,
        params.packages,
        params.python,
        params.version,
        params.program,
        report.skipped(params.skipped),
        params.origins,
        params.made_from,
    )
    files.write_text(snakemake.output[0], report.page(params.config, results, facts))
