"""The table of the primary tests where covariates are missing and coders disagree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...base.number_formats import fixed, stars
from .. import display_names, sentences, unit_words
from ..stored_results import Entry, Sources, tidy
from . import evidence_tables, table_notes
from .table import BLANK, Cell, Column, Row, Table

COLUMNS = (
    *(
        "hypothesis",
        "kind",
        "name",
        "label",
        *evidence_tables.EFFECT,
        "df",
        "missing",
        "draws",
        "failed",
        "message",
    ),
    *("of", "observed_mean", "observed_sd", "drawn_mean", "drawn_sd"),
)
TITLES = ("Estimate", "SE", "95% interval", "p", "N", "Draws", "Information missing")


def uncertainty(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of each primary test with complete rows, imputed covariates, plausible values
    of
    the coded level, both, and a drawn coder; and of what was imputed.
    """
    rows: list[Row] = []
    records: list[Entry] = []
    word = unit_words.unit(sources.verdicts["hypotheses"])
    for found in _found(sources):
        rows += [Row(_heading(found, sources), kind="group")]
        rows += [_row(entry, word) for entry in found["rows"]]
        records += [
            {"hypothesis": found["hypothesis"], "kind": "test", "name": entry["method"], **entry}
            for entry in found["rows"]
        ]
        records += [_variable(found["hypothesis"], entry) for entry in found["variables"]]
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(map(Column, TITLES)),
        rows=tuple(rows),
        notes=(*_why(sources), *_imputed(sources), _about(sources), table_notes.STARS),
        tidy=tidy(records, COLUMNS),
        key=("hypothesis", "kind", "name"),
        stub="Treatment of what is not known",
    )


IMPUTED = (
    "Imputed: gaps drawn from a multivariate normal of the model's variables, its outcome and "
    "helping variables, estimated by EM on rows drawn with replacement (Honaker & King 2010). "
)
CODED = (
    "Plausible values: levels drawn from the measurement model of the statements, given the terms "
    "of the primary tests of caveats. Coder drawn, beside them: in each draw a state's caveats "
    "are those of one of its coders, picked with equal chances. "
)
POOLED = (
    "Pooled by Rubin's rules with the "
    "degrees of freedom of Barnard & Rubin (1999). Information missing: the share of the "
    "information about the estimate that the gaps or the coding take away. Where a hypothesis "
    "needs several contrasts, the one that supports it least after pooling is printed."
)


def _about(sources: Sources) -> str:
    """Return how what is not known was drawn; of coders nothing where a study has none."""
    entries = sources.verdicts["hypotheses"]
    coded = CODED if unit_words.ours(entries) else ""
    return unit_words.worded(f"{IMPUTED}{coded}{POOLED}", unit_words.unit(entries))


def _found(sources: Sources) -> list[Entry]:
    """Return the contents of the uncertainty files in the order of the verdicts."""
    found = {
        content["hypothesis"]: content for content in sources.estimates if "variables" in content
    }
    return [
        found[entry["hypothesis"]]
        for entry in sources.verdicts["hypotheses"]
        if entry["hypothesis"] in found
    ]


def _heading(found: Entry, sources: Sources) -> str:
    verdict = next(
        entry
        for entry in sources.verdicts["hypotheses"]
        if entry["hypothesis"] == found["hypothesis"]
    )
    return sentences.heading(verdict, found["rows"][0]["term"], sources)


def _row(entry: Entry, word: str | None) -> Row:
    cells = (
        Cell(entry["estimate"], "fixed3", stars(entry["p_value"])),
        Cell(entry["std_error"], "fixed3"),
        Cell((entry["conf_low"], entry["conf_high"]), "interval3"),
        Cell(entry["p_value"], "p"),
        Cell(entry["n"], "count"),
        Cell(entry.get("draws"), "count"),
        BLANK if entry["method"] == "listwise" else Cell(entry.get("missing"), "share"),
    )
    return Row(unit_words.worded(entry["label"], word), cells, indent=1)


def _why(sources: Sources) -> list[str]:
    """Return why a line has no numbers."""
    texts = [
        (
            f"{found['hypothesis']}, {entry['label'].lower()}: "
            f"{display_names.with_labels(entry['message'], sources.labels)}."
        )
        for found in _found(sources)
        for entry in found["rows"]
        if entry.get("message")
    ]
    return [f"Not estimated: {' '.join(texts)}"] if texts else []


def _imputed(sources: Sources) -> list[str]:
    texts = [
        f"{found['hypothesis']}: "
        + ", ".join(
            (
                f"{entry['label']} {entry['missing']} of {entry['of']} (mean "
                f"{fixed(entry['observed_mean'], 2)} observed, {fixed(entry['drawn_mean'], 2)} "
                "drawn)"
            )
            for entry in found["variables"]
        )
        for found in _found(sources)
        if found["variables"]
    ]
    return [f"What was imputed. {'; '.join(texts)}."] if texts else []


def _variable(hypothesis: str, entry: Entry) -> Entry:
    about = {
        part: entry[part]
        for part in ("label", "of", "observed_mean", "observed_sd", "drawn_mean", "drawn_sd")
    }
    return {
        "hypothesis": hypothesis,
        "kind": "imputed variable",
        "name": entry["variable"],
        "n": entry["missing"],
        **about,
    }
