"""The corpus of broken inputs in tests/data/broken: a case is read, laid out as a small project,
and checked as `./run check` does.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from tiny import Tiny

CORPUS = Path(__file__).parents[1] / "data" / "broken"
OVERLAY = "mine.yaml"
"""The user's own file, laid over config.yaml: what a case's `config` says."""


@dataclass(frozen=True)
class Case:
    """One broken input.

    Parameters
    ----------
    about : str
        What is wrong, for those who read the case.
    base : {"tiny", "small"}
        What is broken: the small analysis of one operation, or one of a single rectangular file.
    config : mapping
        Laid over the config by `--configfile`, as a user would.
    edit : mapping
        File -> {text that stands there: text in its place}; the first place only.
    write : mapping
        File -> its whole content, in the encoding `encoding`.
    workbook : mapping
        Excel file -> {sheet: rows}.
    arguments : tuple of str
        Further arguments of `./run check`.
    """

    name: str
    about: str
    base: str = "tiny"
    config: dict[str, Any] = field(default_factory=dict)
    edit: dict[str, dict[str, str]] = field(default_factory=dict)
    write: dict[str, str] = field(default_factory=dict)
    workbook: dict[str, dict[str, list[list[Any]]]] = field(default_factory=dict)
    encoding: str = "utf-8"
    arguments: tuple[str, ...] = ()

    @property
    def expected(self) -> Path:
        """The file that holds the screen."""
        return CORPUS / f"{self.name}.txt"


def cases() -> list[Case]:
    """Return every case: a YAML file in a folder of the corpus."""
    return [
        Case(
            path.relative_to(CORPUS).with_suffix("").as_posix(),
            **yaml.safe_load(path.read_text(encoding="utf-8")),
        )
        for path in sorted(CORPUS.glob("*/*.yaml"))
    ]


def lay_out(case: Case, project: Tiny, folder: Path) -> list[str]:
    """Copy what the check reads, break it as the case says, and return the arguments of `./run
    check`.
    """
    shutil.copytree(project.folder / "data", folder / "data")
    shutil.copytree(project.folder / "configs", folder / "configs", dirs_exist_ok=True)
    shutil.copy(project.folder / "config.yaml", folder)
    for name, place in (("small.yaml", folder), ("small.csv", folder / "data")):
        shutil.copy(CORPUS / name, place)
    for name, changes in case.edit.items():
        for old, new in changes.items():
            Tiny(folder).edit(name, old, new)
    for name, text in case.write.items():
        (folder / name).write_bytes(text.encode(case.encoding))
    for name, sheets in case.workbook.items():
        _write_workbook(folder / name, sheets)
    if case.config:
        (folder / OVERLAY).write_text(
            yaml.safe_dump(case.config, sort_keys=False, allow_unicode=True), encoding="utf-8"
        )
    overlays = ["small.yaml"] * (case.base == "small") + [OVERLAY] * bool(case.config)
    return [*(["--configfile", *overlays] if overlays else []), *case.arguments]


def _write_workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def screen_of(
    case: Case, project: Tiny, folder: Path, check: Callable[[list[str]], tuple[int, str, str]]
) -> str:
    """Return what the check prints of a case; a screen and nothing else."""
    code, out, err = check(lay_out(case, project, folder))
    assert (code, out) == (1, ""), f"{case.name} was not refused: {out}"
    return err
