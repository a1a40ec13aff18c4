"""The configs of docs/howto_replicate.md give the numbers that the page and the papers print."""

from __future__ import annotations

import contextlib
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from coalition.base.errors import Problems
from coalition.base.keys import keys_of
from coalition.config import settings
from coalition.estimators.estimate import estimate
from coalition.samples import user_file

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "howto_replicate.md").read_text(encoding="utf-8")
CONFIGS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
PRINTED = {
    ("within", "value"): (0.110124, 0.011857, 6),
    ("within", "capital"): (0.310065, 0.017355, 6),
    ("random", "value"): (0.109781, 0.010493, 6),
    ("random", "capital"): (0.308113, 0.017181, 6),
    ("logit", "gpa"): (2.826, 1.263, 3),
    ("logit", "tuce"): (0.095, 0.142, 3),
    ("logit", "psi"): (2.379, 1.065, 3),
    ("probit", "gpa"): (1.626, 0.694, 3),
    ("probit", "tuce"): (0.052, 0.084, 3),
    ("probit", "psi"): (1.426, 0.595, 3),
}
"""Model, term -> estimate, standard error and decimals, as Croissant & Millo (2008) and Greene
print them.
"""


@cache
def fitted(number: int) -> dict[str, dict[str, Any]]:
    with contextlib.chdir(ROOT):
        config = settings.main(yaml.safe_load(CONFIGS[number]))
        problems = Problems()
        (name,) = config["samples"]
        sample = user_file.build(config, name, problems)
        problems.stop()
    keys = keys_of(config["samples"][name])
    return {
        model: estimate(model, spec, sample.table, settings.labels(config), keys=keys)
        for model, spec in config["models"].items()
    }


@pytest.mark.parametrize(("model", "term"), PRINTED)
def test_the_printed_numbers(model: str, term: str) -> None:
    entry = fitted(0 if model in ("within", "random") else 1)[model]
    estimate_, error, digits = PRINTED[model, term]
    row = next(row for row in entry["rows"] if row["kind"] == "coefficient" and row["term"] == term)
    assert round(row["estimate"], digits) == estimate_
    assert row["std_error"] == pytest.approx(error, abs=1.01 * 10**-digits)
    assert entry["n"] == (200 if model in ("within", "random") else 32)


def test_the_page_prints_them_twice() -> None:
    for (model, term), (estimate_, error, digits) in PRINTED.items():
        if digits == 6:
            assert PAGE.count(f"{estimate_:.6f} ({error:.6f})") == 2, (model, term)
        else:
            assert PAGE.count(f"{estimate_:.3f}") == 2, (model, term)


def test_the_first_config_has_ten_lines() -> None:
    assert len(CONFIGS[0].strip().splitlines()) == 10
