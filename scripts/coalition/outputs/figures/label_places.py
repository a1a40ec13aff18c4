"""Where labels of points go: near their points, on nothing else, the same on every run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""

ANGLES = np.deg2rad([0, 180, 90, 270, 45, 135, 225, 315, *range(15, 360, 30)])
"""Directions that are tried in this order: beside, above and below, then between."""
RINGS = (0.0, 0.04, 0.09, 0.15, 0.22, 0.3)
"""Distances beyond the nearest one, in inches; beyond the second a line leads to the point."""
LEADER_FROM = 0.08


@dataclass(frozen=True)
class Placed:
    """A label with its middle (inches), and where on its edge a line to its point begins, if one is
    needed; it crosses no label.
    """

    index: int
    x: float
    y: float
    leader: tuple[float, float] | None


def place(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    obstacles: Sequence[tuple[float, float]],
    frame: Box,
    radius: float,
) -> tuple[list[Placed], list[int]]:
    """Find a place for each label, in the order given, on free ground.

    Parameters
    ----------
    points : sequence of (x, y)
        The labelled points, in inches; the first are served first.
    sizes : sequence of (width, height)
        Of their labels, in inches.
    obstacles : sequence of (x, y)
        Every drawn point, also those without a label, in inches.
    frame : Box
        No label leaves it.
    radius : float
        Half of a marker's size, in inches.

    Returns
    -------
    (placed, left_out)
        `left_out` holds the indices of the labels that found no place.
    """
    marks = np.array(obstacles, dtype=float).reshape(-1, 2)
    taken: list[Box] = []
    lines = np.empty((0, 2))
    placed: list[Placed] = []
    left_out = list(range(len(points)))
    for mind_lines in (True, False):  # those that found no place may lie on a thin line of another
        waiting, left_out = left_out, []
        for index in waiting:
            occupied = np.vstack([marks, lines]) if mind_lines else marks
            found = _first_free(points[index], sizes[index], occupied, taken, frame, radius)
            if found is None:
                left_out.append(index)
                continue
            x, y, leader = found
            taken.append(_box(x, y, sizes[index]))
            lines = np.vstack([lines, _line(points[index], (x, y))]) if leader else lines
            placed.append(
                Placed(index, x, y, _edge((x, y), points[index], sizes[index]) if leader else None)
            )
    return placed, left_out


def _first_free(
    point: tuple[float, float],
    size: tuple[float, float],
    marks: np.ndarray,
    taken: Sequence[Box],
    frame: Box,
    radius: float,
) -> tuple[float, float, bool] | None:
    boxes = np.array(taken, dtype=float).reshape(-1, 4)
    for ring in RINGS:
        for angle in ANGLES:
            across, up = np.cos(angle), np.sin(angle)
            x = point[0] + across * (radius + ring) + _side(across) * size[0] / 2
            y = point[1] + up * (radius + ring) + _side(up) * size[1] / 2
            leader = ring >= LEADER_FROM
            if _free(_box(x, y, size), marks, boxes, frame, radius) and not (
                leader and _crossed(_line(point, (x, y)), boxes)
            ):
                return float(x), float(y), leader
    return None


def _line(start: tuple[float, float], end: tuple[float, float]) -> np.ndarray:
    """Return points along a line, near enough to each other that no label slips between them."""
    return np.linspace(start, end, 25)


def _edge(
    middle: tuple[float, float], point: tuple[float, float], size: tuple[float, float]
) -> tuple[float, float]:
    """Return where the way from a label's middle to its point leaves the label."""
    across, up = point[0] - middle[0], point[1] - middle[1]
    share = min(half / abs(way) for half, way in ((size[0] / 2, across), (size[1] / 2, up)) if way)
    return middle[0] + share * across, middle[1] + share * up


def _crossed(spots: np.ndarray, boxes: np.ndarray) -> bool:
    """Return whether any spot (n, 2) lies in any box (k, 4)."""
    x, y = spots.T[:, :, None]
    left, bottom, right, top = boxes.T
    return bool(((left < x) & (x < right) & (bottom < y) & (y < top)).any())


def _side(direction: float) -> float:
    return 0.0 if abs(direction) < 0.3 else float(np.sign(direction))


def _box(x: float, y: float, size: tuple[float, float]) -> Box:
    return x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2


def _free(box: Box, marks: np.ndarray, boxes: np.ndarray, frame: Box, radius: float) -> bool:
    if box[0] < frame[0] or box[1] < frame[1] or box[2] > frame[2] or box[3] > frame[3]:
        return False
    near = (np.abs(marks[:, 0] - (box[0] + box[2]) / 2) < (box[2] - box[0]) / 2 + 0.8 * radius) & (
        np.abs(marks[:, 1] - (box[1] + box[3]) / 2) < (box[3] - box[1]) / 2 + 0.8 * radius
    )
    left, bottom, right, top = boxes.T
    on_labels = (box[0] < right) & (left < box[2]) & (box[1] < top) & (bottom < box[3])
    return not near.any() and not on_labels.any()


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Return places on a line near the wanted ones, at least `apart` from each other and within the
    ends, in the same order.

    Neighbours that are too near form a block around the mean of what they want (pool adjacent
    violators).
    """
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    blocks: list[tuple[float, int]] = []
    for rank, index in enumerate(order):
        blocks.append((wanted[index] - rank * apart, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (one, n), (other, m) = blocks[-2:]
            blocks[-2:] = [((one * n + other * m) / (n + m), n + m)]
    starts = [start for start, size in blocks for _ in range(size)]
    room = max(high - (len(wanted) - 1) * apart, low)
    places = [min(max(start, low), room) + rank * apart for rank, start in enumerate(starts)]
    return [place for _, place in sorted(zip(order, places, strict=True))]
