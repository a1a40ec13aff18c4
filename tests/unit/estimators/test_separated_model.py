"""A separated logit from the estimates file to what is printed: score tests and directions, and
never a number in place of an estimate.
"""

from __future__ import annotations

import html
import itertools
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition.base.number_formats import p_value
from coalition.estimators.estimate import estimate
from coalition.estimators.primary_test import primary_effect
from coalition.outputs.figures import draw
from coalition.outputs.stored_results import Sources
from coalition.outputs.tables import build
from coalition.outputs.tables.table import Table
from coalition.outputs.tables.writers import to_html, to_latex
from coalition.verdicts.leave_one_out import flips
from coalition.verdicts.rule import decide

LABELS = {"x": "Fear", "member": "Member", "outside": "Outside", "y": "Joined"}
SPEC = {
    "label": "Logit",
    "group": "g",
    "sample": "s",
    "family": "logit",
    "outcome": "y",
    "terms": ["x", "member", "outside"],
}
CLUSTERED = SPEC | {"label": "Logit, by state", "cluster": "iso3"}
TABLE = {"kind": "regression", "title": "Who joins", "models": ["plain", "clustered", "firth"]}


def sample(states: int = 40) -> pd.DataFrame:
    """Return two operations in which all members join and nobody outside does."""
    rng = np.random.default_rng(3)
    table = pd.DataFrame(
        {
            "iso3": np.tile([f"S{i:02d}" for i in range(states)], 2),
            "operation": np.repeat(["isaf", "iraq"], states),
        }
    )
    table["x"] = rng.normal(size=2 * states)
    place = np.tile(np.arange(states), 2)
    table["member"], table["outside"] = (
        (place < 7).astype(float),
        (place > states - 5).astype(float),
    )
    y = (rng.random(2 * states) < 1 / (1 + np.exp(-table["x"]))).astype(int)
    return table.assign(
        y=np.where(table["member"] == 1, 1, np.where(table["outside"] == 1, 0, y)), year=2001
    )


@cache
def entries() -> dict[str, dict[str, Any]]:
    specs = {
        "plain": SPEC,
        "clustered": CLUSTERED,
        "firth": SPEC | {"label": "Firth", "family": "firth_logit"},
    }
    return {name: estimate(name, spec, sample(), LABELS) for name, spec in specs.items()}


@cache
def printed() -> Table:
    group = {"group": "g", "models": list(entries().values())}
    return build("joining", TABLE, Sources(LABELS, {}, (group,), (), {"hypotheses": []}))


def scored(entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in entry["rows"] if row["kind"] == "score_test"]


def test_finite_estimates_are_those_of_the_rows_that_are_not_decided() -> None:
    undecided = sample()
    undecided = undecided[(undecided["member"] == 0) & (undecided["outside"] == 0)]
    for name, spec in (("plain", SPEC), ("clustered", CLUSTERED)):
        alone = estimate("m", spec | {"terms": ["x"]}, undecided, LABELS)
        wanted = next(row for row in alone["rows"] if row["term"] == "x")
        (found,) = (row for row in entries()[name]["rows"] if row["term"] == "x")
        for part in ("estimate", "std_error", "p_value", "conf_low"):
            assert found[part] == pytest.approx(wanted[part], rel=1e-8)


def test_the_entry_has_tests_and_directions_of_what_is_infinite() -> None:
    for name, method in (("plain", "score test, model"), ("clustered", "score test, clusters")):
        entry = entries()[name]
        assert (entry["status"], entry["failure"]["kind"]) == ("failed", "separation")
        assert entry["separation"]["terms"] == ["member", "outside"]
        assert entry["separation"]["directions"] == {"member": 1, "outside": -1}
        finite = [row["term"] for row in entry["rows"] if row["kind"] == "coefficient"]
        assert finite == ["const", "x"]
        assert [row["term"] for row in scored(entry)] == ["member", "outside"]
        for row in scored(entry):
            assert [row[part] for part in ("estimate", "std_error", "conf_low", "conf_high")] == [
                None
            ] * 4
            assert 0 < row["p_value"] < 1
            assert row["method"] == method


def test_a_term_without_a_test_has_no_row_and_a_reason() -> None:
    table = sample().assign(outside=lambda data: data["y"])
    entry = estimate("m", SPEC, table, LABELS)
    assert [row["term"] for row in entry["rows"]] == ["outside"]
    assert set(entry["separation"]["untested"]) == {"x", "member"}
    found = build(
        "t",
        TABLE | {"models": ["m"]},
        Sources(LABELS, {}, ({"group": "g", "models": [entry]},), (), {"hypotheses": []}),
    )
    assert (
        "(1) no test of Fear, Member: without it the other terms separate the outcome completely."
        in found.notes
    )


def test_a_null_model_that_is_almost_separated_is_a_reason_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def singular(*_: Any) -> None:
        raise np.linalg.LinAlgError("Singular matrix")

    monkeypatch.setattr("coalition.estimators.separated_logit.under_the_null", singular)
    entry = estimate("m", SPEC, sample(), LABELS)
    reason = "without it the other terms almost separate the outcome"
    assert entry["separation"]["untested"] == dict.fromkeys(("member", "outside"), reason)


