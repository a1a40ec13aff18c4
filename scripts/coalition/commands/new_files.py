"""How `./run new` writes: a folder that is there whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ..base.errors import Problems


def check_folder(folder: Path) -> None:
    """Raise Problems where the folder exists."""
    problems = Problems()
    if os.path.lexists(folder):
        message = "exists already, and is left as it is; give another place with --to"
        problems.add(str(folder), message)
    problems.stop()


def make(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write files into a new folder; all of them or none.

    Parameters
    ----------
    folder : Path
        It must not exist.
    texts : mapping
        Name -> content.

    Raises
    ------
    Problems
        When the folder cannot be made.
    """
    problems = Problems()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(folder, texts)
    except OSError as error:
        problems.add(str(folder), f"cannot be made: {error.strerror}")
    problems.stop()
    return [folder / file for file in texts]


def _write_whole(folder: Path, texts: Mapping[str, str]) -> None:
    """Write the files beside the folder first, so that it is there whole or not at all."""
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        for file, text in texts.items():
            (beside / file).write_text(text, encoding="utf-8", newline="\n")
        beside.chmod(0o755)
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
