"""Every number stands in the row and under the heading where it belongs: looked up in the files by
what the written table says.
"""

from __future__ import annotations

import math
import re

import pytest
from coalition.outputs import display_names
from coalition.outputs.display_names import level as level_words
from coalition.outputs.tables import WRITERS, build
from table_fixture import (
    LABELS,
    OPERATIONS,
    SPECS,
    coder_agreement,
    diagnostics,
    evidence,
    models,
    sources,
)
from table_reading import rows_of_html

DASH = "\N{EM DASH}"
NUMBER = re.compile(r"\N{MINUS SIGN}?\d[\d,]*(?:\.\d+)?(?:e\N{MINUS SIGN}\d+)?")
Line = dict[str, str]


def lines(name: str) -> list[tuple[str, str, Line]]:
    """Return heading, label and cells by column heading of every written row (group, number and
    title of a column joined).
    """
    table = build(name, SPECS[name], sources())
    titles = [
        " ".join(part for part in (column.group, column.number, column.title) if part)
        for column in table.columns
    ]
    found, heading = [], ""
    for row in rows_of_html(WRITERS["html"](table)):
        if len(row) == 1:
            heading = row[0]
        else:
            found.append((heading, row[0], dict(zip(titles, row[1:], strict=True))))
    return found


def same(text: str, *values: float | None) -> bool:
    """Return whether a text prints these numbers, in this order, rounded to the digits that it
    shows.
    """
    if text in ("<0.001", ">0.999"):
        return values[0] is not None and (
            values[0] < 0.001 if text == "<0.001" else 0.999 < values[0] < 1
        )
    if all(value is None for value in values):
        return text == DASH
    scale = 100 if text.endswith("%") else 1
    read = [DASH if part == DASH else part for part in re.findall(f"{NUMBER.pattern}|{DASH}", text)]
    if len(read) != len(values):
        return False
    for part, value in zip(read, values, strict=True):
        if value is None or part == DASH:
            if value is not None or part != DASH:
                return False
            continue
        digits, _, power = part.partition("e\N{MINUS SIGN}")
        unit = 10.0 ** (-len(digits.partition(".")[2]) - int(power or 0))
        if abs(
            float(part.replace("\N{MINUS SIGN}", "-").replace(",", "")) - scale * value
        ) > 0.5 * unit * (1 + 1e-9):
            return False
    return True


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("0.120*", (0.1199,), True),
        ("0.120", (0.1206,), False),
        ("[\N{MINUS SIGN}0.1, \N{EM DASH}]", (-0.1, None), True),
        ("[0.1, 0.2]", (0.2, 0.1), False),
        ("12.5%", (0.125,), True),
        (DASH, (1.0,), False),
        ("1.0", (None,), False),
    ],
)
def test_the_comparison_can_fail(
    text: str, values: tuple[float | None, ...], expected: bool
) -> None:
    assert same(text, *values) is expected


def line(of: list[tuple[str, str, Line]], label: str, heading: str = "") -> Line:
    return next(cells for over, name, cells in of if name == label and over.startswith(heading))


@pytest.mark.parametrize("name", ["margins", "all_margins"])
def test_marginal_effects(name: str) -> None:
    written = lines(name)
    chosen = [
        next(entry for entry in models() if entry["model"] == model)
        for model in SPECS[name]["models"]
    ]
    terms = SPECS[name].get("terms") or [
        term for entry in chosen for term in entry["terms"] if ":" not in term
    ]
    checked = 0
    for position, entry in enumerate(chosen, start=1):
        heading = f"({position}) {entry['label']}: {entry['outcome_label']}"
        for row in entry["rows"]:
            if row["kind"] == "marginal_effect" and row["term"] in terms:
                binary = len(entry["levels"]) == 2
                cells = (
                    line(written, heading)
                    if binary
                    else line(written, level_words(row["level"]), heading)
                )
                term = LABELS[row["term"]]
                assert same(cells[f"{term} Effect"], row["estimate"])
                assert same(cells[f"{term} 95% interval"], row["conf_low"], row["conf_high"])
                assert same(cells[f"{term} p"], row["p_value"])
                checked += 1
    assert checked > 5


