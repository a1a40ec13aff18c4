# Estimates -> tables, figures, report, manifest. No statistics package is imported from here on.
# table, figure: params.name, params.spec (its entry in the config), params.labels, params.operations (their labels).
# figure: params.counting is how troops are counted.


rule table:
    input:
        estimates=lambda wildcards: estimates_for(config["tables"][wildcards.name]),
        diagnostics=lambda wildcards: diagnostics_for(config["tables"][wildcards.name]),
        verdicts=lambda wildcards: verdicts_for(config["tables"][wildcards.name]),
    output:
        csv=f"{RESULTS}/tables/{{name}}.csv",
        tex=f"{RESULTS}/tables/{{name}}.tex",
        html=f"{RESULTS}/tables/{{name}}.html",
        md=f"{RESULTS}/tables/{{name}}.md",
        docx=f"{RESULTS}/tables/{{name}}.docx",
    params:
        name=lambda wildcards: wildcards.name,
        spec=lambda wildcards: config["tables"][wildcards.name],
        labels=configuration.labels(config),
        operations=operation_labels(),
        library=library("table"),
    log:
        f"{RESULTS}/logs/table/{{name}}.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/table.py"


rule figure:
    input:
        estimates=lambda wildcards: estimates_for(config["figures"][wildcards.name]),
        verdicts=lambda wildcards: verdicts_for(config["figures"][wildcards.name]),
        data=lambda wildcards: data_for(config["figures"][wildcards.name]),
    output:
        svg=f"{RESULTS}/figures/{{name}}.svg",
        pdf=f"{RESULTS}/figures/{{name}}.pdf",
        png=f"{RESULTS}/figures/{{name}}.png",
        json=f"{RESULTS}/figures/{{name}}.json",
    params:
        name=lambda wildcards: wildcards.name,
        spec=lambda wildcards: config["figures"][wildcards.name],
        labels=configuration.labels(config),
        operations=operation_labels(),
        counting=lambda wildcards: counting_for(config["figures"][wildcards.name]),
        library=library("figure"),
    log:
        f"{RESULTS}/logs/figure/{{name}}.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/figure.py"


rule report:
    input:
        everything_made(),
        sources=ancient(config["sources"]),
        template=ancient("scripts/coalition/report/report.html.j2"),
        canonical=[canonical(group, table) for group, table in SOURCES if group in config["operations"]],
    output:
        f"{RESULTS}/report.html",
    params:
        folder=RESULTS,
        config=part(config, "run", "seed", "operations", "measures", "samples", "hypotheses", "verdict", "tables", "figures"),
        inputs=content(configuration.files(config).values()),
        library=library("report", *Path(workflow.basedir).glob("scripts/coalition/report/*.j2"), *Path(workflow.basedir).glob("scripts/coalition/report/*.css")),
    log:
        f"{RESULTS}/logs/report.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/report.py"


rule manifest:
    input:
        everything_made(),
        f"{RESULTS}/report.html",
    output:
        f"{RESULTS}/manifest.json",
    params:
        config=lambda wildcards: config,
        files=sorted(configuration.files(config).values()),
        library=library("manifest"),
    log:
        f"{RESULTS}/logs/manifest.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/manifest.py"
