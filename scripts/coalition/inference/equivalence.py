"""Tests of whether an effect is too small to matter."""

from __future__ import annotations

from dataclasses import dataclass

from ..base.distributions import normal_or_t


@dataclass(frozen=True)
class Equivalence:
    """p_below : of the test that the effect is at least the margin, against smaller; p_above : that
    it is at most minus the margin, against larger; p_value : the larger of both, of the test that
    the effect is not within the margins.
    """

    p_below: float
    p_above: float

    @property
    def p_value(self) -> float:
        """The p-value of both one-sided tests together."""
        return max(self.p_below, self.p_above)


def two_one_sided_tests(
    estimate: float, std_error: float, margin: float, df: float | None = None
) -> Equivalence:
    """Test whether an effect lies within plus and minus a margin (Schuirmann 1987; for political
    science Rainey 2014).

    Parameters
    ----------
    estimate, std_error : float
    margin : float
        The smallest effect of interest, above zero, on the scale of the estimate.
    df : float, optional
        Of the t distribution; normal if not given.

    Raises
    ------
    ValueError
        For a margin or a standard error that is not above zero.
    """
    if not margin > 0 or not std_error > 0:
        raise ValueError(
            f"the margin ({margin}) and the standard error ({std_error}) must be above zero"
        )
    distribution = normal_or_t(df)
    return Equivalence(
        p_below=float(distribution.cdf((estimate - margin) / std_error)),
        p_above=float(distribution.sf((estimate + margin) / std_error)),
    )
