"""Declared worlds: what is true in each, and states that decide in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, ndtr, ndtri

from ... import estimators
from ...base.great_circle import distances
from ...base.keys import LATITUDE, LONGITUDE, REGION
from ...config.settings import labels
from ...estimators.design_matrix import Prepared, prepare
from ...estimators.primary_test import smallest_effect
from ...inference.spatial import worlds
from ...inference.spatial.field import Field

Config = Mapping[str, Any]
LATENT_SD = np.pi / np.sqrt(3)
"""Of a logistic error: an odds ratio in units of it is the log of a rate ratio of the same size."""
STEEPEST = 12.0
"""Largest product term of the two fears that is tried, in log odds."""


@dataclass(frozen=True)
class Ground:
    """The states of the real design, and the models fitted to them.

    rows : (n,) of the sample, those with every term, prepared with the model of joining; states
    (n,)
    0..G-1, distance (G, G) km, operation (n,); caveats, types : participants, with their models
    """

    rows: pd.DataFrame
    prepared: Prepared
    states: np.ndarray
    distance: np.ndarray
    operation: np.ndarray
    caveats: Prepared
    types: Prepared | None

    @property
    def matrix(self) -> np.ndarray:
        """Design of joining (n, k)."""
        return self.prepared.design.X

    def columns(self, names: tuple[str, ...]) -> np.ndarray:
        """Return the design of another model for all rows; what it lacks here is zero."""
        own = self.prepared.design.names
        return np.column_stack(
            [
                self.matrix[:, own.index(name)] if name in own else np.zeros(len(self.matrix))
                for name in names
            ]
        )

    def column(self, name: str) -> int:
        """Return the place of a term in the design of joining."""
        return self.prepared.design.names.index(name)


def ground(config: Config, sample: pd.DataFrame) -> Ground:
    """Return the real design that worlds are made on.

    Parameters
    ----------
    config : mapping
        `diagnosis` names the models of joining, of caveats and of types.
    sample : DataFrame
        The table of the sample of the model of joining.
    """
    about, models = config["diagnosis"], config["models"]
    made = prepare(sample, models[about["joining"]], labels(config))
    rows = made.rows
    names, states = np.unique(rows["iso3"].to_numpy(str), return_inverse=True)
    places = rows.drop_duplicates("iso3").set_index("iso3").loc[list(names)]
    lat, lon = (places[name].to_numpy(float) for name in (LATITUDE, LONGITUDE))
    types = about.get("types")
    return Ground(
        rows,
        made,
        states,
        distances(lat, lon),
        rows["operation"].to_numpy(str),
        prepare(sample, models[about["caveats"]], labels(config)),
        prepare(sample, models[types], labels(config)) if types else None,
    )


@dataclass(frozen=True)
class Made:
    """A world: chances of joining (n,), cumulative chances of the levels (n, K - 1), the values of
    the levels (K,), mean numbers of types (n,), the fields behind joining and levels, and the
    truth: hypothesis -> effect in the predicted direction, in smallest effects.
    """

    join: np.ndarray
    levels: np.ndarray
    values: np.ndarray
    types: np.ndarray | None
    join_field: Field
    level_field: Field
    truth: dict[str, float]
    of: Mapping[str, Any]


def make(config: Config, at: Ground, name: str) -> Made:
    """Return a declared world.

    Parameters
    ----------
    name : str
        A key of `diagnosis.worlds`. `multiple`: effects of the two fears in smallest effects of
        interest; `product`: with a product term that makes the contrasts of both as large, beside
        which the slopes of a model without it are no longer those of the world; `estimated`: as
        estimated; `region`: region decides and the fears do not;
        `levels`: the multiple of the effect on caveats where it is another.
    """
    of = config["diagnosis"]["worlds"][name]
    slopes = _slopes(config, at, of)
    plain = _joining(config, at, of, slopes)
    levels, values = _levels(config, at, of, slopes)
    slopes["product"] = _product(config, at, slopes, plain, levels) if of.get("product") else 0.0
    fitted = {} if not any(slopes.values()) else {"estimated": True}
    behind = of if of.get("region") else fitted
    return Made(
        _with_product(config, at, plain, slopes["product"]),
        levels,
        values,
        _types(config, at, slopes),
        _join_field(config, at, behind),
        _level_field(at, _levels(config, at, behind, _slopes(config, at, behind))[0]),
        _truth(config, at, slopes, plain, levels),
        of,
    )


def _join_field(config: Config, at: Ground, behind: Mapping[str, Any]) -> Field:
    """Return the field that the residuals of the data lead to: without effects where the world has
    none, else with the effects as estimated.
    """
    chances = _joining(config, at, behind, _slopes(config, at, behind))
    where = worlds.rows(at.matrix, at.states, at.distance, at.operation, True)
    both = np.column_stack([1 - chances, chances])
    return worlds.fitted(both, at.prepared.design.y, where).stages[0].field


def _with_product(config: Config, at: Ground, plain: np.ndarray, product: float) -> np.ndarray:
    """Return chances of joining with a product of the fears, the mean chance as it was."""
    if not product:
        return plain
    moved = _logit(plain) + product * _both(config, at)

    def beyond(constant: float) -> float:
        return float(expit(moved + constant).mean() - plain.mean())

    return expit(moved + brentq(beyond, -60, 60))


def _smallest(config: Config, hypothesis: str) -> float:
    return smallest_effect(config["hypotheses"][hypothesis]["primary"])[0]


def _slopes(config: Config, at: Ground, of: Mapping[str, Any]) -> dict[str, float]:
    """Return the effects of the fears on joining and of entrapment on caveats, per unit."""
    about, roles = config["diagnosis"], config["diagnosis"]["hypotheses"]
    fears = (about["abandonment"], about["entrapment"])
    if of.get("estimated"):
        fit = estimators.fit("logit", at.prepared.design).params
        caveats = at.caveats.design
        found = estimators.fit("ordered_logit", caveats)
        first, second = (float(fit[at.column(fear)]) for fear in fears)
        third = float(found.params[found.terms.index(about["entrapment"])])
        slopes = {"abandonment": first, "entrapment": second, "caveats": third}
    else:
        m, signs = of.get("multiple", 0), config["hypotheses"]
        slopes = {
            part: m * signs[roles[part]]["primary"]["sign"] * _smallest(config, roles[part])
            for part in ("abandonment", "entrapment", "caveats")
        }
    if "levels" in of:
        slopes["caveats"] = of["levels"] * _smallest(config, roles["caveats"])
    return slopes


def _with_offset(X: np.ndarray, y: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Return the linear predictor (n,) of a logit with an offset; a ridge of one row's weight in a
    thousand keeps what is separated finite.
    """
    beta, small = np.zeros(X.shape[1]), 1e-3
    scale = X.std(axis=0) + (X.std(axis=0) == 0)
    Z = X / scale
    for _ in range(100):
        p = expit(Z @ beta + offset)
        step = np.linalg.solve(
            (Z * (p * (1 - p))[:, None]).T @ Z + small * np.eye(len(beta)),
            Z.T @ (y - p) - small * beta,
        )
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    return Z @ beta + offset


