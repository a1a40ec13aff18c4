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
    """Return every part of a claim with its estimate, and why it can not be tested where it can
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
    room, numbers = room_for_slopes(model), numbers | {"n": model["n"]}
    for row in model["rows"]:
        if row["kind"] == "coefficient" and row["term"] == of["term"]:
            numbers |= {key: row[key] for key in numbers if key in row}
            break
    few = room["rows_per_slope"] is not None and room["rows_per_slope"] < least_rows
    untested = NOT_TESTABLE if few else None if known(numbers["p_value"]) else NOT_ESTIMATED
    return about | numbers | room | {"untested": untested}


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
    counts = [n for n in (model["n_by_level"] or {}).values() if n]
    ordered = "ordered" in model["family"]
    if len(counts) > 2 and ordered:
        n = sum(counts)
        rarer = n - sum(each**3 for each in counts) / n**2
    else:
        rarer = float(min(counts) if len(counts) > 1 else model["n"] if not counts else 0)
    named = {row["term"] for row in model["rows"] if row["kind"] == "coefficient"} - {"const"}
    # a model that failed has no rows: it has at least the terms that it asks for
    slopes = len(named) or len(model["terms"]) + len(model["fixed_effects"])
    return {"rarer": rarer, "slopes": slopes, "rows_per_slope": rarer / slopes if slopes else None}
