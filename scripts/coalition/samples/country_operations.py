"""Samples: who is in the universe, what each state did, what is known about it; and who was left
out, and why.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from ..base.cache import Cache, fingerprint
from ..base.errors import Problems
from ..base.files import digest
from ..base.keys import listed
from ..config.settings import labels
from ..data import caveat_levels
from ..data.troop_counts import by_year
from ..formula.columns import columns_of
from ..formula.combinations import columns_of as made_of
from ..formula.filters import holds
from ..formula.filters import variables as named_in
from ..formula.inference_methods import asked_of
from ..formula.outcomes import CROSS_SECTION, PANEL, outcomes_of
from . import covariates as variables
from . import measures
from .cells_used import cells_used

OperationTables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Sample:
    """A sample and what a referee asks about it (see `diagnostics/<sample>.json` in
    docs/architecture.md).
    """

    table: pd.DataFrame
    diagnostics: dict[str, Any]


def build(
    config: Mapping[str, Any],
    name: str,
    tables: Mapping[str, OperationTables],
    describe: bool = True,
    cache: Cache | None = None,
    also: Collection[str] = (),
    dictionaries: Mapping[str, Mapping[str, str]] | None = None,
) -> Sample:
    """Build one sample of the config.

    Parameters
    ----------
    config : mapping
        The whole config; operations, covariates, variables, measures, universes and the sample are
        read.
    name : str
        The sample.
    tables : mapping
        Canonical tables by operation; under "covariates" the facts about states, and the states
        themselves.
    describe : bool
        Whether the measures and variables are to be described in the diagnostics.
    cache : Cache, optional
        Of samples that were built from the same tables, of which the table alone is wanted: states
        that were listed, facts that were joined and measures that were made for them are not again,
        and nothing is counted for the diagnostics.
    also : collection of str, optional
        Columns of the covariates that are joined beside those that the config uses, so that samples
        whose configs use different ones share what is joined.
    dictionaries : mapping, optional
        Table of covariates -> column -> grade of evidence, where a dictionary says it.

    Returns
    -------
    Sample
        Key of the table: iso3, operation, year.
    """
    spec = config["samples"][name]
    found: dict[str, Any] = {"sample": name, "unit": spec["unit"]}
    for part in (
        "flow",
        "states_out",
        "components",
        "correlations",
        "alpha",
        "descriptives",
        "joins",
        "cells",
    ):
        found[part] = []
    noted = describe or cache is None
    cache = cache or Cache()
    parts = [
        _operation(config, spec, operation, tables, found, describe, noted, cache, also)
        for operation in spec["operations"]
    ]
    if describe and spec["unit"] == CROSS_SECTION:
        own = modelled_columns(config)
        for rows in parts:
            of = str(rows["operation"].iloc[0])
            counted = cells_used(
                rows, tables[of], tables["covariates"], config, spec, own, dictionaries or {}
            )
            found["cells"] += [{"operation": of, **entry} for entry in counted]
    table = (
        pd.concat(parts, ignore_index=True)
        .sort_values(["iso3", "operation", "year"])
        .reset_index(drop=True)
    )
    return Sample(table, found)


NOT_OF_ROWS = (
    "caveats",
    "disputed",
    "evidence",
    "contributors_evidence",
    "reserved_from",
    "universe",
)
"""Keys of a sample that do not decide which states and years it begins with; what lists these is
not
given the keys, so that it cannot read them.
"""


def _operation(
    config: Mapping[str, Any],
    spec: Mapping[str, Any],
    operation: str,
    tables: Mapping[str, OperationTables],
    found: dict[str, Any],
    describe: bool,
    noted: bool,
    cache: Cache,
    also: Collection[str],
) -> pd.DataFrame:
    flow = _Flow(operation, found if noted else None)
    name, rows = _listed_rows(config, spec, operation, tables, found, cache)
    _stop_if_empty(rows, spec["universe"], operation)
    name, rows, joins = _with_facts(
        (name, rows), config, spec, operation, tables["covariates"], cache, also
    )
    found["joins"] += joins
    where = config["universes"][spec["universe"]]["where"]
    inside = holds(rows, where)
    if not inside.all():
        rows = flow.leave_out(
            rows, ~inside, f"outside the universe: {config['universes'][spec['universe']]['label']}"
        )
    _stop_if_empty(rows, spec["universe"], operation)
    rows = rows.reset_index(drop=True)
    if describe:
        rows, described = measures.build(rows, config["measures"], labels(config))
        for part, entries in described.items():
            found[part] += [{"operation": operation, **entry} for entry in entries]
    else:
        made = measures.made((name, digest(where)), rows, config["measures"], cache)
        rows = pd.concat([rows, made], axis=1)
    rows = _with_outcomes(rows, config, spec, operation, tables, cache)
    flow.end(rows)
    described_names = [
        *(outcome.name for outcome in outcomes_of(spec["unit"]) if outcome.numeric),
        *config["measures"],
        *config["variables"],
    ]
    if describe:
        found["descriptives"] += descriptives(rows, described_names, operation, labels(config))
    return rows


def _listed_rows(
    config: Mapping[str, Any],
    spec: Mapping[str, Any],
    operation: str,
    tables: Mapping[str, OperationTables],
    found: dict[str, Any],
    cache: Cache,
) -> tuple[Hashable, pd.DataFrame]:
    """Return the states, and years, that a sample begins with, and what names them in the cache."""
    about = config["operations"][operation]
    own = {key: value for key, value in spec.items() if key not in NOT_OF_ROWS}

    def make() -> tuple[pd.DataFrame, dict[str, Any]]:
        said: dict[str, Any] = {"flow": [], "states_out": []}
        rows = UNITS[spec["unit"]].rows(
            tables["covariates"]["states"],
            about,
            own,
            tables[operation]["contributors"],
            _Flow(operation, said),
        )
        return rows.assign(operation=operation), said

    name = ("rows", operation, digest([about, own]))
    rows, said = cache.once(name, make)
    for part, entries in said.items():
        found[part] += entries
    return name, rows


def _with_outcomes(
    rows: pd.DataFrame,
    config: Mapping[str, Any],
    spec: Mapping[str, Any],
    operation: str,
    tables: Mapping[str, OperationTables],
    cache: Cache,
) -> pd.DataFrame:
    """Add what each state did."""
    about = config["operations"][operation]
    keys = rows[["iso3", "year"]].assign(personnel=rows[spec["personnel"]])
    outcomes = cache.once(
        ("outcomes", operation, digest([about, spec]), fingerprint(keys)),
        lambda: with_built(
            UNITS[spec["unit"]].outcomes(keys, about, spec, tables[operation], operation),
            spec["unit"],
        ).drop(columns=keys.columns),
    )
    return pd.concat([rows, outcomes], axis=1)


def with_built(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Add the outcomes that have a builder of their own."""
    for outcome in outcomes_of(unit):
        if outcome.builder:
            module, _, function = outcome.builder.partition(":")
            build = getattr(import_module(f".{module}", __package__), function)
            rows = rows.assign(**{outcome.name: build(rows)})
    return rows


