"""A specification curve judged by option: for each option of each choice the share of
specifications with the predicted sign, among those that hold the confounders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..base.number_formats import finite

Entry = dict[str, Any]
ABSENT = "level_missing"
"""The status of a specification in which what is tested does not exist; it says nothing."""
LOG_ODDS = "log odds"


def judge(
    curve: Mapping[str, Any], confounders: Sequence[str | Sequence[str]], runs_off: float
) -> Entry:
    """Judge a curve.

    Parameters
    ----------
    curve : mapping
        The content of estimates/curve_<hypothesis>.json.
    confounders : sequence
        Terms that a specification must have to be judged; of a list of terms any one.
    runs_off : float
        The size of a log odds from which on an estimate counts as wrong: the fit runs off.

    Returns
    -------
    dict
        n (judged), of, ran_off, absent; sign_share: the mean over choices of the mean over their
        options; median, on the scale of the estimate; options: choice, option, label, n, ran_off,
        sign_share. None where nothing can be judged.

    Notes
    -----
    A fit runs off where its estimate in log odds exceeds `runs_off`, or where it has none at all
    (separation, no convergence). It counts as wrong in every share, and in the median it stands at
    the far end against the prediction.
    """
    estimate = np.array([np.nan if x is None else x for x in curve["specifications"]["estimate"]])
    status = np.array(curve["specifications"]["status"], dtype=object)
    there = holding(curve["terms"], confounders) & (status != ABSENT)
    off = ~np.isfinite(estimate)
    if curve["scale"] == LOG_ODDS:
        off |= np.abs(estimate) > runs_off
    towards = np.where(off, -np.inf, curve["sign"] * estimate)
    options = _options(curve, towards, off, there)
    shares: dict[str, list[float]] = {}
    for of in options:
        if of["n"]:
            shares.setdefault(of["choice"], []).append(of["sign_share"])
    any_judged = bool(there.any())
    mean = float(np.mean([np.mean(of) for of in shares.values()])) if shares else None
    middle = float(np.median(towards[there])) if any_judged else np.nan
    return {
        "n": int(there.sum()),
        "of": len(there),
        "ran_off": int((off & there).sum()),
        "sign_share": mean if shares else _share(towards[there]),
        "median": finite(curve["sign"] * middle),
        "options": options,
    }


def holding(terms: Mapping[str, Any], confounders: Sequence[str | Sequence[str]]) -> np.ndarray:
    """Return which specifications (S,) have every confounder.

    Parameters
    ----------
    terms : mapping
        sets: the lists of terms that occur; of: which of them each specification has.
    """
    wanted = [{each} if isinstance(each, str) else set(each) for each in confounders]
    good = np.array([all(of & set(names) for of in wanted) for names in terms["sets"]], dtype=bool)
    return good[np.asarray(terms["of"], dtype=int)] if len(good) else np.zeros(0, dtype=bool)


def _share(towards: np.ndarray) -> float | None:
    return float((towards > 0).mean()) if len(towards) else None


def _options(
    curve: Mapping[str, Any], towards: np.ndarray, off: np.ndarray, there: np.ndarray
) -> list[Entry]:
    rows = []
    for choice in curve["choices"]:
        codes = np.asarray(curve["options"][choice["choice"]], dtype=int)
        for code, option in enumerate(choice["options"]):
            having = there & (codes == code)
            rows.append(
                {
                    "choice": choice["choice"],
                    "option": option["name"],
                    "label": f"{choice['label']}: {option['label']}",
                    "n": int(having.sum()),
                    "ran_off": int((off & having).sum()),
                    "sign_share": _share(towards[having]),
                }
            )
    return rows
