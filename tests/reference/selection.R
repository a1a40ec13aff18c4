# The reference numbers of expected_selection.json, from R: Rscript selection.R data expected_selection.json
# Packages: mvtnorm, numDeriv, jsonlite. The likelihoods are written out here; they are climbed by BFGS and then Newton's method with numerical derivatives.
suppressPackageStartupMessages({library(mvtnorm); library(numDeriv)})
arguments <- commandArgs(trailingOnly = TRUE)
data <- read.csv(file.path(arguments[1], "selection.csv"))
result <- list()
s <- data$joined == 1
X <- model.matrix(~ x1 + x2 + d, data); Z <- model.matrix(~ x1 + x2 + d + z, data)
k <- ncol(X); q <- ncol(Z)
gauss <- function(m) {                    # nodes and weights on (-1, 1) (Golub & Welsch 1969)
  i <- seq_len(m - 1); J <- matrix(0, m, m); J[cbind(i, i + 1)] <- J[cbind(i + 1, i)] <- i / sqrt(4 * i^2 - 1)
  E <- eigen(J, symmetric = TRUE); list(x = E$values, w = 2 * E$vectors[1, ]^2)
}
rule <- gauss(100)
joint <- function(h, k, rho) {            # the bivariate normal distribution: the conditional one, integrated over the first variable
  x <- outer((h + 9) / 2, rule$x) + (h - 9) / 2
  as.vector((dnorm(x) * pnorm((k - rho * x) / sqrt(1 - rho^2))) %*% rule$w) * (h + 9) / 2
}
local({                                   # held against mvtnorm's
  h <- seq(-3, 3, length.out = 25); k <- rev(h) / 2 + 0.3
  for (rho in c(-0.9, -0.4, 0.6, 0.9)) {
    theirs <- mapply(function(a, b) pmvnorm(upper = c(a, b), corr = matrix(c(1, rho, rho, 1), 2), algorithm = TVPACK(abseps = 1e-15)), h, k)
    stopifnot(max(abs(joint(h, k, rho) - theirs)) < 1e-13)
  }
})
clustered <- function(bread, scores) {
  sums <- rowsum(scores, data$cluster); n <- nrow(scores); G <- nrow(sums)
  G / (G - 1) * (n - 1) / (n - ncol(scores)) * bread %*% crossprod(sums) %*% bread
}
climb <- function(rows, start) {          # rows: parameters -> log likelihood of each row
  total <- function(theta) { value <- suppressWarnings(sum(rows(theta))); if (is.finite(value)) value else -1e10 }
  theta <- optim(start, total, method = "BFGS", control = list(fnscale = -1, reltol = 1e-13, maxit = 1000))$par
  for (i in 1:2) theta <- theta - solve(hessian(total, theta), grad(total, theta))
  list(theta = theta, bread = solve(-hessian(total, theta)), scores = jacobian(rows, theta), height = total(theta))
}
keep <- function(name, model, shown, null = NULL) {     # shown: parameters -> what is reported
  J <- jacobian(shown, model$theta)
  out <- function(V) unname(J %*% V %*% t(J))
  result[[name]] <<- list(estimate = unname(shown(model$theta)), covariance = out(model$bread), log_likelihood = model$height)
  if (!is.null(null)) result[[name]]$rho_lr <<- 2 * (model$height - null)
  result[[paste0(name, "_cluster")]] <<- list(estimate = unname(shown(model$theta)), covariance = out(clustered(model$bread, model$scores)))
}
effects <- function(name, model, quantity) {
  J <- jacobian(quantity, model$theta)
  V <- J %*% clustered(model$bread, model$scores) %*% t(J)
  result[[name]] <<- list(estimate = unname(quantity(model$theta)), std_error = unname(sqrt(diag(V))))
}
away <- function(g) pnorm(-as.vector(Z[!s, ] %*% g), log.p = TRUE)
probit <- glm(joined ~ x1 + x2 + d + z, binomial("probit"), data, control = glm.control(epsilon = 1e-15, maxit = 100))

# Probit with selection: constant and slopes, selection, atanh(rho)
rows <- function(theta) {
  b <- theta[1:k]; g <- theta[k + 1:q]; rho <- tanh(theta[k + q + 1]); out <- numeric(nrow(X))
  one <- ifelse(data$binary[s] == 1, 1, -1)
  out[s] <- log(joint(as.vector(Z[s, ] %*% g), one * as.vector(X[s, ] %*% b), one * rho))
  out[!s] <- away(g); out
}
alone <- glm(binary ~ x1 + x2 + d, binomial("probit"), data[s, ], control = glm.control(epsilon = 1e-15, maxit = 100))
null <- as.numeric(logLik(alone) + logLik(probit))
binary <- climb(rows, c(coef(alone), coef(probit), 0.3))
keep("selection_probit", binary, function(t) c(t[1:(k + q)], tanh(t[k + q + 1])), null)
fixed <- function(rho) {                  # rho is assumed
  model <- climb(function(theta) rows(c(theta, atanh(rho))), c(coef(alone), coef(probit)))
  list(estimate = unname(model$theta), std_error = unname(sqrt(diag(clustered(model$bread, model$scores)))), log_likelihood = model$height)
}
result$selection_probit_assumed <- list("-0.6" = fixed(-0.6), "0.9" = fixed(0.9))
effects("effects_everyone", binary, function(t) {
  b <- t[1:k]; X0 <- X; X1 <- X; X0[, "d"] <- 0; X1[, "d"] <- 1
  c(mean(dnorm(X %*% b)) * b[2:3], mean(pnorm(X1 %*% b) - pnorm(X0 %*% b)))
})
given <- function(t, X, Z) {
  w <- as.vector(Z %*% t[k + 1:q]); mean(joint(w, as.vector(X %*% t[1:k]), tanh(t[k + q + 1])) / pnorm(w))
}
effects("effects_selected", binary, function(t) {
  move <- function(column, by) { A <- X[s, ]; B <- Z[s, ]; A[, column] <- A[, column] + by; B[, column] <- B[, column] + by; given(t, A, B) }
  put <- function(value) { A <- X[s, ]; B <- Z[s, ]; A[, "d"] <- value; B[, "d"] <- value; given(t, A, B) }
  h <- 1e-4                               # five-point differences: their error is of order h^4
  slope <- function(c) (8 * (move(c, h) - move(c, -h)) - (move(c, 2 * h) - move(c, -2 * h))) / (12 * h)
  c(slope("x1"), slope("x2"), put(1) - put(0))
})

