# The primary tests under every alternative, without each state, under every specification and every method of inference; the verdicts.
# robustness: params.config is the slice of hypothesis_slice; curve: of curve_slice; uncertainty: of uncertainty_slice; inference: of
# inference_slice, params.samples in the order of the input; power: of power_slice; verdicts: the hypotheses, those with a curve, and the rule.


rule robustness:
    input:
        canonical_tables(config["operations"]),
        estimates=lambda wildcards: f"{RESULTS}/estimates/{primary_model(wildcards.hypothesis)['group']}.json",
        sample=lambda wildcards: f"{RESULTS}/data/{primary_model(wildcards.hypothesis)['sample']}.csv",
    output:
        f"{RESULTS}/estimates/robustness_{{hypothesis}}.json",
    params:
        config=lambda wildcards: hypothesis_slice(wildcards.hypothesis),
        folder=lambda wildcards, output: str(Path(output[0]).parents[1]),
        library=library("robustness", *SCHEMAS),
    log:
        f"{RESULTS}/logs/robustness/{{hypothesis}}.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/robustness.py"


rule uncertainty:
    input:
        canonical_tables(config["operations"]),
    output:
        f"{RESULTS}/estimates/uncertainty_{{hypothesis}}.json",
    params:
        config=lambda wildcards: uncertainty_slice(wildcards.hypothesis),
        folder=lambda wildcards, output: str(Path(output[0]).parents[1]),
        library=library("uncertainty", *SCHEMAS),
    log:
        f"{RESULTS}/logs/uncertainty/{{hypothesis}}.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/uncertainty.py"


rule curve:
    input:
        canonical_tables(config["operations"]),
    output:
        json=f"{RESULTS}/estimates/curve_{{hypothesis}}.json",
        csv=f"{RESULTS}/estimates/curve_{{hypothesis}}.csv",
    params:
        config=lambda wildcards: curve_slice(wildcards.hypothesis),
        folder=lambda wildcards, output: str(Path(output.json).parents[1]),
        library=library("curve", *SCHEMAS),
    log:
        f"{RESULTS}/logs/curve/{{hypothesis}}.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/curve.py"


rule power:
    input:
        sample=lambda wildcards: f"{RESULTS}/data/{primary_model(wildcards.hypothesis)['sample']}.csv",
    output:
        f"{RESULTS}/estimates/power_{{hypothesis}}.json",
    params:
        config=lambda wildcards: power_slice(wildcards.hypothesis),
        library=library("power"),
    log:
        f"{RESULTS}/logs/power/{{hypothesis}}.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/power.py"


rule verdicts:
    input:
        robustness=robustness_files(),
        curves=curve_files(),
        powers=power_files(),
        inference=[f"{RESULTS}/estimates/inference.json"] if config.get("dependence") else [],
        levels=(
            ancient([str(located(config["dependence"]["levels"]))])
            if config.get("dependence")
            else []
        ),
    output:
        json=f"{RESULTS}/estimates/verdicts.json",
        csv=f"{RESULTS}/verdicts.csv",
    params:
        hypotheses=hypotheses_slice("title", "claim", "primary"),
        seconds={
            name: second_term(spec["primary"]["model"])
            for name, spec in config["hypotheses"].items()
        },
        rule=part(config, "verdict")["verdict"],
        dependence=part(config, "dependence")["dependence"] if config.get("dependence") else {},
        levels=(
            content([str(located(config["dependence"]["levels"]))])
            if config.get("dependence")
            else {}
        ),
        curves=configuration.curve_hypotheses(config),
        library=library("verdicts"),
    log:
        f"{RESULTS}/logs/verdicts.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/verdicts.py"


rule inference:
    input:
        estimates=[f"{RESULTS}/estimates/{group}.json" for group in primary_groups()],
        samples=[f"{RESULTS}/data/{name}.csv" for name in primary_samples()],
    output:
        f"{RESULTS}/estimates/inference.json",
    params:
        config=inference_slice(),
        samples=primary_samples(),
        library=library("inference"),
    log:
        f"{RESULTS}/logs/inference.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/inference.py"


rule across_operations:
    input:
        tables=across_tables(),
        files=ancient(across_sources()),
    output:
        f"{RESULTS}/estimates/across_operations.json",
    params:
        config=across_slice(),
        settings=plain(config["across_operations"]),
        made=["covariates", *config["operations"]],
        folder=lambda wildcards, output: str(Path(output[0]).parents[1]),
        content=content(across_sources()),
        library=library("across_operations", *SCHEMAS),
    log:
        f"{RESULTS}/logs/across_operations.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/across_operations.py"


rule companions:
    input:
        sample=f"{RESULTS}/data/{config['companions']['sample']}.csv",
    output:
        f"{RESULTS}/estimates/companions.json",
    params:
        config=companions_slice(),
        library=library("companions"),
    log:
        f"{RESULTS}/logs/companions.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/companions.py"
