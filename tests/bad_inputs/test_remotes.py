"""What services tell that does not fit: nothing is paid on it, and a person hears of it once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plugin import timeline as t
from plugin.actions import Topic
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.store import outbox, tables
from plugin.store.database import Database
from plugin.terms import Route
from scheduler.sweeps import drain_inbox
from tests.app.test_deliveries import Door
from tests.bad_inputs.conftest import NEIGHBOUR
from tests.conftest import MONDAY
from tests.story import HUANYU, LAMP, order_seen, purchase, shipped
from tests.webhooks import bodies, doors, moves
from tests.webhooks.bodies import SHOP, raw

HOUR = timedelta(hours=1)


def told(door: Door) -> list[str]:
    """What lines to the merchant are about."""
    with door.runtime.db.read() as tx:
        rows = tx.execute(tables.outbox.select().where(tables.outbox.c.shop == SHOP)).all()
    return [row.body["topic"] for row in rows if row.action == "tell_merchant"]


def money_back(status: str, **changes: Any) -> bytes:
    return raw({**moves.transaction(), "kind": "refund", "status": status, **changes})


@pytest.mark.parametrize(
    "states",
    [
        pytest.param(["pending", "failure"], id="R10 pending, then failed"),
        pytest.param(["success", "failure"], id="R10 done, then failed"),
        pytest.param(["error", "error", "failure"], id="R10 failed three times"),
    ],
)
def test_a_refund_that_fails_later_is_told_once_and_not_paid_again(
    door: Door, states: list[str]
) -> None:
    door.bring("orders/paid", raw(bodies.order()))
    for status in states:
        assert door.bring("order_transactions/create", money_back(status)) == 200
    assert told(door) == [Topic.REFUND_FAILED]
    assert door.store.paid_back() == 0


@pytest.mark.parametrize(
    "status", [pytest.param(s, id=f"R10 {s}") for s in ("pending", "success", "sleeping")]
)
def test_a_refund_under_way_is_nothing_to_be_told(door: Door, status: str) -> None:
    door.bring("orders/paid", raw(bodies.order()))
    door.bring("order_transactions/create", money_back(status))
    assert told(door) == []


# --- Parcels --------------------------------------------------------------------------------------

DELIVERED = t.TrackingSeen(501, "delivered", MONDAY + 30 * HOUR)
UNDER_WAY = t.TrackingSeen(501, "in_transit", MONDAY + 20 * HOUR)


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([DELIVERED, shipped(MONDAY + 40 * HOUR)], id="R11 delivered before shipped"),
        pytest.param([shipped(MONDAY), DELIVERED, UNDER_WAY], id="R11 backwards"),
        pytest.param([shipped(MONDAY), DELIVERED, DELIVERED], id="R11 delivered twice"),
        pytest.param([DELIVERED], id="R11 delivered, never shipped"),
        pytest.param(
            [t.PurchaseShipped(HUANYU, MONDAY, "YT1"), t.RouteLearned(HUANYU, Route.INTERNATIONAL),
             t.PurchaseShipped(HUANYU, MONDAY + HOUR, "YT2")], id="R11 another number"),
    ],
)  # fmt: skip
def test_a_way_that_cannot_be_moves_no_money(
    sqlite_db: Database, clock: Clock, door: Door, events: list[t.Event]
) -> None:
    with sqlite_db.write() as tx:
        for order_id in (1, 2):  # two orders by one number of a parcel
            work = Casework(tx, SHOP, order_id, MONDAY)
            work.record([order_seen(), purchase()], by="store")
            work.record(events, by="carrier")
    clock.turn_to(MONDAY + 90 * 24 * HOUR)
    with sqlite_db.write() as tx:
        for order_id in (1, 2):
            Casework(tx, SHOP, order_id, clock.now()).look()
            rows = outbox.of_order(tx, SHOP, order_id)
            going = [row for row in rows if row.action == "refund_customer"]
            assert [row.state for row in going if row.state != "asked"] == []


# --- Suppliers and verifiers ----------------------------------------------------------------------


def push(kind: str, **data: Any) -> bytes:
    body = {"supplier": "Huanyu", "reference": "T1", **data}
    return raw({"type": kind, "shop": SHOP, "data": body})


def pushed(door: Door, body: bytes, number: int = 1) -> list[tuple[str, str]]:
    now = int(door.runtime.clock.now().timestamp())
    headers = doors.standard(body, at=now, id=f"msg_{number}")
    assert door.client.post("/webhooks/supplier", data=body, headers=headers).status_code == 200
    drain_inbox(door.runtime)
    return door.states()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"shipped_at": "明天"}, id="R13 tomorrow, in words"),
        pytest.param({"shipped_at": "２０２６-11-03T10:00:00Z"}, id="R13 full-width digits"),
        pytest.param({"shipped_at": "2026-11-03 10:00"}, id="R13 no zone"),
        pytest.param({"shipped_at": None}, id="R23 null where there must be one"),
        pytest.param({"shipped_at": 20261103}, id="R23 a number where a text must be"),
    ],
)
def test_what_a_supplier_says_in_his_own_way_is_for_a_person(
    door: Door, data: dict[str, Any]
) -> None:
    ((state, reason),) = pushed(door, push("purchase.shipped", **data))
    assert (state, "shipped_at" in reason) == ("parked", True)


@pytest.mark.parametrize("_row", [pytest.param(0, id="R13 Chinese bytes that are not UTF-8")])
def test_bytes_of_another_charset_are_for_a_person(door: Door, _row: int) -> None:
    body = push("purchase.shipped", shipped_at="2026-11-03T10:00:00Z", carrier="顺丰速运")
    spoken = body.decode().encode("gb18030")
    ((state, reason),) = pushed(door, spoken)
    assert state in {"parked", "ignored"}
    assert reason


@pytest.mark.parametrize(
    "kind", [pytest.param("claim.verified", id="R14 verified"),
             pytest.param("claim.refused", id="R14 refused")],
)  # fmt: skip
def test_a_result_of_a_claim_nobody_handed_in_changes_nothing(door: Door, kind: str) -> None:
    with door.runtime.db.write() as tx:
        work = Casework(tx, SHOP, 1, MONDAY)
        work.record([order_seen(), purchase(lines=((LAMP, 1),))], by="store")
    body = push(kind, result_at="2026-11-03T10:00:00Z", reason="x")
    states = {state for state, _ in pushed(door, body)}
    assert states <= {"parked", "ignored", "handled", "received"}
    with door.runtime.db.read() as tx:
        assert [r for r in outbox.of_order(tx, SHOP, 1) if r.action == "refund_customer"] == []
        assert tx.execute(tables.cases.select()).all() == []


def test_none_of_it_is_the_neighbours(door: Door) -> None:
    pushed(door, push("purchase.shipped", shipped_at="2026-11-03T10:00:00Z"))
    with door.runtime.db.read() as tx:
        assert outbox.of_order(tx, NEIGHBOUR, 1) == []