def _with_facts(
    named: tuple[Hashable, pd.DataFrame],
    config: Mapping[str, Any],
    spec: Mapping[str, Any],
    operation: str,
    facts: OperationTables,
    cache: Cache,
    also: Collection[str],
) -> tuple[Hashable, pd.DataFrame, list[dict[str, Any]]]:
    """Join the facts to the rows of an operation and make the variables; return what names the rows
    in the cache, and what each join matched, too.
    """
    of, rows = named
    about, covariates, made = (
        config["operations"][operation],
        config["covariates"],
        config["variables"],
    )
    wanted, targets, aliases = (
        wanted_columns(config) | set(also),
        listed(about["target"]),
        about.get("aliases", {}),
    )
    joining = ("facts", of, digest([covariates, spec["evidence"], sorted(wanted), targets]))
    joined, joins = cache.once(
        joining,
        lambda: variables.attach(
            rows, facts, covariates, spec["evidence"], operation, wanted, targets
        ),
    )
    # A name that only other operations give to a column is a column that is not known here: its
    # cells are missing, and counted as missing where a model uses it.
    elsewhere = {alias for one in config["operations"].values() for alias in one.get("aliases", {})}
    unknown = sorted(elsewhere - {*aliases, *joined.columns})
    deriving = ("variables", joining, digest([made, aliases, unknown]))
    derived = cache.once(
        deriving,
        lambda: variables.derive(
            joined.assign(**dict.fromkeys(unknown, float("nan"))),
            made,
            aliases,
            cache,
            ("variable", joining, tuple(unknown)),
        ),
    )
    return deriving, derived, joins


