"""What it costs to decide: read, fold and ask every playbook, for short and long timelines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from time import perf_counter

from plugin import policy
from plugin import timeline as t
from plugin.fold import fold
from plugin.terms import Terms
from tests.conftest import MONDAY
from tests.story import HUANYU, SHIP_BY, Story, order_seen, purchase

LENGTHS, ROUNDS = (10, 100, 1_000), 9


def run() -> Iterator[str]:
    """Milliseconds per decision by length of the timeline."""
    for length in LENGTHS:
        story = Story().tell(order_seen(), purchase())
        for n in range(length - 2):
            story.tell(t.TrackingSeen(501, "in_transit", MONDAY + timedelta(minutes=n)))
        story.tell(t.SupplierAsked(HUANYU), at=SHIP_BY)
        taken = []
        for _ in range(ROUNDS):
            began = perf_counter()
            order = fold(story.entries)
            for case in policy.cases(order, Terms(), {1: Terms()}):
                policy.decide(case, SHIP_BY + timedelta(days=5))
            taken.append(perf_counter() - began)
        yield f"{length:>5,} events: folded and decided in {median(taken) * 1e3:.2f} ms"
