"""The reference numbers of sensitivity.json, from PySensemakr 0.0.8 `python
sensitivity_reference.py`.

That version needs pandas before 3; run here with pandas 2.1.4 and statsmodels 0.14.4.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import sensemakr
import statsmodels.formula.api as smf

HERE = Path(__file__).parent
SMALL = "linear ~ x1 + x2 + d"


def statistics(
    model: object, treatment: str, benchmark: str, times: list[float]
) -> dict[str, object]:
    """Return the sensitivity statistics of one term with a benchmark covariate."""
    found = sensemakr.Sensemakr(model, treatment, benchmark_covariates=[benchmark], kd=times)
    bounds = found.bounds[["r2dz_x", "r2yz_dx", "adjusted_estimate", "adjusted_se", "adjusted_t"]]
    stats = found.sensitivity_stats
    return {
        "estimate": float(stats["estimate"]),
        "std_error": float(stats["se"]),
        "df": int(stats["dof"]),
        "partial_r2": float(stats["r2yd_x"]),
        "robustness_value": float(stats["rv_q"]),
        "robustness_value_alpha": float(stats["rv_qa"]),
        "benchmark": benchmark,
        "times": times,
        "bounds": bounds.to_numpy(float).tolist(),
    }


if __name__ == "__main__":
    darfur = sensemakr.load_darfur()
    formula = (
        "peacefactor ~ directlyharmed + age + farmer_dar + herder_dar + pastvoted + "
        "hhsize_darfur + female + village"
    )
    cross = pd.read_csv(HERE / "data" / "cross_section.csv")
    found = {
        "darfur": statistics(smf.ols(formula, darfur).fit(), "directlyharmed", "female", [1, 2, 3]),
        "cross_section": statistics(smf.ols(SMALL, cross).fit(), "x1", "d", [1, 2]),
    }
    (HERE / "sensitivity.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
