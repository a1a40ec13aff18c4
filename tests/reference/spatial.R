# The reference numbers of spatial.json, from R: Rscript spatial.R data spatial.json
# Packages: spdep, ape, jsonlite. Moran's I with row-standardised weights of the five nearest places;
# the eigenvalues of doubly centred weights.
suppressMessages({library(spdep); library(ape)})
arguments <- commandArgs(trailingOnly = TRUE)
places <- read.csv(file.path(arguments[1], "places.csv"))
coordinates <- as.matrix(places[, c("lon", "lat")])
near <- knn2nb(knearneigh(coordinates, k = 5, longlat = TRUE))
listed <- nb2listw(near, style = "W")
test <- moran.test(places$value, listed, randomisation = TRUE, alternative = "greater")
set.seed(1)
drawn <- moran.mc(places$value, listed, nsim = 19999, alternative = "greater")
weights <- listw2mat(listed)
centre <- diag(nrow(weights)) - 1 / nrow(weights)
values <- eigen(centre %*% ((weights + t(weights)) / 2) %*% centre, symmetric = TRUE)$values
found <- list(
  moran = unname(test$estimate["Moran I statistic"]),
  ape = Moran.I(places$value, weights)$observed,
  permutation_p = drawn$p.value,
  eigenvalues = values[1:8] * nrow(weights) / sum(weights)
)
jsonlite::write_json(found, arguments[2], digits = 12, auto_unbox = TRUE, pretty = TRUE)
