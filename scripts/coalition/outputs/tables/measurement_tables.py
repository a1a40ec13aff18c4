"""The tables of the measurement model: effects of coders and bases, states and their tightness, and
the models of caveats over plausible values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...base.number_formats import fixed, known, stars
from .. import display_names, sentences
from ..stored_results import Entry, Sources, tidy
from . import table_notes
from .table import BLANK, Cell, Column, Row, Table

EFFECTS = ("kind", "name", "estimate", "std_error", "conf_low", "conf_high", "statements")
UNITS = (
    "operation", "iso3", "country", "caveat_level", "level", "level_low", "level_high", "latent",
    "latent_sd", "latent_low", "latent_high", "statements", "coders",
)  # fmt: skip
COMBINED = (
    "model", "label", "outcome", "term", "method", "given", "estimate", "std_error", "p_value",
    "conf_low", "conf_high", "n", "n_clusters", "df", "missing", "draws", "failed", "message",
)  # fmt: skip
GROUPS = {
    "beside": "Shift of a statement, against one of the reference coder that states a limit",
    "threshold": "Thresholds between levels",
    "loading": "Spread of states",
    "regression": "Difference between operations, in standard deviations of tightness",
}
WORDS = {
    "coder": "Coder {}",
    "basis": "Basis: {}",
    "operation": "{}",
}
WIDEST = 10
"""States with the widest intervals that are named."""


def content(sources: Sources) -> Entry:
    """Return the content of estimates/measurement.json."""
    return next(found for found in sources.estimates if "held_out" in found)


def measured(found: Entry) -> list[Entry]:
    """Return the states that are in the sample, those of the widest interval first."""
    rows = [row for row in found["units"] if row["in_sample"]]
    return sorted(rows, key=lambda row: (-_width(row), row["operation"], row["iso3"]))


def _width(row: Entry) -> float:
    return float(row["latent_high"] - row["latent_low"])


def widest(found: Entry, sources: Sources) -> str:
    """Return a sentence that names the states whose interval is widest; nothing where there is no
    interval.
    """
    rows = measured(found)[:WIDEST]
    if not rows:
        return ""
    several = len({row["operation"] for row in measured(found)}) > 1
    named = [
        f"{row['country']}"
        + (f" in {_short(sources.operation(row['operation']))}" if several else "")
        + f" ({fixed(_width(row), 1)})"
        for row in rows
    ]
    return f"Widest intervals (width in standard deviations): {', '.join(named)}."


def _short(label: str) -> str:
    return label.split(" (")[0]


def unmeasured(found: Entry) -> str:
    """Return why nothing is measured; nothing where it is."""
    return f"Not estimated: {found['message']}." if found["message"] else ""


def coding_effects(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of the measurement model: coders and bases, thresholds, what a phase adds."""
    found = content(sources)
    rows: list[Row] = []
    for kind, title in GROUPS.items():
        own = [row for row in found["effects"] if row["kind"] == kind]
        if own:
            rows += [Row(title, kind="group"), *(_effect(row, sources) for row in own)]
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(map(Column, ("Estimate", "SE", "95% interval", "Statements"))),
        rows=tuple(rows),
        notes=tuple(
            filter(None, (unmeasured(found), _model_note(found), _rare(found), *_phases(found)))
        ),
        tidy=tidy(found["effects"], EFFECTS),
        key=("kind", "name"),
        stub="Part of the model",
    )


def _effect(row: Entry, sources: Sources) -> Row:
    cells = (
        Cell(row["estimate"], "fixed3"),
        Cell(row["std_error"], "fixed3"),
        Cell((row["conf_low"], row["conf_high"]), "interval3"),
        Cell(row["statements"], "count") if known(row["statements"]) else BLANK,
    )
    return Row(_effect_label(row, sources), cells, indent=1)


def _effect_label(row: Entry, sources: Sources) -> str:
    if row["kind"] == "threshold":
        low, high = (LEVELS.get(part, part) for part in row["name"].split("|"))
        return f"{low} | {high}"
    if row["kind"] == "loading":
        return "Loading of tightness"
    column, _, value = row["name"].partition(": ")
    words = sources.operation(value) if column == "operation" else value.replace("_", " ")
    return WORDS.get(column, "{}").format(words)


