# The reference numbers of expected.json, from R: Rscript reference.R data expected.json
# Packages: sandwich, MASS, nnet, brglm2, plm, ordinal, survival, lme4, numDeriv, jsonlite.
suppressPackageStartupMessages({library(sandwich); library(MASS); library(nnet); library(brglm2); library(plm); library(survival)})
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

# Sequential logit: two binary logits; the scores side by side, zero where a row does not face the decision
X <- model.matrix(~ x1 + x2 + d, cross)
stages <- list(list(facing = rep(TRUE, nrow(cross)), on = cross$nominal > 0), list(facing = cross$nominal > 0, on = cross$nominal > 1))
stages <- lapply(stages, function(stage) {
  model <- glm(on ~ x1 + x2 + d, binomial, cbind(cross, on = stage$on)[stage$facing, ], control = tight)
  c(stage, list(model = model, scores = stage$facing * (stage$on - plogis(X %*% coef(model))[, 1]) * X))
})
sequential <- c(coef(stages[[1]]$model), coef(stages[[2]]$model))
V <- as.matrix(Matrix::bdiag(vcov(stages[[1]]$model), vcov(stages[[2]]$model)))
keep("sequential", sequential, V, log_likelihood = as.numeric(logLik(stages[[1]]$model) + logLik(stages[[2]]$model)))
scores <- cbind(stages[[1]]$scores, stages[[2]]$scores)
keep("sequential_cluster", sequential, clustered(V, scores, cross$cluster))
W0 <- X; W1 <- X; W0[, "d"] <- 0; W1[, "d"] <- 1
chances <- function(W, b) { p <- plogis(W %*% b[1:4]); q <- plogis(W %*% b[5:8]); cbind(1 - p, p * (1 - q), p * q) }
effects <- function(b) {
  by_step <- function(j) { up <- X; down <- X; up[, j] <- up[, j] + 1e-4; down[, j] <- down[, j] - 1e-4
    colMeans(chances(up, b) - chances(down, b)) / 2e-4 }
  c(by_step("x1"), by_step("x2"), colMeans(chances(W1, b) - chances(W0, b)))
}
delta("effects_sequential_cluster", effects, sequential, clustered(V, scores, cross$cluster))

# Partial proportional odds: x2 has one effect a cut point; clm moves the cuts, so that its effects have the other sign
steep <- ordinal::clm.control(gradTol = 1e-12, maxIter = 200)
model <- ordinal::clm(factor(ordered) ~ x1 + d, nominal = ~ x2, data = cross, control = steep)
order <- c(7, 8, 4:6, 1:3)                            # x1, d; x2 at each cut; the cuts
turn <- diag(c(1, 1, -1, -1, -1, 1, 1, 1))
keep("partial_ordered", c(turn %*% coef(model)[order]), turn %*% vcov(model)[order, order] %*% turn, log_likelihood = as.numeric(logLik(model)))
test <- function(statistic, df) list(statistic = as.numeric(statistic), df = df, p = pchisq(as.numeric(statistic), df, lower.tail = FALSE))
result$nominal_test <- list(log_likelihood = sapply(c(~ x1, ~ x2, ~ d), function(nominal) {
  others <- setdiff(c("x1", "x2", "d"), all.vars(nominal))
  as.numeric(logLik(ordinal::clm(reformulate(others, "factor(ordered)"), nominal = nominal, data = cross, control = steep)))
}))

