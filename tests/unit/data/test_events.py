"""Victims of attacks: every row is of an event that is listed."""

from __future__ import annotations

import contextlib
from pathlib import Path

from coalition.base.errors import Problems
from coalition.config import settings
from coalition.data import ingest

ROOT = Path(__file__).parents[3]


def test_victims_of_an_event_that_is_not_listed_are_a_problem_of_their_line(tmp_path: Path) -> None:
    """They would count nowhere, and no number would show it."""
    with contextlib.chdir(ROOT):
        config = settings.main()
        lines = Path(config["covariates"]["terror_victims"]["file"]).read_text("utf-8").split("\n")
        event = lines[1].split(",")[0]
        lines[1] = lines[1].replace(event, f"{event}9", 1)
        changed = tmp_path / "victims.csv"
        changed.write_text("\n".join(lines), encoding="utf-8")
        problems, right = Problems(), Problems()
        ingest.group_tables(config, "covariates", ingest.known_names(config, right), right)
        assert not right.found
        config["covariates"]["terror_victims"]["file"] = str(changed)
        ingest.group_tables(config, "covariates", ingest.known_names(config, problems), problems)
    (found,) = problems.found
    assert (found.place, found.row, found.column) == (str(changed), 2, "event_id")
    assert (found.value, found.nearest) == (f"{event}9", event)
