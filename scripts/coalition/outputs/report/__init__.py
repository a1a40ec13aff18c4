"""Everything that a run has found -> one page that opens without a network."""

from __future__ import annotations

from .report_page import Facts, page, skipped
from .report_results import Results, read

__all__ = ["Facts", "Results", "page", "read", "skipped"]
