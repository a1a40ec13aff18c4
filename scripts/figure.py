"""Rule figure: estimates, verdicts and data -> one figure in every format, and what is needed to
print it.
"""

from pathlib import Path

from coalition.outputs import figures
from coalition.outputs.stored_results import PARTS, read
from coalition.workflow.job import job

with job(snakemake):
    given, params = snakemake.input, snakemake.params
    found = {part: given[part] for part in PARTS}
    sources = read(params.labels, params.operations, **found, counting=params.counting)
    figure = figures.draw(params.name, params.spec, sources)
    run = Path(snakemake.output.json).parents[1]
    made_from = [
        Path(path).relative_to(run).as_posix() for paths in found.values() for path in paths
    ]
    figures.write_all(figure, snakemake.output, made_from, run.name)