def test_corners_and_contrasts() -> None:
    written = lines("corners")
    entry = next(entry for entry in models() if entry["model"] == "multi")
    column = "Answer (1) multi"
    for row in entry["rows"]:
        if row["kind"] == "probability":
            first, second = (part.split("=")[1] for part in row["term"].split(", "))
            place = (f"Fear {first}; risk, five years (log) {second}", level_words(row["level"]))
        elif row["kind"] == "contrast":
            text = {
                "more_reserved": "Change of P(reserved) at high risk, five years (log)",
                "reserved_not_unreserved": (
                    "Change of P(reserved) minus change of P(unreserved) at high risk, five "
                    "years (log)"
                ),
                "second_difference": "Change of P(reserved) at high minus at low risk, five "
                "years (log)",
                "one_of_my_own": "One of my own",
            }
            place = ("Contrasts: fear raised from low to high", text[row["term"]])
        else:
            continue
        index = next(
            i for i, (heading, label, _) in enumerate(written) if (heading, label) == place
        )
        assert same(written[index][2][column], row["estimate"])
        assert same(written[index + 1][2][column], row["conf_low"], row["conf_high"])
        assert written[index][2][column].count("*") == (
            0
            if row["kind"] == "probability"
            else sum(row["p_value"] < p for p in (0.05, 0.01, 0.001))
        )


def test_descriptives() -> None:
    written = lines("descriptives")
    titles = {
        "n": "N",
        "missing": "Missing",
        "mean": "Mean",
        "sd": "SD",
        "min": "Min",
        "median": "Median",
        "max": "Max",
    }
    for entry in diagnostics()["descriptives"]:
        cells = line(written, entry["label"], OPERATIONS[entry["operation"]])
        assert all(same(cells[title], entry[part]) for part, title in titles.items())


def test_flow() -> None:
    written = lines("flow")
    for unit, words in (
        ("country_operation", "states by operation"),
        ("country_operation_year", "states by operation and year"),
    ):
        for step in diagnostics(unit=unit)["flow"]:
            label = step["step"][:1].upper() + step["step"][1:]
            cells = next(
                cells
                for heading, name, cells in written
                if (heading, name) == (f"{OPERATIONS[step['operation']]}: {words}", label)
            )
            assert same(cells["States"], step["states"])
            assert same(cells["Rows"], step["rows"])
            assert cells["Left out"] == (str(len(step["left_out"])) if step["left_out"] else "")


def test_components() -> None:
    written = lines("components")
    found = diagnostics()
    titles = {
        "known": "Known",
        "of": "Of",
        "mean": "Mean",
        "sd": "SD",
        "loading": "Weight",
        "correlation_with_measure": "Correlation",
    }
    for entry in found["components"]:
        label = entry["label"] + (", log" if entry["transform"] == "log" else "")
        starts = [
            i
            for i, (over, name, _) in enumerate(written)
            if over == OPERATIONS[entry["operation"]]
            and name.startswith(entry["measure_label"] + ":")
        ]
        cells = line(written[starts[0] :], label)
        assert all(same(cells[title], entry[part]) for part, title in titles.items())
        alpha = next(
            alpha
            for alpha in found["alpha"]
            if (alpha["operation"], alpha["measure"]) == (entry["operation"], entry["measure"])
        )
        head = written[starts[0]][2]
        assert same(head["Alpha"], alpha["alpha"])
        assert same(head["Known"], alpha["n"])


def test_agreement() -> None:
    written = lines("agreement")
    titles = {
        "cells": "Units",
        "states": "States",
        "exact": "Equal",
        "within_one": "Within one",
        "mean_difference": "Mean difference",
    }
    for entry in coder_agreement()["rows"]:
        label = entry["comparison"][:1].upper() + entry["comparison"][1:]
        coders = display_names.coders(entry["coders"])
        cells = line(
            written, label, f"{OPERATIONS[entry['operation']]}: by {entry['unit']}, {coders}"
        )
        assert all(same(cells[title], entry.get(part)) for part, title in titles.items())
        assert same(cells["Krippendorff's alpha Alpha"], entry.get("alpha"))
        assert same(
            cells["Krippendorff's alpha 95% interval"],
            entry.get("alpha_low"),
            entry.get("alpha_high"),
        )


