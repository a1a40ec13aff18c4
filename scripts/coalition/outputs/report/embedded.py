"""A drawing within the page, in as few characters as a browser needs: four figures in ten are
otherwise marks that the grammar does not ask for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree

from markupsafe import Markup

from ..stored_results import FIGURE_FOOT, FIGURE_HEAD

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


POINTS = 72
"""Points in an inch."""
SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"
OUTLINE = 200
"""A path of more characters is an outline (a coast), whose points need a tenth of a point."""
POINT = re.compile(r"([MLz])(?:(-?[\d.]+)[ ,](-?[\d.]+))?")
REFERENCE = re.compile(r"(?<=url\()#([^)]+)")
REFERRING = ("clip-path", "style", "fill", "mask")
DECIMALS = re.compile(r"-?\d+\.\d{3,}")


def address(drawing: bytes, frame: tuple[float, float] = (0.0, 0.0)) -> Markup:
    """Return an SVG as an address for `src`: nothing in it ends the attribute.

    Parameters
    ----------
    drawing : bytes
        As a figure's writer made it.
    frame : tuple of float
        Heights of the text above and below the drawing, in inches; the page prints both itself.
    """
    text = _lighter(drawing, frame)
    text = re.sub(r">\s+<", "><", text)
    for long, short in GLYPHS.items():
        text = re.sub(rf'((?:id="|href="#)){long}', rf"\1{short}", text)
    text = re.sub(r'="([^"\']*)"', r"='\1'", text).replace(" />", "/>")
    text = re.sub(r" transform='translate\(([-\d.]+)(?:[ ,]+0(?:\.0*)?)?\)'/>", _along, text)
    text = re.sub(r"\s+", " ", text).strip()
    return Markup("data:image/svg+xml," + re.sub(r'[%#"&]', lambda mark: SPARED[mark[0]], text))


def _lighter(drawing: bytes, frame: tuple[float, float]) -> str:
    """Return a drawing without its frame and the ids that nothing refers to, each style written
    once, and its numbers as short as the eye needs.
    """
    ElementTree.register_namespace("", SVG[1:-1])
    root = ElementTree.fromstring(drawing)
    for part in list(root):
        if part.tag == f"{SVG}metadata":
            root.remove(part)
    if any(frame):
        _unframe(root, *frame)
    text = ElementTree.tostring(root, encoding="unicode")
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    ids = {name: _short(place) for place, name in enumerate(sorted(_own(used)))}
    for element in root.iter():
        _shorten(element, used, ids)
    _unwrap(root)
    _clip_together(root)
    _with_classes(root)
    return ElementTree.tostring(root, encoding="unicode")


def _unframe(root: ElementTree.Element, head: float, foot: float) -> None:
    """Take out the text around a drawing, and its room."""
    for parent in root.iter():
        for part in list(parent):
            if part.get("id") in (FIGURE_HEAD, FIGURE_FOOT):
                parent.remove(part)
    left, top, width, height = (float(number) for number in root.attrib["viewBox"].split())
    rest = height - POINTS * (head + foot)
    root.set("viewBox", f"{left:g} {top + POINTS * head:.2f} {width:g} {rest:.2f}")
    root.set("height", f"{rest:.2f}pt")


def _own(used: set[str]) -> Iterator[str]:
    """Give the names that are no glyph's."""
    return (name for name in used if not name.startswith(tuple(GLYPHS)))


def _short(place: int) -> str:
    return f"i{place}"


def _shorten(element: ElementTree.Element, used: set[str], ids: dict[str, str]) -> None:
    """Shorten the attributes of one element in place."""
    names = element.attrib
    _name_again(names, used, ids)
    for name in REFERRING:
        if name in names:
            names[name] = REFERENCE.sub(lambda of: f"#{ids.get(of[1], of[1])}", names[name])
    if "style" in names:
        style = names["style"].replace("; stroke-linejoin: miter", "")
        names["style"] = re.sub(r"(?<=[;:]) ", "", style)
    for name in ("x", "y", "width", "height", "transform"):
        if "scale" not in names.get(name, "scale"):  # a glyph's scale is too small to round
            names[name] = DECIMALS.sub(lambda number: _rounded(float(number[0]), 2), names[name])
    if len(names.get("d", "")) > OUTLINE:
        names["d"] = _relative(names["d"])


