"""The tables that the page prints: the first and most important lines of those that the CSV files
hold whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...base.number_formats import MISSING, count, fixed, interval, p_value, share
from ...base.records import records as records_of
from ...outputs import sentences
from ...outputs.display_names import cut_point, level, named
from ...outputs.stored_results import Sources
from . import compared_inputs as data
from . import drawn_numbers as draws
from .changes import BOTH
from .compared_settings import KINDS as KINDS_OF_SETTINGS
from .compared_settings import written
from .comparison import Comparison
from .told_settings import gained_and_lost, sides, used_in

SHOWN = 40
SHOWN_CELLS = 25
LONGEST = 160
"""How many lines a table of the page has, how many of them one table of data, and how many letters
a cell.
"""
OUT_OF_FOCUS = 6
KINDS = {
    "coefficient": "",
    "marginal_effect": "average marginal effect",
    "selection_coefficient": "selection equation",
    "contrast": "contrast",
    "primary test": "primary test",
}
FLAGS = {
    "verdict_changed": "verdict",
    "verdict_2_changed": "verdict by version 2",
    "sign_changed": "sign",
    "significance_changed": "significance",
    "n_changed": "N",
}
READINGS = {
    draws.SAME: "the same",
    draws.WITHIN: "within what other draws alone do",
    draws.BEYOND: "beyond what other draws alone do",
    draws.NO_BAND: "no band: the runs do not store how far draws move it",
}
Entry = dict[str, Any]


@dataclass(frozen=True)
class Grid:
    """A table of texts. A line end within a cell is kept; `more` says how many lines the CSV file
    `file` holds beyond these.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    file: str
    more: int = 0


def verdicts(found: Comparison) -> Grid:
    """Return one row a hypothesis: what changed, both verdicts, both primary tests and their
    difference.
    """
    a, b = found.a.name, found.b.name
    heads = (
        "Hypothesis",
        "Changed",
        f"Verdict\n{a}",
        f"Verdict\n{b}",
        f"Estimate\n{a}",
        f"Estimate\n{b}",
        *DIFFERENCE,
        "p, Holm\nA\nB",
        "N\nA\nB",
    )
    return _grid(heads, found.verdicts, lambda row: _verdict_row(row, found.drawn), "verdicts.csv")


def drawn(found: Comparison) -> Grid:
    """Return the numbers that rest on draws and differ: those that other draws alone do not explain
    first.
    """
    order = [draws.BEYOND, draws.NO_BAND, draws.WITHIN]
    other = found.drawn[found.drawn["reading"] != draws.SAME]
    table = other.assign(order=other["reading"].map(order.index)).sort_values(
        "order", kind="stable"
    )
    heads = (
        "Number",
        f"{found.a.name}",
        f"{found.b.name}",
        "Difference",
        "Other draws alone\n99% band",
        "Reading",
        "Draws\nA\nB",
    )
    return _grid(heads, table, _drawn_row, "draws.csv")


def program(found: Comparison) -> Grid:
    """Return the version, the commit and the files of the program that differ."""
    heads = ("Program", found.a.name, found.b.name)
    return _grid(
        heads,
        found.program,
        lambda row: (row["what"], row["a"] or MISSING, row["b"] or MISSING),
        "program.csv",
    )


def printed(found: Comparison) -> Grid:
    """Return the printed tables that differ."""
    heads = ("Table", "In", "Rows\nA\nB", "Cells", "Columns")
    other = found.printed[~found.printed["same"].astype(bool)]
    return _grid(heads, other, _printed_row, "printed.csv")


def reasons(found: Comparison) -> Grid:
    """Return what decided each verdict, side by side, and what alone turns the test in one run
    only.
    """
    heads = (
        "Hypothesis",
        f"Reasons\n{found.a.name}",
        f"Reasons\n{found.b.name}",
        "Share with the sign\nA\nB",
        "Turned by one state or bloc\nonly in A\nonly in B",
    )
    return _grid(heads, found.verdicts, _reasons_row, "verdicts.csv")


def models(found: Comparison) -> Grid:
    """Return the models that only one run has or could estimate, and those with another N."""
    heads = ("Model", "What differs", f"N\n{found.a.name}", f"N\n{found.b.name}", "Not alike in")
    table = found.models
    other = table[(table["presence"] != BOTH) | table["status_changed"] | table["n_changed"]]
    return _grid(heads, other, _model_row, "models.csv")


