"""The page of what was measured: docs/recovery.md, made from results.csv.

`PYTHONPATH=scripts .venv/bin/python tests/recovery/page.py` writes it anew; a test holds the page,
the file and the simulations together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from coalition.base.files import write_bytes
from coalition.base.markdown_lines import wrapped
from measured import Row, read
from truth import MONTE_CARLO

PAGE = Path(__file__).parents[2] / "docs" / "recovery.md"
LITTLE, QUARTER = 0.02, 0.25
"""What counts as little: two points of coverage or size; a bias of a quarter of the estimate's
standard deviation, which takes an interval
of 95% to 94.3%."""
NOMINAL = {"coverage": 0.95, "size": 0.05}
SEEN = 0.025
"""The miss of coverage or size that a simulation must be large enough to see before a method is
said to hold its level.
"""
HOLDS, UNSEEN, LITTLE_BOLD, BOLD, CAREFUL = (
    "holds",
    "no miss seen",
    "a little bold",
    "**too bold**",
    "careful",
)
NO_BIAS, SMALL_BIAS, BIASED = "no bias seen", "small bias", "**biased**"
CHAPTERS = {
    "test_recovery": "Models of the main tables",
    "test_small_samples": "Inference with few clusters",
    "test_bias_reduced_levels": "Bias-reduced logits of several levels",
    "test_selection_bias": "Selection",
    "test_recovery_families": "Other models and their tests",
    "test_separation_size": "Separation",
    "test_imputation_recovery": "Missing covariates, coders who disagree",
    "test_measurement": "What several coders saw",
    "test_several_tests": "Several tests, power",
    "test_pooling_recovery": "Several operations",
    "test_joint_permutation": "Specification curve",
    "test_spatial_field": "States near each other",
}
COMPARED = ("Few clusters: linear model", "Few clusters: logit", "Few clusters: ordered logit")


def page(rows: Sequence[Row]) -> str:
    """Return docs/recovery.md."""
    parts = [_opening(rows), _by_clusters(rows), _misses(rows)]
    for file, chapter in CHAPTERS.items():
        of = [row for row in rows if row["test"].startswith(f"{file}::")]
        titles = [
            title for title in dict.fromkeys(row["title"] for row in of) if title not in COMPARED
        ]
        parts.append(
            ["", f"## {chapter}", *(line for title in titles for line in _study(title, of))]
        )
    return wrapped(line for part in parts for line in part) + "\n"


def verdict(row: Row) -> str:
    """Return what a measured bias, coverage or size says, in the words of the page; nothing of a
    power.
    """
    value, measure = float(row["value"]), row["measure"]
    if measure == "bias":
        if abs(value) <= MONTE_CARLO * float(row["mc_error"]):
            return NO_BIAS
        return SMALL_BIAS if abs(value) <= QUARTER * float(row["spread"]) else BIASED
    if measure not in NOMINAL:
        return ""
    rejects = (value if measure == "size" else 1 - value) - 0.05
    chance = MONTE_CARLO * (0.05 * 0.95 / int(row["estimated"])) ** 0.5
    if abs(rejects) <= chance:
        return HOLDS if chance <= SEEN else UNSEEN
    return CAREFUL if rejects < 0 else LITTLE_BOLD if rejects <= LITTLE else BOLD


def _opening(rows: Sequence[Row]) -> list[str]:
    words = [verdict(row) for row in rows if row["measure"] in NOMINAL]
    counts = {word: words.count(word) for word in (HOLDS, UNSEEN, LITTLE_BOLD, BOLD, CAREFUL)}
    biases = [verdict(row) for row in rows if row["measure"] == "bias"]
    return [
        "# What simulations say of the methods",
        "",
        "Made from `tests/recovery/results.csv`; do not edit it by hand, write it anew:",
        "",
        "    PYTHONPATH=scripts .venv/bin/python tests/recovery/page.py",
        "",
        (
            "Every estimator and every test was given samples with known truth, at the sizes of "
            "the real ones: 45 to 190 states, 10 to 60 clusters"
        ),
        (
            "(some others are larger, and say so). The tests in `tests/recovery` do this each "
            "time with few samples, to find mistakes; the numbers here are those of"
        ),
        "their long version, with the same seeds:",
        "",
        (
            "    ./run recovery        # a quarter of an hour of one core; writes results.csv and "
            "this page"
        ),
        "",
        "On a cluster each file of studies is a job: `./run recovery --profile profiles/slurm`.",
        "",
        (
            "**How to read it.** *Bias* is the mean of the estimates minus the truth; in "
            "*standard deviations* of the estimate it says whether it matters:"
        ),
        (
            "below a quarter, an interval of 95% still holds the truth in 94.3%. *Interval holds* "
            "should be 95, *test rejects* 5 in a hundred samples in which the null is true."
        ),
        (
            "In parentheses stands the Monte Carlo standard error, the chance that is left in the "
            "simulation itself. The last column reads it:"
        ),
        (
            f'"{HOLDS}" is the level within {MONTE_CARLO:g} such errors, "{UNSEEN}" the same from '
            f"so few samples that a miss of {100 * SEEN:g} points could hide;"
        ),
        f'"{LITTLE_BOLD}" rejects up to two points too often (an interval is that much too short);',
        (
            f'"{BOLD.strip("*")}" more than that; "{CAREFUL}" rejects too seldom (an interval is '
            "too long), which costs power and claims nothing false."
        ),
        (
            "Where a model has no estimate in some samples (separation, a level that does not "
            "occur, no maximum), these are left out, and *samples* says how many had one."
        ),
        "",
        f"Of {len(words)} measured coverages and sizes {counts[HOLDS]} hold, {counts[UNSEEN]} "
        f"show no miss, {counts[CAREFUL]} are careful, {counts[LITTLE_BOLD]} a little bold and "
        f"{counts[BOLD]} too bold; of {len(biases)} biases {biases.count(BIASED)} are",
        "larger than a quarter of a standard deviation. Those that miss stand in the first tables.",
    ]


def _by_clusters(rows: Sequence[Row]) -> Iterator[str]:
    yield from ["", "## Which method to trust with how many clusters", ""]
    yield (
        "Shares of samples, in percent, in which a test at 5% rejects a true null, with Monte "
        "Carlo standard errors; all methods have the same samples. Where a"
    )
    yield (
        "test accepts the truth, its interval of 95% holds it, so that coverage is what is "
        "left to a hundred. There are 4.5 rows a cluster on average: 10 clusters are 45 rows,"
    )
    yield (
        "20 are 90, 45 some 200. *From* is the number of clusters from which on a method is "
        'not seen to be "too bold".'
    )
    for title in COMPARED:
        of = [row for row in rows if row["title"] == title]
        clusters = sorted({int(row["clusters"]) for row in of})
        heads = [f"{number} clusters" for number in clusters]
        samples = min(int(row["estimated"]) for row in of)
        about = f"{of[0]['simulated']} {samples:,} samples or more each."
        yield from ["", f"### {title}", "", about, "", *_head(["method", *heads, "from"])]
        for method in dict.fromkeys(
            row["method"] for row in sorted(of, key=lambda row: int(row["clusters"]))
        ):
            own = {int(row["clusters"]): row for row in of if row["method"] == method}
            cells = [
                f"{_percent(own[number])}{_mark(own[number])}" if number in own else "not run"
                for number in clusters
            ]
            yield _line([method, *cells, _trusted(own)])
        yield from ["", _sentence([row for row in of if int(row["clusters"]) == clusters[0]])]


def _sentence(fewest: Sequence[Row]) -> str:
    """Return which methods can be trusted with the fewest clusters, and which cannot."""
    bold = [row["method"] for row in fewest if verdict(row) == BOLD]
    others = [row["method"] for row in fewest if verdict(row) != BOLD]
    return (
        f"With {fewest[0]['clusters']} clusters too bold: {'; '.join(bold) or 'none'}. Not "
        f"so: {'; '.join(others) or 'none'}."
    )


def _trusted(of: dict[int, Row]) -> str:
    bold = [clusters for clusters, row in of.items() if verdict(row) == BOLD]
    later = [clusters for clusters in sorted(of) if clusters > max(bold, default=0)]
    return str(later[0]) if later else "not here"


def _mark(row: Row) -> str:
    word = verdict(row)
    return "" if word in (HOLDS, UNSEEN) else f", {word}"


def _misses(rows: Sequence[Row]) -> Iterator[str]:
    yield from ["", "## What misses", ""]
    yield (
        "All other intervals and tests that are too bold by more than two points, and all "
        "estimates that are biased by more than a quarter of a standard deviation."
    )
    yield (
        "Some are here on purpose, as what the better method beside them is for: rows as if "
        "independent, complete rows, participants only, no effects of units, tests without"
    )
    yield "a correction for their number. The others are warnings."
    yield from [
        "",
        *_head(["simulation", "method", "quantity", "rows", "clusters", "measured", "should be"]),
    ]
    for row in (row for row in rows if row["title"] not in COMPARED):
        if verdict(row) == BOLD:
            about = f"{row['measure']} {_percent(row)}%", f"{NOMINAL[row['measure']]:.0%}"
        elif verdict(row) == BIASED:
            about = f"bias of {_in_deviations(row)} standard deviations", "0"
        else:
            continue
        yield _line(
            [row["title"], row["method"], row["quantity"], _count(row["n"]), _clusters(row), *about]
        )


def _study(title: str, rows: Sequence[Row]) -> Iterator[str]:
    """Return the table of one simulation: a line for each quantity that a method estimates or
    tests.
    """
    of = sorted(
        (row for row in rows if row["title"] == title),
        key=lambda row: (int(row["n"]), int(row["clusters"])),
    )
    yield from ["", f"### {title}", "", of[0]["simulated"], ""]
    heads = [
        "method",
        "quantity",
        "rows",
        "clusters",
        "samples",
        "bias",
        "in standard deviations",
        "interval holds, %",
        "test rejects, %",
        "reading",
    ]
    yield from _head(heads)
    lines = dict.fromkeys((row["test"], row["method"], row["quantity"]) for row in of)
    for line in lines:
        parts = {
            row["measure"]: row
            for row in of
            if (row["test"], row["method"], row["quantity"]) == line
        }
        first = next(iter(parts.values()))
        rejects = _cell(parts, "size", _percent) or _cell(
            parts, "power", lambda row: f"{_percent(row)} of false nulls"
        )
        numbers = [
            _cell(parts, "bias", _bias),
            _cell(parts, "bias", _in_deviations),
            _cell(parts, "coverage", _percent),
            rejects,
        ]
        reading = "; ".join(filter(None, map(verdict, parts.values())))
        yield _line(
            [*line[1:], _count(first["n"]), _clusters(first), _samples(first), *numbers, reading]
        )


def _cell(parts: dict[str, Row], measure: str, text: Callable[[Row], str]) -> str:
    return text(parts[measure]) if measure in parts else ""


def _bias(row: Row) -> str:
    return f"{float(row['value']):.3f} ({float(row['mc_error']):.3f})"


def _in_deviations(row: Row) -> str:
    return f"{float(row['value']) / float(row['spread']):.2f}"


def _percent(row: Row) -> str:
    return f"{100 * float(row['value']):.1f} ({100 * float(row['mc_error']):.1f})"


def _count(number: str) -> str:
    return f"{int(number):,}"


def _clusters(row: Row) -> str:
    return row["clusters"] if int(row["clusters"]) else "none"


def _samples(row: Row) -> str:
    estimated, drawn = int(row["estimated"]), int(row["replications"])
    return f"{estimated:,} of {drawn:,}" if estimated < drawn else f"{estimated:,}"


def _head(cells: Sequence[str]) -> list[str]:
    return [_line(cells), "|" + "---|" * len(cells)]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def write(path: Path = PAGE) -> None:
    """Write docs/recovery.md."""
    write_bytes(path, page(read()).encode())


if __name__ == "__main__":
    write()
