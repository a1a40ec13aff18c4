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
        everything_made(),
        canonical_files(),
        f"{RESULTS}/report.html",
        f"{RESULTS}/manifest.json",


onstart:
    stop_on_problems(lambda: check.everything(config))
    manifest.begin(RESULTS, [*everything_made(), *canonical_files()])


onsuccess:
    print(ending(RESULTS, availability.sentences(SKIPPED, availability.FEW)), file=sys.stderr)
