"""What a step adds to the shop's figures, read off what it added to the timeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from plugin import timeline as t
from plugin.actions import ASIDE, WriteCustomer
from plugin.order import Order
from plugin.store.tallies import (
    ALONE,
    ANSWERS,
    BY_A_PERSON,
    KEPT,
    LATE,
    LETTERS,
    OPENED,
    ORDERS,
    Tally,
)
from plugin.terms import Autonomy


def tally(order: Order, fresh: Iterable[t.Entry]) -> Counter[Tally]:
    """Orders heard of, cases opened, steps done alone or by somebody, clocks kept, letters sent.

    What the order says of it all in the store is no step of its own. All that a customer says in
    one go, pictures included, is one answer.
    """
    found: Counter[Tally] = Counter()
    for entry in fresh:
        if entry.by == "customer":
            found[ANSWERS] = 1
        if entry.seq == 1:
            found[ORDERS] += 1
        match entry.what:
            case t.CaseOpened(situation=situation):
                found[Tally(OPENED, str(situation))] += 1
            case t.Planned(action=kind) if kind in ASIDE:
                continue
            case t.Planned(late_seconds=late):
                found[LATE if late else KEPT] += 1
            case t.ActionDone(key=key) if key in order.planned:
                if order.planned[key].action.kind in ASIDE:
                    continue
                auto = order.planned[key].level is Autonomy.AUTO
                found[ALONE if auto and entry.by == "app" else BY_A_PERSON] += 1
                if order.planned[key].action.kind == WriteCustomer.kind:
                    found[LETTERS] += 1
    return found
