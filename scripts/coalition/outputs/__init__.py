"""Estimates -> tables, figures and the report; no statistics package is imported here."""
