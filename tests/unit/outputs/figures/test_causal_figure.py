"""The causal graph as drawn: an artist an arrow, and what follows from the graph in its caption."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from coalition.base.errors import Problems
from coalition.config import settings
from coalition.config.checks.output_checks import check_output
from coalition.config.output_kinds import FIGURES
from coalition.outputs.figures import draw, figure_style
from coalition.outputs.figures.figure import Figure
from coalition.outputs.stored_results import Sources

SPEC: dict[str, Any] = {
    "kind": "causal_graph",
    "title": "Graph",
    "nodes": {
        "wealth": {"label": "Wealth", "at": [0, 0]},
        "fear": {"label": "Fear", "at": [0.5, 1]},
        "joined": {"label": "Joined", "at": [1, 0]},
        "will": {"label": "Will", "at": [0.5, 0], "observed": False},
    },
    "edges": [["wealth", "fear"], ["wealth", "joined"], ["fear", "joined"]],
    "effects": {"H": {"cause": "fear", "effect": "joined", "adjusted": ["wealth"]}},
}


def drawn(**changes: Any) -> Figure:
    with figure_style.applied():
        return draw("graph", SPEC | changes, Sources())


def test_every_arrow_is_drawn_and_stored() -> None:
    found = drawn()
    arrows = {str(text.get_gid()) for text in found.canvas.axes[0].texts if text.get_gid()}
    assert arrows == {f"edge/{cause} > {effect}" for cause, effect in SPEC["edges"]}
    assert (found.tidy["kind"] == "edge").sum() == len(SPEC["edges"])


def test_the_caption_says_whether_the_controls_of_the_model_are_those_of_the_graph() -> None:
    assert (
        "smallest sets to hold constant: Wealth; what its model holds constant (Wealth) closes"
        in drawn().caption
    )
    bare = {"H": {"cause": "fear", "effect": "joined", "adjusted": []}}
    assert (
        "what its model holds constant (nothing) does not close them" in drawn(effects=bare).caption
    )


def test_an_unseen_common_cause_leaves_no_set() -> None:
    edges = [*SPEC["edges"], ["will", "fear"], ["will", "joined"]]
    found = drawn(edges=edges)
    assert "no set of observed variables closes every other path" in found.caption
    assert found.tidy.loc[found.tidy["kind"] == "effect", "closed"].tolist() == [0]


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(Path(__file__).parents[4])
    return copy.deepcopy(settings.main())


def test_an_unknown_node_and_a_cycle_are_refused(config: dict[str, Any]) -> None:
    problems = Problems()
    edges = [*SPEC["edges"], ["joined", "fear"], ["welth", "fear"]]
    check_output(FIGURES["causal_graph"], SPEC | {"edges": edges}, config, "figures.g", problems)
    said = str(problems)
    assert "welth" in said
    assert "a node of the graph causes itself" in said


def test_what_the_graph_holds_constant_is_what_the_primary_models_hold(
    config: dict[str, Any],
) -> None:
    """Nodes of the shipped graph stand for the terms of the primary models."""
    terms = {"gdp_per_head": "capacity", "military_personnel": "capacity"}
    for name, effect in config["figures"]["causal_graph"]["effects"].items():
        model = config["models"][config["hypotheses"][name]["primary"]["model"]]
        held = {terms.get(term, term) for term in model["terms"]} - {effect["cause"]}
        assert held == set(effect["adjusted"]), name
