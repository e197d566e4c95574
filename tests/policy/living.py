"""A live shop for a while: a database, fakes outside, the clock turned through every look."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from clients.money import Money
from clients.supplier.records import SupplierOrder
from plugin import merchant
from plugin import timeline as t
from plugin.actions import ASIDE
from plugin.store import shops, timelines
from plugin.store.database import Database
from plugin.terms import Autonomy, Cap, NoStockOrder, Remedy, Route, Situation, Terms
from tests.casework.conftest import Desk
from tests.conftest import MONDAY, HeldClock
from tests.fakes import (
    ORDER_ID,
    SHOP,
    FakeConnections,
    FakePostbox,
    FakeStorefront,
    FakeSupplier,
    store_order,
)
from tests.story import HUANYU, LAMP, SHIP_BY, order_seen, purchase, shipped

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REFUND = f"refund:{LAMP}:1"
FREE = Terms(
    autonomy={f"{s}.refund": Autonomy.AUTO for s in Situation},
    cap=Cap(100_000, 100_000, "USD"),
)


@contextmanager
def live_desk(migrated: Path, terms: Terms) -> Iterator[Desk]:
    """A shop of its own, with an order the store knows and a supplier with an API."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "postvendita.db"
        shutil.copy(migrated, copy)
        clock = HeldClock()
        clock.turn_to(MONDAY)
        connections = FakeConnections(FakeStorefront(clock), FakeSupplier(clock), FakePostbox())
        connections.store.orders[ORDER_ID] = store_order()
        connections.api.purchases["T1"] = SupplierOrder(
            "T1", "waitsellersend", None, False, Money(8800, "CNY"), ("E1",)
        )
        db = Database(f"sqlite:///{copy}")
        with db.write() as tx:
            shops.install(tx, SHOP, MONDAY, currency="USD", email="alice@example.com")
            shops.publish(tx, SHOP, terms, MONDAY, author="Alice")
        try:
            yield Desk(db, clock, connections)
        finally:
            db.close()


def pass_time(desk: Desk, until: datetime) -> None:
    """As the scheduler does: every look at its moment, and what goes out goes out."""
    desk.work()
    while True:
        with desk.db.read() as tx:
            due = timelines.due(tx, until, limit=1)
            coming = tx.exec_driver_sql("SELECT next_look FROM orders").scalar()
        if not due or coming is None:
            break
        moment = datetime.fromisoformat(f"{coming}+00:00")
        desk.turn(max(moment, desk.clock.now()))
        desk.work()
    desk.clock.turn_to(until)


def actions(entries: Sequence[t.Entry]) -> list[tuple[object, ...]]:
    """What was decided: when, what, how far. What the store's admin is told is no decision."""
    found: list[tuple[object, ...]] = []
    for entry in entries:
        match entry.what:
            case t.Planned(action=kind) if kind in ASIDE:
                continue
            case t.Planned(key=key, level=level, held=held):
                found.append((entry.at, key, str(level), held))
            case t.Withheld(key=key):
                found.append((entry.at, key, "off", ""))
            case t.Withdrawn(key=key):
                found.append((entry.at, key, "withdrawn", ""))
            case t.CaseOpened(case_id=case_id, situation=situation):
                found.append((entry.at, case_id, "opened", str(situation)))
            case t.CaseClosed(case_id=case_id, outcome=outcome):
                found.append((entry.at, case_id, "closed", outcome))
    return found


# --- Stories --------------------------------------------------------------------------------------

Steps = Callable[[Desk], None]


def bought(**changes: Any) -> tuple[t.Event, t.Event]:
    return order_seen(), purchase(connection="1688", **changes)


def late_to_the_end(desk: Desk) -> None:
    desk.tell(*bought())
    pass_time(desk, SHIP_BY + 5 * DAY)
    with suppress(merchant.NotPossible):
        desk.approve(REFUND)
    pass_time(desk, SHIP_BY + 30 * DAY)


def by_hand(desk: Desk) -> None:
    desk.tell(order_seen(), purchase())
    pass_time(desk, SHIP_BY + 2 * DAY + 5 * HOUR)
    with desk.db.write() as tx:
        merchant.sent_by_hand(tx, desk.click(), f"urge:{HUANYU}")
    pass_time(desk, SHIP_BY + 9 * DAY)


def shipped_in_between(desk: Desk) -> None:
    desk.tell(*bought())
    pass_time(desk, SHIP_BY + 3 * DAY)
    desk.tell(shipped(SHIP_BY + 3 * DAY))
    pass_time(desk, SHIP_BY + 30 * DAY)


def abroad(desk: Desk) -> None:
    desk.tell(*bought(route=Route.INTERNATIONAL))
    pass_time(desk, SHIP_BY + 30 * DAY)


