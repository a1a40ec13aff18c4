"""Where every table and figure of a run comes from: line of the config, rule, script, files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ...config.output_kinds import KINDS
from ..plan import FIGURE_ENDINGS, TABLE_ENDINGS, Planner


@dataclass(frozen=True)
class Exhibit:
    """A table or a figure.

    config : file and line where it is declared ("" where that is not found); script : the rule's
    script, and the module that builds it.
    """

    number: str
    name: str
    title: str
    config: str
    rule: str
    script: str
    output: str


def exhibits(manifest: Mapping[str, Any]) -> list[Exhibit]:
    """Return every table, then every figure, in the order of the config."""
    config = manifest["config"]
    stages = Planner(config).stages()
    stage_of = {name: stage for stage, names in stages.items() for name in names}
    last = manifest["command"]["configfiles"]
    places = [name for name in manifest["config_files"] if name not in last] + list(last)
    found = []
    for block, endings in (("tables", TABLE_ENDINGS), ("figures", FIGURE_ENDINGS)):
        for number, (name, spec) in enumerate(config[block].items(), start=1):
            module = KINDS[block][spec["kind"]].builder.partition(":")[0]
            rule = f"tables_{stage_of[name]}" if block == "tables" else f"figure_{name}"
            script = "tables" if block == "tables" else "figure"
            found.append(
                Exhibit(
                    f"{block[:-1].capitalize()} {number}",
                    name,
                    spec.get("title", name),
                    line_of(places, block, name),
                    rule,
                    f"scripts/{script}.py, scripts/coalition/outputs/{block}/{module}.py",
                    f"results/{config['run']}/{block}/{name}.{{{','.join(endings)}}}",
                )
            )
    return found


def line_of(files: list[str], block: str, name: str) -> str:
    """Return "file:line" of the last of some config files that declares an entry of a block."""
    found = ""
    for path in files:
        if not Path(path).is_file():
            continue
        entry = _key(_key(yaml.compose(Path(path).read_text(encoding="utf-8")), block)[1], name)[0]
        if entry is not None:
            found = f"{path}:{entry.start_mark.line + 1}"
    return found


def _key(node: Any, name: str) -> tuple[Any, Any]:
    """Return the nodes of a key and of its value in a mapping; None twice where it is not there."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next(((key, value) for key, value in pairs if key.value == name), (None, None))
