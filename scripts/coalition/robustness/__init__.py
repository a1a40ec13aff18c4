"""The primary tests under other choices, rows, imputations and simulated data."""
