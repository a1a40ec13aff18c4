"""`./run new NAME`: a commented config and empty tables for an operation that the project does not
have yet.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import yaml

from ..base.errors import Problems
from ..base.yaml_text import quoted
from ..config import settings as configuration
from ..data.ingest import COVARIATES
from ..data.table_schema import Column, Schema, load
from . import new_coding, new_study
from .new_files import check_folder, make

TABLES = ("contributors", "troops", "caveats", "caveat_types")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
ALLOWED = "letters, digits and _, a letter first, at most 40"
TAKEN = (COVARIATES, "main", "results", "data", "none")
"""Names that mean something else in the project, or that would write over the results of
config.yaml.
"""
WINDOWS = (
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)),
)
"""Names that are no files on Windows."""

CONFIG = """# The operation {name}. Fill in what stands empty below and the rows of
# contributors.csv; README.md, beside it, says how.
#   ./run check --configfile {path}     looks for mistakes, says what is still missing, fits nothing
#   ./run --configfile {path}           the analysis; results go to results/{name}/
# Measures, variables and facts about states come from config.yaml; models, tables and alternatives
# of a single operation from the file that `extends` names. A key that you write here takes the
# place of theirs; `null` takes an entry out.
run: {name}

# Where the war is not fought over terrorist attacks on the allies, add a second file, which leaves
# the victims of attacks out of the fear of entrapment:
#   extends: [configs/parts/one_operation.yaml, configs/parts/stake_without_terrorism.yaml]
extends: [configs/parts/one_operation.yaml]

operations:
  {name}:
    label: {name}               # what tables and figures call it
    # the leading ally, or a list; left out. The facts about alliances are those with the US
    leader: USA
    # state where it is fought (ISO 3166-1 alpha-3), or a list; distances are from its capital
    target:
    at_war: []                  # other states at war with the coalition, left out
    start:                      # first day, in quotes: "2011-03-19"
    end:                        # last day
    # year in which facts about states are read: the last full one before the operation was in sight
    baseline_year:
    panel_years:                # first and last year of the yearly counts of troops: [2011, 2011]
    # true: a state that is not in contributors.csv did not take part; false: it is left out
    contributors_complete: true
    files:
      contributors: {contributors}
      # Take away a # when the file has rows. Until then what needs the file is skipped, and
      # ./run check says what.
      # troops: {troops}
      # caveats: {caveats}
      # caveat_types: {caveat_types}
    # your names of columns, if they differ: {{contributors: {{participated: joined}}}}
    columns: {{}}

samples:
  country_operation:            # one row a state: who joined, and under which caveats
    operations: [{name}]
    evidence: [A, B]            # grades that are used; a fact of grade C is missing, not zero
    caveats: {{coders: [1], years: all}}
  country_operation_year:       # one row a state and year: how many troops
    unit: country_operation_year
    operations: [{name}]
    universe: system
    evidence: [A, B]
    late_states: drop
    predecessors: {{}}
    lag: 1                      # facts of the year before
    personnel: milper
    troops: median              # the year's troops: median, mean or maximum of the dated counts
    # which counts are used: what the column `flag` of troops.csv says, in every row
    flags: [ok, approx_date]

# Who joined (H1, H2b) is modelled in the file that `extends` names. Caveats and troops follow; each
# is skipped while its file is missing. One operation has few participants, so these models hold the
# two fears alone: add terms when there are some ten states for each.
models:
  h2_firth:
    group: caveats
    label: "Firth, substantive caveat"
    sample: country_operation
    where: {{participated: [1]}}
    family: firth_logit
    outcome: substantive_caveat
    terms: [entrapment, abandonment]
    fixed_effects: []
    cluster: null
  intensity_ols:
    group: intensity
    label: "Troops per 1,000 military personnel (log)"
    sample: country_operation_year
    where: {{deployed: [1]}}
    family: ols
    outcome: log_troops_per_1000
    terms: [abandonment, entrapment]
    fixed_effects: []
    cluster: iso3

hypotheses:
  H2:
    title: "Caveats"
    claim: >-
      Among participants, the more a state fears entrapment, the more likely, the more numerous and
      the tighter its caveats.
    primary: {{model: h2_firth, term: entrapment, sign: 1, smallest_effect: {{odds_ratio: 1.5}}}}
    supporting: []

tables:
  h2: {{kind: regression, title: "H2: caveats among participants", models: [h2_firth]}}
  intensity: {{kind: regression, title: "How many troops", models: [intensity_ols]}}

figures:
  responses:
    kind: responses
    title: "Who joined, and under which caveats"
    sample: country_operation
  troops: {{kind: troops, title: "Troops over time", sample: country_operation_year, states: 8}}
"""

README = """# The operation {name}

1. Open `{name}.yaml` and fill in what stands empty below `operations:` (target, start, end,
   baseline_year, panel_years).
2. Fill in `contributors.csv`: one row a state that took part. Every row needs {required}.
   With `contributors_complete: true` every other state counts as one that stayed away; with
   `false`, list those that you know stayed away with `participated` 0.
3. List each source once in `data/sources.csv`, with an id of your choice; `source_id` in your rows
   is that id.
4. `./run check --configfile {path}` says what is wrong, what is still missing, and what will be
   skipped.
5. `./run --configfile {path}` makes the analysis, in `results/{name}/`.

The other tables may stay empty. When one has rows, take away the `#` before its name in
`{name}.yaml`.