def _stop_if_empty(rows: pd.DataFrame, universe: str, operation: str) -> None:
    """Stop where an operation is left without states, which no later step could make sense of."""
    problems = Problems()
    if rows.empty:
        message = (
            "no state is left: none existed in the year from which its covariates are, or "
            "none is in the universe"
        )
        problems.add(f"operations.{operation}", message, value=f"universe {universe}")
    problems.stop()


def wanted_columns(config: Mapping[str, Any]) -> set[str]:
    """Return the columns of the covariates that anything in the config uses."""
    used = set[str]().union(*map(made_of, config["variables"].values()))
    conditions = [universe["where"] for universe in config["universes"].values()]
    conditions += [sample["where"] for sample in config["samples"].values() if "where" in sample]
    used |= {column for condition in conditions for column in named_in(condition)}
    used |= {
        column
        for about in config["operations"].values()
        for column in about.get("aliases", {}).values()
    }
    used |= {spec["personnel"] for spec in config["samples"].values() if "personnel" in spec}
    return used.union(*map(columns_of, config["models"].values()))


def modelled_columns(config: Mapping[str, Any]) -> set[str]:
    """Return the columns of the covariates that stand in a model, alone or within a measure."""
    models = [
        each
        for each in config["models"].values()
        if "file" not in config["samples"][each["sample"]]
    ]
    names = {column for model in models for column in columns_of(model)}
    names = measures.with_components(names, config["measures"])
    made = config["variables"]
    return {
        column for name in names for column in (made_of(made[name]) if name in made else [name])
    }


class _Flow:
    """Counts the states that are left after each step, and names those that were left out; where
    there is nothing to note it in, it does neither.
    """

    def __init__(self, operation: str, found: dict[str, Any] | None) -> None:
        self.operation, self.found = operation, found

    def start(self, rows: pd.DataFrame, step: str) -> pd.DataFrame:
        """Count the states that a sample begins with."""
        self._step(rows, step, [], None)
        return rows

    def leave_out(self, rows: pd.DataFrame, out: pd.Series, reason: str) -> pd.DataFrame:
        """Return the rows without those that are `out`; count what is left, and name the states of
        which no row is left.
        """
        kept = rows[~out.to_numpy()]
        if self.found is None:
            return kept
        gone = rows[out.to_numpy()]
        names = sorted(set(gone["iso3"]) - set(kept["iso3"]))
        self._step(kept, f"without: {reason}", names, reason)
        self.note(gone[gone["iso3"].isin(names)], reason)
        return kept

    def note(self, gone: pd.DataFrame, reason: str) -> None:
        """Name states that are out, each once, with the reason."""
        if self.found is None:
            return
        for row in gone.drop_duplicates("iso3").sort_values("iso3").itertuples():
            self.found["states_out"].append(
                {
                    "iso3": row.iso3,
                    "country": row.country,
                    "operation": self.operation,
                    "year": None,
                    "reason": reason,
                }
            )

    def end(self, rows: pd.DataFrame) -> None:
        """Count who took part, and of whom the outcome is known."""
        if self.found is None:
            return
        taking_part = (
            rows[rows["participated"] == 1]
            if "participated" in rows
            else rows[rows["deployed"] == 1]
        )
        self._step(taking_part, "of these: took part", [], None)
        if "caveat_level" in rows:
            known = taking_part[taking_part["caveat_level"].notna()]
            unknown = sorted(set(taking_part["iso3"]) - set(known["iso3"]))
            self._step(
                known,
                "of these: caveat level known",
                unknown,
                "no caveat level in the evidence that is used",
            )
        else:
            counted = taking_part[taking_part["troops"].notna()]
            self._step(
                counted,
                "of these: troops counted",
                sorted(set(taking_part["iso3"]) - set(counted["iso3"])),
                "no usable troop count",
            )

    def _step(self, rows: pd.DataFrame, step: str, left_out: list[str], reason: str | None) -> None:
        if self.found is None:
            return
        states = rows["iso3"].nunique()
        self.found["flow"].append(
            {
                "operation": self.operation,
                "step": step,
                "states": states,
                "rows": len(rows),
                "left_out": left_out,
                "reason": reason,
            }
        )


