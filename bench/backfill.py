"""Reading the past of a store of 10,000 orders over real HTTP, killed with -9 again and again.

`BENCH_ORDERS=1000` for another size, `BENCH_KILLS=0` for none, `BENCH_ODD_OF=400` for a store of
which the file tells nearly all.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.torture.backfilling import Reading

ORDERS, KILLS = 10_000, 8


def run() -> Iterator[str]:
    """Orders a second, points, memory, and how soon the first page has something to show."""
    orders = int(os.environ.get("BENCH_ORDERS", ORDERS))
    kills = int(os.environ.get("BENCH_KILLS", KILLS))
    odd_of = int(os.environ.get("BENCH_ODD_OF", "20"))
    with tempfile.TemporaryDirectory() as folder:
        reading = Reading(Path(folder), orders, odd_of=odd_of)
        try:
            yield from reading.run(kills, apart=(5.0, 60.0)).lines()
        finally:
            reading.close()