def left_out(found: Comparison) -> Grid:
    """Return rows that a model leaves out in one run only, the models of the primary tests
    first.
    """
    primary = {*found.verdicts["model_a"].dropna(), *found.verdicts["model_b"].dropna()}
    table = found.lost.assign(other=~found.lost["model"].isin(primary)).sort_values(
        ["other", "model"], kind="stable"
    )
    heads = ("Model", "Row of data", "Left out in", "Reason")
    return _grid(
        heads,
        table,
        lambda row: (row["model"], row["row"], row["left_out_in"], row["reason"]),
        "left_out.csv",
    )


def estimates(found: Comparison) -> Grid:
    """Return the estimates of models of both runs that differ, what matters first."""
    table = found.estimates
    wanted = (
        (table["part"] == "model")
        & (table["presence"] == BOTH)
        & table["differs"]
        & (table["rank"] < OUT_OF_FOCUS)
    )
    return _grid(
        _estimate_heads(found, "Model"), table[wanted], _estimate_row(found), "estimates.csv"
    )


def tests(found: Comparison) -> Grid:
    """Return the primary tests under alternatives, other inference and uncertain data that differ,
    what matters first.
    """
    table = found.estimates
    wanted = (table["part"] != "model") & table["differs"]
    return _grid(
        _estimate_heads(found, "Alternative"), table[wanted], _estimate_row(found), "estimates.csv"
    )


def settings(found: Comparison) -> list[tuple[str, Grid]]:
    """Return the settings that differ and follow from no other, by kind."""
    heads = ("Setting", "Change", found.a.name, found.b.name)
    table = written(found.settings)

    def line(row: Entry) -> tuple[str, ...]:
        return _setting_row(row, found.settings)

    return [
        (words, _grid(heads, table[table["kind"] == kind], line, "settings.csv"))
        for kind, words in KINDS_OF_SETTINGS.items()
        if (table["kind"] == kind).any()
    ]


def inputs(found: Comparison, kind: str) -> Grid:
    """Return the tables of data of a kind that differ, with what differs in them."""
    heads = (
        "Table",
        "One row is named by",
        "Rows\nA\nB",
        "Rows only in\nA\nB",
        "Cells",
        "Most in the columns",
        "Remarks",
    )
    other = [table for table in found.tables if table.differs and table.kind == kind]
    return Grid(heads, tuple(_input_row(table) for table in other), "inputs.csv")


def rows(found: Comparison, kind: str) -> list[tuple[str, Grid]]:
    """Return, for each table of a kind that differs, its first rows and cells that do."""
    heads = ("Row", "Change", "Column", found.a.name, found.b.name)
    return [
        (table.name, _grid(heads, table.rows, _cell_row, "rows.csv", SHOWN_CELLS))
        for table in found.tables
        if len(table.rows) and table.kind == kind
    ]


def software(found: Comparison) -> Grid:
    """Return the versions that differ."""
    other = found.versions[found.versions["change"] != "same"]
    return _grid(
        ("Software", found.a.name, found.b.name),
        other,
        lambda row: (row["name"], shortened(row["a"]), shortened(row["b"])),
        "software.csv",
    )


# -- lines
# ------------------------------------------------------------------------------------------------

DIFFERENCE = (
    (
        "Difference,\N{NO-BREAK SPACE}B\N{NO-BREAK SPACE}\N{MINUS SIGN}\N{NO-BREAK SPACE}A\nif "
        "independent\nwhatever the correlation"
    ),
    "Correlation\nneeded",
)


def _grid(
    heads: tuple[str, ...],
    table: pd.DataFrame,
    line: Callable[[Entry], tuple[str, ...]],
    file: str,
    shown: int = SHOWN,
) -> Grid:
    """Return the first lines of a table. Missing values reach `line` as None."""
    first = table.head(shown).astype(object)
    records = records_of(first.where(first.notna(), None))
    return Grid(heads, tuple(line(record) for record in records), file, max(len(table) - shown, 0))


def _verdict_row(row: Entry, drawn: pd.DataFrame) -> tuple[str, ...]:
    name = f"{row['hypothesis']} {row['title_b'] or row['title_a'] or ''}".strip()
    return (
        name,
        "\n".join(part for part in (_what_changed(row), _by_drawing(row, drawn)) if part),
        *(verdict(row, side) for side in "ab"),
        *(_test(row, side) for side in "ab"),
        *difference_text(row),
        _two(row, "p_holm", p_value),
        _two(row, "n", count),
    )


