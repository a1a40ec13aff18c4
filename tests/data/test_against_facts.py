"""Every row and cell of data/ traces to a coded fact, and no fact is lost without a reason that
stands here.

A pair builds, by declared rules, the table that the facts give, and compares it with the shipped
one as a multiset of rows: so a lost row, an added row and a changed cell all show. Skipped where
the facts are not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, reduce

import pandas as pd
import pytest
from shipped import FACTS, cell, differences, facts, needs_facts, renamed, text

pytestmark = needs_facts
Table = pd.DataFrame

# -- ids of sources: one bibliography, so one id for one page
# -----------------------------------------------------

SAME_PAGE: Mapping[str, Mapping[str, str]] = {
    "isaf": {},
    "caveats": {"ORIGO2003": "ORIGO_HU"},
    "caveats_coder2": {
        "ADIF2013AL": "ANALISIDIFESA", "WPROST2010BA": "WPROST_BIH", "CC2007CH": "CURRENTCONCERNS",
        "SWI2008CH": "SWISSINFO",
        "RECALL": "RECALLED", "JALKFI": "FIN_INF", "INDEP2006": "INDEP_200611",
        "ORIGO2003": "ORIGO_HU", "KILD2013IE": "KILDARESTREET",
        "GRAPE2005IS": "GRAPEVINE", "MORMMK": "MORM", "PION2013SG": "PIONEER_SG",
        "BIOBIO2011SV": "BIOBIO_SLV",
        "IFAX2010AM": "INTERFAX_ARM",
        "ELMUNDO2021SV": "ELMUNDO_SLV", "RNZ2012TO": "RNZ_TON",
    },
    "iraq": {},
    "iraq_coder2": {"RECALL": "RECALLED"},
    "country_year": {"general_knowledge": "RECALLED"},
    "stakes": {"C": "RECALLED", "chilcot8": "CHILCOT_P2989"},
    "other_operations": {"C": "RECALLED", "SVWIKI": "SVWIKI_LIBYEN"},
    "reasons": {},  # by address: reasons() below
}  # fmt: skip
"""Ids of the facts that the bibliography replaces: the same page under another topic's id, or a
name that two topics use for two pages.
"""


MAPPED = ("caveats_coder3", "caveats_v2", "other_operations_coder2", "stakes_v2")
"""Topics whose ids caveats_v2/source_map.csv maps; what it does not name keeps its own, in
capitals.
"""


@cache
def ids_of(topic: str) -> Mapping[str, str]:
    """Return the bibliography's id of every id of a topic that has another."""
    if topic not in MAPPED:
        return SAME_PAGE[topic]
    table = facts("caveats_v2/source_map.csv").query("folder == @topic")
    return dict(zip(table["source_id"], table["main_id"], strict=True))


def sources(ids: str, topic: str) -> str:
    """Return the bibliography's ids for a topic's ids, each once."""
    parts = [part.strip() for part in ids.split(";")]
    return ";".join(dict.fromkeys(ids_of(topic).get(part, part).upper() for part in parts))


# -- notes: how a fact was gathered is no part of it
# --------------------------------------------------------------

REWORDED: tuple[tuple[str, str], ...] = (
    ("read by eye from an image table; sum agrees with printed total",
    "table printed as an image; sum agrees with the printed total"),
    ((
        "list quoted in a Russian forum; date inferred from who is present (after the "
        "Philippine and before the Thai exit)"
    ),
     "list quoted in a forum; date inferred from who is present"),
    ((
        "Reuters table; columns were collapsed in the archived copy, so countries known to "
        "have left are entered as 0"
    ),
     "Reuters table; states known to have left are entered as 0"),
    ("Reuters table; collapsed columns, ambiguous rows (NLD, TON, SGP, HUN) left out",
     "Reuters table; ambiguous rows left out (NLD, TON, SGP, HUN)"),
    ("AP list, only the smaller contingents were visible", "AP list, smaller contingents only"),
    ("AP list, seen up to South Korea", "AP list, only part of the list"),
    ("AP list, seen up to Georgia", "AP list, only part of the list"),
    ("AP list, seen up to Kazakhstan", "AP list, only part of the list"),
    ("no word on limits; kept for coverage", "no word on limits"),
    ("contested report, left uncoded", "contested report; level left empty"),
    ("see USA row", "see the source's row on the USA"),
    ("lead state; drop from partner models", "lead state"),
    ("no limit in the opening", "no limit in the part that was read"),
    ("no limit stated in the opening", "no limit stated in the part that was read"),
    ("recalled, not re-read; check before use", "recalled, not re-read"),
)  # fmt: skip


def reworded(note: str) -> str:
    """Return a note as it is shipped."""
    return reduce(lambda words, change: words.replace(*change), REWORDED, note)


# -- what the facts give
# ------------------------------------------------------------------------------------------


def _year(table: Table, date: str, year: str) -> pd.Series:
    """Return the date, or the year where the day is not known."""
    return table[date].where(table[date] != "", table[year].str.removesuffix(".0"))


def isaf_contributors() -> Table:
    table = facts("isaf/isaf_participation.csv")
    table["entry_date"] = _year(table, "entry_date", "entry_year")
    table["exit_date"] = _year(table, "exit_date", "exit_year")
    out = table["participated"] == "0"
    for name in ("peak_troops", "combat_role", "prt_lead", "manoeuvre_unit"):
        # what a state did that did not take part is empty, in both operations
        table[name] = table[name].mask(out, "")
    return table


def iraq_contributors() -> Table:
    table = facts("iraq/iraq_participation.csv")
    return table.assign(
        entry_date=_year(table, "entry_date", "entry_month"),
        exit_date=_year(table, "exit_date", "exit_month"),
    )


def isaf_troops() -> Table:
    table = facts("isaf/isaf_troops.csv")
    dated = table["note"].str.startswith("file name says")
    table["note"] = table["note"].mask(
        dated,
        table["note"].str.replace(
            r"^file name says [^;]*", "dated by the table itself", regex=True
        ),
    )
    return table.assign(flag=table["date_precision"].map({"day": "ok", "approx": "approx_date"}))


def iraq_troops() -> Table:
    table = facts("iraq/iraq_troops.csv")
    table["flag"] = table["flag"].replace(
        {"outside_iraq": "outside_theatre", "nato_ntm": "other_mission"}
    )
    return table.assign(
        series=table["list_id"].map(
            lambda name: "single_report" if name == "single" else "press_list"
        )
    )


