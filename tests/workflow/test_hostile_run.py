"""A config and tables of a stranger in a whole run: nothing is written but below results/<run> and
Snakemake's own folder.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tiny import Tiny, make

pytestmark = pytest.mark.long

HOSTILE = "<script>alert(1)</script> {{ 7 * 7 }} \\input{/etc/passwd} $\\frac{"
OWN = (".snakemake", "results", ".venv")
"""What a run may write into: Snakemake's records, the results, and caches of packages."""


def everything_else(folder: Path) -> dict[str, bytes | str]:
    """Return what stands in the project and beside it, but for what a run may write."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.parent.rglob("*")):
        name = path.relative_to(folder.parent).as_posix()
        inside = path.relative_to(folder).parts if folder in path.parents else ()
        if path.is_file() and not (inside and (inside[0] in OWN or "__pycache__" in inside)):
            found[name] = path.read_bytes()
    return found


def hostile(project: Tiny) -> None:
    """Put texts of a stranger wherever the config and the tables take a text."""
    config = project.config()
    config["operations"]["iraq"]["label"] = f"=Iraq {HOSTILE}"
    for block in ("variables", "measures", "universes", "models", "robustness"):
        for name, entry in config[block].items():
            entry["label"] = f"=cmd|' /C calc'!A0 {name} {HOSTILE}"
    config["hypotheses"]["H1"] |= {"title": f"=H1 {HOSTILE}", "claim": f"@claim {HOSTILE}"}
    for block in ("tables", "figures"):
        for entry in config[block].values():
            entry["title"] = f"-{HOSTILE}"
    project.configure(config)
    project.edit(
        "data/operations/iraq/contributors.csv", "statement of support", f"=HYPERLINK(1) {HOSTILE}"
    )
    project.edit("data/states.csv", "AFG,Afghanistan", f"AFG,=Afghanistan {HOSTILE}")


def test_a_strangers_project_does_no_harm(tmp_path: Path) -> None:
    project = make(tmp_path / "beside" / "project")
    hostile(project)
    before = everything_else(project.folder)
    answer = project.run()
    assert answer.code == 0, answer.err
    assert everything_else(project.folder) == before
    assert all(line.isprintable() for line in answer.err.replace("\t", " ").split("\n"))
    made = project.outputs()
    page = (project.results / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "{{ 7 * 7 }}" in page, "a template's marks are text"
    for name, content in made.items():
        if name.endswith(".csv"):
            assert not re.search(r'(?m)(?:^|,)"?[=@]', content.decode()), name
        if name.endswith(".tex"):
            assert b"\\input" not in content.replace(b"\\textbackslash{}input", b""), name
        if name.endswith((".html", ".svg")):
            assert b"<script>alert" not in content, name
