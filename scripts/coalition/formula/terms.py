"""The closed language of terms: names, transforms that may be laid over each other, products;
nothing is ever evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd

from ..base.keys import Keys
from ..base.yaml_text import setting
from .transforms import POWERS, TEMPORAL, TRANSFORMS, shifted, transform

NAME = re.compile(r"[A-Za-z_]\w*")
CALL = re.compile(r"(?P<name>[a-z][a-z0-9]*)\((?P<inner>.*)\)", re.DOTALL)
DEEPEST = 5
"""Transforms that may be laid over each other."""
FACTOR = "factor"
WORDS = {
    "square": "squared",
    "cube": "cubed",
    "sqrt": "square root",
    "centre": "centred",
    "standardise": "standardised",
    "standardise2": "standardised by two SD",
}
KNOWN = (*(name for name in TRANSFORMS if name != "none"), *TEMPORAL, FACTOR)
ALLOWED = "a name, a product a:b, or a transform such as log(a), lag(a, 1), factor(a)"


class TermError(ValueError):
    """A term that is not in the closed language of terms."""


@dataclass(frozen=True)
class Change:
    """One transform: its name, and what stands behind the comma (periods, or a factor's reference
    value).
    """

    name: str
    option: str | None = None

    @property
    def periods(self) -> int:
        """How many periods a temporal transform goes; one if not said."""
        return int(self.option or 1)


@dataclass(frozen=True)
class Factor:
    """A variable and the transforms laid over it, the innermost first: `lag(log(x), 2)`."""

    variable: str
    changes: tuple[Change, ...] = ()

    @property
    def categorical(self) -> bool:
        """Whether it stands for one column a value."""
        return any(change.name == FACTOR for change in self.changes)


@dataclass(frozen=True)
class Term:
    """A product of factors, or one alone: `log(a):b`."""

    text: str
    factors: tuple[Factor, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that the term is made of."""
        return tuple(factor.variable for factor in self.factors)


@cache
def parse_term(text: str) -> Term:
    """Parse a term: a name, a product `a:b`, a transform `log(a)`, `lag(log(a), 2)`, `factor(a,
    reference)`.

    Raises
    ------
    TermError
        For anything else; nothing in a term is ever evaluated.
    """
    try:
        return Term(text, tuple(_factor(part.strip(), 0) for part in text.split(":")))
    except TermError as error:
        said = instead(text)
        raise TermError(f"{error}; {said}" if said else str(error)) from None


COMPARED = re.compile(r"[<>=!~&|]|\b(and|or|not|in)\b")
NUMBER = r"\d+(?:\.\d+)?"
INSTEAD: tuple[tuple[str, str], ...] = (
    (rf"log\(\s*({NAME.pattern})\s*\+\s*1(?:\.0)?\s*\)", "log1p({0})"),
    (rf"log\(\s*1(?:\.0)?\s*\+\s*({NAME.pattern})\s*\)", "log1p({0})"),
    (rf"(?:I\()?\s*({NAME.pattern})\s*(?:\^|\*\*)\s*2\s*\)?", "square({0})"),
    (rf"(?:I\()?\s*({NAME.pattern})\s*(?:\^|\*\*)\s*3\s*\)?", "cube({0})"),
    (rf"(?:I\()?\s*({NAME.pattern})\s*\*\s*({NAME.pattern})\s*\)?", "{0}, {1} and {0}:{1}"),
    (rf"(?:C|as\.factor|i)[(.]\s*({NAME.pattern})\s*\)?", "factor({0})"),
    (rf"L\d*\.({NAME.pattern})", "lag({0})"),
)
"""What other programs write, and what is written here."""
OTHER_NAME = re.compile(r"[A-Za-z]\w*(?:[. ]+\(?\w+\)?%?)+")
"""A name of a column as R and spreadsheets have it: gdp.pc, GDP per head."""
COMBINED = (("/", "ratio"), ("-", "difference"), ("+", "sum_of"), ("*", "product"))


def instead(text: str) -> str:
    """Return how to say what a text that is no term most likely means, or nothing."""
    for pattern, words in INSTEAD:
        match = re.fullmatch(pattern, text.strip())
        if match:
            return f"write {words.format(*match.groups())}"
    name = re.sub(r"^(\w+\()*|(,[^,]*)?\)*$", "", text.strip())
    if OTHER_NAME.fullmatch(name) and not COMPARED.search(name):
        ours = re.sub(r"\W+", "_", name).strip("_").lower()
        return (
            "a term takes names of letters, digits and _; the sample gives a column another one: "
            f"`{setting('columns', {ours: name})}`"
        )
    if COMPARED.search(text):
        return (
            "a condition is a variable of its own: "
            f"`{setting('variables', {'NAME': {'condition': text.strip()}})}`, and NAME as the term"
        )
    names = r"\s*({0})\s*[{1}]\s*({0})\s*"
    for sign, name in COMBINED:
        match = re.search(names.format(NAME.pattern, re.escape(sign)), text)
        if match:
            return (
                "what is made of several columns is a variable of its own: "
                f"`{setting('variables', {'NAME': {name: [match[1], match[2]]}})}`, and NAME as "
                "the term"
            )
    if re.search(rf"[\w)]\s*[-+*/^]\s*{NUMBER}", text):
        return "terms do not calculate with numbers: such a column is made in the file"
    return ""


