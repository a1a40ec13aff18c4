"""Coalitions and caveats: measures, models and verdicts as pure functions on DataFrames."""
