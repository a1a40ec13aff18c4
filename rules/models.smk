# Samples -> estimates, one file a group of models; a step fits several groups.


for name, step in STEPS["estimate"].items():

    rule:
        name:
            f"estimate_{name}"
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
            **asked("estimate", f"{RESULTS}/logs/estimate/{name}.log"),
        log:
            f"{RESULTS}/logs/estimate/{name}.log",
        conda:
            "../environment.yml"
        script:
            "../scripts/estimate.py"
