"""The page: whole, escaped, readable without a network, true to the verdicts, and the same every
time.
"""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest
from coalition.outputs.report import Results, page, report_page
from coalition.verdicts.rule import decide
from page_reading import Page
from report_fixture import FACTS, HOSTILE, config, models, results

CONFIG = config()
RESULTS = results(CONFIG)
HTML = page(CONFIG, RESULTS, FACTS)
READ = Page(HTML)
SCRIPT = (report_page.FOLDER / "report.js").read_text(encoding="utf-8")
NAMES = {"script", "link", "iframe", "object", "embed", "base", "form", "foreignobject"}


def squeezed(text: str) -> str:
    return " ".join(text.split())


def bare(**changes: Any) -> tuple[dict[str, Any], Results]:
    """A config of nothing but a model on a file of the user's: no operations, hypotheses, measures,
    figures.
    """
    empty = {
        part: {}
        for part in (
            "operations",
            "covariates",
            "variables",
            "measures",
            "universes",
            "hypotheses",
            "robustness",
            "figures",
        )
    }
    only = {"h1": {**CONFIG["tables"]["h1"], "models": ["main"]}}
    of = {
        **CONFIG,
        **empty,
        "models": {"main": CONFIG["models"]["main"]},
        "samples": {},
        "tables": only,
        **changes,
    }
    return of, Results(
        models={"main": models()["main"]},
        tables={"h1": RESULTS.tables["h1"]},
        verdicts={"rule": {}, "hypotheses": []},
    )


def test_elements_nest_and_ids_are_unique() -> None:
    assert READ.faults == []
    ids = [element.id for element in READ.elements if element.id]
    assert sorted(ids) == sorted(set(ids))


def test_every_hostile_text_is_a_text() -> None:
    own = [element.text.strip() for element in READ.all("script")]
    assert own == [SCRIPT.strip()]
    assert not [element.tag for element in READ.elements if element.tag in NAMES - {"script"}]
    assert not [
        name for element in READ.elements for name in element.attributes if name.startswith("on")
    ]
    # a template within the data is not evaluated
    assert "49" not in squeezed(READ.by_id("card-H1").text).split()
    shown = squeezed(READ.by_id("content").text)
    for place in (
        "Joining",
        "More fear, more joining",
        "Alpha",
        "Denmark",
        "Montenegro",
        "too young",
        "Reporter",
        "Troops",
        "Same",
        "no way",
        "Caption",
        "Who joins",
    ):
        assert f"{place} {squeezed(HOSTILE)}" in shown, place  # fmt: skip
    assert all(HOSTILE in image.attributes["alt"] for image in READ.all("img"))


def test_nothing_is_fetched() -> None:
    for element in READ.elements:
        for name in ("src", "srcset", "poster", "data", "action", "background"):
            assert element.attributes.get(name, "data:").startswith("data:"), element
        assert not element.attributes.get("style")
        address = element.attributes.get("href", "#")
        assert address.startswith("#") or (
            element.tag == "a" and re.match(r"https?://|(tables|figures)/\w+\.\w+$", address)
        ), element
    assert "url(" not in READ.all("style")[0].text
    assert "@import" not in READ.all("style")[0].text


def test_an_address_that_is_not_of_the_web_is_no_link() -> None:
    links = [element.attributes["href"] for element in READ.all("a")]
    assert "https://example.org/list" in links
    assert "http://example.org/a?b=1&c=2" in links
    assert not [link for link in links if "javascript" in link]
    assert "javascript:alert(1)" in READ.by_id("sources").text


def test_links_and_labels_within_the_page_lead_somewhere() -> None:
    ids = {element.id for element in READ.elements if element.id}
    for element in READ.elements:
        address = element.attributes.get("href", "")
        assert not address.startswith("#") or address[1:] in ids, address
        for label in element.attributes.get("aria-labelledby", "").split():
            assert label in ids, label


def test_the_page_can_be_read_by_ear() -> None:
    assert READ.all("html")[0].attributes["lang"] == "en"
    assert (
        len(READ.all("h1"))
        == len(READ.all("main"))
        == len(READ.all("header", "body")) - len(CONFIG["hypotheses"]) - 1
        == 1
    )
    levels = [int(element.tag[1]) for element in READ.all("h1", "h2", "h3", "h4")]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(
        element.attributes.get("scope") in ("col", "row", "colgroup", "rowgroup")
        for element in READ.all("th")
    )
    assert all(element.attributes["alt"] for element in READ.all("img"))
    assert all(
        element.attributes.get("aria-hidden")
        or element.attributes.get("aria-label")
        or "legend" in HTML
        for element in READ.all("svg")
    )


