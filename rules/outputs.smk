# Estimates -> tables, figures, report, manifest. No statistics package is imported from here on.
# report: it prints the hash of the whole config, so the whole config is its param; every file that it reads is an input.
# table, figure: params.name, params.spec (its entry in the config), params.labels, params.operations (their labels).
# figure: params.counting is how troops are counted.


rule table:
    input:
        unpack(lambda wildcards: made_from("tables", wildcards.name)),
    output:
        csv=f"{RESULTS}/tables/{{name}}.csv",
        tex=f"{RESULTS}/tables/{{name}}.tex",
        html=f"{RESULTS}/tables/{{name}}.html",
        md=f"{RESULTS}/tables/{{name}}.md",
        docx=f"{RESULTS}/tables/{{name}}.docx",
    wildcard_constraints:
        name="|".join(config["tables"]) or "none",
    params:
        name=lambda wildcards: wildcards.name,
        spec=lambda wildcards: TABLES[wildcards.name],
        labels=LABELS,
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
        unpack(lambda wildcards: made_from("figures", wildcards.name)),
    output:
        svg=f"{RESULTS}/figures/{{name}}.svg",
        pdf=f"{RESULTS}/figures/{{name}}.pdf",
        png=f"{RESULTS}/figures/{{name}}.png",
        json=f"{RESULTS}/figures/{{name}}.json",
    wildcard_constraints:
        name="|".join(config["figures"]) or "none",
    params:
        name=lambda wildcards: wildcards.name,
        spec=lambda wildcards: FIGURES[wildcards.name],
        labels=LABELS,
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
        estimates=[f"{RESULTS}/estimates/{group}.json" for group in GROUPS],
        robustness=robustness_files(),
        inference=[f"{RESULTS}/estimates/inference.json"],
        verdicts=[f"{RESULTS}/estimates/verdicts.json"],
        samples=[f"{RESULTS}/data/{name}.csv" for name in config["samples"]],
        diagnostics=[f"{RESULTS}/diagnostics/{name}.json" for name in config["samples"]],
        agreement=[f"{RESULTS}/diagnostics/coder_agreement.json"],
        canonical=[canonical(group, table) for group, table in SOURCES],
        tables=[f"{RESULTS}/tables/{name}.html" for name in config["tables"]],
        figures=[f"{RESULTS}/figures/{name}.json" for name in config["figures"]],
        drawings=[f"{RESULTS}/figures/{name}.svg" for name in config["figures"]],
        sources=ancient([str(located(path)) for path in ingest.source_files(config)]),
        dictionaries=ancient(
            [str(located(path)) for path in configuration.dictionaries(config).values()]
        ),
        template=ancient(PAGE),
    output:
        f"{RESULTS}/report.html",
    params:
        config=part(config, *sorted(config)),
        config_sha256=digest(config),
        dictionaries=list(configuration.dictionaries(config)),
        labels=LABELS,
        inputs={
            path: sha256(located(path))
            for path in sorted({*configuration.files(config).values(), *across_paths()})
        },
        packages=VERSIONS,
        skipped=availability.plain(SKIPPED),
        python=platform.python_version(),
        library=library("report", *PAGE),
    log:
        f"{RESULTS}/logs/report.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/report.py"


rule manifest:
    input:
        everything_made(),
        canonical_files(),
        f"{RESULTS}/report.html",
    output:
        f"{RESULTS}/manifest.json",
    params:
        config=lambda wildcards: part(config, *sorted(config)),
        files=sorted([*configuration.files(config).values(), *across_paths()]),
        library=library("manifest"),
    log:
        f"{RESULTS}/logs/manifest.log",
    conda:
        "../environment.yml"
    script:
        "../scripts/manifest.py"
