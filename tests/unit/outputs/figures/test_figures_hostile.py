"""Texts of strangers in figures: no script, no link, and no formula that matplotlib would set or
stumble over.
"""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from coalition.base import files
from coalition.outputs.figures import draw, figure_writers
from figure_fixture import SPECS, sources

HOSTILE = (
    "<script>alert(1)</script>", "--><script>alert(1)</script><!--", "\"' onmouseover='alert(1)",
    "]]></text><image href='//evil'/>",
    "{{ 7 * 7 }}", r"\input{/etc/passwd}", r"$\catcode`\@=11$", r"$\frac{1$", "$x$ and $y$", "_^{",
    "&lt;b&gt; &amp;",
)  # fmt: skip


@pytest.mark.long_after(4)
@pytest.mark.parametrize("text", HOSTILE)
def test_figures_hold_no_script_link_or_formula(text: str) -> None:
    given_ = sources()
    labels = {name: f"{label} {text}" for name, label in given_.labels.items()}
    figure = draw("measures", SPECS["measures"] | {"title": text}, replace(given_, labels=labels))
    for element in ElementTree.fromstring(figure_writers.picture(figure, "svg")).iter():
        assert element.tag.rpartition("}")[2] not in (
            "script",
            "image",
            "foreignObject",
            "iframe",
            "a",
            "img",
        )
        assert not any(
            name.startswith("on") or "javascript" in value for name, value in element.attrib.items()
        )
    assert json.loads(json.dumps(files.plain(figure_writers.record(figure, []))))["title"] == text