# -- who is in
# ------------------------------------------------------------------------------------------------


def _excluded(rows: pd.DataFrame, about: Mapping[str, Any], flow: _Flow) -> pd.DataFrame:
    for states, reason in (
        (listed(about["leader"]), "leader of the coalition"),
        (listed(about["target"]), "target of the operation"),
        (about.get("at_war", []), "at war with the coalition"),
    ):
        if states:
            rows = flow.leave_out(rows, rows["iso3"].isin(states), reason)
    return rows


def _cross_section(
    states: pd.DataFrame,
    about: Mapping[str, Any],
    spec: Mapping[str, Any],
    contributors: pd.DataFrame,
    flow: _Flow,
) -> pd.DataFrame:
    """Return one row a state of the baseline year, late states by the declared rule."""
    baseline, last = about["baseline_year"], int(about["end"][:4])
    there = (states["first_year"] <= baseline) & (states["last_year"] >= baseline)
    rows = flow.start(
        states[there].assign(covariate_iso3=states.loc[there, "iso3"]), f"states in {baseline}"
    )
    late = states[(states["first_year"] > baseline) & (states["first_year"] <= last)]
    heirs = late[late["iso3"].isin(list(spec.get("predecessors", {})))]
    if spec["late_states"] == "predecessor" and len(heirs):
        rows = flow.start(
            pd.concat([rows, heirs.assign(covariate_iso3=heirs["iso3"].map(spec["predecessors"]))]),
            "with late states",
        )
        late = late.drop(heirs.index)
    joined = contributors.loc[contributors["participated"] == 1, "iso3"]
    flow.note(
        late[late["iso3"].isin(joined)],
        f"contributor, but younger than the baseline year {baseline}",
    )
    flow.note(late[~late["iso3"].isin(joined)], f"younger than the baseline year {baseline}")
    rows = _excluded(rows, about, flow)
    return rows[["iso3", "country", "covariate_iso3"]].assign(
        year=baseline, covariate_year=baseline, as_of=about["start"]
    )


def _panel(
    states: pd.DataFrame,
    about: Mapping[str, Any],
    spec: Mapping[str, Any],
    contributors: pd.DataFrame,
    flow: _Flow,
) -> pd.DataFrame:
    """Return one row a state and year in which it was in the system; covariates are those of `lag`
    years before.
    """
    first, last = about["panel_years"]
    years = pd.DataFrame({"year": range(first, last + 1)})
    rows = states.merge(years, how="cross")
    rows = rows[(rows["first_year"] <= rows["year"]) & (rows["last_year"] >= rows["year"])]
    rows = _excluded(flow.start(rows, f"states in {first}-{last}"), about, flow)
    before = rows["year"] - spec["lag"]
    rows = rows.assign(
        covariate_iso3=rows["iso3"],
        covariate_year=before,
        as_of=(before + 1).astype(str) + "-01-01",
    )
    return rows[["iso3", "country", "year", "covariate_iso3", "covariate_year", "as_of"]]


# -- what they did
# ------------------------------------------------------------------------------------------------


def _settled(contributors: pd.DataFrame, disputed: str) -> pd.DataFrame:
    """Return the contributors with disputed cases as they were coded, counted as having taken part,
    or missing.
    """
    if disputed == "count" and "participated_broad" in contributors:
        return contributors.assign(participated=contributors["participated_broad"])
    if disputed == "leave_out" and "disputed" in contributors:
        return contributors.assign(
            participated=contributors["participated"].mask(contributors["disputed"] == 1)
        )
    return contributors


