"""Everything that a run has found -> one page that opens without a network."""

from __future__ import annotations

from .page import Facts, page, skipped
from .results import Results, read

__all__ = ["Facts", "Results", "page", "read", "skipped"]
