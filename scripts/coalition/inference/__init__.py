"""Inference in small samples: few clusters, dependent rows, several tests. Pure functions on
arrays, one subject a module.
"""
