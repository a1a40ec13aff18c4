# The reference numbers of expected.json, from R: Rscript reference.R data expected.json
# Packages: sandwich, MASS, nnet, brglm2, plm, jsonlite.
suppressPackageStartupMessages({library(sandwich); library(MASS); library(nnet); library(brglm2); library(plm)})
arguments <- commandArgs(trailingOnly = TRUE)
read <- function(name) read.csv(file.path(arguments[1], name))
cross <- read("cross_section.csv"); small <- read("small_sample.csv")
result <- list()
keep <- function(name, estimate, covariance, ...) {
  result[[name]] <<- c(list(estimate = unname(estimate), covariance = unname(covariance)), list(...))
}
height <- function(model) list(log_likelihood = as.numeric(logLik(model)), aic = AIC(model), bic = BIC(model))
clustered <- function(bread, scores, cluster) {       # HC1 of sandwich, for the models that it has no scores for
  sums <- rowsum(scores, cluster); n <- nrow(scores); G <- nrow(sums)
  G / (G - 1) * (n - 1) / (n - ncol(scores)) * bread %*% crossprod(sums) %*% bread
}
tight <- glm.control(epsilon = 1e-15, maxit = 200)

# Logit
logit <- glm(binary ~ x1 + x2 + d, binomial, cross, control = tight)
null <- list(log_likelihood_null = as.numeric(logLik(glm(binary ~ 1, binomial, cross))))
do.call(keep, c(list("logit", coef(logit), vcov(logit)), height(logit), null))
keep("logit_cluster", coef(logit), vcovCL(logit, ~cluster, type = "HC1"))

# Firth: brglm2; clustered by hand, with the modified scores
firth <- function(formula, data) glm(formula, binomial, data, method = "brglmFit", type = "AS_mean", epsilon = 1e-12, maxit = 2000)
modified <- function(model) {
  X <- model.matrix(model); p <- fitted(model); root <- sqrt(p * (1 - p)) * X
  h <- rowSums((root %*% solve(crossprod(root))) * root)
  (model$y - p + h * (0.5 - p)) * X
}
model <- firth(binary ~ x1 + x2 + d, cross)
keep("firth", coef(model), vcov(model), log_likelihood = as.numeric(logLik(model)))
keep("firth_cluster", coef(model), clustered(vcov(model), modified(model), cross$cluster))
model <- firth(y ~ x + s, small)
keep("firth_separated", coef(model), vcov(model))

# Ordered logit
model <- polr(factor(ordered) ~ x1 + x2 + d, cross, Hess = TRUE, control = list(reltol = 1e-16, maxit = 1000))
do.call(keep, c(list("ordered", c(coef(model), model$zeta), vcov(model)), height(model)))
keep("ordered_cluster", c(coef(model), model$zeta), vcovCL(model, cluster = cross$cluster, type = "HC1"))

# Multinomial logit; sandwich has no scores for nnet
model <- multinom(nominal ~ x1 + x2 + d, cross, Hess = TRUE, reltol = 1e-16, abstol = 1e-16, maxit = 5000, trace = FALSE)
X <- model.matrix(~ x1 + x2 + d, cross); P <- fitted(model)
scores <- cbind(((cross$nominal == 1) - P[, 2]) * X, ((cross$nominal == 2) - P[, 3]) * X)
beta <- c(t(coef(model)))
do.call(keep, c(list("multinomial", beta, vcov(model)), height(model)))
V <- clustered(vcov(model), scores, cross$cluster)
keep("multinomial_cluster", beta, V)

# Poisson: a count, and pseudo-maximum likelihood
model <- glm(count ~ x1 + x2 + d, poisson, cross, control = tight)
do.call(keep, c(list("poisson", coef(model), vcovHC(model, type = "HC1")), height(model)))
keep("poisson_cluster", coef(model), vcovCL(model, ~cluster, type = "HC1"))
model <- suppressWarnings(glm(amount ~ x1 + x2 + d, poisson, cross, control = tight))
keep("poisson_amount_cluster", coef(model), vcovCL(model, ~cluster, type = "HC1"))

