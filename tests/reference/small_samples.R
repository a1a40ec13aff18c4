# The reference numbers of small_samples.json, from R: Rscript small_samples.R data small_samples.json
# Packages: brglm2, ordinal (its wine data), metafor, jsonlite. Debian's brglm2 has no cumulative logit, so that the
# bias-reduced ordered logit is solved here by its definition (Firth 1993) with numerical derivatives of the probabilities.
suppressMessages({ library(brglm2); library(metafor) })
arguments <- commandArgs(trailingOnly = TRUE)
cross <- read.csv(file.path(arguments[1], "cross_section.csv"))
result <- list()

# Multinomial: brmultinom (mean bias reduction); the second outcome separates a term
tight <- list(epsilon = 1e-12, maxit = 1000)
multinomial <- function(name, formula, data) {
  data$outcome <- factor(data$nominal)
  model <- brmultinom(update(formula, outcome ~ .), data = data, ref = 1, type = "AS_mean", control = tight)
  b <- coef(model)
  result[[name]] <<- list(estimates = as.vector(t(b)), std_error = as.vector(t(summary(model)$standard.errors)))
}
multinomial("multinomial", ~ x1 + x2 + d, cross)
few <- cross[1:60, ]
few$apart <- as.numeric(few$nominal == 1 & few$x1 < 0)    # a row that has it is of level 1
multinomial("multinomial_separated", ~ x1 + apart, few)

# Ordered: U + 1/2 tr(F^-1 (P + Q)) with P and Q from enumerated levels, all derivatives by central differences
ordered_logit <- function(y, X, K) {
  p <- ncol(X) + K - 1
  logs <- function(t, x) { cuts <- c(-Inf, t[ncol(X) + 1:(K - 1)], Inf); log(diff(plogis(cuts - sum(x * t[1:ncol(X)])))) }
  first <- function(t, x) sapply(1:p, function(a) { e <- replace(numeric(p), a, 1e-5); (logs(t + e, x) - logs(t - e, x)) / 2e-5 })
  second <- function(t, x) sapply(1:p, function(a) {
    e <- replace(numeric(p), a, 1e-4); (first(t + e, x) - first(t - e, x)) / 2e-4 }, simplify = "array")   # K x p x p
  unique_rows <- unique(X); at <- match(apply(X, 1, paste, collapse = " "), apply(unique_rows, 1, paste, collapse = " "))
  score <- function(t) {
    U <- numeric(p); F <- matrix(0, p, p); PQ <- array(0, c(p, p, p))
    for (r in seq_len(nrow(unique_rows))) {
      x <- unique_rows[r, ]; s <- first(t, x); H <- second(t, x); chance <- exp(logs(t, x)); here <- which(at == r)
      for (i in here) U <- U + s[y[i], ]
      for (j in 1:K) {
        F <- F + length(here) * chance[j] * outer(s[j, ], s[j, ])
        for (a in 1:p) PQ[a, , ] <- PQ[a, , ] + length(here) * chance[j] * s[j, a] * (outer(s[j, ], s[j, ]) + H[j, , ])
      }
    }
    list(U = U + sapply(1:p, function(a) sum(diag(solve(F, PQ[a, , ])))) / 2, F = F)
  }
  counts <- tabulate(y, K) + 0.5
  t <- c(numeric(ncol(X)), qlogis(cumsum(counts)[1:(K - 1)] / sum(counts)))
  for (step in 1:200) { at_t <- score(t); move <- solve(at_t$F, at_t$U); t <- t + move; if (max(abs(move)) < 1e-9) break }
  list(estimates = t, std_error = sqrt(diag(solve(score(t)$F))))
}
wine <- ordinal::wine
X <- cbind(warm = as.numeric(wine$temp == "warm"), contact = as.numeric(wine$contact == "yes"))
result$wine <- c(ordered_logit(as.integer(wine$rating), X, 5), list(y = as.integer(wine$rating), warm = X[, 1], contact = X[, 2]))
high <- as.numeric(wine$rating == 5)
result$wine_separated <- ordered_logit(as.integer(wine$rating), cbind(X, high * X[, 1]), 5)   # a row that has it is of the highest level
binary <- glm(binary ~ x1 + x2 + d, binomial, cross, method = "brglmFit", type = "AS_mean", epsilon = 1e-12, maxit = 1000)
result$binary <- list(estimates = unname(coef(binary)), std_error = unname(sqrt(diag(vcov(binary)))))

# Meta-analysis: seven estimates, with and without covariance between them
y <- c(0.62, 0.10, 0.45, -0.20, 0.80, 0.31, 0.05); s <- c(0.30, 0.25, 0.40, 0.35, 0.45, 0.20, 0.50)
R <- 0.25 ^ abs(outer(1:7, 1:7, "-")); V <- outer(s, s) * R; id <- factor(1:7)
meta <- function(name, model) {
  result[[name]] <<- list(estimate = as.vector(model$b), std_error = model$se, tau2 = if (inherits(model, "rma.mv")) model$sigma2 else model$tau2,
    p = model$pval, low = model$ci.lb, high = model$ci.ub, Q = model$QE, Q_p = model$QEp)
}
narrow <- list(threshold = 1e-12, maxiter = 10000)
meta("meta_pm_knha", rma(y, s^2, method = "PM", test = "knha", control = list(tol = 1e-12)))
meta("meta_reml_knha", rma(y, s^2, method = "REML", test = "knha", control = narrow))
W <- V * 0.05                                    # small enough errors for a tau2 above zero
meta("meta_dependent_reml", rma.mv(y, W, random = ~ 1 | id, method = "REML", test = "t", control = list(optimizer = "optim", optmethod = "BFGS", reltol = 1e-14)))
result$meta_input <- list(y = y, s = s, V = V, W = W)
jsonlite::write_json(result, arguments[2], digits = I(12), auto_unbox = TRUE, pretty = TRUE)
cat(R.version.string, sapply(c("brglm2", "ordinal", "metafor"), function(p) as.character(packageVersion(p))), "\n")
