# Estimates -> tables, figures, report, manifest. No statistics package is imported from here on.
# report: it prints the hash of the whole config, so the whole config is its param; every file that
# it reads is an input.


for name, step in STEPS["tables"].items():

    rule:
        name:
            f"tables_{name}"
        input:
            **step["input"],
            **sources(step),
        output:
            **step["output"],
        params:
            **step["params"],
        localrule: True
        log:
            f"{RESULTS}/logs/tables/{name}.log",
        conda:
            "../environment.yml"
        script:
            "../scripts/tables.py"


for name, step in STEPS["figure"].items():

    rule:
        name:
            f"figure_{name}"
        input:
            **step["input"],
            **sources(step),
        output:
            **step["output"],
        params:
            **step["params"],
        localrule: True
        log:
            f"{RESULTS}/logs/figure/{name}.log",
        conda:
            "../environment.yml"
        script:
            "../scripts/figure.py"


rule report:
    input:
        **REPORT["input"],
        **sources(REPORT),
    output:
        **REPORT["output"],
    params:
        **REPORT["params"],
    localrule: True
    log:
        f"{RESULTS}/logs/report.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/report.py"


rule manifest:
    input:
        EVERYTHING,
        f"{RESULTS}/report.html",
    output:
        f"{RESULTS}/manifest.json",
    params:
        **PLAN["manifest"],
        **GIVEN,
    localrule: True
    log:
        f"{RESULTS}/logs/manifest.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/manifest.py"
