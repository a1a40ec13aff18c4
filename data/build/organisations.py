"""Memberships in intergovernmental organisations (COW IGO 3.0), latent territorial threat, source
of leader support (CHISOLS).
"""

import pandas as pd
from base import by_cow, read


def table() -> pd.DataFrame:
    """Return memberships of organisations, latent threat, and changes of leaders' support."""
    return pd.DataFrame(
        {
            "igo_full_memberships": by_cow(
                read("cow_igo_sy.rda"), columns=["sum_igo_full"]
            ).sum_igo_full,
            "latent_terr_threat": by_cow(
                read("terrthreat.rda"), columns=["lterrthreat"]
            ).lterrthreat,
            "sols_change": by_cow(read("CHISOLSstyr4_0.csv"), columns=["solschdum"]).solschdum,
        }
    )
