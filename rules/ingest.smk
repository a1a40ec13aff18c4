# The user's files -> canonical tables, and how well the coders of caveats agree.
# ingest: one step an operation and one for the facts; params.config is slices.ingest; agreement: operations, replicates, seed.


for group in slices.groups(config):

    # the content must not be taken from the input: Snakemake does not look for changes in params that depend on input or output
    rule:
        name:
            f"ingest_{group}"
        input:
            ancient(group_files(group)),
        output:
            [canonical(*key) for key in SOURCES if key[0] == group],
        params:
            group=group,
            config=slices.ingest(config, group),
            content=content(group_files(group)),
            library=library(
                "ingest", *NAMES, *sorted({SCHEMA[key] for key in SOURCES if key[0] == group})
            ),
        log:
            f"{RESULTS}/logs/ingest/{group}.log",
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