def printed(name: str) -> Callable[[], Table]:
    """Return the totals of which a printed one exists; what the facts sum up is left to those who
    sums.
    """

    def build() -> Table:
        table = facts(name)
        return table[table["printed_total"] != ""] if "printed_total" in table else table

    return build


def statements(name: str, coder: str) -> Callable[[], Table]:
    """Return a coder's statements, without the rows that only say that nothing was found (no
    grade).
    """

    def build() -> Table:
        table = facts(name)
        table = table[table["evidence"] != ""]
        blank = pd.Series("", index=table.index)
        basis = table.get("basis", blank)
        if "level_code" in table and "basis" not in table:
            # the first coder of ISAF recorded no basis
            basis = blank.mask(table["evidence"] == "C", "recalled")
        words = {"recall": "recalled", "mandate_composition": "force_composition"}
        added = {
            column: table.get(column, blank)
            for column in ("any_caveat", "role", "restricted_by", "published_scale", "phase")
        }
        preferred = table.get("preferred", blank.mask(blank == "", "1"))
        blind = "0" if coder == "4" else "1"  # coder 4 had seen the levels of others
        return table.assign(
            **added, preferred=preferred, blind=blind, basis=basis.replace(words), coder=coder
        )

    return build


OTHERS: Mapping[str, str] = {
    "gulf1991": "gulf1991", "kosovo1999": "allied_force1999", "libya2011": "unified_protector2011",
    "inherent_resolve": "inherent_resolve2014", "enduring_freedom": "oef2001",
}  # fmt: skip
"""Operations whose facts stand in one folder: ours -> theirs."""
CODED_YEARS = {
    "gulf1991": ("1990", "1991"), "kosovo1999": ("1999", "1999"), "libya2011": ("2011", "2011"),
    "inherent_resolve": ("2014", "2016"),
    "enduring_freedom": ("2001", "2002"),
}  # fmt: skip
"""First and last year for which the coder of those operations speaks."""


def other(name: str, operation: str) -> Table:
    """Return the rows of one of those operations."""
    table = facts(f"other_operations/{name}.csv")
    return table[table["operation"] == OTHERS[operation]]


def other_contributors(operation: str) -> Callable[[], Table]:
    def build() -> Table:
        table = other("participation", operation)
        return table.assign(entry_date=_year(table, "entry_date", "entry_year"))

    return build


def other_statements(name: str, operation: str) -> Callable[[], Table]:
    """Return the one coder's statements: of the dates named, else of the whole contribution;
    without rows that only say: not established.
    """

    def build() -> Table:
        table = other(name, operation)
        if "level_code" in table:
            table = table[(table["level_code"] != "") | (table["evidence"] != "C")]
        stays = other_contributors(operation)().set_index("iso3")
        years = {}
        for place, (named, date) in enumerate(
            (("valid_from", "entry_date"), ("valid_to", "exit_date"))
        ):
            stay = table["iso3"].map(stays[date]).str[:4]
            stay = stay.mask(stay == "", CODED_YEARS[operation][place])
            years[place] = (
                table[named].str[:4].mask(table[named] == "", stay) if named in table else stay
            )
        blank = pd.Series("", index=table.index)
        added = {
            column: blank
            for column in ("any_caveat", "role", "restricted_by", "published_scale", "phase")
        }
        basis = blank.mask(table["evidence"] == "C", "recalled")  # the coder recorded no basis
        return table.assign(
            **added,
            basis=basis,
            start_year=years[0],
            end_year=years[1],
            coder="1",
            preferred="1",
            blind="1",
        )

    return build


def war_powers() -> Table:
    """Return the spells of war powers with those that were read again."""
    table = facts("stakes/parliament_war_powers.csv")
    table["source_id"] = table["source_id"].map(lambda ids: sources(ids, "stakes"))
    for new in facts("stakes_v2/parliament_war_powers_changes.csv").itertuples():
        here = table["iso3"] == new.iso3
        here &= (table["year_from"] <= new.year_to) & (table["year_to"] >= new.year_from)
        longer = table[here & (table["year_to"] > new.year_to)]
        after = longer.assign(year_from=str(int(new.year_to) + 1))
        table.loc[longer.index, "year_to"] = new.year_to  # the spell is split
        for row in table.index[here]:
            for name in ("prior_approval_required", "approval_scope", "evidence"):
                table.loc[row, name] = getattr(new, name)
            read = [part for part in table.loc[row, "source_id"].split(";") if part != "RECALLED"]
            ids = [*read, *sources(new.source_id, "stakes_v2").split(";")]
            table.loc[row, "source_id"] = ";".join(dict.fromkeys(ids))
            if new.note:
                said = f"approval: {new.note.replace('CHANGED: ', '')}"
                table.loc[row, "note"] = "; ".join(filter(None, [table.loc[row, "note"], said]))
        table = pd.concat([table, after], ignore_index=True)
    own = ["evidence", "evidence_dhm2010", "evidence_conscription", "evidence_neutrality"]
    best = table[own].apply(lambda grades: min(grade for grade in grades if grade), axis=1)
    scope = table["evidence"].where(table["approval_scope"] != "", "")
    last = table["evidence_conscription"].where(table["conscription_last_year"] != "", "")
    # a row is as good as its best cell; each cell has its own grade
    return table.assign(best=best, scope=scope, last=last)


LEFT_EVENTS = {"cairo1993hotel"}
"""Attacks that do not belong to the list by its rule: a gunman described as deranged."""


def _read_again(first: Table, key: list[str], topics: Mapping[str, str]) -> Table:
    """Return a first table without the rows that later ones (file -> topic) have, and theirs."""
    first["source_id"] = first["source_id"].map(lambda ids: sources(ids, "stakes"))
    parts = [first]
    for name in topics:
        later = facts(name)
        later["source_id"] = later["source_id"].map(lambda ids: sources(ids, "stakes_v2"))
        parts.append(later[~later["event_id"].isin(LEFT_EVENTS)])
    return pd.concat(parts).drop_duplicates(key, keep="last").fillna("")


def terror_victims() -> Table:
    table = facts("stakes/terror_victims.csv")
    table = table[table["iso3"] != "PSE"]  # not a state of the system
    files = ("stakes_v2/terror_victims.csv", "stakes_v2/terror_victims_missing_events.csv")
    table = _read_again(table, ["iso3", "event_id"], dict.fromkeys(files, "stakes_v2"))
    return table.assign(basis=table["basis"].replace({"not re-read": ""}))


