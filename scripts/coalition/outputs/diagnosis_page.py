"""The page of the verdict rules on trial: what is true in each world, and what the rules say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..base.markdown_lines import wrapped
from ..base.number_formats import fixed, share
from .second_verdict import CANNOT, MULTIPLE

Entry = Mapping[str, Any]
VERSIONS = {"first": "1", "second": "2"}
CLAUSES = {
    "valid_test": "no test holds its level",
    "p_value": "the deciding test has no number",
    "region_effects": "turns with region effects",
    "construct": "turns under the other construct",
    "sign": "sign",
    "significance": "adjusted p of the deciding test",
    "no_flip": "a single state turns it",
    "regions": "a region left out",
    "option_share": "sign by option",
    "median": "median of the curve",
    "selection": "assumed correlations of selection",
    "parts": "no part testable",
}


def page(found: Entry, hypotheses: Mapping[str, Entry]) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    found : mapping
        What `robustness.diagnosis.shards.merged` returns.
    hypotheses : mapping
        The block of the config, for titles.
    """
    return wrapped(_lines(found, hypotheses)) + "\n"


def _lines(found: Entry, hypotheses: Mapping[str, Entry]) -> Iterator[str]:
    yield "# The verdict rules on trial"
    yield ""
    yield (
        f"Written by `./run diagnose` on {found['made']}: {found['draws']} draws of each world, "
        f"{found['specifications']} specifications of each curve, {found['replicates']} "
        f"replicates of the test that decides, seed {found['seed']}. A share of 5% has a Monte "
        f"Carlo standard error of {share((0.05 * 0.95 / found['draws']) ** 0.5)} with so many "
        f"draws, one of 50% of {share((0.25 / found['draws']) ** 0.5)}; none in so many draws "
        f"leaves a share of up to {share(found['none_leaves'])} (95%, one-sided)."
    )
    yield ""
    yield (
        "Who joins, under which caveats and how many kinds of them is simulated on the real "
        "states, terms and coordinates; in every world neighbours share the spatial field that is "
        "fitted to the data. Each draw goes through the primary tests, each state and region left "
        "out, region effects, the specification curve and both versions of the rule. What can no "
        "longer change a verdict is not computed."
    )
    yield ""
    yield "## What the rules say"
    yield ""
    yield (
        "Effects are in smallest effects of interest, in the predicted direction: 0 is no effect. "
        "Mean estimate: of the primary tests, in the same unit. The other cells are shares of "
        "draws; in brackets the Monte Carlo standard error."
    )
    for name, about in hypotheses.items():
        yield from ("", f"### {name}: {about['title']}", "")
        yield from _matrix(found["worlds"], name)
    yield from ("", "## False support, and support of what is true", "")
    yield from _power(found, hypotheses)
    yield from ("", "## Which clause of version 2 stands in the way", "")
    yield (
        "Of the draws that version 1 finds significant with the predicted sign, the share in "
        "which a clause of version 2 is not met; several can fail in one draw. Where the effect "
        "is absent or small these are few of the draws of a world, and the shares are coarse."
    )
    for name in hypotheses:
        yield from _clauses(found["worlds"], name)
    yield from _joint(found)
    yield from ("", "## What this does not tell", "")
    yield from _limits(found)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _of(world: Entry, name: str, version: str) -> Entry:
    return next(
        row for row in world["confusion"] if (row["hypothesis"], row["version"]) == (name, version)
    )


def _matrix(worlds: Sequence[Entry], name: str) -> Iterator[str]:
    yield _row(
        [
            "World",
            "True effect",
            "Mean estimate",
            "Version",
            "Supported",
            "Undecided",
            "Contradicted",
        ]
    )
    yield _row(["---", "---:", "---:", "---", "---:", "---:", "---:"])
    for world in worlds:
        for version, number in VERSIONS.items():
            row = _of(world, name, version)
            first = version == "first"
            yield _row(
                [
                    world["label"] if first else "",
                    fixed(world["truth"][name], 2) if first else "",
                    fixed(world["estimates"][name], 2) if first else "",
                    number,
                    f"{share(row['supported'])} ({share(row['error'])})",
                    share(row["undecided"]),
                    share(row["contradicted"]),
                ]
            )


def _power(found: Entry, hypotheses: Mapping[str, Entry]) -> Iterator[str]:
    yield (
        "For each hypothesis: the largest share of "
        "\N{LEFT DOUBLE QUOTATION MARK}supported\N{RIGHT DOUBLE QUOTATION MARK} by version 2 "
        "among the worlds in which it is not true, and the share where the theory is true at "
        "multiples of the smallest effect."
    )
    yield ""
    multiples = [of["multiple"] for of in found["hypotheses"][next(iter(hypotheses))]["found"]]
    yield _row(
        ["Hypothesis", "Where not true", "In the world", *(f"At {m:g} times" for m in multiples)]
    )
    yield _row(["---", "---:", "---", *("---:" for _ in multiples)])
    for name in hypotheses:
        of = found["hypotheses"][name]
        yield _row(
            [
                name,
                share(of["false"]),
                (of["false_world"] or "") if of["false"] else "all of them",
                *(f"{share(row['supported'])} ({share(row['error'])})" for row in of["found"]),
            ]
        )
    yield from _cannot([name for name in hypotheses if _weak(found["hypotheses"][name])])


