"""Bad input: `./run check` and `./run` both show one clear screen, end with code 1, and leave
earlier results as they were.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from coalition.config.json_schema import schema
from coalition.data import table_schema
from tiny import Tiny

pytestmark = pytest.mark.long

CAVEATS = "data/operations/iraq/caveats.csv"
CONTRIBUTORS = "data/operations/iraq/contributors.csv"
OTHER_CELLS = ", or an empty cell where it is not known"

COLUMNS = ", ".join(column.name for column in table_schema.load("caveats").columns)
KEYS_OF_A_MODEL = ", ".join(schema()["$defs"]["model"]["properties"])

Change = Callable[[Tiny], None]


def edited(path: str, old: str, new: str) -> Change:
    """Return a change that replaces a text in a file once."""
    return lambda project: project.edit(path, old, new)


def everywhere(path: str, old: str, new: str) -> Change:
    """Return a change that replaces a text in a file wherever it stands."""

    def change(project: Tiny) -> None:
        file = project.folder / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    return change


def first_lines(*lines: str) -> Change:
    """Return a change that writes lines before the first of the config."""

    def change(project: Tiny) -> None:
        file = project.folder / "config.yaml"
        file.write_text("\n".join([*lines, file.read_text(encoding="utf-8")]), encoding="utf-8")

    return change


def emptied(project: Tiny) -> None:
    """Leave nothing but the header."""
    file = project.folder / CAVEATS
    file.write_text(file.read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8")


def few_participants(project: Tiny) -> None:
    """Leave five participants to a model of seven parameters."""
    config = project.config()
    model = config["models"]["reserving"]
    model["where"]["iso3"] = ["ALB", "AUS", "BGR", "GBR", "POL"]
    model["terms"] = [
        "entrapment",
        "abandonment",
        "gdp_per_head",
        "un_distance",
        "us_pact",
        "rivalries",
    ]
    project.configure(config)


def everything_at_once(project: Tiny) -> None:
    """Break two tables in four ways."""
    project.edit(CAVEATS, "ALB,iraq", "ALX,iraq")
    project.edit(CAVEATS, "AUS,iraq,1,1,2003", "AUS,iraq,1,1,20o3")
    everywhere(CAVEATS, "postwar,3", "postwar,5")(project)
    project.edit(CONTRIBUTORS, "ALB,iraq,1,", "ALB,iraq,yes,")


CASES: dict[str, tuple[Change, dict[str, list[str]]]] = {
    "missing file": (
        edited("config.yaml", "iraq/caveats.csv", "iraq/caveat.csv"),
        {
            "operations.iraq.files.caveats": [
                (
                    "the file does not exist (found: 'data/operations/iraq/caveat.csv'); did you "
                    f"mean '{CAVEATS}'?"
                )
            ]
        },
    ),
    "wrong column": (
        edited(CAVEATS, ",level,", ",levle,"),
        {CAVEATS: [f"line 1: unknown column 'levle'; allowed: {COLUMNS}; did you mean 'level'?"]},
    ),
    "missing column": (
        edited(CONTRIBUTORS, ",participated,", ",note_2,"),
        {
            CONTRIBUTORS: [
                "line 1: unknown column 'note_2'; did you mean 'note'?",
                "line 1: the column 'participated' is missing",
            ]
        },
    ),
    "semicolons": (
        everywhere(CONTRIBUTORS, ",", ";"),
        {
            CONTRIBUTORS: [
                'line 1: the cells are separated by semicolons; name it as `separator: ";"` of '
                "`reading`, or save with commas"
            ]
        },
    ),
    "wrong type": (
        edited(CONTRIBUTORS, "ALB,iraq,1,", "ALB,iraq,yes,"),
        {
            CONTRIBUTORS: [
                "line 4, column participated: not a whole number (found: 'yes'); allowed: 0, 1"
            ]
        },
    ),
    "unknown country code": (
        edited(CAVEATS, "ALB,iraq", "Albania,iraq"),
        {
            CAVEATS: [
                "line 2, column iso3: not the code of a state (found: 'Albania'); allowed: the "
                "codes in data/states.csv; did you mean 'ALB'?"
            ]
        },
    ),
    "duplicate key": (
        edited(CONTRIBUTORS, "AUS,iraq", "ALB,iraq"),
        {CONTRIBUTORS: ["line 6: the same iso3 + operation as line 4 (found: 'ALB, iraq')"]},
    ),
    "level outside 0-3": (
        edited(CAVEATS, "postwar,2", "postwar,4"),
        {
            CAVEATS: [
                (
                    "line 2, column level: not one of the values of this column (found: '4'); "
                    f"allowed: 0, 1, 2, 3{OTHER_CELLS}"
                )
            ]
        },
    ),
    "end before start": (
        edited(CAVEATS, "2003,2008", "2008,2003"),
        {CAVEATS: ["line 5: from_year is after to_year (found: '2008 to 2003')"]},
    ),
    "operation ends before it starts": (
        edited("config.yaml", "end: '2009-07-31'", "end: '2002-07-31'"),
        {
            "operations.iraq": [
                "the operation ends before it starts (found: '2003-03-20 to 2002-07-31')"
            ]
        },
    ),
    "unknown source": (
        edited(CAVEATS, "AP_20070223;", "AP_20070233;"),
        {
            CAVEATS: [
                "line 2, column source_id: a source that is not in the bibliography (found: "
                "'AP_20070233'); allowed: the ids in data/sources.csv, several separated by "
                "semicolons; did you mean 'AP_20070223'?"
            ]
        },
    ),
    "empty table": (
        emptied,
        {
            CAVEATS: [
                (
                    "the table has a header but no rows; allowed: one row or more, each with "
                    "iso3, from_year, to_year, source_id, evidence"
                ),
            ]
        },
    ),
    "constant outcome": (
        everywhere(CONTRIBUTORS, ",iraq,1,", ",iraq,0,"),
        {
            "models.reserving.where.participated": [
                "no row of the sample has this value of 'participated' (found: '1')"
            ],
            "models.joining": [
                (
                    "the outcome participated is the same in all 81 rows, so nothing can be "
                    "fitted; look at the model's `where` and at the data"
                )
            ],
        },
    ),
    "fewer participants than terms": (
        few_participants,
        {
            "models.reserving": [
                (
                    "5 rows for 7 parameters, so nothing can be fitted; leave out terms, or look "
                    "at the model's `where` and at empty cells"
                )
            ]
        },
    ),
    "typo in a key": (
        edited("config.yaml", "outcome: participated", "outcom: participated"),
        {
            "models.joining.outcom": [
                f"unknown key; allowed: {KEYS_OF_A_MODEL}; did you mean 'outcome'?"
            ]
        },
    ),
    "typo in a term": (
        edited("config.yaml", "    - gdp_per_head", "    - gdp_per_haed"),
        {
            "models.joining.terms[entry 3]": [
                "unknown variable or measure (found: 'gdp_per_haed'); did you mean 'gdp_per_head'?"
            ]
        },
    ),
    "key twice": (
        first_lines("run: tiny", "run: other"),
        {
            "config.yaml": [
                (
                    "line 2: not readable as YAML: the key 'run' stands twice in one block (first "
                    "in line 1)"
                )
            ]
        },
    ),
    "everything of all tables at once": (
        everything_at_once,
        {
            CAVEATS: [
                (
                    "line 2, column iso3: not the code of a state (found: 'ALX'); allowed: the "
                    "codes in data/states.csv; did you mean 'ALB'?"
                ),
                (
                    "line 10, column from_year: not a whole number (found: '20o3'); allowed: a "
                    "whole number"
                ),
                *(
                    (
                        f"line {line}, column level: not one of the values of this column (found: "
                        f"'5'); allowed: 0, 1, 2, 3{OTHER_CELLS}"
                    )
                    for line in (3, 7, 8, 9, 26, 29, 31, 32)
                ),
                "and 57 more of the same kind",
            ],
            CONTRIBUTORS: [
                "line 4, column participated: not a whole number (found: 'yes'); allowed: 0, 1"
            ],
        },
    ),
}
HIDDEN = {"everything of all tables at once": 56}
"""Problems that are counted and not printed, less the line that counts them."""


def screen(name: str) -> str:
    """Return the whole screen of a case."""
    places = CASES[name][1]
    count = sum(map(len, places.values())) + HIDDEN.get(name, 0)
    lines = [f"{count} problem{'s' if count != 1 else ''} to correct before the analysis can run:"]
    for place, said in places.items():
        lines += ["", f"  {place}", *(f"    - {words}" for words in said)]
    return "\n".join([*lines, "", "Nothing was run and nothing was written."])


@pytest.mark.parametrize("name", CASES)
def test_one_clear_screen(project: Tiny, name: str) -> None:
    before = project.outputs()
    CASES[name][0](project)
    checked = project.run("check")
    assert (checked.code, checked.out, checked.err) == (1, "", f"{screen(name)}\n")
    ran = project.run()
    started = "steps to make. Data and settings are being checked ...\n"
    said = ran.err.partition(started)[2] if started in ran.err else ran.err
    assert (ran.code, ran.out, said.strip()) == (1, "", screen(name))
    assert project.outputs() == before
    assert (project.results / "manifest.json").is_file()


def test_a_config_file_that_does_not_exist(project: Tiny) -> None:
    (project.folder / "mine.yaml").write_text("run: mine\n", encoding="utf-8")
    said = "\n".join(
        [
            "1 problem to correct before the analysis can run:",
            "",
            "  min.yaml",
            "    - the file does not exist; did you mean 'mine.yaml'?",
            "",
            "Nothing was run and nothing was written.",
        ]
    )
    for command in (
        ["check", "--configfile", "min.yaml"],
        ["--configfile", "min.yaml"],
        ["-n", "--configfile=min.yaml"],
    ):
        answer = project.run(*command)
        assert (answer.code, answer.err.strip()) == (1, said)


def test_an_unknown_target(project: Tiny) -> None:
    answer = project.run("results/tiny/tables/nonsense.csv")
    assert answer.code == 1
    assert "results/tiny/tables/nonsense.csv" in answer.err
    assert "Traceback" not in answer.err
