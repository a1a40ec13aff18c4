# The reference numbers of separation.json, from R: Rscript separation.R data separation.json
# Packages: sandwich, jsonlite. Score tests of a separated logit by anova(test = "Rao") and, with clusters, with one correlation for every pair of a cluster.
suppressMessages(library(sandwich))
arguments <- commandArgs(trailingOnly = TRUE)
read <- function(name) read.csv(file.path(arguments[1], name))
small <- read("small_sample.csv"); cross <- read("cross_section.csv")
cross$member <- as.numeric(cross$binary == 1 & cross$x2 > 0.3 & cross$cluster %% 2 == 0)      # all members have the outcome
cross$outside <- as.numeric(cross$binary == 0 & cross$x1 < -0.4 & cross$cluster %% 3 == 0)    # and none of these
tight <- glm.control(epsilon = 1e-14, maxit = 60)
fitted_to <- function(terms, outcome, data) {
  suppressWarnings(glm(reformulate(if (length(terms)) terms else "1", outcome), binomial, data, control = tight))
}
signed <- function(model, null, term) {     # Rao's statistic of one term, with the sign of its score under the null
  whole <- suppressWarnings(anova(null, model, test = "Rao"))
  score <- sum((null$y - fitted(null)) * model.matrix(model)[, term])
  list(statistic = sign(score) * sqrt(whole$Rao[2]), p = whole[2, "Pr(>Chi)"])
}
clustered <- function(model, null, term, cluster) {  # scores and information of the whole model at the estimates under the null
  X <- model.matrix(model); p <- fitted(null); v <- p * (1 - p)
  U <- (null$y - p) * X
  stopifnot(max(abs(U[, colnames(model.matrix(null))] - estfun(null))) < 1e-6)
  I <- crossprod(X * v, X); others <- setdiff(colnames(X), term)
  combine <- ifelse(colnames(X) == term, 1, 0)
  combine[colnames(X) %in% others] <- -solve(I[others, others], I[others, term])[colnames(X)[colnames(X) %in% others]]
  r <- (null$y - p) / sqrt(v)
  same <- outer(cluster, cluster, "==") & !diag(length(cluster))
  rho <- max(0, sum(outer(r, r)[same]) / sum(same))
  V <- diag(v) + rho * same * outer(sqrt(v), sqrt(v))      # the covariance matrix of the outcomes under the null
  left <- X %*% combine
  list(statistic = sum(U %*% combine) / sqrt(drop(t(left) %*% V %*% left)), correlation = rho)
}
result <- list()
all_terms <- function(name, outcome, terms, data) {
  model <- fitted_to(terms, outcome, data)
  for (term in terms) {
    null <- fitted_to(setdiff(terms, term), outcome, data)
    result[[paste(name, term, sep = ":")]] <<- signed(model, null, term)
  }
}
all_terms("small", "y", c("x", "s"), small)
all_terms("cross", "binary", c("x1", "x2", "d", "member"), cross)
all_terms("two", "binary", c("x1", "x2", "d", "member", "outside"), cross)       # every null but one is separated as well
# with clusters only where the null has a finite estimate: R's information is singular elsewhere
model <- fitted_to(c("x1", "x2", "d", "member"), "binary", cross); null <- fitted_to(c("x1", "x2", "d"), "binary", cross)
result[["cross_cluster:member"]] <- clustered(model, null, "member", cross$cluster)
# and among the rows that the separating term does not decide, where the null is an ordinary logit
rest <- cross[cross$member == 0, ]
model <- fitted_to(c("x1", "x2", "d"), "binary", rest)
for (term in c("x1", "x2", "d")) {
  null <- fitted_to(setdiff(c("x1", "x2", "d"), term), "binary", rest)
  result[[paste0("cross_cluster:", term)]] <- clustered(model, null, term, rest$cluster)
}
jsonlite::write_json(result, arguments[2], digits = I(15), auto_unbox = TRUE, pretty = TRUE)
cat(R.version.string, as.character(packageVersion("sandwich")), "\n")