@pytest.mark.parametrize("name", ["robustness", "influence"])
def test_effects_of_the_primary_tests(name: str) -> None:
    written, checked = lines(name), 0
    found, verdicts = evidence()
    titles = {"estimate": "Estimate", "std_error": "SE", "p_value": "p", "n": "N"}
    for content, verdict in zip(found, verdicts["hypotheses"], strict=True):
        here = [
            (label, cells)
            for heading, label, cells in written
            if heading.startswith(f"{content['hypothesis']} ")
        ]
        effects = {"Primary test": content["primary"]}
        effects |= (
            {other["label"]: other for other in content["alternatives"]}
            if name == "robustness"
            else {}
        )
        left_out = (
            [*content["leave_one_out"], *content["leave_bloc_out"]] if name == "influence" else []
        )
        effects |= {f"Without {other['label']}": other for other in left_out}
        for label, cells in here:
            if label in effects:
                effect = effects[label]
                assert all(same(cells[title], effect[part]) for part, title in titles.items())
                assert same(cells["95% interval"], effect["conf_low"], effect["conf_high"])
                assert name == "influence" or same(cells["Clusters"], effect["n_clusters"])
                checked += 1
        if name == "robustness":
            assert len(here) == 1 + len(content["alternatives"]) + 2
            assert same(
                dict(here)["Median of the alternatives"]["Estimate"], verdict["median_effect"]
            )
            assert same(
                dict(here)["Share with the predicted sign"]["Predicted sign"], verdict["sign_share"]
            )
    assert checked >= 4 * 5


def test_verdicts() -> None:
    written = lines("verdicts")
    titles = {
        "Estimate": ("estimate",), "95% interval": ("conf_low", "conf_high"), "p": ("p_value",),
        "p, Holm-adjusted": ("p_holm",),
        "Smallest effect of interest": ("smallest_effect",),
        "90% interval": ("equivalence_low", "equivalence_high"),
        "Alternatives estimated": ("n_alternatives",),
        "Alternatives not estimated": ("n_alternatives_failed",),
        "Share of alternatives with the sign": ("sign_share",),
        "Median of the alternatives": ("median_effect",), "N": ("n",),
    }  # fmt: skip
    for entry in evidence()[1]["hypotheses"]:
        column = f"{entry['hypothesis']} {entry['title']}"
        for label, parts in titles.items():
            assert same(line(written, label)[column], *(entry[part] for part in parts))
        assert line(written, "Claim (reconstruction)")[column] == entry["claim"]
        assert line(written, "Verdict")[column].lower() == entry["verdict"]
        if entry["scale"] == "log odds" and entry["estimate"] is not None:
            assert same(line(written, "Odds ratio")[column], math.exp(entry["estimate"]))
            assert same(
                line(written, "95% interval of the odds ratio")[column],
                math.exp(entry["conf_low"]),
                math.exp(entry["conf_high"]),
            )


@pytest.mark.parametrize("name", ["binary", "ordered", "multinomial", "panel"])
def test_statistics_below_the_coefficients(name: str) -> None:
    written = lines(name)
    titles = {
        "Log likelihood": "log_likelihood",
        "Pseudo R² (McFadden)": "pseudo_r2",
        "R²": "r2",
        "R² within": "r2_within",
        "AIC": "aic",
    }
    for position, model in enumerate(SPECS[name]["models"], start=1):
        entry = next(entry for entry in models() if entry["model"] == model)
        column = f"{entry['outcome_label']} ({position}) {entry['label']}"
        assert same(line(written, "N")[column], entry["n"])
        assert same(line(written, "States")[column], entry["n_states"])
        for label, part in titles.items():
            if part in entry["fit"]:
                assert same(line(written, label)[column], entry["fit"][part])
