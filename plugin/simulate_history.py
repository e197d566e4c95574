"""The real timeline of an order, told again piece by piece to one that is lived through on paper.

Three kinds of entries: what the world said, which is simply said again; what we decided, which is
left out, because it is decided anew; and how what we decided ended, which is told again only where
the same thing is decided again. Names the old decisions gave (case ids, numbers of entries) are
put into the names of the new ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any, NamedTuple

from plugin import timeline as t
from plugin.actions import CancelOrder, RefundCustomer
from plugin.order import Order
from plugin.terms import Autonomy

DECIDED = (t.CaseOpened, t.CaseClosed, t.Planned, t.Withheld, t.Withdrawn)
ENDINGS = (
    *(t.Approved, t.Declined, t.ActionDone, t.ActionRefused),
    *(t.OutcomeLost, t.HandedOver, t.Held, t.AttemptRenewed),
)
NUMBERED = re.compile(r"^(check|store)-(\d+)(.*)$")
"""Reports of our own that are named after their place in the timeline."""


class Said(NamedTuple):
    """One thing to be told again."""

    seq: int
    """Its place in the real timeline."""
    by: str
    cause: str
    what: t.Event
    ending: bool = False


class History:
    """What is still to be told of one order."""

    def __init__(self, entries: Sequence[t.Entry]) -> None:
        """From a whole timeline, at least one entry long."""
        self.world: list[t.Entry] = []
        self.plans: dict[str, t.Entry] = {}
        self.endings: dict[str, list[t.Entry]] = {}
        self.opened: list[t.CaseOpened] = []
        self.withdrawn: set[str] = set()
        self.of_mark: dict[str, str] = {}
        self.decided_from: dict[datetime, int] = {}
        for entry in entries:
            self._sort_in(entry)
        self.starts = entries[0].at
        self.told = 0
        self.coming: list[tuple[datetime, int, Said]] = []
        self.followed: dict[str, str] = {}
        """Steps that were decided again, and end as they did: real key to key on paper."""
        self.place: dict[int, int] = {}
        self.place_before: dict[int, int] = {}

    def _sort_in(self, entry: t.Entry) -> None:
        event = entry.what
        if isinstance(event, ENDINGS):
            self.endings.setdefault(event.key, []).append(entry)
            if isinstance(event, t.AttemptRenewed):
                self.of_mark[event.mark] = event.key
            return
        if not isinstance(event, DECIDED):
            self.world.append(entry)
            return
        self.decided_from.setdefault(entry.at, entry.seq)
        match event:
            case t.Planned():
                self.plans[event.key] = entry
                self.of_mark[event.mark] = event.key
            case t.CaseOpened():
                self.opened.append(event)
            case t.Withdrawn():
                self.withdrawn.add(event.key)

    # --- telling --------------------------------------------------------------------------------

    @property
    def next_at(self) -> datetime | None:
        """When the next thing is to be told."""
        said = self.world[self.told].at if self.told < len(self.world) else None
        if not self.coming:
            return said
        ends = self.coming[0][0]
        return ends if said is None or ends < said else said

    @property
    def comes_after_a_look(self) -> bool:
        """In the real timeline a decision of the very same moment stands before it."""
        at, seq = self._next()
        first = self.decided_from.get(at) if at else None
        return first is not None and first < seq

    def _next(self) -> tuple[datetime | None, int]:
        first = self.coming[0][:2] if self.coming else None
        if self.told < len(self.world):
            entry = self.world[self.told]
            return min(first, (entry.at, entry.seq)) if first else (entry.at, entry.seq)
        return first or (None, 0)

    def take(self, order: Order) -> list[Said]:
        """The next thing, or what was heard in one breath, in the names used on paper."""
        at, seq = self._next()
        if self.coming and self.coming[0][:2] == (at, seq):
            return [heappop(self.coming)[2]]
        breath: list[Said] = []
        while self.told < len(self.world):
            entry = self.world[self.told]
            if (entry.at, entry.seq) != (at, seq):
                break
            self.told += 1
            seq += 1
            event = self._retold(entry, order)
            if event is not None:
                breath.append(Said(entry.seq, entry.by, entry.cause, event))
        return breath

    def placed(self, seq: int, on_paper: int) -> None:
        """Where a thing that was told came to stand."""
        self.place[seq], self.place_before[on_paper] = on_paper, seq

    # --- endings --------------------------------------------------------------------------------

    def follow(self, order: Order, planned: t.Planned, at: datetime) -> bool:
        """A step was decided on paper: it will end as the real one did. True: it is done at once.

        At once goes what goes alone, and what nobody knows the end of. What waits for a person
        waits, unless a person's word on it is known.
        """
        waits = planned.level is not Autonomy.AUTO
        key = self._real(planned.key, order)
        real = self.plans.get(key)
        if real is None or not isinstance(real.what, t.Planned):
            return not waits
        waited = real.what.level is not Autonomy.AUTO
        endings = self.endings.get(key, [])
        if waits and not waited:
            words = [
                n for n, e in enumerate(endings) if isinstance(e.what, t.Approved | t.Declined)
            ]
            if not words:
                return False
            endings = endings[words[0] :]
        elif not waits and (waited or not (endings or key in self.withdrawn)):
            return True
        self.followed[key] = planned.key
        self._will_end(endings, planned.key, at - real.at)
        return False

    def _will_end(self, endings: Sequence[t.Entry], key: str, shift: timedelta) -> None:
        for entry in endings:
            told: Any = entry.what
            event = told if told.key == key else replace(told, key=key)
            said = Said(entry.seq, entry.by, entry.cause, event, ending=True)
            heappush(self.coming, (entry.at + shift, entry.seq, said))

    def is_ending(self, key: str, now: datetime) -> bool:
        """A step's real end, which was not that it was taken back, is about to be told."""
        ends = (t.ActionDone, t.ActionRefused, t.HandedOver, t.OutcomeLost)
        return any(
            at <= now and isinstance(said.what, ends) and said.what.key == key
            for at, _, said in self.coming
        )

    # --- names ----------------------------------------------------------------------------------

    def _real(self, key: str, order: Order) -> str:
        """A key on paper, in the names of the real timeline."""
        twins = self._twins(order)
        if not twins and not self.place_before:
            return key
        name, hash_, nth = key.partition("#")
        parts = [twins.get(p, _renumbered(p, self.place_before)) for p in name.split(":")]
        return ":".join(parts) + hash_ + nth

    def _twins(self, order: Order) -> dict[str, str]:
        """Case ids on paper to those of the same case in the real timeline; empty: it had none."""
        real: dict[object, list[str]] = {}
        for opened in self.opened:
            real.setdefault(_question(opened), []).append(opened.case_id)
        found = {}
        for record in order.cases.values():
            mine = real.get(_question(record.opened), [])
            found[record.opened.case_id] = mine.pop(0) if mine else ""
        return found

    def _retold(self, entry: t.Entry, order: Order) -> t.Event | None:
        """What the world said, as it would have said it; None: it would not have."""
        event = entry.what
        match event:
            case t.RefundSeen() if event.mark in self.of_mark:
                return self._our_refund(event, order)
            case t.OrderSeen():
                return self._without_our_doing(event, entry.seq)
            case t.LetterBounced():
                return replace(event, key=self.followed.get(event.key, event.key))
            case t.AddressSettled():
                return replace(event, report_id=_renumbered(event.report_id, self.place))
            case t.EvidenceAdded() | t.VerificationSeen() | t.DeadlineMoved():
                back = {real: on_paper for on_paper, real in self._twins(order).items() if real}
                if event.case_id in back:
                    return replace(event, case_id=back[event.case_id])
                # The real timeline knows the case and the paper does not: it was never opened.
                return None if any(o.case_id == event.case_id for o in self.opened) else event
            case _:
                return event

    def _our_refund(self, event: t.RefundSeen, order: Order) -> t.RefundSeen | None:
        key = self.followed.get(self.of_mark[event.mark])
        planned = order.planned.get(key) if key else None
        if planned is None:
            return None
        return event if event.mark in planned.marks else replace(event, mark=planned.mark)

    def _without_our_doing(self, event: t.OrderSeen, seq: int) -> t.OrderSeen:
        """The order without what we did to it and, on paper, have not done."""
        back: dict[int, int] = {}
        for key, plan in self.plans.items():
            ended = self.endings.get(key, ())
            done = any(isinstance(e.what, t.ActionDone) for e in ended)
            if key in self.followed or not done or plan.seq > seq:
                continue
            assert isinstance(plan.what, t.Planned)
            if plan.what.action == RefundCustomer.kind:
                line_id = int(plan.what.body["line_id"])
                back[line_id] = back.get(line_id, 0) + len(plan.what.body["units"])
            if plan.what.action == CancelOrder.kind:
                event = replace(event, cancelled_at=None)
        if not back:
            return event
        lines = [
            replace(f, current_quantity=min(f.quantity, f.current_quantity + back.get(f.id, 0)))
            for f in event.lines
        ]
        return replace(event, lines=tuple(lines))


def _question(opened: t.CaseOpened) -> tuple[object, ...]:
    return opened.situation, opened.purchase_id, opened.line_ids


def _renumbered(name: str, places: dict[int, int]) -> str:
    found = NUMBERED.match(name)
    if found is None:
        return name
    return f"{found[1]}-{places.get(int(found[2]), found[2])}{found[3]}"
