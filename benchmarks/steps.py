"""What the steps of a run cost, by kind, for what they ask of a cluster's queue.

python benchmarks/steps.py results/main [results/OTHER ...]

writes profiles/slurm/measured.yaml: of each kind of step that goes through the queue the most
processor seconds and the most memory (MiB) that one held in these runs. A kind that none of them
made keeps what stands there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
MEASURED = ROOT / "profiles" / "slurm" / "measured.yaml"
HEAD = """\
# What the steps that go through the queue were measured to need, by kind: processor seconds and
# peak memory in MiB of the largest. A job asks for more (scripts/coalition/workflow/
# queue_requests.py). Written by benchmarks/steps.py from the logs of runs; not by hand.
"""


def main(folders: Sequence[str]) -> None:
    """Write what the steps of some runs cost."""
    measured = yaml.safe_load(MEASURED.read_text(encoding="utf-8"))
    found = {kind: {"cpu_seconds": 0.0, "peak_mb": 0} for kind in measured}
    for path in sorted(each for name in folders for each in Path(name).rglob("*.cost.json")):
        cost = json.loads(path.read_text(encoding="utf-8"))
        kinds = [kind for kind in measured if f"{cost['step']}_".startswith(f"{kind}_")]
        for kind in sorted(kinds, key=len)[-1:]:
            for name, most in found[kind].items():
                found[kind][name] = max(most, cost[name])
    for kind, cost in found.items():
        if cost["peak_mb"]:
            measured[kind] |= cost
    lines = yaml.safe_dump(measured, sort_keys=True, default_flow_style=None)
    MEASURED.write_text(HEAD + lines, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] or [str(ROOT / "results" / "main")])
