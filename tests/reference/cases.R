# Right values for the cases of tests/reference/cases, by R's lm and glm on centred data.
# Rscript tests/reference/cases.R > tests/reference/cases.json   (from the project's root)
suppressMessages({library(jsonlite); library(survival); library(sandwich)})
read <- function(name) read.csv(file.path("tests/reference/cases", name))
tell <- function(fit, terms) {
  found <- summary(fit)$coefficients
  lapply(setNames(terms, terms), function(term) unname(found[term, 1:2]))
}
d <- read("scale2.csv")
d$m <- d$milex / 1e6; d$t <- d$year - 1995; d$p <- d$popn / 1e6
out <- list()
out$square <- tell(lm(yy ~ x + m + I(m^2), d), c("(Intercept)", "x", "m", "I(m^2)"))
out$product <- tell(lm(yy ~ x + m + p + m:p, d), c("x", "m", "p", "m:p"))
out$cubic <- tell(lm(yy ~ x + t + I(t^2) + I(t^3), d), c("x", "I(t^3)"))
tight <- glm.control(epsilon = 1e-14, maxit = 100)
out$logit_square <- tell(glm(b ~ x + t + I(t^2), binomial, d, control = tight), c("x", "I(t^2)"))
out$logit_cubic <- tell(glm(b ~ x + t + I(t^2) + I(t^3), binomial, d, control = tight), c("x", "I(t^3)"))
out$poisson <- tell(glm(cnt ~ x + p + I(p^2), poisson, d, control = tight), c("x", "p"))
within <- lm(yy ~ x + m + I(m^2) + factor(id), d)
out$panel <- tell(within, c("x", "m"))
l <- read("lagyear.csv")
l$id <- as.character(l$id)
key <- paste(l$id, l$year); before <- paste(l$id, l$year - 1)
l$lag <- ifelse(is.na(l$year) | is.na(l$id), NA, l$x[match(before, ifelse(is.na(l$year), NA, key))])
fit <- lm(yy ~ lag, l)
out$lag <- c(tell(fit, "lag"), list(n = length(fit$residuals)))
y <- read("yearfe.csv")
varied <- y[ave(y$y, y$year) > 0, ]
out$effects <- c(tell(glm(y ~ x + factor(year), binomial, varied, control = tight), "x"), list(n = nrow(varied)))
u <- read("unit.csv"); u <- u[!is.na(u$state) & u$state != "", ]
fit <- clogit(y ~ x + strata(state), u, method = "exact")
out$conditional <- list(x = unname(summary(fit)$coefficients["x", c(1, 3)]), n = nrow(u))
o <- read("overdispersed.csv")
clustered <- function(fit) unname(sqrt(diag(sandwich::vcovCL(fit, o$id, type = "HC1", cadjust = TRUE))))
probit <- glm(event ~ x + z + w, binomial("probit"), o, control = tight)
out$probit <- c(tell(probit, c("(Intercept)", "x", "z", "w")),
  list(clustered = clustered(probit), log_likelihood = as.numeric(logLik(probit))))
nb <- MASS::glm.nb(count ~ x + z + w, o, control = glm.control(epsilon = 1e-14, maxit = 200))
out$negative_binomial <- c(tell(nb, c("(Intercept)", "x", "z", "w")),
  list(theta = nb$theta, log_likelihood = as.numeric(logLik(nb))))
cat(toJSON(out, digits = 12, auto_unbox = TRUE, pretty = TRUE), "\n")
