"""Canonical tables or a file of the user -> a sample with its variables and measures."""
