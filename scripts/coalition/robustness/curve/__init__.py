"""The specification curve: every defensible specification of a primary test, and a joint test of
them all by permutation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from ...config.settings import unit_word
from ...estimators import batched
from ...estimators.batched.stack import stack
from ...estimators.fit_types import EstimationFailure
from ...estimators.primary_test import smallest_effect
from . import curve_effects, joint_test, permutations, permuted_blocks
from .curve_problems import Problem, Problems, Tables
from .shared_columns import SharedColumns
from .specifications import Option, Specification, choices, combinations

Say = Callable[[str], None]
Steps = tuple[np.ndarray, np.ndarray]
Statistics = dict[int, np.ndarray]
"""First permutation of a block -> the three statistics of its permutations (3, its width)."""
Options = Mapping[str, Sequence[Option]]


def curve(
    config: Mapping[str, Any],
    hypothesis: str,
    tables: Tables,
    say: Say,
    shards: Sequence[Statistics] | None = None,
) -> dict[str, Any]:
    """Fit a hypothesis' primary test under every specification, and test them jointly.

    Parameters
    ----------
    config : mapping
        The whole config.
    hypothesis : str
    tables : mapping
        Canonical tables, as `samples.build` takes them.
    say : callable
        Is told how far the work has come.
    shards : sequence of dict, optional
        What `shard` has returned of all permutations; None where they are made here.

    Returns
    -------
    dict
        The content of estimates/curve_<hypothesis>.json (docs/architecture.md).
    """
    about, primary = config["specification_curve"], config["hypotheses"][hypothesis]["primary"]
    wanted = combinations(config, hypothesis)
    say(f"{len(wanted):,} combinations of choices")
    data = Problems(config, hypothesis, tables)
    kept, problems, counts = _distinct(wanted, data, say)
    say(f"{len(kept):,} different specifications; fitting")
    found = curve_effects.fit(problems, primary)
    say(
        f"{int((found.status == 'ok').sum()):,} fitted; {about['permutations']:,} permutations of "
        "each"
    )
    blocks = [permuted_blocks.DATA]
    if shards is None:
        blocks += permuted_blocks.of_shard(about["permutations"])
    places, steps, statistics = _permuted(
        config, hypothesis, problems, len(data.states), blocks, say
    )
    test = joint_test.tested(_in_order(statistics, shards or []), len(places))
    say("done")
    content = _content(config, hypothesis, kept, problems, found, places, steps, test)
    return {
        **content,
        **unit_word(config, hypothesis),
        "terms": _terms([data.model(specification)["terms"] for specification in kept]),
        "counts": counts | _counted(found, places),
    }


def shard(
    config: Mapping[str, Any], hypothesis: str, tables: Tables, say: Say, number: int, of: int
) -> Statistics:
    """Return the statistics of the permutations that one of several shards takes.

    Parameters
    ----------
    config, hypothesis, tables, say
        As in `curve`.
    number, of : int
        Which shard, counted from 0, and how many there are.

    Returns
    -------
    dict
        First permutation of a block -> its statistics (3, its width).
    """
    data = Problems(config, hypothesis, tables)
    problems = _distinct(combinations(config, hypothesis), data, say)[1]
    blocks = permuted_blocks.of_shard(config["specification_curve"]["permutations"], number, of)
    return _permuted(config, hypothesis, problems, len(data.states), blocks, say)[2]


def to_store(shard: Statistics) -> dict[int, list[list[str]]]:
    """Return what `shard` has returned for a file of JSON, which knows no infinite numbers: a
    median is infinite where most estimates of a permutation are not known.
    """
    return {
        start: [[value.hex() for value in row] for row in found.tolist()]
        for start, found in shard.items()
    }


def stored(shard: Mapping[str, Sequence[Sequence[str]]]) -> Statistics:
    """Return what `to_store` has made for a file."""
    return {
        int(start): np.array([[float.fromhex(value) for value in row] for row in found])
        for start, found in shard.items()
    }


def _in_order(own: Statistics, shards: Sequence[Statistics]) -> np.ndarray:
    """Return the statistics of the data and of all permutations, (3, 1 + permutations)."""
    every = {start: found for part in (own, *shards) for start, found in part.items()}
    return np.concatenate([np.asarray(every[start]) for start in sorted(every)], axis=1)


def _distinct(
    wanted: Sequence[Specification], data: Problems, say: Say
) -> tuple[list[Specification], SharedColumns, dict[str, Any]]:
    """Leave out specifications that cannot be fitted, and those whose data and estimator are the
    same as another's.
    """
    kept, problems, seen = [], SharedColumns(), set()
    impossible: Counter[str] = Counter()
    for number, specification in enumerate(wanted):
        if number and number % 1000 == 0:
            say(f"{number:,} specifications read")
        try:
            problem = data.problem(specification)
        except EstimationFailure as failure:
            impossible[failure.kind] += 1
            continue
        if problem.key not in seen:
            seen.add(problem.key)
            kept.append(specification)
            problems.add(problem)
    duplicates = len(wanted) - impossible.total() - len(kept)
    return (
        kept,
        problems,
        {
            "combinations": len(wanted),
            "impossible": dict(sorted(impossible.items())),
            "duplicates": duplicates,
        },
    )


def _terms(of_each: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return the lists of terms that occur, and which of them each specification has."""
    sets = {tuple(terms): None for terms in of_each}
    place = {terms: number for number, terms in enumerate(sets)}
    return {
        "sets": [list(terms) for terms in sets],
        "of": [place[tuple(terms)] for terms in of_each],
    }