LEVELS = {"0": "None", "1": "Low", "2": "Medium", "3": "High"}


def _model_note(found: Entry) -> str:
    if not found["fit"]:
        return ""
    fit = found["fit"]
    return (
        f"Ordinal model of {fit['statements']:,} statements on {fit['units']} states in "
        "operations: a statement of level k or below has log odds threshold minus shift minus "
        "loading times the latent tightness of the state, whose standard deviation is one. All "
        "numbers but those between operations are log odds; above zero a coder or a basis reads "
        f"tighter than the reference does of the same state. {fit['share_between']:.0%} of the "
        "variance of a statement's index lies between states, the rest is noise of coding. Log "
        f"likelihood {fixed(fit['log_likelihood'], 2)}, {fit['parameters']} parameters. The "
        "intervals take the states' tightness as normal and the statements on one state as "
        "independent given it; coders who used the same page are not."
    )


def _rare(found: Entry) -> str:
    if not found["rare"]:
        return ""
    named = ", ".join(name.replace("_", " ") for name in found["rare"])
    return f"Read as of the reference, since too few of their statements differ: {named}."


def _phases(found: Entry) -> list[str]:
    """Return what a deviation of each phase adds to the foretelling of held-out statements."""
    texts = []
    for row in found["held_out"]:
        if row["message"]:
            texts.append(f"Phases were not tested: {row['message']}.")
            continue
        kept = (
            (
                "they help by more than two errors, so that the one tightness of a state is a "
                "mean over phases that differ"
            )
            if row["gain"] > 2 * row["std_error"]
            else "no more than two errors, so that one tightness a state is kept"
        )
        texts.append(
            f"Deviations of {row['groups']} phases of the {found['fit']['units']} states, "
            "shrunken to none, change the log density of statements that were not used by "
            f"{fixed(row['gain'], 2)} (SE {fixed(row['std_error'], 2)}) over {found['folds']} "
            f"folds: {kept}."
        )
    return texts


def latent_tightness(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of the states: levels, tightness with its interval, statements, coders."""
    found = content(sources)
    units = measured(found)
    rows: list[Row] = []
    for operation in dict.fromkeys(found["operations"]):
        own = [row for row in units if row["operation"] == operation]
        if own:
            rows.append(Row(sources.operation(operation), kind="group"))
        rows += [_state(row) for row in sorted(own, key=lambda row: -row["latent"])]
    others = sorted({row["iso3"] for row in found["units"] if not row["in_sample"]})
    outside = (
        (
            f"Statements on {', '.join(map(sources.country, others))}, not in the sample, inform "
            "the effects of coders alone."
        )
        if others
        else ""
    )
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=(
            Column("Median", group="Level"),
            Column("Model", group="Level"),
            Column("95%", group="Level"),
            Column("Estimate", group="Latent tightness"),
            Column("95% interval", group="Latent tightness"),
            Column("Statements"),
            Column("Coders"),
        ),
        rows=tuple(rows),
        notes=tuple(filter(None, (unmeasured(found), *_state_notes(found, sources), outside))),
        tidy=tidy(units, UNITS),
        key=("operation", "iso3"),
        stub="State",
    )


def _state(row: Entry) -> Row:
    ends = [f"{row[f'level_{end}']:g}" for end in ("low", "high")]
    mark = "" if row["caveat_level"] == row["level"] else " \N{DAGGER}"
    cells = (
        Cell(row["caveat_level"], "count"),
        Cell(row["level"], "count", mark),
        Cell("\N{EN DASH}".join(dict.fromkeys(ends))),
        Cell(row["latent"], "fixed2"),
        Cell((row["latent_low"], row["latent_high"]), "interval2"),
        Cell(row["statements"], "count"),
        Cell(row["coders"], "count"),
    )
    return Row(row["country"], cells, indent=1)


def _state_notes(found: Entry, sources: Sources) -> list[str]:
    if not found["units"]:
        return []
    units = measured(found)
    other = sum(row["caveat_level"] != row["level"] for row in units)
    return [
        "Tightness: mean and 95% interval of the posterior given the state's statements, "
        "corrected for coders and bases, in standard deviations between states (0 is the mean of "
        "all). Level of the model: that which the middle of a limit stated to the reference coder "
        f"would get; median: the level that the sample uses. \N{DAGGER} They differ ({other} of "
        f"{len(units)}). The regressors of the hypotheses are not used here, so that nothing of "
        "them is in these numbers.",
        widest(found, sources),
    ]


def caveat_models(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of every model of caveats: the coders' median, a drawn coder, plausible
    values.
    """
    found = next(content for content in sources.estimates if "coder_draws" in content)
    rows: list[Row] = []
    for model in dict.fromkeys(row["model"] for row in found["rows"]):
        own = [row for row in found["rows"] if row["model"] == model]
        rows += [Row(_model_heading(own, sources), kind="group"), *map(_combined, own)]
    titles = ("Estimate", "SE", "95% interval", "p", "N", "Draws", "Information missing")
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(map(Column, titles)),
        rows=tuple(rows),
        notes=(
            *_not_estimated(found["rows"], sources),
            *_left_out(found),
            COMBINED_NOTE,
            table_notes.STARS,
        ),
        tidy=tidy(found["rows"], COMBINED),
        key=("model", "method"),
        stub="Coding",
    )


