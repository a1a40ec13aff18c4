"""A run is of one program, from its beginning to its end."""

from __future__ import annotations

import pytest
from coalition.base.errors import Problems
from coalition.workflow import manifest, provenance


def test_a_program_that_was_changed_under_way_is_said() -> None:
    manifest.of_one_program(provenance.program_sha256())
    with pytest.raises(Problems, match="changed while the run was under way"):
        manifest.of_one_program("another")
