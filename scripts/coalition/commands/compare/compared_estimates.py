"""Models and estimates of two runs, matched by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...formula.families import FAMILIES
from .changes import BOTH, presence, sign, significant, unlike
from .compared_settings import redefined
from .compared_verdicts import changed
from .difference import difference_columns, differences
from .runs import Entry, Run

KEY = ["part", "hypothesis", "model", "kind", "level", "term"]
SIDE = ["estimate", "std_error", "p_value", "conf_low", "conf_high", "df", "n"]
FLAGS = ["verdict_changed", "sign_changed", "significance_changed", "n_changed"]
COLUMNS = [
    *KEY,
    "label",
    "presence",
    "differs",
    *FLAGS,
    "rank",
    "drawn",
    "not_alike",
    *difference_columns(),
    *(f"{name}_{side}" for name in SIDE for side in "ab"),
]
FOCUS = (
    "coefficient",
    "selection_coefficient",
    "marginal_effect",
    "marginal_effect_given_selection",
    "contrast",
    "score_test",
    "primary test",
)
"""Kinds of rows on which something is claimed; constants, thresholds, probabilities and fixed
effects come after all of them.
"""
MODEL_COLUMNS = ["model", "label", "presence", "status_changed", "n_changed", "not_alike"]
MODEL_SIDES = ["family", "outcome", "status", "failure", "n", "n_states", "n_clusters"]
LOST_COLUMNS = ["model", "row", "left_out_in", "reason"]
ON_THE_SCALE_OF_THE_MODEL = (
    "coefficient",
    "selection_coefficient",
    "assumed_correlation",
    "threshold",
    "scale",
    "auxiliary",
)
"""Kinds of rows in the units of the linear predictor; the others are probabilities, counts, or
units of the outcome.
"""
PARTS = {
    "family": ("family",),
    "outcome": ("outcome",),
    "terms": ("terms",),
    "rows selected": ("where",),
    "fixed effects": ("fixed_effects",),
    "selection": ("selection",),
    "nonproportional terms": ("nonproportional",),
    "spells": ("spell",),
    "baseline hazard": ("baseline",),
    "offset": ("offset",),
    "exposure": ("exposure",),
    "population": ("population",),
    "corners": ("corners",),
    "standard errors": ("inference", "covariance", "cluster", "correction"),
}
"""What two models of one name can differ in, and where it stands in a MODEL."""


@dataclass(frozen=True)
class Pair:
    """Two runs, and what their configs say of each model.

    changed : hypotheses with another verdict; tests : model -> term -> hypotheses that it bears on;
        meanings : variables and measures that are defined in another way; samples : samples that
        are.
    """

    a: Run
    b: Run
    changed: frozenset[str]
    tests: Mapping[str, Mapping[str, frozenset[str]]]
    meanings: frozenset[str]
    samples: frozenset[str]


def estimates(a: Run, b: Run) -> pd.DataFrame:
    """Compare every estimate of every model, and the primary tests under every alternative, with
    other inference, and with uncertain data.

    Returns
    -------
    DataFrame
        Key KEY: part is "model", "alternative" (model: its name), "inference" or "uncertainty"
        (model: its method); presence; differs: whether anything is not the same; FLAGS; rank
        (`_rank`); drawn: whether it, or its p-value, rests on draws; not_alike: what the two models
        do not share, so that the difference is not of the data alone; the columns of
        `difference.differences`, missing where the two are not on one scale; SIDE with _a and _b.
        What matters comes first.
    """
    pair = _pair(a, b)
    rows = [
        _paired(key, first, second, pair)
        for key, first, second in _matched(_entries(a), _entries(b))
    ]
    table = pd.DataFrame(
        rows,
        columns=[name for name in COLUMNS if name not in (*difference_columns(), "differs")]
        + ["comparable"],
    )
    sides = [
        table[[f"{name}_{side}" for name in ("estimate", "std_error", "df")]].astype("float64")
        for side in "ab"
    ]
    first, second = (
        part.set_axis(["estimate", "std_error", "df"], axis=1).where(table["comparable"])
        for part in sides
    )
    table = pd.concat([table, differences(first, second)], axis=1)
    unequal = table["difference"].fillna(0) != 0
    other_scale = (table["presence"] == BOTH) & ~table["comparable"]
    half_known = sides[0]["estimate_a"].isna() != sides[1]["estimate_b"].isna()
    without_estimate = (
        (table["presence"] == BOTH) & sides[0]["estimate_a"].isna() & sides[1]["estimate_b"].isna()
    )
    other_test = without_estimate & (
        table["p_value_a"].astype("float64").fillna(2)
        != table["p_value_b"].astype("float64").fillna(2)
    )
    table["differs"] = (
        unequal | other_scale | half_known | other_test | table[FLAGS[1:]].any(axis=1)
    )
    return table.sort_values(
        ["rank", "size", *KEY], ascending=[True, False, *[True] * len(KEY)], kind="stable"
    )[COLUMNS].reset_index(drop=True)


def models(a: Run, b: Run) -> pd.DataFrame:
    """Compare the models themselves: which run has them, whether they could be estimated, their
    rows.

    Returns
    -------
    DataFrame
        Key `model`; MODEL_COLUMNS, and MODEL_SIDES with _a and _b. First models that only one run
        has or could estimate, then other N.
    """
    pair = _pair(a, b)
    rows = [
        _model_row(name, first, second, pair)
        for name, first, second in _matched(a.models, b.models)
    ]
    rows.sort(
        key=lambda row: (
            not row["status_changed"],
            row["presence"] == BOTH,
            not row["n_changed"],
            row["model"],
        )
    )
    return pd.DataFrame(
        rows, columns=[*MODEL_COLUMNS, *(f"{name}_{side}" for name in MODEL_SIDES for side in "ab")]
    )


def lost(a: Run, b: Run) -> pd.DataFrame:
    """Return the rows of data that a model of both runs leaves out in one run only, or for another
    reason: LOST_COLUMNS.
    """
    rows = [
        {"model": name, "row": row, "left_out_in": side, "reason": reason}
        for name in sorted({*a.models} & {*b.models})
        for side, here, there in (
            ("A", a.models[name], b.models[name]),
            ("B", b.models[name], a.models[name]),
        )
        for row, reason in sorted(_dropped(here).items() - _dropped(there).items())
    ]
    return pd.DataFrame(rows, columns=LOST_COLUMNS)


# -- estimates
# ------------------------------------------------------------------------------------------------


def _entries(run: Run) -> dict[tuple[str, ...], Entry]:
    """Return every estimate of a run by KEY; of rows that share a key the later ones are
    numbered.
    """
    found: dict[tuple[str, ...], Entry] = {}
    for key, entry in (*_of_models(run), *_of_tests(run)):
        nth = 1
        while (numbered := key if nth == 1 else (*key[:-1], f"{key[-1]} ({nth})")) in found:
            nth += 1
        found[numbered] = entry
    return found


def _of_models(run: Run) -> Iterable[tuple[tuple[str, ...], Entry]]:
    for name, model in run.models.items():
        inference = model.get("inference") or {}
        about = {
            "n": model.get("n"),
            "df": inference.get("df"),
            "fixed_effects": tuple(model.get("fixed_effects") or ()),
        }
        for row in model.get("rows") or []:
            key = ("model", "", name, row["kind"], row.get("level") or "", row["term"])
            yield (
                key,
                {
                    **row,
                    **about,
                    "label": (model.get("labels") or {}).get(row["term"], row["term"]),
                },
            )


def _of_tests(run: Run) -> Iterable[tuple[tuple[str, ...], Entry]]:
    parts = (
        ("alternative", run.robustness, "alternatives", "name"),
        ("inference", run.inference, "rows", "method"),
        ("uncertainty", run.uncertainty, "rows", "method"),
    )
    for part, contents, rows, name in parts:
        for hypothesis, content in contents.items():
            for row in content[rows]:
                key = (part, hypothesis, row[name], "primary test", "", row.get("term") or "")
                yield key, {"n": content.get("n"), **row, "label": row.get("label") or row[name]}


def _matched(
    first: Mapping[Any, Entry], second: Mapping[Any, Entry]
) -> list[tuple[Any, Entry, Entry]]:
    return [
        (key, first.get(key, {}), second.get(key, {})) for key in dict.fromkeys((*first, *second))
    ]


def _paired(key: tuple[str, ...], first: Entry, second: Entry, pair: Pair) -> Entry:
    about, sides = first or second, ((first, pair.a), (second, pair.b))
    flags = {
        "verdict_changed": bool(_bears_on(key, pair) & pair.changed),
        "sign_changed": unlike(sign(first.get("estimate")), sign(second.get("estimate"))),
        "significance_changed": unlike(
            *(significant(of.get("p_value"), run.alpha) for of, run in sides)
        ),
        "n_changed": unlike(first.get("n"), second.get("n")),
    }
    sure = any(significant(of.get("p_value"), run.alpha) for of, run in sides)
    return {
        **dict(zip(KEY, key, strict=True)),
        "label": about["label"],
        "presence": presence(first, second),
        **flags,
        "rank": _rank(flags, sure, presence(first, second) == BOTH, _in_focus(key, about)),
        "drawn": _drawn(first) or _drawn(second),
        "not_alike": _not_alike(key[2], pair) if key[0] == "model" else "",
        "comparable": bool(first and second) and _scale(first) == _scale(second),
        **{
            f"{name}_{side}": of.get(name)
            for name in SIDE
            for side, of in (("a", first), ("b", second))
        },
    }


def _rank(flags: Mapping[str, bool], sure: bool, in_both: bool, in_focus: bool) -> int:
    """Return where an estimate stands: a changed verdict, sign, significance; then all others, by
    the size of their difference.

    A sign that turns where the estimate is significant in neither run says little (both are near
    zero), so it stands below a change of significance.
    """
    if not in_focus:
        return 6
    if not in_both:
        return 5
    if flags["verdict_changed"]:
        return 0
    if flags["sign_changed"]:
        return 1 if sure else 3
    return 2 if flags["significance_changed"] else 4


def _drawn(entry: Entry) -> bool:
    """Return whether an estimate or its p-value rests on draws: a resampling, imputed data."""
    return entry.get("replicates") is not None or (entry.get("draws") or 1) > 1


def _in_focus(key: tuple[str, ...], about: Entry) -> bool:
    fixed = about.get("fixed_effects", ())
    return key[3] in FOCUS and key[5] != "const" and key[5].split("[")[0] not in fixed


def _bears_on(key: tuple[str, ...], pair: Pair) -> frozenset[str]:
    """Return the hypotheses that an estimate bears on."""
    return (
        pair.tests.get(key[2], {}).get(key[5], frozenset())
        if key[0] == "model"
        else frozenset({key[1]})
    )


def _scale(entry: Entry) -> tuple[object, ...]:
    """Return what two estimates must share for their difference to mean anything."""
    if entry.get("kind", "primary test") not in ON_THE_SCALE_OF_THE_MODEL:
        return (entry.get("outcome"),)
    family = entry.get("family") or ""
    # a run of another version may hold families that are no longer known
    return (entry.get("outcome"), FAMILIES[family].scale if family in FAMILIES else family)


# -- models
# ------------------------------------------------------------------------------------------------


def _tested(hypothesis: Entry) -> list[tuple[str, str]]:
    """Return the models and terms (or contrasts) that bear on a hypothesis."""
    primary = hypothesis["primary"]
    models = (primary["model"], *(hypothesis.get("supporting") or ()))
    terms = [primary["term"]] if "term" in primary else primary["contrasts"]
    return [(model, term) for model in models for term in terms]


def _pair(a: Run, b: Run) -> Pair:
    first, second = (run.config.get("samples") or {} for run in (a, b))
    other = {name for name in {*first, *second} if first.get(name) != second.get(name)}
    tests: dict[str, dict[str, frozenset[str]]] = {}
    for run in (a, b):
        for hypothesis, spec in (run.config.get("hypotheses") or {}).items():
            for model, term in _tested(spec):
                of = tests.setdefault(model, {})
                of[term] = of.get(term, frozenset()) | {hypothesis}
    return Pair(
        a,
        b,
        frozenset(changed(a, b)),
        tests,
        frozenset(redefined(a.config, b.config)),
        frozenset(other),
    )


def _words(model: Entry) -> list[str]:
    """Return the names that a model's terms and outcome hold."""
    return re.findall(r"\w+", " ".join((*(model.get("terms") or ()), model["outcome"])))


