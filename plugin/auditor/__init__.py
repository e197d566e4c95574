"""The auditor: what must hold, read off the tables once more, by queries that share no code with
what wrote them. It looks, writes down what it found, and never acts.

`INVARIANTS` is the contents page: each has its number, a file, and words in `page_texts/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from plugin.auditor import (
    deadlines,
    gates,
    liveness,
    money_cap,
    nothing_lost,
    nothing_missed,
    once,
    truth,
    uninstalled,
    walls,
)

INVARIANTS: Mapping[str, ModuleType] = {
    "I1": money_cap,
    "I2": once,
    "I3": nothing_lost,
    "I5": nothing_missed,
    "I6": deadlines,
    "I10": gates,
    "I11": walls,
    "I12": uninstalled,
    "I15": truth,
    "I17": liveness,
}
"""A module looks at some orders (`of_orders`), at a shop as a whole (`of_shop`), or at both."""
