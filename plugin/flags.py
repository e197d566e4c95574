"""What an order says of its cases in the store's own admin, and when that has to be written. Pure.

A tag for each situation that is open, and where each case stands. It is derived from the order
alone, so that what was last written can be compared with what there is to say now.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from plugin import policy
from plugin.actions import FlagOrder, Reason
from plugin.case import Case
from plugin.order import CaseRecord, Order
from plugin.standing import CLOSED, WAITING, WORKING, is_provisional, next_step, status_of
from plugin.terms import Clause, Situation, Terms

PREFIX = "postvendita:"
NOTHING = "nothing"
"""The digest of an order that says nothing."""


@dataclass(frozen=True)
class Stands:
    """Where one case stands."""

    case_id: str
    number: str
    situation: Situation
    status: str
    step: str = ""
    """The kind of action a person is asked for, if any."""
    clock: str = ""
    """The clock that runs, by its deadline's name."""
    until: datetime | None = None
    provisional: bool = False
    only_alerts: bool = False
    outcome: str = ""


@dataclass(frozen=True)
class Flags:
    """What there is to say: of every open case, or else of the last one that was closed."""

    stands: tuple[Stands, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        """One for each situation that is open."""
        open_ones = [s for s in self.stands if s.status != CLOSED]
        return tuple(sorted({PREFIX + s.situation for s in open_ones}))

    @property
    def says(self) -> str:
        """A digest; the same for the same words."""
        if not self.stands:
            return NOTHING
        plain = [
            [
                *(s.number, s.situation, s.status, s.step, s.clock, s.outcome),
                *(s.until.isoformat() if s.until else "", s.provisional, s.only_alerts),
            ]
            for s in self.stands
        ]
        return sha256(json.dumps(plain).encode()).hexdigest()[:16]


def wanted(order: Order, cases: Iterable[Case], terms: Terms, now: datetime) -> Flags:
    """What the order should say now; nothing in a shop that does not want it said."""
    if not terms.write_back:
        return Flags()
    found = [_open(case, now) for case in cases if case.opened]
    if found:
        return Flags(tuple(sorted(found, key=lambda s: s.number)))
    last = max(order.cases.values(), key=lambda r: r.closed_seq, default=None)
    return Flags((_closed(last),) if last else ())


def due(order: Order, cases: Iterable[Case], terms: Terms, now: datetime) -> FlagOrder | None:
    """The writing that is needed, if one is and none is on its way.

    An order nobody flagged yet is not begun with when its cases are over.
    """
    if any(isinstance(p.action, FlagOrder) and p.alive for p in order.planned.values()):
        return None
    flags = wanted(order, cases, terms, now)
    begun = order.flaggings or flags.tags
    if not begun or flags.says == (order.flagged or NOTHING):
        return None
    situation = flags.stands[0].situation if flags.stands else _any(order)
    because = Reason(situation, Clause.FLAG, "flags")
    return FlagOrder(because, nth=order.flaggings + 1, says=flags.says)


def _open(case: Case, now: datetime) -> Stands:
    record = case.record
    assert record is not None
    step = next_step(case)
    coming = policy.next_deadline(case, now)
    status = status_of(case, step)
    return Stands(
        case_id=case.id,
        number=record.opened.number,
        situation=case.situation,
        # What is on its way right now is over in a minute: nobody is told of it.
        status=WAITING if status == WORKING else status,
        step=step.action.kind if step else "",
        clock=coming[0].name if coming else "",
        until=coming[1] if coming else None,
        provisional=coming is not None and is_provisional(case, coming[0]),
        only_alerts=not case.acts_on_route,
    )


def _closed(record: CaseRecord) -> Stands:
    opened, closed = record.opened, record.closed
    assert closed is not None
    return Stands(opened.case_id, opened.number, opened.situation, CLOSED, outcome=closed.outcome)


def _any(order: Order) -> Situation:
    return next(iter(order.cases.values())).opened.situation