def none_left(desk: Desk) -> None:
    desk.tell(*bought())
    pass_time(desk, MONDAY + DAY)
    desk.tell(t.OutOfStockReported(HUANYU), by="supplier")
    pass_time(desk, MONDAY + 2 * DAY)
    desk.tell(t.RecoverySeen(HUANYU, "received", 8800, "CNY"), by="supplier")
    pass_time(desk, MONDAY + 60 * DAY)


def declined(desk: Desk) -> None:
    desk.tell(*bought(), t.OutOfStockReported(HUANYU))
    pass_time(desk, MONDAY + DAY)
    with suppress(merchant.NotPossible), desk.db.write() as tx:
        merchant.decline(tx, desk.click(), REFUND)
    pass_time(desk, MONDAY + 20 * DAY)


def in_dispute(desk: Desk) -> None:
    desk.tell(*bought(), t.DisputeSeen(3, "chargeback", "needs_response"))
    desk.tell(t.OutOfStockReported(HUANYU), by="supplier")
    pass_time(desk, MONDAY + 20 * DAY)


def repaid_by_another(desk: Desk) -> None:
    desk.tell(*bought(), t.OutOfStockReported(HUANYU))
    desk.wait(HOUR)
    desk.store.refund_by_hand()
    desk.tell(t.RefundSeen(900, desk.clock.now(), ((LAMP, 1),), 2490, "USD"))
    pass_time(desk, MONDAY + 20 * DAY)


def held_at_customs(desk: Desk) -> None:
    desk.tell(*bought(route=Route.INTERNATIONAL), shipped(MONDAY))
    pass_time(desk, MONDAY + DAY)
    desk.tell(t.CustomsSeen(HUANYU, "held", MONDAY + DAY, tracked=True))
    pass_time(desk, MONDAY + 9 * DAY)
    desk.tell(t.CustomsSeen(HUANYU, "cleared", desk.clock.now()))
    pass_time(desk, MONDAY + 12 * DAY)


def damaged(desk: Desk) -> None:
    desk.tell(*bought(), shipped(MONDAY))
    pass_time(desk, MONDAY + 10 * DAY)
    desk.tell(t.ProblemReported("r1", Situation.DAMAGED, HUANYU, ((LAMP, 1),)), by="customer")
    pass_time(desk, MONDAY + 14 * DAY)
    (case_id,) = desk.order.cases
    desk.tell(t.EvidenceAdded(case_id, "a" * 64, "picture"), by="customer")
    pass_time(desk, MONDAY + 80 * DAY)
    desk.tell(t.VerificationSeen(case_id, "verified"), by="Alice")
    pass_time(desk, MONDAY + 110 * DAY)


def nothing_sent(desk: Desk) -> None:
    desk.tell(*bought(), shipped(MONDAY))
    desk.tell(t.ProblemReported("r1", Situation.WRONG_ITEMS, HUANYU), by="customer")
    pass_time(desk, MONDAY + 30 * DAY)


def cancelled_and_stopped(desk: Desk) -> None:
    desk.tell(*bought())
    desk.tell(t.ProblemReported("r1", Situation.CANCELLATION, HUANYU), by="customer")
    pass_time(desk, MONDAY + 3 * DAY)
    desk.tell(t.InterceptionSeen(HUANYU, "succeeded"), by="supplier")
    pass_time(desk, MONDAY + 30 * DAY)


def cancelled_before_it_was_bought(desk: Desk) -> None:
    desk.tell(order_seen())
    desk.tell(t.ProblemReported("r1", Situation.CANCELLATION, ""), by="customer")
    pass_time(desk, MONDAY + 30 * DAY)


def doubtful_address(desk: Desk) -> None:
    desk.tell(order_seen())
    desk.tell(t.OrderChecked(doubts=("zip:zip_format",)), by="app")
    pass_time(desk, MONDAY + 5 * DAY)
    desk.tell(t.AddressSettled("check-2", "confirmed"), by="customer")
    pass_time(desk, MONDAY + 10 * DAY)


def oversized(desk: Desk) -> None:
    desk.tell(*bought(), t.OversizedReported(HUANYU, parcels=2))
    pass_time(desk, MONDAY + 30 * DAY)


STORIES: tuple[Steps, ...] = (
    *(late_to_the_end, by_hand, shipped_in_between, abroad, none_left, declined, in_dispute),
    *(repaid_by_another, held_at_customs, damaged, nothing_sent, cancelled_and_stopped),
    *(cancelled_before_it_was_bought, doubtful_address, oversized),
)
TERMS = {
    "the guide's": Terms(),
    "money alone": FREE,
    "a small cap": replace(FREE, cap=Cap(1_000, 1_000, "USD")),
    "goods first": Terms(no_stock_order=NoStockOrder.RESOURCE_FIRST, remedy=Remedy.REISSUE),
    "mostly off": Terms(
        autonomy={f"{s}.{c}": Autonomy.OFF for s in Situation for c in ("letter", "refund")}
    ),
}
