"""Where each number of the page comes from: the model, the rows that it used and left out, the line
of the config that asks for it, the files and the step that made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

from ...base.number_formats import count, known
from ...formula.families import FAMILIES
from .. import display_names, sentences
from ..stored_results import Sources
from .report_results import Entry, Results

SCRIPTS = {"table": "scripts/tables.py", "figure": "scripts/figure.py"}


@dataclass(frozen=True)
class Origin:
    """Where an entry of the config stands: its key path, and file and line (empty: not known)."""

    key: str
    place: str = ""


@dataclass(frozen=True)
class ModelTrace:
    """A model; rows : what it used, in words; left_out : (reason, states), one each reason."""

    name: str
    label: str
    family: str
    rows: str
    left_out: tuple[tuple[str, str], ...]
    origin: Origin
    file: str
    outcome: str


@dataclass(frozen=True)
class Trace:
    """What a table or figure is made from.

    columns : (number of the column, the hypothesis of a primary test, or nothing; name of the
        model), in their order; alternatives : whether it prints alternatives that the page lists.
    """

    origin: Origin
    script: str
    files: tuple[str, ...]
    columns: tuple[tuple[str, str], ...] = ()
    alternatives: bool = False


@dataclass(frozen=True)
class Traces:
    """The traces of a page: of each table and figure by form and name, of each model, of each
    alternative as (label, origin).
    """

    items: Mapping[tuple[str, str], Trace] = field(default_factory=dict)
    models: tuple[ModelTrace, ...] = ()
    alternatives: tuple[tuple[str, Origin], ...] = ()


def traces(
    config: Mapping[str, Any],
    results: Results,
    sources: Sources,
    origins: Mapping[str, str],
    made_from: Mapping[str, Sequence[str]],
) -> Traces:
    """Return where the numbers of a page come from.

    Parameters
    ----------
    origins : mapping
        Key path of an entry of the config -> file and line.
    made_from : mapping
        "tables.h1" -> the files that it is made from.
    """
    items = {
        (form, name): _trace(form, name, spec, config, origins, made_from)
        for form in SCRIPTS
        for name, spec in config[f"{form}s"].items()
    }
    wanted = {model for trace in items.values() for _, model in trace.columns}
    wanted |= {about["primary"]["model"] for about in config["hypotheses"].values()}
    return Traces(
        items,
        tuple(
            _model(results.models[name], sources, origins)
            for name in config["models"]
            if name in wanted and name in results.models
        ),
        tuple(
            (str(spec["label"]), _origin(f"robustness.{name}", origins))
            for name, spec in config["robustness"].items()
        ),
    )


def _trace(
    form: str,
    name: str,
    spec: Mapping[str, Any],
    config: Mapping[str, Any],
    origins: Mapping[str, str],
    made_from: Mapping[str, Sequence[str]],
) -> Trace:
    return Trace(
        _origin(f"{form}s.{name}", origins),
        SCRIPTS[form],
        tuple(made_from.get(f"{form}s.{name}", ())),
        tuple(_columns(form, spec, config)),
        bool(config["robustness"]) and spec["kind"] == "robustness",
    )


def _origin(key: str, origins: Mapping[str, str]) -> Origin:
    return Origin(key, origins.get(key, ""))


def _columns(
    form: str, spec: Mapping[str, Any], config: Mapping[str, Any]
) -> Iterable[tuple[str, str]]:
    """Give the models of a table or figure: those that it names, else those of its hypotheses."""
    named = spec.get("models", [spec["model"]] if "model" in spec else [])
    if named:
        numbered = form == "table" and spec["kind"] in NUMBERS_COLUMNS
        for place, name in enumerate(named):
            yield (f"({place + 1})" if numbered else "", name)
        return
    tested = [spec["hypothesis"]] if "hypothesis" in spec else config["hypotheses"]
    if spec["kind"] in OF_TESTS:
        for name in tested:
            yield (name, config["hypotheses"][name]["primary"]["model"])


NUMBERS_COLUMNS = ("regression", "corners")
"""Kinds of table with a numbered column for each model."""
OF_TESTS = (
    "verdicts", "robustness", "influence", "inference", "uncertainty", "power",
    "specification_curve",
    "curve", "priors",
)  # fmt: skip
"""Kinds that print the primary tests."""


def _model(fitted: Entry, sources: Sources, origins: Mapping[str, str]) -> ModelTrace:
    states = f" of {count(fitted['n_states'])} states" if known(fitted.get("n_states")) else ""
    name = fitted["model"]
    return ModelTrace(
        name,
        fitted["label"],
        sentences.family(FAMILIES[fitted["family"]].label, fitted, sources),
        f"{count(fitted['n'])} rows{states} of the sample {fitted['sample']}"
        if known(fitted.get("n"))
        else f"not estimated: {fitted['failure']}",
        tuple(_left_out(fitted, sources)),
        _origin(f"models.{name}", origins),
        f"estimates/{fitted['group']}.json",
        fitted["outcome_label"],
    )


def _left_out(fitted: Entry, sources: Sources) -> Iterable[tuple[str, str]]:
    """Give each reason for which rows were left out, with the states and the number of rows."""
    labels = {*sources.labels.values(), *fitted["labels"].values(), fitted["outcome_label"]}
    found: dict[str, list[Entry]] = {}
    for row in fitted["dropped"]:
        reasons = sentences.reasons(row["reason"], labels)
        operation = row.get("operation")
        where = f"{sources.operation(operation)}, " if operation else ""
        missing = row["reason"].startswith("missing: ")
        words = f"no value of {' and '.join(map(display_names.low, reasons))}"
        found.setdefault(f"{where}{words if missing else row['reason']}", []).append(row)
    for reason, rows in sorted(found.items()):
        states = sorted({str(row["iso3"]) for row in rows if row.get("iso3")})
        number = display_names.plural(len(rows), "row")
        yield reason, f"{number}: {', '.join(states)}" if states else number


def linked(body: str, trace: Trace) -> Markup:
    """Return a table whose numbered column heads lead to their models."""
    html = str(body)
    for number, name in trace.columns:
        if number.startswith("("):
            head = f">{number}</th>"
            html = html.replace(head, f'><a href="#model-{escape(name)}">{number}</a></th>', 1)
    return Markup(html)
