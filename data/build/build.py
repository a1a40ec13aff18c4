"""python build.py RAW_FOLDER OUT.csv: the table of states and years 1990-2018, from the files that
raw_files.csv lists.

A source whose file is not in the folder is left out, and a file with another checksum than the one
used here is named.
"""

import hashlib
import importlib
import sys
from pathlib import Path

import base
import pandas as pd

HERE = Path(__file__).parent
# What a source needs of others: troops per head the population, shares of NATO the capabilities,
# any pact ATOP
NEEDS = {"troops": ["economy"], "memberships": ["capability", "alliances"]}


def check(raw: str) -> None:
    """Name, on stderr, every raw file whose sha256 is not the one that was used here."""
    for f in pd.read_csv(HERE / "raw_files.csv").dropna(subset=["sha256"]).itertuples():
        path = Path(raw) / f.raw_file
        if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() != f.sha256:
            print(f"another version than the one used here: {f.raw_file}", file=sys.stderr)


def main(raw: str, out: str) -> None:
    """Write the table of all sources whose raw files are in the folder."""
    base.RAW = raw
    check(raw)
    columns = pd.read_csv(HERE / "columns.csv")
    parts = {}
    for name in dict.fromkeys(["capability", "economy", "alliances", *columns.script]):
        if missing := [n for n in NEEDS.get(name, []) if n not in parts]:
            print(f"left out: {name} (needs {', '.join(missing)})", file=sys.stderr)
            continue
        try:
            parts[name] = importlib.import_module(name).table(
                *(parts[n] for n in NEEDS.get(name, []))
            )
        except FileNotFoundError as error:
            print(f"left out: {name} (no file {Path(error.filename).name})", file=sys.stderr)
    table = pd.concat(parts.values(), axis=1).sort_index()
    table = table[[c for c in columns.variable if c in table]]
    table.map(base.text).reset_index().to_csv(out, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
