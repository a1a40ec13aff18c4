"""Values written for a config are read back by YAML as what they are."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from coalition.base.yaml_text import listed, quoted, setting, written
from coalition.config.yaml_safe import load
from hypothesis import given
from hypothesis import strategies as st

ODD = [
    "no", "Yes", "on", "off", "null", "~", "", " ", "010", "007", "7", "2.5", "1e5", "1_000",
    "1:30", "0x1F",
    "true", "2003-03-20", ".inf", ".nan", "a, b", "a: b", "a:", "b #c", "- a", "? a", "<<", "=",
    "&a", "*a",
    "!a", "%a", "@a", "`a", "'a'", '"a"', "a's", "[a]", "{a}", "a\\b", "a\nb", "a\tb", "\u2028",
    "\u200b", "\x7f", "é", "😀",
]  # fmt: skip
TEXTS = st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = TEXTS | NUMBERS | st.none() | st.booleans()


@pytest.mark.parametrize(
    "text", ["no", "Yes", "on", "null", "~", "010", "7", "2.5", "a, b", "2003-03-20"]
)
def test_what_yaml_takes_for_something_else_is_quoted(text: str) -> None:
    assert written(text) == f'"{text}"'
    assert yaml.safe_load(listed([text, "low"])) == [text, "low"]


@pytest.mark.parametrize(
    "value", ["low", "some words", "rather-high", "log(gdp)", "Österreich", 7, 2.5]
)
def test_other_words_and_numbers_stand_bare(value: Any) -> None:
    assert written(value) == str(value)


@given(VALUES | st.lists(VALUES, max_size=3) | st.dictionaries(TEXTS, VALUES, max_size=3))
def test_a_suggestion_is_read_back_as_what_was_meant(value: Any) -> None:
    for text, meant in [
        (written(value), value),
        (f"levels: {listed([value, 'low'])}", {"levels": [value, "low"]}),
        (f"reading: {{{setting('recode', {'vote': value})}}}",
        {"reading": {"recode": {"vote": value}}}),
        (f"reading:\n  {setting('recode', value)}", {"reading": {"recode": value}}),
    ]:  # fmt: skip
        assert yaml.safe_load(text) == meant
        assert "\n" not in text.removeprefix("reading:\n")


@given(TEXTS)
def test_a_text_is_a_key_and_has_an_exact_form_in_quotation_marks(text: str) -> None:
    assert yaml.safe_load(f"overrides: {{{setting(text, None)}}}") == {"overrides": {text: None}}
    assert yaml.safe_load(f"label: {quoted(text)}") == {"label": text}


@pytest.mark.parametrize("text", [text for text in ODD if text.isprintable()])
def test_the_reader_of_configs_takes_what_is_suggested(text: str) -> None:
    assert load(f"recode: {{vote: {{{setting(text, text)}}}}}") == {
        "recode": {"vote": {text: text}}
    }
