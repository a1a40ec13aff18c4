"""What is wrong with the user's input: collected, then shown at once on one screen."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .unprintable import spelt_out

SHOWN_PER_KIND = 8
"""How many problems of one kind are printed before the rest is counted."""
LONGEST_VALUE = 200
"""Characters of a value that are printed."""


@dataclass(frozen=True)
class Problem:
    """One thing that the user must correct.

    Parameters
    ----------
    place : str
        File, or key path of the config ("models.h1_logit.terms[2]").
    message : str
        What is wrong, in one sentence without a final full stop.
    row : int, optional
        Line of the file as a text editor counts it (the header is line 1).
    column, value : str, optional
        Column of the file and the value that stands there.
    allowed : str, optional
        What may stand there.
    nearest : str, optional
        The allowed spelling that comes closest.
    """

    place: str
    message: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    allowed: str | None = None
    nearest: str | None = None

    def __str__(self) -> str:
        where = [f"line {self.row}"] if self.row is not None else []
        where += [f"column {self.column}"] if self.column else []
        text = f"{', '.join(where)}: {self.message}" if where else self.message
        if self.value is not None:
            cut = (
                self.value
                if len(self.value) <= LONGEST_VALUE
                else f"{self.value[:LONGEST_VALUE]} ..."
            )
            text += f" (found: {cut!r})"
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.nearest:
            text += f"; did you mean {self.nearest!r}?"
        return text


@dataclass
class Problems(Exception):
    """All problems found so far; raised once, by `stop`, when there are any."""

    found: list[Problem] = field(default_factory=list)

    def add(self, place: str, message: str, **details: object) -> None:
        """Note one problem; `details` are the other fields of `Problem`."""
        self.found.append(Problem(place, message, **details))  # type: ignore[arg-type]

    def extend(self, other: Problems) -> None:
        """Take over the problems of another collection."""
        self.found.extend(other.found)

    def stop(self) -> None:
        """Raise if anything was found.

        Raises
        ------
        Problems
            Itself, when it holds at least one problem.
        """
        if self.found:
            raise self

    def __str__(self) -> str:
        return screen(self.found)


def screen(problems: Iterable[Problem], before: str = "the analysis can run") -> str:
    """Return one readable screen: problems by place, long runs of one kind cut short and counted;
    `before` says what they stop.
    """
    problems = list(problems)
    lines = [
        f"{len(problems)} problem{'s' if len(problems) != 1 else ''} to correct before {before}:"
    ]
    problems, alike = _without_repeats(problems)
    for place in dict.fromkeys(problem.place for problem in problems):
        here = [problem for problem in problems if problem.place == place]
        lines += ["", f"  {place}", *_shortened(here)]
    lines += ["", *(f"  {line}" for line in alike)] if alike else []
    lines += ["", "Nothing was run and nothing was written."]
    return "\n".join(map(spelt_out, lines))


def _shortened(problems: list[Problem]) -> list[str]:
    """Return a line a problem of one place; of a long run of one kind the first, and their
    count.
    """
    kinds: dict[tuple[str | None, str], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.column, _kind(problem)), []).append(problem)
    lines = []
    for same in kinds.values():
        lines += [f"    - {problem}" for problem in same[:SHOWN_PER_KIND]]
        if len(same) > SHOWN_PER_KIND:
            lines.append(f"    - and {len(same) - SHOWN_PER_KIND} more of the same kind")
    return lines


def _kind(problem: Problem) -> str:
    """Return a problem's message without its numbers and quoted words: what it has in common."""
    return re.sub(r"'[^']*'|\d+", "#", problem.message)


def _without_repeats(problems: list[Problem]) -> tuple[list[Problem], list[str]]:
    """Return the problems without those of one kind at ever more places, and lines that name these
    places.
    """
    kinds: dict[str, list[str]] = {}
    for problem in problems:
        kinds.setdefault(_kind(problem), []).append(problem.place)
    kept, alike = [], []
    for kind, places in kinds.items():
        kinds[kind] = list(dict.fromkeys(places))
        if len(more := kinds[kind][SHOWN_PER_KIND:]):
            shown = ", ".join(more[:SHOWN_PER_KIND]) + (
                ", ..." if len(more) > SHOWN_PER_KIND else ""
            )
            alike.append(f"and at {len(more)} more places the same kind: {shown}")
    for problem in problems:
        if problem.place in kinds[_kind(problem)][:SHOWN_PER_KIND]:
            kept.append(problem)
    return kept, alike


@contextmanager
def looking_at(place: str) -> Iterator[None]:
    """Say of an error that passes what was being looked at: a file, or a key of the config."""
    try:
        yield
    except Problems:
        raise
    except Exception as error:
        error.add_note(place)
        raise


def unforeseen(error: Exception) -> str:
    """Return what a user reads where an input led to an error of the program: the last net."""
    places = getattr(error, "__notes__", [])
    where = f" while looking at {', in '.join(places)}" if places else ""
    said = f"{type(error).__name__}: {error}".splitlines()[0][:LONGEST_VALUE]
    return spelt_out(
        f"The program failed{where}. This is a defect of the program: it should have said what is "
        f"wrong there. Please report it with this line: {said}"
    )


def one_of(word: str, known: Iterable[str], place: str, what: str, problems: Problems) -> None:
    """Note a word that is none of those known, with those that are or the nearest of them; `what`
    says what it should be.
    """
    options = list(dict.fromkeys(known))
    if word not in options:
        shown = ", ".join(options) if len(options) <= 12 else None
        problems.add(
            place, f"unknown {what}", value=str(word), allowed=shown, nearest=nearest(word, options)
        )


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed word most like `word`, or None when none comes close."""
    options = [str(option) for option in allowed]
    folded = {option.casefold(): option for option in reversed(options)}
    match = difflib.get_close_matches(str(word).casefold(), list(folded), n=1, cutoff=0.6)
    return folded[match[0]] if match else None


def nearest_file(path: str | Path) -> str | None:
    """Return the file of the same folder whose name is most like that of a missing one, or None
    when none comes close.
    """
    folder = Path(path).parent
    names = (
        sorted(other.name for other in folder.glob("*") if other.is_file())
        if folder.is_dir()
        else []
    )
    name = nearest(Path(path).name, names)
    return None if name is None else str(folder / name)
