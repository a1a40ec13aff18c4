"""COW National Material Capabilities 7.0."""

import pandas as pd
from base import by_cow, read


def table() -> pd.DataFrame:
    """Return the composite index, military spending (thousand dollars) and personnel, and
    population.
    """
    return by_cow(read("cow_nmc.rda"), columns=["cinc", "milex", "milper", "tpop"]).rename(
        columns={"tpop": "nmc_tpop"}
    )