COMBINED_NOTE = (
    "Median: the level of a state is the median of its statements, as the sample's rule has it, "
    "and nothing of the coding is in the interval. Plausible values: levels drawn from the "
    "measurement model, given the terms of the model that uses them (without them its effect "
    "would be drawn towards zero: Mislevy 1991), one for each draw of the model's own parameters. "
    "Coder drawn, for the primary tests: in each draw a state's level is that of one of its "
    "coders, picked with equal chances. Pooled by Rubin's rules with the degrees of freedom of "
    "Barnard & Rubin (1999). Information missing: the share that the coding takes away. Of "
    "several contrasts, the one that supports the claim least after pooling is printed."
)


def _model_heading(rows: Sequence[Entry], sources: Sources) -> str:
    term = next((row["term"] for row in rows if row["term"]), None)
    what = sentences.term_label(term, sources) if term else "no estimate"
    more = [sources.label(text) for text in rows[0]["given"].split(" + ")[1:]]
    added = f" (drawn given {', '.join(more)} too)" if more else ""
    return f"{rows[0]['label']}: {what}{added}"


def _combined(row: Entry) -> Row:
    if not known(row["estimate"]):
        blank = Cell(row["draws"], "count") if known(row["draws"]) else BLANK
        return Row(
            row["method_label"], (*[Cell(None, "fixed3")], *[BLANK] * 4, blank, BLANK), indent=1
        )
    cells = (
        Cell(row["estimate"], "fixed3", stars(row["p_value"])),
        Cell(row["std_error"], "fixed3"),
        Cell((row["conf_low"], row["conf_high"]), "interval3"),
        Cell(row["p_value"], "p"),
        Cell(row["n"], "count"),
        Cell(row["draws"], "count"),
        BLANK if row["method"] == "median" else Cell(row["missing"], "share"),
    )
    return Row(row["method_label"], cells, indent=1)


def _not_estimated(rows: Sequence[Entry], sources: Sources) -> list[str]:
    texts = [
        (
            f"{row['label']}, {row['method_label'].lower()}: "
            f"{display_names.with_labels(row['message'], sources.labels)}."
        )
        for row in rows
        if row["message"]
    ]
    return [f"Not estimated: {' '.join(texts)}"] if texts else []


def _left_out(found: Entry) -> list[str]:
    reasons = dict.fromkeys(row["reason"] for row in found["left_out"])
    texts = [
        (
            f"{', '.join(row['label'] for row in found['left_out'] if row['reason'] == reason)} "
            f"({reason})"
        )
        for reason in reasons
    ]
    return [f"Not combined: {'; '.join(texts)}."] if texts else []