def with_participation(
    rows: pd.DataFrame,
    contributors: pd.DataFrame,
    about: Mapping[str, Any],
    spec: Mapping[str, Any],
) -> pd.DataFrame:
    """Join the contributors; a state that is not listed did not take part, if the list is declared
    complete.
    """
    grades = spec.get("contributors_evidence", spec["evidence"])
    used = _settled(variables.graded(contributors, grades), spec.get("disputed", "as_coded"))
    wanted = [
        name
        for name in ("participated", "entry_date", "exit_date", "peak_troops", "combat_role")
        if name in used
    ]
    rows = rows.merge(used[["iso3", *wanted]], on="iso3", how="left", validate="m:1")
    unlisted = ~rows["iso3"].isin(contributors["iso3"])
    if about["contributors_complete"]:
        rows["participated"] = rows["participated"].mask(unlisted, 0)
    for name, kind in (("entry_date", "str"), ("exit_date", "str"), ("peak_troops", "float64")):
        if name not in rows:
            rows[name] = pd.Series(float("nan"), index=rows.index, dtype=kind)
    return rows.astype({"participated": "float64", "peak_troops": "float64"})


def _responses(
    rows: pd.DataFrame,
    about: Mapping[str, Any],
    spec: Mapping[str, Any],
    tables: OperationTables,
    operation: str,
) -> pd.DataFrame:
    """Add to the keys what each state of the cross-section did, and under which caveats."""
    rows = with_participation(rows, tables["contributors"], about, spec)
    rows = rows.merge(_caveats(tables, spec, operation), on="iso3", how="left", validate="1:1")
    joined = rows["participated"] == 1
    for name in ("caveat_level", "any_caveat", "n_caveat_types", "n_caveat_rows", "n_coders"):
        rows[name] = rows[name].where(joined).astype("float64")
    rows["n_caveat_types"] = rows["n_caveat_types"].mask(
        rows["n_caveat_types"].isna() & (rows["caveat_level"] == 0), 0
    )
    reserved = (rows["caveat_level"] >= spec["reserved_from"]).where(rows["caveat_level"].notna())
    rows["substantive_caveat"] = reserved.astype("float64")
    reserved = reserved.mask(
        joined & reserved.isna(), UNKNOWN_LEVEL[spec.get("unknown_level", "missing")]
    )
    rows["response"] = np.select(
        [rows["participated"] == 0, joined & (reserved == 1), joined & (reserved == 0)],
        ["abstain", "reserved", "unreserved"],
        default="",
    )
    rows["response"] = rows["response"].replace("", np.nan)
    return rows


UNKNOWN_LEVEL: Mapping[str, float] = {"missing": np.nan, "reserved": 1.0, "unreserved": 0.0}
"""What a participant without a caveat level counts as, by the sample's `unknown_level`."""


def _caveats(tables: OperationTables, spec: Mapping[str, Any], operation: str) -> pd.DataFrame:
    columns = ["iso3", "caveat_level", "any_caveat", "n_caveat_rows", "n_coders"]
    rule = spec["caveats"]
    combined = pd.DataFrame(columns=columns)
    if "caveats" in tables:
        combined = caveat_levels.combine(
            caveat_levels.select(tables["caveats"], rule, spec["evidence"], operation), rule
        )[columns]
    if "caveat_types" in tables:
        types = caveat_levels.count_types(tables["caveat_types"], spec["evidence"], rule["coders"])
        return combined.merge(types.reset_index(), on="iso3", how="outer", validate="1:1")
    return combined.assign(n_caveat_types=np.nan)


