"""Dependence between states that lie near each other: what shows it, and tests that allow for it.

Every module works on arrays: distances in km between states or rows, scores of rows, residuals.
"""
