"""How stored numbers are printed: decimals, signs, p-values and their stars, shares, intervals."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeGuard

Number = int | float | None
Value = Number | str | tuple[Number, Number]

MINUS = "\N{MINUS SIGN}"
MISSING = "\N{EM DASH}"
SMALL = -6
"""Power of ten below which a number is printed with it."""
STARS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))


def known(value: object) -> TypeGuard[float]:
    """Return whether a value is a number that means something."""
    return isinstance(value, int | float) and math.isfinite(value)


def finite(value: float) -> float | None:
    """Return a number as results store it: None where it is not finite."""
    return float(value) if math.isfinite(value) else None


def fixed(value: Number, decimals: int) -> str:
    """Return a number with a fixed number of decimals, thousands separated by commas, and a true
    minus sign.

    A number that the decimals do not reach gets two significant digits, so that it never prints as
    zero; a very small one has a power of ten, as 5.4e−9.
    """
    if not known(value):
        return MISSING
    text = f"{value:,.{decimals}f}"
    if value != 0 and not text.strip("-0.,"):
        size = math.floor(math.log10(abs(value)))
        text = f"{value:.1e}" if size < SMALL else f"{value:.{1 - size}f}"
        text = re.sub(r"e-0*", "e-", text)
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def count(value: Number) -> str:
    """Return a whole number with thousands separated by commas."""
    return fixed(value, 0)


def p_value(value: Number) -> str:
    """Return a p-value with three decimals, "<0.001" below and ">0.999" above what they show."""
    if not known(value):
        return MISSING
    if value < 0.001:
        return "<0.001"
    return ">0.999" if 0.9995 <= value < 1 else f"{value:.3f}"


def p_words(value: Number) -> str:
    """Return a p-value as a sentence says it: "p = 0.012", "p < 0.001"."""
    text = p_value(value)
    return f"p {text[0]} {text[1:]}" if text[0] in "<>" else f"p = {text}"


def share(value: Number) -> str:
    """Return a share as a percentage with one decimal."""
    return f"{fixed(100 * value, 1)}%" if known(value) else MISSING


def interval(value: tuple[Number, Number], decimals: int) -> str:
    """Return both ends of an interval in brackets; an end that is not known is a dash."""
    low, high = value
    if not known(low) and not known(high):
        return MISSING
    return f"[{fixed(low, decimals)}, {fixed(high, decimals)}]"


def share_interval(value: tuple[Number, Number]) -> str:
    """Return an interval of a share in percent."""
    low, high = value
    return f"[{share(low)}, {share(high)}]" if known(low) or known(high) else MISSING


def stars(value: Number) -> str:
    """Return the stars of a p-value."""
    return next((text for bound, text in STARS if known(value) and value < bound), "")


def _bracketed(value: Number, decimals: int) -> str:
    return f"({fixed(value, decimals)})" if known(value) else MISSING


MOST = 7
"""One more than the decimals that a table may have."""
FORMS: Mapping[str, Callable[[Any], str]] = {
    "text": lambda value: MISSING if value is None else str(value),
    "count": count,
    "p": p_value,
    "share": share,
    "share_interval": share_interval,
    "test": lambda value: f"[{p_value(value)}]" if known(value) else MISSING,
    "p_below": lambda value: f"({p_value(value)})" if known(value) else MISSING,
    **{f"error{decimals}": partial(_bracketed, decimals=decimals) for decimals in range(MOST)},
    **{f"fixed{decimals}": partial(fixed, decimals=decimals) for decimals in range(MOST)},
    **{f"interval{decimals}": partial(interval, decimals=decimals) for decimals in range(MOST)},
}
"""How a stored value is printed, by name."""
