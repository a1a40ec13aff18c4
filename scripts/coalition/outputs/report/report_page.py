"""The page: its parts put into the template, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from ...base.number_formats import count
from ...config.availability import Skipped, sentences
from ...config.settings import on_file
from ...formula.families import FAMILIES
from .. import display_names, unit_words
from ..stored_results import Sources
from . import (
    completeness,
    coverage,
    curve_explorer,
    doubts,
    evidence_drawer,
    glossary,
    number_traces,
    state_pages,
)
from .bibliography import domain, references
from .cards import Card, answer, cards, tally
from .proxies import proxies
from .report_results import Results
from .sections import FURTHER, sections
from .warning_notes import grouped_warnings

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Facts:
    """What the page says of the program and the input.

    labels : variable, measure or outcome -> what is printed; inputs : file -> sha256; packages :
        name -> version;
    version, program : of the program itself, and the sha256 of its files; skipped : what the
        operations' files could not give; origins : key path of an entry of the config -> file and
        line; made_from : "tables.h1" -> the files that it is made from.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    config_sha256: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    python: str = ""
    version: str = ""
    program: str = ""
    skipped: tuple[Skipped, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    made_from: Mapping[str, Sequence[str]] = field(default_factory=dict)


def skipped(entries: Iterable[Mapping[str, Any]]) -> tuple[Skipped, ...]:
    """Return what was left out, from the plain dicts of `skipping.plain`."""
    return tuple(Skipped(**entry) for entry in entries)


def _harm(config: Mapping[str, Any], word: str | None) -> str:
    """Return what can harm a verdict, in the words of the study."""
    kinds = doubts.HARM.keys() - (() if config["operations"] else doubts.OF_COALITIONS)
    titles = [title for kind, title in doubts.HARM.items() if kind in kinds]
    return ", ".join(unit_words.worded(display_names.low(title), word) for title in titles)


def page(config: Mapping[str, Any], results: Results, facts: Facts) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    config : mapping
        The whole config.
    results : Results
        The contents of the run's files.
    facts : Facts
        Labels, hashes, versions.
    """
    sources = Sources(
        labels=facts.labels,
        operations={name: about.get("label", name) for name, about in config["operations"].items()},
    )
    used = coverage.mentioned(config)
    found = cards(config, results, sources)
    word = unit_words.unit(results.verdicts.get("hypotheses", ()))
    named = references(results, used, states=_names_states(config))
    traced = number_traces.traces(config, results, sources, facts.origins, facts.made_from)
    parts = {
        "config": config,
        "heading": {"title": config["run"], "question": None} | config.get("report", {}),
        "facts": facts,
        "verdicts": results.verdicts,
        "cards": found,
        "ours": [name for name in config["hypotheses"] if not on_file(config, name)],
        "unit": word or unit_words.STATE,
        "units": unit_words.plurals(word),
        "tally": tally(found),
        "answer": answer(found),
        "harm": _harm(config, word),
        "glossary": {
            term: unit_words.worded(text, word)
            for term, text in glossary.used(_with_terms(found)).items()
        },
        "proxies": proxies(config, sources),
        "explorers": curve_explorer.explorers(results.curves),
        "states": state_pages.state_pages(config, results, sources),
        "component_sources": state_pages.component_sources(config, results, named, sources),
        "not_full": completeness.missing(config),
        "items": sections(config, results, facts.skipped, traced, sources),
        "traces": traced,
        "skipped": sentences(facts.skipped),
        "untested": [
            entry for entry in facts.skipped if entry.part == "hypotheses" and entry.whole
        ],
        "further": FURTHER,
        "operations": coverage.operations(config, results),
        "samples": coverage.samples(config, results),
        "grades": coverage.grades(config, results, used, sources),
        "agreements": coverage.agreements(results, sources),
        "left_out": coverage.left_out(results, sources),
        "missing": coverage.missing(config, results, sources),
        "unmatched": coverage.unmatched(results, sources),
        "measures": coverage.measures(config, results, sources),
        "warnings": grouped_warnings(results, sources),
        "references": named,
        "drawers": evidence_drawer.drawers(config, results, named, sources),
    }
    return _template().render(parts | _of_models(config, results))


def _of_models(config: Mapping[str, Any], results: Results) -> dict[str, Any]:
    """Return what the page says of all models, and of the primary ones, as a whole."""
    models, primary = results.models.values(), _primary(config, results)
    rarest = (min(model["n_by_level"].values(), default=None) for model in primary)
    return {
        "has_selection": any(FAMILIES[model["family"]].selection for model in models),
        "n_models": len(models),
        "n_failed": sum(model["status"] != "ok" for model in models),
        "smallest_sample": min((model["n"] for model in primary), default=None),
        "rarest_outcome": min((n for n in rarest if n is not None), default=None),
    }


def _names_states(config: Mapping[str, Any]) -> bool:
    """Tell whether a sample's rows are states of the project's list: not those of a file that
    declares no `state`.
    """
    return any(
        "file" not in spec or "state" in spec.get("reading", {})
        for spec in config["samples"].values()
    )


def _with_terms(found: list[Card]) -> Iterator[str]:
    """Give the texts in which the template links terms to the glossary."""
    for card in found:
        yield from (condition.text for condition in card.conditions)
        yield from (part.text for part in card.fragility)
        yield from (text for _, text in card.second)


def _primary(config: Mapping[str, Any], results: Results) -> list[Mapping[str, Any]]:
    return [results.models[about["primary"]["model"]] for about in config["hypotheses"].values()]


def _inert(text: str) -> Markup:
    """Return JSON as it may stand in a script element: nothing in it ends the element."""
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))


def _template() -> jinja2.Template:
    """Return the template; a name that it misspells is an error, not an empty text."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["grouped"] = count
    environment.filters["low"] = display_names.low
    environment.filters["terms"] = glossary.linked
    environment.filters["inert"] = _inert
    environment.filters["domain"] = domain
    environment.filters["anchor"] = glossary.anchor
    environment.globals["style"] = Markup(
        (FOLDER / "report.css").read_text(encoding="utf-8")
    )  # the project's own file, nothing of the user's
    environment.globals["script"] = Markup((FOLDER / "report.js").read_text(encoding="utf-8"))
    return environment.get_template("report.html.j2")