def _deployments(
    rows: pd.DataFrame,
    about: Mapping[str, Any],
    spec: Mapping[str, Any],
    tables: OperationTables,
    operation: str,
) -> pd.DataFrame:
    """Add to the keys each year's troops."""
    rows = with_participation(rows, tables["contributors"], about, spec)
    entry, leave = (pd.to_numeric(rows[name].str[:4]) for name in ("entry_date", "exit_date"))
    by_year = _troops_by_year(tables, spec)
    # An entry that is not known in the evidence that is used is no later than the first count of
    # troops.
    entry = entry.fillna(
        rows["iso3"].map(by_year[by_year["troops"] > 0].groupby("iso3")["year"].min())
    )
    present = (
        (rows["participated"] == 1) & (entry <= rows["year"]) & (leave.fillna(9999) >= rows["year"])
    )
    rows["deployed"] = present.astype("float64").where(
        rows["participated"].notna() & ~((rows["participated"] == 1) & entry.isna())
    )
    rows = rows.merge(by_year, on=["iso3", "year"], how="left", validate="1:1")
    rows["troops"] = rows["troops"].mask(rows["deployed"] == 0, 0.0).astype("float64")
    return rows.assign(**spells_of_deployment(rows["year"], rows["deployed"], entry, leave, about))


def spells_of_deployment(
    year: pd.Series,
    deployed: pd.Series,
    entry: pd.Series,
    leave: pd.Series,
    about: Mapping[str, Any],
) -> dict[str, pd.Series]:
    """Return the spells of deployment as a discrete-time hazard model reads them (Allison 1982).

    Parameters
    ----------
    year, deployed, entry, leave : Series, shape (rows,)
        Years; `leave` is missing while a state has not left.
    about : mapping
        The operation. Its `early_exit_until` is the last year in which leaving counts; by default
        the year before that of its end, since a state that left in the last year cannot be told
        from
        one that stayed to the end where only the year is known.

    Returns
    -------
    dict
        exited : 1 in the year in which a state left, 0 in the years before, missing where it is not
            at risk: not deployed, or after the last year that counts, at which all that are still
            there are censored.
        years_in : 1 in the year of entry, 2 in the next; counted from the entry also where that
            lies before the panel.
    """
    last = about.get("early_exit_until", int(about["end"][:4]) - 1)
    there = deployed == 1
    exited = (leave == year).astype("float64")
    return {
        "exited": exited.where(there & (year <= last)),
        "years_in": (year - entry + 1).where(there).astype("float64"),
    }


def _troops_by_year(tables: OperationTables, spec: Mapping[str, Any]) -> pd.DataFrame:
    if "troops" not in tables:
        return pd.DataFrame(
            {
                "iso3": pd.Series(dtype="str"),
                "year": pd.Series(dtype="int64"),
                "troops": pd.Series(dtype="float64"),
            }
        )
    return by_year(tables["troops"], spec["evidence"], spec["flags"], spec["troops"])


@dataclass(frozen=True)
class _Unit:
    rows: Any
    outcomes: Any


UNITS = {
    CROSS_SECTION: _Unit(rows=_cross_section, outcomes=_responses),
    PANEL: _Unit(rows=_panel, outcomes=_deployments),
}


def columns(config: Mapping[str, Any], name: str) -> list[str]:
    """Return the columns that a sample is written with: keys, outcomes, measures, variables, and
    whatever else its models name.
    """
    first = [
        "iso3",
        "country",
        "operation",
        "year",
        *(outcome.name for outcome in outcomes_of(config["samples"][name]["unit"])),
        "entry_date",
        "exit_date",
        *config["measures"],
        *config["variables"],
    ]
    models = [model for model in config["models"].values() if model["sample"] == name]
    named = {column for model in models for column in columns_of(model)}
    named |= {column for model in models if (column := asked_of(model).within)}
    return [*first, *sorted(named - set(first))]


def descriptives(
    rows: pd.DataFrame, names: list[str], operation: str, names_of: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the descriptive statistics of numeric columns, one entry a column."""
    entries = []
    for name in (name for name in names if pd.api.types.is_numeric_dtype(rows[name])):
        values = rows[name].astype("float64").dropna()
        entry: dict[str, Any] = {
            "operation": operation,
            "variable": name,
            "label": names_of.get(name, name),
            "n": len(values),
        }
        entry |= {
            "missing": len(rows) - len(values),
            "mean": values.mean(),
            "sd": values.std(ddof=1),
        }
        entries.append(
            entry | {"min": values.min(), "median": values.median(), "max": values.max()}
        )
    return entries
