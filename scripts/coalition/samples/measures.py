"""Components -> indices, with what a referee asks about them: coverage, loadings, correlations,
alpha.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..base.cache import Cache
from ..base.files import digest
from ..formula.transforms import transform

Diagnostics = dict[str, list[dict[str, Any]]]


def z(values: pd.Series) -> pd.Series:
    """Return z-scores over the known values; all missing where there is no variation."""
    return pd.Series(_z(values.to_numpy(float)), values.index)


def _z(values: np.ndarray) -> np.ndarray:
    """Return the z-scores of an array (n,); pandas takes longer to ask what it holds."""
    known = ~np.isnan(values)
    number = int(known.sum())
    if number < 2:
        return np.full(len(values), np.nan)
    mean = np.where(known, values, 0.0).sum() / number
    spread = np.sqrt(np.where(known, (mean - values) ** 2, 0.0).sum() / (number - 1))
    return (values - mean) / spread if spread > 0 else np.full(len(values), np.nan)


def mean_z(parts: pd.DataFrame, minimum: int) -> tuple[pd.Series, pd.Series]:
    """Mean of the components' z-scores over those that are known."""
    scores = [_z(parts[name].to_numpy(float)) for name in parts]
    number = sum(~np.isnan(score) for score in scores)
    total = sum(np.where(np.isnan(score), 0.0, score) for score in scores)
    mean = np.divide(
        total,
        number,
        out=np.full(len(parts), np.nan),
        where=(number >= minimum) & (number > 0),
    )
    return pd.Series(mean, parts.index), pd.Series(1 / parts.shape[1], index=parts.columns)


def pca(parts: pd.DataFrame, minimum: int) -> tuple[pd.Series, pd.Series]:
    """First principal component of the correlation matrix, over rows with every component.

    The sign is the one under which the components, already turned in their declared direction, load
    positively in sum.
    """
    scores = parts.apply(z).dropna(axis=1, how="all")
    complete = scores.dropna()
    if len(complete) < 3:
        return pd.Series(float("nan"), index=parts.index), pd.Series(
            float("nan"), index=parts.columns
        )
    vector = np.linalg.eigh(complete.corr().to_numpy())[1][:, -1]
    vector = vector if vector.sum() >= 0 else -vector
    value = pd.Series(complete.to_numpy() @ vector, index=complete.index).reindex(parts.index)
    return value, pd.Series(vector, index=scores.columns).reindex(parts.columns)


def single(parts: pd.DataFrame, minimum: int) -> tuple[pd.Series, pd.Series]:
    """Return the first component alone."""
    return parts.iloc[:, 0], pd.Series(
        [1.0] + [float("nan")] * (parts.shape[1] - 1), index=parts.columns
    )


def joint(parts: pd.DataFrame, minimum: int) -> tuple[pd.Series, pd.Series]:
    """Geometric mean of the components' percentile ranks: high only where every component is high.

    A product does not let one component make up for another, as a mean does (Goertz 2006, "Social
    Science Concepts", ch. 2, on necessary components). Ranks run from 0.5/n to 1 - 0.5/n, ties
    share their mean.
    """
    ranks, enough = _ranks(parts, minimum)
    return np.exp(np.log(ranks).mean(axis=1)).where(enough), pd.Series(
        1 / parts.shape[1], index=parts.columns
    )


def lowest_rank(parts: pd.DataFrame, minimum: int) -> tuple[pd.Series, pd.Series]:
    """Lowest of the components' percentile ranks: as high as the weakest component, whatever the
    others are (the minimum of fuzzy sets that are all necessary, Goertz 2006, ch. 2).
    """
    ranks, enough = _ranks(parts, minimum)
    return ranks.min(axis=1).where(enough), pd.Series(1 / parts.shape[1], index=parts.columns)


def _ranks(parts: pd.DataFrame, minimum: int) -> tuple[pd.DataFrame, pd.Series]:
    """Return percentile ranks of components, (n, k), and which rows have enough of them, (n,)."""
    ranks = (parts.rank() - 0.5) / parts.notna().sum()
    return ranks, ranks.notna().sum(axis=1) >= minimum


METHODS: Mapping[str, Callable[[pd.DataFrame, int], tuple[pd.Series, pd.Series]]] = {
    "mean_z": mean_z,
    "pca": pca,
    "single": single,
    "joint": joint,
    "lowest_rank": lowest_rank,
}


def cronbach_alpha(parts: pd.DataFrame) -> tuple[float, int]:
    """Return Cronbach's standardised alpha and the number of complete rows.

    Notes
    -----
    alpha = k r / (1 + (k - 1) r), with r the mean correlation of k components (Cronbach 1951, in
    its standardised form).
    """
    complete = parts.dropna()
    varying = (
        complete.loc[:, complete.std(ddof=1) > 0] if len(complete) > 2 else complete.iloc[:, :0]
    )
    k = varying.shape[1]
    if k < 2 or k < parts.shape[1]:
        return float("nan"), len(complete)
    mean_correlation = varying.corr().to_numpy()[np.triu_indices(k, 1)].mean()
    return float(k * mean_correlation / (1 + (k - 1) * mean_correlation)), len(complete)


