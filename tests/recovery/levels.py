"""Which method decides each hypothesis: from the sizes in results.csv to configs/levels.csv.

`PYTHONPATH=scripts .venv/bin/python tests/recovery/levels.py DATE` writes the file, with the date
for each hypothesis whose sizes are others than on file; a test holds it against results.csv. The
rule was fixed before the sizes were known: the first of `ORDER` that
holds; if none does, the one that rejects true nulls least often, and the verdict says so.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from coalition.base.files import write_bytes
from measured import Row, read

LEVELS = Path(__file__).parents[2] / "configs" / "levels.csv"
HOLDS = 0.075
"""Share of true nulls that a test at 5% may reject."""
ORDER = (
    "cluster",
    "cr2",
    "conley",
    "scpc",
    "field_bootstrap",
    "permutation_within_regions",
    "permutation",
)
"""The declared test first, then the simplest that has an interval, then those that have none."""
CONLEY = "conley, 2000 km"
"""The cutoff that the run uses stands for Conley."""
TEST = "test_spatial_field::test_size_under_the_fitted_field"
COLUMNS = (
    *("hypothesis", "method", "size", "mc_error", "draws", "holds", "decides", "rows", "measured"),
)


def levels(rows: Sequence[Row], dates: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the rows of the file; `dates` is when each hypothesis was measured.

    Of a hypothesis with several quantities a method's size is the largest of theirs: each of them
    is tested and the claim needs all (Berger 1982).
    """
    sizes: dict[str, dict[str, Row]] = {}
    for row in rows:
        if not row["test"].startswith(TEST) or row["measure"] != "size":
            continue
        hypothesis, method = row["quantity"].split(":")[0], row["method"]
        method = "conley" if method == CONLEY else method
        known = sizes.setdefault(hypothesis, {}).get(method)
        if method in ORDER and (known is None or float(row["value"]) > float(known["value"])):
            sizes[hypothesis][method] = row
    return [
        row for hypothesis, of in sizes.items() for row in _of(hypothesis, of, dates[hypothesis])
    ]


def _of(hypothesis: str, of: dict[str, Row], date: str) -> list[dict[str, str]]:
    known = [method for method in ORDER if method in of]
    good = [method for method in known if float(of[method]["value"]) <= HOLDS]
    chosen = good[0] if good else min(known, key=lambda method: float(of[method]["value"]))
    return [
        {
            "hypothesis": hypothesis,
            "method": method,
            "size": of[method]["value"],
            "mc_error": of[method]["mc_error"],
            "draws": of[method]["estimated"],
            "holds": str(int(method in good)),
            "decides": str(int(method == chosen)),
            "rows": of[method].get("n", ""),
            "measured": date,
        }
        for method in known
    ]


def written(rows: Sequence[dict[str, str]]) -> bytes:
    """Return the bytes of the file."""
    handle = io.StringIO(newline="")
    writer = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return handle.getvalue().encode()


def on_file() -> dict[str, list[dict[str, str]]]:
    """Return the rows of the file by hypothesis."""
    found: dict[str, list[dict[str, str]]] = {}
    with open(LEVELS, encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            found.setdefault(row["hypothesis"], []).append(row)
    return found


def dates_on_file() -> dict[str, str]:
    """Return when each hypothesis of the file was measured."""
    return {name: rows[0]["measured"] for name, rows in on_file().items()}


def dated(rows: Sequence[Row], date: str) -> dict[str, str]:
    """Return when each hypothesis was measured: on the date where its rows are not those on
    file.
    """
    before, dates = on_file(), dates_on_file()
    again = levels(rows, dates)
    return {
        name: dates[name] if [row for row in again if row["hypothesis"] == name] == of else date
        for name, of in before.items()
    }


if __name__ == "__main__":
    measured = read()
    write_bytes(LEVELS, written(levels(measured, dated(measured, sys.argv[1]))))
