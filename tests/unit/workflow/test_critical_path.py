"""Which step begins first where several could."""

from __future__ import annotations

from coalition.workflow.critical_path import OTHERS, priorities
from coalition.workflow.queue_requests import measured


def step(made: str | list[str], *read: str) -> dict[str, dict[str, str | list[str]]]:
    return {"input": {"files": list(read)}, "output": {"made": made}}


def test_the_longest_chain_of_steps_counts() -> None:
    steps = [
        ("figure", step(["short.svg", "short.png"], "sample")),
        ("sample", step("sample")),
        ("robustness", step("robust", "sample", "fit")),
        ("estimate", step("fit", "sample")),
        ("report", step("page", "short.svg", "robust")),
    ]
    cost = {kind: measured()[kind]["cpu_seconds"] for kind in ("robustness", "estimate")}
    chain = [OTHERS, cost["robustness"], cost["estimate"], OTHERS]
    assert priorities(steps) == {
        "page": round(OTHERS),
        "short.svg": round(2 * OTHERS),
        "short.png": round(2 * OTHERS),
        "robust": round(sum(chain[:2])),
        "fit": round(sum(chain[:3])),
        "sample": round(sum(chain)),
    }
