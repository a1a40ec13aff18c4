"""Companions of the primary tests: fuzzy sets of the corner, levels by tercile with Lee bounds, and
estimates under declared priors. No verdict rests on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from ..base.distributions import Student
from ..config.settings import labels
from ..estimators.design_matrix import prepare
from ..estimators.fit_types import Design, EstimationFailure
from ..inference import fuzzy_sets
from ..inference.lee_bounds import lee_bounds
from ..inference.likelihoods import LIKELIHOODS
from ..inference.normal_prior import maximum_a_posteriori, prior_std

Entry = dict[str, Any]
OUTCOMES = ("reserved", "abstain", "unreserved")
PARTS = ("lowest", "middle", "highest")
CONTROLS_RATIO = 100.0
"""Largest odds ratio per standard deviation that the priors of the other terms expect."""


def compare(config: Mapping[str, Any], sample: pd.DataFrame) -> Entry:
    """Return the content of estimates/companions.json.

    Parameters
    ----------
    config : mapping
        Blocks companions, hypotheses, models, seed, and what labels are made of.
    sample : DataFrame
        The table of the sample that the block names.
    """
    settings = config["companions"]
    return {
        "fuzzy_sets": list(_fuzzy(settings["fuzzy_sets"], sample)) if "response" in sample else [],
        "terciles": [
            _terciles(settings["terciles"], rows, str(operation), config["seed"])
            for operation, rows in sample.groupby("operation", sort=True)
            if settings["terciles"]["outcome"] in sample
        ],
        "priors": list(_priors(settings["priors"], config, sample)),
    }


def _fuzzy(settings: Mapping[str, Any], sample: pd.DataFrame) -> Iterator[Entry]:
    """Yield the fit of every corner of two fears to every response, under each calibration."""
    first, second = settings["first"], settings["second"]
    known = sample.dropna(subset=[first, second, "response"])
    for name, quantiles in settings["calibrations"].items():
        a, e = (
            np.concatenate([_membership(rows[fear], quantiles) for _, rows in _each(known)])
            for fear in (first, second)
        )
        response = np.concatenate([rows["response"].to_numpy(str) for _, rows in _each(known)])
        for one, high_first in (("high", a), ("low", 1 - a)):
            for other, high_second in (("high", e), ("low", 1 - e)):
                condition = fuzzy_sets.joint(high_first, high_second)
                for outcome in OUTCOMES:
                    fit = fuzzy_sets.sufficiency(condition, (response == outcome).astype(float))
                    corner = {"calibration": name, "quantiles": list(quantiles)}
                    corner |= {"first": one, "second": other}
                    yield corner | {"outcome": outcome} | asdict(fit)


def _each(rows: pd.DataFrame) -> list[tuple[Any, pd.DataFrame]]:
    return list(rows.groupby("operation", sort=True))


def _membership(values: pd.Series, quantiles: list[float]) -> np.ndarray:
    """Return memberships in one operation, anchored at quantiles of its own states."""
    return fuzzy_sets.calibrate(values.to_numpy(float), *np.quantile(values, quantiles))


def _terciles(settings: Mapping[str, Any], rows: pd.DataFrame, operation: str, seed: int) -> Entry:
    """Return the mean outcome by tercile among participants, and Lee bounds of high minus low."""
    measure, outcome = settings["measure"], settings["outcome"]
    known = rows[rows["participated"].isin([0, 1]) & rows[measure].notna()]
    joined = known[(known["participated"] == 1) & known[outcome].notna()]
    place = np.ceil(joined[measure].rank(method="first") / len(joined) * 3).astype(int)
    means = [
        {"tercile": part} | _mean(joined.loc[place == number, outcome].to_numpy(float))
        for number, part in enumerate(PARTS, start=1)
    ]
    bounded = known[(known["participated"] == 0) | known[outcome].notna()]
    high = (bounded[measure] > bounded[measure].median()).to_numpy()
    try:
        bounds = asdict(
            lee_bounds(
                bounded[outcome].to_numpy(float),
                (bounded["participated"] == 1).to_numpy(),
                high,
                bounded["iso3"].to_numpy(str),
                settings["replicates"],
                seed,
            )
        )
    except EstimationFailure as failure:
        return {"operation": operation, "means": means, "bounds": None, "message": failure.message}
    return {"operation": operation, "means": means, "bounds": bounds, "message": None}


def _mean(values: np.ndarray) -> Entry:
    """Return a mean with its t interval; in one operation a row is one state."""
    n = len(values)
    if n < 2:
        return {"n": n, "mean": None, "conf_low": None, "conf_high": None}
    half = float(Student(n - 1).ppf(0.975) * values.std(ddof=1) / np.sqrt(n))
    mean = float(values.mean())
    return {"n": n, "mean": mean, "conf_low": mean - half, "conf_high": mean + half}


def _priors(
    settings: Mapping[str, Any], config: Mapping[str, Any], sample: pd.DataFrame
) -> Iterator[Entry]:
    """Yield each primary coefficient of a logit or ordered logit under each prior."""
    for name, hypothesis in config["hypotheses"].items():
        primary = hypothesis["primary"]
        model = config["models"][primary["model"]]
        if "term" not in primary or model["family"] not in ("logit", "ordered_logit"):
            continue
        try:
            design = prepare(sample, model, labels(config)).design
        except EstimationFailure:
            continue
        for ratio in settings["largest_odds_ratios"]:
            yield {
                "hypothesis": name,
                "term": primary["term"],
                "largest_ratio": ratio,
            } | _posterior(design, model["family"], primary["term"], ratio)


def _posterior(design: Design, family: str, term: str, ratio: float) -> Entry:
    wide = prior_std(CONTROLS_RATIO)
    priors = [prior_std(ratio) if name == term else wide for name in design.names[1:]]
    cuts = max(len(design.levels) - 1, 1)
    start = np.zeros(design.X.shape[1] - 1 + cuts)
    if family == "ordered_logit":
        start[-cuts:] = np.linspace(-1.5, 1.5, cuts)
    found = maximum_a_posteriori(
        LIKELIHOODS[family], design.y, design.X, design.names, priors, start
    )
    return asdict(next(of for of in found if of.term == term))