@pytest.mark.parametrize("name", CONFIG["tables"])
def test_every_table_is_there_with_every_cell_and_note(name: str) -> None:
    alone = Page(RESULTS.tables[name])
    box = squeezed(READ.by_id(f"table-box-{name}").text)
    for cell in alone.all("th", "td"):
        assert squeezed(cell.text) in box
    assert READ.by_id(f"table-{name}").tag == "table"
    assert "How to read it" in box


@pytest.mark.parametrize("name", CONFIG["figures"])
def test_every_figure_is_there_with_its_caption(name: str) -> None:
    box = READ.by_id(f"figure-box-{name}")
    assert f"Caption {squeezed(HOSTILE)}" in squeezed(box.text)
    drawn = [
        unquote(image.attributes["src"].removeprefix("data:image/svg+xml,")).encode()
        for image in READ.all("img")
    ]
    assert RESULTS.figures[name].drawing in drawn


def test_tables_and_figures_are_numbered_as_they_come() -> None:
    for form in ("Table", "Figure"):
        numbers = [
            int(found) for found in re.findall(rf'<span class="label">{form} (\d+)</span>', HTML)
        ]
        assert numbers == list(range(1, len(CONFIG[f"{form.lower()}s"]) + 1))


@pytest.mark.parametrize(
    "entry", RESULTS.verdicts["hypotheses"], ids=lambda entry: entry["hypothesis"]
)
def test_a_card_says_what_the_verdicts_file_says(entry: dict[str, Any]) -> None:
    card = READ.by_id(f"card-{entry['hypothesis']}")
    text = squeezed(card.text)
    assert entry["verdict"] in card.attributes["class"].split()
    assert entry["verdict"].capitalize() in text
    assert squeezed(entry["claim"]) in text
    assert "(reconstruction)" in text
    if entry["estimate"] is None:
        assert "could not be estimated" in text
        return
    shown = text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-")
    assert f"Holm-adjusted p {p_in_words(entry['p_holm'])}" in shown
    ends = (entry["estimate"], entry["conf_low"], entry["conf_high"])
    if entry["scale"] == "log odds":
        middle, low, high = (f"{math.exp(end):.2f}" for end in ends)
        assert f"multiplied by {middle}" in shown
    else:
        middle, low, high = (f"{100 * end:+.1f}" for end in ends)
        assert f"by {middle} percentage points" in shown
    assert f"95% interval {low} to {high}" in shown
    assert shown.count("not met") == sum(not condition["met"] for condition in entry["conditions"])
    assert (
        f"{100 * entry['sign_share']:.1f}% of {entry['n_alternatives']}; "
        f"{entry['n_alternatives_failed']} could not be estimated"
    ) in shown


def p_in_words(value: float) -> str:
    return f"= {value:.3f}" if value >= 0.001 else "< 0.001"


def test_the_fixture_has_every_verdict() -> None:
    found = {entry["hypothesis"]: entry["verdict"] for entry in RESULTS.verdicts["hypotheses"]}
    assert found == {"H1": "supported", "H2": "contradicted", "H3": "undecided", "H4": "undecided"}


def test_the_answer_follows_from_the_verdicts() -> None:
    answer = squeezed(
        next(
            element for element in READ.elements if element.attributes.get("class") == "answer"
        ).text
    )
    assert "4 hypotheses were tested: 1 supported, 1 contradicted, 2 undecided." in answer
    assert "H2 (opposite) is contradicted" in answer
    assert "never “no effect”" in answer
    only = {**CONFIG, "hypotheses": {"H1": CONFIG["hypotheses"]["H1"]}, "tables": {}, "figures": {}}
    one = page(only, results(only), FACTS)
    assert "One hypothesis was tested: 1 supported, 0 contradicted, 0 undecided." in one
    assert "is contradicted" not in one
    # one line a hypothesis
    assert len([item for item in READ.all("li") if "is undecided" in item.text]) == 2


def test_nothing_is_said_of_when_the_rule_was_made_or_which_way_selection_works() -> None:
    shown = squeezed(READ.by_id("content").text)
    assert "before fitting" not in shown
    assert f"the sha256 {RESULTS.verdicts['rule_sha256']} identifies them" in shown
    assert "drives both, its estimates are off: where" in shown


