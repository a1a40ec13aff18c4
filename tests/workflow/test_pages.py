"""Every command and every block of config of README, CONTRIBUTING and the howto pages is given to
the real `./run`, in order, as a reader does it, in a folder with an awkward name.

What cannot be run is marked in the page, above the block or paragraph, with the reason:
`<!-- not run: REASON -->`, or `<!-- not run (COMMAND): REASON -->` for one command of it.
"""

from __future__ import annotations

import csv
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pages
import pytest
import small_study
import yaml
from tiny import ROOT, Answer, Tiny

OWN = "mine.yaml"
"""The name under which a reader saves a block."""
READERS_OWN = ("my.csv", "my_data.csv")
"""Tables of a reader's own, of which a page only gives the name."""
PATIENCE = 400


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    made = small_study.make(tmp_path_factory.mktemp("pages") / small_study.FOLDER)
    for name in READERS_OWN:
        shutil.copy(ROOT / "tests" / "data" / "broken" / "small.csv", made.folder / name)
    ours = (ROOT / "data/operations/isaf/caveats.csv").read_text(encoding="utf-8")
    (made.folder / "my_data").mkdir()
    (made.folder / "my_data/caveats.csv").write_text(
        ours.replace(",level,", ",tightness,", 1), encoding="utf-8"
    )
    return small_study.with_fewer_states(made)


class Reader:
    """Somebody who does what a page says."""

    def __init__(self, project: Tiny, page: str) -> None:
        self.project, self.page = project, page
        self.done: set[tuple[str, str]] = set()

    def follow(self, piece: pages.Piece) -> None:
        """Do what a piece of the page says."""
        folder = self.project.folder
        if piece.kind == "file":
            assert piece.path, "a table without the name of its file"
            (folder / piece.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / piece.path).write_text(piece.text, encoding="utf-8")
        elif piece.kind == "lines":
            fill_in(folder / piece.path, piece.text)
        elif piece.kind == "config":
            own = {"run": "part"} | yaml.safe_load(piece.text)
            text = piece.text if "run" in yaml.safe_load(piece.text) else f"run: part\n{piece.text}"
            (folder / OWN).write_text(text, encoding="utf-8")
            for command in ("./run check --configfile", "./run --configfile"):
                self.give(f"{command} {OWN}")
            assert (folder / "results" / own["run"] / "report.html").is_file()
        elif piece.kind == "command":
            self.give(piece.text, int(piece.refused))
        if step := BY_HAND.get((self.page, piece.text)):
            step(folder)
            self.done.clear()

    def give(self, command: str, code: int = 0) -> None:
        """Give a command; once only as long as the reader's own file is the same."""
        words = shlex.split(command)
        own = self.project.folder / OWN
        state = (command, own.read_text(encoding="utf-8") if OWN in words else "")
        if state in self.done:
            return
        self.done.add(state)
        if words[:2] == ["./run", "compare"]:
            for results in words[2:4]:
                assert (self.project.folder / results / "manifest.json").is_file()
        answer = self._answer(words, command)
        assert answer.code == code, f"{command}\n{answer.out}\n{answer.err}"
        assert "Traceback" not in answer.err

    def _answer(self, words: list[str], command: str) -> Answer:
        if words[0] != "./run":
            return self._shell(command)
        given = words[1:]
        if given[:1] in (["new"], ["compare"], ["archive"]) or "--explain" in given:
            return self.project.run(*given)
        at = given.index("--configfile") if "--configfile" in given else len(given)
        files = given[at + 1 :]
        overlay = small_study.trimmed(self.project, files)
        return self.project.run(*given[:at], "--configfile", *files, overlay)

    def _shell(self, command: str) -> Answer:
        ended = subprocess.run(
            ["sh", "-c", command],
            cwd=self.project.folder,
            env=small_study.environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Answer(ended.returncode, ended.stdout, ended.stderr)


def fill_in(file: Path, lines: str) -> None:
    """Put lines of a page in the place of the lines with the same keys, which are empty."""
    text = file.read_text(encoding="utf-8")
    for line in lines.splitlines():
        key = line.partition(":")[0]
        text, count = re.subn(rf"^( *){key}:.*$", rf"\g<1>{line}", text, flags=re.MULTILINE)
        assert count == 1, f"{file} has no line of {key}"
    file.write_text(text, encoding="utf-8")


def rows_of_mali(folder: Path) -> None:
    """Fill in two rows; the source is any that the bibliography holds."""
    path = folder / "my/mali2013/contributors.csv"
    header = path.read_text(encoding="utf-8").strip().split(",")
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n", restval="")
        writer.writeheader()
        known = {"participated": "1", "source_id": "PS_CAPITALS", "evidence": "B"}
        writer.writerows({"iso3": code} | known for code in ("DNK", "TCD"))


def block_of_its_own(folder: Path) -> None:
    """Move the block `operations:` of the new operation's config to a file beside it."""
    made = folder / "my/mali2013/mali2013.yaml"
    config = yaml.safe_load(made.read_text(encoding="utf-8"))
    block = {"operations": config.pop("operations")}
    (made.parent / "operation.yaml").write_text(yaml.safe_dump(block), encoding="utf-8")
    config["extends"].append("my/mali2013/operation.yaml")
    made.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")


def some_levels(folder: Path) -> None:
    """Fill in levels as a reader would who knows some of them."""
    path = folder / "my/isaf_coding/caveats.csv"
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        row["level"] = str(number % 4) if number % 7 else ""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


BY_HAND: dict[tuple[str, str], Callable[[Path], None]] = {
    ("howto_operation", "3. Fill in the rows"): rows_of_mali,
    ("howto_operation", "Several operations together"): block_of_its_own,
    ("howto_data", "./run new coding isaf"): some_levels,
}
"""What a page tells the reader to do in words: after which command or heading of which page."""


def read(page: Path) -> list[pages.Piece]:
    return pages.read(page)


@pytest.mark.long
@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: f"{page.parent.name}-{page.stem}")
def test_a_page_can_be_followed(page: Path, project: Tiny) -> None:
    shutil.rmtree(project.folder / "my", ignore_errors=True)
    (project.folder / OWN).write_text("run: mine\n", encoding="utf-8")
    reader = Reader(project, page.stem)
    found = [piece for piece in read(page) if not piece.reason]
    if any("compare results/main" in piece.text for piece in found):
        reader.give("./run")
    for piece in found:
        reader.follow(piece)


