"""YAML as data and nothing else: no tags, a key once in a block, nothing that fills the memory or
the stack.
"""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

from ..base.unprintable import FORBIDDEN, MESSAGE

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast
LARGEST = 200_000
"""Entries of a file, those that aliases repeat counted again; more is no config but a way to fill
the memory.
"""
DEEPEST = 50
"""Blocks within each other; the composer of PyYAML ends the whole program some thousands deeper."""
LONGEST_NUMBER = 10**15
"""The largest whole number; beyond it numbers with a point are no longer exact."""
WORDS = {
    "mapping values are not allowed in this context": "a colon where none may stand; put the "
    "text in quotation marks",
    "did not find expected ',' or ']'": "a list in [ ] that is not closed",
    "did not find expected ',' or '}'": "a block in { } that is not closed",
    "did not find expected key": "not indented like the lines above",
    "did not find expected '-' indicator": "not indented like the lines above",
    "did not find expected <document start>": "more lines after the end of what was begun",
    "could not find expected ':'": "a line without a colon",
    "found character that cannot start any token": "a character that cannot stand here; text "
    "that begins with it needs quotation marks",
    "found unexpected end of stream": "a quotation mark is opened and never closed",
    "found undefined alias": "an alias (*name) of an anchor (&name) that does not stand above it",
    "but found another document": "a second document begins; a file holds one",
}
"""What the parser says, and what that means."""


class YAMLProblem(ValueError):
    """What is wrong with a text as YAML, and in which line (None: not known)."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def load(text: str) -> Any:
    """Read YAML that holds texts, numbers, dates, lists and blocks; None where there is nothing.

    Raises
    ------
    YAMLProblem
        When it is no YAML, holds a tag or a key twice, is nested too deeply, or expands to too
        much.
    """
    try:
        _refuse_tags_and_depth(text)
        loader = LOADER(text)
        root = loader.get_single_node()
        if root is None:
            return None
        _check(root, loader, 0, [0])
        return loader.construct_document(root)
    except yaml.reader.ReaderError:
        found = FORBIDDEN.search(text)
        raise YAMLProblem(
            MESSAGE, None if found is None else text.count("\n", 0, found.start()) + 1
        ) from None
    except yaml.MarkedYAMLError as error:
        raise _explained(error, text) from None


def _explained(error: yaml.MarkedYAMLError, text: str) -> YAMLProblem:
    mark, said = error.problem_mark, str(error.problem)
    line = None if mark is None else mark.line + 1
    lines = text.splitlines()
    if (
        line is not None
        and line <= len(lines)
        and "\t" in lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]
    ):
        return YAMLProblem("a tab; lines are indented with spaces", line)
    return YAMLProblem(WORDS.get(said, said), line)


def _refuse_tags_and_depth(text: str) -> None:
    """Look at the events of the parser, which takes no memory for what is nested, before anything
    is composed of them.
    """
    depth = 0
    event: Any  # the types of PyYAML know neither its tag nor that what is parsed has a place
    for event in yaml.parse(text, Loader=LOADER):
        if getattr(event, "tag", None) is not None:
            raise YAMLProblem(
                f"a tag ({event.tag}); a config holds texts, numbers, lists and blocks",
                event.start_mark.line + 1,
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise YAMLProblem(
                f"more than {DEEPEST} blocks within each other", event.start_mark.line + 1
            )


def _check(node: yaml.Node, loader: Any, depth: int, seen: list[int]) -> None:
    """Refuse repeated keys, what aliases blow up, and values that are written like a number or date
    and are none.
    """
    line = node.start_mark.line + 1
    seen[0] += 1
    if seen[0] > LARGEST:
        raise YAMLProblem(f"it expands to more than {LARGEST:,} entries", line)
    if depth > DEEPEST:
        raise YAMLProblem("an alias that holds itself", line)
    if isinstance(node, yaml.MappingNode):
        _refuse_repeated_keys(node)
    elif isinstance(node, yaml.ScalarNode):
        _check_value(node, loader)
    for part in [] if isinstance(node, yaml.ScalarNode) else node.value:
        _check(part[1] if isinstance(node, yaml.MappingNode) else part, loader, depth + 1, seen)


def _is_infinite(node: yaml.ScalarNode) -> bool:
    """Tell whether YAML reads a word as a number that is infinite or none: .inf, .nan."""
    return bool(node.tag.endswith(":float") and node.value.lower().endswith((".inf", ".nan")))


def _refuse_repeated_keys(node: yaml.MappingNode) -> None:
    """A key may stand only once in a block: a rule of YAML that its readers do not hold."""
    lines: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise YAMLProblem("a list or block in place of a key", line)
        _refuse_words(key, "as a key ")
        if key.tag.endswith((":bool", ":null")) or _is_infinite(key):
            written = key.value or "an empty key"
            raise YAMLProblem(f"{written} is no name to YAML; put it in quotation marks", line)
        if key.value in lines:
            raise YAMLProblem(
                (
                    f"the key {key.value!r} stands twice in one block (first in line "
                    f"{lines[key.value]})"
                ),
                line,
            )
        lines[key.value] = line


AMBIGUOUS = re.compile(r"[-+]?0[0-7_]+|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
"""Whole numbers that YAML 1.1 reads to the base of 8 (010 is 8) or of 60 (1:30 is 90)."""
ANSWERS = ("yes", "no", "on", "off")
"""Words that YAML 1.1 takes for true and false; one of them is the code of Norway."""


def _refuse_words(node: yaml.ScalarNode, where: str = "") -> None:
    """Refuse what YAML reads as something else than what stands there: yes, no, on, off, 010, 1:30.

    Quoted texts are what they say.
    """
    line, kind = node.start_mark.line + 1, node.tag.rpartition(":")[2]
    if kind == "bool" and node.value.casefold() in ANSWERS:
        raise YAMLProblem(
            f"{node.value} {where}means true or false to YAML; put it in quotation marks if it is "
            "a word, or write true or false",
            line,
        )
    if kind in ("int", "float") and AMBIGUOUS.fullmatch(node.value):
        raise YAMLProblem(
            f"{node.value} {where}is another number to YAML; put it in quotation marks if it is a "
            "code, or write it without zeros before it",
            line,
        )


def _check_value(node: yaml.ScalarNode, loader: Any) -> None:
    _refuse_words(node)
    try:
        value = loader.construct_object(node)
    except ValueError as error:
        reason = "a number of too many digits" if "limit" in str(error) else str(error)
        raise YAMLProblem(
            f"{node.value[:40]!r} is no date, time or number: {reason}", node.start_mark.line + 1
        ) from None
    if isinstance(value, int) and abs(value) > LONGEST_NUMBER:
        raise YAMLProblem(
            f"{node.value[:40]!r} is a number of too many digits", node.start_mark.line + 1
        )
    if isinstance(value, float) and not math.isfinite(value):
        raise YAMLProblem(f"{node.value!r} is not a finite number", node.start_mark.line + 1)
