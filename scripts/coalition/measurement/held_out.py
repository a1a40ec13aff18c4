"""Whether a further random effect foretells statements that were not used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from . import crossed
from .statements import Statements

FOLDS = 5


def gain(
    of: Statements,
    grouping: str,
    generator: np.random.Generator,
    link: str = "logit",
    folds: int = FOLDS,
) -> tuple[float, float]:
    """Return by how much a grouping raises the log density of held-out statements, and its error.

    Parameters
    ----------
    of : Statements
    grouping : str
        Of `of.groups`: phase, or page.

    Returns
    -------
    gain, error : float
        Sum over the folds of log p(held out | used) with the grouping minus without, by the
        difference of two Laplace approximations at the parameters of the used statements; the error
        is that of the sum of the folds. A grouping is kept where the gain
        is more than two errors.
    """
    fold = generator.permutation(np.arange(len(of.codes)) % folds)
    differences = []
    for number in range(folds):
        used = fold != number
        if len(np.unique(of.codes[used])) < of.levels:
            continue
        without, with_it = (_foretold(of, used, names, link) for names in ([], [grouping]))
        differences.append(with_it - without)
    found = np.array(differences)
    return float(found.sum()), float(found.std(ddof=1) * np.sqrt(len(found)))


def _foretold(of: Statements, used: np.ndarray, names: Sequence[str], link: str) -> float:
    """Return log p(held out | used)."""
    part = _numbered(of.rows(used), names)
    model = crossed.fit(part, names, link, with_errors=False)
    whole = _numbered(of, names)
    joint, *_ = crossed.log_likelihood(model.params, whole, crossed.effects_of(whole, names), link)
    return joint - model.log_likelihood


def _numbered(of: Statements, names: Sequence[str]) -> Statements:
    groups = {name: np.unique(of.groups[name], return_inverse=True)[1] for name in names}
    return replace(of, groups=groups)
