# The user's files -> canonical tables, and how well the coders of caveats agree.
# ingest: params.config is the slice of source_slice; agreement: operations, replicates, seed.


rule ingest:
    input:
        file=ancient(lambda wildcards: source_file(wildcards.group, wildcards.table)),
        names=ancient(names_files()),
    output:
        f"{RESULTS}/data/{{group}}/{{table}}.csv",
    params:
        config=lambda wildcards: source_slice(wildcards.group, wildcards.table),
        content=lambda wildcards: source_content(wildcards.group, wildcards.table),
        library=lambda wildcards: library(
            "ingest", *NAMES, SCHEMA[wildcards.group, wildcards.table]
        ),
    log:
        f"{RESULTS}/logs/ingest/{{group}}_{{table}}.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/ingest.py"


rule agreement:
    input:
        caveats=[
            canonical(name, "caveats")
            for name in config["operations"]
            if (name, "caveats") in SOURCES
        ],
    output:
        f"{RESULTS}/diagnostics/coder_agreement.json",
    params:
        operations=[name for name in config["operations"] if (name, "caveats") in SOURCES],
        replicates=config["agreement"]["replicates"],
        seed=config["seed"],
        library=library("agreement", *SCHEMAS),
    log:
        f"{RESULTS}/logs/agreement.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/agreement.py"
