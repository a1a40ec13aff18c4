"""Regression tables: models side by side, standard errors below the coefficients."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ...base.number_formats import MINUS, known
from ...formula.families import FAMILIES
from ...formula.transforms import RELATIVE
from .. import display_names, sentences
from ..stored_results import Entry, Sources, tidy
from . import table_notes
from .by_method_table import drawn, short
from .table import BLANK, RULE, Cell, Column, Row, Table
from .table_options import BELOW, Options, options_of

KEY = ("column", "kind", "level", "term")
COLUMNS = (
    *("column", "model", "label", "family", "outcome", "kind", "level", "term", "term_label"),
    *("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high", "method", "text"),
)
FIT = {
    "alpha": ("Dispersion alpha (variance μ + alpha μ²)", "fixed3"),
    "log_likelihood": ("Log likelihood", "fixed1"),
    "penalised_log_likelihood": ("Penalised log likelihood", "fixed1"),
    "pseudo_r2": ("Pseudo R² (McFadden)", "fixed3"),
    "r2": ("R²", "fixed3"),
    "squared_correlation": ("Squared correlation of observed and fitted", "fixed3"),
    "adjusted_r2": ("Adjusted R²", "fixed3"),
    "r2_within": ("R² within", "fixed3"),
    "sd_intercepts": ("SD of the unit intercepts", "fixed3"),
    "aic": ("AIC", "fixed1"),
    "bic": ("BIC", "fixed1"),
    "moran": ("Moran's I of the residuals, within operations", "fixed3"),
    "moran_p": ("Moran's I: permutation p", "p"),
    "proportional_odds_p": ("Proportional odds, score test: p", "p"),
    "mundlak_p": ("Unit means have no effect (Mundlak, a robust Hausman test): p", "p"),
    "sigma": ("Sigma implied by the two steps", "fixed3"),
    "rho": ("Rho implied by the two steps", "fixed3"),
    "rho_lr": ("Likelihood ratio test of rho = 0: χ²(1)", "fixed3"),
    "rho_lr_p": ("p of that test", "p"),
    "exclusion_wald": ("Wald test of the terms of the selection equation alone: χ²", "fixed3"),
    "exclusion_p": ("p of the terms of the selection equation alone", "p"),
}
LIKELIHOOD = ("log_likelihood", "aic", "bic")
EXTRA = {
    "outcome_mean": ("Mean of the outcome", "fixed3"),
    "outcome_sd": ("SD of the outcome", "fixed3"),
    "rss": ("Residual sum of squares", "fixed3"),
    "rmse": ("Root mean squared error", "fixed3"),
}
"""Statistics that are printed where they are asked for."""
WITH_EFFECTS = ("panel_entity", "panel_two_way")
AMONG = tuple(f"{name}(" for name in RELATIVE)
"""Transforms that look at the other rows of a model."""
NOT = ", not "
"""Between where a decision of a sequential logit leads to and where it does not."""
MEANS = (
    "how much the effect of a difference between units exceeds that of a change within one, "
    "which stands above."
)
"""What the coefficients of unit means say, where the terms stand beside them (Mundlak 1978)."""
COUNTS = {
    "n": "N",
    "n_selected": "N selected",
    "n_states": "States",
    "n_units": "Units",
    "n_clusters": "Clusters",
}
STATISTICS = {
    **COUNTS,
    **{name: label for name, (label, _) in (FIT | EXTRA).items()},
}
"""What `statistics` of a table may name, and what is printed for it."""
SCORE_TEST = "score_test"
EQUATIONS, SELECTION = ("coefficient", "selection_coefficient"), "selection"
Models = Mapping[int, Entry]


def regression(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a regression table.

    Parameters
    ----------
    spec : mapping
        title, and models in the order of the columns.

    Returns
    -------
    Table
        A failed model keeps its column of dashes; the foot says why.
    """
    chosen = options_of(spec)
    models = dict(enumerate(sources.models(spec["models"]), start=1))
    panels = _by_panel(spec)
    rows = _panels(panels, models, chosen, sources)
    records = [
        record
        for position, model in models.items()
        for record in _records(position, model, sources)
    ]
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(
            Column(model["label"], f"({position})", model["outcome_label"])
            for position, model in list(models.items())[: max(map(len, panels.values()))]
        ),
        rows=tuple(rows),
        notes=_notes(models, chosen, sources),
        tidy=tidy(records, COLUMNS),
        key=KEY,
        landscape=chosen.landscape,
        plain=chosen.plain,
    )


