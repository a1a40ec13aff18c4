# The primary tests under every alternative, without each state and under every specification, and the verdicts that follow.
# robustness: params.config is the slice of hypothesis_slice; curve: that of curve_slice; verdicts: the hypotheses, those with a curve, and the rule.


rule robustness:
    input:
        canonical_tables(config["operations"]),
        estimates=lambda wildcards: f"{RESULTS}/estimates/{primary_model(wildcards.hypothesis)['group']}.json",
        sample=lambda wildcards: f"{RESULTS}/data/{primary_model(wildcards.hypothesis)['sample']}.csv",
    output:
        f"{RESULTS}/estimates/robustness_{{hypothesis}}.json",
    params:
        config=lambda wildcards: hypothesis_slice(wildcards.hypothesis),
        folder=RESULTS,
        library=library("robustness", *SCHEMAS),
    log:
        f"{RESULTS}/logs/robustness/{{hypothesis}}.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/robustness.py"


rule curve:
    input:
        canonical_tables(config["operations"]),
    output:
        json=f"{RESULTS}/estimates/curve_{{hypothesis}}.json",
        csv=f"{RESULTS}/estimates/curve_{{hypothesis}}.csv",
    params:
        config=lambda wildcards: curve_slice(wildcards.hypothesis),
        folder=RESULTS,
        library=library("curve", *SCHEMAS),
    log:
        f"{RESULTS}/logs/curve/{{hypothesis}}.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/curve.py"


rule verdicts:
    input:
        robustness=robustness_files(),
        curves=curve_files(),
    output:
        json=f"{RESULTS}/estimates/verdicts.json",
        csv=f"{RESULTS}/verdicts.csv",
    params:
        hypotheses=part(config, "hypotheses")["hypotheses"],
        rule=part(config, "verdict")["verdict"],
        curves=configuration.curve_hypotheses(config),
        library=library("verdicts"),
    log:
        f"{RESULTS}/logs/verdicts.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/verdicts.py"