def _what_changed(row: Entry) -> str:
    if _flags(row):
        return _flags(row)
    if row["presence"] != BOTH:
        return str(row["presence"])
    return "nothing" if row["same_test"] else "the test"


def _by_drawing(row: Entry, drawn: pd.DataFrame) -> str:
    """Return how the p-value that the second version reads differs, where it rests on draws."""
    if row["method_2_a"] is None or row["method_2_a"] != row["method_2_b"]:
        return ""
    reading = draws.reading_of(drawn, draws.TEST, row["hypothesis"], row["method_2_a"])
    return f"p of version 2: {READINGS[reading]}" if reading else ""


def _drawn_row(row: Entry) -> tuple[str, ...]:
    ends = (row["band_low"], row["band_high"])
    return (
        f"{row['what']}, {row['of']}\n{row['test']}",
        fixed(row["a"], 4),
        fixed(row["b"], 4),
        fixed(row["difference"], 4),
        MISSING if ends[0] is None else interval(ends, 4),
        READINGS[row["reading"]],
        _two(row, "draws", count),
    )


def _printed_row(row: Entry) -> tuple[str, ...]:
    return (
        row["table"],
        row["presence"],
        _two(row, "rows", count),
        count(row["cells"]),
        shortened(row["columns"]),
    )


def _setting_row(row: Entry, table: pd.DataFrame) -> tuple[str, ...]:
    where = used_in(table, row["key"])
    change = gained_and_lost(row["a"], row["b"]) or row["change"]
    return (
        row["key"],
        shortened(f"{change}, in {where}" if where else change),
        *sides(row["a"], row["b"], LONGEST),
    )


def verdict(row: Entry, side: str) -> str:
    """Return the verdicts of both versions of the rule; that of the second where the run has it."""
    second = row[f"verdict_2_{side}"]
    first = row[f"verdict_{side}"] or MISSING
    return f"{first}\nversion 2: {second}" if second else first


def _reasons(row: Entry, side: str) -> str:
    second = row[f"reasons_2_{side}"]
    first = shortened(row[f"reasons_{side}"], 3 * LONGEST)
    return f"{first}\nversion 2: {shortened(second, 3 * LONGEST)}" if second else first


def _test(row: Entry, side: str) -> str:
    """Return an estimate with its interval, and the test where the two runs do not share it."""
    which = (
        ""
        if row["same_test"] or row[f"model_{side}"] is None
        else f"\n{row[f'term_{side}']}, {row[f'model_{side}']}"
    )
    return _estimate(row, side) + which


def _reasons_row(row: Entry) -> tuple[str, ...]:
    turns = [
        ", ".join(
            part for part in (row[f"flips_only_{side}"], row[f"bloc_flips_only_{side}"]) if part
        )
        for side in "ab"
    ]
    return (
        row["hypothesis"],
        *(_reasons(row, side) for side in "ab"),
        _two(row, "sign_share", share),
        "\n".join(shortened(turn.replace(";", ", ")) if turn else MISSING for turn in turns),
    )


def _model_row(row: Entry) -> tuple[str, ...]:
    what = row["presence"] if row["presence"] != BOTH else "another N"
    if row["status_changed"]:
        side = "a" if row["status_a"] == "failed" else "b"
        what = f"not estimated in {side.upper()}: {row[f'failure_{side}']}"
    return (
        f"{row['label']}\n{row['model']}",
        shortened(what),
        *(count(row[f"n_{side}"]) for side in "ab"),
        row["not_alike"] or MISSING,
    )


def _estimate_heads(found: Comparison, first: str) -> tuple[str, ...]:
    return (
        first,
        "Estimate of",
        "Changed",
        found.a.name,
        found.b.name,
        *DIFFERENCE,
        "p\nA\nB",
        "N\nA\nB",
        "Not alike in",
    )


def _estimate_row(found: Comparison) -> Callable[[Entry], tuple[str, ...]]:
    fitted = [(name, model) for run in (found.b, found.a) for name, model in run.models.items()]
    labels = {name: model.get("label", name) for name, model in fitted}
    sources = Sources(
        labels={
            term: label
            for _, model in fitted
            for term, label in (model.get("labels") or {}).items()
        }
    )

    def line(row: Entry) -> tuple[str, ...]:
        model = row["part"] == "model"
        first = (
            f"{labels[row['model']]}\n{row['model']}"
            if model
            else f"{row['label']}\n{row['model']}"
        )
        what = (
            _what(row, sources)
            if model
            else f"{row['hypothesis']}: {sentences.term_label(row['term'] or None, sources)}"
        )
        flags = _flags(row) or (row["presence"] if row["presence"] != BOTH else "size")
        reading = None if model else _reading(row, found.drawn)
        flags += f"\n{READINGS[reading]}" if reading else ""
        about = (_two(row, "p_value", p_value), _two(row, "n", count), row["not_alike"] or MISSING)
        return (
            first,
            what,
            flags,
            *(_estimate(row, side) for side in "ab"),
            *difference_text(row),
            *about,
        )

    return line


