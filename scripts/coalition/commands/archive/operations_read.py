"""Every table of the operations that a run analyses or compares, read as the run reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ...base import files
from ...base.errors import Problems
from ...config import caveat_models, settings
from ...data import ingest
from ...data.table_schema import SCHEMAS, Known, Schema, load
from ...formula.outcomes import CROSS_SECTION, PANEL
from ..plan import Planner

Config = Mapping[str, Any]
BESIDE = ("caveats", "caveat_types", "troops", "amounts", "printed_totals", "reasons")
"""Coded tables that may stand beside an operation's contributors without being analysed."""
MEASURED = "estimates/latent_tightness.csv"
"""What the step of measurement writes of every state and operation."""
LOGS = ("changes", "release")
"""Tables of the history of the data, which a deposit holds as they are."""


@dataclass(frozen=True)
class Read:
    """What was read.

    config : the run's config, with the operations that it compares laid over it; own : the run's
    config alone; coded : table -> operation -> rows; facts : table -> rows (states, sources and all
    facts about states); schemas : table -> schema; by_path : file -> rows; measured : latent
    tightness as the run computed it, None where it did not.
    """

    config: Config
    own: Config
    coded: Mapping[str, Mapping[str, pd.DataFrame]]
    facts: Mapping[str, pd.DataFrame]
    schemas: Mapping[str, Schema]
    by_path: Mapping[str, pd.DataFrame]
    measured: pd.DataFrame | None = None

    def of(self, operation: str) -> dict[str, pd.DataFrame]:
        """Return the tables of one operation."""
        return {
            table: by_operation[operation]
            for table, by_operation in self.coded.items()
            if operation in by_operation
        }

    def rules(self, operation: str, unit: str) -> tuple[Config, Config] | None:
        """Return the config and the sample by whose rules an operation is read: the run's own if it
        analyses the operation, else that of the comparison; None where no sample is of the unit.
        """
        for config in (self.own, self.config):
            for spec in _samples(config, unit):
                if operation in spec["operations"]:
                    return config, spec
        others = [*_samples(self.config, unit), *_samples(self.own, unit)]
        return (self.config, others[0]) if others else None


def _samples(config: Config, unit: str) -> list[Config]:
    return [spec for spec in config["samples"].values() if spec.get("unit") == unit]


def whole(config: Config) -> Config:
    """Return the config of a run with the operations that it compares, if it prints that."""
    return Planner(config).across or settings.plain(dict(config))


def read(config: Config, folder: Path) -> Read:
    """Read every table.

    Parameters
    ----------
    config : mapping
        The run's config.
    folder : Path
        Of the run, results/<run>; only what the run measured is taken from it.

    Raises
    ------
    Problems
        With everything that is wrong with the files.
    """
    problems, every = Problems(), whole(config)
    known = ingest.known_names(every, problems)
    sources = [*ingest.sources(every), *_beside(every), *_facts_beside(every)]
    coded: dict[str, dict[str, pd.DataFrame]] = {}
    facts, schemas, by_path = {}, {}, {}
    for source in sources:
        rows = ingest.table(source, known, problems)
        if source.operation is None:
            facts[source.table] = rows
        else:
            coded.setdefault(source.table, {})[source.operation] = rows
        schemas[source.table] = source.schema
        by_path[source.path] = rows
    facts["sources"], schemas["sources"] = _bibliography(every, known, problems), load("sources")
    problems.stop()
    return Read(every, config, coded, facts, schemas, by_path, _measured(config, folder))


def _measured(config: Config, folder: Path) -> pd.DataFrame | None:
    """Return the latent tightness that the run computed; None where its config asks for none, even
    if an earlier config has left the file.
    """
    if caveat_models.measured_sample(config) is None:
        return None
    return files.read_table(folder / MEASURED)


def _bibliography(config: Config, known: Known, problems: Problems) -> pd.DataFrame:
    parts = [
        ingest.table(ingest.Source("", "sources", path, load("sources"), {}), known, problems)
        for path in ingest.source_files(config)
    ]
    return pd.concat(parts, ignore_index=True)


def _beside(config: Config) -> list[ingest.Source]:
    """Return the coded tables that stand beside the contributors of each operation."""
    found = []
    for name, about in config["operations"].items():
        folder = Path(about["files"].get("contributors", "")).parent
        for table in BESIDE:
            path = folder / f"{table}.csv"
            if table not in about["files"] and path.is_file():
                found.append(ingest.Source(name, table, path.as_posix(), load(table), {}, name))
    return found


def _facts_beside(config: Config) -> list[ingest.Source]:
    """Return the facts that stand beside the list of states, have a schema, and that the config
    does not name.
    """
    used = {Path(source.path).resolve() for source in ingest.sources(config)}
    used |= {Path(path).resolve() for path in ingest.source_files(config)}
    folder, named = Path(config["states"]).parent, set(config["covariates"])
    paths = [
        path
        for path in sorted(folder.glob("*.csv"))
        if path.resolve() not in used
        and path.stem not in {*LOGS, *named}
        and (SCHEMAS / f"{path.stem}.yaml").is_file()
    ]
    return [
        ingest.Source(ingest.COVARIATES, path.stem, path.as_posix(), load(path.stem), {})
        for path in paths
    ]


def alternatives(read: Read) -> dict[str, Any]:
    """Return the alternatives of the run that read the statements on caveats in another way, and
    change nothing else: name -> label and change of the sample.
    """
    found: dict[str, Any] = {}
    for name, spec in (read.own.get("robustness") or {}).items():
        changes = set(spec) - {"label", "hypotheses", "argument", "group"}
        only_statements = changes == {"sample"} and set(spec["sample"]) == {"caveats"}
        if only_statements and not _one_coder(spec["sample"]["caveats"]):
            found[name] = {"label": spec["label"], "sample": spec["sample"]}
    return found


def _one_coder(change: Config) -> bool:
    """Tell whether an alternative reads one coder: every coder has a column without it."""
    return set(change) == {"coders"} and len(change["coders"]) == 1


def units(read: Read) -> dict[str, bool]:
    """Tell whether the run has rules for states in operations, and for their years."""
    return {
        unit: any(read.rules(name, unit) for name in read.config["operations"])
        for unit in (CROSS_SECTION, PANEL)
    }
