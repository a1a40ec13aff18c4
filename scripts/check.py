"""Rule check: look for mistakes in the config and the data; fit nothing, write nothing."""

from coalition import check

print(check.summary(snakemake.config, check.everything(snakemake.config)))
