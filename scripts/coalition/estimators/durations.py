"""Rows of models of durations and counts: when they are at risk, their baseline hazard, how much
was exposed; and what in a file would make them silently wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..base.column_kinds import values_in_order
from ..base.keys import Keys, listed
from ..formula.terms import TermError
from .fit_types import Spell

SHOWN = 3
"""Rows that a sentence names before it counts the rest."""


def numbers(values: pd.Series, what: str) -> pd.Series:
    """Return a column as floats.

    Raises
    ------
    TermError
        When it holds texts.
    """
    if not pd.api.types.is_numeric_dtype(values):
        raise TermError(f"{what}, {values.name!r}, holds texts")
    return values.astype("float64")


def named(rows: pd.DataFrame, wrong: pd.Series | np.ndarray, keys: Keys) -> str:
    """Return the rows, as booleans, by their keys: "row 7, row 9 and 4 more"."""
    found = rows.loc[np.asarray(wrong, dtype=bool), list(keys.row)]
    texts = [
        " ".join(f"{name} {_plain(value)}" for name, value in zip(keys.row, row, strict=True))
        for row in found.head(SHOWN).itertuples(index=False)
    ]
    more = len(found) - len(texts)
    return ", ".join(texts) + (f" and {more:,} more" if more else "")


def _plain(value: Any) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def offset_of(rows: pd.DataFrame, model: Mapping[str, Any], keys: Keys) -> np.ndarray | None:
    """Return what is added to the linear predictor, (n,): the offset, and the log of the exposure.

    Raises
    ------
    TermError
        When an exposure is zero or below, where nothing can be counted, or a column holds texts.
    """
    if "offset" not in model and "exposure" not in model:
        return None
    found = np.zeros(len(rows))
    if "offset" in model:
        found += numbers(rows[model["offset"]], "the offset").to_numpy()
    if "exposure" in model:
        exposed = numbers(rows[model["exposure"]], "the exposure")
        wrong = (exposed <= 0).to_numpy()
        if wrong.any():
            raise TermError(
                f"the exposure, {model['exposure']!r}, is zero or below in "
                f"{named(rows, wrong, keys)}: where nobody is exposed nothing can be counted; "
                "`where` leaves such rows out"
            )
        found += np.log(exposed.to_numpy())
    return found


def columns(model: Mapping[str, Any], keys: Keys) -> list[str]:
    """Return the columns of a sample that say when a row is at risk or how much was exposed."""
    found = [model[key] for key in ("offset", "exposure") if key in model]
    if "spell" in model:
        found += [model["spell"][key] for key in ("start", "stop") if key in model["spell"]]
        found += _unit(model["spell"], keys)
    if "baseline" in model:
        found += [model["baseline"]["time"], *_unit(model["baseline"], keys)]
    return list(dict.fromkeys(found))


def _unit(about: Mapping[str, Any], keys: Keys) -> list[str]:
    return listed(about.get("unit", keys.unit))


def _codes(rows: pd.DataFrame, unit: Sequence[str]) -> np.ndarray | None:
    if not unit:
        return None
    return rows.groupby(list(unit), sort=True, observed=True).ngroup().to_numpy()


# -- Cox -----------------------------------------------------------------------


def spell_of(rows: pd.DataFrame, model: Mapping[str, Any], keys: Keys) -> Spell | None:
    """Return when the rows of a Cox model are at risk.

    Raises
    ------
    TermError
        When a row ends before it begins, two rows of a unit are at risk at one time, or rows that
        begin late do not say whose they are.
    """
    if "spell" not in model:
        return None
    about = model["spell"]
    stop = numbers(rows[about["stop"]], "the end of a spell")
    start = pd.Series(0.0, index=rows.index)
    if "start" in about:
        start = numbers(rows[about["start"]], "the start of a spell")
    elif (stop <= 0).any():
        raise TermError(
            f"the spell ends at zero or before in {named(rows, stop <= 0, keys)}, and `spell` "
            "names no `start`: it would have no length"
        )
    wrong = (stop <= start).to_numpy()
    if wrong.any():
        raise TermError(
            f"the spell ends where it starts or before in {named(rows, wrong, keys)}: "
            f"{about['stop']!r} must be above {about.get('start', 0)!r}"
        )
    unit = _codes(rows, _unit(about, keys))
    if unit is None and "start" in about:
        raise TermError(
            "spells with a `start` need to be known as those of one unit: name its columns as "
            "`unit` of `spell`, or give the sample `panel: {unit: UNIT, time: TIME}`"
        )
    if unit is not None:
        _check_overlap(rows, start, stop, unit, keys)
    return Spell(start.to_numpy(), stop.to_numpy(), unit, about.get("ties", "efron"))


def _check_overlap(
    rows: pd.DataFrame, start: pd.Series, stop: pd.Series, unit: np.ndarray, keys: Keys
) -> None:
    order = np.lexsort((stop, start, unit))
    begins, ends = start.to_numpy()[order], stop.to_numpy()[order]
    over = np.zeros(len(rows), dtype=bool)
    over[order[1:]] = (np.diff(unit[order]) == 0) & (begins[1:] < ends[:-1])
    if over.any():
        raise TermError(
            f"a unit has two spells at one time, the later of which is {named(rows, over, keys)}: "
            "it would be at risk twice; name as `unit` of `spell` all columns that tell spells "
            "apart"
        )


# -- discrete time -------------------------------------------------------------


def baseline_columns(rows: pd.DataFrame, model: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """Return the columns of a declared baseline hazard by name, (n,) each: an effect for every time
    but the first, powers of time (Carter & Signorino 2010), or its log.

    Raises
    ------
    TermError
        When the time is a text, or has no log.
    """
    if "baseline" not in model:
        return {}
    name, form = model["baseline"]["time"], model["baseline"]["form"]
    if form == "dummies":
        values = rows[name]
        return {
            f"{name}[{_plain(value)}]": (values == value).to_numpy(float)
            for value in values_in_order(values)[1:]
        }
    time = numbers(rows[name], "the time of the baseline hazard")
    if form == "log":
        if (time <= 0).any():
            raise TermError(
                f"the time of the baseline hazard, {name!r}, is zero or below in "
                f"{named(rows, time <= 0, keys)} and has no log; count periods from one"
            )
        return {f"log({name}) of the baseline": np.log(time.to_numpy())}
    degree = model["baseline"].get("degree", 3)
    return {
        f"{name}^{power} of the baseline": time.to_numpy() ** power
        for power in range(1, degree + 1)
    }


def check_risk(rows: pd.DataFrame, event: np.ndarray, model: Mapping[str, Any], keys: Keys) -> None:
    """Look whether each row of a discrete-time model is one period of one unit at risk.

    Parameters
    ----------
    rows : DataFrame, shape (n, any)
    event : ndarray, shape (n,)
        1 where a row ends with the event.

    Raises
    ------
    TermError
        When a unit has two rows at one time of its clock after the same start, or goes on being
        counted after its event while the clock runs on.
    """
    unit = _codes(rows, _unit(model["baseline"], keys))
    if unit is None:
        raise TermError(
            "rows at risk need to be known as those of one unit: name its columns as `unit` of "
            "`baseline`, or give the sample `panel: {unit: UNIT, time: TIME}`"
        )
    name = model["baseline"]["time"]
    clock = numbers(rows[name], "the time of the baseline hazard").to_numpy()
    calendar = rows[keys.time].to_numpy(float) if keys.time else clock
    order = np.lexsort((clock, calendar, unit))
    same = np.diff(unit[order]) == 0
    step, after = np.diff(clock[order]), event[order][:-1] == 1
    for wrong, text in (
        (same & (step == 0) & ~after, "a unit has two rows at one time of"),
        (same & (step > 0) & after, "a unit is still at risk after its event by"),
    ):
        if wrong.any():
            found = np.zeros(len(rows), dtype=bool)
            found[order[1:][wrong]] = True
            raise TermError(
                f"{text} {name!r}: {named(rows, found, keys)}; `where` leaves such rows out, a "
                "unit that is at risk anew starts its time anew, and `unit` of `baseline` names "
                "all columns that tell units apart"
            )
