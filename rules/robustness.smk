# The primary tests under every alternative, without each state, under every specification and every
# method of inference; the verdicts.


for step in STEPS["measurement"].values():

    rule:
        name:
            "measurement"
        input:
            **step["input"],
            **sources(step),
        output:
            **step["output"],
        params:
            **step["params"],
        group:
            "estimates"
        resources:
            **asked("measurement", f"{RESULTS}/logs/measurement.log"),
        log:
            f"{RESULTS}/logs/measurement.log",
        conda:
            "../environment.yml"
        script:
            "../scripts/measurement.py"


for step in STEPS["caveat_models"].values():

    rule:
        name:
            "caveat_models"
        input:
            **step["input"],
            **sources(step),
        output:
            **step["output"],
        params:
            **step["params"],
        resources:
            **asked("caveat_models", f"{RESULTS}/logs/caveat_models.log"),
        log:
            f"{RESULTS}/logs/caveat_models.log",
        conda:
            "../environment.yml"
        script:
            "../scripts/caveat_models.py"


for name, step in STEPS["robustness"].items():

    rule:
        name:
            f"robustness{name and '_'}{name}"
        input:
            **step["input"],
            **sources(step),
        output:
            **step["output"],
        params:
            **step["params"],
        resources:
            **asked("robustness", f"{RESULTS}/logs/robustness{name and '/'}{name}.log"),
        log:
            f"{RESULTS}/logs/robustness{name and '/'}{name}.log",
        conda:
            "../environment.yml"
        script:
            "../scripts/robustness.py"


for name, step in STEPS["curve"].items():

    rule:
        name:
            f"curve_{name}"
        input:
            **step["input"],
            **sources(step),
        output:
            **step["output"],
        params:
            **step["params"],
        resources:
            **asked("curve", f"{RESULTS}/logs/curve/{name}.log", curve_size(step["params"])),
        log:
            f"{RESULTS}/logs/curve/{name}.log",
        conda:
            "../environment.yml"
        script:
            "../scripts/curve.py"


for name, step in STEPS["curve_shard"].items():

    rule:
        name:
            f"curve_shard_{name}"
        input:
            **step["input"],
            **sources(step),
        output:
            **step["output"],
        params:
            **step["params"],
        resources:
            **asked(
                "curve_shard", f"{RESULTS}/logs/curve_shard/{name}.log", curve_size(step["params"])
            ),
        log:
            f"{RESULTS}/logs/curve_shard/{name}.log",
        conda:
            "../environment.yml"
        script:
            "../scripts/curve_shard.py"


rule inference:
    input:
        **STEPS["inference"][""]["input"],
        **sources(STEPS["inference"][""]),
    output:
        **STEPS["inference"][""]["output"],
    params:
        **STEPS["inference"][""]["params"],
    group:
        "comparisons"
    resources:
        **asked("inference", f"{RESULTS}/logs/inference.log"),
    log:
        f"{RESULTS}/logs/inference.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/inference.py"


rule verdicts:
    input:
        **STEPS["verdicts"][""]["input"],
        **sources(STEPS["verdicts"][""]),
    output:
        **STEPS["verdicts"][""]["output"],
    params:
        **STEPS["verdicts"][""]["params"],
    localrule: True
    log:
        f"{RESULTS}/logs/verdicts.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/verdicts.py"


for step in STEPS["across_operations"].values():

    rule:
        name:
            "across_operations"
        input:
            **step["input"],
            **sources(step),
        output:
            **step["output"],
        params:
            **step["params"],
        group:
            "comparisons"
        resources:
            **asked("across_operations", f"{RESULTS}/logs/across_operations.log"),
        log:
            f"{RESULTS}/logs/across_operations.log",
        conda:
            "../environment.yml"
        script:
            "../scripts/across_operations.py"


for step in STEPS["companions"].values():

    rule:
        name:
            "companions"
        input:
            **step["input"],
            **sources(step),
        output:
            **step["output"],
        params:
            **step["params"],
        localrule: True
        log:
            f"{RESULTS}/logs/companions.log",
        conda:
            "../environment.yml"
        script:
            "../scripts/companions.py"


for step in STEPS["stated_reasons"].values():

    rule:
        name:
            "stated_reasons"
        input:
            **step["input"],
            **sources(step),
        output:
            **step["output"],
        params:
            **step["params"],
        localrule: True
        log:
            f"{RESULTS}/logs/stated_reasons.log",
        conda:
            "../environment.yml"
        script:
            "../scripts/stated_reasons.py"