def terror_events() -> Table:
    """Return the attacks: as first listed, as read again, and those that the rule adds."""
    first = facts("stakes/terror_events.csv").rename(columns={"total_note": "note"})
    table = _read_again(first, ["event_id"], {"stakes_v2/terror_events.csv": "stakes_v2"})
    missing = facts("stakes_v2/terror_victims_missing_events.csv")
    missing = missing[~missing["event_id"].isin(LEFT_EVENTS)]
    groups = missing.groupby("event_id")
    added = groups.first().reset_index()
    added["event"] = added["event"].str[0].str.upper() + added["event"].str[1:]
    added["source_id"] = added["event_id"].map(
        groups["source_id"].agg(lambda ids: sources(";".join(ids), "stakes_v2"))
    )
    added["note"] = added["note"].where(added["event_id"] == "islamabad2002", "")
    added = added.assign(total_killed="", breakdown_complete="0", evidence="B")
    return pd.concat([table, added]).fillna("")


def leader_visits() -> Table:
    table = facts("stakes_v2/leader_visits.csv")
    return table[
        table["iso3"].isin(set(text("states.csv")["iso3"]))
    ]  # without Vatican City, the GDR


FAMILIES: Mapping[str, str] = {
    "abandonment": (
        "alliance_commitment nato_aspiration us_relation security_guarantee "
        "credibility_as_ally"
    ),
    "entrapment": "not_our_war escalation casualties",
    "domestic": "public_opinion coalition_politics election",
    "law": "international_law constitution_or_law",
    "stake": "wmd_threat terrorism_threat humanitarian state_building",
    "capacity": "capability cost",
    "gain": "economic_gain",
    "identity": "neutrality historical_memory",
    "other": "other",
}  # fmt: skip
"""Families of reasons, as the codebook lists them."""
FAMILY = {reason: family for family, names in FAMILIES.items() for reason in names.split()}


def address(url: str) -> str:
    """Return an address without what does not tell one page from another."""
    return re.sub(r"^https?://(www\.)?", "", url).rstrip("/").lower()


@cache
def ids_of_reasons(files: str) -> Mapping[str, str]:
    """Return the bibliography's ids of one coder's sources: those of the pages with the address.

    A source without an address has its own id, with the operation where another source has it.
    """
    table = text("sources.csv")
    pages = table[(table["kind"] != "data") & table["url"].str.contains("/", regex=False)]
    ours = dict(zip(pages["url"].map(address), pages["source_id"], strict=True))
    titles = table.set_index("source_id")["title"]
    found = {}
    for row in facts(f"reasons/{files}_sources.csv").itertuples():
        own = row.source_id.upper()
        same = titles.get(own) == row.title
        found[row.source_id] = ours.get(
            address(row.url_or_path), own if same else f"{own}_{files.upper()}"
        )
    return found


def reasons(files: str, named: str, coder: str) -> Callable[[], Table]:
    """Return one coder's reasons for one operation (`named` in the file), numbered in its order."""

    def build() -> Table:
        table = facts(f"reasons/{files}_reasons{'' if coder == '1' else '_coder2'}.csv")
        table = table[table["operation"] == named]
        ids = ids_of_reasons(files)
        dates = table["date"].str.split("/")  # of a look back: first and last year
        number = table.groupby("statement_id").cumcount() + 1
        return table.assign(
            source_id=table["source_id"].map(
                lambda named: ";".join(
                    dict.fromkeys(ids[part.strip()] for part in named.split(";"))
                )
            ),
            date=dates.str[0],
            date_to=dates.map(lambda parts: parts[1] if len(parts) > 1 else ""),
            family=table["reason"].map(FAMILY),
            number=number.astype(str),
            coder=coder,
        )

    return build


def public_opinion() -> Table:
    table = facts("stakes/public_opinion.csv")
    return table.assign(
        operation=table["operation"].replace(
            {"iraq2003": "iraq"} | {theirs: ours for ours, theirs in OTHERS.items()}
        )
    )


def fatalities() -> Table:
    table = facts("isaf/fatalities_by_year.csv")
    table = table[table["iso3"].str.len() == 3]  # 17 deaths are recorded without nationality
    wide = (
        table.pivot(index=["iso3", "year"], columns="theatre", values="fatalities")
        .fillna("")
        .reset_index()
    )
    return wide.assign(source_id="GK2020_ICAS", evidence="A")


def states() -> Table:
    years = facts("country_year/country_year.csv").sort_values(["iso3", "year"])
    # Yugoslavia ends as Serbia
    codes = {name: (name, "last") for name in ("country", "ccode", "gwcode")}
    return (
        years.groupby("iso3")
        .agg(**codes, first=("year", "min"), last=("year", "max"))
        .reset_index()
    )


PARLGOV = "ParlGov CC BY-SA 4.0 / free with citation (Doering and Manow)"
"""Terms that the audit of licences found nowhere."""


def dictionary() -> Table:
    table = facts("country_year/variables.csv")
    shipped = [*text("country_year.csv").columns.drop(["iso3", "year"])]
    table = table[table["variable"].isin(shipped)]
    repeated = table["years_covered"].str.startswith("cross-section repeated ")
    years = table["years_covered"].str.removeprefix("cross-section repeated ")
    issues = facts("country_year/known_issues.csv")
    made = table["transformation"].replace({"none": ""})
    table["licence"] = table["licence"].replace(
        {
            PARLGOV: "ParlGov: releases CC0; the copy is the "
            "development version of November 2023, which states no terms of its own"
        }
    )
    return table.assign(
        first=years.str[:4],
        last=years.str[5:9],
        transformation=made.mask(repeated, "cross-section repeated in every year; " + made),
        evidence=table["evidence"].str[0],
        issues=table["variable"]
        .map(lambda name: _issues(name, issues))
        .mask(repeated, "one undated list, the same in every year: no measure of change"),
    )


def _issues(variable: str, issues: Table) -> str:
    """Return what is known to be wrong with a variable; an entry may name several, or a family
    (pg_*).
    """
    found = []
    for row in issues.itertuples(index=False):
        names = [name.strip() for name in row.variable.split(",")]
        if any(
            variable == name or (name.endswith("*") and variable.startswith(name[:-1]))
            for name in names
        ):
            found.append(f"{row.issue}; advice: {row.advice}" if row.advice else row.issue)
    return " | ".join(found)


