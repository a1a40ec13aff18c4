"""Samples whose coded outcomes follow from drawn levels."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd


def with_levels(
    sample: pd.DataFrame, values: pd.DataFrame, reserved_from: int
) -> Iterator[pd.DataFrame]:
    """Yield the sample with the coded outcomes of each draw.

    Parameters
    ----------
    sample : DataFrame
        One row a state and operation.
    values : DataFrame
        Plausible values of one name.
    reserved_from : int
        Level from which caveats are substantive.
    """
    keys = pd.MultiIndex.from_frame(sample[["iso3", "operation"]].astype(str))
    joined = sample["participated"] == 1
    for _, own in values.groupby("draw", sort=True):
        level = own.set_index(["iso3", "operation"])["level"].astype(float).reindex(keys)
        yield with_outcomes(
            sample, pd.Series(level.to_numpy(), sample.index).where(joined), reserved_from
        )


def with_outcomes(sample: pd.DataFrame, level: pd.Series, reserved_from: int) -> pd.DataFrame:
    """Return a sample whose coded outcomes follow from levels of its participants, (rows,)."""
    known = level.notna()
    reserved = (level >= reserved_from).astype(float).where(known)
    found = {
        "caveat_level": level,
        "substantive_caveat": reserved,
    }
    if "response" in sample:
        words = reserved.map({1.0: "reserved", 0.0: "unreserved"}).astype(object)
        abstained = sample["participated"] == 0
        found["response"] = words.mask(abstained, "abstain")
    return sample.assign(**{name: values for name, values in found.items() if name in sample})
