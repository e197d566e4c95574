"""The one path through which anything is decided.

Record what happened, fold, decide, plan, set the next look: one transaction. A webhook, a due
clock, a merchant's click and the outcome of a call all come through here, so the timeline
explains every action, and a replay is the same function on old events. The deciding itself is in
`deciding.py`; here is its database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.engine import Connection

from plugin import bookkeeping, telling
from plugin import timeline as t
from plugin.actions import Action, ProposeAlternative, RefundCustomer
from plugin.case import Case
from plugin.caselist import refresh_list
from plugin.deciding import NAMESPACE, ON_TIME, Deciding, Step, mark_for
from plugin.levels import A_DAY
from plugin.store import outbox, shops, tallies, timelines
from plugin.tallying import tally
from plugin.terms import Terms

__all__ = ["NAMESPACE", "ON_TIME", "Casework", "Step", "mark_for"]


class Casework(Deciding):
    """One order, one transaction."""

    def __init__(self, tx: Connection, shop: str, order_id: int, now: datetime) -> None:
        """Takes the order's lock; raises LookupError for a shop nobody installed."""
        found = shops.find(tx, shop)
        if found is None:
            raise LookupError(f"unknown shop {shop}")
        self.tx, self.installed = tx, found
        timelines.lock(tx, shop, order_id)
        entries = timelines.read(tx, shop, order_id)
        self.kept = len(entries)
        self._read: dict[tuple[int, frozenset[str]], Terms] = {}
        super().__init__(shop, order_id, now, entries)

    # --- the path -----------------------------------------------------------------------------

    def record(self, events: Iterable[t.Event], *, by: str, cause: str = "") -> Step:
        """Add what happened, and take every decision that follows from it."""
        self.by, self.cause = by, cause
        for event in events:
            self.hear(event)
        self.by = "app"
        return self._finish(self.decide())

    def settle(self, row: outbox.Row, event: t.ActionDone, *, by: str) -> Step:
        """An action came to its good end in this transaction."""
        self.by, self.cause = by, f"action {row.key}"
        self.note_done(row, event)
        self.by = "app"
        return self._finish(self.decide())

    def look(self, cause: str = "clock") -> Step:
        """Nothing happened but time: take the decisions that are due."""
        return self.record([], by="app", cause=cause)

    def _finish(self, cases: list[Case]) -> Step:
        fresh = self.entries[self.kept :]
        timelines.append(self.tx, self.shop, self.order_id, fresh)
        counted = tally(self.order, fresh)
        tallies.add(self.tx, self.shop, self.order_id, self.now, counted)
        telling.tell(self.tx, self.shop, self.order_id, self.order, fresh, self.now)
        self.kept = len(self.entries)
        timelines.set_head(
            self.tx,
            self.shop,
            self.order_id,
            seq=len(self.entries),
            next_look=self.next_look(cases),
        )
        refresh_list(self.tx, self.shop, self.order_id, self.order, cases, self.entries, self.now)
        self._read.clear()
        return self.step

    # --- what lies outside the order ------------------------------------------------------------

    def terms_in_force(self) -> tuple[Terms, Mapping[int, Terms]]:
        """As published, with the alternatives for this order's goods."""
        skus = frozenset(line.facts.sku for line in self.order.lines.values())
        versions = {r.opened.terms_version for r in self.order.cases.values()}
        current = self.installed.terms_version
        found = {version: self._terms(version, skus) for version in {*versions, current}}
        return found[current], found

    def _terms(self, version: int, skus: frozenset[str]) -> Terms:
        # Each event asks anew, and nothing of it changes before this step is written down.
        if (version, skus) not in self._read:
            self._read[version, skus] = shops.terms_of(self.tx, self.shop, version, skus)
        return self._read[version, skus]

    def spent(self, currency: str) -> int:
        """By the outbox; nobody else spends until this transaction ends."""
        shops.lock(self.tx, self.shop)
        return outbox.spent_since(self.tx, self.shop, self.now - A_DAY, currency)

    def call_off(self, key: str, why: str) -> bool:
        """In the outbox."""
        return outbox.call_off(self.tx, self.shop, self.order_id, key, self.now, why)

    def keep(self, action: Action, planned: t.Planned) -> None:
        """A row in the outbox, with the units whose money it moves."""
        minor, currency = _money(action)
        row = {
            "shop": self.shop,
            "order_id": self.order_id,
            "key": planned.key,
            "case_id": planned.case_id,
            "action": action.kind,
            "body": planned.body,
            "level": str(planned.level),
            "state": outbox.STATE_FOR[planned.level],
            "mark": planned.mark,
            "minor": minor,
            "currency": currency,
            "planned_at": self.now,
            "look_at": self.now + action.settles,
            "why": planned.held,
        }
        units: tuple[tuple[int, int], ...] = ()
        if isinstance(action, RefundCustomer):
            units = tuple((action.line_id, unit) for unit in action.units)
        outbox.plan(self.tx, row, units)

    def adopt(self, key: str, event: t.RefundSeen) -> None:
        """By the outbox's own row."""
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

    def booked(self, event: t.RecoverySeen) -> None:
        """In the ledger."""
        bookkeeping.book_recovery(self.tx, self.shop, self.order_id, self.order, event, self.now)

    # --- outcomes -------------------------------------------------------------------------------

    def note_done(self, row: outbox.Row, event: t.ActionDone) -> None:
        """Append an outcome whose row was settled in this transaction, and book the money."""
        self.append(event)
        bookkeeping.book_outcome(self.tx, row, self.order, event, self.now)
        self.refold()


def _money(action: Action) -> tuple[int, str]:
    match action:
        case RefundCustomer():
            return action.minor, action.currency
        case ProposeAlternative():
            return 0, ""
        case _:
            return int(getattr(action, "minor", 0)), str(getattr(action, "currency", ""))
