# Canonical tables -> samples with their measures.


for name, step in STEPS["sample"].items():

    rule:
        name:
            f"sample_{name}"
        input:
            **step["input"],
            **sources(step),
        output:
            **step["output"],
        params:
            **step["params"],
        localrule: True
        log:
            f"{RESULTS}/logs/sample/{name}.log",
        conda:
            "../environment.yml"
        script:
            "../scripts/sample.py"
