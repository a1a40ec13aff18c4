"""Zip files that have the same bytes whenever they hold the same files."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

SUMS = "SHA256SUMS"
NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can name; the files' own times would change the bytes."""
UNIX = 3
"""So that permissions are read; `run` has them, where an archive keeps them."""


def with_sums(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files and, beside them, SHA256SUMS of them all, as `sha256sum -c` reads it."""
    lines = [
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(files.items())
    ]
    return {**files, SUMS: "".join(lines).encode()}


def packed(files: Mapping[str, bytes], root: str, programs: tuple[str, ...] = ()) -> bytes:
    """Return a zip of some files, in one folder, by name.

    Parameters
    ----------
    files : mapping
        Path within the folder -> content.
    root : str
        The folder.
    programs : tuple of str
        Files that get the run bit.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(f"{root}/{name}", NO_TIME)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, UNIX
            info.external_attr = (0o100755 if name in programs else 0o100644) << 16
            archive.writestr(info, content)
    return stream.getvalue()


def unpacked(path: Path, folder: Path) -> Path:
    """Unpack a zip as most programs do, without the run bit; return the folder that it holds."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        archive.extractall(folder)
    return folder / names[0].partition("/")[0]


def wrong_sums(folder: Path) -> list[str]:
    """Return the files of an unpacked package whose sha256 is not that of SHA256SUMS, or that only
    one of the two names; sorted.
    """
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    said = {name: made for made, _, name in (line.partition("  ") for line in lines)}
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path != folder / SUMS
    }
    return sorted(name for name in {*said, *found} if said.get(name) != found.get(name))
