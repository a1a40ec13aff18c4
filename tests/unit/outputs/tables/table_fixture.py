"""Invented contents of estimates, diagnostics and verdicts files: every shape that
docs/architecture.md allows, no real result.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from coalition.outputs.stored_results import Sources
from inference_fixture import inference

Entry = dict[str, Any]
NASTY = 'Aid & trade_share, 50% of size $x {y} #1 ~ ^ \\ | <b> "q" [z] *s*'
LABELS = {
    "fear": "Fear",
    "risk": "Risk, five years (log)",
    "wealth": NASTY,
    "size": "=Size",
    "power": "Größe d'État",
    "fear:risk": "Fear \N{MULTIPLICATION SIGN} Risk, five years (log)",
    "joined": "Joined",
    "level": "Level (0-3)",
    "answer": "Answer",
    "troops": "Troops",
    "operation": "Operation",
    "const": "Constant",
}
OPERATIONS = {"alpha": "Alpha & Co.", "beta": "Beta_2"}
EXTREME = {"wealth": (-12345.6789, 2345.1), "size": (0.0000432, 0.00021), "power": (-0.0004, 0.5)}
INFERENCE = {
    "covariance": "cluster",
    "cluster": "iso3",
    "p_values": "wald",
    "intervals": "wald",
    "distribution": "normal",
    "df": None,
}


def _row(
    generator: np.random.Generator,
    about: Entry,
    kind: str,
    level: str | None,
    term: str,
    method: str = "wald",
) -> Entry:
    estimate, error = EXTREME.get(term, (generator.normal(), generator.uniform(0.1, 0.9)))
    row = {
        **about,
        "kind": kind,
        "level": level,
        "term": term,
        "estimate": float(estimate),
        "std_error": float(error),
    }
    row |= {
        "statistic": float(estimate / error),
        "p_value": float(generator.choice([0.0004, 0.004, 0.04, 0.4, 0.99996])),
    }
    return row | {
        "conf_low": float(estimate - 2 * error),
        "conf_high": float(estimate + 2 * error),
        "method": method,
    }


def model(
    name: str, family: str, outcome: str, terms: list[str], seed: int, **changes: Any
) -> Entry:
    """Return a fitted model of invented numbers."""
    generator = np.random.default_rng(seed)
    levels = {
        "logit": ["0", "1"],
        "firth_logit": ["0", "1"],
        "ordered_logit": ["none", "low", "medium", "high"],
    }.get(family, [])
    levels = ["abstain", "unreserved", "reserved"] if family == "multinomial_logit" else levels
    about = {"model": name, "family": family, "outcome": outcome}
    counts = {level: int(generator.integers(5, 1500)) for level in levels}
    entry: Entry = {
        **about, "label": name.replace("_", " "), "group": "invented", "sample": "states",
        "where": {}, "outcome_label": LABELS[outcome],
        "corners": {"first": "fear", "second": "risk", "low": 0.125,
        "high": 0.9} if family == "multinomial_logit" else None,
        "levels": levels, "reference_level": "abstain" if family == "multinomial_logit" else None,
        "terms": terms,
        "labels": {term: LABELS[term] for term in [*terms, "const"]}, "fixed_effects": [],
        "status": "ok", "failure": None, "warnings": [],
        "inference": INFERENCE, "n": sum(counts.values()) or 644, "n_by_level": counts,
        "n_states": 184, "n_clusters": 1184, "dropped": [],
        "convergence": {"converged": True, "iterations": 7, "method": "newton"},
        "separation": {"separated": False, "terms": []},
        "fit": {"log_likelihood": -1234.567, "log_likelihood_null": -2000.0, "pseudo_r2": 0.3827,
        "aic": 2481.134, "bic": 2520.9},
    }  # fmt: skip
    entry |= changes
    entry["rows"] = _rows(entry, generator) if entry["status"] == "ok" else []
    if "rows_changed" in entry:
        entry["rows"] = [row | entry["rows_changed"].get(row["term"], {}) for row in entry["rows"]]
        del entry["rows_changed"]
    return entry


def _rows(entry: Entry, generator: np.random.Generator) -> list[Entry]:
    about = {part: entry[part] for part in ("model", "family", "outcome")}
    family, terms = entry["family"], entry["terms"]
    constant = [] if family in ("ordered_logit", "panel_entity", "panel_two_way") else ["const"]
    dummies = (
        []
        if family in ("panel_entity", "panel_two_way")
        else [f"{effect}[beta]" for effect in entry["fixed_effects"]]
    )
    equations = entry["levels"][1:] if family == "multinomial_logit" else [None]
    rows = [
        _row(generator, about, "coefficient", level, term)
        for level in equations
        for term in [*constant, *terms, *dummies]
    ]
    if family == "ordered_logit":
        cuts = [
            f"{low}|{high}" for low, high in zip(entry["levels"], entry["levels"][1:], strict=False)
        ]
        rows += [_row(generator, about, "threshold", cut, cut) for cut in cuts]
    levels = entry["levels"][1:] if len(entry["levels"]) == 2 else entry["levels"]
    rows += [
        _row(generator, about, "marginal_effect", level, term)
        for term in terms
        if ":" not in term
        for level in levels
    ]
    if family == "multinomial_logit":
        corners = [
            f"fear={first}, risk={second}"
            for first in ("low", "high")
            for second in ("low", "high")
        ]
        rows += [
            _row(generator, about, "probability", level, corner)
            for corner in corners
            for level in entry["levels"]
        ]
        contrasts = (
            "more_reserved",
            "reserved_not_unreserved",
            "second_difference",
            "one_of_my_own",
        )
        rows += [_row(generator, about, "contrast", None, contrast) for contrast in contrasts]
    return rows


def models() -> list[Entry]:
    """Return models of every family, two that failed, and one with every kind of trouble."""
    terms = ["fear", "risk", "wealth", "size"]
    firth = {
        "covariance": "model",
        "cluster": None,
        "p_values": "penalised_lr",
        "intervals": "profile",
        "distribution": "chi2",
        "df": None,
    }
    panel = INFERENCE | {"distribution": "t", "df": 55}
    penalised = {
        "log_likelihood": -63.21,
        "penalised_log_likelihood": -53.87,
        "penalised_log_likelihood_null": -90.0,
        "aic": 1.0,
        "bic": None,
    }
    kinds = ("pooled", "random", "entity", "two_way")
    r2 = {"r2": 0.1007, "r2_within": -0.0451, "r2_overall": 0.2, "log_likelihood": -1215.78}
    panels = {
        "inference": panel,
        "fit": r2,
        "fixed_effects": ["operation"],
        "where": {"joined": [1]},
    }
    missing = "missing: Risk, five years (log), Fear"
    dropped = [
        {"iso3": "NRU", "operation": "alpha", "year": None, "reason": missing},
        {"iso3": "NRU", "operation": "beta", "year": None, "reason": "missing: Fear"},
        {"iso3": "TUV", "operation": "alpha", "year": 2004, "reason": f"missing: {NASTY}"},
    ]
    failed = {
        "status": "failed",
        "inference": None,
        "fit": {},
        "convergence": None,
        "separation": None,
    }
    separated = {
        "kind": "separation",
        "message": (
            "the outcome is separated by power: logit has no finite maximum likelihood estimate"
        ),
    }
    empty = {"kind": "too_few_rows", "message": "no row has the outcome and every term"}
    nothing = {"n": None, "n_by_level": {}, "n_states": None, "n_clusters": None, "levels": []}
    infinite = {
        "kind": "separation",
        "message": (
            "maximum likelihood would be infinite for risk, operation[beta]; the estimate is finite"
        ),
    }
    few = {
        "kind": "few_clusters",
        "message": "only 12 clusters: clustered standard errors are too small",
    }
    return [
        model("logit_alpha", "logit", "joined", terms, 1, where={"operation": ["alpha"]},
        dropped=dropped),
        model("logit_both", "logit", "joined", ["power", *terms], 2, fixed_effects=["operation"],
        dropped=dropped[:1]),
        model(
            "firth_both", "firth_logit", "joined", terms, 3, fixed_effects=["operation"],
            inference=firth, n_clusters=None,
            warnings=[infinite, few], rows_changed={"risk": {"conf_high": None}},
            fit=penalised,
        ),
        model("separated", "logit", "joined", ["fear", "power"], 4, failure=separated,
        warnings=[few], **failed),
        model("empty", "logit", "joined", ["fear", "size"], 5, failure=empty, **failed, **nothing),
        model("product", "logit", "joined", ["fear", "risk", "fear:risk"], 6,
        where={"wealth": {"min": 0.5}, "size": ["a", "b"]}),
        model("ordered", "ordered_logit", "level", ["risk", "fear"], 7, warnings=[few]),
        model("ordered_failed", "ordered_logit", "level", ["risk", "fear"], 8, failure=separated,
        **failed),
        model("multi", "multinomial_logit", "answer", ["fear", "risk", "fear:risk"], 9,
        fixed_effects=["operation"], warnings=[few]),
        model("multi_failed", "multinomial_logit", "answer", ["fear", "risk", "fear:risk"], 10,
        failure=separated, **failed),
        model("poisson", "poisson", "troops", terms, 11),
        model("ols", "ols", "troops", terms, 12,
        inference=panel | {"covariance": "hc1", "cluster": None}, n_clusters=None, fit=r2),
        *(model(f"panel_{kind}", f"panel_{kind}", "troops", terms, 13 + i, **panels) for i,
        kind in enumerate(kinds)),
    ]  # fmt: skip


def _effect(
    generator: np.random.Generator, term: str | None = "fear", missing: bool = False
) -> Entry:
    numbers = dict.fromkeys(("estimate", "std_error", "p_value", "conf_low", "conf_high"))
    if not missing:
        estimate, error = generator.normal(), generator.uniform(0.1, 0.4)
        numbers = {
            "estimate": estimate,
            "std_error": error,
            "p_value": generator.uniform(),
            "conf_low": estimate - error,
        }
        numbers |= {"conf_high": estimate + error}
    return {
        "model": "logit_both",
        "term": None if missing else term,
        **numbers,
        "n": 1358,
        "n_clusters": None if missing else 184,
    }


def robustness(hypothesis: str, seed: int, states: int = 40, primary: Entry | None = None) -> Entry:
    """Return a robustness file with a failed alternative and a state without which nothing could be
    estimated.
    """
    generator = np.random.default_rng(seed)
    term = "fear" if hypothesis != "H3" else "reserved_not_unreserved"
    failed = {
        "name": "broken",
        "label": "Broken | one",
        "status": "failed",
        "message": "the outcome is separated by fear",
    }
    others = [
        {
            "name": f"other_{i}",
            "label": f"+ other {i}",
            "status": "ok",
            "message": None,
            **_effect(generator, term),
        }
        for i in range(12)
    ]
    alone = [
        {"left_out": f"S{i:02d}", "label": f"S{i:02d}", **_effect(generator, term)}
        for i in range(states)
    ]
    return {
        "hypothesis": hypothesis,
        "primary": primary or _effect(generator, term),
        "alternatives": [*others, failed | _effect(generator, missing=True)],
        "leave_one_out": [
            *alone,
            {"left_out": "XXX", "label": "XXX", **_effect(generator, missing=True)},
        ],
        "leave_bloc_out": [{"left_out": "bloc", "label": "a bloc", **_effect(generator, term)}],
    }


def evidence() -> tuple[list[Entry], Entry]:
    """Return robustness files of four hypotheses, the last without an estimate, and the verdicts on
    them.
    """
    found = [robustness("H1", 1), robustness("H2", 2), robustness("H3", 3)]
    found.append(robustness("H4", 4, primary=_effect(np.random.default_rng(0), missing=True)))
    verdicts = {"H1": "supported", "H2": "contradicted", "H3": "undecided", "H4": "undecided"}
    generator = np.random.default_rng(5)
    hypotheses = []
    for content in found:
        name = content["hypothesis"]
        flips = [] if name == "H1" else [f"S{i:02d}" for i in range(20 if name == "H2" else 2)]
        reasons = [
            f"without {', '.join(flips)} alone the sign changes"
            if flips
            else "every condition of the rule holds",
            "and more",
        ]
        about = {
            "hypothesis": name,
            "title": f"Title {name}",
            "claim": f"The more {name} & so on, the better.",
            "verdict": verdicts[name],
        }
        known = content["primary"]["estimate"] is not None
        facts = {
            "p_holm": generator.uniform() if known else None,
            "equivalence_low": -0.2 if known else None,
            "equivalence_high": 0.7 if known else None,
            "smallest_effect": 0.1 if name == "H3" else 0.4054651081081644,
            "scale": "probability" if name == "H3" else "log odds",
            "sign": -1 if name == "H2" else 1, "sign_share": generator.uniform(),
            "n_alternatives": 12, "n_alternatives_failed": 1, "median_effect": generator.normal(),
            "flips": flips, "bloc_flips": [],
            "second": "risk" if name == "H3" else None, "flips_by_size": flips[::-1],
            "flips_sign": flips[:1], "flips_holm": flips[1:3],
            "bloc_flips_holm": [], "left_out_low": -0.25 if known else None,
            "left_out_high": 0.5 if known else None,
        }  # fmt: skip
        facts |= dict.fromkeys(
            (
                "curve_n",
                "curve_failed",
                "curve_failures",
                "curve_sign_share",
                "curve_median",
                "curve_p_value",
            )
        )
        hypotheses.append({**about, "reasons": reasons, **content["primary"], **facts})
    rule = {"alpha": 0.05, "equivalence_level": 0.9, "sign_share": 0.8, "leave_one_out": "iso3"}
    return found, {"rule": rule, "rule_sha256": "ab" * 32, "hypotheses": hypotheses}


def diagnostics(sample: str = "states", unit: str = "country_operation") -> Entry:
    """Return the diagnostics of a sample with known, unknown and extreme numbers."""
    generator = np.random.default_rng(17)
    found: Entry = {"sample": sample, "unit": unit, "joins": []}
    parts: dict[str, list[Entry]] = {
        part: []
        for part in ("flow", "states_out", "components", "correlations", "alpha", "descriptives")
    }
    many = [f"T{i:02d}" for i in range(30)]
    for operation in OPERATIONS:
        for step, states, left_out, reason in (
            ("states in 2000", 1191, [], None),
            ("without: outside the universe", 1161, many, "outside the universe"),
            ("of these: took part", 49, [], None),
        ):  # fmt: skip
            step_of = {
                "operation": operation,
                "step": step,
                "states": states,
                "rows": states * 3,
                "left_out": left_out,
                "reason": reason,
            }
            parts["flow"].append(step_of)
        late = {
            "iso3": "MNE",
            "country": "Montenegro",
            "operation": operation,
            "year": None,
            "reason": "younger than the baseline year",
        }
        parts["states_out"].append(late)
        for measure in ("fear", "risk"):
            for component in ("wealth", "size", "power"):
                of_part = {
                    "measure": measure,
                    "measure_label": LABELS[measure],
                    "method": "mean_z" if measure == "fear" else "own_method",
                }
                numbers = dict(
                    zip(
                        ("mean", "sd", "loading", "correlation_with_measure"),
                        map(float, generator.normal(size=4)),
                        strict=True,
                    )
                )
                about = {
                    "operation": operation,
                    **of_part,
                    "component": component,
                    "label": LABELS[component],
                }
                change = {
                    "sign": -1 if component == "size" else 1,
                    "transform": "log" if component == "power" else "none",
                }
                parts["components"].append({**about, **change, "known": 93, "of": 1189, **numbers})
            parts["components"][-1]["correlation_with_measure"] = None
            pair = {
                "operation": operation,
                "measure": measure,
                "first": "wealth",
                "second": "size",
                "correlation": 0.25,
                "n": 90,
            }
            parts["correlations"].append(pair)
            parts["alpha"].append(
                {
                    "operation": operation,
                    "measure": measure,
                    "alpha": None if measure == "risk" else -0.123,
                    "n": 80,
                }
            )
        for name, spread in (("joined", 0.5), ("fear", 1.0), ("troops", 5000.0), ("power", 1e-12)):
            values = dict(
                zip(
                    ("mean", "sd", "min", "median", "max"),
                    map(float, spread * generator.normal(size=5)),
                    strict=True,
                )
            )
            parts["descriptives"].append(
                {
                    "operation": operation,
                    "variable": name,
                    "label": LABELS[name],
                    "n": 1189,
                    "missing": 3,
                    **values,
                }
            )
        nothing = dict.fromkeys(("mean", "sd", "min", "median", "max"))
        parts["descriptives"].append(
            {
                "operation": operation,
                "variable": "size",
                "label": "=Size",
                "n": 0,
                "missing": 189,
                **nothing,
            }
        )
    return found | parts


def coder_agreement() -> Entry:
    """Return an agreement file in which one comparison has no units."""
    row = {
        "operation": "alpha",
        "coders": "1 and 2",
        "comparison": "read rows",
        "unit": "state",
        "cells": 1400,
        "states": 14,
        "rated": 1161,
        "one_coder": 1147,
        "exact": 0.642857,
        "within_one": 1.0,
    }
    row |= {"mean_difference": -0.0714, "alpha": 0.794, "alpha_low": 0.4197, "alpha_high": 0.9437}
    empty = {
        "operation": "alpha",
        "coders": "1 and 2",
        "comparison": "all rows",
        "unit": "state",
        "cells": 0,
        "states": 0,
    }
    undefined = {
        **row,
        "operation": "beta",
        "coders": "all",
        "unit": "state-year",
        "alpha": None,
        "alpha_low": None,
        "alpha_high": None,
    }
    return {"seed": 1, "replicates": 1000, "rows": [row, empty, undefined]}


def sources() -> Sources:
    """Return everything that tables are made from."""
    found, verdicts = evidence()
    return Sources(
        labels=LABELS,
        operations=OPERATIONS,
        estimates=({"group": "invented", "models": models()}, *found, inference()),
        diagnostics=(
            diagnostics(),
            diagnostics("years", "country_operation_year"),
            coder_agreement(),
        ),
        verdicts=verdicts,
    )


BINARY = ["logit_alpha", "logit_both", "firth_both", "separated", "empty", "product"]
PANEL = ["panel_pooled", "panel_random", "panel_entity", "panel_two_way", "poisson", "ols"]
MARGINS = ["logit_alpha", "separated", "ordered", "multi"]
SPECS: dict[str, Entry] = {
    "binary": {"kind": "regression", "title": f"Who joins: {NASTY}", "models": BINARY},
    "ordered": {"kind": "regression", "title": "Ordered",
    "models": ["ordered", "ordered_failed", "logit_alpha", "poisson"]},
    "multinomial": {"kind": "regression", "title": "Multinomial",
    "models": ["multi", "multi_failed", "logit_alpha"]},
    "panel": {"kind": "regression", "title": "Panel", "models": PANEL},
    "wide": {"kind": "regression", "title": "Twelve models",
    "models": [entry["model"] for entry in models()]},
    "margins": {"kind": "marginal_effects", "title": "Margins", "models": MARGINS,
    "terms": ["fear", "risk"]},
    "all_margins": {"kind": "marginal_effects", "title": "Margins of all terms",
    "models": ["logit_both", "multi"]},
    "corners": {"kind": "corners", "title": "Corners", "models": ["multi", "multi_failed"]},
    "descriptives": {"kind": "descriptives", "title": "Descriptives", "sample": "states"},
    "flow": {"kind": "flow", "title": "Flow"},
    "components": {"kind": "components", "title": "Components", "sample": "states"},
    "agreement": {"kind": "agreement", "title": "Agreement"},
    "robustness": {"kind": "robustness", "title": "Robustness"},
    "influence": {"kind": "influence", "title": "Influence"},
    "inference": {"kind": "inference", "title": "Every method"},
    "verdicts": {"kind": "verdicts", "title": "Verdicts"},
}  # fmt: skip
