"""The restore drill, small: back up under load, go on, lose everything, restore elsewhere, go on.

Nobody is paid twice, every order is known, a letter is repeated once at most, history holds.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from clients.errors import Retriable
from plugin import timeline as t
from plugin.auditor import looking, store_ledger
from plugin.casework import Casework
from plugin.customer import Customer
from plugin.facts import mark_in
from plugin.fold import fold
from plugin.store import chain_check, outbox, restorations, timelines
from plugin.store.chain_check import Walk
from scheduler import reconcile
from scheduler.backup import making, restoring
from scheduler.runtime import Runtime
from scheduler.sweeps import empty_outbox, sweep
from tests.backup.conftest import KEY
from tests.fakes import SHOP, FakeConnections, store_order
from tests.story import LAMP, order_seen, purchase

ORDERS = range(1, 13)
KNOWN = range(1, 9)
"""Orders the backup knows; the others come afterwards."""
MINUTE = timedelta(minutes=1)
Elsewhere = Callable[[], Runtime]


def world(runtime: Runtime) -> FakeConnections:
    assert isinstance(runtime.connections, FakeConnections)
    return runtime.connections


def comes(runtime: Runtime, order_id: int) -> None:
    """An order is placed, heard of and bought."""
    placed = replace(store_order(), id=order_id, name=f"#{order_id}",
                     updated_at=runtime.clock.now())  # fmt: skip
    world(runtime).store.orders[order_id] = placed
    with runtime.db.write() as tx:
        work = Casework(tx, SHOP, order_id, runtime.clock.now())
        seen = order_seen(name=f"#{order_id}")
        bought = purchase(purchase_id=f"Huanyu/T{order_id}", reference=f"T{order_id}")
        work.record([seen, bought], by="store", cause=f"shopify {order_id}")
        customer = Customer(name="Bianca", email=f"bianca{order_id}@example.com")
        timelines.keep_customer(tx, SHOP, order_id, customer)


def no_stock(runtime: Runtime, order_id: int) -> None:
    with runtime.db.write() as tx:
        work = Casework(tx, SHOP, order_id, runtime.clock.now())
        told = [t.OutOfStockReported(f"Huanyu/T{order_id}")]
        work.record(told, by="supplier", cause=f"supplier {order_id}")


def wait(runtime: Runtime, time: timedelta) -> None:
    runtime.clock.turn_to(runtime.clock.now() + time)


def back_up_under_load(runtime: Runtime, file: Path) -> None:
    """Somebody writes notes all the time."""
    stop, count = threading.Event(), 0

    def write() -> None:
        nonlocal count
        while not stop.is_set():
            count += 1
            with runtime.db.write() as tx:
                work = Casework(tx, SHOP, 1 + count % 4, runtime.clock.now())
                work.record([t.NoteWritten(f"note {count}")], by="Alice", cause="click")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        making.make(runtime, file, KEY)
    finally:
        stop.set()
        thread.join()
    assert count


def paid(runtime: Runtime) -> Counter[int]:
    """The store's own ledger: refunds per order."""
    orders = world(runtime).store.orders.values()
    return Counter({order.id: len(order.refunds) for order in orders if order.refunds})


def sent(runtime: Runtime) -> Counter[str]:
    return Counter(mail.message_id for mail in world(runtime).mail.mails)


@dataclass(frozen=True)
class Lost:
    """What is left."""

    file: Path
    mails: set[str]
    """What had gone out when the backup was made."""


@pytest.fixture
def lost(runtime: Runtime, tmp_path: Path) -> Lost:
    """Worked, backed up, worked on; and then it is gone. The backup is what is left."""
    for order_id in KNOWN:
        comes(runtime, order_id)
    for order_id in (1, 2):
        no_stock(runtime, order_id)
    sweep(runtime)
    assert set(paid(runtime)) == {1, 2}, "done before the backup"
    for order_id in (3, 4, 5):
        no_stock(runtime, order_id)
    with runtime.db.write() as tx:
        claimed = outbox.claim(tx, runtime.clock.now(), limit=2)
    assert claimed, "two are on their way while it is made"
    wait(runtime, MINUTE)
    mails = set(sent(runtime))
    back_up_under_load(runtime, tmp_path / "backup")
    wait(runtime, 10 * MINUTE)
    for order_id in set(ORDERS) - set(KNOWN):
        comes(runtime, order_id)
    for order_id in (6, 9, 10):
        no_stock(runtime, order_id)
    sweep(runtime)
    wait(runtime, 20 * MINUTE)
    sweep(runtime)
    assert set(paid(runtime)) >= {1, 2, 3, 4, 5, 6, 9, 10}
    wait(runtime, 30 * MINUTE)
    runtime.db.close()
    if runtime.db.is_sqlite:
        Path(str(runtime.db.url.database)).unlink()
    return Lost(tmp_path / "backup", mails)


