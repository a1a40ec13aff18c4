"""Invented runs, written as a run writes them: small, with nothing of a real result in them."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pandas as pd
from coalition.base.files import digest, sha256, write_json, write_text

Entry = dict[str, Any]
HOSTILE = "<script>alert('x')</script>"
FORMULA = '=HYPERLINK("http://example.org","x")'
MODEL = "join"
CONFIG: Entry = {
    "run": "one",
    "seed": 1,
    "states": "data/states.csv",
    "sources": "data/sources.csv",
    "operations": {
        "alpha": {
            "label": "Alpha",
            "baseline_year": 2000,
            "files": {"contributors": "data/contributors.csv"},
        }
    },
    "covariates": {"wealth": {"file": "data/wealth.csv", "shape": "state_year"}},
    "variables": {"power": {"from": "power", "label": "Power"}},
    "measures": {
        "fear": {
            "method": "mean_z",
            "components": [{"variable": "power", "sign": 1}],
            "label": "Fear",
        }
    },
    "samples": {
        "country_operation": {
            "unit": "country_operation",
            "operations": ["alpha"],
            "evidence": ["A"],
        }
    },
    "models": {MODEL: {"terms": ["fear"]}},
    "hypotheses": {
        "H1": {
            "title": "Joining",
            "primary": {"model": MODEL, "term": "fear", "sign": 1},
            "supporting": [],
        }
    },
    "verdict": {"alpha": 0.05},
}
STATES = pd.DataFrame({"iso3": ["DNK", "POL", "NOR"], "country": ["Denmark", "Poland", "Norway"]})
CONTRIBUTORS = pd.DataFrame(
    {"iso3": ["DNK", "POL"], "operation": "alpha", "participated": [1, 0], "note": ["x", None]}
)
WEALTH = pd.DataFrame({"iso3": ["DNK", "POL"], "year": [2000, 2000], "power": [1.0, -2.5]})
SAMPLE = pd.DataFrame(
    {"iso3": ["DNK", "POL"], "operation": "alpha", "year": 2000, "fear": [0.25, -0.5]}
)
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40"><rect width="60" height="40" '
    'fill="{colour}"/></svg>'
)


def row(
    term: str,
    estimate: float | None,
    std_error: float | None,
    p_value: float | None,
    **others: object,
) -> Entry:
    """Return a ROW of an estimates file, with the interval of its standard error."""
    half = None if std_error is None else 1.96 * std_error
    ends = (
        {"conf_low": None, "conf_high": None}
        if half is None
        else {"conf_low": estimate - half, "conf_high": estimate + half}
    )
    about = {
        "kind": "coefficient",
        "level": None,
        "family": "logit",
        "outcome": "participated",
        "term": term,
    }
    return {
        **about,
        "estimate": estimate,
        "std_error": std_error,
        "p_value": p_value,
        **ends,
        **others,
    }


def model(*rows: Entry, name: str = MODEL, **others: object) -> Entry:
    """Return a MODEL of an estimates file."""
    about = {
        "model": name,
        "label": "Joining, logit",
        "group": "g",
        "family": "logit",
        "sample": "country_operation",
        "where": {},
        "outcome": "participated",
        "terms": [entry["term"] for entry in rows],
        "labels": {"fear": "Fear"},
        "fixed_effects": [],
        "inference": {"covariance": "model", "cluster": None, "df": None},
        "status": "ok",
        "failure": None,
        "n": 100,
        "dropped": [],
    }
    return {**about, "rows": list(rows), **others}


def verdict(effect: Entry, **others: object) -> Entry:
    """Return an entry of verdicts.json on H1."""
    facts = {
        "p_holm": effect["p_value"],
        "scale": "log odds",
        "sign_share": 0.9,
        "flips": ["DNK"],
        "bloc_flips": [],
        "n": 100,
    }
    about = {
        "hypothesis": "H1",
        "title": "Joining",
        "verdict": "supported",
        "reasons": ["every condition of the rule holds"],
    }
    return {**about, "model": MODEL, **effect, **facts, **others}


def run_parts() -> Entry:
    """Return the parts of a run that a test may change before it is written."""
    main = row("fear", 0.8, 0.2, 0.0001)
    return copy.deepcopy(
        {
            "config": CONFIG,
            "models": [model(main)],
            "verdicts": [verdict(main)],
            "tables": {
                "data/covariates/states.csv": STATES,
                "data/alpha/contributors.csv": CONTRIBUTORS,
                "data/covariates/wealth.csv": WEALTH,
                "data/country_operation.csv": SAMPLE,
            },
            "figures": {"picture": ("Title", DRAWING.format(colour="#123456"))},
            "alternatives": [
                {
                    "name": "small",
                    "label": "Small",
                    "status": "ok",
                    **row("fear", 0.7, 0.3, 0.02),
                    "n": 90,
                }
            ],
        }
    )


def write_run(folder: Path, parts: Entry) -> Path:
    """Write a run's folder, its manifest last; return the folder."""
    for name, table in parts["tables"].items():
        write_text(folder / name, table.to_csv(index=False, lineterminator="\n"))
    write_json(folder / "estimates" / "g.json", {"group": "g", "models": parts["models"]})
    if parts["verdicts"]:
        write_json(
            folder / "estimates" / "verdicts.json", {"rule": {}, "hypotheses": parts["verdicts"]}
        )
        tested = {
            "hypothesis": "H1",
            "n": 100,
            "rows": [{"method": "cr2", **row("fear", 0.8, 0.4, 0.06)}],
        }
        write_json(folder / "estimates" / "inference.json", {"hypotheses": [tested]})
        write_json(
            folder / "estimates" / "robustness_H1.json",
            {"hypothesis": "H1", "alternatives": parts["alternatives"]},
        )
    for name, (title, drawing) in parts["figures"].items():
        write_json(
            folder / "figures" / f"{name}.json",
            {"name": name, "title": title, "caption": "How to read.", "alt": "A rectangle."},
        )
        write_text(folder / "figures" / f"{name}.svg", drawing)
    config = {**parts["config"], "run": folder.name}
    made = {
        f"results/{folder.name}/{path.relative_to(folder).as_posix()}": sha256(path)
        for path in _files(folder)
    }
    about = {
        "run": folder.name,
        "config": config,
        "config_sha256": digest(config),
        "inputs": {"data/wealth.csv": "1"},
        "outputs": made,
    }
    versions = {"python": "3.13.0", "platform": "Linux", "packages": {"numpy": "2.4.6"}}
    write_json(folder / "manifest.json", about | versions | parts.get("manifest", {}))
    return folder


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
