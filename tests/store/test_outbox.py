"""The outbox's own guards, each tried alone: two guards hide each other from a test."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from plugin.clock import Clock
from plugin.store import outbox, shops, tables
from plugin.store.database import Database
from plugin.store.outbox import Row
from tests.conftest import MONDAY
from tests.fakes import SHOP

MINUTE = timedelta(minutes=1)


def plan(db: Database, key: str = "urge:a", shop: str = SHOP, **changes: object) -> None:
    with db.write() as tx:
        if shops.find(tx, shop) is None:
            shops.install(tx, shop, MONDAY, currency="USD")
        outbox.plan(
            tx,
            {
                "shop": shop,
                "order_id": 1,
                "key": key,
                "case_id": "c",
                "action": "urge_supplier",
                "body": {},
                "level": "auto",
                "state": "planned",
                "mark": f"{shop}{key}",
                "planned_at": MONDAY,
                "look_at": MONDAY,
                **changes,
            },
        )


def claim(db: Database, clock: Clock, limit: int = 16) -> list[Row]:
    with db.write() as tx:
        return outbox.claim(tx, clock.now(), limit=limit)


def found(db: Database, key: str = "urge:a") -> Row:
    with db.read() as tx:
        row = outbox.by_key(tx, SHOP, 1, key)
    assert row is not None
    return row


def test_a_claim_is_had_by_one(db: Database, clock: Clock) -> None:
    plan(db)
    assert len(claim(db, clock)) == 1
    assert claim(db, clock) == []


def test_a_claim_whose_lease_ran_out_is_had_by_another_and_the_first_has_lost(
    db: Database, clock: Clock
) -> None:
    plan(db)
    (first,) = claim(db, clock)
    clock.turn_to(clock.now() + outbox.LEASE)
    (second,) = claim(db, clock)
    with db.write() as tx:
        assert not outbox.still_mine(tx, first, clock.now())
        assert outbox.still_mine(tx, second, clock.now())
        assert not outbox.done(tx, first, clock.now(), remote_id="1", minor=1)
        assert not outbox.refused(tx, first, clock.now(), "no")
        assert not outbox.freeze(tx, first, clock.now(), {}, 1)
        assert outbox.done(tx, second, clock.now(), remote_id="2", minor=1)
    assert found(db).remote_id == "2"


def test_a_claim_left_behind_before_sending_has_certainly_not_happened(
    db: Database, clock: Clock
) -> None:
    plan(db)
    claim(db, clock)
    clock.turn_to(clock.now() + outbox.LEASE)
    (again,) = claim(db, clock)
    assert again.state == "planned"


def test_a_claim_left_behind_after_sending_is_unknown(db: Database, clock: Clock) -> None:
    plan(db)
    (row,) = claim(db, clock)
    with db.write() as tx:
        assert outbox.sending(tx, row, clock.now())
    clock.turn_to(clock.now() + outbox.LEASE)
    (again,) = claim(db, clock)
    assert again.state == "unknown"


def test_a_lease_that_ran_out_is_no_longer_mine_even_if_nobody_took_it(
    db: Database, clock: Clock
) -> None:
    plan(db)
    (row,) = claim(db, clock)
    with db.write() as tx:
        assert not outbox.still_mine(tx, row, clock.now() + outbox.LEASE)


def test_a_lost_answer_is_left_alone_for_a_while(db: Database, clock: Clock) -> None:
    plan(db)
    (row,) = claim(db, clock)
    with db.write() as tx:
        outbox.sending(tx, row, clock.now())
        outbox.lost(tx, row, clock.now(), "timed out")
    clock.turn_to(clock.now() + outbox.QUARANTINE - MINUTE)
    assert claim(db, clock) == []
    clock.turn_to(clock.now() + MINUTE)
    (again,) = claim(db, clock)
    assert again.state == "unknown"


def test_a_key_is_planned_once(db: Database) -> None:
    plan(db)
    with pytest.raises(sa.exc.IntegrityError):
        plan(db, mark="another")


@pytest.mark.parametrize(
    "forbidden",
    [
        {"state": "claimed"},
        {"state": "done"},
        {"state": "unknown"},
        {"state": "paid"},
        {"minor": -1},
        {"state": "planned", "lease_until": MONDAY},
    ],
    ids=["claimed without a lease", "done without a time", "unknown though never sent",
         "a state nobody knows", "money below zero", "a lease without a claim"],
)  # fmt: skip
def test_pairs_that_must_not_be_are_refused_by_the_database(
    db: Database, forbidden: dict[str, object]
) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        plan(db, **forbidden)


def test_what_was_sent_can_no_longer_be_called_off(db: Database, clock: Clock) -> None:
    plan(db, state="needs_person", first_sent_at=MONDAY)
    with db.write() as tx:
        assert not outbox.call_off(tx, SHOP, 1, "urge:a", clock.now(), "declined")


def test_a_flood_of_one_shop_leaves_room_for_another(db: Database, clock: Clock) -> None:
    for n in range(40):
        plan(db, key=f"urge:{n:02}")
    plan(db, key="urge:b", shop="bob.myshopify.com")
    claimed = claim(db, clock)
    assert "bob.myshopify.com" in {row.shop for row in claimed}


def test_a_paused_shop_is_left_alone(db: Database, clock: Clock) -> None:
    plan(db)
    with db.write() as tx:
        shops.change(tx, SHOP, state=shops.PAUSED)
    assert claim(db, clock) == []


def test_units_that_are_free_again_can_be_spoken_for_again(db: Database, clock: Clock) -> None:
    plan(db, key="refund:1:1", state="asked")
    with db.write() as tx:
        row = outbox.by_key(tx, SHOP, 1, "refund:1:1")
        assert row is not None
        held = {"shop": SHOP, "order_id": 1, "line_id": 1, "unit": 1, "outbox_id": row.id}
        tx.execute(sa.insert(tables.refund_units).values(held))
        assert outbox.call_off(tx, SHOP, 1, "refund:1:1", clock.now(), "declined")
        assert tx.execute(sa.select(tables.refund_units)).all() == []