def _name_again(names: dict[str, str], used: set[str], ids: dict[str, str]) -> None:
    """Give an element and what it refers to their short names; the reference stands first."""
    rest = {name: value for name, value in names.items() if name != f"{XLINK}href"}
    if f"{XLINK}href" in names:
        target = names[f"{XLINK}href"]
        own = ids.get(target[1:]) if target.startswith("#") else None  # else a picture's data
        rest = {"href": f"#{own}" if own else target, **rest}
    if "id" in rest:
        name = rest.pop("id")
        rest |= {"id": ids.get(name, name)} if name in used else {}
    names.clear()
    names.update(rest)


def _rounded(number: float, decimals: int) -> str:
    text = f"{number:.{decimals}f}".rstrip("0").rstrip(".") if decimals else f"{number:.0f}"
    return "0" if text in ("-0", "") else text


def _relative(path: str) -> str:
    """Return an outline of straight lines by the steps from point to point, in tenths of a point; a
    path of any other kind as it is. Rounded are the points, so that no error adds up.
    """
    found = POINT.findall(path)
    if "".join(found and [letter for letter, *_ in found]) != re.sub(r"[^A-Za-z]", "", path):
        return path
    at, text = (0, 0), []
    for letter, x, y in found:
        if letter == "z":
            text.append("z")
            continue
        here = (round(10 * float(x)), round(10 * float(y)))
        if letter == "M":
            text.append(f"M{here[0] / 10:g} {here[1] / 10:g}")
        elif here != at:
            text.append(f"l{(here[0] - at[0]) / 10:g} {(here[1] - at[1]) / 10:g}")
        at = here
    return re.sub(r"(?<!\d)0\.", ".", "".join(text)).replace(" -", "-")


def _unwrap(element: ElementTree.Element) -> None:
    """Replace each group that says nothing by what stands in it."""
    inside: list[ElementTree.Element] = []
    for part in list(element):
        _unwrap(part)
        if part.tag == f"{SVG}g" and not part.attrib:
            inside += list(part)
        else:
            inside.append(part)
    element[:] = inside


def _clip_together(element: ElementTree.Element) -> None:
    """Put neighbours that are cut by the same frame into one group, which names it once."""
    inside: list[ElementTree.Element] = []
    frame = ""
    for part in list(element):
        _clip_together(part)
        clip = part.get("clip-path", "")
        alone = set(part.attrib) == {"clip-path"} and part.tag == f"{SVG}g"
        if clip and (alone or "transform" not in part.attrib):
            if clip != frame:
                inside.append(ElementTree.Element(f"{SVG}g", {"clip-path": clip}))
            if not alone:
                del part.attrib["clip-path"]
            inside[-1].extend(list(part) if alone else [part])
            frame = clip
        else:
            inside.append(part)
            frame = ""
    element[:] = inside


def _with_classes(root: ElementTree.Element) -> None:
    """Write a style that several elements have once, as a class."""
    styled = [element for element in root.iter() if element.get("style")]
    styles = Counter(element.attrib["style"] for element in styled)
    classes = {style: f"s{n}" for n, (style, times) in enumerate(styles.items()) if times > 1}
    sheet = root.find(f"{SVG}defs/{SVG}style")
    if sheet is None:
        return
    for element in styled:
        style = element.attrib["style"]
        if style in classes:
            del element.attrib["style"]
            element.set("class", classes[style])
    rules = "".join(f".{name}{{{style}}}" for style, name in classes.items())
    sheet.text = str(sheet.text) + rules


def _along(place: re.Match[str]) -> str:
    """Return where a letter stands along its line; a tenth of a font unit is 1/1400 of a point."""
    return f" x='{float(place[1]):.1f}'/>".replace(".0'", "'")