# Ordered probit with selection: slopes, cut points, selection, atanh(rho)
rows <- function(theta) {
  b <- theta[1:(k - 1)]; cuts <- c(-Inf, theta[k - 1 + 1:3], Inf); g <- theta[k + 2 + 1:q]; rho <- tanh(theta[k + q + 3])
  out <- numeric(nrow(X)); level <- data$ordered[s] + 1; index <- as.vector(X[s, -1] %*% b); w <- as.vector(Z[s, ] %*% g)
  out[s] <- log(joint(w, cuts[level + 1] - index, -rho) - joint(w, cuts[level] - index, -rho))
  out[!s] <- away(g); out
}
ordered <- climb(rows, c(0.5, 0.2, -0.3, -0.7, 0.3, 1.2, coef(probit), 0.3))
keep("selection_ordered_probit", ordered, function(t) c(t[1:(k + q + 2)], tanh(t[k + q + 3])))

# Heckman, maximum likelihood: constant and slopes, selection, log(sigma), atanh(rho)
rows <- function(theta) {
  b <- theta[1:k]; g <- theta[k + 1:q]; sigma <- exp(theta[k + q + 1]); rho <- tanh(theta[k + q + 2]); out <- numeric(nrow(X))
  e <- (data$amount[s] - as.vector(X[s, ] %*% b)) / sigma
  out[s] <- dnorm(e, log = TRUE) - log(sigma) + pnorm((as.vector(Z[s, ] %*% g) + rho * e) / sqrt(1 - rho^2), log.p = TRUE)
  out[!s] <- away(g); out
}
least <- lm(amount ~ x1 + x2 + d, data[s, ])
null <- as.numeric(logLik(least) + logLik(probit))
linear <- climb(rows, c(coef(least), coef(probit), log(summary(least)$sigma), 0.3))
keep("heckman_ml", linear, function(t) c(t[1:(k + q)], exp(t[k + q + 1]), tanh(t[k + q + 2])), null)

# Heckman, two steps (Greene 2012, section 19.5): least squares with the ratio of the probit
w <- predict(probit); ratio <- (dnorm(w) / pnorm(w))[s]; delta <- ratio * (ratio + w[s])
second <- lm(amount ~ x1 + x2 + d + ratio, cbind(data[s, ], ratio = ratio))
W <- model.matrix(second); b <- unname(coef(second)[k + 1]); e <- residuals(second)
sigma <- sqrt(sum(e^2) / sum(s) + mean(delta) * b^2); rho <- b / sigma
inner <- solve(crossprod(W)); information <- function(g) {
  w <- as.vector(Z %*% g); sign <- ifelse(s, 1, -1); m <- dnorm(w) / pnorm(sign * w); crossprod(Z, (m * (m + sign * w)) * Z)
}
V <- solve(information(coef(probit)))     # of the observed information
Q <- rho^2 * crossprod(W, delta * Z[s, ]) %*% V %*% crossprod(Z[s, ], delta * W)
result$heckman_two_step <- list(
  estimate = unname(c(coef(second), coef(probit))), sigma = sigma, rho = rho,
  covariance_outcome = unname(sigma^2 * inner %*% (crossprod(W, (1 - rho^2 * delta) * W) + Q) %*% inner), covariance_selection = unname(V)
)
sign <- ifelse(s, 1, -1); m <- sign * dnorm(w) / pnorm(sign * w)
moment <- function(theta) {               # the two steps' estimating equations, stacked; the ratio moves with the probit in the residual only
  v <- as.vector(Z %*% theta[k + 1 + 1:q]); moved <- (dnorm(v) / pnorm(v))[s]
  c(crossprod(W, data$amount[s] - cbind(W[, 1:k], moved) %*% theta[1:(k + 1)]), crossprod(Z, sign * dnorm(v) / pnorm(sign * v)))
}
A <- jacobian(moment, c(coef(second), coef(probit)))
scores <- matrix(0, nrow(data), k + 1 + q); scores[s, 1:(k + 1)] <- e * W; scores[, k + 1 + 1:q] <- m * Z
influence <- t(solve(-A, t(scores)))
result$heckman_two_step_cluster <- list(covariance = unname(clustered(diag(k + 1 + q), influence)))
jsonlite::write_json(result, arguments[2], digits = I(12), auto_unbox = TRUE, pretty = TRUE)
cat(R.version.string, "\n")
