"""The parts of a claim, each with a test of its own, and whether the data can test it at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..base.number_formats import known

Entry = dict[str, Any]
NOT_TESTABLE = "not testable with these data"
NOT_ESTIMATED, NOT_IN_RUN = "its model has no estimate", "its model is not in this run"


def parts_of(
    declared: Mapping[str, Mapping[str, Any]],
    models: Mapping[str, Mapping[str, Any]],
    least_rows: float,
) -> list[Entry]:
    """Return every part of a claim with its estimate, and why it cannot be tested where it can
    not.

    Parameters
    ----------
    declared : mapping
        Part -> label, model, term, as `verdict_2.parts` has them for the hypothesis.
    models : mapping
        Model -> its MODEL of the estimates files.
    least_rows : float
        Rows of the rarer outcome that each slope needs.

    Returns
    -------
    list of dict
        part, label, model, term, estimate, p_value, n, rarer, slopes, rows_per_slope, untested
        (None, or why there is no test).
    """
    return [_part(name, of, models.get(of["model"]), least_rows) for name, of in declared.items()]


def _part(
    name: str, of: Mapping[str, Any], model: Mapping[str, Any] | None, least_rows: float
) -> Entry:
    about = {"part": name, **{key: of[key] for key in ("label", "model", "term")}}
    numbers: Entry = dict.fromkeys(("estimate", "p_value", "conf_low", "conf_high", "n"))
    room: Entry = dict.fromkeys(("rarer", "slopes", "rows_per_slope"))
    if model is None:
        return about | numbers | room | {"untested": NOT_IN_RUN}
    room, numbers = room_for_slopes(model), numbers | {"n": model["n"]} | _row(model, of["term"])
    return about | numbers | room | {"untested": _untested(room, numbers, least_rows)}


def _row(model: Mapping[str, Any], term: str) -> Entry:
    """Return the numbers of a coefficient; none where the model has no such row."""
    wanted = ("estimate", "p_value", "conf_low", "conf_high")
    rows = (row for row in model["rows"] if (row["kind"], row["term"]) == ("coefficient", term))
    return next(({key: row[key] for key in wanted} for row in rows), {})


def _untested(room: Entry, numbers: Entry, least_rows: float) -> str | None:
    if room["rows_per_slope"] is not None and room["rows_per_slope"] < least_rows:
        return NOT_TESTABLE
    return None if known(numbers["p_value"]) else NOT_ESTIMATED


def room_for_slopes(model: Mapping[str, Any]) -> Entry:
    """Return how many rows of the rarer outcome a model has for each of its slopes.

    Returns
    -------
    dict
        rarer, slopes, rows_per_slope; the last is None where there is no slope.

    Notes
    -----
    Of two levels the rarer is counted; of several ordered ones n - sum n_i^3 / n^2, and of a count
    every row: the limiting sample sizes of Harrell (2015, table 4.1). Of unordered levels it is the
    rarest. Every coefficient but the constant is a slope, of unordered levels in one equation.
    """
    rarer = _rarer(model)
    named = {row["term"] for row in model["rows"] if row["kind"] == "coefficient"} - {"const"}
    # a model that failed has no rows: it has at least the terms that it asks for
    slopes = len(named) or len(model["terms"]) + len(model["fixed_effects"])
    return {"rarer": rarer, "slopes": slopes, "rows_per_slope": rarer / slopes if slopes else None}


def _rarer(model: Mapping[str, Any]) -> float:
    counts = [n for n in (model["n_by_level"] or {}).values() if n]
    if model["n"] is None or len(counts) == 1:  # an outcome that does not vary, or no rows at all
        return 0.0
    if not counts:
        return float(model["n"])
    if len(counts) > 2 and "ordered" in model["family"]:
        n = sum(counts)
        return float(n - sum(each**3 for each in counts) / n**2)
    return float(min(counts))
