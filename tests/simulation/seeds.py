"""Worlds that have failed once. They are lived through with every run of the tests."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.simulation.plan import Plan


@dataclass(frozen=True)
class Kept:
    """A world, and what it found."""

    seed: int
    found: str
    plan: Plan = field(default_factory=lambda: Plan(orders=12, days=30, factor=1.5))


KEPT: tuple[Kept, ...] = ()
