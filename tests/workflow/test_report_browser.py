"""The report in a real browser: no violation of WCAG 2.2 AA, every link leads somewhere, the
keyboard reaches everything, the file is light and prints on few pages.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from browser import BROWSER, Browser

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "results" / "main" / "report.html"
AXE = "axe-core@4.14.1"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MOST_BYTES = 4_000_000
MOST_PAGES = 40
TAB = 9

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium here"),
    pytest.mark.skipif(not MAIN.is_file(), reason="the main run was not made here; ./run makes it"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the source of axe-core, from the npm registry."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm here, which brings axe-core")
    folder = tmp_path_factory.mktemp("axe")
    packed = subprocess.run(
        [npm, "pack", "--silent", AXE], cwd=folder, capture_output=True, text=True, check=False
    )
    if packed.returncode:
        pytest.skip(f"npm could not bring {AXE}: {packed.stderr.strip()[-200:]}")
    with tarfile.open(folder / packed.stdout.strip().splitlines()[-1]) as archive:
        member = archive.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode("utf-8")


@cache
def page() -> str:
    return MAIN.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_no_violation(browser: Browser, axe: str, width: int, dark: bool) -> None:
    browser.open(MAIN, width=width, dark=dark)
    browser.value(
        "document.querySelectorAll('details').forEach(function (one) { one.open = true; })"
    )
    browser.value(f"{axe}; 0")
    found = browser.value(
        f"axe.run(document, {{runOnly: {{type: 'tag', values: {json.dumps(RULES)}}}}}).then("
        "function (all) { return all.violations.map(function (one) {"
        " return one.id + ': ' + one.nodes.slice(0, 3).map(function (node) {"
        " return node.html.slice(0, 160); }).join(' | '); }); })"
    )
    assert found == []


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_page_is_as_wide_as_its_window(browser: Browser, width: int) -> None:
    browser.open(MAIN, width=width)
    assert browser.value("document.documentElement.scrollWidth") == width


def test_the_answer_stands_on_the_first_screen(browser: Browser) -> None:
    browser.open(MAIN, width=1280, height=900)
    bottoms = browser.value(
        "Array.from(document.querySelectorAll('.answer .line .verdict')).map(function (one) {"
        " return one.getBoundingClientRect().bottom; })"
    )
    assert len(bottoms) == page().count('<article class="card')
    assert max(bottoms) < 900


def test_tab_reaches_the_skip_link_first_and_is_never_caught(browser: Browser) -> None:
    browser.open(MAIN)
    seen = []
    for _ in range(60):
        browser.press("Tab", code=TAB)
        seen.append(
            browser.value(
                "(function () { var one = document.activeElement; if (!window.ids) { window.ids = "
                "new Map(); } if (!window.ids.has(one)) { window.ids.set(one, window.ids.size); } "
                "var box = one.getBoundingClientRect(); return [window.ids.get(one), one.tagName "
                "+ ' ' + one.className, box.width > 0 && box.height > 0, "
                "getComputedStyle(one).outlineStyle]; })()"
            )
        )
    assert seen[0][1] == "A skip"
    assert len({number for number, *_ in seen}) == len(seen)
    assert all(visible and outline != "none" for _, _, visible, outline in seen)


def test_every_link_within_the_page_leads_somewhere() -> None:
    ids = set(re.findall(r'\bid="([^"]+)"', page()))
    wanted = set(re.findall(r'href="#([^"]+)"', page()))
    assert wanted
    assert wanted - ids == set()


def test_every_file_that_the_page_links_is_there() -> None:
    linked = set(re.findall(r'href="((?:tables|figures)/[^"]+)"', page()))
    assert len(linked) > 50
    assert [name for name in sorted(linked) if not (MAIN.parent / name).is_file()] == []


def test_no_link_leads_to_what_a_browser_should_not_open() -> None:
    outward = set(re.findall(r'href="([^"#][^"]*)"', page())) - set(
        re.findall(r'href="((?:tables|figures)/[^"]+)"', page())
    )
    assert {address.partition("://")[0] for address in outward} <= {"http", "https"}


def test_the_file_is_light() -> None:
    assert MAIN.stat().st_size < MOST_BYTES


def test_it_prints_on_few_pages(browser: Browser, tmp_path: Path) -> None:
    browser.open(MAIN)
    printed = tmp_path / "report.pdf"
    printed.write_bytes(browser.pdf())
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", printed.read_bytes()))
    assert 0 < pages <= MOST_PAGES


def test_a_column_is_sorted_by_its_heading(browser: Browser) -> None:
    browser.open(MAIN)
    before, after, sort = browser.value(
        "(function () { var button = document.querySelector('button.sort'); var table = "
        "button.closest('table'); var first = function () { return "
        "Array.from(table.querySelectorAll('tbody tr')).map(function (row) { return "
        "row.cells[0].textContent.trim().toLowerCase(); }); }; var before = first(); "
        "button.click(); return [before, first(), "
        "button.closest('th').getAttribute('aria-sort')]; })()"
    )
    assert sort == "ascending"
    assert after == sorted(before)


def test_every_figure_is_a_chart_or_the_table_of_its_values(browser: Browser) -> None:
    """The table says what the figure's file says, which the drawing was made from."""
    browser.open(MAIN)
    found = browser.value(
        "Array.from(document.querySelectorAll('.item.drawn')).map(function (item) { var chart = "
        "item.querySelector('figure .scroll'); var fold = item.querySelector('.values'); var seen "
        "= function () { return [chart, fold].map(function (one) { return one.offsetHeight > 0; "
        "}); }; var buttons = item.querySelectorAll('.toggle button'); var first = seen(); "
        "buttons[1].click(); var second = seen(); buttons[0].click(); return [item.dataset.name, "
        "first, second, seen(), Array.from(fold.querySelectorAll('tbody tr')).map(function (row) "
        "{ return Array.from(row.cells).map(function (cell) { return cell.textContent; }); })]; })"
    )
    assert len(found) == page().count('class="item drawn"')
    for name, first, second, third, rows in found:
        assert (first, second, third) == ([True, False], [False, True], [True, False]), name
        drawn = json.loads((MAIN.parent / "figures" / f"{name}.json").read_text("utf-8"))
        if drawn["kind"] == "specification_curve":
            continue  # the table is that of the options; the estimates are thousands
        assert len(rows) == len(drawn["numbers"]), name
        for cells, row in zip(rows, drawn["numbers"], strict=True):
            for part in ("estimate", "share", "latent", "second"):
                if isinstance(row.get(part), float) and abs(row[part]) >= 0.001:
                    assert f"{row[part]:.3f}".replace("-", "\N{MINUS SIGN}") in cells, (name, row)


