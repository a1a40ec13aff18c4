"""The simulated data that R and this project both fit: `python simulate.py` writes them to
data/.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent / "data"


def cross_section(seed: int = 7, clusters: int = 60) -> pd.DataFrame:
    """Return rows in clusters of one to six, with one outcome for every family."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(clusters), rng.integers(1, 7, clusters))
    n = len(cluster)
    shared = rng.normal(0, 0.6, clusters)[cluster]
    x1 = rng.normal(0, 1, clusters)[cluster] + rng.normal(0, 0.5, n)
    x2 = rng.normal(0, 1, n)
    d = (rng.random(n) < 0.4).astype(int)
    eta = 0.8 * x1 - 0.5 * x2 + 0.7 * d + shared
    latent = eta + rng.logistic(size=n)
    choice = np.column_stack(
        [np.zeros(n), -0.3 + 0.6 * eta, -0.5 - 0.4 * x1 + 0.9 * x2]
    ) + rng.gumbel(size=(n, 3))
    return pd.DataFrame(
        {
            "cluster": cluster,
            "x1": x1,
            "x2": x2,
            "d": d,
            "binary": (latent > 0.5).astype(int),
            "ordered": np.digitize(latent, [-1.0, 0.5, 2.0]),
            "nominal": choice.argmax(axis=1),
            "count": rng.poisson(np.exp(0.2 + 0.4 * eta)),
            "amount": np.exp(0.4 * eta + rng.normal(0, 0.5, n)) * (rng.random(n) < 0.8),
            "linear": 1 + eta + rng.normal(0, 1, n),
        }
    ).round(6)


