"""Packages of a finished run for a data archive: the data, the replication, the deposit's
metadata.
"""