# -- the pairs
# ------------------------------------------------------------------------------------------------

Names = Mapping[str, str]
GRADED = {"source_id": "source_id", "evidence": "evidence"}
CODES = {"ccode": "in states.csv", "country": "in states.csv"}


@dataclass(frozen=True)
class Pair:
    """A shipped table and the facts that it was made from.

    file : of the facts; build : what the facts give; columns : ours -> theirs; coder : of the
        shipped rows that are compared;
    left : columns of the facts that are not shipped, each with the reason.
    """

    table: str
    file: str
    build: Callable[[], Table]
    columns: Names
    left: Names = field(default_factory=dict)
    coder: str | None = None
    made: tuple[str, ...] = ()

    @property
    def topic(self) -> str:
        return self.file.split("/")[0]


def same(names: str) -> dict[str, str]:
    """Return columns that keep their name."""
    return {name: name for name in names.split()}


def plain(name: str) -> Callable[[], Table]:
    return lambda: facts(name)


PERIOD = {"iso3": "iso3", "from_year": "start_year", "to_year": "end_year"}
CAVEATS = PERIOD | {
    "coder": "coder",
    "phase": "phase",
    "level": "level_code",
    "scale": "published_scale",
    "note": "coder_note",
}
CAVEATS |= same("any_caveat basis role restricted_by preferred blind") | GRADED
TYPES = PERIOD | same("coder type present basis note") | GRADED
OF_CAVEATS = CODES | {"level": "the name of level_code"}


def coded(operation: str, coder: str, folder: str) -> Iterable[Pair]:
    """Return the pairs of one coder of one operation."""
    levels, types = (f"{folder}/caveats_{operation}{ending}.csv" for ending in ("", "_types"))
    yield Pair(
        f"operations/{operation}/caveats.csv",
        levels,
        statements(levels, coder),
        CAVEATS,
        OF_CAVEATS,
        coder,
    )
    yield Pair(
        f"operations/{operation}/caveat_types.csv",
        types,
        statements(types, coder),
        TYPES,
        CODES,
        coder,
    )


def of_reasons(operation: str, files: str, named: str, coder: str) -> Pair:
    return Pair(
        f"operations/{operation}/reasons.csv",
        f"reasons/{files}_reasons{'' if coder == '1' else '_coder2'}.csv",
        reasons(files, named, coder),
        same(
            "iso3 coder statement_id number date date_to decision speaker_kind reason family "
            "direction") | {"label": "short_label"} | GRADED,
        {"operation": "one folder an operation"}, coder,
    )  # fmt: skip


OTHER_CONTRIBUTORS = same(
    "iso3 participated participated_broad disputed entry_date exit_date contribution_class "
    "strike_role amount amount_unit amount_evidence note source_id evidence"
)
ONE_FOLDER = CODES | {"operation": "one folder an operation"}


def of_others(operation: str) -> Iterable[Pair]:
    """Return the pairs of an operation whose facts share a folder with others."""
    folder = "other_operations"
    yield Pair(
        f"operations/{operation}/contributors.csv", f"{folder}/participation.csv",
        lambda: raised(other_contributors(operation)(), operation), OTHER_CONTRIBUTORS,
        ONE_FOLDER | {"entry_year": "in entry_date"},
    )  # fmt: skip
    yield Pair(
        f"operations/{operation}/caveats.csv", f"{folder}/caveats.csv",
        other_statements("caveats", operation), CAVEATS,
        ONE_FOLDER | {"level": "the name of level_code"}, "1",
    )  # fmt: skip
    yield Pair(
        f"operations/{operation}/caveats.csv", "other_operations_coder2/caveats.csv",
        second_statements(operation), CAVEATS,
        ONE_FOLDER | {"level": "the name of level_code"}, "2",
    )  # fmt: skip
    yield Pair(
        f"operations/{operation}/caveat_types.csv", f"{folder}/caveat_types.csv",
        other_statements("caveat_types", operation), TYPES,
        ONE_FOLDER | {"valid_from": "its year is in from_year",
        "valid_to": "its year is in to_year"},
    )  # fmt: skip
    yield Pair(
        f"operations/{operation}/amounts.csv", f"{folder}/amounts_long.csv",
        lambda: other("amounts_long", operation),
        same("iso3 metric as_of value unit note") | GRADED, ONE_FOLDER,
    )  # fmt: skip


SECOND = {"kosovo1999": "allied_force1999", "libya2011": "unified_protector2011",
          "inherent_resolve": "inherent_resolve2014"}  # fmt: skip
"""Names of operations in the second coder's files, where they are others."""
NO_ROW = {
    ("libya2011", "USA"),
    ("kosovo1999", "USA"),
    ("gulf1991", "USA"),
    ("enduring_freedom", "USA"),
}
"""Rows of the second coder that are left out: the leader (the coder has no other that did not
contribute).
"""


def second_statements(operation: str) -> Callable[[], Table]:
    """Return the second coder's levels: one statement a state, of the operation's window."""

    def build() -> Table:
        table = facts("other_operations_coder2/caveats.csv")
        table = table[table["operation"] == SECOND.get(operation, operation)]
        table = table[[(operation, iso3) not in NO_ROW for iso3 in table["iso3"]]]
        first, last = CODED_YEARS[operation]
        blank = dict.fromkeys(
            ("any_caveat", "role", "restricted_by", "published_scale", "phase"), ""
        )
        return table.assign(
            **blank, start_year=first, end_year=last, coder="2", preferred="1", blind="1"
        )

    return build


RECALLED_STILL = {"POL": ("entry_date", "contribution_class")}
"""Cells of a raised row that are still recalled, and so empty."""


def raised(table: Table, operation: str) -> Table:
    """Return the contributors with the rows that the second coder added or graded anew."""
    changes = facts("other_operations_coder2/participation_changes.csv")
    changes = changes[changes["operation"] == SECOND.get(operation, operation)]
    table = table.set_index("iso3")
    table["source_id"] = table["source_id"].map(lambda ids: sources(ids, "other_operations"))
    for row in changes.set_index("iso3").itertuples():
        cells = {
            name: getattr(row, name)
            for name in ("participated", "participated_broad", "disputed", "entry_date",
            "contribution_class", "note", "evidence")
            if getattr(row, name) or row.Index in RECALLED_STILL
        }  # fmt: skip
        cells["source_id"] = sources(row.source_id, "other_operations_coder2")
        if row.Index not in table.index:
            table.loc[row.Index] = ""
            cells["note"] = re.sub(r"(?i)not in the first list[:;] ", "", cells["note"])
        table.loc[row.Index, list(cells)] = list(cells.values())
    return table.reset_index()


