# The reference numbers of durations.json, from R: Rscript durations.R data durations.json
# Packages: survival, MASS, sandwich, plm, jsonlite.
suppressPackageStartupMessages({library(survival); library(MASS); library(sandwich); library(plm)})
arguments <- commandArgs(trailingOnly = TRUE)
read <- function(name) read.csv(file.path(arguments[1], name))
rows <- read("durations.csv")
result <- list()
keep <- function(name, estimate, covariance, ...) {
  result[[name]] <<- c(list(estimate = unname(estimate), error = unname(sqrt(diag(covariance)))), list(...))
}
factor_of <- function(model, G) { n <- nrow(rows); G / (G - 1) * (n - 1) / (n - length(coef(model))) }
tight <- coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 50)

# Cox: late entry, a term that changes over time; both ways of counting ties; clusters
for (ties in c("efron", "breslow")) {
  model <- coxph(Surv(start, stop, event) ~ x1 + x2 + d, rows, ties = ties, control = tight)
  keep(paste0("cox_", ties), coef(model), vcov(model), log_likelihood = model$loglik[2],
       log_likelihood_null = model$loglik[1], bic = BIC(model))
  robust <- coxph(Surv(start, stop, event) ~ x1 + x2 + d, rows, ties = ties, cluster = cluster, control = tight)
  keep(paste0("cox_", ties, "_cluster"), coef(robust), vcov(robust))
  G <- length(unique(rows$cluster))
  keep(paste0("cox_", ties, "_full"), coef(robust), vcov(robust) * factor_of(robust, G))
}
last <- do.call(rbind, by(rows, rows$unit, function(of) of[nrow(of), ]))
model <- coxph(Surv(stop, event) ~ x1 + d, last, control = tight)
keep("cox_without_start", coef(model), vcov(model), log_likelihood = model$loglik[2])

# Discrete time: the first four numbers are of the constant and the terms
exact <- glm.control(epsilon = 1e-15, maxit = 200)
forms <- list(dummies = ~ x1 + x2 + d + factor(stop), polynomial = ~ x1 + x2 + d + stop + I(stop^2) + I(stop^3),
              log = ~ x1 + x2 + d + log(stop))
for (link in c("logit", "cloglog")) for (form in names(forms)) {
  kept <- rows[rows$stop %in% unique(rows$stop[rows$event == 1]), ]
  model <- glm(update(forms[[form]], event ~ .), binomial(link), if (form == "dummies") kept else rows, control = exact)
  terms <- c("x1", "x2", "d")
  if (link == "logit") V <- vcov(model) else {     # R's is the expected information; ours the observed one
    X <- model.matrix(model); h <- exp(drop(X %*% coef(model))); r <- h / expm1(h)
    V <- solve(t(X) %*% (X * ifelse(model$y == 1, r * (h + r - 1), h))); dimnames(V) <- list(names(coef(model)), names(coef(model)))
  }
  keep(paste(link, form, sep = "_"), coef(model)[terms], V[terms, terms], log_likelihood = as.numeric(logLik(model)), aic = AIC(model))
}

# Counts: exposure, an offset
model <- glm(count ~ x1 + x2 + d + offset(log(days)), poisson, rows, control = exact)
null <- glm(count ~ 1 + offset(log(days)), poisson, rows, control = exact)
keep("poisson", coef(model), vcov(model), log_likelihood = as.numeric(logLik(model)), log_likelihood_null = as.numeric(logLik(null)))
keep("poisson_cluster", coef(model), vcovCL(model, ~cluster, type = "HC1"))
model <- glm(count ~ x1 + x2 + d + offset(x1), poisson, rows, control = exact)
keep("poisson_offset", coef(model), vcov(model))
model <- glm.nb(count ~ x1 + x2 + d + offset(log(days)), rows, control = glm.control(epsilon = 1e-14, maxit = 500))
size <- model$theta; X <- model.matrix(model); y <- rows$count
height <- function(at) sum(dnbinom(y, size = exp(-at[5]), mu = exp(drop(X %*% at[1:4]) + log(rows$days)), log = TRUE))
start <- c(coef(model), -log(size))
information <- -numDeriv::hessian(height, start)
keep("negative_binomial", start, solve(information), log_likelihood = as.numeric(logLik(model)))

# Panel-corrected standard errors: plm's for the balanced panel, and the formula of Beck & Katz (1995) written out
corrected <- function(table) {
  model <- lm(y ~ x1 + x2 + z, table); X <- model.matrix(model); e <- resid(model)
  units <- sort(unique(table$unit)); years <- sort(unique(table$year)); n <- nrow(table)
  E <- matrix(NA, length(years), length(units)); E[cbind(match(table$year, years), match(table$unit, units))] <- e
  S <- matrix(0, length(units), length(units))
  for (i in seq_along(units)) for (j in seq_along(units)) { both <- E[, i] * E[, j]; S[i, j] <- if (all(is.na(both))) 0 else mean(both, na.rm = TRUE) }
  Omega <- outer(seq_len(n), seq_len(n), Vectorize(function(a, b) if (table$year[a] != table$year[b]) 0 else S[match(table$unit[a], units), match(table$unit[b], units)]))
  bread <- solve(crossprod(X)); list(model = model, covariance = bread %*% t(X) %*% Omega %*% X %*% bread)
}
for (name in c("panel", "panel_unbalanced")) {
  table <- read(paste0(name, ".csv")); of <- corrected(table)
  keep(paste0(name, "_corrected"), coef(of$model), of$covariance)
}
table <- pdata.frame(read("panel.csv"), index = c("unit", "year"))
model <- plm(y ~ x1 + x2 + z, table, model = "pooling")
keep("panel_plm", coef(model), vcovBK(model, type = "HC0", cluster = "time"))
model <- plm(y ~ x1 + x2 + factor(unit), table, model = "pooling")
V <- vcovBK(model, type = "HC0", cluster = "time")
keep("panel_plm_effects", coef(model)[c("x1", "x2")], V[c("x1", "x2"), c("x1", "x2")])

jsonlite::write_json(result, arguments[2], digits = 12, auto_unbox = TRUE, pretty = TRUE)
