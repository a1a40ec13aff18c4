# The reference numbers of predictions.json, from R: Rscript predictions.R data predictions.json
# Packages: sandwich, numDeriv, jsonlite. Averages over the rows; errors by the delta method.
suppressPackageStartupMessages(library(sandwich))
arguments <- commandArgs(trailingOnly = TRUE)
rows <- read.csv(file.path(arguments[1], "cross_section.csv"))
result <- list(); tight <- glm.control(epsilon = 1e-15, maxit = 200)
keep <- function(name, quantity, model, V) {
  beta <- coef(model); J <- numDeriv::jacobian(quantity, beta)
  result[[name]] <<- list(estimate = unname(quantity(beta)), error = unname(sqrt(diag(J %*% V %*% t(J)))))
}
at <- c(-2, -1, 0, 1, 2)
with_value <- function(term, value) { moved <- rows; moved[[term]] <- value; moved }
design <- function(formula, data) model.matrix(formula, data)
along <- function(formula, inverse, term) function(beta)
  sapply(at, function(value) mean(inverse(drop(design(formula, with_value(term, value)) %*% beta))))
slope <- function(formula, derivative, over) function(beta)      # of x1, whose product with x2 moves along
  sapply(at, function(value) { X <- design(formula, with_value(over, value)); mean(derivative(drop(X %*% beta)) * (beta["x1"] + beta["x1:x2"] * X[, "x2"])) })
formula <- ~ x1 + x2 + d + x1:x2
logit <- glm(update(formula, binary ~ .), binomial, rows, control = tight)
V <- vcovCL(logit, ~cluster, type = "HC1")
keep("logit_along", along(formula, plogis, "x1"), logit, V)
keep("logit_effect", slope(formula, dlogis, "x2"), logit, V)
groups <- function(beta) sapply(0:1, function(value) mean(plogis(drop(design(formula, with_value("d", value)) %*% beta))))
keep("logit_groups", groups, logit, V)
linear <- lm(update(formula, linear ~ .), rows)
V <- vcovCL(linear, ~cluster, type = "HC1")
keep("ols_along", along(formula, identity, "x1"), linear, V)
keep("ols_effect", slope(formula, function(index) 1, "x2"), linear, V)
count <- glm(update(formula, count ~ .), poisson, rows, control = tight)
V <- vcovCL(count, ~cluster, type = "HC1")
keep("poisson_along", along(formula, exp, "x1"), count, V)
keep("poisson_effect", slope(formula, exp, "x2"), count, V)
rows$ordered <- factor(rows$ordered); categories <- ~ x1 + ordered
factors <- lm(update(categories, linear ~ .), rows)
levels <- function(beta) sapply(0:3, function(value) mean(design(categories, with_value("ordered", factor(value, 0:3))) %*% beta))
keep("ols_groups", levels, factors, vcovCL(factors, ~cluster, type = "HC1"))
squared <- ~ x1 + I(x1^2)
curve <- glm(update(squared, binary ~ .), binomial, rows, control = tight)
keep("logit_square", along(squared, plogis, "x1"), curve, vcovCL(curve, ~cluster, type = "HC1"))
jsonlite::write_json(result, arguments[2], digits = 12, auto_unbox = TRUE, pretty = TRUE)