def small_sample(seed: int = 3, n: int = 45) -> pd.DataFrame:
    """Return 45 rows in which every row with s = 1 has the outcome: quasi-complete separation."""
    rng = np.random.default_rng(seed)
    x, s = rng.normal(0, 1, n), (rng.random(n) < 0.2).astype(int)
    y = np.where(s == 1, 1, rng.random(n) < 1 / (1 + np.exp(0.3 - x)))
    return pd.DataFrame({"cluster": np.arange(n) // 2, "x": x, "s": s, "y": y.astype(int)}).round(6)


def panel(seed: int = 11, units: int = 24, years: int = 9, share: float = 1.0) -> pd.DataFrame:
    """Return a panel of units in clusters of two, of which a share of the rows is kept; z does not
    change over time.
    """
    rng = np.random.default_rng(seed)
    unit, year = np.repeat(np.arange(units), years), np.tile(np.arange(2002, 2002 + years), units)
    own, common = rng.normal(0, 1, units)[unit], rng.normal(0, 0.5, years)[year - 2002]
    x1 = 0.5 * own + rng.normal(0, 1, len(unit))
    x2 = rng.normal(0, 1, len(unit)).cumsum() / 4
    z = rng.normal(0, 1, units)[unit]
    y = 1 + 0.6 * x1 - 0.4 * x2 + 0.3 * z + own + common + rng.normal(0, 0.7, len(unit))
    table = pd.DataFrame(
        {"unit": unit, "year": year, "cluster": unit // 2, "x1": x1, "x2": x2, "z": z, "y": y}
    ).round(6)
    return table[rng.random(len(table)) < share].reset_index(drop=True)


def selection(seed: int = 21, states: int = 220) -> pd.DataFrame:
    """Return states in two operations, of which some take part; levels and an amount are known of
    these only (-1 and 0 elsewhere).
    """
    rng = np.random.default_rng(seed)
    n = 2 * states
    own = rng.normal(size=(states, 3))
    x1, x2, z = (np.repeat(column, 2) + 0.4 * rng.normal(size=n) for column in own.T)
    d = (rng.random(n) < 0.4).astype(int)
    u = rng.normal(size=n)
    e = 0.5 * u + np.sqrt(0.75) * rng.normal(size=n)
    joined = (-0.6 + 0.6 * x1 - 0.4 * x2 + 0.3 * d + 0.7 * z + u > 0).astype(int)
    latent = 0.7 * x1 + 0.3 * x2 - 0.5 * d + e
    return pd.DataFrame(
        {
            "cluster": np.repeat(np.arange(states), 2),
            "x1": x1,
            "x2": x2,
            "d": d,
            "z": z,
            "joined": joined,
            "binary": np.where(joined == 1, latent > 0.2, -1).astype(int),
            "ordered": np.where(joined == 1, np.digitize(latent, [-0.8, 0.3, 1.3]), -1),
            "amount": np.where(joined == 1, 1 + 1.5 * latent, 0),
        }
    ).round(6)


def panel_binary(
    seed: int = 21, units: int = 40, years: int = 6, share: float = 0.85
) -> pd.DataFrame:
    """Return an unbalanced panel with a binary outcome, whose units have intercepts that go with
    x1.
    """
    rng = np.random.default_rng(seed)
    unit, year = np.repeat(np.arange(units), years), np.tile(np.arange(2002, 2002 + years), units)
    own = rng.normal(0, 1, units)[unit]
    x1 = 0.6 * own + rng.normal(0, 1, len(unit))
    x2 = rng.normal(0, 1, len(unit))
    z = rng.normal(0, 1, units)[unit]
    y = (
        0.2 + 0.7 * x1 - 0.5 * x2 + 0.3 * z + 1.5 * own + rng.logistic(size=len(unit)) > 0.8
    ).astype(int)
    table = pd.DataFrame(
        {"unit": unit, "year": year, "cluster": unit // 2, "x1": x1, "x2": x2, "z": z, "y": y}
    ).round(6)
    return table[rng.random(len(table)) < share].reset_index(drop=True)


def statements(
    seed: int = 20261126, units: int = 60, n: int = 330, pages: int = 150
) -> pd.DataFrame:
    """Return ordinal statements of three coders on units, unbalanced, some from the same page."""
    rng = np.random.default_rng(seed)
    unit = np.sort(np.r_[np.arange(units), rng.integers(0, units, n - units)])
    page, x = rng.integers(0, pages, n), rng.normal(size=units)
    coder, task = rng.integers(1, 4, n), (rng.random(n) < 0.4).astype(int)
    own, of_page = rng.normal(size=units), rng.normal(size=pages) * 0.8
    effects = 0.5 * (coder == 1) - 0.4 * (coder == 3) - 0.7 * task
    index = 1.6 * (0.5 * x[unit] + own[unit]) + effects + of_page[page] + rng.logistic(size=n)
    level = np.digitize(index, [-2, 0, 1.5])
    return pd.DataFrame(
        {
            "unit": unit,
            "page": page,
            "coder": coder,
            "task": task,
            "x": x[unit].round(6),
            "level": level,
        }
    )


def durations(seed: int = 31, units: int = 110, periods: int = 12) -> pd.DataFrame:
    """Return a row a unit and period until its event: ties, late entry, a term that changes over
    time, and a count with how long it was counted.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for unit in range(units):
        entry, x1, d = int(rng.integers(0, 4)), rng.normal(), int(rng.random() < 0.4)
        shared = np.random.default_rng(seed + 1 + unit // 3).normal(0, 0.5)
        for start in range(entry, periods):
            x2 = rng.normal()
            hazard = np.exp(-2.4 + 0.5 * x1 - 0.4 * x2 + 0.6 * d + shared + 0.08 * start)
            event = int(rng.random() < 1 - np.exp(-hazard))
            days = round(float(rng.uniform(20, 365)), 1)
            number = rng.poisson(days / 90 * np.exp(0.3 * x1 - 0.3 * x2) * rng.gamma(2, 0.5))
            rows.append((unit, unit // 3, start, start + 1, x1, x2, d, event, number, days))
            if event:
                break
    names = ["unit", "cluster", "start", "stop", "x1", "x2", "d", "event", "count", "days"]
    return pd.DataFrame(rows, columns=names).round(6)


TABLES = {
    "durations.csv": durations,
    "statements.csv": statements,
    "selection.csv": selection,
    "cross_section.csv": cross_section,
    "small_sample.csv": small_sample,
    "panel.csv": panel,
    "panel_unbalanced.csv": lambda: panel(seed=12, share=0.7),
    "panel_binary.csv": panel_binary,
}

if __name__ == "__main__":
    for name, make in TABLES.items():
        make().to_csv(HERE / name, index=False, lineterminator="\n")
