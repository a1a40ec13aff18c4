"""What steps ask of a cluster's queue follows from what was measured."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from coalition.workflow.fingerprints import PROJECT
from coalition.workflow.queue_requests import (
    BESIDE_MB,
    LEAST_MINUTES,
    SPARE_MEMORY,
    asked,
    curve_size,
    measured,
)

RULES = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((PROJECT / "rules").glob("*.smk"))
)


def test_every_rule_asks_for_something_or_is_made_where_the_run_was_started() -> None:
    bodies = re.split(r"(?m)^ *rule\b.*:\n", RULES)[1:]
    assert len(bodies) > 15
    for body in bodies:
        assert ("localrule: True" in body) != ("**asked(" in body), body
    kinds = set(re.findall(r'asked\(\s*"(\w+)"', RULES))
    assert kinds == {*measured()}
    assert all(of["peak_mb"] > 50 and of["cpu_seconds"] > 0 for of in measured().values())


def test_a_second_attempt_asks_for_twice_as_much(tmp_path: Path) -> None:
    of = asked("curve", str(tmp_path / "H1.log"))
    memory = of["mem_mb"](None, 1)
    assert memory >= measured()["curve"]["peak_mb"] * SPARE_MEMORY + BESIDE_MB
    assert of["runtime"](None, 1) >= LEAST_MINUTES
    for name in ("mem_mb", "runtime"):
        assert of[name](None, 2) == 2 * of[name](None, 1)


def test_what_the_same_step_cost_here_counts_where_it_is_more(tmp_path: Path) -> None:
    log = tmp_path / "H1.log"
    of, usual = asked("curve", str(log)), asked("curve", str(tmp_path / "other.log"))
    cost = {"cpu_seconds": 36_000.0, "peak_mb": 8_000}
    (tmp_path / "H1.cost.json").write_text(json.dumps(cost), encoding="utf-8")
    assert of["mem_mb"](None, 1) == 8_000 * SPARE_MEMORY + BESIDE_MB
    assert of["runtime"](None, 1) == 6_000
    (tmp_path / "H1.cost.json").write_text('{"cpu_seconds": 0.1, "peak_mb": 1}', encoding="utf-8")
    assert of["mem_mb"](None, 1) == usual["mem_mb"](None, 1)
    (tmp_path / "H1.cost.json").write_text("{", encoding="utf-8")
    assert of["mem_mb"](None, 1) == usual["mem_mb"](None, 1)


@pytest.mark.parametrize(
    ("permutations", "shards", "size"), [(19, 1, 1), (5000, 1, 5), (5000, 2, 2.5)]
)
def test_more_permutations_ask_for_more_time(permutations: int, shards: int, size: float) -> None:
    params = {"config": {"specification_curve": {"permutations": permutations}}, "of": shards}
    assert curve_size(params) == size
