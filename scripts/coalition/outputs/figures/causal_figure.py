"""The figure of the causal graph: what is taken to cause what, and which controls follow from
it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from ...base.causal_graph import adjustment_sets, closes
from ..stored_results import Entry, Sources, tidy
from . import figure_style
from .figure import Figure, gid

COLUMNS = ("kind", "name", "from", "to", "observed", "among", "adjusted", "closed", "smallest_sets")
WIDE, TALL = 1.32, 0.36
"""Size of the box of a node, in inches."""
HEIGHT = 3.6


def causal_graph(name: str, spec: Mapping[str, Any], sources: Sources) -> Figure:
    """Draw the declared graph; compute for each effect which sets of observed variables close every
    other path, and whether those that the model holds constant do.

    Parameters
    ----------
    spec : mapping
        title; nodes: name -> label, at (across and up, 0 to 1), observed; edges: cause and effect;
        effects: name -> cause, effect, adjusted (what its model holds constant), among.
    """
    effects = [_effect(key, about, spec) for key, about in spec["effects"].items()]
    edges = [
        {"kind": "edge", "name": f"{cause} > {effect}", "from": cause, "to": effect}
        for cause, effect in spec["edges"]
    ]
    labels = {node: about["label"] for node, about in spec["nodes"].items()}
    return Figure(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        caption=_caption(effects, labels),
        alt=_alt(spec, labels),
        canvas=_canvas(spec),
        tidy=tidy([*edges, *effects], COLUMNS),
        key=("kind", "name"),
    )


def _observed(spec: Mapping[str, Any]) -> list[str]:
    return [node for node, about in spec["nodes"].items() if about.get("observed", True)]


def _effect(key: str, about: Mapping[str, Any], spec: Mapping[str, Any]) -> Entry:
    edges, among = spec["edges"], about.get("among", [])
    cause, effect, adjusted = about["cause"], about["effect"], about["adjusted"]
    found = adjustment_sets(edges, cause, effect, _observed(spec), among)
    return {
        "kind": "effect",
        "name": key,
        "from": cause,
        "to": effect,
        "among": ";".join(among),
        "adjusted": ";".join(adjusted),
        "closed": int(closes(edges, cause, effect, adjusted, among)),
        "smallest_sets": " or ".join("; ".join(held) or "nothing" for held in found),
    }


def _canvas(spec: Mapping[str, Any]) -> Any:
    drawing = figure_style.canvas(HEIGHT)
    axes = figure_style.place(drawing, 0.0, 0.0, figure_style.PAGE, HEIGHT)
    axes.set_axis_off()
    axes.set_xlim(0, figure_style.PAGE)
    axes.set_ylim(0, HEIGHT)
    places = {node: _place(about["at"]) for node, about in spec["nodes"].items()}
    boxes = {node: _box(axes, places[node], about) for node, about in spec["nodes"].items()}
    for cause, effect in spec["edges"]:
        unseen = not spec["nodes"][cause].get("observed", True)
        ends = (places[cause], places[effect])
        _arrow(axes, ends, (boxes[cause], boxes[effect]), f"{cause} > {effect}", unseen)
    return drawing


def _place(at: Sequence[float]) -> tuple[float, float]:
    """Return where a box has its middle, in inches."""
    across = WIDE / 2 + 0.05 + at[0] * (figure_style.PAGE - WIDE - 0.1)
    return across, TALL / 2 + 0.1 + at[1] * (HEIGHT - TALL - 0.2)


def _box(axes: Axes, where: tuple[float, float], about: Mapping[str, Any]) -> Any:
    """Write a node and return the box around it."""
    seen = about.get("observed", True)
    text = axes.text(
        *where,
        about["label"],
        ha="center",
        va="center",
        zorder=3,
        color=figure_style.BLACK if seen else figure_style.GREY,
        bbox={
            "boxstyle": "round,pad=0.4",
            "facecolor": "white",
            "edgecolor": figure_style.BLACK if seen else figure_style.GREY,
            "linestyle": "solid" if seen else "dashed",
            "linewidth": 0.7,
        },
    )
    return text.get_bbox_patch()


def _arrow(
    axes: Axes, ends: Sequence[tuple[float, float]], boxes: Sequence[Any], key: str, unseen: bool
) -> None:
    """Draw an arrow from the edge of one box to that of another: after the boxes, whose size is
    known when they are drawn.
    """
    arrow = axes.annotate(
        "",
        xy=ends[1],
        xytext=ends[0],
        zorder=4,
        arrowprops={
            "arrowstyle": "-|>",
            "color": figure_style.GREY,
            "linestyle": "dashed" if unseen else "solid",
            "linewidth": 0.7,
            "patchA": boxes[0],
            "patchB": boxes[1],
            "shrinkA": 0,
            "shrinkB": 1,
        },
    )
    arrow.set_gid(gid("edge", key))


def _caption(effects: Sequence[Entry], labels: Mapping[str, str]) -> str:
    parts = [_sentence(of, labels) for of in effects]
    return (
        "Arrows run from cause to effect; what is dashed is not observed. The graph is declared "
        "in the config, and everything below follows from it by the back-door criterion, among "
        f"selected rows by the single-door one (Pearl 2009). {' '.join(parts)}"
    )


def _sentence(of: Entry, labels: Mapping[str, str]) -> str:
    among = f" given {_named(of['among'], labels)}" if of["among"] else ""
    head = f"{of['name']} ({labels[of['from']]} on {labels[of['to']]}{among}):"
    held = _named(of["adjusted"], labels) or "nothing"
    sets = " or ".join(
        _named(held.replace("; ", ";"), labels) or "nothing"
        for held in of["smallest_sets"].split(" or ")
        if of["smallest_sets"]
    )
    asked = f"the smallest sets to hold constant: {sets}" if sets else (
        "no set of observed variables closes every other path"
    )  # fmt: skip
    closed = "closes" if of["closed"] else "does not close"
    return f"{head} {asked}; what its model holds constant ({held}) {closed} them."


def _named(names: str, labels: Mapping[str, str]) -> str:
    return ", ".join(labels.get(name, name) for name in names.split(";") if name)


def _alt(spec: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    parts = [f"{labels[cause]} causes {labels[effect]}" for cause, effect in spec["edges"]]
    return f"Causal graph. {'; '.join(parts)}."
