"""The pages as a reader follows them: every command, file and block of config, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tiny import ROOT

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "docs" / "README.md",
    *sorted((ROOT / "docs").glob("howto_*.md")),
]
COMMANDS = ("./run", ".venv/bin/", "mkdir ", "sed ", "pre-commit ", "wsl ", "git ", "pip ")
"""What a line or a piece of code in a sentence begins with where it is a command."""
PIECE = re.compile(
    r"(?P<mark><!--[\s\S]*?-->)"
    r"|(?:`(?P<path>[\w/.-]+)`\n\n)?```(?P<language>\w*)\n(?P<fenced>[\s\S]*?)^```$"
    r"|(?P<indented>(?:^ {4}.*\n(?:\n(?= {4}))*)+)"
    r"|(?P<heading>^#+ .*\n)"
    r"|(?P<prose>(?:^(?! {4}|```|<!--|`[\w/.-]+`\n\n```)[^\n].*\n)+)",
    re.MULTILINE,
)
NOT_RUN = re.compile(r"<!-- not run(?: \((?P<which>.*?)\))?: (?P<reason>\S[\s\S]*?) -->")
REFUSED = re.compile(r"<!-- refused: (\S[\s\S]*?) -->")
"""Above a command that is to be refused at that point."""
LINES_OF = re.compile(r"<!-- lines of: (\S+) -->")
IN_A_SENTENCE = re.compile(r"(?<!`)`([^`]+)`(?!`)")


@dataclass(frozen=True)
class Piece:
    """What a reader does.

    Parameters
    ----------
    kind : {"command", "file", "config", "lines", "heading", "mark"}
        config: a block of YAML, which a reader saves; lines: such lines of the file `path`.
    text : str
        The command, the content, the heading, or the commands that the mark is for.
    reason : str
        Why it is not run; empty where it is.
    refused : bool
        Whether the command is to be refused.
    """

    kind: str
    text: str
    path: str = ""
    reason: str = ""
    refused: bool = False


def pieces(page: str) -> list[Piece]:
    """Return what a reader of a page does, in order; a mark is for what stands below it.

    Raises
    ------
    ValueError
        If a comment that begins `not run` gives no reason, or one marks nothing.
    """
    found: list[Piece] = []
    which, reason, lines_of, used, refused = "", "", "", True, False
    for match in PIECE.finditer(page):
        if mark := match["mark"]:
            if named := LINES_OF.fullmatch(mark):
                lines_of = named[1]
            elif REFUSED.fullmatch(mark):
                refused = True
            elif "not run" in mark:
                which, reason, used = *_not_run(mark), False
            continue
        for piece in _pieces(match, lines_of):
            skip = bool(reason) and piece.kind != "heading" and piece.text.startswith(which)
            used = used or skip
            found.append(replace(piece, reason=reason if skip else "", refused=refused))
        if not used:
            raise ValueError(f"marks nothing: {reason}")
        which, reason, lines_of, refused = "", "", "", False
    return found


def _not_run(mark: str) -> tuple[str, str]:
    if not (said := NOT_RUN.fullmatch(mark)):
        raise ValueError(f"no reason: {mark}")
    return said["which"] or "", " ".join(said["reason"].split())


def _pieces(match: re.Match[str], lines_of: str) -> Iterator[Piece]:
    if match["heading"]:
        yield Piece("heading", match["heading"].strip("# \n"))
    elif match["prose"]:
        for code in IN_A_SENTENCE.findall(match["prose"]):
            if f"{code} ".startswith(COMMANDS):
                yield Piece("command", " ".join(code.split()))
    elif match["language"] == "csv":
        yield Piece("file", match["fenced"], match["path"] or "")
    elif match["fenced"] is not None:
        yield from _block(match["fenced"], lines_of)
    else:
        yield from _block(re.sub(r"^ {4}", "", match["indented"], flags=re.MULTILINE), lines_of)


def _block(text: str, lines_of: str) -> Iterator[Piece]:
    """Give a block, or its parts between empty lines where some are commands."""
    parts = re.split(r"\n\n+", text.strip("\n"))
    if not any(part.startswith(COMMANDS) for part in parts):
        parts = [text.strip("\n")]
    for part in parts:
        if not part.startswith(COMMANDS):
            yield Piece("lines" if lines_of else "config", part + "\n", lines_of)
            continue
        for command in re.split(r" && |\n", part):
            yield Piece("command", re.sub(r" {2,}#.*", "", command).strip())


def read(page: Path) -> list[Piece]:
    """Return the pieces of a file."""
    return pieces(page.read_text(encoding="utf-8"))