def test_the_restore_drill(lost: Lost, runtime: Runtime, elsewhere: Elsewhere) -> None:
    there = elsewhere()
    restoring.restore(there, lost.file, KEY, replace=False)
    money, mails = paid(there), sent(there)
    empty_outbox(there)
    assert (paid(there), sent(there)) == (money, mails), "nothing goes out before it is read back"
    assert there.readiness()["careful"] == [SHOP]
    for _ in range(40):
        wait(there, 15 * MINUTE)
        sweep(there)
        reconcile.catch_up(there)
        reconcile.read_wanted(there)
    assert there.readiness()["careful"] == [], "it ends by itself"
    assert set(paid(there).values()) == {1}, "nobody is paid twice"
    assert set(paid(there)) >= set(money)
    with there.db.read() as tx:
        seen = {i for i in ORDERS if fold(timelines.read(tx, SHOP, i)).seen is not None}
        assert seen == set(ORDERS), "every order is known"
        assert [*Walk(SHOP).go(tx), *chain_check.not_linked(tx, SHOP)] == []
        rows = [row for i in ORDERS for row in outbox.of_order(tx, SHOP, i)]
    assert {row.state for row in rows} <= {"done", "refused", "asked", "needs_person"}
    done = {row.mark for row in rows if row.action == "refund_customer" and row.state == "done"}
    marks = {mark_in(r.note) for o in world(there).store.orders.values() for r in o.refunds}
    assert done <= marks, "what we call done the store has"
    assert done >= {m for m in marks if m in {row.mark for row in rows}}
    repeated = {name: n for name, n in sent(there).items() if n > 1}
    assert all(n == 2 for n in repeated.values()), "a letter goes out once more at most"
    assert not set(repeated) & lost.mails, "and none that went out before the backup"
    asked = Counter(refund.reference for refund in world(there).api.asked)
    assert set(asked.values()) <= {1}, "no supplier is asked twice"
    now = there.clock.now()
    wrong = [v for v in looking.everything(there.db, SHOP, now) if v.what not in NOT_RUNNING]
    assert wrong == []
    looking.look(there.db, SHOP, now)
    assert store_ledger.look(there.db, world(there).store, SHOP, now + timedelta(hours=1)) == []


NOT_RUNNING = {"clock_stopped", "look_overdue"}
"""Nobody ticks between two sweeps of a test."""


def test_what_was_asked_before_is_read_back_when_somebody_says_yes_again(
    runtime: Runtime, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    """The merchant approved it in the lost stretch, and the database has forgotten that."""
    from plugin import merchant
    from plugin.store import shops
    from plugin.terms import Terms

    with runtime.db.write() as tx:
        shops.publish(tx, SHOP, Terms(), runtime.clock.now(), author="Alice")
    comes(runtime, 1)
    no_stock(runtime, 1)
    sweep(runtime)
    key = f"refund:{LAMP}:1"
    making.make(runtime, tmp_path / "backup", KEY)
    click = merchant.Click(SHOP, 1, "Alice", runtime.clock.now())
    with runtime.db.write() as tx:
        merchant.approve(tx, click, key)
    sweep(runtime)
    assert paid(runtime) == {1: 1}
    runtime.db.close()
    there = elsewhere()
    restoring.restore(there, tmp_path / "backup", KEY, replace=False)
    with there.db.write() as tx:
        row = outbox.by_key(tx, SHOP, 1, key)
        assert row is not None
        assert row.state == "asked"
        merchant.approve(tx, click, key)
        again = outbox.by_key(tx, SHOP, 1, key)
        assert again is not None
        assert again.state == "unknown", "it may have gone out"
    for _ in range(4):
        wait(there, 15 * MINUTE)
        sweep(there)
    assert paid(there) == {1: 1}
    with there.db.read() as tx:
        row = outbox.by_key(tx, SHOP, 1, key)
    assert row is not None
    assert row.state == "done"


def test_a_later_attempt_than_the_backup_knows_is_known_again(
    runtime: Runtime, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    comes(runtime, 1)
    no_stock(runtime, 1)
    making.make(runtime, tmp_path / "backup", KEY)
    with runtime.db.write() as tx:
        (row,) = [one for one in outbox.claim(tx, runtime.clock.now(), limit=16)
                  if one.action == "refund_customer"]  # fmt: skip
    from plugin.effects.errand import Errand, shop_of

    shop = shop_of(runtime.db, SHOP)
    Errand(runtime.db, runtime.clock, runtime.connections, shop, row).renew()
    sweep(runtime)
    assert paid(runtime) == {1: 1}
    runtime.db.close()
    there = elsewhere()
    restoring.restore(there, tmp_path / "backup", KEY, replace=False)
    for _ in range(4):
        wait(there, 15 * MINUTE)
        sweep(there)
    assert paid(there) == {1: 1}
    with there.db.read() as tx:
        order = fold(timelines.read(tx, SHOP, 1))
        found = outbox.by_key(tx, SHOP, 1, row.key)
    assert found is not None
    assert found.state == "done"
    assert order.gone_elsewhere(LAMP) == ()


def test_a_store_that_does_not_answer_keeps_the_shop_careful(
    lost: Lost, elsewhere: Elsewhere, runtime: Runtime
) -> None:
    there = elsewhere()
    restoring.restore(there, lost.file, KEY, replace=False)
    store = world(there).store
    asked = store.changes_page

    def away(moment: object, after: str = "") -> None:
        raise Retriable("shopify", "busy", after=1.0)

    store.changes_page = away  # type: ignore[method-assign,assignment]  # this store does not answer
    money = paid(there)
    for _ in range(5):
        wait(there, 15 * MINUTE)
        sweep(there)
    assert there.readiness()["careful"] == [SHOP]
    assert paid(there) == money
    store.changes_page = asked  # type: ignore[method-assign]  # and now it does
    for _ in range(3):
        wait(there, 15 * MINUTE)
        sweep(there)
    assert there.readiness()["careful"] == []
    with there.db.read() as tx:
        assert restorations.of_shop(tx, SHOP) is not None
