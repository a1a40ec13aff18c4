"""Rule manifest: the sha256 of every input, output and file of the program, versions, settings."""

from coalition.base import files
from coalition.workflow import manifest
from coalition.workflow.job import job

with job(snakemake):
    params = snakemake.params
    manifest.of_one_program(params.program)
    given = {
        "config_files": [*params.config_files, *params.configfiles],
        "configfiles": params.configfiles,
        "settings": params.settings,
        "made_from": params.made_from,
    }
    found = manifest.manifest(params.config, params.files, map(str, snakemake.input), given)
    files.write_json(snakemake.output[0], found)
