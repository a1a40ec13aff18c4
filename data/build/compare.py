"""python compare.py ../country_year.csv REBUILT.csv: prints the cells in which two tables differ,
as
printed, to the last digit.
"""

import sys

import pandas as pd


def main(shipped: str, rebuilt: str) -> None:
    """Print a line for each cell that differs, and the columns that one table alone has."""
    ours, theirs = (
        pd.read_csv(path, dtype=str, keep_default_na=False).set_index(["iso3", "year"])
        for path in (shipped, rebuilt)
    )
    print("in one table only:", *sorted(set(ours.columns) ^ set(theirs.columns)))
    print("state-years in one table only:", len(ours.index.symmetric_difference(theirs.index)))
    for name in [name for name in ours.columns if name in theirs]:
        other = theirs[name].reindex(ours.index, fill_value="")
        for key in ours.index[ours[name] != other]:
            print(name, *key, repr(ours.loc[key, name]), repr(other[key]))


if __name__ == "__main__":
    main(*sys.argv[1:])
