"""The outcomes that samples of states and operations hold: one row an outcome.

Everything asks it here: the check, the labels, what is left out, the samples themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

CROSS_SECTION, PANEL = "country_operation", "country_operation_year"


@dataclass(frozen=True)
class Outcome:
    """A column that a sample makes itself."""

    name: str
    label: str
    measured: str
    """Its unit, or its values."""
    unit: str = CROSS_SECTION
    """What one row of its samples is."""
    file: str | None = None
    """Of an operation, without which it is missing; the contributors are always there."""
    column: str | None = None
    """Of the contributors, without which it is missing."""
    numeric: bool = True
    modelled: bool = True
    """Whether a model may take it; if not, it only documents the rows."""
    builder: str | None = None
    """`module:function` below `samples/` that makes it of the rows with the outcomes before it;
    the others are made together."""


PERSONNEL = "troops per 1,000 military personnel"
ROWS = (
    Outcome("participated", "Participated", "1 yes, 0 no"),
    Outcome(
        "response", "Response", "abstain, unreserved, reserved", file="caveats", numeric=False
    ),
    Outcome("caveat_level", "Caveat level (0-3)", "0 none to 3 high", file="caveats"),
    Outcome("any_caveat", "Any caveat", "1 yes, 0 no", file="caveats"),
    Outcome("substantive_caveat", "Substantive caveat", "1 yes, 0 no", file="caveats"),
    Outcome("n_caveat_types", "Types of caveat", "mean of the coders' counts", file="caveat_types"),
    Outcome("n_coders", "Coders", "count", file="caveats", numeric=False, modelled=False),
    Outcome(
        "n_caveat_rows", "Rows of caveats", "count", file="caveats", numeric=False, modelled=False
    ),
    Outcome("peak_troops", "Troops at the peak", "troops", column="peak_troops"),
    Outcome(
        "peak_troops_per_1000", "Peak troops per 1,000 military personnel", PERSONNEL,
        column="peak_troops", builder="outcome_columns:peak_troops_per_1000",
    ),
    Outcome(
        "log_peak_troops_per_1000", "Peak troops per 1,000 military personnel (log)",
        f"log of {PERSONNEL}", column="peak_troops",
        builder="outcome_columns:log_peak_troops_per_1000",
    ),
    Outcome("deployed", "Deployed", "1 yes, 0 no", PANEL),
    Outcome("troops", "Troops", "troops", PANEL, file="troops"),
    Outcome(
        "troops_per_1000", "Troops per 1,000 military personnel", PERSONNEL, PANEL, file="troops",
        builder="outcome_columns:troops_per_1000",
    ),
    Outcome(
        "log_troops_per_1000", "Troops per 1,000 military personnel (log)", f"log of {PERSONNEL}",
        PANEL, file="troops", builder="outcome_columns:log_troops_per_1000",
    ),
    Outcome("exited", "Left early", "1 yes, 0 no", PANEL),
    Outcome("years_in", "Years in the operation", "years", PANEL),
)  # fmt: skip
OUTCOMES: dict[str, Outcome] = {outcome.name: outcome for outcome in ROWS}


def outcomes_of(unit: str) -> list[Outcome]:
    """Return the outcomes of samples of a unit, in the order of the rows."""
    return [outcome for outcome in OUTCOMES.values() if outcome.unit == unit]


def modelled(unit: str) -> list[str]:
    """Return the names of the outcomes that a model of such a sample may take."""
    return [outcome.name for outcome in outcomes_of(unit) if outcome.modelled]