# Proportional odds: Brant's Wald test, and the score test with the information of the multinomial, D' diag(1/p) D
k <- ncol(X); cuts <- 3
binary <- lapply(0:2, function(j) glm(above ~ x1 + x2 + d, binomial, cbind(cross, above = cross$ordered > j), control = tight))
P <- sapply(binary, fitted)
joint <- matrix(0, cuts * (k - 1), cuts * (k - 1))
for (a in 1:cuts) for (b in 1:cuts) {
  w <- P[, max(a, b)] - P[, a] * P[, b]
  block <- solve(t(X) %*% (P[, a] * (1 - P[, a]) * X)) %*% (t(X) %*% (w * X)) %*% solve(t(X) %*% (P[, b] * (1 - P[, b]) * X))
  joint[(a - 1) * (k - 1) + 1:(k - 1), (b - 1) * (k - 1) + 1:(k - 1)] <- block[-1, -1]
}
slopes <- unlist(lapply(binary, function(model) coef(model)[-1]))
differ <- function(terms) kronecker(cbind(-1, diag(cuts - 1)), diag(k - 1)[terms, , drop = FALSE])
wald <- function(D) { b <- D %*% slopes; c(t(b) %*% solve(D %*% joint %*% t(D), b)) }
result$brant <- list(statistic = c(wald(differ(1:3)), sapply(1:3, function(j) wald(differ(j)))))
free <- function(at, row) diff(c(0, plogis(at[10:12] - matrix(at[1:9], 3, byrow = TRUE) %*% row), 1))
ordered <- ordinal::clm(factor(ordered) ~ x1 + x2 + d, data = cross, control = steep)
at <- c(rep(coef(ordered)[4:6], 3), coef(ordered)[1:3])
U <- 0; information <- 0; meat <- list()
for (i in seq_len(nrow(cross))) {
  row <- X[i, -1]; p <- free(at, row); D <- numDeriv::jacobian(free, at, row = row)
  information <- information + t(D) %*% (D / p)
  meat[[i]] <- D[cross$ordered[i] + 1, ] / p[cross$ordered[i] + 1]
}
meat <- do.call(rbind, meat); sums <- rowsum(meat, cross$cluster); G <- nrow(sums)
bread <- solve(information)
C <- cbind(differ(1:3), matrix(0, 6, 3)); moved <- C %*% bread %*% colSums(meat)
result$score_test <- list(statistic = c(t(moved) %*% solve(C %*% bread %*% t(C), moved)))
spread <- C %*% bread %*% (G / (G - 1) * crossprod(sums)) %*% bread %*% t(C)
result$score_test_cluster <- list(statistic = c(t(moved) %*% solve(spread, moved)))

# First differences of years that follow each other; between units; Driscoll-Kraay; Hausman
for (name in c("panel", "panel_unbalanced")) {
  flat <- read(paste0(name, ".csv")); flat <- flat[order(flat$unit, flat$year), ]
  step <- c(FALSE, diff(flat$unit) == 0 & diff(flat$year) == 1)
  change <- function(v) (v - c(NA, head(v, -1)))[step]
  model <- lm(change(y) ~ change(x1) + change(x2) - 1, flat)
  keep(paste(name, "first_differences", sep = "_"), coef(model), vcov(model))
  keep(paste(name, "first_differences_cluster", sep = "_"), coef(model), vcovCL(model, cluster = flat$unit[step], type = "HC1"))
  means <- aggregate(flat, list(flat$unit), mean)
  model <- lm(y ~ x1 + x2 + z, means)
  keep(paste(name, "between_coarse", sep = "_"), coef(model), vcovCL(model, cluster = means$cluster, type = "HC1"))
  data <- pdata.frame(flat, index = c("unit", "year"))
  model <- plm(y ~ x1 + x2 + z, data, model = "between")
  keep(paste(name, "between", sep = "_"), coef(model), vcov(model), r2 = unname(summary(model)$r.squared[1]))
  lag <- floor(4 * (length(unique(flat$year)) / 100)^(2 / 9))
  for (effects in c("pooling", "within")) {
    model <- plm(if (effects == "within") y ~ x1 + x2 else y ~ x1 + x2 + z, data, model = effects)
    n <- nrow(flat); V <- vcovSCC(model, type = "HC0", maxlag = lag) * n / (n - length(coef(model)))
    keep(paste(name, effects, "driscoll_kraay", sep = "_"), coef(model), matrix(V, ncol(V)))
  }
  found <- phtest(plm(y ~ x1 + x2, data, model = "within"), plm(y ~ x1 + x2 + z, data, model = "random"))
  result[[paste(name, "hausman", sep = "_")]] <- test(found$statistic, 2)
  flat$m1 <- ave(flat$x1, flat$unit); flat$m2 <- ave(flat$x2, flat$unit)
  model <- lm(y ~ x1 + x2 + z + m1 + m2, flat)
  V <- vcovCL(model, cluster = flat$unit, type = "HC1")
  last <- c("m1", "m2"); result[[paste(name, "mundlak", sep = "_")]] <- test(t(coef(model)[last]) %*% solve(V[last, last], coef(model)[last]), 2)
}
data <- pdata.frame(read("panel.csv"), index = c("unit", "year"))
model <- plm(diff(y) ~ diff(x1) + diff(x2) - 1, data, model = "pooling")      # plm's own differences, balanced
keep("panel_first_differences_plm", coef(model), vcov(model))
sss <- function(x) vcovHC(x, method = "arellano", type = "sss", cluster = "group")
result$panel_hausman_auxiliary <- test(phtest(y ~ x1 + x2, data, method = "aux", vcov = sss)$statistic, 2)      # without z

