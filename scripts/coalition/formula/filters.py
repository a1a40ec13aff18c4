"""The closed language of conditions: {variable: [values]}, {variable: {min, max}}, and filters such
as `year >= 2001`.

Nothing in a condition is ever evaluated as code: a filter is parsed into comparisons, `and`, `or`,
`not` and `missing(...)`.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

from ..base.keys import listed

Filter = Mapping[str, Any] | str | Sequence[str]
LONGEST = 2000
"""Characters of a filter; more is no filter that a person wrote."""
COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
ALLOWED = (
    "comparisons (==, !=, <, <=, >, >=, in, not in) of a variable with numbers, texts in "
    "quotes or lists, missing(variable), and, or, not"
)


class FilterError(ValueError):
    """A filter that is not in the closed language, or that compares what cannot be compared."""


def holds(table: pd.DataFrame, condition: Filter) -> pd.Series:
    """Tell for each row whether every part of a condition holds; a missing value satisfies nothing
    but `missing`.

    Parameters
    ----------
    table : DataFrame, shape (n, any)
    condition : mapping, str or list of str
        Variable to a list of values, or to {min, max} with both ends included; or one filter, or
        several that must all hold.

    Returns
    -------
    Series of bool, shape (n,)

    Raises
    ------
    KeyError
        When the table lacks a variable of the condition.
    FilterError
        When a filter is not one, or compares texts with numbers.
    """
    kept = pd.Series(True, index=table.index)
    if isinstance(condition, Mapping):
        for variable, allowed in condition.items():
            kept &= _among(table[variable], allowed)
        return kept
    for text in listed(condition):
        kept &= _truth(parse(text), table).fillna(False).astype(bool)
    return kept


def truth(table: pd.DataFrame, condition: Filter) -> pd.Series:
    """Return true, false or unknown for each row, (n,) boolean: unknown is what a missing value
    leaves open (Kleene's logic).

    Raises
    ------
    KeyError
        When the table lacks a variable of the condition.
    FilterError
        When a filter is not one, or compares texts with numbers.
    """
    found = pd.Series(True, index=table.index, dtype="boolean")
    if isinstance(condition, Mapping):
        for variable, allowed in condition.items():
            known = table[variable].notna()
            found &= _among(table[variable], allowed).astype("boolean").where(known)
        return found
    for text in listed(condition):
        found &= _truth(parse(text), table)
    return found


def variables(condition: Filter) -> list[str]:
    """Return the variables that a condition names, each once."""
    if isinstance(condition, Mapping):
        return list(condition)
    return list(dict.fromkeys(name for text in listed(condition) for name in _names(parse(text))))


def named_values(condition: Filter) -> list[tuple[str, tuple[Any, ...]]]:
    """Return the variables of a condition with the values that it asks for: those of a list, or
    those that a filter compares it with by ==, !=, in or not in.
    """
    if isinstance(condition, Mapping):
        return [
            (name, tuple(values))
            for name, values in condition.items()
            if not isinstance(values, Mapping)
        ]
    compared = [
        each
        for text in listed(condition)
        for each in ast.walk(parse(text))
        if isinstance(each, ast.Compare)
    ]
    return [pair for each in compared for pair in _equal(each)]


def bounded(condition: Filter) -> list[str]:
    """Return the variables that a condition holds against a bound, each of whose cells must then be
    a number: by `min` or `max`, or by a filter's <, <=, > or >= beside a number.
    """
    if isinstance(condition, Mapping):
        return [name for name, allowed in condition.items() if isinstance(allowed, Mapping)]
    return [
        name
        for text in listed(condition)
        for each in ast.walk(parse(text))
        if isinstance(each, ast.Compare)
        for name in _beside_numbers(each)
    ]


def _beside_numbers(compared: ast.Compare) -> Iterator[str]:
    sides = [compared.left, *compared.comparators]
    for left, kind, right in zip(sides, compared.ops, sides[1:], strict=False):
        if isinstance(kind, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
            for name, other in ((left, right), (right, left)):
                if not isinstance(name, ast.Name) or isinstance(other, ast.Name):
                    continue
                if not isinstance(_constant(other), str):
                    yield name.id


def _equal(compared: ast.Compare) -> Iterator[tuple[str, tuple[Any, ...]]]:
    sides = [compared.left, *compared.comparators]
    for left, kind, right in zip(sides, compared.ops, sides[1:], strict=False):
        if isinstance(kind, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
            name, other = (left, right) if isinstance(left, ast.Name) else (right, left)
            listed = other.elts if isinstance(other, ast.List | ast.Tuple | ast.Set) else [other]
            if isinstance(name, ast.Name) and not isinstance(other, ast.Name):
                yield name.id, tuple(_constant(item) for item in listed)


@cache
def parse(text: str) -> ast.expr:
    """Parse a filter and refuse whatever is not in the closed language.

    Raises
    ------
    FilterError
        With what is wrong.
    """
    if len(text) > LONGEST:
        raise FilterError(f"a filter may have {LONGEST} characters at most")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        _refuse_others(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, FilterError):
            raise
        hint = (
            "; two texts or numbers are compared with =="
            if "=" in text and "==" not in text
            else ""
        )
        raise FilterError(f"not a filter{hint}") from None
    return tree


def _among(column: pd.Series, allowed: Any) -> pd.Series:
    if isinstance(allowed, Mapping):
        if not pd.api.types.is_numeric_dtype(column):
            raise FilterError(f"{column.name!r} holds texts, and `min` and `max` need numbers")
        inside = column.between(allowed.get("min", float("-inf")), allowed.get("max", float("inf")))
        return inside.fillna(False).astype(bool)
    return column.isin(list(allowed))


def _refuse_others(node: ast.expr) -> None:
    if isinstance(node, ast.BoolOp):
        for value in node.values:
            _refuse_others(value)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        _refuse_others(node.operand)
    elif isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for left, kind, right in zip(sides, node.ops, sides[1:], strict=False):
            _refuse_comparison(left, kind, right)
    elif not _asks_missing(node):
        raise FilterError("only comparisons, missing(...), and, or, not are known")


def _refuse_comparison(left: ast.expr, kind: ast.cmpop, right: ast.expr) -> None:
    if isinstance(kind, ast.In | ast.NotIn):
        if not (isinstance(left, ast.Name) and isinstance(right, ast.List | ast.Tuple | ast.Set)):
            raise FilterError("`in` asks whether a variable is in a list [...]")
        for item in right.elts:
            _constant(item)
        return
    if type(kind) not in COMPARISONS:
        raise FilterError("`is` is not known; texts and numbers are compared with ==")
    sides = (left, right)
    if not any(isinstance(side, ast.Name) for side in sides):
        raise FilterError("a comparison needs a variable")
    for side in sides:
        if not isinstance(side, ast.Name):
            _constant(side)


def _constant(node: ast.expr) -> Any:
    """Return a number or text; a minus sign may stand before a number."""
    if (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and not isinstance(_constant(node.operand), str)
    ):
        return -_constant(node.operand)
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float):
        return node.value
    raise FilterError(
        "a variable can be compared with a number, a text in quotes, or another variable"
    )


def _asks_missing(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "missing"
        and not node.keywords
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Name)
    )


def _names(node: ast.expr) -> list[str]:
    named = [part for part in ast.walk(node) if isinstance(part, ast.Name) and part.id != "missing"]
    return [part.id for part in sorted(named, key=lambda part: (part.lineno, part.col_offset))]


def _truth(node: ast.expr, table: pd.DataFrame) -> pd.Series:
    """Return true, false or unknown for each row (Kleene's logic: unknown or true is true, unknown
    and false is false).
    """
    if isinstance(node, ast.BoolOp):
        parts = [_truth(value, table) for value in node.values]
        together = operator.and_ if isinstance(node.op, ast.And) else operator.or_
        found = parts[0]
        for part in parts[1:]:
            found = together(found, part)
        return found
    if isinstance(node, ast.UnaryOp):
        return ~_truth(node.operand, table)
    if isinstance(node, ast.Call):
        [asked] = node.args
        assert isinstance(asked, ast.Name)
        return table[asked.id].isna().astype("boolean")
    assert isinstance(node, ast.Compare)
    sides = [node.left, *node.comparators]
    found = pd.Series(True, index=table.index, dtype="boolean")
    for left, kind, right in zip(sides, node.ops, sides[1:], strict=False):
        found &= _compared(left, kind, right, table)
    return found


def _compared(left: ast.expr, kind: ast.cmpop, right: ast.expr, table: pd.DataFrame) -> pd.Series:
    known = pd.Series(True, index=table.index)
    for side in (left, right):
        if isinstance(side, ast.Name):
            known &= table[side.id].notna()
    if isinstance(kind, ast.In | ast.NotIn):
        inside = table[left.id].isin([_constant(item) for item in right.elts])  # type: ignore[attr-defined]
        found = inside if isinstance(kind, ast.In) else ~inside
    else:
        values = [
            _comparable(table[side.id]) if isinstance(side, ast.Name) else _constant(side)
            for side in (left, right)
        ]
        _refuse_mixture(values)
        found = COMPARISONS[type(kind)](*values)
    return pd.Series(found, index=table.index).astype("boolean").where(known)


def _comparable(values: pd.Series) -> pd.Series:
    """Return a column that can be compared: a category as the texts of its levels."""
    return values.astype(object) if isinstance(values.dtype, pd.CategoricalDtype) else values


def _refuse_mixture(values: list[Any]) -> None:
    texts = [
        not pd.api.types.is_numeric_dtype(value)
        if isinstance(value, pd.Series)
        else isinstance(value, str)
        for value in values
    ]
    if texts[0] != texts[1]:
        name = next(value.name for value in values if isinstance(value, pd.Series))
        raise FilterError(f"{name!r} is compared as a text with a number")