def test_states_that_turn_the_result_are_named_on_the_card() -> None:
    card = squeezed(READ.by_id("card-H3").text)
    assert "1 of 2 left out in turn do (significance alone 1)" in card
    assert f"Denmark {squeezed(HOSTILE)} (DNK)" in card
    assert "DNK" not in READ.by_id("card-H1").text
    assert (
        f"sign or significance before adjustment turns without Nordic {squeezed(HOSTILE)}" in card
    )
    assert "none of 2 left out in turn does" in squeezed(READ.by_id("card-H1").text)


def test_data_coverage_and_grades() -> None:
    data = " ".join(squeezed(cell.text) for cell in READ.all("th", "td"))
    assert "3 2 2 (0: 1, 2: 1)" in data  # states, contributors, levels known
    assert "4 25.0% 50.0% 25.0%" in data  # caveats: rows, A, B, C
    assert "1; 1 columns graded 100.0% 0.0% 0.0%" in data  # only the column that the config uses
    assert "equally in 50.0% of them" in READ.by_id("data").text


def test_sources_are_those_that_rows_name() -> None:
    text = READ.by_id("sources").text
    assert "4 sources stand behind" in text
    assert all(f"[{source}]" in text for source in ("LIST", "NEWS", "EVIL", "DATA"))
    assert "UNUSED" not in text
    assert "NOBODY" not in text
    assert re.search(r"\[NEWS\].*Rows: 3\.", squeezed(text))


def test_troubles_of_the_estimates_are_collected() -> None:
    text = squeezed(READ.by_id("limits").text)
    assert "Could not be estimated: separation (1)" in text
    assert "Few events for the number of coefficients (1)" in text
    assert "Alternatives that could not be estimated (4)" in text
    assert "rarest outcome of any of them occurs 4 times" in text
    assert "Warning: 9 events for 5 coefficients" in squeezed(READ.by_id("card-H3").text)


def test_the_reconstruction_is_said_wherever_a_claim_stands() -> None:
    for claim in ("More risk, more joining.", "Never known."):
        places = [found.end() for found in re.finditer(re.escape(claim), HTML)]
        # the table of verdicts says it in the label of its line
        cells = [end for end in places if HTML[end : end + 5] == "</td>"]
        assert len(places) > len(cells)
        assert all("(reconstruction)" in HTML[end : end + 60] for end in places if end not in cells)


def test_a_run_without_hypotheses_or_operations() -> None:
    of, found = bare()
    html = page(of, found, FACTS)
    read = Page(html)
    assert read.faults == []
    assert "tests no hypothesis" in html
    assert "1 model was fitted." in squeezed(read.by_id("question").text)
    assert read.by_id("table-h1").tag == "table"
    assert "reconstruction" not in html.lower().replace("font", "")
    assert "Fermann" not in html
    levels = [int(element.tag[1]) for element in read.all("h1", "h2", "h3", "h4")]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_a_run_with_no_output_at_all() -> None:
    of, _ = bare(tables={})
    read = Page(page(of, Results(), FACTS))
    assert read.faults == []
    assert read.all("table", "figure") == []


def test_a_hypothesis_on_rows_that_are_no_states() -> None:
    of, found = bare(
        hypotheses={"H1": CONFIG["hypotheses"]["H1"]},
        samples={"mine": {"file": "mine.csv"}},
        verdict=CONFIG["verdict"],
    )
    fitted = {
        "main": {
            **models()["main"],
            "n_states": None,
            "n_clusters": None,
            "dropped": [{"row": 3, "reason": "missing: Fear"}],
        }
    }
    strong = {"H1": RESULTS.robustness["H1"]}
    verdicts = decide(of["hypotheses"], strong, of["verdict"])
    mine = {"mine": pd.DataFrame({"fear": [1.0, 2.0]})}
    read = Page(
        page(
            of,
            replace(found, models=fitted, robustness=strong, verdicts=verdicts, samples=mine),
            FACTS,
        )
    )
    assert read.faults == []
    assert "(logit; 378 rows)" in squeezed(read.by_id("card-H1").text)
    assert "mine" in squeezed(read.by_id("data").text)


def test_same_bytes_twice() -> None:
    again = config()
    assert page(again, results(again), FACTS) == HTML


def test_hashes_and_versions() -> None:
    text = READ.by_id("reproduce").text
    assert all(
        part in text
        for part in (
            "c" * 64,
            "a" * 64,
            RESULTS.verdicts["rule_sha256"],
            "pandas 3.1.1",
            "3.11.0",
            "data/a.csv",
        )
    )