def _not_alike(name: str, pair: Pair) -> str:
    """Return what a model of both runs does not share, in words; nothing where only one run has
    it.
    """
    if name not in pair.a.models or name not in pair.b.models:
        return ""
    first, second = pair.a.models[name], pair.b.models[name]
    found = [word for word, path in PARTS.items() if _at(first, path) != _at(second, path)]
    used = {word for model in (first, second) for word in _words(model)}
    found += [f"definition of {word}" for word in sorted(used & pair.meanings)]
    samples = {first.get("sample"), second.get("sample")}
    if samples & pair.samples or len(samples) > 1:
        found.append("sample")
    return "; ".join(found)


def _at(model: Entry, path: tuple[str, ...]) -> object:
    value = model.get(path[0])
    return value if len(path) == 1 else [(value or {}).get(key) for key in path[1:]]


def _model_row(name: str, first: Entry, second: Entry, pair: Pair) -> Entry:
    sides = {
        f"{part}_{side}": (of.get("failure") or {}).get("message")
        if part == "failure"
        else of.get(part)
        for part in MODEL_SIDES
        for side, of in (("a", first), ("b", second))
    }
    return {
        "model": name,
        "label": (first or second).get("label", name),
        "presence": presence(first, second),
        "status_changed": unlike(first.get("status"), second.get("status")),
        "n_changed": unlike(first.get("n"), second.get("n")),
        "not_alike": _not_alike(name, pair),
        **sides,
    }


def _dropped(model: Entry) -> dict[str, str]:
    return {
        ", ".join(
            str(value) for part, value in row.items() if part != "reason" and value is not None
        ): row["reason"]
        for row in model.get("dropped") or []
    }
