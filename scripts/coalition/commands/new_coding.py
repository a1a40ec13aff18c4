"""`./run new coding OPERATION`: a table of caveats to be filled in, and a config that uses it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..base.errors import Problems, nearest
from ..base.files import csv_text
from ..base.yaml_text import setting, written
from ..config import settings as configuration
from ..data import ingest
from .new_files import check_folder, make

COLUMNS = ("iso3", "country", "level", "restricted_by", "note")
CONFIG = """# Your own coding of the caveats of {label}.
#   ./run check --configfile {path}     looks for mistakes, fits nothing
#   ./run --configfile {path}           the analysis; results go to results/{run}/
#
# {table} has one row a state that took part. Fill in what you know and leave the rest empty:
#   level          0 none, 1 low, 2 medium, 3 high; empty: not known
#   restricted_by  rule, what_was_sent or none_found; empty: not known
# A state may have several rows. Further columns that the table may have, and what is taken where
# they are missing: from_year and to_year ({years}), coder (1), source_id (your own coding),
# evidence (your own). docs/codebook.md says what each of them holds.
run: {run}

operations:
  {operation}:
    files:
      caveats: {table}
      caveat_types: null        # the types that were coded with the project's levels
"""


def texts(operation: str, folder: Path, config: Mapping[str, Any]) -> dict[str, str]:
    """Return the content of each file, the config first.

    Parameters
    ----------
    operation : str
        One of the operations of the config.
    folder : Path
        Where the files are to stand.
    config : mapping
        The whole config.

    Raises
    ------
    Problems
        When there is no such operation, or its contributors cannot be read.
    """
    problems = Problems()
    if operation not in config["operations"]:
        problems.add(
            "new coding",
            "templates are made for the operations of config.yaml alone; a file takes the place of "
            f"another operation's where its config has "
            f"`{setting('operations', {operation: {'files': {'caveats': 'FILE'}}})}`, and "
            f"`./run new NAME` writes an empty one for a new operation",
            value=operation,
            allowed=", ".join(config["operations"]),
            nearest=nearest(operation, config["operations"]),
        )
    problems.stop()
    rows = _participants(operation, config)
    about, run = config["operations"][operation], folder.name
    table = (folder / "caveats.csv").as_posix()
    filled = CONFIG.format(
        label=about["label"],
        run=written(run),
        operation=operation,
        path=(folder / "mine.yaml").as_posix(),
        table=table,
        years=f"{about['start'][:4]} and {about['end'][:4]}",
    )
    return {"mine.yaml": filled, "caveats.csv": csv_text(rows)}


def _participants(operation: str, config: Mapping[str, Any]) -> pd.DataFrame:
    """Return the states that took part, without the leader, as rows to be filled in."""
    problems = Problems()
    known = ingest.known_names(config, problems)
    source = next(
        source
        for source in ingest.sources(config)
        if (source.group, source.table) == (operation, "contributors")
    )
    table = ingest.table(source, known, problems)
    problems.stop()
    leader = config["operations"][operation].get("leader") or []
    leaders = [leader] if isinstance(leader, str) else leader
    joined = table[(table["participated"] == 1) & ~table["iso3"].isin(leaders)]
    states = sorted(joined["iso3"].unique())
    names = [(known.states or {}).get(code, code) for code in states]
    blank = dict.fromkeys(COLUMNS[2:], "")
    return pd.DataFrame({"iso3": states, "country": names}).assign(**blank)


def write(operation: str, folder: str | Path | None) -> list[Path]:
    """Write the config and the table; both of them or, where anything is in the way, neither."""
    place = Path("my") / f"{operation}_coding" if folder is None else Path(folder)
    check_folder(place)
    return make(place, texts(operation, place, configuration.main()))
