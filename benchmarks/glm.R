# Times glm() and glm.fit() on logits that benchmarks/batch.py sends: Rscript glm.R FOLDER ROWS COLUMNS, then numbers of problems on stdin.
given <- commandArgs(trailingOnly = TRUE)
folder <- given[1]; n <- as.integer(given[2]); k <- as.integer(given[3])
numbers <- function(name, count) readBin(file.path(folder, name), "double", count)
X <- matrix(numbers("X", n * k), n, k)
cat(R.version.string, "\n", sep = ""); flush(stdout())
input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) > 0) {
  B <- as.integer(line)
  y <- matrix(numbers("y", n * B), n, B); mask <- matrix(numbers("mask", n * B), n, B) == 1
  used <- function(time) time[["user.self"]] + time[["sys.self"]]
  whole <- 0; inner <- 0; found <- numeric(0)
  for (b in seq_len(B)) {
    own <- X[mask[, b], ]; outcome <- y[mask[, b], b]; data <- data.frame(outcome, own[, -1])
    whole <- whole + used(system.time({fit <- glm(outcome ~ ., data = data, family = binomial()); errors <- sqrt(diag(vcov(fit)))}, gcFirst = FALSE))
    inner <- inner + used(system.time(glm.fit(own, outcome, family = binomial()), gcFirst = FALSE))
    found <- c(found, coef(fit), errors)
  }
  writeBin(found, file.path(folder, "found"))
  cat(whole, inner, "\n"); flush(stdout())
}