ISAF_CONTRIBUTORS = same(
    "iso3 participated entry_date exit_date peak_troops peak_date combat_role combat_end_date "
    "manoeuvre_unit main_region prt_lead note source_id"
) | {
    "fatalities": "fatalities_total", "entry_date_evidence": "entry_evidence",
    "exit_date_evidence": "exit_evidence",
    "combat_role_evidence": "combat_evidence", "main_region_evidence": "region_evidence",
    "fatalities_evidence": "fatalities_evidence",
}  # fmt: skip
ISAF_LEFT = CODES | {
    "evidence": (
        "the weakest grade of entry, exit and region; each is shipped, and the row has the "
        "grade of taking part (tested below)"
    ),
    "nato_member_2003": "in country_year.csv (nato_member)",
    "nato_accession_year": "in country_year.csv",
    "entry_year": "in entry_date", "exit_year": "in exit_date",
    "fatalities_wiki_2021": "a later count for another period",
    "prt_led": "prose", "prt_partner": "prose", "manoeuvre_region": "prose",
    "first_listed": "in troops.csv",
    "last_positive_placemat": "in troops.csv", "n_placemats_listed": "in troops.csv",
    "n_placemats_positive": "in troops.csv",
    "mean_troops_placemats": "in troops.csv",
}  # fmt: skip
IRAQ_CONTRIBUTORS = same(
    "iso3 participated entry_date exit_date combat_role invasion_2003 gulf_presence_2003 "
    "political_support_2003 early_withdrawal exit_class main_force_exit fatalities note source_id "
    "evidence"
) | {
    "entry_date_evidence": "entry_evidence", "exit_date_evidence": "exit_evidence",
    "peak_troops": "peak_troops_post",
    "peak_date": "peak_post_date", "peak_troops_with_invasion": "peak_troops",
}  # fmt: skip
IRAQ_LEFT = CODES | {
    "entry_year": "in entry_date", "exit_year": "in exit_date", "entry_month": "in entry_date",
    "exit_month": "in exit_date",
    "entry_precision": "how much of the date is there",
    "exit_precision": "how much of the date is there", "exit_reason": "in note",
    "political_exit": "a judgement of the coder's own, which the codebook grades C",
    "peak_date": "of the invasion force",
}  # fmt: skip
OPINION = same(
    "iso3 operation date pollster question_type about_own_troops share_support share_oppose "
    "net_support note"
)
WAR_POWERS = same(
    "iso3 prior_approval_required approval_scope dhm2010_index neutrality_status neutrality_note "
    "conscription conscription_last_year note"
)
WAR_POWERS |= {
    "from_year": "year_from", "to_year": "year_to", "source_id": "source_id",
    "prior_approval_required_evidence": "evidence",
    "approval_scope_evidence": "scope", "dhm2010_index_evidence": "evidence_dhm2010",
    "neutrality_status_evidence": "evidence_neutrality",
    "conscription_evidence": "evidence_conscription", "conscription_last_year_evidence": "last",
    "evidence": "best",
}  # fmt: skip
PAIRS = (
    Pair(
        "operations/isaf/contributors.csv", "isaf/isaf_participation.csv", isaf_contributors,
        ISAF_CONTRIBUTORS, ISAF_LEFT,
        made=("evidence",),
    ),
    Pair("operations/iraq/contributors.csv", "iraq/iraq_participation.csv", iraq_contributors,
    IRAQ_CONTRIBUTORS, IRAQ_LEFT),
    Pair(
        "operations/isaf/troops.csv", "isaf/isaf_troops.csv", isaf_troops,
        same("iso3 date series troops flag note") | GRADED,
        CODES | {"date_precision": "in flag"},
    ),
    Pair(
        "operations/iraq/troops.csv", "iraq/iraq_troops.csv", iraq_troops,
        same("iso3 date series troops flag list_complete note") | GRADED,
        CODES | {"list_id": "in series and source_id"},
    ),
    Pair(
        "operations/isaf/printed_totals.csv", "isaf/isaf_totals.csv",
        printed("isaf/isaf_totals.csv"), same("date printed_total source_id"),
        dict.fromkeys(("n_listed", "n_positive", "sum_of_rows", "difference"),
        "a sum of troops.csv"), made=("note", "series", "evidence"),
    ),
    Pair(
        "operations/iraq/printed_totals.csv", "iraq/iraq_totals.csv",
        printed("iraq/iraq_totals.csv"),
        same("date non_us_troops us_troops note") | {"partner_states": "n_partner_states"} | GRADED,
    ),
    *coded("isaf", "1", "caveats"), *coded("isaf", "2", "caveats_coder2"),
    *coded("isaf", "3", "caveats_coder3"), *coded("isaf", "4", "caveats_v2"),
    *coded("iraq", "1", "iraq"), *coded("iraq", "2", "iraq_coder2"),
    *(pair for operation in OTHERS for pair in of_others(operation)),
    of_reasons("isaf", "isaf", "ISAF", "1"), of_reasons("isaf", "isaf", "ISAF", "2"),
    of_reasons("enduring_freedom", "isaf", "OEF", "1"),
    of_reasons("iraq", "iraq", "IRAQ", "1"), of_reasons("iraq", "iraq", "IRAQ", "2"),
    Pair(
        "positions_2003.csv", "stakes/foreign_policy_positions_2003.csv",
        plain("stakes/foreign_policy_positions_2003.csv"),
        same(
            "iso3 letter_of_eight vilnius_ten unsc_member_2003 unsc_permanent "
            "publicly_opposed_2003 note")
        | {"vilnius_ten_evidence": "evidence_vilnius",
        "publicly_opposed_2003_evidence": "evidence_opposed"} | GRADED, CODES,
    ),
    Pair(
        "muslim_share.csv", "stakes/muslim_share.csv", plain("stakes/muslim_share.csv"),
        same("iso3 year muslim_share reliability") | GRADED, CODES,
    ),
    Pair("war_powers.csv", "stakes/parliament_war_powers.csv", war_powers, WAR_POWERS, CODES),
    Pair("public_opinion.csv", "stakes/public_opinion.csv", public_opinion,
    OPINION | {"question": "question_short"} | GRADED, CODES),
    Pair(
        "terror_events.csv", "stakes/terror_events.csv", terror_events,
        same("event_id event event_date location_iso3 total_killed breakdown_complete "
        "note") | GRADED,
        {"total_note": "in note", "sum_listed": "a sum of terror_victims.csv",
        "share_listed": "a sum of terror_victims.csv", "scope": "why the event was coded"},
    ),
    Pair(
        "terror_victims.csv", "stakes/terror_victims.csv", terror_victims, same("iso3 event_id "
        "nationals_killed killed_lower killed_upper basis disputed note") | GRADED,
        CODES | dict.fromkeys(("event", "event_date", "location_iso3"),
        "in terror_events.csv") | {"scope": "why the event was coded"},
    ),
    Pair(
        "leader_visits.csv", "stakes_v2/leader_visits.csv", leader_visits,
        same("iso3 state_department_id start_date end_date year visit_type multilateral") | GRADED,
        dict.fromkeys(("from_as_printed", "visitor", "description"),
        "words of the list; the coded columns are shipped"),
    ),
    Pair(
        "leader_visits_year.csv", "stakes_v2/leader_visits_year.csv",
        plain("stakes_v2/leader_visits_year.csv"),
        same(
            "iso3 year visits_us_all visits_us_bilateral visits_us_working_official_state "
            "visits_us_state_official") | GRADED,
    ),
    Pair(
        "trade_with_theatres.csv", "stakes/trade_with_theatres.csv",
        plain("stakes/trade_with_theatres.csv"),
        same(
            "iso3 year trade_iraq_musd trade_share_iraq trade_afghanistan_musd "
            "trade_share_afghanistan trade_libya_musd trade_share_libya")
        | same("imports_from_gulf8_musd gulf8_import_share_of_trade") | GRADED, CODES,
    ),
    Pair(
        "alliance_status.csv", "country_year/alliance_status.csv",
        plain("country_year/alliance_status.csv"),
        same("iso3 status start_date end_date note") | GRADED, CODES,
    ),
    Pair(
        "capital_distances.csv", "country_year/capital_distances.csv",
        plain("country_year/capital_distances.csv"),
        same("iso3 capital lat lon km_kabul km_baghdad km_moscow km_washington") | GRADED,
        CODES | dict.fromkeys(("km_tripoli", "km_pristina", "km_kuwait_city"),
        "the run measures it from lat and lon"),
    ),
    Pair(
        "fatalities.csv", "isaf/fatalities_by_year.csv", fatalities,
        same("iso3 year") | {"fatalities_afghanistan": "AFG", "fatalities_iraq": "IRQ"} | GRADED,
        {"theatre": "two columns", "fatalities": "two columns"},
    ),
    Pair(
        "states.csv", "country_year/country_year.csv", states,
        same("iso3 country") | {"cow_code": "ccode", "gw_code": "gwcode", "first_year": "first",
        "last_year": "last"},
        {}, made=("source_id", "evidence"),
    ),
    Pair(
        "country_year_dictionary.csv", "country_year/variables.csv", dictionary,
        same("variable definition unit transformation licence")
        | {"first_year": "first", "last_year": "last", "known_issues": "issues"} | GRADED,
        {"years_covered": "in first_year and last_year"}
        | dict.fromkeys(("n_nonmissing_2001_2014", "n_rows_2001_2014", "share_2001_2014",
        "n_nonmissing_all"), "counted anew by anyone"),
        made=("terms", "share_alike", "reproduced"),
    ),
)  # fmt: skip