def _reading(row: Entry, drawn: pd.DataFrame) -> str | None:
    what = draws.TEST if row["part"] == "inference" else draws.UNCERTAIN
    return draws.reading_of(drawn, what, row["hypothesis"], row["model"]) if row["drawn"] else None


def _what(row: Entry, sources: Sources) -> str:
    """Return the term, the level (of a binary outcome there is one alone, "1") and the kind of an
    estimate.
    """
    name = sources.labels.get(row["term"]) or sentences.term_label(row["term"], sources)
    levels = (
        [cut_point(row["level"]) if "|" in row["level"] else level(row["level"])]
        if row["level"] not in ("", "1")
        else []
    )
    return ", ".join(part for part in (name, *levels, named(KINDS, row["kind"])) if part)


def _input_row(table: data.TableDifference) -> tuple[str, ...]:
    both = table.rows_a is not None and table.rows_b is not None
    only = [count(table.counted(f"row only in {letter}")) if both else MISSING for letter in "AB"]
    columns = [f"{name} ({number:,})" for name, number in data.by_column(table).items()]
    alone = [
        f"only in {letter}: {', '.join(names)}"
        for letter, names in (("A", table.columns_a), ("B", table.columns_b))
        if names
    ]
    built = "built by the run" if table.kind == data.BUILT else ""
    return (
        table.name,
        data.PARTING.join(table.key) or "the whole row",
        f"{count(table.rows_a)}\n{count(table.rows_b)}",
        "\n".join(only),
        count(table.counted("cell")) if both else MISSING,
        shortened(", ".join(columns)),
        shortened("; ".join(filter(None, [built, *alone, table.note]))),
    )


def _cell_row(row: Entry) -> tuple[str, ...]:
    return (
        shortened(row["row"]),
        row["change"],
        row["column"] or MISSING,
        shortened(row["a"]),
        shortened(row["b"]),
    )


# -- cells
# ------------------------------------------------------------------------------------------------


def _estimate(row: Entry, side: str) -> str:
    if row[f"estimate_{side}"] is None:
        return MISSING
    ends = row[f"conf_low_{side}"], row[f"conf_high_{side}"]
    return f"{fixed(row[f'estimate_{side}'], 3)}\n{interval(ends, 3)}"


def difference_text(row: Entry) -> tuple[str, str]:
    """Return the difference with both intervals, and the correlation above which it is
    significant.
    """
    gap, needed = row["difference"], row["correlation_needed"]
    if gap is None:
        return MISSING, MISSING
    if gap == 0:
        return "none", MISSING
    ends = [(row[f"{kind}_low"], row[f"{kind}_high"]) for kind in ("independent", "widest")]
    text = "\n".join([fixed(gap, 3), *(interval(pair, 3) for pair in ends)])
    if needed is None:
        return text, MISSING
    return (
        text,
        "any"
        if needed <= -1
        else "none, however\nhigh, would do"
        if needed >= 1
        else _above(needed),
    )


def _above(correlation: float) -> str:
    """Return a bound in two decimals, rounded up as a bound must be; in as many more as keep it
    below one.
    """
    decimals = next(
        (
            decimals
            for decimals in range(2, 15)
            if math.ceil(correlation * 10**decimals) < 10**decimals
        ),
        15,
    )
    return f"above {fixed(math.ceil(correlation * 10**decimals) / 10**decimals, decimals)}"


def _flags(row: Entry) -> str:
    return ", ".join(word for flag, word in FLAGS.items() if row.get(flag))


def _two(row: Entry, name: str, form: Callable[[Any], str]) -> str:
    return "\n".join(form(row[f"{name}_{side}"]) for side in "ab")


def shortened(text: str | None, longest: int = LONGEST) -> str:
    """Return a text cut to what a cell of the page holds; the CSV file has it whole."""
    if text is None or text == "":
        return MISSING
    return text if len(text) <= longest else text[: longest - 1] + "\N{HORIZONTAL ELLIPSIS}"