def _factor(text: str, depth: int) -> Factor:
    if NAME.fullmatch(text):
        return Factor(text)
    match = CALL.fullmatch(text)
    if match is None or depth == DEEPEST:
        raise TermError("not a term")
    name, (inner, option) = match["name"], _arguments(match["inner"])
    if name not in KNOWN:
        raise TermError(f"unknown transform {name!r}; there are {', '.join(KNOWN)}")
    inside = _factor(inner, depth + 1)
    if inside.categorical:
        raise TermError("factor(...) must stand outermost")
    if option is not None:
        _check_option(name, option)
    return Factor(inside.variable, (*inside.changes, Change(name, option)))


def _check_option(name: str, option: str) -> None:
    if name not in (*TEMPORAL, FACTOR):
        raise TermError(f"{name}(...) takes one variable and nothing else")
    if name in TEMPORAL and not re.fullmatch(r"[1-9]\d?", option):
        raise TermError(f"{name}(...) takes a number of periods between 1 and 99")


def _arguments(text: str) -> tuple[str, str | None]:
    """Return what stands before and behind the last comma outside of inner brackets."""
    depth = 0
    for position in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[position], 0)
        if text[position] == "," and depth == 0:
            return text[:position].strip(), text[position + 1 :].strip()
    return text.strip(), None


def label_of(text: str, labels: Mapping[str, str]) -> str:
    """Return what a table prints for a term, or for a column of one such as
    `factor(region)[Asia]`.
    """
    if text in labels:
        return labels[text]
    parts = []
    for part in parts_of(text):
        bare, _, value = part.partition("[")
        factor = _factor(bare.strip(), 0)
        label = labels.get(factor.variable, factor.variable.replace("_", " "))
        words = [_word(change) for change in factor.changes if change.name != FACTOR]
        parts.append(", ".join([label, *words]) + (f": {value.removesuffix(']')}" if value else ""))
    return " × ".join(parts)


def parts_of(text: str) -> list[str]:
    """Return the parts of a column's name: one, or those of a product such as
    `factor(region)[Asia]:log(a)`.
    """
    return re.findall(r"[^:\[]+(?:\[[^\]]*\])?", text)


def _word(change: Change) -> str:
    if change.name in TEMPORAL:
        return change.name if change.periods == 1 else f"{change.name} of {change.periods}"
    return WORDS.get(change.name, change.name)


def evaluate(factor: Factor, table: pd.DataFrame, used: pd.Series, keys: Keys) -> pd.Series:
    """Return a factor's values for every row of a sample; of a categorical one its values as they
    stand.

    Parameters
    ----------
    table : DataFrame, shape (n, any)
    used : Series of bool, shape (n,)
        The rows that the model's condition keeps: means and standard deviations are theirs.
        Lags look at every row.
    keys : Keys

    Raises
    ------
    TermError
        When a lag is asked of a sample without a time, or arithmetic of a text.
    """
    values = table[factor.variable]
    for change in factor.changes:
        if change.name == FACTOR:
            return values
        if not pd.api.types.is_numeric_dtype(values):
            raise TermError(
                f"{factor.variable!r} holds texts: {change.name}(...) needs numbers; "
                f"factor({factor.variable}) makes categories"
            )
        if change.name in TEMPORAL:
            if keys.time is None:
                raise TermError(
                    f"{change.name}(...) needs a sample with `panel: {{unit: UNIT, time: TIME}}`"
                )
            values = _shifted(values, change, table, keys)
        else:
            values = transform(values, change.name, used)
    return values


def _shifted(values: pd.Series, change: Change, table: pd.DataFrame, keys: Keys) -> pd.Series:
    unit, time = [table[name] for name in keys.unit], table[keys.time]
    if not pd.api.types.is_numeric_dtype(time):
        raise TermError(f"{change.name}(...) counts periods, and {keys.time!r} holds texts")
    try:
        return shifted(values, change.name, change.periods, unit, time)
    except ValueError as error:
        raise TermError(str(error)) from None


def text_of(factor: Factor) -> str:
    """Return a factor as a config would write it."""
    text = factor.variable
    for change in factor.changes:
        option = f", {change.option}" if change.option is not None and change.name != FACTOR else ""
        text = f"{change.name}({text}{option})"
    return text


def power(factor: Factor) -> tuple[str, int]:
    """Return what a factor is a power of, and which: ("x", 1) for x, ("centre(x)", 2) for
    square(centre(x)), ("", 0) for all else.
    """
    if not factor.changes:
        return factor.variable, 1
    *inner, last = factor.changes
    if last.name in POWERS:
        return text_of(Factor(factor.variable, tuple(inner))), POWERS[last.name]
    return "", 0