def _by_panel(spec: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the models of each panel that the run has; one without a title where there are
    none.
    """
    panels = spec.get("panels") or {"": spec["models"]}
    return {
        title: [name for name in names if name in spec["models"]] for title, names in panels.items()
    }


def _panels(
    panels: Mapping[str, list[str]], models: Models, chosen: Options, sources: Sources
) -> list[Row]:
    """Return the rows of every panel, one below the other; each has as many columns as the
    first.
    """
    rows: list[Row] = []
    begun, wide = 0, max(map(len, panels.values()))
    for title, names in panels.items():
        part = {place: models[place] for place in range(begun + 1, begun + len(names) + 1)}
        begun += len(names)
        rows += [RULE] if rows else []
        rows += [Row(title, kind="group")] if title else []
        rows += _heads(part, models) if begun > len(names) else []
        rows += [_widened(row, wide) for row in _panel(part, chosen, sources)]
    return rows


def _heads(part: Models, models: Models) -> list[Row]:
    """Return the heads of a panel below the first: the numbers of its models, their outcomes and
    labels where these differ from those at the head of the table.
    """
    rows = [Row(cells=tuple(Cell(f"({place})") for place in part), kind="statistic")]
    for name in ("outcome_label", "label"):
        words = [model[name] for model in part.values()]
        if words != [model[name] for model in list(models.values())[: len(part)]]:
            rows.append(Row(cells=tuple(map(Cell, words)), kind="statistic"))
    return rows


def _widened(row: Row, columns: int) -> Row:
    """Return a row with blank cells behind its own, where a panel has lost a model."""
    if row.kind in ("group", "rule"):
        return row
    return replace(row, cells=(*row.cells, *[BLANK] * (columns - len(row.cells))))


def _panel(models: Models, chosen: Options, sources: Sources) -> list[Row]:
    rows = [row for level in _levels(models) for row in _block(models, level, chosen, sources)]
    return [
        *rows,
        *([] if chosen.keep else _unit_means(models, chosen, sources)),
        *([] if chosen.keep else _cut_points(models, chosen)),
        *_auxiliary(models, chosen),
        RULE,
        *_effects(models, sources),
        *_foot(models, chosen),
    ]


def _foot(models: Models, chosen: Options) -> list[Row]:
    """Return counts and fit, or the statistics that are asked for."""
    if chosen.statistics is None:
        return [*_counts(models), *_fit(models, _usual(models))]
    rows = [*_counts(models), *_fit(models, FIT)]
    every = {row.label: row for row in [*rows, *_fit(models, EXTRA)]}
    wanted = [STATISTICS[name] for name in chosen.statistics]
    return [every[label] for label in wanted if label in every]


def term_order(models: Models) -> list[str]:
    """Return the terms of all models, each new one before the term that follows it in its own
    model; the constant last.
    """
    order: list[str] = []
    for model in models.values():
        terms = list(dict.fromkeys([*model["terms"], *_selection_terms(model)]))
        for position, term in enumerate(terms):
            if term not in order:
                after = [order.index(later) for later in terms[position + 1 :] if later in order]
                order.insert(min(after, default=len(order)), term)
    return [*order, "const"]


def _selection_terms(model: Entry) -> list[str]:
    return (model.get("selection") or {"terms": []})["terms"]


def _coefficients(model: Entry, level: str | None) -> dict[str, Entry]:
    return {
        row["term"]: row
        for row in model["rows"]
        if row["kind"] in EQUATIONS and row["level"] == level
    }


def _levels(models: Models) -> list[str | None]:
    """Return the levels that have coefficients of their own, in the order of the outcome; None for
    models with one equation.
    """
    found: dict[str | None, None] = {}
    for model in models.values():
        if None in _equations(model):
            found[None] = None
    for model in models.values():
        found |= dict.fromkeys(_equations(model))
    return [
        *found,
        *([SELECTION] if any(model.get("selection") for model in models.values()) else []),
    ]


def _equations(model: Entry) -> list[str | None]:
    """Return the levels that name the equations of a model; None is the only equation, or what
    partial proportional odds share.
    """
    levels, equations = model["levels"], FAMILIES[model["family"]].equations
    if equations == "levels":
        return [level for level in levels if level != model["reference_level"]]
    if equations == "stages":
        return [
            f"{' or '.join(levels[stage:])}{NOT}{levels[stage - 1]}"
            for stage in range(1, len(levels))
        ]
    if equations == "cut_points":
        return [None, *(f"{low}|{high}" for low, high in itertools.pairwise(levels))]
    return [None]


def _group(heading: str | None) -> list[Row]:
    return [Row(heading, kind="group")] if heading else []


def _block(models: Models, level: str | None, chosen: Options, sources: Sources) -> list[Row]:
    """Return the coefficients of one equation, each with its standard errors below."""
    fitted = {position: _coefficients(model, level) for position, model in models.items()}
    rows: list[Row] = []
    heading = None
    for term in chosen.terms(term_order(models)):
        cells = [
            _pair(model, level, term, fitted[position].get(term), chosen)
            for position, model in models.items()
        ]
        if not any(first.text for first, _ in cells):
            continue
        if chosen.heading(term) != heading:
            heading = chosen.heading(term)
            rows += _group(heading)
        label = chosen.rename.get(term) or sentences.label(term, models.values(), sources)
        rows += _lines(label, cells, indent=int(bool(heading)))
        rows += _p_values(models, level, term, chosen)
    if level is None or not rows:
        return rows
    return [Row(_heading(models, level, sources), kind="group"), *rows]


def _lines(label: str, cells: Sequence[tuple[Cell, Cell]], indent: int = 0) -> list[Row]:
    """Return a row of estimates, and the row of what stands below them, where anything does."""
    first, below = zip(*cells, strict=True)
    rows = [Row(label, first, indent=indent)]
    return [*rows, Row("", below, kind="more")] if any(cell.text for cell in below) else rows


def _p_values(models: Models, level: str | None, term: str, chosen: Options) -> list[Row]:
    """Return a row of p-values of a term for each method that the table asks for."""
    rows = []
    for method in chosen.methods:
        found = [
            next((row for row in _tests(model) if _of(row, method, level, term)), None)
            for model in models.values()
        ]
        if any(found):
            cells = tuple(Cell(row["p_value"], "p") if row else BLANK for row in found)
            rows.append(Row(f"p: {short(method)}", cells, indent=2))
    return rows


def _tests(model: Entry) -> list[Entry]:
    """Return the rows of other methods of inference; none where the model names none."""
    return (model.get("by_method") or {"rows": []})["rows"]


def _of(row: Entry, method: str, level: str | None, term: str) -> bool:
    return (row["method"], row["level"], row["term"]) == (method, level, term)


def _other_methods(models: Models, chosen: Options, sources: Sources) -> list[str]:
    """Return what is drawn for the methods that the table asks for, and why some have no number."""
    if not chosen.methods:
        return []
    lost = {
        f"{short(row['method'])} of ({place}) {row['term']}: {row['reason']}"
        for place, model in models.items()
        for row in _tests(model)
        if row["method"] in chosen.methods and row["reason"]
    }
    return [
        *drawn(models, sources),
        *([f"Not estimated: {'; '.join(sorted(lost))}."] if lost else []),
    ]


def _pair(
    model: Entry, level: str | None, term: str, row: Entry | None, chosen: Options
) -> tuple[Cell, Cell]:
    if row is not None:
        return chosen.pair(row, scale_of(model))
    test, towards = score_test(model, term), direction(model, term)
    if level is None and (test or towards):
        below = Cell(test["p_value"], "test") if test else BLANK
        return Cell(towards) if towards else Cell(None, "fixed3"), below
    missing = model["status"] != "ok" and _asked_for(model, level, term)
    return Cell(None, "fixed3") if missing else BLANK, BLANK


def _asked_for(model: Entry, level: str | None, term: str) -> bool:
    """Tell whether a model has a term in one of its equations, had it been fitted."""
    if level == SELECTION:
        return bool(model.get("selection")) and term in (*_selection_terms(model), "const")
    about = FAMILIES[model["family"]]
    if level not in _equations(model):
        return False
    if about.equations == "cut_points" and (term in model["nonproportional"]) == (level is None):
        return False
    return term in model["terms"] or (term == "const" and not about.without_constant)


def _cells(rows: Sequence[Entry | None], chosen: Options) -> list[tuple[Cell, Cell]]:
    """Return the cells of estimates that are no effects of terms; they are never ratios."""
    return [chosen.pair(row, "") if row else (BLANK, BLANK) for row in rows]


def scale_of(model: Entry) -> str:
    """Return the scale of a model's coefficients."""
    return FAMILIES[model["family"]].scale


def score_test(model: Entry, term: str) -> Entry | None:
    """Return the row of a term's score test, which a separated logit has in place of an
    estimate.
    """
    return next(
        (row for row in model["rows"] if row["kind"] == SCORE_TEST and row["term"] == term), None
    )


def direction(model: Entry, term: str) -> str:
    """Return which way a separated term's estimate runs, as a sign before infinity; nothing where
    it is finite or not known.
    """
    towards = ((model["separation"] or {}).get("directions") or {}).get(term, 0)
    return {1: "+\N{INFINITY}", -1: f"{MINUS}\N{INFINITY}"}.get(towards, "")


def _heading(models: Models, level: str, sources: Sources) -> str:
    if level == SELECTION:
        outcomes = dict.fromkeys(
            sources.label(model["selection"]["outcome"])
            for model in models.values()
            if model.get("selection")
        )
        return f"Selection equation: {' or '.join(outcomes)}"
    if "|" in level:
        return f"Above the cut point {display_names.cut_point(level)}"
    if NOT in level:
        onward, _, stopped = level.partition(NOT)
        return f"{display_names.level(onward)} (against: {display_names.level(stopped).lower()})"
    references = dict.fromkeys(
        model["reference_level"] for model in models.values() if level in _equations(model)
    )
    against = " or ".join(
        display_names.level(reference).lower() for reference in references if reference
    )
    return f"{display_names.level(level)} (against: {against})"


def _unit_means(models: Models, chosen: Options, sources: Sources) -> list[Row]:
    """Return the coefficients of the means that correlated random effects add, each with its
    standard errors below; not those of effects.
    """
    fitted = {
        position: {row["term"]: row for row in model["rows"] if row["kind"] == "coefficient"}
        for position, model in models.items()
    }
    found: list[Row] = []
    for term in term_order(models):
        rows = [fitted[position].get(f"mean({term})") for position in models]
        if any(rows):
            label = next(
                (model["labels"][term] for model in models.values() if term in model["labels"]),
                sources.label(term),
            )
            found += _lines(label, _cells(rows, chosen))
    return [Row("Means of the units", kind="group"), *found] if found else []


def _cut_points(models: Models, chosen: Options) -> list[Row]:
    fitted = {
        position: {row["level"]: row for row in model["rows"] if row["kind"] == "threshold"}
        for position, model in models.items()
    }
    points = dict.fromkeys(level for rows in fitted.values() for level in rows)
    if not points:
        return []
    found = [Row("Cut points", kind="group")]
    for point in sorted(points, key=lambda level: _place(level, models)):
        rows = [fitted[position].get(point) for position in models]
        cells = [(replace(first, mark=""), below) for first, below in _cells(rows, chosen)]
        found += _lines(display_names.cut_point(point), cells)
    return found


def _place(point: str, models: Models) -> tuple[int, int]:
    """Return where a cut point stands: by the order of the outcome's levels in the model that has
    most of them.
    """
    longest = max(
        (model["levels"] for model in models.values() if FAMILIES[model["family"]].cut_points),
        key=len,
    )
    low, _, high = point.partition("|")
    return tuple(longest.index(part) if part in longest else len(longest) for part in (low, high))  # type: ignore[return-value]


def _auxiliary(models: Models, chosen: Options) -> list[Row]:
    """Return what stands behind both equations of a model with selection, each with its standard
    errors below.
    """
    fitted = {
        position: {row["term"]: row for row in model["rows"] if row["kind"] == "auxiliary"}
        for position, model in models.items()
    }
    found: list[Row] = []
    for term, label in display_names.AUXILIARY.items():
        rows = [fitted[position].get(term) for position in models]
        if any(rows):
            found += _lines(label, _cells(rows, chosen))
    return [Row("Errors of the two equations", kind="group"), *found] if found else []


def _of_panels(models: Models, sources: Sources) -> dict[str, Callable[[Entry], str]]:
    """Return what tells a model's effects of units and of times, by their label; nothing where no
    model is of a panel.
    """
    panels = [model for model in models.values() if FAMILIES[model["family"]].panel]
    return {
        f"{label(model, sources)} effects": has
        for model in panels[:1]
        for label, has in (
            (sentences.unit_label, _unit_effects),
            (sentences.time_label, _time_effects),
        )
    }


def _effects(models: Models, sources: Sources) -> list[Row]:
    """Return one row a kind of fixed effect: yes, no, or taken up by finer ones."""
    named = dict.fromkeys(effect for model in models.values() for effect in model["fixed_effects"])
    found: dict[str, list[list[str]]] = {}
    for effect in named:
        label = f"{'State' if effect == 'iso3' else sources.label(effect)} effects"
        found.setdefault(label, []).append([_has(model, effect) for model in models.values()])
    for label, has in _of_panels(models, sources).items():
        found.setdefault(label, []).append([has(model) for model in models.values()])
    # a column of a model and its panel can tell the same effects
    return [
        Row(
            label,
            tuple(Cell(min(told, key=_weight)) for told in zip(*ways, strict=True)),
            kind="statistic",
        )
        for label, ways in found.items()
    ]


def _weight(told: str) -> int:
    return {"no": 2, "absorbed": 1}.get(told, 0)


def _has(model: Entry, effect: str) -> str:
    if model["status"] != "ok":
        return "—"
    if any(
        row["term"].startswith(f"{effect}[")
        for row in model["rows"]
        if row["kind"] == "coefficient"
    ):
        return "yes"
    return "absorbed" if effect == "operation" and FAMILIES[model["family"]].within else "no"


def _unit_effects(model: Entry) -> str:
    if model["status"] != "ok":
        return "—"
    return FAMILIES[model["family"]].unit_effects


def _time_effects(model: Entry) -> str:
    if model["status"] != "ok":
        return "—"
    time = (model.get("panel") or {}).get("time") or "year"
    return "yes" if FAMILIES[model["family"]].year_effects or _has(model, time) == "yes" else "no"


def _counts(models: Models) -> list[Row]:
    """Return N, the rows with a binary outcome of 1, states and clusters."""
    return [
        Row("N", tuple(Cell(model["n"], "count") for model in models.values()), kind="statistic"),
        *_events(models),
        *_count("N selected", "n_selected", models, lambda model: bool(model.get("selection"))),
        *(
            row
            for part in ("n_states", "n_units", "n_clusters")
            if any(model.get(part) is not None for model in models.values())
            for row in _count(COUNTS[part], part, models, partial(_has_count, part))
        ),
    ]


def _count(label: str, part: str, models: Models, counted: Callable[[Entry], bool]) -> list[Row]:
    """Return a row of counts, empty where a model does not count them; none where none does."""
    cells = [Cell(model[part], "count") if counted(model) else BLANK for model in models.values()]
    return (
        [Row(label, tuple(cells), kind="statistic")] if any(map(counted, models.values())) else []
    )


def _has_count(part: str, model: Entry) -> bool:
    """Whether a model has a count, or would have it if it had been estimated."""
    return model.get(part) is not None or model["n"] is None


def _events(models: Models) -> list[Row]:
    """Return the rows with the event, of the models with two outcomes."""
    if not any(len(model["levels"]) == 2 for model in models.values()):
        return []
    numbers = all(model["levels"] in (["0", "1"], []) for model in models.values())
    cells = [
        Cell(model["n_by_level"].get(model["levels"][1]), "count")
        if len(model["levels"]) == 2
        else BLANK
        for model in models.values()
    ]
    label = "N with outcome 1" if numbers else "N with the event"
    return [Row(label, tuple(cells), kind="statistic")]


def _fit(models: Models, statistics: Mapping[str, tuple[str, str]]) -> list[Row]:
    rows = []
    for statistic, (label, form) in statistics.items():
        if any(model["fit"].get(statistic) is not None for model in models.values()):
            cells = [
                Cell(model["fit"].get(statistic), form) if _applies(model, statistic) else BLANK
                for model in models.values()
            ]
            rows.append(Row(label, tuple(cells), kind="statistic"))
    return rows


def _usual(models: Models) -> dict[str, tuple[str, str]]:
    """Return what is printed where nothing is asked for: of panel models no likelihood."""
    others = [model for model in models.values() if not FAMILIES[model["family"]].units]
    return {
        name: about
        for name, about in FIT.items()
        if name not in LIKELIHOOD or any(name in model["fit"] for model in others)
    }


def _without(models: Models, chosen: Options) -> list[str]:
    """Return which columns have none of a statistic that is asked for."""
    found = {}
    for position, model in models.items() if chosen.statistics else ():
        asked = [name for name in chosen.statistics or () if name in FIT | EXTRA]
        lacking = [STATISTICS[name] for name in asked if not known(model["fit"].get(name))]
        if lacking and model["status"] == "ok":
            what = ", ".join(lacking)
            found[position] = [f"not computed, as the estimator gives none: {what}."]
    return display_names.by_column(found)


def _applies(model: Entry, statistic: str) -> bool:
    return model["status"] != "ok" or statistic in model["fit"]


def _records(position: int, model: Entry, sources: Sources) -> list[Entry]:
    """Return the model's rows of `tidy`: coefficients, cut points, counts and fit, failure,
    warnings, rows left out.
    """
    about = {"column": position} | {
        part: model[part] for part in ("model", "label", "family", "outcome")
    }
    records = [*_estimates(model, sources), *_statistics(model), *_said(model)]
    return [{**about, **record} for record in records]


def _estimates(model: Entry, sources: Sources) -> Iterator[Entry]:
    """Yield the coefficients, cut points and tests of a model."""
    for row in model["rows"]:
        if row["kind"] in (*EQUATIONS, "threshold", "auxiliary", SCORE_TEST):
            record = {**row, "term_label": _term_label(row, model, sources)}
            if row["kind"] == SCORE_TEST:
                record["text"] = direction(model, row["term"]) or None
            yield record
    for test in (test for test in _tests(model) if not test["reason"]):
        row = {**test, "kind": f"by {test['method']}"}
        yield {**row, "term_label": _term_label(row, model, sources)}


def _statistics(model: Entry) -> list[Entry]:
    """Return the counts of a model, and what tells how well it fits."""
    statistics = (
        {name: model[name] for name in COUNTS if model.get(name) is not None}
        | {f"n[{level}]": n for level, n in model["n_by_level"].items()}
        | dict(model["fit"])
    )
    labels = (
        COUNTS
        | {f"n[{level}]": f"N: {display_names.level(level)}" for level in model["n_by_level"]}
        | {name: label for name, (label, _) in (FIT | EXTRA).items()}
    )
    return [
        {"kind": "statistic", "term": name, "term_label": labels.get(name), "estimate": value}
        for name, value in statistics.items()
    ]


def _said(model: Entry) -> Iterator[Entry]:
    """Yield what is said of a model: why it failed, warnings, and what was dropped."""
    if model["status"] != "ok":
        failure = model["failure"] or {"kind": "unknown", "message": None}
        yield {"kind": "failure", "term": failure["kind"], "text": failure["message"]}
    for number, warning in enumerate(model["warnings"], start=1):
        term = f"{number} {warning['kind']}"
        yield {"kind": "warning", "term": term, "text": warning["message"]}
    for row in model["dropped"]:
        unit = [str(value) for part, value in row.items() if part != "reason" and value is not None]
        yield {"kind": "dropped", "term": " ".join(unit), "text": row["reason"]}


def _term_label(row: Entry, model: Entry, sources: Sources) -> str:
    if row["kind"] == "threshold":
        return display_names.cut_point(row["level"])
    if row["kind"] == "auxiliary":
        return display_names.AUXILIARY[row["term"]]
    averaged = re.fullmatch(r"mean\((.+)\)", row["term"])
    if averaged and averaged[1] in model["labels"]:
        return f"{model['labels'][averaged[1]]}, mean of the unit"
    return model["labels"].get(row["term"]) or sentences.effect_label(row["term"], sources)


def _on_cut_points(models: Models, chosen: Options) -> list[str]:
    shown = _cut_points(models, chosen) and chosen.stars and not chosen.keep
    return ["Cut points carry no stars: a test against zero would mean nothing."] if shown else []


def _on_the_penalty(models: Models) -> list[str]:
    """Return for which models the fit is told without the penalty that they were fitted with."""
    name = "penalised_log_likelihood"
    firth = [place for place, model in models.items() if model["fit"].get(name) is not None]
    words = "log likelihood, AIC and BIC without the penalty."
    return [f"{display_names.numbers(firth)} {words}"] if firth else []


def _on_absorbed_effects(models: Models, sources: Sources) -> list[str]:
    told = {cell.text for row in _effects(models, sources) for cell in row.cells}
    return ["Absorbed: taken up by finer effects."] if "absorbed" in told else []


def _notes(models: Models, chosen: Options, sources: Sources) -> tuple[str, ...]:
    scales = display_names.by_column(
        {position: [chosen.scale_words(scale_of(model))] for position, model in models.items()},
        models,
    )
    return (
        *table_notes.failures(models, sources),
        *table_notes.rows_given(models),
        _first_note(chosen, scales),
        *([f"Means of the units: {MEANS}"] if _unit_means(models, chosen, sources) else []),
        *_on_cut_points(models, chosen),
        *table_notes.score_tests(models, sources),
        *table_notes.methods(models, sources),
        *_other_methods(models, chosen, sources),
        *_selection_notes(models),
        *_on_the_penalty(models),
        *_on_absorbed_effects(models, sources),
        *table_notes.warnings(models, sources),
        *table_notes.levels(models),
        *table_notes.references(models, chosen.terms(term_order(models)), sources),
        *table_notes.dropped(models, sources),
        *_conventions(models, chosen, sources),
        *chosen.notes,
        "Exact p-values, 95% intervals and every row left out: the CSV file of this table.",
    )


def _first_note(chosen: Options, scales: Sequence[str]) -> str:
    """Return what the numbers are: their scale, what stands below them, what stars mean."""
    below = BELOW[chosen.below]
    words = f"Coefficients{f' with {below}' if below else ''}; scale: {'; '.join(scales)}."
    delta = (
        "Standard errors of ratios are those of the delta method; p-values are of their logarithms."
    )
    ratios = chosen.exponentiate and chosen.below == "std_error"
    return " ".join(part for part in (words, delta if ratios else "", chosen.legend()) if part)


def _among_rows(models: Models) -> list[str]:
    """Return over how many rows terms are centred, standardised or ranked."""
    relative = {
        place: [f"{model['n']:,}"]
        for place, model in models.items()
        if model["status"] == "ok" and any(name in str(model["terms"]) for name in AMONG)
    }
    if not relative:
        return []
    over = "; ".join(display_names.by_column(relative, models))
    return [f"Centred, standardised or ranked over the rows of the model: {over}."]


def _information(models: Models, chosen: Options) -> list[str]:
    """Return how AIC and BIC count the parameters of least squares and of fixed effects."""
    found = []
    if any(model["family"] == "ols" and "aic" in model["fit"] for model in models.values()):
        found.append(
            "AIC and BIC of least squares count the coefficients and not the variance (as Stata)."
        )
    asked = {"aic", "bic"} & set(chosen.statistics or ())
    if asked and any(model["family"] in WITH_EFFECTS for model in models.values()):
        found.append(
            "AIC and BIC of models with fixed effects count the effects, as least squares with "
            "dummies in their place."
        )
    return found


def _conventions(models: Models, chosen: Options, sources: Sources) -> list[str]:
    """Return how AIC and BIC of least squares count, and which terms are not shown."""
    found: list[Any] = _among_rows(models)
    hidden = [term for term in term_order(models) if term not in chosen.terms(term_order(models))]
    if hidden:
        of = list(models.values())
        hidden = [sentences.label(term, of, sources) for term in hidden]
        found.append(f"Not shown: {', '.join(hidden)}; the CSV file of this table has them.")
    found += _information(models, chosen)
    found += _without(models, chosen)
    return found


AT_THE_LIMIT = (
    "Where the correlation runs to its limit, the maximum lies on the edge of what it can be, and "
    "the likelihood ratio has no chi-squared distribution: it says how far the likelihood rises, "
    "and its p-value is a rough mark."
)


def _selection_notes(models: Models) -> list[str]:
    """Return how models with selection are read."""
    if not any(model.get("selection") for model in models.values()):
        return []
    tested = any("rho_lr" in model["fit"] for model in models.values())
    limits = any((model["failure"] or {}).get("kind") == "boundary" for model in models.values())
    return [
        (
            "Models with selection: all rows tell who is selected; the outcome is known of the "
            "selected rows only. The correlation of the errors says how far what is unobserved "
            "works on both; its test is made on the scale of its inverse hyperbolic tangent, and "
            "its interval carried over from there."
        ),
        *(
            ["The likelihood ratio test of the correlation takes rows as independent."]
            if tested
            else []
        ),
        *([AT_THE_LIMIT] if limits else []),
    ]
