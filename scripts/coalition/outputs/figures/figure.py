"""A figure: what is drawn, how it is to be read, and the stored numbers behind it."""

from __future__ import annotations

from dataclasses import dataclass

import matplotlib.figure
import pandas as pd


@dataclass(frozen=True)
class Figure:
    """A figure and what stands behind it.

    name : of the config and the files; title, caption (how to read it) : its files
        have them around the drawing (`figure_frame`), which itself has neither;
    alt : what it shows, for those who cannot see it, computed from `tidy`; canvas : the drawing,
        its size in inches as printed;
    tidy : everything plotted, in full precision; key : columns of `tidy` that together name a row.
        An artist that shows a row of `tidy` carries the row's key as its gid (`gid`).

    Raises
    ------
    ValueError
        When the key does not name the rows of `tidy`.
    """

    name: str
    kind: str
    title: str
    caption: str
    alt: str
    canvas: matplotlib.figure.Figure
    tidy: pd.DataFrame
    key: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.tidy) and self.tidy.duplicated(list(self.key)).any():
            raise ValueError(f"figure {self.name}: the key {self.key} is not unique")


def gid(*key: object) -> str:
    """Return the id of the artist that shows the row of `tidy` with this key."""
    return "/".join("" if part is None else str(part) for part in key)
