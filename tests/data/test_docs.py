"""The pages of docs/: complete configs pass `./run check` with the files that are shown, links lead
somewhere, citations are listed.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from coalition.commands import check, check_command
from coalition.commands.new_operation import TABLES
from coalition.config import settings
from coalition.config.output_kinds import KINDS

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").glob("howto_*.md"))
CONFIGS = [
    pytest.param(page, text, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, text in enumerate(
        re.findall(
            r"^```yaml\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        ),
        1,
    )
]
SHOWN = re.compile(r"^`([\w/.-]+)`\n\n```csv\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MAKING = re.compile(r"^    ((?:mkdir|sed) .*)$", re.MULTILINE)
LINKS = re.compile(r"\]\(([^)#]+)[^)]*\)")
NAME = r"(?:(?:[Vv]an de |[Vv]an |von |De )?[A-ZÁÉ][a-záé][^\W\d_]*(?: [A-ZÁÉ][a-záé][^\W\d_]*)?)"
YEAR = r"((?:1[89]|20)\d\d)\b"
CITED = re.compile(rf"({NAME})(?:, {NAME})*(?: & {NAME})?(?: et al\.)?(?:'s?)? \(?{YEAR}")
LISTED = re.compile(rf"^- ({NAME})\b[^\d\n]*?{YEAR}(?:.*; {YEAR})?", re.MULTILINE)
NO_AUTHORS = {"Luxor", "Bali", "September", "November"}
"""What stands before a year in docs/methods.md and is no author."""


def folder_of_a_reader(page: Path, folder: Path) -> None:
    """Make in a folder what somebody who follows the page has in it."""
    for name in ("data", "configs", "config.yaml"):
        (folder / name).symlink_to(ROOT / name)
    text = page.read_text(encoding="utf-8")
    for command in MAKING.findall(text):
        subprocess.run(["sh", "-c", command], cwd=folder, check=True)
    for name, content in SHOWN.findall(text):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")


@pytest.mark.long_after(1)
@pytest.mark.parametrize(("page", "text"), CONFIGS)
def test_a_complete_config_passes_the_check(
    page: Path, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_of_a_reader(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    own = yaml.safe_load(text)
    checked = check.everything(settings.main(own))
    assert set(own.get("models", {})) <= set(checked.models)
    assert not checked.skipped


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINKS.findall(page.read_text(encoding="utf-8")):
        assert link.startswith("http") or (page.parent / link).exists(), link


def test_the_methods_cite_what_they_list_and_list_what_they_cite() -> None:
    body, listed = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8").split("## References")
    cited = {
        (author, year)
        for author, year in CITED.findall(re.sub(r"\s+", " ", body))
        if author not in NO_AUTHORS
    }
    found = LISTED.findall(listed)
    references = {(author, year) for author, *years in found for year in years if year}
    assert len(found) == listed.count("\n- ")
    assert cited == references, (cited - references, references - cited)


def test_every_kind_of_table_and_figure_is_listed() -> None:
    page = (ROOT / "docs" / "howto_models.md").read_text(encoding="utf-8")
    listed = page[page.index("| kind of table |") :]
    assert not [name for kinds in KINDS.values() for name in kinds if f"`{name}`" not in listed]


def test_the_page_of_a_new_operation_can_be_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fill in the lines that the page shows, two rows, and check."""
    from coalition.commands import new_operation

    for name in ("data", "configs", "config.yaml"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "howto_operation.md").read_text(encoding="utf-8")
    name = shlex.split(re.search(r"^    \./run new (.*)$", page, re.MULTILINE)[1])[0]
    made = new_operation.write(name)
    assert {path.name for path in made} == {
        f"{name}.yaml",
        "README.md",
        *(f"{table}.csv" for table in TABLES),
    }
    lines = re.findall(
        r"^    (target|start|end|baseline_year|panel_years): (.*)$", page, re.MULTILINE
    )
    text = made[0].read_text(encoding="utf-8")
    for key, value in lines:
        text, count = re.subn(rf"^    {key}:", f"    {key}: {value}", text, flags=re.MULTILINE)
        assert count == 1
    made[0].write_text(text, encoding="utf-8")
    header = made[1].read_text(encoding="utf-8").strip().split(",")
    row = dict.fromkeys(header, "") | {
        "participated": "1",
        "source_id": "PS_CAPITALS",
        "evidence": "B",
    }
    rows = [",".join((row | {"iso3": code}).values()) for code in ("DNK", "TCD")]
    made[1].write_text("\n".join([",".join(header), *rows]) + "\n", encoding="utf-8")
    assert check_command.main(["--configfile", str(made[0])]) == 0
    assert Path(f"results/{name}/check.md").is_file()
    shutil.rmtree(tmp_path / "results")
