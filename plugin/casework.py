"""The one path through which anything is decided.

Record what happened, fold, decide, plan, set the next look: one transaction. A webhook, a due
clock, a merchant's click and the outcome of a call all come through here, so the timeline
explains every action, and a replay is the same function on old events.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy.engine import Connection

from plugin import bookkeeping, policy
from plugin import timeline as t
from plugin.actions import (
    Action,
    CloseCase,
    Decision,
    OpenCase,
    ProposeAlternative,
    Reason,
    RefundCustomer,
    Withdraw,
)
from plugin.case import Case
from plugin.caselist import refresh_list
from plugin.fold import fold
from plugin.levels import how_far
from plugin.store import outbox, shops, timelines
from plugin.terms import Autonomy, Terms

NAMESPACE = UUID("5f0c1a52-6f0e-5b5e-9d0a-7b1d2c1f4a10")
"""Marks and case ids are derived from this, so that they can be derived again after a restore."""
ROUNDS = 50
ON_TIME = timedelta(minutes=3)
"""A clock acted on within this is on time; later is marked late."""


@dataclass
class Step:
    """What one step did, for logs and for `sweep`'s report."""

    order_id: int
    heard: int = 0
    """Events that were news; the rest was older than what is known, or known."""
    opened: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    planned: list[str] = field(default_factory=list)
    late: int = 0