def _logit(p: np.ndarray) -> np.ndarray:
    """Return log odds; a chance that is one to the last digit is as far as numbers tell."""
    p = np.clip(p, 1e-15, 1 - 1e-15)
    return np.log(p) - np.log1p(-p)


def _joining(
    config: Config, at: Ground, of: Mapping[str, Any], slopes: Mapping[str, float]
) -> np.ndarray:
    """Return chances of joining (n,): the other terms as fitted beside the effects of the world."""
    about = config["diagnosis"]
    fears = [at.column(about[fear]) for fear in ("abandonment", "entrapment")]
    offset = at.matrix[:, fears] @ np.array([slopes["abandonment"], slopes["entrapment"]])
    X = np.delete(at.matrix, fears, axis=1)
    if of.get("region"):
        X = np.column_stack([X, _regions(at.rows)])
    return expit(_with_offset(X, at.prepared.design.y, offset))


def _regions(rows: pd.DataFrame) -> np.ndarray:
    return pd.get_dummies(rows[REGION], drop_first=True).to_numpy(float)


def _levels(
    config: Config, at: Ground, of: Mapping[str, Any], slopes: Mapping[str, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Return P(level <= k) of all rows (n, K - 1), and the values of the levels.

    Each cut is a logit with the same slopes: the ordered logit with the effect held, as the joint
    maximum over the other slopes and the cuts, by stacking the cuts as rows.
    """
    design = at.caveats.design
    entrapment = config["diagnosis"]["entrapment"]
    values = np.sort(
        at.caveats.rows[config["models"][config["diagnosis"]["caveats"]]["outcome"]].unique()
    )
    names = [name for name in design.names if name not in ("const", entrapment)]
    own = design.X[:, [design.names.index(name) for name in names]]
    whole = at.columns(tuple(names))
    if of.get("region"):
        own = np.column_stack([own, _regions_like(at, at.caveats.rows)])
        whole = np.column_stack([whole, _regions_like(at, at.rows)])
    effect = slopes["caveats"]
    held = effect * design.X[:, design.names.index(entrapment)]
    slopes_found, cuts = _ordered(own, design.y, held, len(values))
    index = whole @ slopes_found + effect * at.matrix[:, at.column(entrapment)]
    return expit(cuts[None, :] - index[:, None]), values.astype(float)


def _regions_like(at: Ground, rows: pd.DataFrame) -> np.ndarray:
    """Return region dummies of rows; regions without participants share the first one's."""
    joined = sorted(at.caveats.rows[REGION].unique())
    return np.column_stack([(rows[REGION] == name).to_numpy(float) for name in joined[1:]])


def _ordered(
    X: np.ndarray, y: np.ndarray, offset: np.ndarray, K: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return slopes and cuts of an ordered logit with an offset; slopes of size 1 per standard
    deviation cost one row in a hundred, so that separated dummies stay finite.
    """
    from scipy.optimize import minimize

    scale = X.std(axis=0) + (X.std(axis=0) == 0)
    Z, code = X / scale, y.astype(int)

    def cuts_of(free: np.ndarray) -> np.ndarray:
        return np.cumsum(np.concatenate([free[:1], np.exp(free[1:])]))

    def loss(params: np.ndarray) -> float:
        cuts = np.concatenate([[-np.inf], cuts_of(params[: K - 1]), [np.inf]])
        index = Z @ params[K - 1 :] + offset
        chance = expit(cuts[code + 1] - index) - expit(cuts[code] - index)
        return float(
            -np.log(np.maximum(chance, 1e-12)).sum() + 0.005 * (params[K - 1 :] ** 2).sum()
        )

    start = np.concatenate([[-2.0], np.zeros(K - 2), np.zeros(X.shape[1])])
    found = minimize(loss, start, method="BFGS").x
    return found[K - 1 :] / scale, cuts_of(found[: K - 1])


def _level_field(at: Ground, levels: np.ndarray) -> Field:
    """Return the field behind levels, told from participants whose level is known."""
    keys = ["iso3", "operation"]
    place = pd.MultiIndex.from_frame(at.rows[keys]).get_indexer(
        pd.MultiIndex.from_frame(at.caveats.rows[keys])
    )
    known = place >= 0
    cumulative = levels[place[known]]
    chances = np.diff(np.column_stack([np.zeros(known.sum()), cumulative, np.ones(known.sum())]))
    names, states = np.unique(at.states[place[known]], return_inverse=True)
    where = worlds.rows(
        at.matrix[place[known]], states, at.distance[np.ix_(names, names)],
        at.operation[place[known]], True,
    )  # fmt: skip
    return worlds.fitted(chances, at.caveats.design.y[known], where).stages[0].field


def _types(config: Config, at: Ground, slopes: Mapping[str, float]) -> np.ndarray | None:
    """Return mean numbers of types of caveat (n,): of the Poisson model, with a rate ratio that is
    in log what the effect on the level is in standard deviations of its latent error.
    """
    if at.types is None:
        return None
    design = at.types.design
    fit = estimators.fit("poisson", design)
    params, entrapment = fit.params.copy(), config["diagnosis"]["entrapment"]
    place = design.names.index(entrapment)
    params[place] = slopes["caveats"] / LATENT_SD
    X = at.columns(design.names)
    own = np.exp(design.X @ params)
    return np.exp(X @ params) * design.y.sum() / own.sum()


def _both(config: Config, at: Ground) -> np.ndarray:
    """Return the product of the fears (n,)."""
    fears = (config["diagnosis"][fear] for fear in ("abandonment", "entrapment"))
    first, second = (at.matrix[:, at.column(fear)] for fear in fears)
    return first * second


def _contrasts(
    config: Config, at: Ground, slopes: Mapping[str, float], plain: np.ndarray, levels: np.ndarray,
    product: float,
) -> float:  # fmt: skip
    """Return the smallest contrast that the third hypothesis needs, in the predicted direction."""
    about = config["diagnosis"]
    primary = config["hypotheses"][about["hypotheses"]["both"]]["primary"]
    corners = config["models"][primary["model"]]["corners"]
    A, E = (at.matrix[:, at.column(about[fear])] for fear in ("abandonment", "entrapment"))
    low, high = np.quantile(A, (corners["low"], corners["high"]))
    top = np.quantile(E, corners["high"])
    reserved = 1 - expit(_logit(levels[:, 1]) - slopes["caveats"] * (top - E))
    index = _logit(_with_product(config, at, plain, product))
    base = index - slopes["abandonment"] * A - slopes["entrapment"] * E - product * A * E
    change = [
        expit(base + slopes["abandonment"] * a + slopes["entrapment"] * top + product * a * top)
        for a in (low, high)
    ]
    moved = change[1] - change[0]
    more, less = (moved * reserved).mean(), (moved * (1 - reserved)).mean()
    wanted = {"more_reserved": more, "reserved_not_unreserved": more - less}
    wanted["less_abstaining"] = moved.mean()
    return float(min(primary["sign"] * wanted[name] for name in primary["contrasts"]))


def _product(
    config: Config, at: Ground, slopes: Mapping[str, float], plain: np.ndarray, levels: np.ndarray
) -> float:
    """Return the product term of the fears in joining with which the contrasts are as large as the
    other effects, in smallest effects; the steepest that is tried where none is.
    """
    hypothesis = config["diagnosis"]["hypotheses"].get("both")
    if hypothesis is None:
        return 0.0
    of = abs(slopes["abandonment"]) / _smallest(
        config, config["diagnosis"]["hypotheses"]["abandonment"]
    )
    wanted = of * _smallest(config, hypothesis)

    def beyond(product: float) -> float:
        return _contrasts(config, at, slopes, plain, levels, product) - wanted

    grid = np.linspace(0, STEEPEST, 49)
    reached = [product for product in grid if beyond(product) >= 0]
    if not reached:
        return float(max(grid, key=beyond))
    return float(brentq(beyond, max(reached[0] - grid[1], 0.0), reached[0])) if reached[0] else 0.0


def _truth(
    config: Config, at: Ground, slopes: Mapping[str, float], plain: np.ndarray, levels: np.ndarray
) -> dict[str, float]:
    """Return every hypothesis' true effect in the predicted direction, in smallest effects."""
    found = {}
    for part, name in config["diagnosis"]["hypotheses"].items():
        sign = config["hypotheses"][name]["primary"]["sign"]
        both = part == "both"
        value = _contrasts(config, at, slopes, plain, levels, slopes["product"]) if both else 0.0
        found[name] = float((value if both else sign * slopes[part]) / _smallest(config, name))
    return found


@dataclass(frozen=True)
class Drawn:
    """Outcomes of all rows (n,): joined 0/1; types; and levels, NaN among those who stayed away.

    level : as read, NaN too where statements tell only what a contingent consisted of; other : by a
    second coder, who differs from the first where there is noise; as_coded : with those contingents
    coded as well
    """

    joined: np.ndarray
    level: np.ndarray
    other: np.ndarray
    as_coded: np.ndarray
    types: np.ndarray


def draw(at: Ground, of: Made, rng: np.random.Generator) -> Drawn:
    """Draw one world's outcomes.

    Joining and level have latent normal errors with the correlation `selection` of the world, each
    with a spatial field as fitted to the data. The level is read of as many participants of each
    operation as in the data, by chance; with `composition` it is unread more often the larger a
    term is, and those are coded at the highest level for what they are made of. `noise`: a share of
    levels is coded one off.
    """
    roots = [field.root(at.distance) for field in (of.join_field, of.level_field)]
    first, second = (
        field.draw(rng, 1, root, at.states)[0]
        for field, root in zip((of.join_field, of.level_field), roots, strict=True)
    )
    rho = of.of.get("selection", 0.0)
    joined = _joined(at, first, of.join)
    latent = rho * first + np.sqrt(1 - rho**2) * second
    level = of.values[(ndtr(latent)[:, None] > of.levels).sum(axis=1)]
    types = rng.poisson(of.types) if of.types is not None else np.full(len(level), np.nan)
    unread = _unread(at, of.of.get("composition"), joined, rng)
    coded = [_noisy(level, of.of.get("noise", 0.0), of.values, rng) for _ in range(2)]
    made_of = np.where(unread, of.values.max(), coded[0]) if "composition" in of.of else coded[0]
    read = joined & ~unread
    first_coder, second_coder = (np.where(read, values, np.nan) for values in coded)
    return Drawn(
        joined.astype(float),
        first_coder,
        second_coder,
        np.where(joined, made_of, np.nan),
        np.where(joined, types, np.nan),
    )


def _joined(at: Ground, latent: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return who joins, (n,) bool: as many in each operation as in the data.

    A field that reaches far moves all states together, and the number that joins with them. The
    data hold one such number, and the models' constants take it up.
    """
    margin, found = latent - ndtri(1 - chance), np.zeros(len(latent), dtype=bool)
    for name in np.unique(at.operation):
        there = np.flatnonzero(at.operation == name)
        number = int(at.prepared.design.y[there].sum())
        found[there[np.argsort(-margin[there], kind="stable")[:number]]] = True
    return found


def _unread(
    at: Ground, about: Mapping[str, Any] | None, joined: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return whose statements say nothing of rules, (n,) bool: in each operation the share of
    participants whose level is not known.
    """
    joiners = at.rows.loc[at.prepared.design.y == 1, "operation"].value_counts()
    read = at.caveats.rows["operation"].value_counts()
    share = {name: float(np.clip(1 - read.get(name, 0) / n, 0, 1)) for name, n in joiners.items()}
    chance = np.array([share.get(name, 0.0) for name in at.operation])
    if about is None or not joined.any():
        return rng.uniform(size=len(chance)) < chance
    fear = at.matrix[:, at.column(about["term"])]
    index = np.log(about["odds_ratio"]) * (fear - fear[joined].mean())
    wanted = max(float(chance[joined].mean()), about["share"])

    def beyond(constant: float) -> float:
        return float(expit(constant + index[joined]).mean() - wanted)

    return rng.uniform(size=len(fear)) < expit(brentq(beyond, -40, 40) + index)


def _noisy(
    level: np.ndarray, share: float, values: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return levels of which a share is one off, towards the middle at the ends."""
    if not share:
        return level
    step = np.where(rng.uniform(size=len(level)) < 0.5, -1, 1)
    step = np.where(level == values.min(), 1, np.where(level == values.max(), -1, step))
    return np.where(rng.uniform(size=len(level)) < share, level + step, level)


def response(joined: np.ndarray, level: np.ndarray, reserved_from: int) -> np.ndarray:
    """Return abstain, reserved, unreserved or, where the level is not known, an empty text."""
    among = np.where(level >= reserved_from, "reserved", "unreserved")
    return np.where(joined == 0, "abstain", np.where(np.isfinite(level), among, ""))


def table_of(
    at: Ground, drawn: Drawn, reserved_from: int, level: np.ndarray | None = None
) -> pd.DataFrame:
    """Return the rows of the sample with drawn outcomes in the place of the real ones."""
    level = drawn.level if level is None else level
    known = np.isfinite(level)
    answer = pd.Series(response(drawn.joined, level, reserved_from), index=at.rows.index)
    return at.rows.assign(
        participated=drawn.joined,
        caveat_level=level,
        any_caveat=np.where(known, (level > 0).astype(float), np.nan),
        substantive_caveat=np.where(known, (level >= 2).astype(float), np.nan),
        n_caveat_types=drawn.types,
        response=answer.where(answer != "", None),
    )