# Least squares
model <- lm(linear ~ x1 + x2 + d, cross)
keep("ols", coef(model), vcovHC(model, type = "HC1"), r2 = summary(model)$r.squared, adjusted_r2 = summary(model)$adj.r.squared)
keep("ols_cluster", coef(model), vcovCL(model, ~cluster, type = "HC1"))

# Effects on probabilities, with derivatives by central differences
delta <- function(name, quantity, beta, V) {
  J <- sapply(seq_along(beta), function(j) {
    h <- replace(numeric(length(beta)), j, 1e-5); (quantity(beta + h) - quantity(beta - h)) / 2e-5
  })
  keep(name, quantity(beta), J %*% V %*% t(J))
}
X <- model.matrix(logit); X0 <- X; X1 <- X; X0[, "d"] <- 0; X1[, "d"] <- 1
marginal <- function(b) c(mean(dlogis(X %*% b)) * b[2:3], mean(plogis(X1 %*% b) - plogis(X0 %*% b)))
delta("effects_logit_cluster", marginal, coef(logit), vcovCL(logit, ~cluster, type = "HC1"))

model <- multinom(nominal ~ x1 * x2 + d, cross, Hess = TRUE, reltol = 1e-16, abstol = 1e-16, maxit = 5000, trace = FALSE)
X <- model.matrix(~ x1 * x2 + d, cross); P <- fitted(model)
V <- clustered(vcov(model), cbind(((cross$nominal == 1) - P[, 2]) * X, ((cross$nominal == 2) - P[, 3]) * X), cross$cluster)
corner <- function(b, q1, q2) {
  data <- transform(cross, x1 = quantile(x1, q1), x2 = quantile(x2, q2))
  W <- model.matrix(~ x1 * x2 + d, data); k <- ncol(W)
  E <- cbind(1, exp(W %*% b[1:k]), exp(W %*% b[k + 1:k])); colMeans(E / rowSums(E))
}
corners <- function(b) c(corner(b, .2, .2), corner(b, .2, .8), corner(b, .8, .2), corner(b, .8, .8))
delta("effects_corners", corners, c(t(coef(model))), V)
contrasts <- function(b) {       # levels 0 abstain, 1 unreserved, 2 reserved
  high <- corner(b, .8, .8) - corner(b, .2, .8); low <- corner(b, .8, .2) - corner(b, .2, .2)
  c(high[3], -high[1], high[3] - high[2], low[3], -low[1], low[3] - low[2], high[3] - low[3])
}
delta("effects_contrasts", contrasts, c(t(coef(model))), V)

# Panel
for (name in c("panel", "panel_unbalanced")) {
  data <- pdata.frame(read(paste0(name, ".csv")), index = c("unit", "year"))
  fit <- function(model, effect, formula) plm(formula, data, model = model, effect = effect, random.method = "swar")
  models <- list(
    pooled = fit("pooling", "individual", y ~ x1 + x2 + z), entity = fit("within", "individual", y ~ x1 + x2),
    two_way = fit("within", "twoways", y ~ x1 + x2), random = fit("random", "individual", y ~ x1 + x2 + z)
  )
  for (effects in names(models)) {
    model <- models[[effects]]
    r2 <- unname(summary(model)$r.squared)
    r2 <- if (effects == "random") list() else list(r2 = r2[1], adjusted_r2 = r2[2])
    do.call(keep, c(list(paste(name, effects, sep = "_"), coef(model), vcov(model)), r2))
    keep(paste(name, effects, "cluster", sep = "_"), coef(model), vcovHC(model, method = "arellano", type = "sss", cluster = "group"))
  }
  # clusters of two units: least squares on what is left within units
  flat <- read(paste0(name, ".csv"))
  within <- function(v) v - ave(v, flat$unit)
  model <- lm(within(y) ~ within(x1) + within(x2) - 1, flat)
  keep(paste(name, "entity_coarse", sep = "_"), coef(model), vcovCL(model, cluster = flat$cluster, type = "HC1"))
}
jsonlite::write_json(result, arguments[2], digits = I(12), auto_unbox = TRUE, pretty = TRUE)
cat(R.version.string, "\n")
