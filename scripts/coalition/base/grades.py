"""Grades of evidence: A, B and C of the project's own data, and a user's own coding."""

from __future__ import annotations

from collections.abc import Iterable

OWN = "own"
"""Rows of a user's own coding, whose grade the file does not say: they are always used."""


def used(grades: Iterable[str]) -> list[str]:
    """Return the grades of the rows that a sample with these grades uses."""
    return [*grades, OWN]
