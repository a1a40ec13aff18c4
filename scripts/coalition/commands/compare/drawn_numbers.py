"""Numbers of two runs that rest on random draws, and how far other draws alone can move them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit
from scipy.stats import hypergeom

from ...base.number_formats import known
from .runs import Entry, Run

LEVEL = 0.99
"""Of the band: among a hundred numbers that differ by their draws alone about one lies outside."""
COLUMNS = [
    *("what", "of", "test", "a", "b", "difference", "band_low", "band_high", "reading"),
    *("draws_a", "draws_b"),
]
SAME, WITHIN, BEYOND, NO_BAND = "the same", "within", "beyond", "no band"
TEST, UNCERTAIN = "p-value of the primary test", "estimate with uncertain data"
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Drawn:
    """A number that rests on draws.

    draws : how many; counted : of a share of draws: 1 where the data count as one of them (Phipson
        and Smyth 2010, equation 2), 0 where not, None for a mean over draws; error : the Monte
        Carlo standard error of a mean over draws, where it can be told.
    """

    value: float
    draws: int
    counted: int | None = None
    error: float | None = None


def drawn_numbers(a: Run, b: Run) -> pd.DataFrame:
    """Compare every number that rests on draws in both runs.

    Returns
    -------
    DataFrame
        what: the quantity; of: hypothesis or model; test: method or size; a, b, difference;
        band_low, band_high: where the difference lies with a chance of LEVEL if nothing but the
        draws differ (`band`); reading: SAME, WITHIN, BEYOND, or NO_BAND; draws_a, draws_b.
    """
    first, second = dict(_numbers(a)), dict(_numbers(b))
    rows = [_row(key, first[key], second[key]) for key in first if key in second]
    return pd.DataFrame(rows, columns=COLUMNS)


def reading_of(table: pd.DataFrame, what: str, of: str, test: object) -> str | None:
    """Return the reading of one number of `drawn_numbers`; None where it rests on no draws."""
    rows = table[(table["what"] == what) & (table["of"] == of) & (table["test"] == test)]
    return None if rows.empty else str(rows["reading"].iloc[0])


def band(a: Drawn, b: Drawn) -> tuple[float, float] | None:
    """Return the ends of the differences, b minus a, that other draws alone make.

    Of two shares k of B draws, whose true value is the same, the successes of one are
    hypergeometric given those of both together (Fisher's exact test). Of two means over few draws
    it is a t interval with the smaller number of draws less one as degrees of freedom. Both take
    the draws of the runs as independent: where the runs share a seed the band errs on the wide
    side. None where a mean's error is not known.
    """
    if a.counted is not None and b.counted is not None:
        return _band_of_shares(a, b)
    if a.error is None or b.error is None:
        return None
    half = stdtrit(max(min(a.draws, b.draws) - 1, 1), (1 + LEVEL) / 2)
    half *= np.hypot(a.error, b.error)
    return -float(half), float(half)


def _band_of_shares(a: Drawn, b: Drawn) -> tuple[float, float]:
    successes = _successes(a) + _successes(b)
    of_b = hypergeom(a.draws + b.draws, successes, b.draws)
    ends = [int(of_b.ppf(share)) for share in ((1 - LEVEL) / 2, (1 + LEVEL) / 2)]
    low, high = (_share(end, b) - _share(successes - end, a) for end in ends)
    return low, high


def _successes(one: Drawn) -> int:
    extra = one.counted or 0
    return min(max(round(one.value * (one.draws + extra)) - extra, 0), one.draws)


def _share(successes: int, one: Drawn) -> float:
    extra = one.counted or 0
    return (successes + extra) / (one.draws + extra)


def _row(key: Key, a: Drawn, b: Drawn) -> Entry:
    ends = band(a, b)
    difference = b.value - a.value
    low, high = ends or (None, None)
    slack = 1e-9  # a share is written in full, and read back as one of its steps
    if abs(difference) <= slack:
        reading = SAME
    elif low is None or high is None:
        reading = NO_BAND
    else:
        reading = WITHIN if low - slack <= difference <= high + slack else BEYOND
    about = dict(zip(("what", "of", "test"), key, strict=True))
    values = {"a": a.value, "b": b.value, "difference": difference}
    ends_of = {"band_low": low, "band_high": high, "reading": reading}
    return about | values | ends_of | {"draws_a": a.draws, "draws_b": b.draws}


# -- what a run holds of them


def _numbers(run: Run) -> Iterator[tuple[Key, Drawn]]:
    yield from _tests(run)
    yield from _of_models(run)
    yield from _curves(run)
    yield from _reasons(run)
    yield from _power(run)
    yield from _means(run)


def _p_value(row: Mapping[str, Any], draws: object) -> Drawn | None:
    if not known(row.get("p_value")) or not isinstance(draws, int):
        return None
    return Drawn(float(row["p_value"]), draws, 1)


def _kept(found: Iterable[tuple[Key, Drawn | None]]) -> Iterator[tuple[Key, Drawn]]:
    return ((key, one) for key, one in found if one is not None)


def _tests(run: Run) -> Iterator[tuple[Key, Drawn]]:
    """Give the p-values of the primary tests by bootstrap and permutation."""
    return _kept(
        ((TEST, name, row["method"]), _p_value(row, row.get("replicates")))
        for name, entry in run.inference.items()
        for row in entry["rows"]
    )


def _of_models(run: Run) -> Iterator[tuple[Key, Drawn]]:
    return _kept(
        (
            (f"p-value of {row['term']}", name, row["method"]),
            _p_value(row, row.get("replicates")),
        )
        for name, model in run.models.items()
        for row in (model.get("by_method") or {}).get("rows", [])
    )


def _curves(run: Run) -> Iterator[tuple[Key, Drawn]]:
    for content in run.estimates.values():
        joint = content.get("joint_test") or {}
        for name, p_value in zip(
            joint.get("statistics", []), joint.get("p_value") or [], strict=False
        ):
            if known(p_value):
                key = ("p-value of the specification curve", content["hypothesis"], name)
                yield key, Drawn(float(p_value), joint["permutations"], 1)


def _reasons(run: Run) -> Iterator[tuple[Key, Drawn]]:
    """Give the rank correlations of what governments said."""
    draws = (run.config.get("stated_reasons") or {}).get("permutations")
    return _kept(
        (("p-value of stated reasons", row["reason"], row["with"]), _p_value(row, draws))
        for row in run.estimates.get("stated_reasons", {}).get("tests", [])
    )


def _power(run: Run) -> Iterator[tuple[Key, Drawn]]:
    for name, content in run.estimates.items():
        if not name.startswith("power_"):
            continue
        for row in content["rows"]:
            key = ("power", content["hypothesis"], f"{row['multiple']:g} times the smallest effect")
            if known(row["power"]):
                yield key, Drawn(float(row["power"]), content["replicates"], 0)


def _means(run: Run) -> Iterator[tuple[Key, Drawn]]:
    """Give the estimates that are means over completed data sets, by Rubin's rules."""
    for name, content in run.uncertainty.items():
        yield from _pooled((UNCERTAIN, name), content["rows"])
    rows = run.estimates.get("caveat_models", {}).get("rows", [])
    for name in dict.fromkeys(row["model"] for row in rows):
        own = [row for row in rows if row["model"] == name]
        yield from _pooled(("estimate with uncertain levels of caveats", name), own)


def _pooled(about: tuple[str, str], rows: Iterable[Entry]) -> Iterator[tuple[Key, Drawn]]:
    for row in rows:
        draws = row.get("draws")
        if known(row.get("estimate")) and isinstance(draws, int) and draws > 1:
            error = monte_carlo_error(row["std_error"], row["missing"], row["df"], draws)
            yield (*about, row["method"]), Drawn(float(row["estimate"]), draws, None, error)


def monte_carlo_error(
    std_error: float | None, missing: float | None, df: float | None, draws: int
) -> float | None:
    """Return how far the mean over m completed data sets lies from that over endlessly many.

    Parameters
    ----------
    std_error, missing, df : float or None
        Of the pooled estimate: its total standard error, the fraction of information missing and
        the degrees of freedom, as `robustness.rubin` has them.
    draws : int
        Completed data sets, m.

    Returns
    -------
    float or None
        The root of B / m, the variance between them over their number (Rubin 1987, section 3.3).
        With r the relative increase, missing = (r + 2 / (df + 3)) / (r + 1), and r / (r + 1) is the
        share (1 + 1/m) B of the total variance, so that B / m = share * total / (m + 1). None where
        one of the numbers is not known.
    """
    if not all(known(part) for part in (std_error, missing)):
        return None
    assert std_error is not None
    assert missing is not None
    small = 2 / (df + 3) if df is not None and known(df) else 0.0
    share = max((missing - small) / (1 - small), 0.0) if missing > 0 else 0.0
    return float(np.sqrt(share * std_error**2 / (draws + 1)))
