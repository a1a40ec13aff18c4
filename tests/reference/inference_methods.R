# Reference values of likelihood ratio, profile, score and CR2 tests of one coefficient, for
# tests/reference/test_inference_methods_r.py. Run in tests/reference: Rscript inference_methods.R
suppressPackageStartupMessages({library(jsonlite); library(clubSandwich); library(ordinal); library(nnet)})
data <- read.csv("data/cross_section.csv")

of_glm <- function(formula, family) {
  full <- glm(formula, family, data, epsilon = 1e-14, maxit = 100)
  less <- update(full, . ~ . - x1)
  ratio <- anova(less, full, test = "LRT")
  score <- anova(less, full, test = "Rao")
  # the ends of the profile: x1 as an offset of slope b, until the deviance is the 95% quantile higher
  rise <- function(b) {
    held <- glm(update(formula, . ~ x2 + offset(b * x1)), family, transform(data, b = b), epsilon = 1e-14, maxit = 100)
    deviance(held) - deviance(full) - qchisq(0.95, 1)
  }
  at <- coef(full)[["x1"]]
  ends <- c(uniroot(rise, c(at - 2, at), tol = 1e-12)$root, uniroot(rise, c(at, at + 2), tol = 1e-12)$root)
  list(lr = ratio$Deviance[2], lr_p = ratio$`Pr(>Chi)`[2], rao = score$Rao[2], rao_p = score$`Pr(>Chi)`[2],
       low = ends[1], high = ends[2])
}
found <- list(
  logit = of_glm(binary ~ x1 + x2, binomial),
  probit = of_glm(binary ~ x1 + x2, binomial("probit")),
  poisson = of_glm(count ~ x1 + x2, poisson)
)
full <- glm(count ~ x1 + x2, poisson, data, epsilon = 1e-14, maxit = 100)
robust <- coef_test(full, vcovCR(full, data$cluster, type = "CR2"), test = "Satterthwaite")
found$poisson$cr2 <- list(se = robust$SE[2], df = robust$df_Satt[2], p = robust$p_Satt[2])

tight <- clm.control(gradTol = 1e-12)
full <- clm(factor(ordered) ~ x1 + x2, data = data, control = tight)
less <- update(full, . ~ . - x1)
ends <- confint(profile(full, which.beta = 1, max.steps = 400, nsteps = 200), level = 0.95)
found$ordered_logit <- list(lr = 2 * as.numeric(logLik(full) - logLik(less)), low = unname(ends[1]), high = unname(ends[2]))

full <- lm(linear ~ x1 + x2, data)
found$ols <- list(se = unname(sqrt(diag(vcov(full)))[2]), p = unname(summary(full)$coefficients[2, 4]))
writeLines(toJSON(found, auto_unbox = TRUE, digits = 12, pretty = TRUE), "inference_methods.json")
