"""The verdict of version 2 in words: its reasons, the test that decides, and what each clause
saw.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..base.number_formats import fixed, interval, known, p_words, share
from . import display_names

Entry = Mapping[str, Any]
Line = tuple[str, str]
CANNOT = 0.2
"""A rule that says "supported" less often than this where the effect is three times the smallest
one of interest cannot confirm the hypothesis with these data; asked of the upper end of the share's
interval, as draws may be few.
"""
MULTIPLE = 3
ORDER = (
    "Why",
    "Decided by",
    "Parts of the claim",
    "Selection",
    "Region effects and construct",
    "Each region left out",
    "States that alone turn the adjusted decision",
    "Specification curve by option",
    "Rows of the rarer outcome for each slope",
    "Could not be applied",
    "Simulated worlds",
)
"""Labels of lines, in the order in which they are read; the verdict printed before comes last."""


def lines(entry: Entry, about: Entry) -> list[Line]:
    """Return what is said of a hypothesis under version 2, each as a label and a text.

    Parameters
    ----------
    entry : mapping
        A hypothesis of verdicts.json that has `version_2`.
    about : mapping
        `version_2` of verdicts.json itself: the rule, its hash, its date and reason.

    Returns
    -------
    list of (str, str)
        In the order in which they are read: why, by which test, the parts of the claim, selection,
        region and construct, single states, the curve, what was not applied, what simulated worlds
        say of the rule, and the verdict of version 1 as it was printed before.
    """
    of = entry["version_2"]
    made = (
        _reasons(of),
        _test(of),
        _parts(of),
        _selection(of),
        _turns(of),
        _regions(of),
        _states(of),
        _curve(of, about["rule"]),
        _room(of, about["rule"]),
        _not_applied(of),
        simulated_worlds(of),
        _before(of),
    )
    return [line for several in made for line in several]


def verdict(of: Entry) -> str:
    """Return the verdict with a word on what it is not: complete where a clause was not applied."""
    name = str(of["verdict"]).capitalize()
    partly = of["verdict"] != "undecided" and of["not_applied"]
    return f"{name}, as far as the rule could be applied" if partly else name


def method(test: Entry) -> str:
    """Return the name of the test that decides."""
    if test["method"] in ("cluster", "primary"):
        return "the declared test"
    return display_names.low(
        display_names.named(display_names.INFERENCE_METHODS, str(test["method"]))
    )


def _reasons(of: Entry) -> Iterator[Line]:
    yield "Why", display_names.sentence("; ".join(of["reasons"]))


def _test(of: Entry) -> Iterator[Line]:
    test = of["test"]
    text = method(test)
    if known(test["size"]):
        text += (
            f" (rejects {share(test['size'])} of true nulls at 5% where states share a spatial "
            f"field; {test['draws']:,} draws, {test['measured']})"
        )
    if known(test["p_value"]):
        text += f": {p_words(test['p_value'])}"
        text += f", adjusted {p_words(of['p_holm'])}" if known(of["p_holm"]) else ""
    if test["not_fitted"]:
        text += (
            f"; {test['not_fitted']:,} of {test['replicates']:,} draws have no estimate and count "
            "as farther from zero than the data"
        )
        text += "" if known(test["conf_low"]) else ", so that the interval has no ends"
    if known(test["conf_low"]):
        text += f"; 95% interval {interval((test['conf_low'], test['conf_high']), 3)}"
    if known(of["p_equivalence_holm"]):
        text += (
            "; smaller than the smallest effect of interest: "
            f"{p_words(of['p_equivalence_holm'])}, adjusted"
        )
    yield "Decided by", display_names.sentence(text)


def _parts(of: Entry) -> Iterator[Line]:
    texts = [_part(part) for part in of["parts"]]
    if texts:
        yield "Parts of the claim", display_names.sentence("; ".join(texts))


def _part(part: Entry) -> str:
    if part["untested"]:
        room = part["rows_per_slope"]
        few = f" ({fixed(room, 1)} rows of the rarer outcome for each slope)" if known(room) else ""
        return f"{part['label']}: {part['untested']}{few}"
    return (
        f"{part['label']}: {part['verdict']} ({fixed(part['estimate'], 2)}, "
        f"{p_words(part['p_value'])}, n {part['n']})"
    )


def _selection(of: Entry) -> Iterator[Line]:
    if not of["association"]:
        return
    text = "an association among participants, not an effect on all states"
    rows = [row for row in of["selection"] if known(row["estimate"])]
    if rows:
        low, high = (
            min(rows, key=lambda row: row["estimate"]),
            max(rows, key=lambda row: row["estimate"]),
        )
        text += (
            f"; with assumed correlations of joining and outcome from "
            f"{fixed(min(row['correlation'] for row in rows), 1)} to "
            f"{fixed(max(row['correlation'] for row in rows), 1)} the coefficient (probit) is "
            f"{fixed(low['estimate'], 2)} to {fixed(high['estimate'], 2)}"
        )
    bounds = [
        f"{row['label']} {interval((row['low'], row['high']), 2)}" for row in of["lee_bounds"]
    ]
    if bounds:
        text += (
            f"; Lee (2009) bounds on the difference in level, high minus low: {', '.join(bounds)}"
        )
    yield "Selection", display_names.sentence(text)


def _turns(of: Entry) -> Iterator[Line]:
    texts = [
        f"{row['label']}: {fixed(row['estimate'], 3)} ({share(row['share_kept'])} of the "
        f"estimate, {p_words(row['p_value'])}, n "
        f"{row['n']}{', shown and not deciding' if row['kind'] == 'shown' else ''})"
        for row in of["turns"]
        if known(row["share_kept"])
    ]
    if texts:
        yield "Region effects and construct", display_names.sentence("; ".join(texts))


def _regions(of: Entry) -> Iterator[Line]:
    texts = [
        f"without {row['label']} {fixed(row['estimate'], 3)} "
        f"{interval((row['conf_low'], row['conf_high']), 3)}, {row['n']} rows left"
        if known(row["estimate"])
        else f"without {row['label']} not estimated, {row['n']} rows left"
        for row in of["regions_left_out"]
    ]
    if texts:
        yield "Each region left out", display_names.sentence("; ".join(texts))


def _states(of: Entry) -> Iterator[Line]:
    flips = of["flips_holm"]
    if flips is not None:
        listed = ", ".join(flips) if flips else "none"
        yield "States that alone turn the adjusted decision", listed


def _curve(of: Entry, rule: Entry) -> Iterator[Line]:
    curve = of["curve"]
    if not curve or not curve["n"]:
        return
    weak = [
        f"{row['label']} ({share(row['sign_share'])} of {row['n']:,})"
        for row in curve["options"]
        if row["n"] and row["sign_share"] < rule["option_share"]
    ]
    text = (
        f"{curve['n']:,} of {curve['of']:,} specifications "
        f"{'hold the confounders' if rule['confounders'] else 'are judged'} "
        f"({curve['ran_off']:,} run off and count as wrong); by option the predicted sign is kept "
        f"in {share(curve['sign_share'])}; median "
        f"{fixed(curve['median'], 3) if known(curve['median']) else 'runs off'}"
    )
    named = f"; under {rule['option_share']:.0%}: {'; '.join(weak)}" if weak else "; no option is "
    tail = "" if weak else f"under {rule['option_share']:.0%}"
    yield "Specification curve by option", display_names.sentence(text + named + tail)


def _room(of: Entry, rule: Entry) -> Iterator[Line]:
    room = of["room"]
    if not of["parts"] and room and known(room["rows_per_slope"]):
        few = room["rows_per_slope"] < rule["least_rows_per_slope"]
        text = f"{fixed(room['rows_per_slope'], 1)}"
        text += f", fewer than {rule['least_rows_per_slope']:g}" if few else ""
        yield "Rows of the rarer outcome for each slope", text


def _not_applied(of: Entry) -> Iterator[Line]:
    if of["not_applied"]:
        yield "Could not be applied", display_names.sentence("; ".join(of["not_applied"]))


def simulated_worlds(of: Entry) -> Iterator[Line]:
    """Give what the rule says in simulated worlds with the effect, and in those without it."""
    found = of["simulated"]
    if not found:
        return
    shares = {row["multiple"]: row for row in found["found"]}
    texts = [
        f"{share(row['supported'])} at {multiple:g} times the smallest effect"
        for multiple, row in sorted(shares.items())
    ]
    text = f"the rule says supported in {', '.join(texts)}"
    if found["false"] == 0:
        text += "; in no draw of the worlds where it is not true"
    elif found["false"] is not None:
        text += (
            f"; where it is not true at most in {share(found['false'])} of draws in the world "
            f"\N{LEFT DOUBLE QUOTATION MARK}{found['false_world']}\N{RIGHT DOUBLE QUOTATION MARK}"
        )
    text += f" ({found['draws']}, {found['made']})"
    last = shares.get(MULTIPLE)
    if last and last["upper"] < CANNOT:
        text += ". This rule cannot confirm the hypothesis with these data"
    elif last and last["supported"] < CANNOT:
        text += f". The draws are too few to say whether that is under {CANNOT:.0%}"
    yield "Simulated worlds", display_names.sentence(text)


def _before(of: Entry) -> Iterator[Line]:
    before = of["before"]
    if before:
        yield (
            f"Version 1 on data {before['data_version']}, as printed then",
            f"{before['verdict']}: {fixed(before['estimate'], 3)}, adjusted "
            f"{p_words(before['p_holm'])}, n {before['n']} ({before['printed']})",
        )