def _permuted(
    config: Mapping[str, Any],
    hypothesis: str,
    problems: SharedColumns,
    states: int,
    blocks: Sequence[permuted_blocks.Block],
    say: Say,
) -> tuple[np.ndarray, Steps, Statistics]:
    """Permute the problems whose restricted model has a fit; return their places, the one-step
    estimates and z statistics of the data (S,) where these are among the blocks, and the
    statistics of every block.
    """
    primary, alpha = config["hypotheses"][hypothesis]["primary"], config["verdict"]["alpha"]
    orders = permutations.draw(
        states, config["specification_curve"]["permutations"], config["seed"]
    )
    params = restricted_fits(problems)
    usable = [
        place
        for place, fitted in enumerate(params)
        if np.isfinite(fitted).all()
        and (not primary.get("contrasts") or len(problems[place].design.levels) == 3)
    ]
    steps: Steps = (np.empty(0), np.empty(0))
    statistics: Statistics = {}
    for block, estimates, z in permuted_blocks.walk(
        problems.part(usable),
        [params[place] for place in usable],
        primary,
        orders,
        blocks,
        say,
    ):
        if block == permuted_blocks.DATA:
            steps = estimates[:, 0], z[:, 0]
        statistics[block.start] = joint_test.known_statistics(
            estimates, z, primary["sign"], alpha, permuted=block != permuted_blocks.DATA
        )
    return np.array(usable, dtype=int), steps, statistics


def restricted_fits(problems: Sequence[Problem]) -> list[np.ndarray]:
    """Fit every problem without the effect under test; NaN where there is no maximum."""
    found: list[np.ndarray] = [np.empty(0)] * len(problems)
    for places in curve_effects.alike(problems):
        first = problems[places[0]]
        family, levels = first.family, len(first.design.levels)
        designs: dict[int, list[int]] = {}
        chunk = {place: problems[place] for place in places}
        for place in places:  # a product under test makes one column less
            designs.setdefault(len(chunk[place].focal), []).append(place)
        for same in designs.values():
            fitted = batched.fit(
                family,
                stack([curve_effects.restricted(chunk[place]) for place in same]),
                levels,
                covariance=False,
                reasons=False,
            )
            for place, params in zip(same, fitted.params, strict=True):
                found[place] = params
    return found


def _counted(found: curve_effects.Effects, places: np.ndarray) -> dict[str, Any]:
    by_status = dict(sorted(Counter(found.status).items()))
    return {
        "specifications": len(found.status),
        "fitted": by_status.get("ok", 0),
        "failed": {name: number for name, number in by_status.items() if name != "ok"},
        "in_joint_test": len(places),
    }


def _content(
    config: Mapping[str, Any],
    hypothesis: str,
    kept: Sequence[Specification],
    problems: Sequence[Problem],
    found: curve_effects.Effects,
    places: np.ndarray,
    steps: Steps,
    test: joint_test.JointTest,
) -> dict[str, Any]:
    sign, alpha = config["hypotheses"][hypothesis]["primary"]["sign"], config["verdict"]["alpha"]
    options = choices(config, hypothesis)
    codes = _codes(options, kept)
    significant = (found.p_value < alpha) & (sign * found.estimate > 0)
    one_step, one_z = (_spread(step, places, len(kept)) for step in steps)
    return _about(config, hypothesis, options) | {
        "summary": _summary(found.estimate, significant, sign),
        "joint_test": asdict(test),
        "one_step": _agreement(found.estimate, one_step, found.estimate / found.std_error, one_z),
        "by_option": _by_option(options, codes, found.estimate, significant, sign),
        "options": codes,
        "specifications": {
            "estimate": found.estimate,
            "std_error": found.std_error,
            "p_value": found.p_value,
            "significant": significant,
            **_sizes(problems),
            "status": found.status,
            "one_step": one_step,
            "one_step_z": one_z,
        },
    }


def _sizes(problems: Sequence[Problem]) -> dict[str, np.ndarray]:
    """Return the number of rows and of states of each specification, (S,) each."""
    found = [(len(problem.design.y), len(np.unique(problem.states))) for problem in problems]
    n, n_states = np.array(found, dtype=int).reshape(-1, 2).T
    return {"n": n, "n_states": n_states}


