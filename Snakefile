from snakemake.utils import min_version

min_version("9.0")


include: "rules/common.smk"
include: "rules/ingest.smk"
include: "rules/measures.smk"
include: "rules/models.smk"
include: "rules/robustness.smk"
include: "rules/outputs.smk"


stop_on_problems(lambda: manifest.not_in_place_of_others(RESULTS, CHANGES))


rule all:
    default_target: True
    input:
        EVERYTHING,
        f"{RESULTS}/report.html",
        f"{RESULTS}/manifest.json",


give_priorities(workflow.rules)
stop_on_problems(lambda: make_foreign_again(PLAN["manifest"]["made_from"]))


onstart:
    stop_on_problems(lambda: check_everything(CHANGES, config))
    manifest.begin(RESULTS, EVERYTHING)


onsuccess:
    foreign_results.note(RESULTS)
    print(ending(RESULTS, PLAN["skipped"], summary.targets()), file=sys.stderr)
