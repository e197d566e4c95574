"""What a step adds to the shop's figures, read off what it added to the timeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from plugin import timeline as t
from plugin.actions import ASIDE
from plugin.order import Order
from plugin.store.tallies import ALONE, BY_A_PERSON, KEPT, LATE, ORDERS, Tally
from plugin.terms import Autonomy


def tally(order: Order, fresh: Iterable[t.Entry]) -> Counter[Tally]:
    """Orders heard of, steps done alone or by somebody, clocks kept or missed.

    What the order says of it all in the store is no step of its own.
    """
    found: Counter[Tally] = Counter()
    for entry in fresh:
        if entry.seq == 1:
            found[ORDERS] += 1
        match entry.what:
            case t.Planned(action=kind) if kind in ASIDE:
                continue
            case t.Planned(late_seconds=late):
                found[LATE if late else KEPT] += 1
            case t.ActionDone(key=key) if key in order.planned:
                if order.planned[key].action.kind in ASIDE:
                    continue
                auto = order.planned[key].level is Autonomy.AUTO
                found[ALONE if auto and entry.by == "app" else BY_A_PERSON] += 1
    return found
