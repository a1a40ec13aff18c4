"""Invented contents of estimates/inference.json: a coefficient, a contrast, and a model that
failed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Entry = dict[str, Any]
METHODS = ["cr2", "permutation", "linear_cr2", "linear_wild_bootstrap"]
NUMBERS = (
    "estimate",
    "std_error",
    "statistic",
    "df",
    "p_value",
    "conf_low",
    "conf_high",
    "p_equal_tailed",
    "p_holm",
    "p_bh",
    "p_below_smallest",
)


def _row(
    generator: np.random.Generator,
    method: str,
    term: str | None,
    reason: str | None = None,
    **unknown: None,
) -> Entry:
    numbers = dict(
        zip(NUMBERS, map(float, generator.uniform(0.06, 0.9, len(NUMBERS))), strict=True)
    )
    numbers |= {"df": 17.23, "conf_low": -numbers["conf_low"]} | unknown
    numbers = dict.fromkeys(NUMBERS) if reason else numbers
    row = {
        "method": method,
        "linear": method.startswith("linear_"),
        "term": None if reason else term,
        "replicates": None,
        "not_fitted": None,
        "reason": reason,
    }
    return row | numbers


def _sensitivity(generator: np.random.Generator, term: str) -> Entry:
    benchmarks = [
        {
            "covariate": name,
            "times": 2.0,
            "r2_treatment": 0.1,
            "r2_outcome": 0.2,
            "estimate": estimate,
            "std_error": 0.31,
            "statistic": estimate / 0.31,
        }
        for name, estimate in (("size", 0.4), ("power", 0.123456))
    ]
    shares = dict(
        zip(
            ("partial_r2", "robustness_value", "robustness_value_alpha"),
            map(float, generator.random(3)),
            strict=True,
        )
    )
    return {
        "term": term,
        "estimate": 0.5,
        "std_error": 0.2,
        "statistic": 2.5,
        "df": 99,
        **shares,
        "benchmarks": benchmarks,
    }


def inference() -> Entry:
    """Return three hypotheses: log odds, a contrast of probabilities, and one without any
    number.
    """
    generator = np.random.default_rng(23)
    about = {"family": "logit", "sign": 1, "smallest_effect": 0.4, "n": 1358, "n_clusters": 1184}
    coefficient = [
        _row(generator, "primary", "fear", df=None, p_equal_tailed=None),
        _row(generator, "cr2", "fear"),
        _row(
            generator,
            "permutation",
            "fear",
            std_error=None,
            df=None,
            conf_low=None,
            conf_high=None,
            p_below_smallest=None,
        ),
        *(_row(generator, method, "fear", p_below_smallest=None) for method in METHODS[2:]),
    ]
    contrast = [
        _row(generator, "primary", "more_reserved", df=None),
        _row(generator, "cr2", None, reason="not for this model"),
        _row(generator, "permutation", None, reason="another hypothesis"),
        *(_row(generator, method, "reserved_not_unreserved") for method in METHODS[2:]),
    ]
    failed = [
        _row(generator, method, None, reason="the outcome is separated by power")
        for method in ("primary", *METHODS)
    ]
    return {
        "seed": 3, "level": 0.95, "replicates": 9999, "permutations": 4999, "benchmark_times": 2.0,
        "methods": METHODS,
        "hypotheses": [
            {"hypothesis": "H1", "title": "One", "model": "m", "scale": "log odds", **about,
            "rows": coefficient,
             "sensitivity": _sensitivity(generator, "fear")},
            {"hypothesis": "H2", "title": "Two & three", "model": "k", "scale": "probability",
            **about, "n_clusters": None, "rows": contrast,
             "sensitivity": _sensitivity(generator,
             "reserved_not_unreserved") | {"benchmarks": []}},
            {"hypothesis": "H3", "title": "Failed", "model": "f", "scale": "log odds", **about,
            "n": None, "n_clusters": None, "rows": failed,
             "sensitivity": None},
        ],
    }  # fmt: skip
