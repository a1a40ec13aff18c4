# The user's files -> canonical tables, one step an operation and one for the facts; how well the
# coders of caveats agree.


for name, step in STEPS["ingest"].items():

    rule:
        name:
            f"ingest_{name}"
        input:
            **step["input"],
            **sources(step),
        output:
            **step["output"],
        params:
            **step["params"],
        localrule: True
        log:
            f"{RESULTS}/logs/ingest/{name}.log",
        conda:
            "../environment.yml"
        script:
            "../scripts/ingest.py"


rule agreement:
    input:
        **STEPS["agreement"][""]["input"],
        **sources(STEPS["agreement"][""]),
    output:
        **STEPS["agreement"][""]["output"],
    params:
        **STEPS["agreement"][""]["params"],
    localrule: True
    log:
        f"{RESULTS}/logs/agreement.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/agreement.py"
