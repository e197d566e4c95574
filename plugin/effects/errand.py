"""One claimed action on its way: the way out, and every way it can end.

No transaction is open while a call is made. Each ending is one transaction: the row moves (if the
claim is still ours) and the outcome joins the timeline, or neither. Recording is tried several
times: losing an outcome means acting twice later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from plugin import customer_reports
from plugin import timeline as t
from plugin.casework import Casework, mark_for
from plugin.clock import Clock
from plugin.customer_reports import Told
from plugin.flags import Flags
from plugin.fold import fold
from plugin.merchant import Click
from plugin.order import Order
from plugin.ports import Connections
from plugin.store import deeds, outbox, shops, timelines, tokens
from plugin.store.database import Database, is_passing
from plugin.store.shops import Shop
from plugin.window import why_unseen

T = TypeVar("T")

RECORDING_TRIES = 5


@dataclass
class Errand:
    """A claimed row, with all that is needed to carry it out."""

    db: Database
    clock: Clock
    connections: Connections
    shop: Shop
    row: outbox.Row
    sent: bool = False
    """A call that changes something may have been made: whatever fails from here on is unknown."""

    # --- looking --------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The time, at this step."""
        return self.clock.now()

    def entries(self) -> list[t.Entry]:
        """The order's timeline as it stands."""
        with self.db.read() as tx:
            return timelines.read(tx, self.row.shop, self.row.order_id)

    def order(self) -> Order:
        """The order as it stands."""
        return fold(self.entries())

    def marks(self) -> set[str]:
        """Every name an attempt at this action has gone by outside."""
        row = self.row
        return {
            mark_for(row.shop, row.order_id, row.key, generation)
            for generation in range(1, row.generation + 1)
        }

    def report(self, told: Told) -> None:
        """A customer's word the store passed on. Raises NotPossible as `customer_reports` does."""
        click = Click(self.row.shop, self.row.order_id, "customer", self.now)
        self._step(lambda tx: customer_reports.report(tx, click, told))

    def flags(self) -> Flags:
        """What the order should say in the store, as things stand."""

        def stand(tx: Connection) -> Flags:
            work = self._casework(tx)
            return work.flags() if work is not None else Flags()

        return self._step(stand)

    def over_daily_cap(self, minor: int) -> bool:
        """Would this refund, sent now, break the shop's cap for a day?"""

        def check(tx: Connection) -> bool:
            shops.lock(tx, self.row.shop)
            cap = shops.terms_of(tx, self.row.shop, self.shop.terms_version).cap
            if cap is None or cap.currency != self.row.currency:
                return True
            since = self.now - timedelta(days=1)
            spent = outbox.spent_since(tx, self.row.shop, since, cap.currency, besides=self.row.id)
            return spent + minor > cap.per_day

        return self._step(check)

    def still_mine(self) -> bool:
        """The fence, right before a call."""
        return self._step(lambda tx: outbox.still_mine(tx, self.row, self.now))

    # --- learning on the way --------------------------------------------------------------------

    def tell(self, events: Iterable[t.Event], *, by: str, cause: str) -> None:
        """Facts met on the way join the timeline, with all that follows from them."""
        facts = list(events)

        def learn(tx: Connection) -> None:
            work = self._casework(tx)
            if work is not None:
                work.record(facts, by=by, cause=cause)

        self._step(learn)

    # --- before the call ------------------------------------------------------------------------

    def freeze(self, frozen: Mapping[str, Any], minor: int) -> bool:
        """Write down exactly what will be sent. False: the claim is no longer ours."""
        self.sent = self._step(lambda tx: outbox.freeze(tx, self.row, self.now, frozen, minor))
        return self.sent

    def sending(self) -> bool:
        """Write down that a call is about to be made. False: the claim is no longer ours."""
        self.sent = self._step(lambda tx: outbox.sending(tx, self.row, self.now))
        return self.sent

    # --- endings --------------------------------------------------------------------------------

    def done(
        self, *, remote_id: str = "", minor: int = 0, currency: str = "", by: str = "app"
    ) -> None:
        """The outside world confirmed it."""
        event = t.ActionDone(self.row.key, remote_id, minor, currency)
        amount = minor or self.row.minor

        def end(tx: Connection) -> None:
            work = self._casework(tx)
            moved = outbox.done(tx, self.row, self.now, remote_id=remote_id, minor=amount)
            if moved and work is not None:
                work.settle(self.row, event, by=by)
            elif moved:
                # Of the shop as a whole: no timeline has it, its history must.
                sent = {"mark": self.row.mark, "remote_id": remote_id}
                about = self.row.key
                deeds.add(
                    tx, self.row.shop, self.now, by="app", what="told", about=about, facts=sent
                )

        self._step(end)

    def refused(self, why: str) -> None:
        """It will not happen."""
        self._end(
            lambda tx: outbox.refused(tx, self.row, self.now, why),
            t.ActionRefused(self.row.key, why),
        )

    def hand_over(
        self, why: str, draft: Mapping[str, str] | None = None, *, certain: bool = True
    ) -> None:
        """A person has to see to it. `certain`: nothing has happened outside."""
        self._end(
            lambda tx: outbox.hand_over(tx, self.row, why, draft, certain=certain),
            t.HandedOver(self.row.key, why, dict(draft or {})),
        )

    def hand_over_unseen(
        self, draft: Mapping[str, str] | None = None, *, certain: bool = True
    ) -> None:
        """The store shows no such order, so nothing can be read before acting: a person decides.

        `draft` is what that person may send as it stands.
        """
        seen = self.order().seen
        with self.db.read() as tx:
            kept = tokens.read(tx, self.row.shop)
        scope = kept.scope if kept else ""
        why = why_unseen(seen.placed_at if seen else None, scope, self.now)
        self.hand_over(why, draft, certain=certain)

    def hold(self, why: str) -> None:
        """It waits for a person's word after all."""
        self._end(
            lambda tx: outbox.ask_again(tx, self.row, why),
            t.Held(self.row.key, why),
        )

    def lost(self, why: str) -> None:
        """The answer was lost. Said once in the timeline, however often it is looked for."""
        event = None if self.row.state == "unknown" else t.OutcomeLost(self.row.key, why)
        self._end(lambda tx: outbox.lost(tx, self.row, self.now, why), event)

    def put_off(self, seconds: float, why: str) -> None:
        """Certainly not done this time; again later."""
        again = self.now + timedelta(seconds=seconds)
        self._end(lambda tx: outbox.put_off(tx, self.row, again, why), None)

    def look_again(self, again_at: datetime) -> None:
        """Read back too early to tell."""
        self._end(lambda tx: outbox.put_off(tx, self.row, again_at, self.row.why), None)

    def absent(self, again_at: datetime) -> None:
        """Looked for, not found; once more later before that is believed."""
        self._end(lambda tx: outbox.absent(tx, self.row, self.now, again_at), None)

    def renew(self) -> None:
        """Certain not to have happened: a new attempt under a new name."""
        row = self.row
        mark = mark_for(row.shop, row.order_id, row.key, row.generation + 1)
        self._end(
            lambda tx: outbox.renew(tx, row, mark, self.now),
            t.AttemptRenewed(row.key, row.generation + 1, mark),
        )

    # --- how ------------------------------------------------------------------------------------

    def _end(self, move: Callable[[Connection], bool], event: t.Event | None) -> None:
        def end(tx: Connection) -> None:
            work = self._casework(tx)
            if move(tx) and event is not None and work is not None:
                work.record([event], by="app", cause=f"action {self.row.key}")

        self._step(end)

    def _casework(self, tx: Connection) -> Casework | None:
        """The order's lock, always before the row's: everybody takes them in this order.

        None for an action of the shop as a whole, which belongs to no order.
        """
        if not self.row.order_id:
            return None
        return Casework(tx, self.row.shop, self.row.order_id, self.now)

    def _step(self, step: Callable[[Connection], T]) -> T:
        for tries_left in range(RECORDING_TRIES, 0, -1):
            try:
                with self.db.write() as tx:
                    return step(tx)
            except DBAPIError as error:
                if tries_left == 1 or not is_passing(error):
                    raise
        raise AssertionError("unreachable")


def shop_of(db: Database, shop: str) -> Shop:
    """The shop a row belongs to. Raises LookupError when it is gone."""
    with db.read() as tx:
        found = shops.find(tx, shop)
    if found is None:
        raise LookupError(f"unknown shop {shop}")
    return found