THEIR_NAMES = {"start_year": "from_year", "end_year": "to_year", "level_code": "level"}
THEIR_FILES = {
    "operations/isaf/caveats.csv": "caveats_coder3/caveats_isaf.csv",
    "operations/isaf/caveat_types.csv": "caveats_coder3/caveats_isaf_types.csv",
}
UNSETTLED: Mapping[tuple[str, str, int], str] = {
    ("BEL", "2", 4): "unsettled: a role of instructors or a rule",
    ("BEL", "3", 4): "unsettled: a role of instructors or a rule",
    ("SVN", "2", 2): "unsettled: a ministry's statement beside the practice in the next row",
}
"""Statements of ISAF that debatable.csv leaves to a person: state, coder, number -> its mark."""


def corrected(expected: Table, pair: Pair) -> Table:
    """Return the rows of a pair with the corrections of caveats_v2 that are about them.

    A statement is named by its number within state and coder, as the facts list them.
    """
    expected = expected.reset_index(drop=True)
    about = facts("caveats_v2/corrections.csv")
    name = THEIR_FILES.get(pair.table, pair.table) if pair.coder == "3" else pair.table
    about = about[(about["file"] == name) & ((about["coder"] == pair.coder) | (pair.coder is None))]
    if pair.table.endswith("troops.csv"):
        number = expected["date"] + " " + expected["series"] if len(about) else None
    elif pair.coder:
        number = (expected.groupby("iso3").cumcount() + 1).astype(str)
    gone: list[int] = []
    for change in about.itertuples():
        (place,) = expected.index[(expected["iso3"] == change.iso3) & (number == change.statement)]
        if change.column == "(row)":
            gone.append(place)
            continue
        column = THEIR_NAMES.get(change.column, change.column)
        assert expected.loc[place, column] == change.old, change
        expected.loc[place, column] = change.new
    if pair.coder and pair.table == "operations/isaf/caveats.csv":
        for (iso3, coder, statement), mark in UNSETTLED.items():
            mine = (expected["iso3"] == iso3) & (number == str(statement)) & (pair.coder == coder)
            notes = expected.loc[mine, "note"]
            expected.loc[mine, "note"] = (notes + "; ").where(notes != "", "") + mark
    return expected.drop(index=gone)


CLASSIFIED = "classified in November 2026"
"""Reason of the entries of changes.csv that say what restricts a contingent where the facts do
not: read off notes and sources when the construct was declared.
"""


def as_in_the_facts(table: str) -> Table:
    """Return a shipped table with the later classification of its statements taken back."""
    shipped, log = text(table), text("changes.csv")
    log = log[(log["table"] == table) & log["reason"].str.contains(CLASSIFIED)]
    if log.empty:
        return shipped
    assert set(log["column"]) <= {"restricted_by", "any_caveat"}
    assert (log.loc[log["column"] == "restricted_by", "old"] == "").all()
    keys = shipped[["iso3", "operation", "coder", "statement"]].agg("|".join, axis=1)
    shipped = shipped.set_axis(keys)
    for entry in log.itertuples():
        assert shipped.loc[entry.key, entry.column] == entry.new
        shipped.loc[entry.key, entry.column] = entry.old
    return shipped.reset_index(drop=True)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.table}-{pair.topic}")
