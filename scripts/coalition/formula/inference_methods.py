"""Methods of inference: one row a method, what it is called, and for which families it exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

LIKELIHOOD = ("logit", "probit", "ordered_logit", "multinomial_logit", "poisson")
"""Families whose log likelihood is known row by row."""
LEVELS = ("logit", "ordered_logit", "multinomial_logit")
COUNTERPART = ("logit", "firth_logit", "ordered_logit", "poisson")
"""Families for which a linear model with one coefficient stands, and that are none themselves."""
REDUCED = ("bias_reduced_ordered_logit", "bias_reduced_multinomial_logit")


@dataclass(frozen=True)
class Method:
    """A method of inference for one coefficient.

    families : those for which it exists; needs : what its rows must have besides; rows : whether it
    takes rows as independent, whatever the model's clusters
    """

    name: str
    label: str
    families: tuple[str, ...]
    needs: tuple[Literal["coordinates", "region", "cluster"], ...] = ()
    rows: bool = False

    @property
    def linear(self) -> bool:
        """Whether it tests in the linear counterpart of the model."""
        return self.name.startswith("linear_")


ROWS = (
    Method("model", "Model-based, rows independent", (*LIKELIHOOD, "ols"), rows=True),
    Method("cr2", "CR2", ("ols", "logit", "poisson", "ordered_logit", "multinomial_logit",
    *REDUCED)),
    Method("cr3", "CR3, one Newton step", (*LIKELIHOOD, "ols")),
    Method("jackknife", "Jackknife, fitted again", LIKELIHOOD),
    Method(
        "firth", "Firth, profile likelihood, rows independent", ("logit", "firth_logit"), rows=True
    ),
    Method("likelihood_ratio", "Likelihood ratio, rows independent", LIKELIHOOD, rows=True),
    Method(
        "profile", "Likelihood ratio, profile interval, rows independent", LIKELIHOOD, rows=True
    ),
    Method("score", "Score test, rows independent", LIKELIHOOD, rows=True),
    Method("score_bootstrap", "Score bootstrap", LIKELIHOOD),
    Method("wild_bootstrap", "Wild cluster bootstrap", ("ols",)),
    Method("permutation", "Permutation within operations", (*LIKELIHOOD, "ols")),
    Method("conley", "Conley, to 2,000 km", (*LIKELIHOOD, "ols"), ("coordinates",)),
    Method("scpc", "SCPC (Müller & Watson)", (*LIKELIHOOD, "ols"), ("coordinates",)),
    Method(
        "field_bootstrap", "Bootstrap under a spatial field", LEVELS, ("coordinates", "cluster")
    ),
    Method("permutation_within_regions", "Permutation within regions", LEVELS, ("region",)),
    Method("linear_cluster", "Clustered (HC1)", COUNTERPART),
    Method("linear_cr2", "CR2", COUNTERPART),
    Method("linear_wild_bootstrap", "Wild cluster bootstrap", COUNTERPART),
    Method("linear_permutation", "Permutation within operations", COUNTERPART),
)  # fmt: skip
METHODS: dict[str, Method] = {method.name: method for method in ROWS}


@dataclass(frozen=True)
class Asked:
    """What a model asks for: methods, the terms that they test (all where none are named), and the
    column within whose values permutations stay.
    """

    methods: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    within: str | None = None

    def tests(self, term: str) -> bool:
        """Whether a coefficient is tested: that of a term, or of one of its categories."""
        return not self.terms or term in self.terms or term.partition("[")[0] in self.terms


def asked_of(model: Mapping[str, Any]) -> Asked:
    """Return what `inference` of a model says, in either form."""
    given = model.get("inference") or []
    if not isinstance(given, Mapping):
        return Asked(tuple(given))
    terms = tuple(given.get("terms", ()))
    return Asked(tuple(given["methods"]), terms, given.get("within"))


def existing(family: str) -> list[str]:
    """Return the names of the methods that exist for a family."""
    return [method.name for method in ROWS if family in method.families]
