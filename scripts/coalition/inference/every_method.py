"""Every method of inference under its name in the config."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .likelihood_tests import LIKELIHOOD_TESTS
from .methods import METHODS, Case, Result
from .spatial_methods import SPATIAL

EVERY: Mapping[str, Callable[[Case], list[Result]]] = {**METHODS, **LIKELIHOOD_TESTS, **SPATIAL}
