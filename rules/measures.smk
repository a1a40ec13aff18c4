# Canonical tables -> samples with their measures.
# sample: params.config is the slice of slices.sample; params.folder is where the canonical tables stand.


rule sample:
    input:
        tables=lambda wildcards: sample_input(wildcards.sample),
        file=ancient(lambda wildcards: sample_file(wildcards.sample)),
    output:
        table=f"{RESULTS}/data/{{sample}}.csv",
        diagnostics=f"{RESULTS}/diagnostics/{{sample}}.json",
    params:
        config=lambda wildcards: slices.sample(config, wildcards.sample),
        folder=lambda wildcards, output: str(Path(output.table).parents[1]),
        content=lambda wildcards: content(sample_file(wildcards.sample)),
        library=library("sample", *SCHEMAS),
    log:
        f"{RESULTS}/logs/sample/{{sample}}.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/sample.py"
