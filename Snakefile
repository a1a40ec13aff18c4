from snakemake.utils import min_version

min_version("9.0")


configfile: "config.yaml"


include: "rules/common.smk"
include: "rules/ingest.smk"
include: "rules/measures.smk"
include: "rules/models.smk"
include: "rules/robustness.smk"
include: "rules/outputs.smk"


rule all:
    default_target: True
    input:
        f"{RESULTS}/manifest.json",


onstart:
    stop_on_problems(lambda: check.everything(config))
    manifest.begin(RESULTS, [*everything_made(), *(canonical(group, table) for group, table in SOURCES)])


onsuccess:
    print(ending(RESULTS), file=sys.stderr)
