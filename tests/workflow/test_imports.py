"""What each step imports: a run starts a process for every output, and the import of a statistics
package takes longer than most work.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
STATISTICS = {"statsmodels", "linearmodels", "scipy.stats"}
NUMBERS = {*STATISTICS, "scipy"}
FORBIDDEN = {
    "ingest": {*NUMBERS, "matplotlib", "docx", "jinja2", "jsonschema"},
    "agreement": {*NUMBERS, "matplotlib", "docx", "jinja2", "jsonschema"},
    "sample": {*NUMBERS, "matplotlib", "docx", "jinja2", "jsonschema"},
    "estimate": {*STATISTICS, "matplotlib", "docx", "jinja2"},
    "robustness": {*STATISTICS, "matplotlib", "docx", "jinja2"},
    "measurement": {*STATISTICS, "matplotlib", "docx", "jinja2"},
    "caveat_models": {*STATISTICS, "matplotlib", "docx", "jinja2"},
    "inference": {*STATISTICS, "matplotlib", "docx", "jinja2"},
    "curve": {*STATISTICS, "matplotlib", "docx", "jinja2"},
    "curve_shard": {*STATISTICS, "matplotlib", "docx", "jinja2"},
    "companions": {*STATISTICS, "matplotlib", "docx", "jinja2"},
    "across_operations": {*STATISTICS, "matplotlib", "docx", "jinja2"},
    "stated_reasons": {*STATISTICS, "matplotlib", "docx", "jinja2"},
    "diagnosis_design": {*STATISTICS, "matplotlib", "docx", "jinja2"},
    "diagnosis_shard": {*STATISTICS, "matplotlib", "docx", "jinja2"},
    "diagnosis": {*STATISTICS, "matplotlib", "docx", "jinja2"},
    "verdicts": {*STATISTICS, "matplotlib", "docx", "jinja2"},
    "tables": {*NUMBERS, "matplotlib", "jinja2"},
    "figure": {*NUMBERS, "docx", "jinja2"},
    "report": {*NUMBERS, "matplotlib", "docx"},
    "manifest": {*NUMBERS, "matplotlib", "docx", "jinja2", "jsonschema"},
}
"""Step -> packages that its script must not import; what a model needs is imported when it is
fitted.
"""


def test_every_script_is_listed() -> None:
    assert set(FORBIDDEN) == {path.stem for path in SCRIPTS.glob("*.py")}


@pytest.mark.long_after(2)
@pytest.mark.parametrize("script", FORBIDDEN)
def test_a_step_imports_what_it_needs(script: str) -> None:
    tree = ast.parse((SCRIPTS / f"{script}.py").read_text(encoding="utf-8"))
    imports = [
        ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    code = "\n".join(
        [f"import sys; sys.path.insert(0, {str(SCRIPTS)!r})", *imports, "print(*sys.modules)"]
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "coalition" in loaded
    assert not FORBIDDEN[script] & set(loaded)
