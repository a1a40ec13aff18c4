# glm() and sandwich::vcovCL() for the logits that benchmarks/curve.py exports: Rscript curve.R FILE. Prints how many, and CPU seconds.
suppressPackageStartupMessages(library(sandwich))
input <- file(commandArgs(trailingOnly = TRUE)[1], "rb")
count <- 0; seconds <- 0
used <- function(time) time[["user.self"]] + time[["sys.self"]]
while (length(size <- readBin(input, "integer", 2, 4)) == 2) {
  outcome <- readBin(input, "double", size[1])
  X <- matrix(readBin(input, "double", size[1] * size[2]), size[1], size[2])
  state <- readBin(input, "double", size[1])
  data <- data.frame(outcome, X[, -1])
  seconds <- seconds + used(system.time({
    fit <- suppressWarnings(glm(outcome ~ ., data = data, family = binomial()))
    errors <- sqrt(diag(vcovCL(fit, cluster = state)))
  }, gcFirst = FALSE))
  count <- count + 1
}
cat(count, seconds, R.version.string, "\n")
