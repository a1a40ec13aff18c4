"""The figure of responses: who joined which operation, and under which caveats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle

from ...base.number_formats import known
from ...base.records import records as records_of
from .. import display_names
from ..stored_results import Sources, tidy
from . import figure_style
from .figure import Figure, gid

COLUMNS = ("operation", "iso3", "country", "answer", "level")
LEVELS = {0: "None", 1: "Low", 2: "Medium", 3: "High"}
SHADES = {0: "#FFFFFF", 1: "#C6DBEF", 2: "#2E75B0", 3: "#08306B"}
"""Fill of a level: one hue from light to dark, so that the order survives in grey."""
ROW, HEAD = 0.145, 0.2
CELL, NARROW = 0.4, 0.27
"""Width of a cell with few operations and with many, in inches."""
GAP = 0.18
EDGE = 0.03
BAR = 0.17


@dataclass(frozen=True)
class _Group:
    """States that joined the same operations (or as many): a heading and the rows below it."""

    heading: str
    states: tuple[str, ...]


def responses(name: str, spec: Mapping[str, Any], sources: Sources) -> Figure:
    """Draw every contributor's caveat level in every operation.

    Parameters
    ----------
    spec : mapping
        title, and sample.
    """
    table = answers(sources.rows())
    joined = table.loc[table["answer"] == "joined", "iso3"]
    table = table[table["iso3"].isin(joined)].reset_index(drop=True)
    operations = [
        operation for operation in sources.operations if (table["operation"] == operation).any()
    ]
    if not operations:
        nothing = "Nothing to draw: no state of the sample is known to have joined an operation."
        return without_rows(name, spec, nothing, COLUMNS)
    return Figure(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        caption=_caption(),
        alt=_alt(table, operations, sources),
        canvas=_canvas(table, operations, sources),
        tidy=tidy(records_of(table), COLUMNS),
        key=("operation", "iso3"),
    )


def answers(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what each state of the sample did in each operation: joined (level known or not),
    abstained.
    """
    if rows.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    rows = rows[rows["participated"].notna()]
    level = rows.get("caveat_level", pd.Series(float("nan"), index=rows.index))
    took_part = rows["participated"] == 1
    table = rows[["operation", "iso3", "country"]].assign(
        answer=took_part.map({True: "joined", False: "abstained"}), level=level.where(took_part)
    )
    return table.sort_values(["operation", "iso3"]).reset_index(drop=True)


def without_rows(name: str, spec: Mapping[str, Any], why: str, columns: Sequence[str]) -> Figure:
    """Return a figure of states and operations that says why it has nothing to draw."""
    canvas, key = figure_style.message(why), ("operation", "iso3")
    return Figure(name, spec["kind"], spec["title"], why, why, canvas, tidy([], columns), key)


def caveats_said(joined: pd.DataFrame) -> str:
    """Return how many of the states that joined have each level of caveats, in words."""
    counts = [f"{text.lower()} {int((joined['level'] == n).sum())}" for n, text in LEVELS.items()]
    unknown = int(joined["level"].isna().sum())
    return f"(caveats {', '.join(counts)}, level not known {unknown})"


def _groups(table: pd.DataFrame, operations: Sequence[str], sources: Sources) -> list[_Group]:
    """Return the states by what they joined, from most operations to fewest; by name within a
    group, so that each can be found.
    """
    joined: dict[str, tuple[str, ...]] = {}
    names = dict(zip(table["iso3"], table["country"], strict=True))
    for iso3 in names:
        mine = table[(table["iso3"] == iso3) & (table["answer"] == "joined")]
        joined[iso3] = tuple(
            operation for operation in operations if (mine["operation"] == operation).any()
        )
    by_pattern = len(operations) <= 2
    keys = {iso3: (len(mine), mine if by_pattern else ()) for iso3, mine in joined.items()}
    order = sorted(
        set(keys.values()),
        key=lambda key: (-key[0], [operations.index(operation) for operation in key[1]]),
    )
    groups = []
    for key in order:
        states = sorted((iso3 for iso3 in keys if keys[iso3] == key), key=lambda iso3: names[iso3])
        groups.append(_Group(_heading(key, operations, len(states), sources), tuple(states)))
    return groups


def _heading(
    key: tuple[int, tuple[str, ...]], operations: Sequence[str], states: int, sources: Sources
) -> str:
    number, pattern = key
    if len(operations) == 1:
        return f"Joined ({states})"
    if number == len(operations):
        return f"Joined {'both' if number == 2 else f'all {number}'} ({states})"
    return (
        f"Joined {_short(sources.operation(pattern[0]))} only ({states})"
        if pattern
        else f"Joined {number} ({states})"
    )