def test_other_failures_and_other_families_have_no_score_tests() -> None:
    multinomial = estimate(
        "m", SPEC | {"family": "poisson"}, sample().assign(y=lambda data: data["y"] * 2), LABELS
    )
    assert (multinomial["failure"]["kind"], multinomial["rows"]) == ("separation", [])
    refuse = SPEC | {"collinear": "refuse"}
    collinear = estimate("m", refuse, sample().assign(outside=lambda data: data["member"]), LABELS)
    assert (collinear["failure"]["kind"], collinear["rows"], collinear["separation"]) == (
        "collinearity",
        [],
        None,
    )


def test_the_table_prints_infinity_or_a_dash_over_the_p_value() -> None:
    shown = {
        row.label: (row, after)
        for row, after in itertools.pairwise(printed().rows)
        if row.kind == "body"
    }
    for column, name in enumerate(("plain", "clustered")):
        p = {row["term"]: f"[{p_value(row['p_value'])}]" for row in scored(entries()[name])}
        for label, term, first in (
            ("Member", "member", "+∞"),
            ("Outside", "outside", "−∞"),
        ):
            assert [row.cells[column].text for row in shown[label]] == [first, p[term]]
        for label in ("Fear", "Constant"):
            assert shown[label][0].cells[column].text.strip("*−.0123456789") == ""
    assert shown["Member"][0].cells[2].text.strip("*−.0123456789") == ""


def test_the_foot_says_what_the_brackets_are() -> None:
    foot = "\n".join(printed().notes)
    assert "the p-value of the score test that the term has no effect" in foot
    assert (
        "(1) rows taken as independent; (2) the rows of a cluster correlated by what all "
        "clusters show"
    ) in foot
    assert "Wald" not in " ".join(
        note for note in printed().notes if note.startswith(("(1)", "In brackets"))
    )


def test_the_csv_has_the_exact_numbers_and_every_format_the_cells() -> None:
    tidy = printed().tidy
    tests = tidy[tidy["kind"] == "score_test"]
    assert tests["p_value"].tolist() == [
        row["p_value"] for name in ("plain", "clustered") for row in scored(entries()[name])
    ]
    assert tests["estimate"].isna().all()
    assert tests["text"].fillna("").tolist() == ["+∞", "−∞"] * 2
    assert html.unescape(to_html.write(printed()).decode()).count("+∞") == 2
    latex = to_latex.write(printed()).decode()
    assert latex.count(r"+$\infty$") == 2
    assert latex.count("{[}") == latex.count("{]}") == 4


def test_the_figure_draws_nothing_and_says_the_p_value() -> None:
    group = {"group": "g", "models": list(entries().values())}
    sources = Sources(labels=LABELS, operations={}, estimates=(group,), verdicts={})
    figure = draw(
        "f",
        {"kind": "coefficients", "title": "T", "models": ["plain", "firth"], "terms": ["member"]},
        sources,
    )
    p = next(row["p_value"] for row in entries()["plain"]["rows"] if row["term"] == "member")
    record = figure.tidy[figure.tidy["model"] == "plain"].iloc[0]
    assert pd.isna(record["estimate"])
    assert record["reason"] == (
        f"not estimated (separation); score test: p {'<' if p < 0.001 else '='} "
        f"{p_value(p).lstrip('<')}"
    )
    assert record["reason"] in figure.caption
    drawn = [artist.get_gid() or "" for artist in figure.canvas.findobj()]
    assert not any(gid.startswith("plain") and gid.endswith("interval") for gid in drawn)


def test_a_primary_test_without_an_estimate_is_undecided_whatever_its_p_value() -> None:
    primary = {
        "model": "plain",
        "term": "member",
        "sign": 1,
        "smallest_effect": {"odds_ratio": 1.5},
    }
    effect = primary_effect(entries()["plain"], primary)
    assert [effect[part] for part in ("estimate", "std_error", "p_value")] == [None] * 3
    evidence = {"primary": effect, "alternatives": [], "leave_one_out": [], "leave_bloc_out": []}
    rule = {"alpha": 0.05, "sign_share": 0.8, "equivalence_level": 0.9}
    hypothesis = {"title": "H", "claim": "Members join.", "primary": primary}
    (found,) = decide({"H1": hypothesis}, {"H1": evidence}, rule)["hypotheses"]
    assert (found["verdict"], found["conditions"]) == ("undecided", [])
    assert found["reasons"] == ["the primary model could not be estimated"]
    assert np.isnan(found["p_holm"])


def test_a_refit_that_is_separated_turns_the_picture_and_is_no_number() -> None:
    firth = primary_effect(entries()["firth"], {"term": "member", "sign": 1})
    gone = primary_effect(entries()["plain"], {"term": "member", "sign": 1})
    assert flips(firth, [{"left_out": "DNK", **gone}], 0.05) == ["DNK"]


@pytest.mark.parametrize("covariance", ["hc0", "hc1", "model"])
def test_without_clusters_rows_are_independent_whatever_errors_are_asked_for(
    covariance: str,
) -> None:
    entry = estimate("m", SPEC | {"covariance": covariance}, sample(), LABELS)
    assert [row["p_value"] for row in scored(entry)] == [
        row["p_value"] for row in scored(entries()["plain"])
    ]