An empty cell means not known; `NA` or -99 are not needed. A column that is not required may be
deleted. States are ISO 3166-1 alpha-3 codes (DNK, POL, GBR); if your file holds names,
docs/howto_data.md says how they are matched. Save as CSV in UTF-8, or keep an Excel file and name
that in the config. A cell with a grade of evidence of its own has it in the column of its name with
`_evidence` behind, and is not used while that is empty: delete that column where the row's grade is
enough.
"""


def write(name: str, folder: str | Path | None = None) -> list[Path]:
    """Write the config and the empty tables of a new operation; all of them or, where anything is
    in the way, none.

    Parameters
    ----------
    name : str
        The operation's name in the config, and that of the run.
    folder : path, optional
        Where to; my/NAME if not given. It must not exist.

    Returns
    -------
    list of Path
        The files, the config first.

    Raises
    ------
    Problems
        When the name cannot be one or is taken, or the folder exists or cannot be made.
    """
    _check_name(name)
    folder = Path("my") / name if folder is None else Path(folder)
    check_folder(folder)
    return make(folder, _texts(name, folder))


def _check_name(name: str) -> None:
    problems = Problems()
    known = configuration.main()["operations"]
    if not NAME.fullmatch(name) or yaml.safe_load(name) != name:
        problems.add("new", "not a name for an operation", value=name, allowed=ALLOWED)
    elif name.casefold() in {*map(str.casefold, known), *TAKEN, *WINDOWS}:
        problems.add("new", "the name is taken", value=name)
    problems.stop()


def _texts(name: str, folder: Path) -> dict[str, str]:
    """Return the content of each file, the config first."""
    paths = {table: quoted((folder / f"{table}.csv").as_posix()) for table in TABLES}
    path = (folder / f"{name}.yaml").as_posix()
    needed = [column.name for column in _columns(load("contributors")) if column.required]
    readme = README.format(
        name=name, path=path, required=", ".join(f"`{column}`" for column in needed)
    )
    texts = {f"{name}.yaml": CONFIG.format(name=name, path=path, **paths)}
    texts |= {
        f"{table}.csv": ",".join(column.name for column in _columns(load(table))) + "\n"
        for table in TABLES
    }
    return texts | {"README.md": readme + "".join(_described(load(table)) for table in TABLES)}


def _columns(schema: Schema) -> list[Column]:
    """Return the columns of a template, required ones first; the operation is the config's, and
    columns of one operation are left out.
    """
    others = {
        column.name
        for column in schema.columns
        if column.description.startswith(("ISAF:", "Iraq:"))
    } | {"operation"}
    wanted = [
        column for column in schema.columns if column.name.removesuffix("_evidence") not in others
    ]
    return sorted(wanted, key=lambda column: not column.required)


def _described(schema: Schema) -> str:
    lines = [
        "",
        f"## {schema.table}.csv: {schema.title[0].lower()}{schema.title[1:]}",
        "",
        f"One row is {schema.row}.",
        "",
    ]
    lines += ["| column | required | what it says | allowed |", "|---|---|---|---|"]
    for column in _columns(schema):
        unit = f" ({column.unit})" if column.unit else ""
        lines.append(
            f"| `{column.name}` | {'yes' if column.required else ''} | {column.description}{unit} "
            f"| {_may_hold(column)} |"
        )
    return "\n".join(lines) + "\n"


KINDS: Mapping[str, str] = {
    "state": "code of a state", "sources": "ids of sources", "integer": "whole number",
    "number": "number", "date": "YYYY-MM-DD",
    "partial_date": "YYYY, YYYY-MM or YYYY-MM-DD", "text": "text",
}  # fmt: skip


def _may_hold(column: Column) -> str:
    return ", ".join(column.allowed) if column.allowed else KINDS.get(column.type, column.type)


def _misnamed(what: Sequence[str]) -> str | None:
    """Return what is wrong with the words that say what is to be made; None where nothing is."""
    first = what[0].casefold()
    if len(what) == 1 and first in MISSING:
        return f"{MISSING[first]} is missing: ./run new {first} {MISSING[first]}"
    if len(what) > 2 or (len(what) == 2 and what[0] not in KINDS_OF_NEW):
        return f"coding or study and one name, or one name alone; not {list(what)}"
    return None


def main(arguments: Sequence[str]) -> int:
    """Make the files of a new operation, coding or study; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="./run new",
        description="Files that are ready to be filled in.",
        usage="./run new NAME | coding OPERATION | study FILE  [--to FOLDER]",
    )
    parser.add_argument("what", metavar="NAME", nargs="+", help=WHAT)
    parser.add_argument("--to", metavar="FOLDER", help="where to write them (a folder in my/)")
    given = parser.parse_args(arguments)
    *kind, name = given.what
    if wrong := _misnamed(given.what):
        parser.error(wrong)
    try:
        made = KINDS_OF_NEW[kind[0]](name, given.to) if kind else write(name, given.to)
    except Problems as problems:
        print(problems, file=sys.stderr)
        return 1
    print("\n".join(["Made:", *(f"  {path}" for path in made), ""]))
    print(
        NEXT[kind[0] if kind else "operation"].format(config=made[0], first=made[-1 if kind else 1])
    )
    return 0


WHAT = (
    f"a new operation ({ALLOWED}); or `coding OPERATION` for your own coding of its caveats; or "
    "`study FILE` for an analysis of any table"
)
KINDS_OF_NEW: Mapping[str, Callable[[str, str | None], list[Path]]] = {
    "coding": new_coding.write,
    "study": new_study.write,
}
MISSING = {"coding": "OPERATION", "study": "FILE"}
"""What each kind needs to be told, and no name for an operation."""
NEXT = {
    "operation": "Fill in {config} and {first} (README.md, beside them, says how), then:\n"
    "  ./run check --configfile {config}",
    "coding": "Fill in {first}, then:\n  ./run check --configfile {config}\n"
    "  ./run --configfile {config}",
    "study": "Read {config}, which says what was guessed, then:\n"
    "  ./run check --configfile {config}\n  ./run --configfile {config}",
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
