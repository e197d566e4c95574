"""How many orders a machine carries: the formula, and the same line lived through event by event.

Orders bring webhooks at random moments; each is a step of one worker at a time, which takes its
work (this process's seconds) and one flush of the disk. The formula is Pollaczek's and Khinchine's
for one server whose service times vary; the simulation serves the same line in its order.
Figures of one step come from `make bench ONLY=casework` and may be given: STEP_MS=3.1 FLUSH_MS=4.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from statistics import mean

STEP_MS = float(os.environ.get("STEP_MS", "3.0"))
FLUSH_MS = float(os.environ.get("FLUSH_MS", "4.0"))
STEPS_AN_ORDER = 12.25
"""Webhooks, clocks and outcomes over the whole life of an order (`make bench ONLY=casework`)."""
PEAK = 5
"""The busiest minutes, against the day's average."""
SPREAD = 1.0
"""Standard deviation of a step by its mean: some fold a long timeline, most do not."""
STEPS = 200_000
ORDERS_A_DAY = (20_000, 50_000, 100_000, 150_000, 180_000)
DAY = 86_400


@dataclass(frozen=True)
class Line:
    """One line before one writer, at its peak."""

    steps_a_second: float
    seconds_a_step: float

    @property
    def busy(self) -> float:
        """The share of time the writer works."""
        return self.steps_a_second * self.seconds_a_step

    @property
    def wait(self) -> float:
        """Mean seconds a step waits for its turn."""
        if self.busy >= 1:
            return float("inf")
        squares = (1 + SPREAD**2) * self.seconds_a_step**2
        return self.steps_a_second * squares / (2 * (1 - self.busy))

    def lived(self, seed: int = 1) -> tuple[float, float]:
        """(mean, 95th percentile) of the seconds steps waited, served one after the other."""
        dice, now, free, waits = Random(seed), 0.0, 0.0, []
        for _ in range(STEPS):
            now += dice.expovariate(self.steps_a_second)
            waits.append(max(0.0, free - now))
            free = max(free, now) + dice.expovariate(1 / self.seconds_a_step)
        return mean(waits), sorted(waits)[int(STEPS * 0.95)]


def run() -> Iterator[str]:
    """For some numbers of orders a day: how busy at the peak, and how long a step waits."""
    each = (STEP_MS + FLUSH_MS) / 1000
    yield f"a step takes {STEP_MS:.1f} ms of work and {FLUSH_MS:.1f} ms of disk, one at a time"
    for orders in ORDERS_A_DAY:
        line = Line(orders * STEPS_AN_ORDER * PEAK / DAY, each)
        if line.busy >= 1:
            yield f"{orders:,} orders a day: {line.busy:.0%} of the writer at the peak: too many"
            continue
        lived, late = line.lived()
        yield (
            f"{orders:,} orders a day: {line.busy:.0%} of the writer at the peak, a step waits "
            f"{1000 * line.wait:.1f} ms by the formula, {1000 * lived:.1f} ms lived through "
            f"(p95 {1000 * late:.0f} ms)"
        )
