"""Terms that the page uses: what each means, once, and where one stands in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

TERMS = {
    "caveat": "A political reservation that a state puts on the use of its own contingent: on "
    "tasks, on places, or on the rules of engagement. Lack of capacity is none.",
    "abandonment": "The fear that the ally will not be there when it is needed (Snyder 1984).",
    "entrapment": "The fear of being dragged into a war of the ally's that one's own interests do "
    "not justify (Snyder 1984).",
    "Holm": "An adjustment of p-values for the number of tests (Holm 1979): the smallest is "
    "multiplied by the number of tests, the next by one less, and so on.",
    "Firth": "A logit whose likelihood carries a penalty that removes the bias of small samples "
    "and keeps estimates finite where an outcome is separated (Firth 1993).",
    "CR2": "Clustered standard errors corrected for few clusters (Bell and McCaffrey 2002).",
    "CR3": "Clustered standard errors near those of the jackknife: each cluster left out in turn.",
    "corner": "A combination of the two fears: both low, both high, or one of each.",
    "specification": "One way to run the same test: a choice of measure, controls, sample and "
    "model. All defensible ones together are the specification curve.",
    "odds ratio": "How many times the odds of the outcome are multiplied by one unit more of the "
    "term, which for a measure is one standard deviation. 1 means no association.",
    "clustered": "Standard errors that allow the rows of one state to be alike.",
    "power": "The probability that a test finds an effect of a given size.",
    "smallest effect of interest": "The size below which an effect would not matter here; declared "
    "in the config before the test.",
    "latent": "Not seen itself, and inferred from several statements that show it with error.",
    "Moran": "Moran's I: whether the residuals of neighbouring states are alike.",
    "bootstrap": "A p-value from many samples drawn anew from the data, or from the fitted model.",
    "permutation": "A p-value from shuffling who has which value: how often chance alone gives as "
    "much.",
    "imputed": "Missing values filled in several times from what is known, so that the interval "
    "carries what is not.",
}
"""Term -> its meaning, as the page's glossary prints it."""
ENDINGS = {"caveat": "s?", "corner": "s?", "specification": "s?", "odds ratio": "s?"}


def anchor(term: str) -> str:
    """Return the id of a term on the page."""
    return f"term-{term.casefold().replace(' ', '-')}"


def used(texts: Iterable[str]) -> dict[str, str]:
    """Return the terms that stand in one of the texts, in the order of the alphabet."""
    whole = " ".join(texts)
    return {
        term: TERMS[term]
        for term in sorted(TERMS, key=str.casefold)
        if re.search(_pattern(term), whole)
    }


def linked(text: str) -> Markup:
    """Return a text with each term linked to its meaning where it first stands."""
    places: list[tuple[int, int, str]] = []
    for term in TERMS:
        found = re.search(_pattern(term), text)
        if found and not any(
            start < found.end() and found.start() < end for start, end, _ in places
        ):
            places.append((*found.span(), term))
    parts, at = [], 0
    for start, end, term in sorted(places):
        parts += [
            escape(text[at:start]),
            Markup('<a class="defined" href="#{}">{}</a>').format(anchor(term), text[start:end]),
        ]
        at = end
    return Markup("").join([*parts, escape(text[at:])])


def _pattern(term: str) -> str:
    word = rf"\b{re.escape(term)}{ENDINGS.get(term, '')}\b"
    return word if term[0].isupper() else rf"(?i:{word})"
