"""Values written for a config are read back by YAML as what they are."""

from __future__ import annotations

import pytest
import yaml
from coalition.base.yaml_text import listed, written


@pytest.mark.parametrize(
    "text", ["no", "Yes", "on", "off", "null", "~", "010", "a, b", "2003-03-20"]
)
def test_what_yaml_takes_for_something_else_is_quoted(text: str) -> None:
    assert written(text) == f'"{text}"'
    assert yaml.safe_load(listed([text, "low"])) == [text, "low"]


@pytest.mark.parametrize("text", ["low", "some words", "7", "2.5"])
def test_other_words_and_numbers_stand_bare(text: str) -> None:
    assert written(text) == text
