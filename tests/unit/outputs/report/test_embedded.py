"""A drawing within the page: shorter, and the same to the eye."""

from __future__ import annotations

import re
from urllib.parse import unquote

from coalition.outputs.report.embedded import address

DRAWING = b"""<?xml version="1.0"?>
<svg xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg">
 <metadata>x</metadata>
 <defs><style type="text/css">*{stroke-linejoin: round}</style></defs>
 <g id="figure_1"><g id="a/b"><g clip-path="url(#p123)">\
<use xlink:href="#m456" x="1.234567" y="2" style="stroke: #000; fill: url(#h789)"/></g></g>
 <g clip-path="url(#p123)">\
<use xlink:href="#m456" x="3" y="4" style="stroke: #000; fill: url(#h789)"/></g>
 <image xlink:href="data:image/png;base64,AAAA" x="1"/>
 <g transform="translate(1.23456 2) scale(0.015625 -0.015625)">\
<use xlink:href="#DejaVuSans-41" transform="translate(61.035156 0)"/></g></g>
 <defs><clipPath id="p123"/><path id="m456" d="M0 0"/>\
<pattern id="h789"/><path id="DejaVuSans-41" d="M1 1"/></defs>
</svg>"""


def drawn() -> str:
    return unquote(str(address(DRAWING)).removeprefix("data:image/svg+xml,"))


def test_every_reference_leads_to_an_id() -> None:
    text = drawn()
    ids = re.findall(r"id='([^']+)'", text)
    wanted = set(re.findall(r"(?:href='#|url\(#)([^')]+)", text))
    assert sorted(ids) == sorted(wanted)
    assert len(ids) == 4


def test_what_is_seen_stays() -> None:
    text = drawn()
    assert "scale(0.015625 -0.015625)" in text  # a glyph's size is not rounded
    assert "x='1.23'" in text
    assert "x='61'" in text
    assert text.count("<use") == 3
    assert "href='data:image/png;base64,AAAA'" in text
    assert text.count("clip-path") == 1  # one frame for both
    style = re.search(r"\.(s\d)\{stroke:#000;fill:url\(#(\w+)\)\}", text)
    assert style is not None
    assert text.count(f"class='{style[1]}'") == 2
    assert f"<pattern id='{style[2]}'" in text


def test_an_outline_is_closed_where_it_was() -> None:
    points = [
        (1.04, 2.0),
        *((1.04 + 0.17 * step, 2.0 + 0.09 * step + 10.5 * (step > 30)) for step in range(1, 60)),
    ]
    outline = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "z"
    text = unquote(str(address(DRAWING.replace(b"M0 0", outline.encode()))))
    path = re.search(r"d='(M1 2l[^']*z)'", text)
    assert path is not None
    assert len(path[1]) < len(outline)
    steps = re.findall(r"l(-?[\d.]+)(?: |(?=-))(-?[\d.]+)", path[1])
    x, y = (sum(float(step[side]) for step in steps) for side in (0, 1))
    assert abs(1 + x - points[-1][0]) <= 0.05 + 1e-9
    assert abs(2 + y - points[-1][1]) <= 0.05 + 1e-9
