# Simulated worlds -> what both versions of the verdict rule say of them.


rule diagnosis_design:
    input:
        **DIAGNOSIS["design"]["input"],
        **sources(DIAGNOSIS["design"]),
    output:
        **DIAGNOSIS["design"]["output"],
    params:
        **DIAGNOSIS["design"]["params"],
    resources:
        **asked("diagnosis_design", f"{RESULTS}/logs/diagnosis/design.log"),
    log:
        f"{RESULTS}/logs/diagnosis/design.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/diagnosis_design.py"


for number, step in enumerate(DIAGNOSIS["shards"]):

    rule:
        name:
            f"diagnosis_{step['params']['world']}_{step['params']['shard']}"
        input:
            **step["input"],
        output:
            **step["output"],
        params:
            **step["params"],
        resources:
            **asked(
                "diagnosis",
                f"{RESULTS}/logs/diagnosis/{step['params']['world']}_{step['params']['shard']}.log",
            ),
        log:
            f"{RESULTS}/logs/diagnosis/{step['params']['world']}_{step['params']['shard']}.log",
        priority: len(DIAGNOSIS["shards"]) - number
        conda:
            "../environment.yml"
        script:
            "../scripts/diagnosis_shard.py"


rule diagnosis:
    input:
        **DIAGNOSIS["merged"]["input"],
    output:
        **DIAGNOSIS["merged"]["output"],
    params:
        **DIAGNOSIS["merged"]["params"],
    localrule: True
    log:
        f"{RESULTS}/logs/diagnosis/merged.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/diagnosis.py"