def build(
    rows: pd.DataFrame,
    measures: Mapping[str, Any],
    labels: Mapping[str, str],
) -> tuple[pd.DataFrame, Diagnostics]:
    """Add every measure, in the order of the config, scaled to mean 0 and standard deviation 1, and
    describe it.

    Parameters
    ----------
    rows : DataFrame, shape (n, any)
        The universe of one operation, with the variables.
    measures : mapping
        The block `measures`: method, minimum, components with variable, sign and transform.
    labels : mapping
        Names of variables and measures.

    Returns
    -------
    DataFrame, shape (n, any + measures)
    dict
        components, correlations, alpha: see docs/architecture.md.
    """
    found: Diagnostics = {"components": [], "correlations": [], "alpha": []}
    made: dict[str, pd.Series] = {}
    for name, spec in measures.items():
        parts = components(rows, made, spec)
        made[name], loadings = index(parts, spec)
        about = {"measure": name, "measure_label": spec["label"], "method": spec["method"]}
        found["components"] += _describe(parts, made[name], loadings, spec, about, labels)
        found["correlations"] += _correlations(parts, name)
        alpha, complete = cronbach_alpha(parts)
        found["alpha"].append({"measure": name, "alpha": alpha, "n": complete})
    return pd.concat([rows, pd.DataFrame(made, index=rows.index)], axis=1), found


def made(
    of: Hashable, rows: pd.DataFrame, measures: Mapping[str, Any], cache: Cache
) -> pd.DataFrame:
    """Return every measure, (n, measures), as `build` adds them.

    Parameters
    ----------
    of : hashable
        What names the rows in the cache.
    cache : Cache
        Of measures that were made of rows with that name.
    """
    found: dict[str, pd.Series] = {}
    for name, spec in measures.items():

        def make(spec: Mapping[str, Any] = spec) -> pd.Series:
            return index(components(rows, found, spec), spec)[0]

        found[name] = cache.once(("measure", of, digest(recipe(measures, name))), make)
    return pd.DataFrame(found, index=rows.index)


def index(parts: pd.DataFrame, spec: Mapping[str, Any]) -> tuple[pd.Series, pd.Series]:
    """Return a measure from its components (n, k), scaled, (n,), and the components' loadings,
    (k,).
    """
    raw, loadings = METHODS[spec["method"]](
        parts, parts.shape[1] if spec["minimum"] == "all" else spec["minimum"]
    )
    return z(raw), loadings


def with_components(names: Iterable[str], measures: Mapping[str, Any]) -> set[str]:
    """Return names and all that the measures among them are made of; a measure stands below its
    parts.
    """
    found = set(names)
    for measure, spec in reversed(list(measures.items())):
        if measure in found:
            found |= {component["variable"] for component in spec.get("components", [])}
    return found


def recipe(measures: Mapping[str, Any], name: str) -> list[Any]:
    """Return all that a measure is made by: its entry, and the recipes of the measures that it is
    made from.
    """
    parts = [part["variable"] for part in measures[name]["components"]]
    return [measures[name], *(recipe(measures, part) for part in parts if part in measures)]


def components(
    rows: pd.DataFrame, made: Mapping[str, pd.Series], spec: Mapping[str, Any]
) -> pd.DataFrame:
    """Return the components of a measure (variables, or measures made before), turned so that more
    means more of the measure.
    """
    parts = {}
    for part in spec["components"]:
        name = part["variable"]
        values = made[name] if name in made else rows[name]
        parts[name] = part["sign"] * transform(values, part.get("transform", "none"))
    return pd.DataFrame(parts, index=rows.index)


def _describe(
    parts: pd.DataFrame,
    value: pd.Series,
    loadings: pd.Series,
    spec: Mapping[str, Any],
    about: Mapping[str, str],
    labels: Mapping[str, str],
) -> list[dict[str, Any]]:
    entries = []
    for part in spec["components"]:
        column = parts[part["variable"]]
        entries.append(
            {
                **about,
                "component": part["variable"],
                "label": labels.get(part["variable"], part["variable"]),
                "sign": part["sign"],
                "transform": part.get("transform", "none"),
                "known": int(column.notna().sum()),
                "of": len(column),
                "mean": float((part["sign"] * column).mean()),
                "sd": float(column.std(ddof=1)),
                "loading": float(loadings[part["variable"]]),
                "correlation_with_measure": _correlation(column, value),
            }
        )
    return entries


def _correlation(first: pd.Series, second: pd.Series) -> float:
    both = pd.concat([first, second], axis=1).dropna()
    varies = len(both) > 2 and (both.std(ddof=1) > 0).all()
    return float(np.corrcoef(both.to_numpy(float).T)[0, 1]) if varies else float("nan")


def _correlations(parts: pd.DataFrame, measure: str) -> list[dict[str, Any]]:
    names = list(parts.columns)
    return [
        {
            "measure": measure,
            "first": first,
            "second": second,
            "correlation": _correlation(parts[first], parts[second]),
            "n": int(parts[[first, second]].notna().all(axis=1).sum()),
        }
        for position, first in enumerate(names)
        for second in names[position + 1 :]
    ]
