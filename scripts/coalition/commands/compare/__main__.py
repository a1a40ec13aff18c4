"""The command: ./run compare A B [--to FOLDER]."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from ...base.errors import Problems, screen
from ...base.files import write_bytes
from .compare_page import PAGE, page, summary
from .comparison import Comparison, compare, sheets
from .runs import MANIFEST, Run, read
from .sheets import sheet


def main(arguments: Sequence[str]) -> int:
    """Compare two runs, write the page and the tables, say what was found; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="./run compare", description="Two runs against each other: a page and CSV tables."
    )
    parser.add_argument(
        "runs",
        nargs="*",
        metavar="RUN",
        help="folders of two runs, such as results/main results/mine",
    )
    parser.add_argument(
        "--to", metavar="FOLDER", help="where to write (default: results/compare_<first>_<second>)"
    )
    given = parser.parse_args(arguments)
    try:
        a, b = _runs(given.runs)
        target = _target(a, b, given.to)
        found = compare(a, b)
        _write(found, target)
    except Problems as problems:
        print(screen(problems.found, "the runs can be compared"), file=sys.stderr)
        return 1
    print(f"{summary(found)}\nThe page: {target / PAGE}")
    return 0


def _write(found: Comparison, target: Path) -> None:
    """Write the tables, then the page: where the page is, the tables are its own."""
    contents = {f"{name}.csv": sheet(table) for name, table in sheets(found).items()} | {
        PAGE: page(found).encode()
    }
    problems = Problems()
    try:
        (target / PAGE).unlink(missing_ok=True)
        for name, content in contents.items():
            write_bytes(target / name, content)
    except OSError as error:
        problems.add(str(target), f"cannot be written to: {error.strerror}")
    problems.stop()


def _runs(folders: Sequence[str]) -> tuple[Run, Run]:
    problems = Problems()
    if len(folders) != 2:
        message = f"two folders of runs are needed, and {len(folders)} given"
        problems.add(
            "./run compare", message, allowed="for instance ./run compare results/main results/mine"
        )
        problems.stop()
    a, b = read("A", folders[0], problems), read("B", folders[1], problems)
    if a is None or b is None:
        raise problems
    return a, b


def _target(a: Run, b: Run, wanted: str | None) -> Path:
    """Return the folder to write to; it must not hold anything but an earlier comparison."""
    names = [re.sub(r"\W", "_", run.folder.resolve().name) for run in (a, b)]
    target = Path(wanted) if wanted else Path("results") / f"compare_{names[0]}_{names[1]}"
    problems = Problems()
    place = target.resolve()
    folders = {run.folder.resolve() for run in (a, b)}
    if folders & {place, *place.parents} or (target / MANIFEST).exists():
        problems.add(
            str(target),
            (
                "the comparison cannot be written into the results of a run; give another folder "
                "with --to"
            ),
        )
    elif target.exists() and not target.is_dir():
        problems.add(str(target), "this is a file; the comparison needs a folder of its own")
    elif _holds_other_files(target):
        problems.add(
            str(target), "the folder holds other files; give an empty or a new one with --to"
        )
    problems.stop()
    return target


def _holds_other_files(folder: Path) -> bool:
    """Tell whether anything but an earlier comparison is in a folder."""
    return folder.is_dir() and any(folder.iterdir()) and not (folder / PAGE).is_file()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
