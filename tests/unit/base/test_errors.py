"""One screen for everything that is wrong."""

from __future__ import annotations

import pytest
from coalition.base.errors import SHOWN_PER_KIND, Problem, Problems, nearest, screen


def test_problem_says_line_column_value_allowed_and_nearest() -> None:
    problem = Problem(
        "data/x.csv",
        "not a code",
        row=7,
        column="iso3",
        value="DNL",
        allowed="codes",
        nearest="DNK",
    )
    assert (
        str(problem)
        == "line 7, column iso3: not a code (found: 'DNL'); allowed: codes; did you mean 'DNK'?"
    )


def test_screen_groups_by_place_and_counts_long_runs() -> None:
    problems = [
        Problem("a.csv", "empty", row=row, column="x") for row in range(2, 2 + SHOWN_PER_KIND + 5)
    ]
    text = screen([*problems, Problem("config.yaml", "unknown key")])
    assert text.startswith(f"{SHOWN_PER_KIND + 6} problems to correct")
    assert text.count("column x: empty") == SHOWN_PER_KIND
    assert "and 5 more of the same kind" in text
    assert text.index("a.csv") < text.index("config.yaml")


def test_stop_raises_only_when_something_was_found() -> None:
    problems = Problems()
    problems.stop()
    problems.add("a", "b")
    with pytest.raises(Problems, match="1 problem to correct"):
        problems.stop()


@pytest.mark.parametrize(
    ("word", "expected"), [("famly", "family"), ("DNL", "DNK"), ("Logit", "logit"), ("zzzz", None)]
)
def test_nearest(word: str, expected: str | None) -> None:
    assert nearest(word, ["family", "DNK", "logit"]) == expected
