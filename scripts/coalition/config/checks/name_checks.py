"""Conditions and terms of a config: how they are written, and whether there is what they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...base.errors import Problems, one_of
from ...base.yaml_text import quoted
from ...formula.filters import ALLOWED as ALLOWED_FILTERS
from ...formula.filters import FilterError, variables
from ...formula.terms import ALLOWED as ALLOWED_TERMS
from ...formula.terms import Term, TermError, parse_term, power


def check_filter(condition: Any, known: Iterable[str], place: str, problems: Problems) -> None:
    """Note a `where` that cannot be read, and each variable in it that is none of those known."""
    try:
        named = variables(condition)
    except FilterError as error:
        problems.add(place, str(error), value=str(condition), allowed=ALLOWED_FILTERS)
        return
    for variable in named:
        one_of(variable, known, place, "variable", problems)


def check_terms(
    terms: list[str],
    known: list[str],
    place: str,
    problems: Problems,
    whole: bool = True,
    lists: Iterable[str] = (),
) -> None:
    """Check the spelling of terms and, where they are a whole model, that the parts of products
    stand beside them.

    lists : the names of `controls`, which are written out already where they stand as a term.
    """
    for position, text in enumerate(terms):
        try:
            term = parse_term(text)
        except TermError as error:
            said = str(error) + _torn(terms, position)
            problems.add(f"{place}[entry {position + 1}]", said, value=text, allowed=ALLOWED_TERMS)
            continue
        for name in term.variables:
            _check_variable(name, known, lists, f"{place}[entry {position + 1}]", problems)
        if whole and len(term.factors) > 1:
            for part in _parts_lacking(text, term, terms):
                problems.add(
                    f"{place}[entry {position + 1}]",
                    f"the product {text!r} needs {part!r} as a term of its own",
                )


def _parts_lacking(text: str, product: Term, terms: list[str]) -> Iterator[str]:
    """Give the parts of a product that are no terms of their own; of a power its base is enough.

    A product without its parts is no test of a product (Brambor, Clark & Golder 2006).
    """
    parts = (part.strip() for part in text.split(":"))
    for factor, part in zip(product.factors, parts, strict=True):
        base, degree = power(factor)
        if part not in terms and not (degree > 1 and base in terms):
            yield part


def _torn(terms: list[str], position: int) -> str:
    """Return a hint where an entry and a neighbour are one term that YAML split at its comma."""
    for first, second in ((position, position + 1), (position - 1, position)):
        if first >= 0 and second < len(terms):
            opened, closed = terms[first], terms[second]
            if opened.count("(") > opened.count(")") and closed.count(")") > closed.count("("):
                return (
                    "; YAML splits a list in [ ] at each comma: put a term that holds one in "
                    f"quotation marks, {quoted(f'{opened}, {closed}')}"
                )
    return ""


def _check_variable(
    name: str, known: list[str], lists: Iterable[str], place: str, problems: Problems
) -> None:
    if name in lists and name not in known:
        problems.add(
            place,
            "a list of `controls` is a term of its own, not part of one",
            value=name,
            allowed=f"{name}, without products and transforms",
        )
    elif name not in known:
        one_of(name, [*known, *lists], place, "variable or measure", problems)
