# The reference numbers of statements.json, from R: Rscript statements.R data statements.json
# Packages: ordinal (clmm), jsonlite. clmm's random effects are on the index; their standard deviation is our loading.
suppressMessages(library(ordinal))
arguments <- commandArgs(trailingOnly = TRUE)
d <- read.csv(file.path(arguments[1], "statements.csv"))
d$y <- factor(d$level, ordered = TRUE)
d$c1 <- as.numeric(d$coder == 1); d$c3 <- as.numeric(d$coder == 3); d$unit <- factor(d$unit); d$page <- factor(d$page)
tight <- clmm.control(gradTol = 1e-7, maxIter = 500)
result <- list()
of <- function(name, formula, ...) {
  m <- clmm(formula, data = d, control = tight, ...)
  V <- vcov(m); cuts <- length(m$alpha); slopes <- length(m$beta)
  order <- c(cuts + seq_len(slopes), seq_len(cuts))
  result[[name]] <<- list(slopes = unname(m$beta), cuts = unname(m$alpha), std_error = unname(sqrt(diag(V)))[order],
    loadings = unname(sapply(m$ST, function(s) s[1, 1])), groups = names(m$ST), log_likelihood = as.numeric(logLik(m)),
    modes = as.vector(ranef(m)$unit[[1]]))
}
of("laplace", y ~ c1 + c3 + task + x + (1 | unit))
of("quadrature", y ~ c1 + c3 + task + x + (1 | unit), nAGQ = 25)
of("probit", y ~ c1 + c3 + task + x + (1 | unit), link = "probit", nAGQ = 25)
of("crossed", y ~ c1 + c3 + task + x + (1 | unit) + (1 | page))
result$version <- as.character(packageVersion("ordinal"))
writeLines(jsonlite::toJSON(result, digits = NA, auto_unbox = TRUE, pretty = TRUE), arguments[2])
