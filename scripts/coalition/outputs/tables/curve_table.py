"""The table of specification curves: what all specifications say together, and what those with each
option say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...base.number_formats import share
from ...verdicts.lists import not_fitted
from .. import sentences, unit_words
from ..stored_results import Entry, Sources, tidy
from .table import Cell, Column, Row, Table

COLUMNS = (
    "hypothesis", "kind", "choice", "option", "label", "n", "failed", "median", "low", "high",
    "sign_share", "significant_share", "p_median_effect", "p_share_of_predicted_sign",
    "p_share_significant", "argument",
)  # fmt: skip
NOTES = (
    (
        "Every combination of the options is fitted; the first option of a choice is the primary "
        "test's. Median and middle 95% of the estimates, share with the predicted sign, and share "
        "significant in the predicted direction. Specifications share the data: the shares "
        "describe them and are no probabilities."
    ),
    (
        "p: share of permutations at least as far in the predicted direction. States exchange "
        "what the other terms do not explain of the measure; the same permutations for every "
        "specification (Simonsohn, Simmons & Nelson 2020)."
    ),
)


def curve(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of every curve: all specifications, then those with each option of each
    choice.
    """
    found = sources.curves()
    rows = [row for content in found for row in _rows(content)]
    word = unit_words.unit(found)
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=(
            Column("Fitted"),
            Column("Median"),
            Column("Middle 95%"),
            Column("Predicted sign"),
            Column("Significant"),
        ),
        rows=tuple(rows),
        notes=(
            *(unit_words.worded(note, word) for note in NOTES),
            *(_counts(content) for content in found),
        ),
        tidy=tidy([record for content in found for record in _records(content)], COLUMNS),
        key=("hypothesis", "kind", "choice", "option"),
        stub="Specifications",
    )


def _cells(summary: Entry) -> tuple[Cell, ...]:
    ends = Cell((summary["low"], summary["high"]), "interval2")
    shares = (Cell(summary["sign_share"], "share"), Cell(summary["significant_share"], "share"))
    return (Cell(summary["n"], "count"), Cell(summary["median"], "fixed2"), ends, *shares)


def _rows(found: Entry) -> list[Row]:
    test = found["joint_test"]
    of = dict(zip(test["statistics"], test["p_value"], strict=True))
    names = ("", "median_effect", "", "share_of_predicted_sign", "share_significant")
    rows = [
        Row(f"{found['hypothesis']} {found['title']} ({found['scale']})", kind="group"),
        Row("All specifications", _cells(found["summary"])),
        Row(
            "p, by permutation",
            tuple(Cell(of[statistic], "p") if statistic else Cell() for statistic in names),
            kind="more",
        ),
    ]
    by_option = {(row["choice"], row["option"]): row for row in found["by_option"]}
    for choice in found["choices"]:
        for option in choice["options"]:
            rows.append(
                Row(
                    f"{choice['label']}: {option['label']}",
                    _cells(by_option[choice["choice"], option["name"]]),
                    indent=1,
                )
            )
    return rows


def _records(found: Entry) -> list[Entry]:
    test, counts = found["joint_test"], found["counts"]
    p_values = {
        f"p_{name}": value for name, value in zip(test["statistics"], test["p_value"], strict=True)
    }
    failed = sum(not_fitted(counts).values())
    about = {
        (choice["choice"], option["name"]): (choice, option)
        for choice in found["choices"]
        for option in choice["options"]
    }
    records = [
        {
            "kind": "all",
            "choice": "",
            "option": "",
            "label": "All specifications",
            "failed": failed,
            **found["summary"],
            **p_values,
        }
    ]
    for row in found["by_option"]:
        choice, option = about[row["choice"], row["option"]]
        records.append(
            {
                "kind": "option",
                **row,
                "label": f"{choice['label']}: {option['label']}",
                "argument": option["argument"],
            }
        )
    return [{"hypothesis": found["hypothesis"], **record} for record in records]


def _counts(found: Entry) -> str:
    """Return what became of the combinations of one curve, and how near the permuted estimates are
    to those printed.
    """
    counts, near = found["counts"], found["one_step"]
    steps = (
        f" Rank correlation of one-step and full estimates: {near['rank_correlation']:.2f}."
        if "rank_correlation" in near
        else ""
    )
    drawn = "" if found["share"] == 1 else f", a share of {share(found['share'])} drawn at random"
    return (
        f"{found['hypothesis']}: {counts['combinations']:,} combinations{drawn}; "
        f"{counts['duplicates']:,} with the same data and estimator as another; not fitted: "
        f"{sentences.kinds(not_fitted(counts)) or 'none'}; {counts['in_joint_test']:,} in the "
        f"joint tests.{steps}"
    )