def _weak(of: Entry) -> bool:
    """Tell whether an effect three times the smallest one of interest is too seldom supported."""
    return any(row["multiple"] == MULTIPLE and row["upper"] < CANNOT for row in of["found"])


def _cannot(names: Sequence[str]) -> Iterator[str]:
    if names:
        yield ""
        yield (
            f"{', '.join(names)}: supported in under {CANNOT:.0%} of draws (95%, one-sided) where "
            "the effect is three times the smallest one of interest. Version 2 cannot confirm "
            f"{'it' if len(names) == 1 else 'them'} with these data."
        )


def _clauses(worlds: Sequence[Entry], name: str) -> Iterator[str]:
    rows = [(world["label"], _of(world, name, "second")) for world in worlds]
    rows = [(label, of) for label, of in rows if of["failed"]]
    if not rows:
        return
    yield from ("", f"### {name}", "")
    for label, of in rows:
        told = sorted(of["failed"].items(), key=lambda item: -item[1])
        texts = [f"{_clause(clause)} {share(value)}" for clause, value in told]
        number = f" ({of['close']} draws)" if of.get("close") else ""
        yield f"- {label}{number}: {'; '.join(texts)}"


def _clause(name: str) -> str:
    if name.startswith("part_"):
        part = name.removeprefix("part_").replace("_", " ")
        return f"part \N{LEFT DOUBLE QUOTATION MARK}{part}\N{RIGHT DOUBLE QUOTATION MARK}"
    return CLAUSES.get(name, name)


def _joint(found: Entry) -> Iterator[str]:
    """Yield how often the joint test of the curve rejects where nothing is true."""
    worlds = [world for world in found["worlds"] if world["joint_test"]]
    if not worlds:
        return
    yield from ("", "## The joint test of the curve", "")
    yield (
        "How often it rejects, at 5%, where a fear has no effect given the confounders and these "
        "are there: of all specifications that were drawn, and of those that have every declared "
        "confounder. No verdict rests on it."
    )
    for world in worlds:
        yield from (
            "",
            (
                "In the world "
                f"\N{LEFT DOUBLE QUOTATION MARK}{world['label']}\N{RIGHT DOUBLE QUOTATION MARK}:"
            ),
            "",
        )
        yield _row(["Hypothesis", "Statistic", "All", "With confounders", "Draws"])
        yield _row(["---", "---", "---:", "---:", "---:"])
        by = {(of["hypothesis"], of["statistic"], of["set"]): of for of in world["joint_test"]}
        for name, statistic in dict.fromkeys((key[0], key[1]) for key in by):
            both = [by[name, statistic, kind] for kind in ("all", "confounders")]
            told = [f"{share(of['rejected'])} ({share(of['error'])})" for of in both]
            yield _row([name, statistic.replace("_", " "), *told, str(both[0]["draws"])])


def _limits(found: Entry) -> Iterator[str]:
    fields = found["worlds"][0]["fields"]
    joining = fields["joining"]
    yield (
        "- The worlds are ours: a logit of joining and an ordered logit of levels with the other "
        "terms as fitted, and one stationary field (of joining, without effects: share "
        f"{fixed(joining['spatial'], 2)}, range {fixed(joining['range_km'], 0)} km)."
    )
    yield (
        "- An effect on caveats moves the number of types by a rate ratio that is, in log, what "
        "the effect on the level is in standard deviations of its latent error."
    )
    yield (
        "- Where both fears have an effect together it is made by a product term in joining, as "
        "large as its contrasts ask for. A model without that term, such as those of H1 and H2b, "
        "then estimates something between the slopes of the low and the high; so support of H1, "
        "H2 and H2b is told from worlds without it."
    )
    yield (
        "- In every draw as many states join each operation as in the data. What the field has in "
        "common everywhere then drops out, and with it a part of the latent variance: the models "
        "of joining estimate more than the declared effect (column "
        "\N{LEFT DOUBLE QUOTATION MARK}Mean estimate\N{RIGHT DOUBLE QUOTATION MARK}), and the "
        "support of H1 and H2b belongs to effects that large."
    )
    yield (
        "- The level is read of as many participants as in the data, by chance. Codings of caveats "
        "agree, except where levels are miscoded: there every other coding errs on its own."
    )
    yield "- A test by resampling has few replicates here, and its p-values are coarse."