# Conditional logit; survival has no scores for its exact method, so that those of the clusters are made from all arrangements
events <- read("panel_binary.csv"); events <- events[order(events$unit, events$year), ]
model <- clogit(y ~ x1 + x2 + strata(unit), events, method = "exact", control = coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 50))
keep("conditional", coef(model), vcov(model), log_likelihood = as.numeric(logLik(model)))
varying <- as.numeric(names(which(tapply(events$y, events$unit, function(y) length(unique(y)) == 2))))
score <- function(unit) {
  rows <- as.matrix(events[events$unit == unit, c("x1", "x2")]); y <- events$y[events$unit == unit]
  sums <- t(combn(length(y), sum(y), function(which) colSums(rows[which, , drop = FALSE])))
  weight <- exp(sums %*% coef(model)); colSums(rows[y == 1, , drop = FALSE]) - c(t(weight) %*% sums) / sum(weight)
}
used <- events[events$unit %in% varying, ]
scores <- matrix(0, nrow(used), 2); scores[match(varying, used$unit), ] <- t(sapply(varying, score))
keep("conditional_cluster", coef(model), clustered(vcov(model), scores, used$cluster))

# Correlated random effects: glmer; then the likelihood itself by integrate(), whose maximum, Hessian and scores are what is kept
events$m1 <- ave(events$x1, events$unit); events$m2 <- ave(events$x2, events$unit)
wide <- y ~ x1 + x2 + z + m1 + m2
X <- model.matrix(wide, events); unit <- match(events$unit, unique(events$unit))
units <- function(at) sapply(unique(unit), function(i) {
  eta <- X[unit == i, , drop = FALSE] %*% at[1:6]; sign <- 2 * events$y[unit == i] - 1
  inside <- function(u) sapply(u, function(v) exp(sum(plogis(sign * (eta + exp(at[7]) * v), log.p = TRUE)) + dnorm(v, log = TRUE)))
  log(integrate(inside, -9, 9, rel.tol = 1e-11, subdivisions = 400)$value)
})
mixed <- lme4::glmer(update(wide, . ~ . + (1 | unit)), events, binomial, nAGQ = 25, control = lme4::glmerControl(optCtrl = list(maxfun = 1e5), tolPwrss = 1e-12))
start <- c(lme4::fixef(mixed), log(sqrt(unlist(lme4::VarCorr(mixed)))))
result$cre_glmer <- list(estimate = unname(start), log_likelihood = as.numeric(logLik(mixed)))
at <- start
at <- at + solve(-numDeriv::hessian(function(b) sum(units(b)), at), numDeriv::grad(function(b) sum(units(b)), at))      # glmer stops at 1e-5
bread <- solve(-numDeriv::hessian(function(b) sum(units(b)), at))
keep("cre", at, bread, log_likelihood = sum(units(at)))
scores <- matrix(0, nrow(events), 7); scores[match(unique(unit), unit), ] <- numDeriv::jacobian(units, at)
keep("cre_cluster", at, clustered(bread, scores, events$cluster))
model <- glm(wide, binomial, events, control = tight)
keep("cre_pooled", coef(model), vcovCL(model, cluster = events$unit, type = "HC1"))
keep("cre_pooled_cluster", coef(model), vcovCL(model, cluster = events$cluster, type = "HC1"))
jsonlite::write_json(result, arguments[2], digits = I(12), auto_unbox = TRUE, pretty = TRUE)
cat(R.version.string, "\n")