def test_rows_and_cells_are_those_of_the_facts(pair: Pair) -> None:
    expected = renamed(pair.build(), pair.columns)
    if "source_id" in expected:
        expected["source_id"] = expected["source_id"].map(lambda ids: sources(ids, pair.topic))
    if "note" in expected:
        expected["note"] = expected["note"].map(reworded)
    expected = corrected(expected, pair)
    shipped = as_in_the_facts(pair.table)
    shipped = shipped[shipped["coder"] == pair.coder] if pair.coder else shipped
    assert differences(expected, shipped[list(pair.columns)]) == []


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.table}-{pair.topic}")
def test_no_column_appears_or_is_lost_without_a_reason(pair: Pair) -> None:
    counted = {"operation", "statement", "count", "poll"}  # made from the file itself
    assert set(text(pair.table).columns) - counted == (set(pair.columns) | set(pair.made)) - counted
    if pair.table != "states.csv":
        raw = facts(pair.file)
        assert set(raw.columns) - set(pair.columns.values()) - set(pair.left) == set()


def test_country_year_is_the_facts_cell_by_cell() -> None:
    left = {
        "ccode", "gwcode", "country",  # states.csv
        "strongest_neighbour_ccode", "strongest_rival_ccode",  # codes, no measures
        "ucdp_secparty_afghanistan", "ucdp_secparty_iraq",  # the outcome itself
        "pg_leg_election_date", "br_leg_election_month", "leader_dec31",  # dates and names
        "source_id", "evidence",  # of the whole row; the dictionary has those of each column
        "milex_sipri_usd", "milex_gdp_sipri", "arms_imports_tiv", "arms_imports_us_tiv",
        # SIPRI's terms
        "v2x_libdem",  # of another release of V-Dem than v2x_polyarchy
    }  # fmt: skip
    theirs, ours = (
        table.sort_values(["iso3", "year"]).reset_index(drop=True)
        for table in (facts("country_year/country_year.csv"), text("country_year.csv"))
    )
    assert set(theirs.columns) - set(ours.columns) == left
    theirs = corrected_years(theirs)[ours.columns]
    for name in ours.columns:
        unequal = theirs[name] != ours[name]
        assert (
            theirs.loc[unequal, name].map(cell).tolist()
            == ours.loc[unequal, name].map(cell).tolist()
        ), name


def corrected_years(table: Table) -> Table:
    """Return the state-years with the cells that the raw files show to be wrong."""
    table = table.set_index(["iso3", "year"])
    for wrong in facts("country_year/build/shipped_wrong.csv").itertuples():
        assert cell(table.loc[(wrong.iso3, wrong.year), wrong.variable]) == cell(wrong.shipped)
        table.loc[(wrong.iso3, wrong.year), wrong.variable] = wrong.raw
    return table.reset_index()


def test_one_row_a_state_year() -> None:
    # what went wrong in 1.0: of two rows for one state-year, an empty one won
    for name in ("country_year.csv", "trade_with_theatres.csv", "fatalities.csv"):
        table = text(name)
        assert table[table.duplicated(["iso3", "year"])].empty, name


@pytest.mark.parametrize(
    ("iso3", "year", "column"),
    [
        ("DEU", "1990", "unga_ideal"), ("YEM", "1990", "unga_ideal"),
        ("YEM", "1990", "v2x_polyarchy"),
        ("PNG", "2000", "dpi_checks"), ("GIN", "2000", "dpi_checks"), ("CYP", "2000", "dpi_checks"),
    ],
)  # fmt: skip
def test_the_half_that_lived_on_has_the_values(iso3: str, year: str, column: str) -> None:
    table = text("country_year.csv").set_index(["iso3", "year"])
    assert table.loc[(iso3, year), column] != ""


def test_a_row_of_isaf_is_graded_for_taking_part() -> None:
    table = facts("isaf/isaf_participation.csv").set_index("iso3")
    grades = text("operations/isaf/contributors.csv").set_index("iso3")
    counted = text("operations/isaf/troops.csv").query(
        "evidence == 'A' and troops not in ('', '0')"
    )["iso3"]
    for iso3, row in grades.iterrows():
        weakest = max(row[["entry_date_evidence", "exit_date_evidence", "main_region_evidence"]])
        # the facts' grade follows from the shipped ones
        assert table.loc[iso3, "evidence"] == (weakest or row["evidence"]), iso3
        assert row["evidence"] == "A", iso3
        assert (iso3 in set(counted)) == (row["participated"] == "1"), iso3