@pytest.mark.long
def test_what_new_writes_runs(project: Tiny) -> None:
    """A config that `./run new study` has written is checked and run as it stands."""
    reader = Reader(project, "")
    shutil.rmtree(project.folder / "my", ignore_errors=True)
    reader.give("./run new study my.csv")
    for command in ("./run check --configfile", "./run --configfile"):
        reader.give(f"{command} my/my/mine.yaml")


def marked() -> Iterator[tuple[str, str, str]]:
    """Give page, command and reason of what is not run."""
    for page in pages.PAGES:
        for piece in pages.read(page):
            if piece.reason:
                yield page.stem, piece.text, piece.reason


def test_what_is_not_run_is_this() -> None:
    assert [(page, re.split(r" {2,}|\n", text)[0]) for page, text, _ in marked()] == [
        ("README", "./run test"),
        ("README", "wsl --install"),
        ("CONTRIBUTING", "./run test"),
        ("CONTRIBUTING", "./run test tests/unit/config"),
        ("CONTRIBUTING", "./run test -m ''"),
        ("CONTRIBUTING", ".venv/bin/ruff format ."),
        ("CONTRIBUTING", ".venv/bin/ruff check ."),
        ("CONTRIBUTING", "pre-commit install"),
        ("README", "./run diagnose"),
        ("howto_archive", "./run archive"),
        ("howto_archive", "./run archive results/mine"),
        ("howto_archive", "./run archive"),
        ("howto_archive", 'd <- readRDS("data/state_operation.rds")'),
        ("howto_cluster", "./run --profile profiles/slurm"),
        ("howto_cluster", "./run diagnose --profile profiles/slurm"),
        ("howto_cluster", "./run recovery --profile profiles/slurm"),
        ("howto_cluster", "./run --profile profiles/slurm"),
        ("howto_cluster", "./run --executor NAME"),
    ]


def test_the_steps_by_hand_belong_to_something_on_their_page() -> None:
    found = {(page.stem, piece.text) for page in pages.PAGES for piece in pages.read(page)}
    assert set(BY_HAND) <= found


PAGE = """# Title

Say `./run check` and `x`, then `./run
new a`:

    ./run  # makes it
    sed 1d a > b

`my/a.csv`

```csv
a;b
```

```yaml
run: a
```

    # mine.yaml
    run: b

    ./run --configfile mine.yaml

<!-- not run (./run test): it would run itself -->

    ./run
    ./run test
"""


def test_a_page_is_taken_apart() -> None:
    assert [(piece.kind, piece.text, piece.reason) for piece in pages.pieces(PAGE)] == [
        ("heading", "Title", ""),
        ("command", "./run check", ""),
        ("command", "./run new a", ""),
        ("command", "./run", ""),
        ("command", "sed 1d a > b", ""),
        ("file", "a;b\n", ""),
        ("config", "run: a\n", ""),
        ("config", "# mine.yaml\nrun: b\n", ""),
        ("command", "./run --configfile mine.yaml", ""),
        ("command", "./run", ""),
        ("command", "./run test", "it would run itself"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<!-- not run -->\n\n    ./run\n", "no reason"),
        ("<!-- not run: why -->\n\nNothing.\n", "marks nothing"),
        ("<!-- not run (./run x): why -->\n\n    ./run\n", "marks nothing"),
    ],
)
def test_a_mark_has_a_reason_and_something_to_mark(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        pages.pieces(text)
