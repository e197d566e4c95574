"""What was delivered is kept once and handled once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from plugin.clock import Clock
from plugin.store import inbox
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from tests.conftest import MONDAY

ALICE, BOB = "alice.myshopify.com", "bob.myshopify.com"


def keep(db: Database, **changes: Any) -> bool:
    words = {
        "source": "shopify", "shop": ALICE, "delivery_id": "d1", "topic": "orders/paid",
        "headers": {}, "body": b"{}", "received_at": MONDAY, **changes,
    }  # fmt: skip
    return Inbox(db).keep(**words)


def waiting(db: Database, clock: Clock, **words: Any) -> list[inbox.Delivery]:
    with db.read() as tx:
        return inbox.waiting(tx, clock.now(), **words)


def test_a_delivery_is_kept_once_whoever_brings_it_again(db: Database, clock: Clock) -> None:
    assert keep(db)
    assert not keep(db, body=b"another")
    assert keep(db, shop=BOB)
    assert len(waiting(db, clock)) == 2


def test_the_same_delivery_at_the_same_moment_is_kept_once(db: Database, clock: Clock) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: keep(db), range(16))) == 1
    assert len(waiting(db, clock)) == 1


def test_a_flood_of_one_shop_does_not_starve_another(db: Database, clock: Clock) -> None:
    for n in range(60):
        keep(db, delivery_id=f"flood {n}")
    keep(db, shop=BOB, delivery_id="one")
    first = waiting(db, clock, per_shop=20)
    assert sum(d.shop == ALICE for d in first) == 20
    assert sum(d.shop == BOB for d in first) == 1


def test_it_is_settled_by_one(db: Database, clock: Clock) -> None:
    keep(db)
    (delivery,) = waiting(db, clock)
    with db.write() as tx:
        assert inbox.settle(tx, delivery, clock.now(), inbox.HANDLED)
        assert not inbox.settle(tx, delivery, clock.now(), inbox.PARKED)
    assert waiting(db, clock) == []


def test_what_fails_is_tried_later_and_in_the_end_parked_for_a_person(
    db: Database, clock: Clock
) -> None:
    keep(db)
    for _ in range(inbox.GIVE_UP_AFTER):
        (delivery,) = waiting(db, clock)
        with db.write() as tx:
            inbox.put_off(tx, delivery, clock.now(), "no luck")
        assert waiting(db, clock) == []
        clock.turn_to(clock.now() + timedelta(hours=2))
    assert waiting(db, clock) == []
    with db.read() as tx:
        (parked,) = inbox.listed(tx, ALICE, inbox.PARKED)
    assert "no luck" in parked["reason"]
    with db.write() as tx:
        assert not inbox.reopen(tx, BOB, parked["id"], clock.now())
        assert inbox.reopen(tx, ALICE, parked["id"], clock.now())
    assert len(waiting(db, clock)) == 1


def test_waiting_for_another_uses_up_no_attempt(db: Database, clock: Clock) -> None:
    keep(db)
    for _ in range(2 * inbox.GIVE_UP_AFTER):
        (delivery,) = waiting(db, clock)
        with db.write() as tx:
            inbox.put_off(tx, delivery, clock.now(), "not yet", overtook=True)
        clock.turn_to(clock.now() + timedelta(hours=1))
    (delivery,) = waiting(db, clock)
    with db.write() as tx:
        inbox.put_off(tx, delivery, clock.now(), "database is locked")
    clock.turn_to(clock.now() + timedelta(hours=1))
    assert len(waiting(db, clock)) == 1
