"""Rule verdicts: the frozen rule applied to the primary tests."""

from coalition.base import files
from coalition.verdicts import rule, second_reading
from coalition.workflow.job import job

with job(snakemake):
    given, params = snakemake.input, snakemake.params
    evidence = {
        name: files.read_json(path)
        for name, path in zip(params.hypotheses, given.robustness, strict=True)
    }
    curves = {
        name: files.read_json(path) for name, path in zip(params.curves, given.curves, strict=True)
    }
    powers = {
        name: files.read_json(path)
        for name, path in zip(params.hypotheses, given.powers, strict=True)
    }
    hypotheses = {
        name: spec | {"second": params.seconds[name]} for name, spec in params.hypotheses.items()
    }
    found = rule.decide(hypotheses, evidence, params.rule, curves, powers)
    if params.dependence:
        again = second_reading.read_again(
            found,
            files.read_json(given.inference[0]),
            evidence,
            second_reading.levels_of(given.levels[0]),
            params.dependence,
        )
        found["hypotheses"] = [
            entry | {"dependence": again[entry["hypothesis"]]} for entry in found["hypotheses"]
        ]
    files.write_json(snakemake.output.json, found)
    files.write_table(snakemake.output.csv, rule.flat(found), ["hypothesis"])