def _about(config: Mapping[str, Any], hypothesis: str, options: Options) -> dict[str, Any]:
    """Return what the config says of a curve: the hypothesis, the rule, the choices."""
    about, primary = config["specification_curve"], config["hypotheses"][hypothesis]["primary"]
    smallest, scale = smallest_effect(primary)
    return {
        "hypothesis": hypothesis,
        "title": config["hypotheses"][hypothesis]["title"],
        "sign": primary["sign"],
        "scale": scale,
        "smallest_effect": smallest,
        "alpha": config["verdict"]["alpha"],
        "seed": config["seed"],
        "share": about["share"],
        "choices": [
            {
                "choice": choice,
                "label": about["choices"][choice]["label"],
                "options": [_described(option) for option in several],
            }
            for choice, several in options.items()
        ],
    }


def _described(option: Option) -> dict[str, str]:
    return {"name": option.name, "label": option.label, "argument": option.argument}


def _codes(options: Options, kept: Sequence[Specification]) -> dict[str, np.ndarray]:
    """Return which option of each choice each specification has, (S,) places in the choice's
    options.
    """
    names = {choice: [option.name for option in several] for choice, several in options.items()}
    return {
        choice: np.array(
            [of.index(specification.names[position]) for specification in kept], dtype=int
        )
        for position, (choice, of) in enumerate(names.items())
    }


def _spread(values: np.ndarray, places: np.ndarray, size: int) -> np.ndarray:
    """Return values (size,) that stand in some places and are NaN in the others."""
    found = np.full(size, np.nan)
    found[places] = values
    return found


def _by_option(
    options: Options,
    codes: Mapping[str, np.ndarray],
    estimate: np.ndarray,
    significant: np.ndarray,
    sign: int,
) -> list[dict[str, Any]]:
    """Describe the estimates of the specifications that have one option, for each option of each
    choice.
    """
    rows = []
    for choice, several in options.items():
        for code, option in enumerate(several):
            having = codes[choice] == code
            rows.append(
                {
                    "choice": choice,
                    "option": option.name,
                    **_summary(estimate[having], significant[having], sign),
                }
            )
    return rows


def _summary(estimate: np.ndarray, significant: np.ndarray, sign: int) -> dict[str, Any]:
    """Describe estimates that exist: their number, median and range, the shares with the predicted
    sign and significant in it.
    """
    known = np.isfinite(estimate)
    if not known.any():
        return {"n": 0} | dict.fromkeys(
            ("median", "low", "high", "sign_share", "significant_share")
        )
    low, median, high = np.quantile(estimate[known], (0.025, 0.5, 0.975))
    shares = {
        "sign_share": float((sign * estimate[known] > 0).mean()),
        "significant_share": float(significant[known].mean()),
    }
    return {
        "n": int(known.sum()),
        "median": float(median),
        "low": float(low),
        "high": float(high),
    } | shares


def _agreement(
    estimate: np.ndarray, one_step: np.ndarray, z: np.ndarray, one_z: np.ndarray
) -> dict[str, Any]:
    """Say how near the one-step estimates of the joint test are to those of maximum likelihood."""
    both = np.isfinite(estimate) & np.isfinite(one_step) & np.isfinite(z)
    if both.sum() < 3:
        return {"n": int(both.sum())}
    return {
        "n": int(both.sum()),
        "rank_correlation": _rank_correlation(estimate[both], one_step[both]),
        "median": float(np.median(one_step[both])),
        "median_of_maximum_likelihood": float(np.median(estimate[both])),
        "largest_difference": float(np.abs(estimate - one_step)[both].max()),
        "rank_correlation_of_z": _rank_correlation(z[both], one_z[both]),
        "median_difference": float(np.median(np.abs(estimate - one_step)[both])),
    }


def _rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Return Spearman's correlation, that of mid-ranks; pandas and scipy would load scipy.stats for
    it, which takes longer than the rest.
    """
    ranks = pd.DataFrame({"first": first, "second": second}).rank().to_numpy()
    return float(np.corrcoef(ranks, rowvar=False)[0, 1])


def tidy(content: Mapping[str, Any]) -> pd.DataFrame:
    """Return a curve as a table, one row a specification; key: specification (1 is the primary
    test).
    """
    columns = {"specification": np.arange(1, len(content["specifications"]["status"]) + 1)}
    for choice in content["choices"]:
        names = np.array([option["name"] for option in choice["options"]], dtype=object)
        columns[choice["choice"]] = names[
            np.asarray(content["options"][choice["choice"]], dtype=int)
        ]
    return pd.DataFrame(
        columns | {name: np.asarray(values) for name, values in content["specifications"].items()}
    )
