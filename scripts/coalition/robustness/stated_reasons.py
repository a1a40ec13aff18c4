"""What governments said: reasons by decision, and whether measured fears, words and caveats agree.
A check of mechanism and measurement; no verdict rests on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..base.distributions import Student
from ..base.multiplicity import holm

Entry = dict[str, Any]
GOVERNMENT = ("head_of_government", "minister", "official_document", "military")
"""Who speaks for a government; parties and parliaments do not, and scholars report."""
DECISIONS: dict[str, tuple[str, ...]] = {
    "joining": ("join", "stay", "increase"),
    "staying out or leaving": ("stay_out", "leave"),
    "caveats": ("caveat",),
    "lifting caveats": ("lift_caveat",),
}
STRICT = ("not_our_war", "escalation", "casualties")
AGAINST = ("against_joining", "for_caveat")
RIVALS = ("stake", "law", "domestic", "capacity", "gain", "identity", "other")
LEAST_STATES = 8
"""Fewer states than this are not tested."""


def _kinds(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Return which rows are of each kind of reason; kinds may share rows.

    Entrapment, wide, adds what is close to it by the codebook: the public's opposition, and
    international law as an argument against.
    """
    against = rows["direction"].isin(AGAINST)
    strict = rows["reason"].isin(STRICT)
    wide = strict | (rows["reason"].isin(("public_opinion", "international_law")) & against)
    return {
        "abandonment": rows["family"] == "abandonment",
        "entrapment, strict": strict,
        "entrapment, wide": wide,
        **{name: rows["family"] == name for name in RIVALS},
    }


def compare(
    settings: Mapping[str, Any], seed: int, reasons: pd.DataFrame, sample: pd.DataFrame
) -> Entry:
    """Return the content of estimates/stated_reasons.json.

    Parameters
    ----------
    settings : mapping
        Block `stated_reasons` of the config: abandonment, entrapment (measures), permutations.
    reasons : DataFrame
        Rows of reasons.csv of every operation that has one. Coder 1 read all statements, and is the
        one that is used; others read a part, for agreement.
    sample : DataFrame
        A row a state and operation: the measures, participated, response, caveat_level.
    """
    rows = reasons[reasons["coder"] == reasons["coder"].min()].reset_index(drop=True)
    statements = _statements(rows)
    tests = list(_tests(settings, seed, statements, sample))
    known = [test["p_value"] for test in tests if test["p_value"] is not None]
    adjusted = iter(holm(known))
    for test in tests:
        test["p_holm"] = None if test["p_value"] is None else float(next(adjusted))
    return {
        "n_rows": len(rows),
        "n_statements": int(statements[["operation", "statement_id"]].drop_duplicates().shape[0]),
        "n_states": int(statements["iso3"].nunique()),
        "operations": {
            str(name): int(number)
            for name, number in statements.groupby("operation")["statement_id"].nunique().items()
        },
        "shares": list(_shares(statements)),
        "tests": tests,
        "lesser_evil": _lesser_evil(rows),
    }


