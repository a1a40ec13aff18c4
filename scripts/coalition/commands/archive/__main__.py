"""The command: ./run archive [results/RUN]."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...base.errors import Problems, screen, unforeseen
from ...base.files import write_bytes
from . import archived_data, deposit, operations_read, refusals, reopened, replication_package
from .about import About
from .fixed_zip import packed

BEFORE = "the run can be archived"


def main(arguments: Sequence[str]) -> int:
    """Make the packages of a run, open them again, say what was found; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="./run archive",
        description="Packages of a finished run for a data archive. Nothing is sent anywhere.",
    )
    parser.add_argument(
        "run", nargs="?", default="results/main", metavar="RUN", help="default: results/main"
    )
    given = parser.parse_args(arguments)
    try:
        lines = archive(Path(given.run))
    except Problems as problems:
        print(screen(problems.found, BEFORE), file=sys.stderr)
        return 1
    except Exception as error:  # the last net: no traceback is a message for a user
        print(unforeseen(error), file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 0


def archive(folder: Path) -> list[str]:
    """Make the packages of a run in a folder beside its place, open them, put them in place.

    Parameters
    ----------
    folder : Path
        results/<run>.

    Returns
    -------
    list of str
        What was made and found, a sentence each.

    Raises
    ------
    Problems
        Everything that keeps the run from being archived, or that is wrong with what was made;
        nothing is then written.
    """
    manifest, problems = refusals.manifest_of(folder), Problems()
    about = refusals.check(manifest, problems)
    problems.stop()
    read = operations_read.read(manifest["config"], folder)
    content = archived_data.files(about, read)
    description = archived_data.described(content)
    refusals.used_before(
        about, refusals.hashes(description), manifest["config"]["states"], problems
    )
    problems.stop()
    with tempfile.TemporaryDirectory(dir=folder, prefix=".archive.") as place:
        made = Path(place) / "made"
        packages = _write(made, about, content, manifest, read)
        found = _open(packages, Path(place), manifest)
        target = folder / refusals.FOLDER
        if target.exists():
            shutil.rmtree(target)
        made.replace(target)
    return [*found, *_ending(folder / refusals.FOLDER, about)]


def _write(
    made: Path, about: About, content: Mapping[str, bytes], manifest: Mapping[str, Any], read: Any
) -> tuple[Path, Path]:
    """Write both packages, the zip around them, and the folder `deposit`; return the packages."""
    programs = replication_package.PROGRAMS
    replication = replication_package.files(about, manifest, read)
    zips = {
        f"{about.data_name}.zip": packed(content, about.data_name),
        f"{about.replication_name}.zip": packed(replication, about.replication_name, programs),
    }
    for name, packed_files in zips.items():
        write_bytes(made / name, packed_files)
    for name, text in deposit.files(about).items():
        write_bytes(made / "deposit" / name, text)
    write_bytes(made / "deposit" / deposit.OUTER, packed(zips, "packages"))
    return made / f"{about.data_name}.zip", made / f"{about.replication_name}.zip"


def _open(packages: tuple[Path, Path], place: Path, manifest: Mapping[str, Any]) -> list[str]:
    problems = Problems()
    found = reopened.data(
        packages[0], place / "data", lambda text: problems.add(packages[0].name, text)
    )
    found += reopened.replication(
        packages[1],
        place / "replication",
        manifest,
        lambda text: problems.add(packages[1].name, text),
    )
    problems.stop()
    return found


def _ending(folder: Path, about: About) -> list[str]:
    lines = [""]
    for path in sorted(folder.rglob("*.zip")):
        lines.append(f"{path}  {path.stat().st_size / 1e6:.1f} MB")
    notes = about.to_confirm()
    lines += ["", "The owner's to confirm before publication:", *(f"  - {note}" for note in notes)]
    if not notes:
        lines = lines[:-2]
    return [*lines, "", f"How to upload: {folder / 'deposit' / deposit.HOW}"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
