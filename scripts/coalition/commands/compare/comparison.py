"""Everything that differs between two runs, and the tables that hold it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from . import (
    compared_estimates,
    compared_figures,
    compared_inputs,
    compared_settings,
    compared_tables,
    compared_verdicts,
)
from .drawn_numbers import drawn_numbers
from .runs import Run, touched

INPUT_COLUMNS = [
    *(
        "table",
        "kind",
        "key",
        "in_a",
        "in_b",
        "rows_a",
        "rows_b",
        "rows_only_a",
        "rows_only_b",
        "cells",
        "columns_only_a",
        "columns_only_b",
    ),
    "note",
]


@dataclass(frozen=True)
class Comparison:
    """Two runs and what differs.

    verdicts, models, estimates, lost, drawn, settings, program, versions, printed : as in the
        modules of these names; tables : every table of data; files : key `file`, role (input,
        output), in_a, in_b, same; pictures : figures; touched_a, touched_b : results changed since
        their run.
    """

    a: Run
    b: Run
    verdicts: pd.DataFrame
    models: pd.DataFrame
    estimates: pd.DataFrame
    lost: pd.DataFrame
    drawn: pd.DataFrame
    settings: pd.DataFrame
    program: pd.DataFrame
    printed: pd.DataFrame
    versions: pd.DataFrame
    tables: list[compared_inputs.TableDifference]
    files: pd.DataFrame
    pictures: list[compared_figures.PicturePair]
    touched_a: list[str]
    touched_b: list[str]


def compare(a: Run, b: Run) -> Comparison:
    """Compare two runs.

    Raises
    ------
    Problems
        When a table of either cannot be read.
    """
    return Comparison(
        a,
        b,
        verdicts=compared_verdicts.verdicts(a, b),
        models=compared_estimates.models(a, b),
        estimates=compared_estimates.estimates(a, b),
        lost=compared_estimates.lost(a, b),
        drawn=drawn_numbers(a, b),
        settings=compared_settings.differences(a.config, b.config),
        program=compared_settings.program(a, b),
        printed=compared_tables.printed(a, b),
        versions=compared_settings.versions(a, b),
        tables=compared_inputs.tables(a, b),
        files=_files(a, b),
        pictures=compared_figures.pictures(a, b),
        touched_a=touched(a),
        touched_b=touched(b),
    )


def sheets(found: Comparison) -> dict[str, pd.DataFrame]:
    """Return the tables behind the page, whole, by the name of their CSV file."""
    return {
        "settings": found.settings,
        "program": found.program,
        "verdicts": found.verdicts,
        "draws": found.drawn,
        "models": found.models,
        "estimates": found.estimates,
        "left_out": found.lost,
        "printed": found.printed,
        "inputs": pd.DataFrame([_input(table) for table in found.tables], columns=INPUT_COLUMNS),
        "rows": pd.concat(
            [
                pd.DataFrame(columns=compared_inputs.ROW_COLUMNS, dtype=object),
                *(table.rows for table in found.tables),
            ],
            ignore_index=True,
        ),
        "software": found.versions,
        "files": found.files,
    }


def _input(table: compared_inputs.TableDifference) -> dict[str, object]:
    both = table.rows_a is not None and table.rows_b is not None
    return {
        "table": table.name,
        "kind": table.kind,
        "key": compared_inputs.PARTING.join(table.key),
        "in_a": table.rows_a is not None,
        "in_b": table.rows_b is not None,
        "rows_a": table.rows_a,
        "rows_b": table.rows_b,
        "rows_only_a": table.counted("row only in A") if both else None,
        "rows_only_b": table.counted("row only in B") if both else None,
        "cells": table.counted("cell") if both else None,
        "columns_only_a": ";".join(table.columns_a),
        "columns_only_b": ";".join(table.columns_b),
        "note": table.note,
    }


def _files(a: Run, b: Run) -> pd.DataFrame:
    """Return every file that went into or came out of either run, and whether its bytes are the
    same.
    """
    roles = (
        ("input", a.manifest["inputs"], b.manifest["inputs"]),
        ("output", a.outputs, b.outputs),
    )
    rows = [
        {
            "role": role,
            "file": name,
            "in_a": name in first,
            "in_b": name in second,
            "same": first.get(name) == second.get(name),
        }
        for role, first, second in roles
        for name in sorted({*first, *second})
    ]
    return pd.DataFrame(rows, columns=["role", "file", "in_a", "in_b", "same"])
