"""From a world that fails to the few faults it takes: delta debugging over hash dice.

A fault has a name that stays the same whatever else happens, so taking some away leaves the rest
where they were. Half of them are tried, then quarters, and so on, until no single one can go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

MOST_RUNS = 60

Fails = Callable[[frozenset[str]], bool]
"""Does the world still fail when these faults are taken away?"""


def shrunk(faults: Sequence[str], fails: Fails, most: int = MOST_RUNS) -> list[str]:
    """The faults that are left when as many as possible are taken away."""
    everything, left, runs, parts = frozenset(faults), list(faults), 0, 2
    while left and runs < most:
        size = max(1, -(-len(left) // parts))
        for begin in range(0, len(left), size):
            kept = left[:begin] + left[begin + size :]
            runs += 1
            if fails(everything - frozenset(kept)):
                left, parts = kept, max(2, parts - 1)
                break
            if runs >= most:
                return left
        else:
            if size == 1:
                return left
            parts = min(len(left), parts * 2)
    return left
