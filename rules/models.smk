# Samples -> estimates, one file a group of models.
# estimate: params.models holds the group's models, params.samples the samples in the order of the input.


rule estimate:
    input:
        samples=lambda wildcards: [
            f"{RESULTS}/data/{name}.csv" for name in samples_of(wildcards.models)
        ],
        diagnostics=lambda wildcards: [
            f"{RESULTS}/diagnostics/{name}.json" for name in samples_of(wildcards.models)
        ],
    output:
        f"{RESULTS}/estimates/{{models}}.json",
    params:
        models=lambda wildcards: models_of(wildcards.models),
        samples=lambda wildcards: samples_of(wildcards.models),
        named_by=lambda wildcards: keys_slice(wildcards.models),
        labels=LABELS,
        library=library("estimate"),
    log:
        f"{RESULTS}/logs/estimate/{{models}}.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/estimate.py"