def _short(label: str) -> str:
    """Return an operation's label without what stands in brackets."""
    return label.split(" (")[0]


@dataclass(frozen=True)
class _Block:
    """A column of rows: (heading, None) or (country, iso3)."""

    lines: tuple[tuple[str, str | None], ...]


def _blocks(groups: Sequence[_Group], names: Mapping[str, str], number: int) -> list[_Block]:
    """Return the groups cut into columns of about the same length; a heading is repeated where its
    group goes on.
    """
    total = sum(len(group.states) + 1 for group in groups)
    room = -(-(total + number - 1) // number)
    blocks: list[list[tuple[str, str | None]]] = [[]]
    for group in groups:
        if len(blocks[-1]) > room - 3 and len(blocks) < number:
            blocks.append([])
        blocks[-1].append((group.heading, None))
        for iso3 in group.states:
            if len(blocks[-1]) >= room and len(blocks) < number:
                blocks.append([(f"{group.heading}, continued", None)])
            blocks[-1].append((names[iso3], iso3))
    return [_Block(tuple(block)) for block in blocks]


def _canvas(table: pd.DataFrame, operations: list[str], sources: Sources) -> Canvas:
    names = dict(zip(table["iso3"], table["country"], strict=True))
    widest = max(figure_style.text_width(country) for country in names.values()) + 0.08
    cell = CELL if len(operations) <= 3 else NARROW
    width = widest + cell * len(operations)
    number = max(1, int((figure_style.PAGE - 2 * EDGE + GAP) / (width + GAP)))
    groups = _groups(table, operations, sources)
    blocks = _blocks(groups, names, min(number, 3))
    heads = [_head(operation, cell, sources) for operation in operations]
    head = _head_height(heads, cell)
    summary = _summary_height(operations)
    drawing = figure_style.canvas(
        summary + head + ROW * max(len(block.lines) for block in blocks) + 0.08
    )
    _summary(drawing, table, operations, sources)
    keys = zip(table["operation"], table["iso3"], strict=True)
    found = dict(zip(keys, table.itertuples(), strict=True))
    step = (
        (figure_style.PAGE - 2 * EDGE - width) / max(len(blocks) - 1, 1) if len(blocks) > 1 else 0.0
    )
    step = min(step, width + 3 * GAP)
    for position, block in enumerate(blocks):
        axes = figure_style.place(
            drawing, EDGE + position * step, summary, width, head + ROW * len(block.lines)
        )
        axes.set_axis_off()
        axes.set_xlim(0, width)
        axes.set_ylim(-head - ROW * len(block.lines), 0)
        _block(axes, block, operations, heads, found, widest, cell, head)
    return drawing


def _head(operation: str, cell: float, sources: Sources) -> str:
    label = _short(sources.operation(operation))
    return figure_style.wrapped(label, cell) if cell == CELL else label


def _head_height(heads: Sequence[str], cell: float) -> float:
    if cell == CELL:
        return 0.12 * max(head.count("\n") + 1 for head in heads) + 0.06
    return max(figure_style.text_width(head) for head in heads) + 0.1


def _block(
    axes: Axes,
    block: _Block,
    operations: Sequence[str],
    heads: Sequence[str],
    found: Mapping[tuple[str, str], Any],
    left: float,
    cell: float,
    head: float,
) -> None:
    for position, text in enumerate(heads):
        middle = left + cell * (position + 0.5)
        axes.text(
            middle,
            -head + 0.04,
            text,
            ha="center",
            va="bottom",
            rotation=0 if cell == CELL else 90,
            linespacing=1.0,
        )
    for line, (text, iso3) in enumerate(block.lines):
        middle = -head - ROW * (line + 0.5)
        axes.text(0, middle, text, va="center_baseline", fontweight="normal" if iso3 else "bold")
        for position, operation in enumerate(operations):
            row = found.get((operation, iso3)) if iso3 else None
            if row is not None:
                _cell(axes, row, left + cell * position, middle, cell)


def _cell(axes: Axes, row: Any, left: float, middle: float, width: float) -> None:
    box = (left + 0.02, middle - ROW / 2 + 0.01), width - 0.04, ROW - 0.02
    text, colour = "\N{EN DASH}", figure_style.GREY
    if row.answer == "joined":
        fill, hatch = (SHADES[int(row.level)], None) if known(row.level) else ("#FFFFFF", "//////")
        axes.add_patch(
            Rectangle(
                *box,
                facecolor=fill,
                edgecolor=figure_style.LIGHT if hatch else figure_style.GREY,
                linewidth=0.4,
                hatch=hatch,
            )
        )
        text, colour = (
            (f"{int(row.level)}", "white" if row.level >= 2 else "black")
            if known(row.level)
            else ("?", "black")
        )
    backing = {"facecolor": "white", "edgecolor": "none", "pad": 0.6} if text == "?" else None
    axes.text(
        left + width / 2, middle, text, ha="center", va="center_baseline", color=colour,
        gid=gid(row.operation, row.iso3), bbox=backing,
        fontweight="bold" if text.isdigit() else "normal",
    )  # fmt: skip


# -- how many at each level: the legend of the matrix
# -------------------------------------------------------------


def _summary_height(operations: Sequence[str]) -> float:
    return 0.22 + (BAR + 0.05) * len(operations) + 0.14


def _summary(
    drawing: Canvas, table: pd.DataFrame, operations: Sequence[str], sources: Sources
) -> None:
    left = (
        max(figure_style.text_width(sources.operation(operation)) for operation in operations) + 0.1
    )
    tall = _summary_height(operations)
    axes = figure_style.place(drawing, EDGE, 0, figure_style.PAGE - EDGE, tall)
    axes.set_axis_off()
    axes.set_xlim(0, figure_style.PAGE - EDGE)
    axes.set_ylim(-tall, 0)
    _key(axes, left)
    most = max(
        (table[table["operation"] == operation]["answer"] == "joined").sum()
        for operation in operations
    )
    for position, operation in enumerate(operations):
        middle = -0.22 - (BAR + 0.05) * (position + 0.5)
        axes.text(0, middle, sources.operation(operation), va="center_baseline")
        here = table[(table["operation"] == operation) & (table["answer"] == "joined")]
        _bar(axes, here["level"], left, middle, (figure_style.PAGE - left - 0.35) / most)


def _key(axes: Axes, left: float) -> None:
    entries = [
        *((f"{level} {text}", SHADES[level], None) for level, text in LEVELS.items()),
        ("? level not known", "#FFFFFF", "//////"),
    ]
    axes.text(0, -0.09, "Caveats", va="center_baseline", fontweight="bold")
    for text, fill, hatch in entries:
        edge = figure_style.LIGHT if hatch else figure_style.GREY
        axes.add_patch(
            Rectangle(
                (left, -0.14), 0.2, 0.11, facecolor=fill, edgecolor=edge, linewidth=0.4, hatch=hatch
            )
        )
        axes.text(left + 0.25, -0.09, text, va="center_baseline")
        left += 0.25 + figure_style.text_width(text) + 0.2
    axes.text(left, -0.09, "\N{EN DASH} abstained", va="center_baseline")


def _bar(axes: Axes, levels: pd.Series, left: float, middle: float, unit: float) -> None:
    counts = [(level, int((levels == level).sum())) for level in LEVELS] + [
        (None, int(levels.isna().sum()))
    ]
    for level, count in counts:
        if not count:
            continue
        fill, hatch = (SHADES[level], None) if level is not None else ("#FFFFFF", "//////")
        edge = figure_style.LIGHT if hatch else figure_style.GREY
        axes.add_patch(
            Rectangle(
                (left, middle - BAR / 2),
                unit * count,
                BAR,
                facecolor=fill,
                edgecolor=edge,
                linewidth=0.4,
                hatch=hatch,
            )
        )
        backing = {"facecolor": "white", "edgecolor": "none", "pad": 0.4} if hatch else None
        colour = "white" if level is not None and level >= 2 else "black"
        if unit * count > 0.13:
            axes.text(
                left + unit * count / 2,
                middle,
                str(count),
                ha="center",
                va="center_baseline",
                color=colour,
                bbox=backing,
            )
        left += unit * count
    axes.text(left + 0.06, middle, f"{len(levels)}", va="center_baseline", fontweight="bold")


def _caption() -> str:
    return (
        "Every state that joined at least one operation, by the operations that it joined and "
        "then by name; a cell holds the level of its caveats (0 none to 3 high), a dash where it "
        "abstained, and is empty where it is not in the sample or its part is not known. The bars "
        "count the states that joined (total at the right) by level."
    )


def _alt(table: pd.DataFrame, operations: Sequence[str], sources: Sources) -> str:
    parts = []
    for operation in operations:
        here = table[table["operation"] == operation]
        joined = here[here["answer"] == "joined"]
        parts.append(
            f"{sources.operation(operation)}: {display_names.plural(len(joined), 'state')} joined "
            f"{caveats_said(joined)}; {len(here) - len(joined)} of the states listed abstained"
        )
    return (
        f"Matrix of {table['iso3'].nunique()} states by operation with the level of their "
        f"caveats. {'. '.join(parts)}."
    )