def _statements(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row a statement and decision, with a column of 0 and 1 a kind of reason."""
    kinds = _kinds(rows)
    table = rows[["iso3", "operation", "statement_id", "decision"]].assign(
        government=rows["speaker_kind"].isin(GOVERNMENT).astype(int),
        **{name: found.astype(int) for name, found in kinds.items()},
        joins=(kinds["abandonment"] & (rows["direction"] == "for_joining")).astype(int),
        reserves=(kinds["entrapment, strict"] & rows["direction"].isin(AGAINST)).astype(int),
        reserves_wide=(kinds["entrapment, wide"] & rows["direction"].isin(AGAINST)).astype(int),
    )
    keys = ["iso3", "operation", "statement_id", "decision"]
    return table.groupby(keys, as_index=False, sort=True).max()


def _shares(statements: pd.DataFrame) -> Iterator[Entry]:
    """Yield, for each group of decisions and kind of reason, the share of statements that give
    it.
    """
    for speakers in ("all", "government"):
        spoken = statements if speakers == "all" else statements[statements["government"] == 1]
        for decision, names in DECISIONS.items():
            of = spoken[spoken["decision"].isin(names)]
            for kind in ("abandonment", "entrapment, strict", "entrapment, wide", *RIVALS):
                yield {"speakers": speakers, "decision": decision, "reason": kind} | share(
                    of[kind].to_numpy(float), of["iso3"].to_numpy(str)
                )


def share(given: np.ndarray, states: np.ndarray, level: float = 0.95) -> Entry:
    """Return the share of statements that give a reason, with an interval over states.

    The share is a ratio of sums over states, whose variance comes from the states' residuals
    (linearisation, with G / (G - 1)); the interval is that of its logit with G - 1 degrees of
    freedom (Korn and Graubard 1999, section 5.2). A share of 0 or 1 has Clopper and Pearson's
    interval with the number of states, not of statements.

    Parameters
    ----------
    given : ndarray of shape (n,)
        1 where a statement gives the reason, else 0.
    states : ndarray of shape (n,)
        Whose statement it is.
    """
    n, names = len(given), np.unique(states)
    about: Entry = {
        "n": n,
        "n_states": len(names),
        "share": None,
        "conf_low": None,
        "conf_high": None,
    }
    if n == 0:
        return about
    p = float(given.mean())
    about |= {"share": p}
    groups = len(names)
    if groups < 2:
        return about
    if p in (0.0, 1.0):
        end = float((1 - level) / 2) ** (1 / groups)
        return about | (
            {"conf_low": 0.0, "conf_high": 1 - end}
            if p == 0
            else {"conf_low": end, "conf_high": 1.0}
        )
    residuals = np.array([(given[states == name] - p).sum() for name in names])
    error = np.sqrt(groups / (groups - 1) * (residuals**2).sum()) / n
    half = float(Student(groups - 1).ppf((1 + level) / 2)) * error / (p * (1 - p))
    middle = np.log(p / (1 - p))
    low, high = (1 / (1 + np.exp(-(middle + side * half))) for side in (-1, 1))
    return about | {"conf_low": float(low), "conf_high": float(high)}


def _tests(
    settings: Mapping[str, Any], seed: int, statements: pd.DataFrame, sample: pd.DataFrame
) -> Iterator[Entry]:
    """Yield the rank correlations of what is measured, said and done, state by state.

    Only states of which a statement is coded are compared, each by the share of its statements that
    give the reason: silence is not absence.
    """
    fears = {"abandonment": "joins", "entrapment": "reserves"}
    spoken = (
        statements.groupby(["operation", "iso3"], as_index=False)[
            ["joins", "reserves", "reserves_wide"]
        ]
        .mean()
        .merge(sample, on=["operation", "iso3"])
    )
    joined = spoken[spoken["participated"] == 1]
    measured = "Do states with a high measured fear say so?"
    acted = "Do states that say so reserve?"
    alliance = "Does an argument from the alliance come with lower caveats?"
    asked = [
        (measured, "abandonment", spoken, settings["abandonment"], fears["abandonment"], 1),
        (measured, "entrapment, strict", spoken, settings["entrapment"], "reserves", 1),
        (measured, "entrapment, wide", spoken, settings["entrapment"], "reserves_wide", 1),
        (acted, "entrapment, strict", joined, "caveat_level", "reserves", 1),
        (acted, "entrapment, wide", joined, "caveat_level", "reserves_wide", 1),
        (alliance, "abandonment", joined, "caveat_level", "joins", -1),
    ]
    generator = np.random.default_rng([seed, 565])
    for question, kind, rows, outcome, said, sign in asked:
        about = {"question": question, "reason": kind, "with": outcome, "predicted": sign}
        if outcome not in rows:
            yield about | {"n": 0, "correlation": None, "p_value": None}
            continue
        known = rows.dropna(subset=[outcome])
        yield about | rank_correlation(
            known[said].to_numpy(float),
            known[outcome].to_numpy(float),
            known["operation"].to_numpy(str),
            settings["permutations"],
            generator,
        )


def rank_correlation(
    first: np.ndarray,
    second: np.ndarray,
    groups: np.ndarray,
    permutations: int,
    generator: np.random.Generator,
) -> Entry:
    """Return Spearman's correlation within groups, with a two-sided permutation p-value.

    Ranks are taken, and centred, within each operation; values are permuted within it. The p-value
    counts the data as one of the permutations (Phipson and Smyth 2010, equation 2).

    Parameters
    ----------
    first, second : ndarray of shape (n,)
    groups : ndarray of shape (n,)
        The operation of each pair.
    """
    n = len(first)
    if n < LEAST_STATES:
        return {"n": n, "correlation": None, "p_value": None}
    ranked = [np.zeros(n), np.zeros(n)]
    places = [np.flatnonzero(groups == name) for name in np.unique(groups)]
    for own in places:
        for ranks, values in zip(ranked, (first, second), strict=True):
            of = pd.Series(values[own]).rank().to_numpy()
            ranks[own] = of - of.mean()
    scale = np.sqrt((ranked[0] ** 2).sum() * (ranked[1] ** 2).sum())
    if scale == 0:
        return {"n": n, "correlation": None, "p_value": None}
    observed = float(ranked[0] @ ranked[1] / scale)
    drawn = ranked[1].copy()
    as_far = 1
    for _ in range(permutations):
        for own in places:
            drawn[own] = generator.permutation(ranked[1][own])
        as_far += int(abs(ranked[0] @ drawn / scale) >= abs(observed) - 1e-12)
    return {"n": n, "correlation": observed, "p_value": as_far / (permutations + 1)}


def _lesser_evil(rows: pd.DataFrame) -> Entry:
    """Return how often both fears are said: in one statement (joining for the ally, reserving for
    fear of entrapment), and by one state in any of its statements.
    """
    joins = (rows["family"] == "abandonment") & (rows["direction"] == "for_joining")
    reserves = rows["reason"].isin(STRICT) & (rows["direction"] == "for_caveat")
    table = rows[["operation", "iso3", "statement_id"]].assign(joins=joins, reserves=reserves)
    found: Entry = {}
    for name, keys in {
        "statements": ["operation", "statement_id"],
        "states": ["operation", "iso3"],
    }.items():
        by = table.groupby(keys)[["joins", "reserves"]].any()
        both = by[by["joins"] & by["reserves"]]
        found[name] = {"both": len(both), "of": len(by)}
        if name == "states":
            found["states"]["named"] = [list(key) for key in both.index]
    return found
