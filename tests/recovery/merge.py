"""What the shards of ./run recovery measured, as one file: merge.py OUTPUT SHARD [SHARD ...]

Rows of the long version replace those of their tests in results.csv, and docs/recovery.md is made
from it anew.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import measured
from coalition.base.files import write_bytes
from page import PAGE, page


def main(output: str, shards: Sequence[str]) -> None:
    """Write the merged rows, and what is made from them where they are of the long version."""
    rows = [row for shard in shards for row in measured.read(Path(shard))]
    write_bytes(output, measured.written(measured.merged([], rows)))
    if measured.LONG:
        every = measured.merged(measured.read(), rows)
        write_bytes(measured.RESULTS, measured.written(every))
        write_bytes(PAGE, page(every).encode())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
