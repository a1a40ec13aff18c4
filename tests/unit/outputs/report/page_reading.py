"""Reading a page as a browser would: elements and their nesting, texts, attributes."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}
SELF_CLOSED = {"line", "circle", "rect", "path"}
"""Elements of SVG that the page writes as <line/>."""


@dataclass
class Element:
    """An element: its tag, attributes, the tags around it, and the text within it."""

    tag: str
    attributes: dict[str, str]
    around: tuple[str, ...]
    text: str = ""

    @property
    def id(self) -> str:
        """The id, or nothing."""
        return self.attributes.get("id", "")


@dataclass
class Page(HTMLParser):
    """The elements of a page in their order; `faults` holds what does not nest."""

    html: str
    elements: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[Element] = []
        self.feed(self.html)
        self.close()
        self.faults += [f"<{element.tag}> is never closed" for element in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.faults += [f"<{tag}> has {name} twice" for name in set(names) if names.count(name) > 1]
        element = Element(
            tag,
            {name: value or "" for name, value in attrs},
            tuple(around.tag for around in self.open),
        )
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in SELF_CLOSED:
            self.open.pop()
        else:
            self.faults.append(f"<{tag}/> is no element that closes itself")

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1].tag == tag:
            self.open.pop()
        else:
            self.faults.append(f"</{tag}> within {[element.tag for element in self.open[-3:]]}")

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def all(self, *tags: str) -> list[Element]:
        """Return the elements of these tags."""
        return [element for element in self.elements if element.tag in tags]

    def by_id(self, name: str) -> Element:
        """Return the element of an id."""
        return next(element for element in self.elements if element.id == name)
