"""Invented files of the stages before, with everything that a figure can meet: failures, infinite
ends, states unknown, seven operations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from coalition.outputs.stored_results import Sources

Entry = dict[str, Any]

LABELS = {
    "fear": "Fear",
    "risk": "Risk",
    "size": "Size, and a label that is much too long for one line",
    "joined": "Joined",
}
TWO = {"alpha": "ALPHA (Somewhere)", "beta": "Beta coalition"}
SEVEN = {f"operation{i}": f"Operation {i} (Place {i})" for i in range(7)}
COUNTING = {"evidence": ["A", "B"], "flags": ["ok"], "statistic": "median"}


def row(
    kind: str, term: str, level: str | None, estimate: float, error: float, **changes: Any
) -> Entry:
    numbers = {
        "estimate": estimate,
        "conf_low": estimate - 2 * error,
        "conf_high": estimate + 2 * error,
    }
    return {"model": "", "kind": kind, "term": term, "level": level, **numbers, **changes}


def model(name: str, rows: list[Entry], **changes: Any) -> Entry:
    """Return a MODEL of an estimates file, as far as figures read it."""
    entry: Entry = {
        "model": name, "label": name.replace("_", " ").capitalize(), "family": "logit",
        "outcome": "joined", "outcome_label": "Joined",
        "levels": ["0", "1"], "reference_level": None, "terms": ["fear", "risk"],
        "labels": {"fear": "Fear", "risk": "Risk"},
        "status": "ok", "failure": None, "n": 1234,
    }  # fmt: skip
    entry |= changes
    entry["rows"] = [{**row_, "model": name} for row_ in rows]
    return entry


def models() -> list[Entry]:
    """Return two logits, one with an infinite end, one that failed, one without a term, and
    multinomial logits with and without corners.
    """
    levels = ["abstain", "unreserved", "reserved"]
    multinomial = {
        "family": "multinomial_logit",
        "levels": levels,
        "reference_level": "abstain",
        "outcome": "answer",
        "corners": {"first": "fear", "second": "risk", "low": 0.2, "high": 0.8},
    }
    equations = [
        row("coefficient", term, level, 0.3 + place, 0.4)
        for place, level in enumerate(levels[1:])
        for term in ("fear", "risk")
    ]
    corners = [
        f"fear={first}, risk={second}" for first in ("low", "high") for second in ("low", "high")
    ]
    shares = np.random.default_rng(4).dirichlet([5, 1, 2], size=4)
    probabilities = [
        row("probability", corner, level, float(shares[place, column]), 0.04)
        for place, corner in enumerate(corners)
        for column, level in enumerate(levels)
    ]
    contrasts = [
        row("contrast", name, None, 0.1, 0.05)
        for name in ("more_reserved", "reserved_not_unreserved", "one_of_my_own")
    ]
    failure = {"kind": "separation", "message": "the outcome is separated by risk"}
    return [
        model("plain", [row("coefficient", "fear", None, 0.5, 0.1), row("coefficient", "risk", None,
        -0.25, 0.2)]),
        model("endless", [row("coefficient", "fear", None, 0.75, 0.1, conf_high=None),
        row("coefficient", "risk", None, 1e-12, 0.2)], family="firth_logit"),
        model("broken", [], status="failed", failure=failure, n=None),
        model("short", [row("coefficient", "fear", None, 0.4, 0.1)], terms=["fear"]),
        model("counted", [row("coefficient", "fear", None, 0.4, 0.1)], terms=["fear"],
        family="poisson"),
        model("multi", [*equations, *probabilities, *contrasts], **multinomial),
        model("no_contrasts", probabilities, **multinomial),
        model("no_corners", equations, **multinomial),
        model("multi_broken", [], status="failed", failure=failure, n=None, **multinomial),
    ]  # fmt: skip


def _effect(estimate: float | None, term: str | None = "fear") -> Entry:
    if estimate is None:
        return {
            "model": "plain",
            "term": None,
            **dict.fromkeys(("estimate", "std_error", "p_value", "conf_low", "conf_high")),
            "n": None,
        }
    return {
        "model": "plain",
        "term": term,
        "estimate": estimate,
        "conf_low": estimate - 0.3,
        "conf_high": estimate + 0.3,
        "n": 99,
    }


def robustness(hypothesis: str, seed: int, primary: float | None = 0.5) -> Entry:
    """Return a robustness file with a failed alternative and a state without which nothing could be
    estimated.
    """
    numbers = np.random.default_rng(seed)
    others = [
        {
            "name": f"other{i}",
            "label": f"Other {i}" + " and more" * (4 * (i == 3)),
            "status": "ok",
            "message": None,
            **_effect(float(numbers.normal())),
        }
        for i in range(9)
    ]
    failed = {
        "name": "failed",
        "label": "The failed one",
        "status": "failed",
        "message": "the outcome is separated by risk",
        **_effect(None),
    }
    alone = [{"left_out": f"S{i:02d}", **_effect(float(numbers.normal()))} for i in range(30)]
    return {
        "hypothesis": hypothesis,
        "primary": _effect(primary),
        "alternatives": [*others, failed],
        "leave_one_out": [*alone, {"left_out": "XXX", **_effect(None)}],
    }


def verdict(hypothesis: str, **changes: Any) -> Entry:
    about = {
        "hypothesis": hypothesis,
        "title": f"Title of {hypothesis}",
        "model": "plain",
        "term": "fear",
        "sign": 1,
        "smallest_effect": 0.4,
    }
    return about | {"scale": "log odds", "flips": ["S01", "S02"]} | changes


def evidence() -> tuple[list[Entry], Entry]:
    """Return the robustness files of three hypotheses, the last without an estimate, and the
    verdicts.
    """
    found = [robustness("H1", 1), robustness("H2", 2), robustness("H3", 3, None)]
    verdicts = [
        verdict("H1"),
        verdict("H2", term="risk", sign=-1),
        verdict("H3", term=None, scale="probability", smallest_effect=0.1),
    ]
    return found, {"hypotheses": verdicts}


def states(operations: Mapping[str, str], number: int = 40) -> pd.DataFrame:
    """Return a sample of states in which every response and every level occurs."""
    numbers = np.random.default_rng(7)
    rows = []
    for operation in operations:
        for i in range(number):
            joined = float((i * 7 + len(rows)) % 3 == 0) if i else np.nan
            level = float(i % 4) if joined == 1 and i % 5 else np.nan
            response = (
                "abstain"
                if joined == 0
                else np.nan
                if np.isnan(level)
                else "reserved"
                if level >= 2
                else "unreserved"
            )
            fear, risk = numbers.normal(size=2)
            rows.append(
                (
                    f"S{i:02d}",
                    f"State of {i}",
                    operation,
                    joined,
                    response,
                    level,
                    fear if i != 1 else np.nan,
                    risk,
                )
            )
    columns = [
        "iso3",
        "country",
        "operation",
        "participated",
        "response",
        "caveat_level",
        "fear",
        "risk",
    ]
    return pd.DataFrame(rows, columns=columns)


def counts(operation: str, number: int = 14) -> pd.DataFrame:
    """Return dated counts with a year between without one, zeros, a flag and a grade that are not
    used.
    """
    rows = []
    for i in range(number):
        for year in (2001, 2002, 2004, 2005):
            rows += [
                (f"S{i:02d}", operation, f"{year}-0{1 + month}-01", 10.0 * i**3 + month, "ok", "A")
                for month in range(3)
            ]
        rows.append(
            (
                f"S{i:02d}",
                operation,
                "2003-01-01",
                1e6,
                "suspect" if i % 2 else "ok",
                "A" if i % 2 else "C",
            )
        )
    return pd.DataFrame(rows, columns=["iso3", "operation", "date", "troops", "flag", "evidence"])


def names() -> pd.DataFrame:
    return pd.DataFrame(
        {"iso3": [f"S{i:02d}" for i in range(40)], "country": [f"State of {i}" for i in range(40)]}
    )


def sources(
    operations: Mapping[str, str] = TWO, data: tuple[pd.DataFrame, ...] | None = None
) -> Sources:
    """Return everything that figures are made from; the last operation has no troop counts."""
    found, verdicts = evidence()
    counted = [counts(operation) for operation in list(operations)[:-1] or operations]
    return Sources(
        labels=LABELS,
        operations=operations,
        estimates=({"group": "invented", "models": models()}, *found),
        verdicts=verdicts,
        data=(states(operations), *counted, names()) if data is None else data,
        counting=COUNTING,
    )


SPECS: dict[str, Entry] = {
    "responses": {"kind": "responses", "title": "Responses", "sample": "states"},
    "troops": {"kind": "troops", "title": "Troops", "sample": "years", "states": 5},
    "coefficients": {"kind": "coefficients", "title": "Coefficients",
    "models": ["plain", "endless", "broken", "short"], "terms": ["fear", "risk"]},
    "equations": {"kind": "coefficients", "title": "Equations",
    "models": ["multi", "multi_broken", "plain"], "terms": ["fear", "risk"]},
    "corners": {"kind": "corners", "title": "Corners", "model": "multi"},
    "no_contrasts": {"kind": "corners", "title": "Without contrasts", "model": "no_contrasts"},
    "measures": {"kind": "measures", "title": "Measures", "sample": "states", "first": "fear",
    "second": "risk"},
    "robustness": {"kind": "robustness", "title": "Robustness"},
    "influence": {"kind": "influence", "title": "Influence", "states": 12},
}  # fmt: skip
