"""The main job: an order goes late, and the app carries out the policy, over real HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plugin.actions import ASIDE
from plugin.business_days import end_of_day
from plugin.store import inbox
from tests.conftest import MONDAY
from tests.end_to_end.conftest import DAY, Whole

SHIP_BY = end_of_day((MONDAY + 5 * DAY).date())
MERCHANT = "merchant@lanterna.example"


def late_order(whole: Whole, *, route: str = "domestic", connection: str = "1688") -> int:
    """A signed orders/paid in, a purchase pushed by the supplier; nothing shipped."""
    order_id = int(whole.world.happen("place_order"))
    (first, *_) = [o for o in whole.world.ledger()["orders"] if o["id"] == order_id]
    lines = [[line["line_id"], line["quantity"]] for line in first["lines"]]
    whole.world.happen(
        "record_purchase",
        reference="30451",
        order_id=order_id,
        supplier="Huanyu",
        connection=connection,
        route=route,
        ship_by=SHIP_BY.isoformat(),
        cost_minor=8800,
        lines=lines,
    )
    whole.settle()
    return order_id


def mails_to(whole: Whole, address: str) -> list[dict[str, Any]]:
    return [m for m in whole.world.ledger()["mails"] if address in m["recipients"]]


def test_a_late_domestic_order_from_the_webhook_to_the_money(whole: Whole) -> None:
    order_id = late_order(whole)

    whole.turn(SHIP_BY + 2 * DAY - timedelta(seconds=1))
    assert whole.rows(order_id) == {}
    assert whole.world.ledger()["urges"] == {}

    whole.turn(SHIP_BY + 2 * DAY)
    assert {k: len(v) for k, v in whole.world.ledger()["urges"].items()} == {"30451": 1}
    assert len(mails_to(whole, MERCHANT)) == 1

    whole.turn(SHIP_BY + 4 * DAY)
    rows = whole.rows(order_id)
    refunds = [key for key in rows if key.startswith("refund:")]
    assert refunds
    assert {rows[key].state for key in refunds} == {"asked"}
    assert {r.state for k, r in rows.items() if k.startswith("resource:")} == {"asked"}
    assert [r["reference"] for r in whole.world.ledger()["supplier_refunds"]] == ["30451"]
    assert {k: len(v) for k, v in whole.world.ledger()["urges"].items()} == {"30451": 1}
    assert whole.refunds(order_id) == []

    case = whole.case_of(order_id)
    for key in refunds:
        assert whole.click_approve(case["case_id"], key) == 303
        assert whole.click_approve(case["case_id"], key) == 409
    whole.settle()
    paid = next(o for o in whole.world.ledger()["orders"] if o["id"] == order_id)
    assert paid["refunded_minor"] == paid["paid_minor"]
    assert sorted(r["key"] for r in whole.refunds(order_id)) == sorted(
        rows[key].mark for key in refunds
    )

    whole.turn(SHIP_BY + 40 * DAY)
    assert len(whole.refunds(order_id)) == len(refunds)


def test_shipped_in_between_nothing_more_happens(whole: Whole) -> None:
    order_id = late_order(whole)
    whole.turn(SHIP_BY + 3 * DAY)
    whole.world.happen("ship", reference="30451")
    whole.turn(SHIP_BY + 30 * DAY)
    assert {k: len(v) for k, v in whole.world.ledger()["urges"].items()} == {"30451": 1}
    assert whole.world.ledger()["supplier_refunds"] == []
    assert whole.refunds(order_id) == []
    assert len(mails_to(whole, MERCHANT)) == 1
    assert whole.case_of(order_id)["outcome"] == "shipped"


@pytest.mark.parametrize("route", ["international", "unknown"])
def test_the_same_order_international_gets_alerts_only(whole: Whole, route: str) -> None:
    order_id = late_order(whole, route=route)
    whole.turn(SHIP_BY + 20 * DAY)
    assert whole.world.ledger()["urges"] == {}
    assert whole.world.ledger()["supplier_refunds"] == []
    assert whole.refunds(order_id) == []
    assert len(mails_to(whole, MERCHANT)) == 2
    done = {row.action for row in whole.rows(order_id).values()}
    assert done - ASIDE == {"tell_merchant"}


def test_a_refund_whose_answer_is_lost_is_paid_once(whole: Whole) -> None:
    order_id = late_order(whole)
    whole.turn(SHIP_BY + 4 * DAY)
    whole.world.faults.add("refundCreate", "lose_answer", count=3)
    case = whole.case_of(order_id)
    keys = [key for key in whole.rows(order_id) if key.startswith("refund:")]
    for key in keys:
        whole.click_approve(case["case_id"], key)
    whole.settle()
    for hours in (1, 2, 30, 31):
        whole.turn(SHIP_BY + 4 * DAY + timedelta(hours=hours))
    assert {whole.rows(order_id)[key].state for key in keys} == {"done"}
    assert len(whole.refunds(order_id)) == len(keys)


def test_a_refund_made_by_hand_in_the_store_withdraws_ours(whole: Whole) -> None:
    order_id = late_order(whole)
    whole.turn(SHIP_BY + 4 * DAY)
    order = next(o for o in whole.world.ledger()["orders"] if o["id"] == order_id)
    lines = [[line["line_id"], line["quantity"]] for line in order["lines"]]
    whole.world.happen("refund", order_id=order_id, lines=lines)
    whole.settle()
    rows = whole.rows(order_id)
    assert {r.state for k, r in rows.items() if k.startswith("refund:")} == {"refused"}
    assert len(whole.refunds(order_id)) == 1


def test_nothing_goes_out_after_the_app_was_uninstalled(whole: Whole) -> None:
    order_id = late_order(whole)
    whole.world.happen("uninstall")
    whole.settle()
    whole.turn(SHIP_BY + 10 * DAY)
    assert whole.world.ledger()["urges"] == {}
    assert whole.refunds(order_id) == []
    assert whole.world.ledger()["mails"] == []


def test_a_double_and_disordered_history_is_handled_once(whole: Whole) -> None:
    whole.world.seed(MONDAY)
    whole.settle()
    with whole.runtime.db.read() as tx:
        counts = inbox.counts(tx)
    sent = whole.world.ledger()["webhooks"]
    assert set(counts) <= {"handled", "ignored"}
    assert sent.get("waiting", 0) == 0
    assert sum(counts.values()) == sent["delivered"]
