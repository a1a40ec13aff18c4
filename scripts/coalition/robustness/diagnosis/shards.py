"""Shards of simulated worlds, and what they amount to: confusion matrices with Monte Carlo
errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from ...estimators.primary_test import smallest_effect
from ..curve.curve_problems import Tables
from ..curve.joint_test import STATISTICS
from . import drawn_curve, drawn_joint, judged_draw, made_worlds
from .judged_draw import Judge
from .made_worlds import Drawn, Ground

Config = Mapping[str, Any]
Entry = dict[str, Any]
VERDICTS = ("supported", "undecided", "contradicted")
NOTHING = 1e-9
"""A true effect below this is none."""


def prepared(
    config: Config, sample: pd.DataFrame, tables: Tables, levels: Mapping[str, Entry]
) -> tuple[Ground, Judge]:
    """Return the real design, and what every draw is judged with; made once for all worlds."""
    at = made_worlds.ground(config, sample)
    number = config["diagnosis"]["specifications"]
    curves = {
        name: drawn_curve.designs(config, name, tables, at, number)
        for name in config["diagnosis"]["curves"]
    }
    return at, Judge(config, levels, curves)


def shard(
    config: Config, at: Ground, judge: Judge, world: str, number: int, say: Callable[[str], None]
) -> Entry:
    """Simulate one shard of a world.

    Parameters
    ----------
    world : str
        A key of `diagnosis.worlds`.
    number : int
        Of the shard, 0 .. shards - 1; a draw has the same seed whatever the size of a shard.

    Returns
    -------
    dict
        world, shard, truth (hypothesis -> true effect in smallest effects), join (mean chance of
        joining), draws: joined, and hypothesis -> as `judged_draw.judge`.
    """
    made, size = made_worlds.make(config, at, world), config["diagnosis"]["shard"]
    last = min((number + 1) * size, config["diagnosis"]["draws"])
    place = list(config["diagnosis"]["worlds"]).index(world)
    draws = []
    for draw in range(number * size, last):
        rng = np.random.default_rng([config["seed"], place, draw])
        drawn = made_worlds.draw(at, made, rng)
        seed = int(rng.integers(2**31))
        found = judged_draw.judge(judge, at, drawn, seed)
        joint = _joint(judge, drawn, seed) if made.of.get("joint_test") else {}
        about = {"draw": draw, "joined": int(drawn.joined.sum())}
        draws.append(about | {"hypotheses": found, "joint_test": joint})
        say(f"draw {draw + 1} of {config['diagnosis']['draws']}")
    return {
        "world": world,
        "shard": number,
        "truth": made.truth,
        "join": float(made.join.mean()),
        "fields": {
            name: {"spatial": of.spatial, "state": of.state, "range_km": of.range_km}
            for name, of in (("joining", made.join_field), ("levels", made.level_field))
        },
        "draws": draws,
    }


def _joint(judge: Judge, drawn: Drawn, seed: int) -> dict[str, Entry]:
    """Return the joint test of each curve: hypothesis -> as `drawn_joint.p_values`."""
    config = judge.config
    return {
        name: drawn_joint.p_values(
            curve,
            config["hypotheses"][name]["primary"],
            drawn,
            config["verdict_2"],
            config["diagnosis"]["replicates"],
            seed,
        )
        for name, curve in judge.curves.items()
    }


def merged(config: Config, shards: Sequence[Entry], made: str) -> Entry:
    """Return what all shards amount to.

    Returns
    -------
    dict
        made (date), draws, operations, worlds: world, label, truth, joined (mean), fields,
        estimates (mean of the primary estimates, in the unit of truth), confusion: hypothesis,
        version, supported, undecided, contradicted (shares), error (Monte
        Carlo standard error of supported), upper (end of its one-sided 95% interval), failed
        (clause -> share of the draws that version 1 finds
        significant in which it is not met), close (how many these are); hypotheses: hypothesis ->
        what its card says (found, false, draws, made).
    """
    about = config["diagnosis"]
    worlds = [
        _world(config, name, [of for of in shards if of["world"] == name])
        for name in about["worlds"]
    ]
    numbers = sorted({of["draws"] for of in worlds})
    told = " to ".join(map(str, dict.fromkeys([numbers[0], numbers[-1]]))) + " draws of each world"
    return {
        "made": made,
        "draws": numbers[0],
        "none_leaves": upper(0.0, numbers[0]),
        "specifications": about["specifications"],
        "replicates": about["replicates"],
        "seed": config["seed"],
        "operations": sorted(config["operations"]),
        "worlds": worlds,
        "hypotheses": {
            name: _of_card(name, worlds, about["worlds"]) | {"draws": told, "made": made}
            for name in config["hypotheses"]
        },
    }


def _world(config: Config, name: str, shards: Sequence[Entry]) -> Entry:
    draws = [draw for of in shards for draw in of["draws"]]
    return {
        "world": name,
        "label": config["diagnosis"]["worlds"][name]["label"],
        "draws": len(draws),
        "truth": shards[0]["truth"],
        "fields": shards[0]["fields"],
        "joined": float(np.mean([draw["joined"] for draw in draws])),
        "estimates": {of: _mean_estimate(config, of, draws) for of in config["hypotheses"]},
        "joint_test": _joint_level(config, draws),
        "confusion": [
            _confusion(hypothesis, version, [draw["hypotheses"][hypothesis] for draw in draws])
            for hypothesis in config["hypotheses"]
            for version in ("first", "second")
        ],
    }


def _mean_estimate(config: Config, hypothesis: str, draws: Sequence[Entry]) -> float | None:
    """Return the mean of the primary estimates in the predicted direction, in smallest effects;
    draws without an estimate do not count.
    """
    primary = config["hypotheses"][hypothesis]["primary"]
    found = [draw["hypotheses"][hypothesis]["estimate"] for draw in draws]
    known = [estimate for estimate in found if estimate is not None]
    if not known:
        return None
    return float(primary["sign"] * np.mean(known) / smallest_effect(primary)[0])


def _joint_level(config: Config, draws: Sequence[Entry]) -> list[Entry]:
    """Return how often each statistic of the joint test rejects: hypothesis, set, statistic,
    rejected (share at alpha), error, draws; nothing of a world in which it was not made.
    """
    alpha = config["verdict_2"]["alpha"]
    tests = [draw["joint_test"] for draw in draws if draw["joint_test"]]
    return [
        {"hypothesis": name, "set": of, "statistic": statistic}
        | _rejected([test[name][of][place] for test in tests], alpha)
        for name in (config["diagnosis"]["curves"] if tests else ())
        for of in drawn_joint.SETS
        for place, statistic in enumerate(STATISTICS)
    ]


def _rejected(p_values: Sequence[float | None], alpha: float) -> Entry:
    found = [p <= alpha for p in p_values if p is not None]
    if not found:
        return {"rejected": None, "error": None, "draws": 0}
    share = float(np.mean(found))
    error = float(np.sqrt(share * (1 - share) / len(found)))
    return {"rejected": share, "error": error, "draws": len(found)}


def _confusion(hypothesis: str, version: str, draws: Sequence[Entry]) -> Entry:
    shares = {
        verdict: float(np.mean([draw[version] == verdict for draw in draws]))
        for verdict in VERDICTS
    }
    failed: dict[str, float] = {}
    close = [draw for draw in draws if draw["close"]]
    if version == "second":
        for name in sorted({clause for draw in close for clause in draw["failed"]}):
            failed[name] = float(np.mean([name in draw["failed"] for draw in close]))
    p = shares["supported"]
    about = {"error": float(np.sqrt(p * (1 - p) / len(draws))), "upper": upper(p, len(draws))}
    return {
        "hypothesis": hypothesis,
        "version": version,
        **shares,
        **about,
        "failed": failed,
        "close": len(close),
    }


def upper(share: float, draws: int) -> float:
    """Return the upper end of the exact one-sided 95% interval of a share (Clopper & Pearson
    1934).
    """
    number = round(share * draws)
    return 1.0 if number == draws else float(betaincinv(number + 1, draws - number, 0.95))


def supported(world: Entry, hypothesis: str, version: str) -> Entry:
    """Return the row of a world's confusion matrix."""
    return next(
        row
        for row in world["confusion"]
        if (row["hypothesis"], row["version"]) == (hypothesis, version)
    )


def _of_card(name: str, worlds: Sequence[Entry], declared: Mapping[str, Any]) -> Entry:
    """Return how often version 2 says supported where the theory is true at each multiple of the
    smallest effect, and in the worst of the worlds where this hypothesis is not true.
    """
    found = []
    for world in worlds:
        of = declared[world["world"]]
        if of.get("multiple") and name in of.get("power", []):
            row = supported(world, name, "second")
            parts = ("supported", "error", "upper")
            found.append({"multiple": of["multiple"]} | {part: row[part] for part in parts})
    false = [
        (supported(world, name, "second")["supported"], world["label"])
        for world in worlds
        if world["truth"].get(name, 1.0) < NOTHING
    ]
    worst = max(false, default=(None, None))
    return {"found": found, "false": worst[0], "false_world": worst[1]}
