# The reference numbers of clusters.json, from R: Rscript clusters.R data clusters.json
# Packages: clubSandwich, sandwich, jsonlite.
suppressMessages({library(clubSandwich); library(sandwich)})
arguments <- commandArgs(trailingOnly = TRUE)
cross <- read.csv(file.path(arguments[1], "cross_section.csv"))
cross$second <- seq_len(nrow(cross)) %% 23                 # a second way of clustering, not nested in the first
ten <- cross[cross$cluster < 10, ]                          # few clusters, unbalanced
panel <- read.csv(file.path(arguments[1], "panel_unbalanced.csv"))
panel <- panel[panel$unit < 12, ]
result <- list()
keep <- function(name, ...) result[[name]] <<- lapply(list(...), function(part) unname(as.matrix(part)))
tight <- glm.control(epsilon = 1e-15, maxit = 200)

bias_reduced <- function(name, model, cluster, types = c("CR2", "CR3")) {
  for (type in types) {
    V <- vcovCR(model, cluster = cluster, type = type)
    test <- coef_test(model, V, test = "Satterthwaite")
    keep(paste(name, tolower(type), sep = "_"), covariance = as.matrix(V), df = test$df_Satt, p = test$p_Satt)
  }
}
linear <- linear ~ x1 + x2 + d; binary <- binary ~ x1 + x2 + d
bias_reduced("linear", lm(linear, cross), cross$cluster)
bias_reduced("linear_ten", lm(linear, ten), ten$cluster)
bias_reduced("logit", glm(binary, binomial, cross, control = tight), cross$cluster)
# fixed effects of the clusters: every block of I - H loses rank, and CR3 does not exist
bias_reduced("linear_effects", lm(y ~ x1 + x2 + factor(unit), panel), panel$unit, "CR2")

two_way <- function(name, model) keep(name, covariance = vcovCL(model, cluster = cross[c("cluster", "second")], type = "HC1", fix = TRUE))
two_way("two_way_linear", lm(linear, cross))
two_way("two_way_logit", glm(binary, binomial, cross, control = tight))

# Delete-one-cluster estimates of a logit, refitted by glm
model <- glm(binary, binomial, cross, control = tight)
deleted <- t(sapply(sort(unique(cross$cluster)), function(g) coef(glm(binary, binomial, cross[cross$cluster != g, ], control = tight))))
keep("deleted_logit", estimates = deleted)
jsonlite::write_json(result, arguments[2], digits = I(15), auto_unbox = FALSE, pretty = FALSE)
cat(R.version.string, as.character(packageVersion("clubSandwich")), as.character(packageVersion("sandwich")), "\n")
