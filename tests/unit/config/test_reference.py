"""The schema is the one source: every key is described there, and its examples are allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from coalition.base.errors import Problems
from coalition.commands import codebook
from coalition.commands.explain import explain
from coalition.config import reference
from coalition.config.json_schema import schema

ROOT = Path(__file__).parents[3]


def described(spec: Any, path: str = "", condition: bool = False) -> list[tuple[str, Any]]:
    """Return every key of the schema with its place, those in conditions left out."""
    found = []
    if isinstance(spec, dict):
        for name, inner in spec.get("properties", {}).items() if not condition else ():
            found.append((f"{path}.{name}", inner))
        for part, inner in spec.items():
            aside = condition or part in ("if", "counting")
            if part not in ("examples", "default"):
                found += described(inner, f"{path}/{part}", aside)
    elif isinstance(spec, list):
        for position, inner in enumerate(spec):
            found += described(inner, f"{path}[{position}]", condition)
    return found


def test_every_key_has_a_description_and_an_example() -> None:
    keys = described(schema())
    assert len(keys) > 200
    assert [path for path, spec in keys if not spec.get("description")] == []
    assert [path for path, spec in keys if "examples" not in spec] == []


def test_every_example_is_allowed() -> None:
    whole = schema()
    wrong = []
    for path, spec in described(whole):
        checker = jsonschema.Draft202012Validator(spec | {"$defs": whole["$defs"]})
        wrong += [path for example in spec["examples"] if not checker.is_valid(example)]
    assert wrong == []


def test_the_page_is_up_to_date() -> None:
    page = (ROOT / "docs" / codebook.REFERENCE).read_text(encoding="utf-8")
    assert page == codebook.config_reference(), "write it anew: see the head of the page"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("models.h1_logit_pooled.cluster", ["now:      iso3", "set in:   config.yaml"]),
        ("models.h1_poisson.family", ["set in:   configs/main/models.yaml"]),
        ("inference.replicates", ["now:      99", "set in:   mine.yaml"]),
        ("models.h1_poisson.correction", ["default:  full", "now:      not set"]),
    ],
)
def test_a_key_is_explained(key: str, said: list[str]) -> None:
    text = explain(key, {"inference": {"replicates": 99}}, ["mine.yaml"])
    assert all(line in text for line in said), text


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("models.h1_logit_poled.cluster", "models.h1_logit_pooled.cluster"),
        ("models.h1_logit_pooled.clutser", "models.h1_logit_pooled.cluster"),
        ("modles", "models"),
    ],
)
def test_a_key_that_is_not_there_is_refused(key: str, nearest: str) -> None:
    with pytest.raises(Problems) as caught:
        explain(key, {})
    assert [problem.nearest for problem in caught.value.found] == [nearest]


def test_every_key_on_the_page_can_be_found() -> None:
    assert all(reference.find(key.path.split(".")) for key in reference.every_key())
