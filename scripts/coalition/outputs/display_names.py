"""The words that are printed for the names that files hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..formula.inference_methods import ROWS as METHODS_OF_INFERENCE

CONTRASTS = {
    "more_reserved": "Change of P(reserved) at high {second}",
    "less_abstaining": "Fall of P(abstain) at high {second}",
    "reserved_not_unreserved": "Change of P(reserved) minus change of P(unreserved) at high "
    "{second}",
    "more_reserved_at_low": "Change of P(reserved) at low {second}",
    "less_abstaining_at_low": "Fall of P(abstain) at low {second}",
    "reserved_not_unreserved_at_low": "Change of P(reserved) minus change of P(unreserved) at "
    "low {second}",
    "second_difference": "Change of P(reserved) at high minus at low {second}",
}
AUXILIARY = {
    "rho": "Correlation of the errors (rho)",
    "sigma": "Standard deviation of the outcome's error (sigma)",
    "inverse_mills": "Inverse Mills ratio (rho × sigma)",
}
LEVELS = {
    "abstain": "Abstain",
    "reserved": "Join with reservations",
    "unreserved": "Join without reservations",
    "unreserved or reserved": "Join",
}
FAILURES = {
    "separation": "separation",
    "no_convergence": "no convergence",
    "collinearity": "collinearity",
    "too_few_clusters": "too few clusters",
    "too_few_rows": "too few rows",
    "constant_outcome": "the outcome does not vary",
    "leverage": "leverage of one",
    "boundary": "the correlation runs to its limit",
    "too_few_levels": "too few levels",
    "crossing": "probabilities below zero",
    "no_variance": "no variance between units",
    "level_missing": "a level that the claim needs does not occur",
    "term_missing": "what is tested is left out",
    "unknown_setting": "settings that the solver does not know",
}
CLUSTERS = {"iso3": "state", "unit": "unit"}
ERRORS = {
    "model": "standard errors of the model itself",
    "hc0": "robust standard errors (HC0)",
    "hc1": "robust standard errors (HC1)",
    "hc2": "robust standard errors (HC2)",
    "hc3": "robust standard errors (HC3)",
    "driscoll_kraay": "standard errors of Driscoll and Kraay",
    "panel_corrected": "panel-corrected standard errors (Beck and Katz 1995)",
}
SCORES = {
    "model": "rows taken as independent",
    "clusters": "the rows of a cluster correlated by what all clusters show",
}
"""What the variance of a score rests on."""
CORRECTIONS = {
    "full": "",
    "clusters": " (factor G/(G-1) alone)",
    "none": " (without a factor for few clusters)",
}
UNITS = {
    "row": "a row of the file",
    "country_operation": "states by operation",
    "country_operation_year": "states by operation and year",
}
METHODS = {
    "mean_z": "mean of z-scores",
    "pca": "first principal component",
    "single": "one component",
    "joint": "geometric mean of percentile ranks",
    "lowest_rank": "lowest percentile rank",
}


INFERENCE_METHODS = {
    "primary": "Primary test, as in the verdict",
    **{method.name: method.label for method in METHODS_OF_INFERENCE},
}
"""Ways of telling how sure an estimate is; those of a linear model stand under a heading of their
own.
"""


def level(name: str | None) -> str:
    """Return what is printed for a level of an outcome."""
    return "" if name is None else LEVELS.get(name, name[:1].upper() + name[1:])


def cut_point(name: str) -> str:
    """Return what is printed for a cut point such as "low|medium"."""
    return " | ".join(level(part) for part in name.split("|"))


def named(words: Mapping[str, str], name: str) -> str:
    """Return the words for a name; of a name that has none, the name with spaces."""
    return words.get(name, name.replace("_", " "))


def numbers(positions: Iterable[int]) -> str:
    """Return column numbers with runs joined: 1, 2, 3 and 6 are "(1) to (3), (6)", with a dash for
    "to".
    """
    runs: list[list[int]] = []
    for position in positions:
        if runs and runs[-1][-1] == position - 1:
            runs[-1].append(position)
        else:
            runs.append([position])
    return ", ".join(
        f"({run[0]})" if len(run) == 1 else f"({run[0]})\N{EN DASH}({run[-1]})" for run in runs
    )


def by_column(texts: Mapping[int, Iterable[str]], among: Iterable[int] = ()) -> list[str]:
    """Return each different text once, after the numbers of the columns that it belongs to.

    A text of all the columns `among` which it stands needs no numbers.
    """
    columns: dict[str, list[int]] = {}
    for position, lines in texts.items():
        for line in dict.fromkeys(lines):
            columns.setdefault(line, []).append(position)
    return [
        line if positions == list(among) else f"{numbers(positions)} {line}"
        for line, positions in columns.items()
    ]


def with_labels(message: str, names: Mapping[str, str]) -> str:
    """Return a message in which whole names of variables are replaced by their labels; labels that
    stand there already stay.
    """
    wanted = sorted({*names, *names.values()}, key=len, reverse=True)
    if not wanted:
        return message
    pattern = (
        r"(?<!\w)(?<!\w:)(?<!\w\()(?:" + "|".join(map(re.escape, wanted)) + r")(?![\w\[(]|:\w)"
    )
    return re.sub(pattern, lambda match: names.get(match[0], match[0]), message)


def low(label: str) -> str:
    """Return a label as it stands within a sentence: without its capital, unless it begins with an
    abbreviation or a one-letter word.
    """
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def direction(sign: int) -> str:
    """Return a predicted sign in words."""
    return "positive" if sign > 0 else "negative"


def sentence(text: str) -> str:
    """Return a text as a sentence: a capital first, a full stop last."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def plural(number: int, word: str) -> str:
    """Return a number with its noun: 1 row, 2 rows."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def plural_of(word: str) -> str:
    """Return the plural of an English noun that does not end in s: countries, branches, days."""
    if re.search(r"[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    return f"{word}{'es' if re.search('(x|z|ch|sh)$', word) else 's'}"


def coders(group: str) -> str:
    """Return in words which coders a comparison is of: "all", "1 and 2", or one alone."""
    if group == "all":
        return "all coders"
    return f"coders {group}" if " and " in group else f"coder {group} alone"
