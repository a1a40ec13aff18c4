# A probit with the errors of the observed information, and models of nothing but a constant, in R.
# Rscript tests/reference/intercepts.R > tests/reference/intercepts.json   (from the project's root)
suppressMessages({library(jsonlite); library(MASS); library(numDeriv)})
d <- read.csv("tests/reference/cases/overdispersed.csv")
d$band <- cut(d$count, c(-Inf, 0, 2, Inf), labels = FALSE)
tight <- glm.control(epsilon = 1e-15, maxit = 100)
factor_of <- function(n, p, g) g / (g - 1) * (n - 1) / (n - p)   # of Cameron & Miller (2015)

# any model: the log likelihoods of rows at a vector; observed information, clustered sandwich
told <- function(theta, rows) {
  H <- -hessian(function(t) sum(rows(t)), theta, method.args = list(r = 6))
  S <- jacobian(rows, theta, method.args = list(r = 6))
  bread <- solve(H)
  sums <- rowsum(S, d$id)
  k <- factor_of(nrow(d), length(theta), nrow(sums))
  list(estimate = unname(theta), std_error = sqrt(diag(bread)),
    clustered = sqrt(diag(k * bread %*% crossprod(sums) %*% bread)), log_likelihood = sum(rows(theta)))
}
binary <- function(cdf, X) function(t) { e <- drop(X %*% t); ifelse(d$event == 1, cdf(e, log.p = TRUE), cdf(-e, log.p = TRUE)) }
X <- cbind(1, as.matrix(d[c("x", "z", "w")])); one <- X[, 1, drop = FALSE]
out <- list()
fit <- glm(event ~ x + z + w, binomial("probit"), d, control = tight)
out$probit <- told(coef(fit), binary(pnorm, X))
effect <- function(t) mean(dnorm(drop(X %*% t))) * t[-1]          # of terms that are no 0/1, on average
J <- jacobian(effect, coef(fit))
V <- solve(-hessian(function(t) sum(binary(pnorm, X)(t)), coef(fit), method.args = list(r = 6)))
out$probit$null <- as.numeric(logLik(glm(event ~ 1, binomial("probit"), d, control = tight)))
out$probit$effects <- unname(effect(coef(fit)))
out$probit$effect_errors <- sqrt(diag(J %*% V %*% t(J)))
out$probit$aic <- AIC(fit); out$probit$bic <- BIC(fit)
for (link in c("logit", "probit")) {
  fit <- glm(event ~ 1, binomial(link), d, control = tight)
  out[[paste0(link, "_alone")]] <- told(coef(fit), binary(list(logit = plogis, probit = pnorm)[[link]], one))
}
fit <- glm(count ~ 1, poisson, d, control = tight)
out$poisson_alone <- told(coef(fit), function(t) dpois(d$count, exp(t), log = TRUE))
fit <- glm.nb(count ~ 1, d, control = glm.control(epsilon = 1e-15, maxit = 200))
best <- optim(c(coef(fit), -log(fit$theta)), function(t) -sum(dnbinom(d$count, exp(-t[2]), mu = exp(t[1]), log = TRUE)),
  method = "BFGS", control = list(reltol = 1e-16))$par
out$negative_binomial_alone <- told(best, function(t) dnbinom(d$count, exp(-t[2]), mu = exp(t[1]), log = TRUE))
cuts <- as.numeric(qlogis(cumsum(table(d$band) / nrow(d))[1:2]))
out$ordered_logit_alone <- told(cuts, function(t) {
  upper <- c(t, Inf)[d$band]; lower <- c(-Inf, t)[d$band]
  log(plogis(upper) - plogis(lower))
})
share <- table(d$band) / nrow(d)
out$multinomial_logit_alone <- told(as.numeric(log(share[2:3] / share[1])), function(t) {
  all <- c(0, t); all[d$band] - log(sum(exp(all)))
})
fit <- lm(x ~ 1, d)
g <- length(unique(d$id)); sums <- rowsum(matrix(residuals(fit)), d$id)
out$ols_alone <- list(estimate = unname(coef(fit)), std_error = unname(sqrt(vcov(fit)[1])),
  clustered = sqrt(factor_of(nrow(d), 1, g) * sum(sums^2)) / nrow(d), log_likelihood = as.numeric(logLik(fit)))
cat(toJSON(out, digits = 12, auto_unbox = FALSE, pretty = TRUE), "\n")
