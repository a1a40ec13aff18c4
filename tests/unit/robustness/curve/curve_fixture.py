"""The content of a small curve file."""

from __future__ import annotations

from typing import Any

import numpy as np

STATISTICS = ["median_effect", "share_of_predicted_sign", "share_significant"]


def content(hypothesis: str = "H1", size: int = 12, seed: int = 0) -> dict[str, Any]:
    """Return a curve of two choices with two options each; the last specification failed."""
    rng = np.random.default_rng(seed)
    estimate = [*rng.normal(0.4, 0.5, size - 1).tolist(), None]
    codes = {
        "first": [place % 2 for place in range(size)],
        "second": [place // 2 % 2 for place in range(size)],
    }
    summary = {
        "n": size - 1,
        "median": float(np.median(estimate[:-1])),
        "low": -0.5,
        "high": 1.25,
        "sign_share": 0.75,
        "significant_share": 0.5,
    }
    options = [
        {"name": "a", "label": "Option A", "argument": "Because."},
        {"name": "b", "label": "Option B", "argument": "Also."},
    ]
    return {
        "hypothesis": hypothesis, "title": "Participation", "sign": 1, "scale": "log odds",
        "smallest_effect": 0.405, "alpha": 0.05, "seed": 1,
        "share": 1,
        "choices": [{"choice": name, "label": name.capitalize(),
        "options": options} for name in codes],
        "counts": {"combinations": 16, "impossible": {"too_few_rows": 1}, "duplicates": 3,
        "specifications": size, "fitted": size - 1,
                   "failed": {"separation": 1}, "in_joint_test": size - 1},
        "summary": summary,
        "by_option": [{"choice": name, "option": option, **summary,
        "n": 5} for name in codes for option in ("a", "b")],
        "joint_test": {"statistics": STATISTICS, "observed": [0.4, 0.75, 0.5],
        "p_value": [0.004, 0.03, 0.02], "expected": [0.0, 0.5, 0.025],
                       "specifications": size - 1, "permutations": 999},
        "one_step": {"n": size - 1, "rank_correlation": 0.98},
        "options": codes,
        "specifications": {
            "estimate": estimate, "std_error": [0.2] * (size - 1) + [None],
            "p_value": [0.03] * (size - 1) + [None],
            "significant": [place % 3 == 0 for place in range(size)],
            "n": [100] * size, "n_states": [60] * size,
            "status": ["ok"] * (size - 1) + ["separation"],
        },
    }  # fmt: skip
