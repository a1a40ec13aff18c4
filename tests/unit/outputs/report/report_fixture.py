"""An invented run for the page: hostile texts everywhere, a hypothesis of every verdict and one
that failed, no real result.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from coalition.estimators.primary_test import primary_effect
from coalition.outputs import tables
from coalition.outputs.report import Facts, Results
from coalition.outputs.report.report_results import Figure
from coalition.outputs.stored_results import Sources
from coalition.verdicts.rule import decide
from scipy import stats

Entry = dict[str, Any]
HOSTILE = "<script>alert(1)</script>\"' onload='x' & {{ 7 * 7 }} </td></table>"
RULE = {"alpha": 0.05, "equivalence_level": 0.90, "sign_share": 0.80, "leave_one_out": "iso3"}
LABELS = {
    "fear": "Fear of abandonment",
    "risk": f"Risk {HOSTILE}",
    "joined": f"Joined {HOSTILE}",
    "const": "Constant",
    "answer": "Response",
}


def _row(
    model: str, kind: str, term: str, estimate: float, error: float, level: str | None = None
) -> Entry:
    return {
        "model": model, "family": "logit", "outcome": "joined", "kind": kind, "level": level,
        "term": term, "estimate": estimate,
        "std_error": error, "statistic": estimate / error,
        "p_value": float(2 * stats.norm.sf(abs(estimate / error))),
        "conf_low": estimate - 1.96 * error, "conf_high": estimate + 1.96 * error, "method": "wald",
    }  # fmt: skip


def _model(name: str, rows: list[Entry], **changes: Any) -> Entry:
    return {
        "model": name, "label": f"{name} {HOSTILE}", "group": "invented", "family": "logit",
        "sample": "states", "where": {},
        "outcome": "joined", "outcome_label": LABELS["joined"], "levels": ["0", "1"],
        "reference_level": None, "terms": ["fear", "risk"],
        "labels": LABELS, "fixed_effects": [], "status": "ok", "failure": None, "warnings": [],
        "n": 378, "n_by_level": {"0": 300, "1": 78},
        "n_states": 184, "n_clusters": 184, "convergence": {"converged": True},
        "separation": {"separated": False, "terms": []},
        "inference": {"covariance": "cluster", "cluster": "iso3", "p_values": "wald",
        "intervals": "wald", "distribution": "normal",
                      "df": None},
        "dropped": [{"iso3": "NRU", "operation": "alpha", "year": None,
        "reason": "missing: Fear of abandonment"}],
        "fit": {"log_likelihood": -12.3}, "covariance": {"names": [], "matrix": []}, "rows": rows,
    } | changes  # fmt: skip


def models() -> dict[str, Entry]:
    """Return three fitted models and one that failed."""
    main = [
        _row("main", "coefficient", term, value, 0.2)
        for term, value in (("fear", 0.8), ("risk", -0.9), ("const", 0.1))
    ]
    contrasts = [
        _row("three", "contrast", "more_reserved", 0.2, 0.05),
        _row("three", "contrast", "reserved_not_unreserved", 0.06, 0.05),
    ]
    few = {"kind": "few_events", "message": f"9 events for 5 coefficients of risk {HOSTILE}"}
    failure = {"kind": "separation", "message": f"separated by risk {HOSTILE}"}
    return {
        "main": _model("main", main),
        "three": _model(
            "three",
            contrasts,
            family="multinomial_logit",
            warnings=[few],
            n=84,
            n_by_level={"a": 60, "b": 20, "c": 4},
        ),
        "broken": _model("broken", [], status="failed", failure=failure),
    }


def config() -> Entry:
    """Return the parts of a config that the page reads."""
    effect = {"odds_ratio": 1.5}
    return {
        "run": "invented", "seed": 1, "sources": "data/sources.csv",
        "operations": {"alpha": {"label": f"Alpha {HOSTILE}", "leader": "USA", "target": "AFG",
        "start": "2001-12-20", "end": "2014-12-28",
                                 "baseline_year": 2000}},
        "covariates": {"facts": {"file": "facts.csv", "shape": "state_year",
        "dictionary": "dictionary.csv"}},
        "variables": {"risk": {"from": "risk_column", "label": LABELS["risk"]}},
        "measures": {"fear": {"label": LABELS["fear"], "method": "mean_z", "minimum": 1,
        "components": [{"variable": "risk", "sign": -1}]}},
        "universes": {}, "samples": {"states": {"unit": "country_operation", "evidence": ["A",
        "B"]}},
        "models": {"main": {"terms": ["fear"]}, "broken": {"terms": ["fear"]},
                   "three": {"terms": ["fear"],
                   "corners": {"first": "fear", "second": "risk", "low": 0.2, "high": 0.8}}},
        "hypotheses": {
            "H1": {"title": f"Joining {HOSTILE}", "claim": f"More fear, more joining {HOSTILE}",
                   "primary": {"model": "main", "term": "fear", "sign": 1,
                   "smallest_effect": effect}, "supporting": ["broken"]},
            "H2": {"title": "Opposite", "claim": "More risk, more joining.",
                   "primary": {"model": "main", "term": "risk", "sign": 1,
                   "smallest_effect": effect}},
            "H3": {"title": "Both", "claim": "Both.",
                   "primary": {"model": "three",
                   "contrasts": ["more_reserved", "reserved_not_unreserved"], "sign": 1,
                   "smallest_effect": {"probability": 0.1}}},
            "H4": {"title": "Broken", "claim": "Never known.",
                   "primary": {"model": "broken", "term": "fear", "sign": 1,
                   "smallest_effect": effect}},
        },
        "verdict": RULE,
        "robustness": {},
        "blocs": {"nordic": {"label": f"Nordic {HOSTILE}", "where": {}}},
        "tables": {
            "flow": {"kind": "flow", "title": f"Flow {HOSTILE}"},
            "h1": {"kind": "regression", "title": f"Who joins {HOSTILE}",
            "models": ["main", "broken"]},
            "all_models": {"kind": "regression", "title": "All",
            "models": ["main", "three", "broken"]},
            "robustness": {"kind": "robustness", "title": "Alternatives"},
            "influence": {"kind": "influence", "title": "Without one"},
            "verdicts": {"kind": "verdicts", "title": "Verdicts"},
        },
        "figures": {"measures": {"kind": "measures", "title": "Fears"},
                    "effects_h3": {"kind": "coefficients", "title": "Effects", "models": ["main"]}},
    }  # fmt: skip


def robustness(config: Entry, fitted: dict[str, Entry]) -> dict[str, Entry]:
    """Return a robustness file a hypothesis; of H3 one alternative fails and one state turns the
    significance.
    """
    found = {}
    for name, about in config["hypotheses"].items():
        primary = primary_effect(fitted[about["primary"]["model"]], about["primary"])
        others = [
            {"name": "same", "label": f"Same {HOSTILE}", "status": "ok", "message": None, **primary}
        ]
        others.append(
            {"name": "gone", "label": "Gone", "status": "failed", "message": f"no way {HOSTILE}"}
            | dict.fromkeys(primary)
        )
        turned = {**primary, "p_value": 0.001} if name == "H3" else primary
        left = [
            {"left_out": "DNK", "label": f"Denmark {HOSTILE}", **turned},
            {"left_out": "NOR", "label": "Norway", **primary},
        ]
        found[name] = {
            "hypothesis": name,
            "primary": primary,
            "alternatives": others,
            "leave_one_out": left,
            "leave_bloc_out": [{"left_out": "nordic", "label": f"Nordic {HOSTILE}", **turned}],
        }
    return found


def diagnostics() -> Entry:
    """Return the diagnostics of the sample."""
    steps = [
        ("states in 2000", 3, [], None),
        ("without: leader of the coalition", 2, ["USA"], "leader of the coalition"),
    ]
    flow = [
        {"operation": "alpha", "step": step, "states": n, "rows": n, "left_out": out, "reason": why}
        for step, n, out, why in steps
    ]
    late = {
        "iso3": "MNE",
        "country": f"Montenegro {HOSTILE}",
        "operation": "alpha",
        "year": None,
        "reason": f"too young {HOSTILE}",
    }
    known = {
        "operation": "alpha",
        "variable": "fear",
        "label": LABELS["fear"],
        "n": 2,
        "missing": 1,
    }
    return {
        "sample": "states", "unit": "country_operation", "flow": flow, "states_out": [late],
        "components": [], "correlations": [],
        "alpha": [{"operation": "alpha", "measure": "fear", "alpha": -0.25, "n": 2}],
        "descriptives": [known],
        "joins": [{"table": "facts", "operation": "alpha", "rows": 3, "matched": 2,
        "unmatched": ["DNK"]}],
    }  # fmt: skip


def results(of: Entry) -> Results:
    """Return the contents of the run's files; verdicts and tables are made by the stages that make
    them.
    """
    fitted = models()
    strong = robustness(of, fitted)
    verdicts = decide(of["hypotheses"], strong, RULE)
    sources = Sources(LABELS, {"alpha": of["operations"]["alpha"]["label"]},
        ({"models": list(fitted.values())}, *strong.values()),
                      (diagnostics(),), verdicts)  # fmt: skip
    made = {
        name: tables.WRITERS["html"](tables.build(name, spec, sources)).decode()
        for name, spec in of["tables"].items()
    }
    sample = pd.DataFrame(
        {"iso3": ["DNK", "NOR", "SWE"], "operation": "alpha", "participated": [1.0, 1.0, 0.0]}
    )
    sample["caveat_level"] = [2.0, 0.0, None]
    agreement = {
        "operation": "alpha",
        "coders": "1 and 2",
        "comparison": "read rows",
        "unit": "state",
        "cells": 2,
        "states": 2,
        "exact": 0.5,
        "within_one": 1.0,
    }
    agreement |= {"mean_difference": 0.0, "alpha": 0.75, "alpha_low": 0.25, "alpha_high": 0.95}
    dictionary = pd.DataFrame(
        {
            "variable": ["risk_column", "unused"],
            "source_id": ["DATA", "NOBODY"],
            "evidence": ["A", "C"],
        }
    )
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg'><desc>{len(HOSTILE)}</desc></svg>".encode()
    return Results(
        models=fitted,
        robustness=strong,
        verdicts=verdicts,
        samples={"states": sample},
        diagnostics={"states": diagnostics()},
        agreement={"rows": [agreement]},
        canonical=canonical(),
        dictionaries={"facts": dictionary},
        bibliography=bibliography(),
        tables=made,
        figures={name: Figure(name, spec["kind"], f"{spec['title']} {HOSTILE}",
        f"Caption {HOSTILE}", f"Alt {HOSTILE}", drawing)
                 for name, spec in of["figures"].items()},
    )  # fmt: skip


def canonical() -> dict[tuple[str, str], pd.DataFrame]:
    """Return canonical tables as text: a quarter of the caveats are recalled."""
    states = pd.DataFrame(
        {
            "iso3": ["DNK", "NOR"],
            "country": [f"Denmark {HOSTILE}", "Norway"],
            "source_id": "LIST",
            "evidence": "A",
        }
    )
    caveats = pd.DataFrame(
        {
            "iso3": ["DNK"] * 4,
            "source_id": ["NEWS;LIST", "NEWS", "NEWS", "EVIL"],
            "evidence": ["A", "B", "B", "C"],
        }
    )
    return {
        ("covariates", "states"): states,
        ("alpha", "caveats"): caveats,
        ("covariates", "facts"): pd.DataFrame({"iso3": ["DNK"], "risk_column": ["1"]}),
    }


def bibliography() -> pd.DataFrame:
    """Return entries, one of them with an address that must not become a link, and one that no row
    names.
    """
    rows = [
        (
            "LIST",
            "Gleditsch & Ward",
            "1999",
            "A list of states",
            "https://example.org/list",
            "data",
        ),
        (
            "NEWS",
            f"Reporter {HOSTILE}",
            "2005",
            f"Troops {HOSTILE}",
            "http://example.org/a?b=1&c=2",
            "news",
        ),
        ("EVIL", "Nobody", "", "Bad", "javascript:alert(1)", "news"),
        ("DATA", "Somebody", "2010", "Facts", "github.com/someone/facts", "data"),
        ("UNUSED", "Never", "2000", "Never named by a row", "https://example.org/never", "other"),
    ]
    table = pd.DataFrame(rows, columns=["source_id", "authors", "year", "title", "url", "kind"])
    return table.assign(publisher="P", licence=HOSTILE, what_was_read="whole")


FACTS = Facts(LABELS, "c" * 64, {"data/a.csv": "a" * 64}, {"pandas": "3.1.1"}, "3.11.0")
