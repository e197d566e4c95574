"""Worlds that have failed once. They are lived through with every run of the tests."""

from __future__ import annotations

from dataclasses import dataclass

from tests.simulation.plan import Plan


@dataclass(frozen=True)
class Kept:
    """A world, and what it found."""

    seed: int
    found: str
    plan: Plan


SMALL = Plan(orders=8, days=24, factor=1.5)
KEPT = (
    Kept(202, "money after goods nobody took was called late", SMALL),
    Kept(212, "a clock that had run ahead hid what changed meanwhile", SMALL),
)