def test_a_figure_saved_from_the_page_has_its_title_key_and_source(browser: Browser) -> None:
    browser.open(MAIN)
    saved = browser.value(
        "(function () { var real = URL.createObjectURL, kept = []; URL.createObjectURL = function "
        "(one) { kept.push(one); return real.call(URL, one); }; var items = "
        "Array.from(document.querySelectorAll('.item.drawn')); items.forEach(function (item) { "
        "item.querySelector('.downloads button').click(); }); URL.createObjectURL = real; return "
        "Promise.all(kept.map(function (one) { return one.text(); })).then(function (texts) { "
        "return texts.map(function (text, n) { return [items[n].dataset.name, text]; }); }); })()"
    )
    assert len(saved) == page().count('class="item drawn"')
    for name, svg in saved:
        drawn = json.loads((MAIN.parent / "figures" / f"{name}.json").read_text("utf-8"))
        said = " ".join(ElementTree.fromstring(svg).itertext())
        for part in ("title", "caption", "source"):
            assert re.sub(r"\s+", " ", drawn[part]) in re.sub(r"\s+", " ", said), (name, part)


def test_the_contents_are_folded_where_they_would_push_the_answer_down(browser: Browser) -> None:
    for width, unfolded in ((390, False), (768, False), (1280, True)):
        browser.open(MAIN, width=width)
        assert browser.value("document.querySelector('nav details').open") is unfolded


def test_a_state_lists_its_rows_in_tables(browser: Browser) -> None:
    browser.open(MAIN)
    rows = browser.value(
        "(function () { var page = document.getElementById('state-CAN'); page.open = true; return "
        "new Promise(function (done) { setTimeout(function () { "
        "done(Array.from(page.querySelectorAll('.rows li')).map(function (line) { return "
        "line.textContent; })); }, 200); }); })()"
    )
    assert any(re.match(r"Table \d+ \(ISAF", line) for line in rows)
    assert len({line.partition(":")[0] for line in rows}) > 3