LEFT_FILES: Mapping[str, str] = {
    "isaf/isaf_prt_leads.csv": "who led which team on which day; the contributors' table says "
    "who led one",
    "isaf/isaf_rc_strength.csv": "strength of regional commands, not of states",
    "isaf/isaf_lists_without_numbers.csv": "no numbers; used as a check of entry below",
    "isaf/iiss_deployments_afg_irq.csv": "its ISAF rows are in troops.csv; the others are "
    "other missions",
    "isaf/bonus_caveat_observations.csv": "statements met while reading, without a level; both "
    "coders had the sources",
    "isaf/bonus_iraq_crs_2003-12.csv": "a list of December 2003 that the Iraq table supersedes",
    "isaf/bonus_surge_pledges_2009-12.csv": "pledges, not troops",
    "iraq/iraq_troops_year.csv": "made from iraq_troops.csv",
    "iraq/iraq_published_benchmarks.csv": "coefficients of a published study, no data",
    "caveats/caveats_isaf_aggregate.csv": "counts for the whole mission",
    "caveats_coder2/caveats_isaf_phase.csv": "made from the statements",
    "caveats_coder2/agreement_cells.csv": "made from the statements",
    "caveats_coder2/agreement_summary.csv": "reproduced by tests/data/test_coders.py",
    "caveats_coder2/agreement_any_caveat.csv": "made from the statements",
    "iraq_coder2/agreement_cells.csv": "made from the statements",
    "iraq_coder2/agreement_summary.csv": "reproduced by tests/data/test_coders.py",
    "caveats_coder3/frozen_caveats_isaf.csv": "the same file, frozen before the comparison",
    "caveats_coder3/coverage_phase.csv": "made from the statements",
    "caveats_coder3/disagreements_two_levels.csv": "made from the statements",
    "caveats_coder3/agreement_cells.csv": "made from the statements",
    "caveats_coder3/agreement_summary.csv": "reproduced by tests/data/test_coders.py",
    "caveats_v2/source_map.csv": "ids, read above",
    "caveats_v2/existing_ids_flags.csv": "flaws of ids; addresses are in citations/",
    "caveats_v2/corrections.csv": "applied, and read above",
    "caveats_v2/debatable.csv": "for a person to judge: nothing is changed from it",
    "other_operations_coder2/participation_changes.csv": "in contributors.csv, tested below",
    "other_operations_coder2/agreement_cells.csv": "made from the statements",
    "other_operations_coder2/agreement_summary.csv": "agreement of levels that are mostly recalled",
    "stakes_v2/terror_victims.csv": "in terror_victims.csv, with the first reading",
    "stakes_v2/terror_victims_missing_events.csv": "the same, but for one attack outside the rule",
    "stakes_v2/terror_events.csv": "in terror_events.csv",
    "stakes_v2/parliament_war_powers_changes.csv": "in war_powers.csv",
    "country_year/build/shipped_wrong.csv": "corrections of country_year.csv, read above",
    "country_year/build/columns.csv": "which script makes which column: data/build/",
    "country_year/build/compare.csv": "the rebuilt table against that of 1.0",
    "country_year/build/explanations.csv": "why cells differed: the reasons in changes.csv",
    "country_year/build/raw_files.csv": "the raw files behind data/build/",
    "citations/addresses.csv": "addresses of sources.csv, tested below",
    "citations/datasets.csv": "datasets.csv, tested below",
    "citations/terms_map.csv": "terms of sources.csv and the dictionary, tested below",
    "reasons/agreement_reasons.csv": "reproduced by tests/data/test_reasons.py",
    "reasons/isaf_counts.csv": "made from the reasons",
    "reasons/iraq_counts.csv": "made from the reasons",
    "reasons/isaf_blind_sample.csv": "what the second coder was given",
    "reasons/iraq_blind_sample.csv": "what the second coder was given",
    "country_year/known_issues.csv": "in the dictionary, column known_issues",
    "stakes/terror_exposure_country.csv": "sums of terror_victims.csv",
    "stakes/energy_imports.csv": "no hypothesis of this project needs it",
    "stakes/capability.csv": "aircraft and ships: no measure of this project uses them",
    "other_operations/operations.csv": (
        "dates and leaders stand in configs/operations/, with the window that was coded as the end"
    ),
    "other_operations/mid_cow_crosscheck.csv": "disputes in which the coalition itself fought: "
    "the outcome, not a covariate",
    "other_operations/external_checks.csv": "findings of published studies, no data",
}
"""Files of the facts that data/ does not hold."""


def test_every_file_of_the_facts_is_shipped_or_left_out_for_a_reason() -> None:
    topics = {*SAME_PAGE, *MAPPED, "citations"}
    there = {path.relative_to(FACTS).as_posix() for path in FACTS.rglob("*.csv")}
    there = {
        name
        for name in there
        if name.split("/")[0] in topics and not name.endswith(("/sources.csv", "_sources.csv"))
    }
    used = {pair.file for pair in PAIRS}
    assert used & set(LEFT_FILES) == set()
    assert there == used | set(LEFT_FILES)


def test_an_earlier_count_of_what_statements_cover() -> None:
    """docs/methods.md says why the table `coverage` has other numbers than this count of ISAF: 80
    of
    167 states and phases.
    """
    rated = facts("caveats_coder2/caveats_isaf_phase.csv")
    read = [facts(f"{topic}/caveats_isaf.csv") for topic in ("caveats_coder2", "caveats_coder3")]
    stated = pd.concat(read).query(
        "basis == 'stated' and level_code != '' and evidence in ['A', 'B']"
    )
    both = rated.merge(stated, on="iso3", suffixes=("", "_statement"))
    first, last = (both["phase"].str.split("-").str[part].astype(int) for part in (0, 1))
    reach = (both["start_year"].astype(int) <= last) & (both["end_year"].astype(int) >= first)
    assert len(rated) == 167
    assert len(both.loc[reach, ["iso3", "phase"]].drop_duplicates()) == 80


def test_nobody_was_listed_before_entry() -> None:
    listed = facts("isaf/isaf_lists_without_numbers.csv")
    entry = (
        text("operations/isaf/contributors.csv")
        .query("participated == '1'")
        .set_index("iso3")["entry_date"]
        .str[:4]
    )
    early = [
        f"{row.iso3} listed {row.date}, entry {entry[row.iso3]}"
        for row in listed.itertuples()
        if row.date[:4] < entry[row.iso3]
    ]
    assert set(listed["iso3"]) <= set(entry.index)
    assert early == []


def test_the_bibliography_is_that_of_the_facts() -> None:
    cited = pd.concat(
        [
            facts(f"{topic}/sources.csv").assign(topic=topic)
            for topic in (*SAME_PAGE, *MAPPED)
            if topic != "reasons"
        ]
    )
    cited["ours"] = [
        sources(name, topic) for name, topic in zip(cited["source_id"], cited["topic"], strict=True)
    ]
    said = [
        table.assign(ours=table["source_id"].map(lambda name, ids=ids: ids.get(name, name)))
        for part in ("isaf", "iraq")
        for table, ids in [(facts(f"reasons/{part}_sources.csv"), ids_of_reasons(part))]
    ]
    cited = pd.concat([cited, *said])
    declared = {
        ("ALLIANCE_STATUS", "authors"),  # "this folder" is this project
        ("CHILCOT_P2989", "title"),  # "Report" of what
    }
    found = set()
    of_this_project = {"RECALLED", "UNSD_M49"}  # regions.csv comes from no facts
    shipped = text("sources.csv")
    full = facts("citations/addresses.csv").set_index("source_id")["address"]
    for row in shipped[~shipped["source_id"].isin(of_this_project)].itertuples():
        # a page that two topics cite has either's words
        theirs = cited[cited["ours"] == row.source_id]
        assert len(theirs) > 0, row.source_id
        for ours, name in {
            "authors": "authors",
            "year": "year",
            "title": "title",
            "url": "url_or_path",
        }.items():
            if ours == "url" and full.get(row.source_id):
                assert row.url == full[row.source_id]
            elif getattr(row, ours) not in set(theirs[name]):
                found.add((row.source_id, ours))
    assert found == declared
