"""Spells of deployment: who is at risk of leaving, who left, who is censored."""

from __future__ import annotations

import numpy as np
import pandas as pd
from coalition.samples.country_operations import spells_of_deployment


def spells(
    entry: object, leave: object, about: dict[str, object] | None = None
) -> dict[int, tuple[float, float]]:
    """Return exited and years_in of one state by year, 2002 to 2009; a state without an entry never
    took part.
    """
    years = pd.Series(range(2002, 2010))
    first, last = (pd.Series([year] * len(years), dtype="float64") for year in (entry, leave))
    deployed = ((first <= years) & (last.fillna(9999) >= years)).astype("float64")
    found = spells_of_deployment(
        years, deployed, first, last, about or {"end": "2009-07-31", "early_exit_until": 2007}
    )
    return {
        year: (exited, within)
        for year, exited, within in zip(years, found["exited"], found["years_in"], strict=True)
    }


def test_at_risk_until_the_exit_and_not_after() -> None:
    found = spells(2003, 2005)
    assert [found[year] for year in (2003, 2004, 2005)] == [(0, 1), (0, 2), (1, 3)]
    assert np.isnan([found[year] for year in (2002, 2006, 2009)]).all()


def test_an_exit_after_the_last_year_that_counts_is_censored() -> None:
    found = spells(2006, 2008)
    assert [found[year][0] for year in (2006, 2007)] == [0, 0]
    assert np.isnan(found[2008][0])
    assert found[2008][1] == 3


def test_who_stays_to_the_end_never_exits() -> None:
    assert [found for found, _ in spells(2003, np.nan).values() if not np.isnan(found)] == [0] * 5


def test_by_default_the_year_of_the_end_does_not_count() -> None:
    found = spells(2003, 2009, {"end": "2009-07-31"})
    assert (found[2008][0], np.isnan(found[2009][0])) == (0, True)
    assert spells(2003, 2008, {"end": "2009-07-31"})[2008][0] == 1


def test_entry_and_exit_in_one_year() -> None:
    assert spells(2004, 2004)[2004] == (1, 1)


def test_entry_before_the_panel_counts_from_the_entry() -> None:
    assert spells(2000, np.nan)[2002] == (0, 3)


def test_who_never_took_part_is_never_at_risk() -> None:
    assert np.isnan(list(spells(np.nan, np.nan).values())).all()
