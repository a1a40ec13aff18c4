"""Figures of two runs side by side."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from ...base.files import sha256
from .changes import presence
from .runs import Entry, Run

TYPES: Mapping[str, str] = {"svg": "image/svg+xml", "png": "image/png"}
"""Endings that the page can hold, the best first, and what a browser must be told of them."""


@dataclass(frozen=True)
class Picture:
    """One figure of one run: title, caption, alternative text, and the drawing as an address that
    holds it ("data:..."), or None.
    """

    title: str
    caption: str
    alt: str
    address: str | None


@dataclass(frozen=True)
class PicturePair:
    """One figure of both runs; `same` where both drawings and captions are."""

    name: str
    presence: str
    same: bool
    a: Picture | None
    b: Picture | None


def pictures(a: Run, b: Run) -> list[PicturePair]:
    """Return the figures of both runs by name: those that differ first, then those that only one
    has, then those that do not differ.
    """
    names = sorted({*a.figures, *b.figures})
    pairs = [_pair(name, a, b) for name in names]
    return sorted(pairs, key=lambda pair: (pair.same, pair.a is None or pair.b is None, pair.name))


def _pair(name: str, a: Run, b: Run) -> PicturePair:
    first, second = a.figures.get(name), b.figures.get(name)
    words = [
        [content.get(part) for part in ("title", "caption", "alt")]
        for content in (first, second)
        if content
    ]
    same = len(words) == 2 and words[0] == words[1] and _hash(a, name) == _hash(b, name)
    return PicturePair(
        name,
        presence(first, second),
        same,
        *(None if same else _picture(run, name) for run in (a, b)),
    )


def _picture(run: Run, name: str) -> Picture | None:
    content: Entry | None = run.figures.get(name)
    if content is None:
        return None
    title, caption, alt = (str(content.get(part) or "") for part in ("title", "caption", "alt"))
    return Picture(title or name, caption, alt, _address(run, name))


def _hash(run: Run, name: str) -> str | None:
    ending = _ending(run, name)
    return sha256(run.folder / "figures" / f"{name}.{ending}") if ending else None


def _address(run: Run, name: str) -> str | None:
    """Return the drawing as an address. An image of a page can run no script, whatever the drawing
    holds.
    """
    ending = _ending(run, name)
    if ending is None:
        return None
    content = base64.b64encode((run.folder / "figures" / f"{name}.{ending}").read_bytes()).decode(
        "ascii"
    )
    return f"data:{TYPES[ending]};base64,{content}"


def _ending(run: Run, name: str) -> str | None:
    return next(
        (ending for ending in TYPES if (run.folder / "figures" / f"{name}.{ending}").is_file()),
        None,
    )
