"""A drawing within the page, in as few characters as a browser needs: four figures in ten are
otherwise marks that the grammar does not ask for.
"""

from __future__ import annotations

import re

from markupsafe import Markup

SPARED = {
    "%": "%25",
    "#": "%23",
    '"': "%22",
    "&": "%26",
}
"""What cannot stand as it is in an address within quotation marks; `<` and `>` can (HTML, section
on attributes; the URL standard encodes them where an address is used).
"""
GLYPHS = {"DejaVuSans-Bold-": "b", "DejaVuSans-": "d"}
"""Names of glyphs that a drawing repeats at every letter."""


def address(drawing: bytes) -> Markup:
    """Return an SVG as an address for `src`: nothing in it ends the attribute.

    Parameters
    ----------
    drawing : bytes
        As a figure's writer made it.
    """
    text = re.sub(
        r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>",
        "",
        drawing.decode("utf-8"),
        flags=re.DOTALL,
    )
    text = re.sub(r">\s+<", "><", text).replace("xlink:href=", "href=")
    for long, short in GLYPHS.items():
        text = re.sub(rf'((?:id="|href="#)){long}', rf"\1{short}", text)
    text = re.sub(r'="([^"\']*)"', r"='\1'", text)
    text = re.sub(r" transform='translate\(([-\d.]+)(?:[ ,]+0(?:\.0*)?)?\)'/>", _along, text)
    # the default of SVG, and the spaces of a style
    text = text.replace("; stroke-linejoin: miter", "")
    text = re.sub(r" style='[^']*'", lambda style: re.sub(r"(?<=[;:]) ", "", style[0]), text)
    text = re.sub(r"\s+", " ", text).strip()
    return Markup("data:image/svg+xml," + re.sub(r'[%#"&]', lambda mark: SPARED[mark[0]], text))


def _along(place: re.Match[str]) -> str:
    """Return where a letter stands along its line; a tenth of a font unit is 1/1400 of a point."""
    return f" x='{float(place[1]):.1f}'/>".replace(".0'", "'")