class Casework:
    """One order, one transaction."""

    def __init__(self, tx: Connection, shop: str, order_id: int, now: datetime) -> None:
        """Takes the order's lock; raises LookupError for a shop nobody installed."""
        found = shops.find(tx, shop)
        if found is None:
            raise LookupError(f"unknown shop {shop}")
        self.tx, self.shop, self.order_id, self.now = tx, shop, order_id, now
        self.installed = found
        timelines.lock(tx, shop, order_id)
        self.entries = timelines.read(tx, shop, order_id)
        self.kept = len(self.entries)
        self.by, self.cause = "app", ""
        self.step = Step(order_id)
        self.order = fold(self.entries)
        self.terms, self.terms_of = self._terms()

    # --- the path -----------------------------------------------------------------------------

    def record(self, events: Iterable[t.Event], *, by: str, cause: str = "") -> Step:
        """Add what happened, and take every decision that follows from it."""
        self.by, self.cause = by, cause
        for event in events:
            self._hear(event)
        self.by = "app"
        self._decide()
        return self._finish()

    def settle(self, row: outbox.Row, event: t.ActionDone, *, by: str) -> Step:
        """An action came to its good end in this transaction."""
        self.by, self.cause = by, f"action {row.key}"
        self.note_done(row, event)
        self.by = "app"
        self._decide()
        return self._finish()

    def look(self, cause: str = "clock") -> Step:
        """Nothing happened but time: take the decisions that are due."""
        return self.record([], by="app", cause=cause)

    def _hear(self, event: t.Event) -> None:
        if isinstance(event, t.FACTS) and event == self._last_word_on(event):
            return
        if self._is_stale(event):
            return
        if isinstance(event, t.RefundSeen) and not self._adopt(event):
            event = replace(event, mark="")
        self._append(event)
        self.step.heard += 1
        if isinstance(event, t.RecoverySeen):
            bookkeeping.book_recovery(
                self.tx, self.shop, self.order_id, self.order, event, self.now
            )
        self._refold()

    def _last_word_on(self, event: t.Event) -> t.Event | None:
        """The last thing of its kind said of the same order, purchase, shipment or refund."""
        whole = isinstance(event, t.OrderSeen | t.OrderChecked)
        named = fields(event)[0].name if not whole else "kind"
        same = [
            e.what
            for e in self.entries
            if type(e.what) is type(event) and getattr(e.what, named) == getattr(event, named)
        ]
        return same[-1] if same else None

    def _is_stale(self, event: t.Event) -> bool:
        """Nothing new: an older version, or the same fact told by another door."""
        order = self.order
        match event:
            case t.OrderSeen():
                return order.seen is not None and event.version < order.seen.version
            case t.RefundSeen():
                refund = order.refunds.get(event.refund_id)
                return refund is not None and _said(refund) == _said(event)
            case t.FulfilmentSeen():
                shipment = order.fulfilments.get(event.fulfilment_id)
                return shipment is not None and (
                    event.version < shipment.version or _shipped(shipment) == _shipped(event)
                )
            case _:
                return False

    def _adopt(self, event: t.RefundSeen) -> bool:
        """Our own refund, seen in the store before (or after) its answer reached us."""
        if not any(event.mark in p.marks for p in self.order.planned.values()):
            return not event.mark
        if not event.minor:
            return True  # ours, but the sum is not told yet: the answer or a read will
        key = next(p.key for p in self.order.planned.values() if event.mark in p.marks)
        row = outbox.adopt(
            self.tx,
            self.shop,
            self.order_id,
            key,
            self.now,
            remote_id=str(event.refund_id),
            minor=event.minor,
        )
        if row is not None:
            done = t.ActionDone(row.key, str(event.refund_id), event.minor, event.currency)
            self.note_done(row, done)
        return True

    def _decide(self) -> None:
        for _ in range(ROUNDS):
            if not self._decide_once():
                return
        raise AssertionError(f"order {self.order_id}: decisions do not come to rest")

    def _decide_once(self) -> bool:
        """Carry out the first case's news, so that the next is decided knowing it."""
        for case in policy.cases(self.order, self.terms, self.terms_of):
            before = len(self.entries)
            taken = case
            for decision in policy.decide(case, self.now):
                taken = self._take(taken, decision)
            if len(self.entries) > before:
                self._refold()
                return True
        return False

    def _finish(self) -> Step:
        timelines.append(self.tx, self.shop, self.order_id, self.entries[self.kept :])
        self.kept = len(self.entries)
        cases = list(policy.cases(self.order, self.terms, self.terms_of))
        coming = [found[1] for case in cases if (found := policy.next_deadline(case, self.now))]
        timelines.set_head(
            self.tx,
            self.shop,
            self.order_id,
            seq=len(self.entries),
            next_look=min(coming, default=None),
        )
        refresh_list(self.tx, self.shop, self.order_id, self.order, cases, self.now)
        return self.step

    # --- taking a decision ----------------------------------------------------------------------

    def _take(self, case: Case, decision: Decision) -> Case:
        match decision:
            case OpenCase():
                if not case.opened:
                    because = replace(decision.because, version=case.terms.version)
                    return self._open(case, because)
            case CloseCase():
                self._append(t.CaseClosed(case.id, decision.outcome, decision.because))
                self.step.closed.append(case.id)
            case Withdraw():
                self._withdraw(decision)
            case _:
                return self._plan(case, decision)
        return case

    def _withdraw(self, decision: Withdraw) -> None:
        called_off = outbox.call_off(
            self.tx, self.shop, self.order_id, decision.key, self.now, decision.why
        )
        if called_off:
            self._append(t.Withdrawn(decision.key, decision.why))

    def _plan(self, case: Case, action: Action) -> Case:
        key = self._fresh_key(action, case.id)
        if key is None:
            return case
        because = replace(action.because, version=case.terms.version)
        level, held = how_far(self.tx, self.shop, self.terms, case, action, self.now)
        if level is Autonomy.OFF:
            if key not in self.order.withheld:
                self._append(t.Withheld(key, action.kind, case.id, because))
                self.order.withheld.add(key)
            return case
        if not case.opened:
            case = self._open(case, because)
        self._write_down(case, action, key, because, level, held)
        return case

    def _fresh_key(self, action: Action, case_id: str) -> str | None:
        """The key to plan under; None when this was asked for before.

        What was called off or refused for one case may be asked for again by another: then the
        same thing has a second key.
        """
        key, nth = action.key, 1
        while key in self.order.planned:
            known = self.order.planned[key]
            if known.counts or (known.case_id == case_id and not known.asked_again):
                return None
            nth += 1
            key = f"{action.key}#{nth}"
        return key

    def _open(self, case: Case, because: Reason) -> Case:
        ordinal = len(self.order.cases) + 1
        name = self.order.seen.name if self.order.seen else str(self.order_id)
        before = [
            r.opened.case_id
            for r in self.order.cases.values()
            if r.opened.situation is case.situation
            and r.opened.purchase_id == case.purchase_id
            and r.opened.line_ids == case.line_ids
        ]
        opened = t.CaseOpened(
            case_id=str(uuid5(NAMESPACE, f"case|{self.shop}|{self.order_id}|{ordinal}")),
            number=f"{name}-{ordinal}",
            situation=case.situation,
            purchase_id=case.purchase_id,
            line_ids=case.line_ids,
            terms_version=case.terms.version,
            because=because,
            reopens=before[-1] if before else "",
        )
        self._append(opened)
        self._refold()
        self.step.opened.append(opened.case_id)
        record = self.order.cases[opened.case_id]
        return Case(self.order, case.situation, case.purchase_id, case.terms, case.line_ids, record)

    def _write_down(
        self, case: Case, action: Action, key: str, because: Reason, level: Autonomy, held: str
    ) -> None:
        mark = mark_for(self.shop, self.order_id, key, 1)
        late = self._late(because)
        body = t.plain(action)
        self._append(
            t.Planned(
                key=key,
                action=action.kind,
                body=body,
                case_id=case.id,
                level=level,
                because=because,
                mark=mark,
                held=held,
                late_seconds=late,
            )
        )
        minor, currency = _money(action)
        row = {
            "shop": self.shop,
            "order_id": self.order_id,
            "key": key,
            "case_id": case.id,
            "action": action.kind,
            "body": body,
            "level": str(level),
            "state": outbox.STATE_FOR[level],
            "mark": mark,
            "minor": minor,
            "currency": currency,
            "planned_at": self.now,
            "look_at": self.now,
            "why": held,
        }
        units: tuple[tuple[int, int], ...] = ()
        if isinstance(action, RefundCustomer):
            units = tuple((action.line_id, unit) for unit in action.units)
        outbox.plan(self.tx, row, units)
        self.step.planned.append(key)
        self.step.late += bool(late)
        self._refold()

    def _late(self, because: Reason) -> int:
        """Seconds a clock was acted on after its moment, if not for want of knowing before."""
        if not because.due:
            return 0
        heard = [e.at for e in self.entries if e.by != "app"]
        since = max([datetime.fromisoformat(because.due), *heard])
        late = self.now - since
        return int(late.total_seconds()) if late > ON_TIME else 0

    # --- outcomes -------------------------------------------------------------------------------

    def note_done(self, row: outbox.Row, event: t.ActionDone) -> None:
        """Append an outcome whose row was settled in this transaction, and book the money."""
        self._append(event)
        bookkeeping.book_outcome(self.tx, row, event, self.now)
        self._refold()

    # --- small helpers --------------------------------------------------------------------------

    def _append(self, event: t.Event) -> None:
        last = self.entries[-1].at if self.entries else self.now
        seq = len(self.entries) + 1
        entry = t.Entry(seq, max(self.now, last), self.by, event, self.cause)
        self.entries.append(entry)

    def _refold(self) -> None:
        self.order = fold(self.entries)
        self.terms, self.terms_of = self._terms()

    def _terms(self) -> tuple[Terms, dict[int, Terms]]:
        skus = [line.facts.sku for line in self.order.lines.values()]
        versions = {r.opened.terms_version for r in self.order.cases.values()}
        current = self.installed.terms_version
        found = {v: shops.terms_of(self.tx, self.shop, v, skus) for v in {*versions, current}}
        return found[current], found


def _said(refund: t.RefundSeen) -> tuple[object, ...]:
    return sorted(refund.lines), refund.minor, refund.currency, refund.mark


def _shipped(shipment: t.FulfilmentSeen) -> tuple[object, ...]:
    return sorted(shipment.lines), shipment.good, shipment.tracking_number


def mark_for(shop: str, order_id: int, key: str, generation: int) -> str:
    """The name one attempt goes by outside: its idempotency key and its mark."""
    return str(uuid5(NAMESPACE, f"{shop}|{order_id}|{key}|{generation}"))


def _money(action: Action) -> tuple[int, str]:
    match action:
        case RefundCustomer():
            return action.minor, action.currency
        case ProposeAlternative():
            return 0, ""
        case _:
            return int(getattr(action, "minor", 0)), str(getattr(action, "currency", ""))
