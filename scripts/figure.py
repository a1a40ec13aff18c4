"""Rule figure: estimates, verdicts and data -> one figure in every format, and what is needed to print it."""

from pathlib import Path

from coalition import figures
from coalition.figures.sources import read
from coalition.job import job

with job(snakemake):
    given, params = snakemake.input, snakemake.params
    sources = read(given.estimates, given.verdicts, given.data, params.labels, params.operations, params.counting)
    figure = figures.draw(params.name, params.spec, sources)
    run = Path(snakemake.output.json).parents[1]
    made_from = [Path(path).relative_to(run).as_posix() for path in [*given.estimates, *given.verdicts, *given.data]]
    figures.write_all(figure, snakemake.output, made_from)
