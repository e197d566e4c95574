"""The client changes orders of the world: their address, their holds, their end."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from clients.errors import OutcomeUnknown, Refused
from clients.money import Money
from clients.shopify.addresses import PostalAddress
from clients.shopify.admin import ShopifyAdmin
from plugin.facts import events_from
from plugin.sandbox.app import World
from plugin.timeline import OrderSeen
from tests.sandbox.worlds import NOON, PretendApp, Shopper, line_ids, order

pytestmark = pytest.mark.enable_socket

REFERENCE = "4000000000000001000"
HOLD = {"reason": "INCORRECT_ADDRESS", "notes": "asked the customer", "handle": "pv-1"}
LEEDS = PostalAddress(
    first_name="Nora",
    last_name="Larkin",
    address1="12 Mill Lane",
    city="Leeds",
    country_code="GB",
    zip="LS1 4DY",
)
CANCEL = """
mutation Old($id: ID!) {
  orderCancel(orderId: $id, reason: OTHER, restock: false %s) {
    jobResult { id done status }
    orderCancelUserErrors { message }
  }
}
"""


def told(world: World, app: PretendApp) -> list[tuple[str, dict[str, Any]]]:
    """The store's webhooks brought since the last time, as (topic, body)."""
    world.deliver_due()
    taken = [
        (headers["X-Shopify-Topic"], json.loads(body))
        for path, body, headers in app.taken
        if path.endswith("/shopify")
    ]
    app.taken.clear()
    return taken


def bought(world: World, order_id: int) -> str:
    world.happen("record_purchase", reference=REFERENCE, order_id=order_id)
    return REFERENCE


def cancel(admin: ShopifyAdmin, order_id: int, **changes: Any) -> str:
    given = {"reason": "CUSTOMER", "note": "case 1", "restock": False, **changes}
    return admin.cancel_order(order_id, **given)


# --- what a read tells ---------------------------------------------------------------------------


def test_a_read_tells_what_the_webhook_tells(world: World, admin: ShopifyAdmin) -> None:
    order_id = order(world)
    found = admin.order(order_id)
    assert found is not None
    assert (found.country, found.test, found.locale) == ("IT", False, "it")
    assert found.shipping_address is not None
    assert (found.shipping_address.address1, found.shipping_address.zip) == (
        "Via dei Tigli 7",
        "10123",
    )
    assert [(line.variant_id, line.grams) for line in found.lines] == [(2, 300), (2, 300)]
    seen = events_from(found)[0]
    assert isinstance(seen, OrderSeen)
    assert (seen.country, seen.test) == ("IT", False)


# --- the address ---------------------------------------------------------------------------------


def test_a_new_address_is_what_everybody_reads_from_then_on(
    world: World, app: PretendApp, admin: ShopifyAdmin
) -> None:
    order_id = order(world)
    told(world, app)
    admin.update_address(order_id, LEEDS)
    found = admin.order(order_id)
    assert found is not None
    assert (found.shipping_address, found.country) == (LEEDS, "GB")
    ((topic, body),) = told(world, app)
    assert topic == "orders/updated"
    assert body["shipping_address"]["city"] == "Leeds"
    assert body["shipping_address"]["country"] == "United Kingdom"
    assert body["billing_address"]["city"] == "Torino", "he pays from where he paid"


def test_an_address_without_a_street_is_refused(world: World, admin: ShopifyAdmin) -> None:
    order_id = order(world)
    with pytest.raises(Refused, match="blank"):
        admin.update_address(order_id, replace(LEEDS, address1=""))
    with pytest.raises(Refused, match="not exist"):
        admin.update_address(1, LEEDS)
    found = admin.order(order_id)
    assert found is not None
    assert found.country == "IT"


def test_an_address_whose_answer_was_lost_may_be_sent_again(
    world: World, admin: ShopifyAdmin
) -> None:
    order_id = order(world)
    world.faults.add("orderUpdate", "lose_answer")
    with pytest.raises(OutcomeUnknown):
        admin.update_address(order_id, LEEDS)
    admin.update_address(order_id, LEEDS)
    found = admin.order(order_id)
    assert found is not None
    assert found.shipping_address == LEEDS


# --- holds ---------------------------------------------------------------------------------------


def test_a_hold_keeps_a_shipment_out_of_the_store_until_it_is_lifted(
    world: World, app: PretendApp, admin: ShopifyAdmin
) -> None:
    order_id = order(world)
    reference = bought(world, order_id)
    (waiting,) = admin.fulfilment_orders(order_id)
    assert (waiting.status, waiting.holds) == ("OPEN", ())
    assert list(waiting.line_ids) == line_ids(world, order_id)
    admin.hold(waiting.id, **HOLD)
    told(world, app)
    world.happen("ship", reference=reference)
    held = admin.order(order_id)
    assert held is not None
    assert held.fulfilments == ()
    (on_hold,) = admin.fulfilment_orders(order_id)
    ((gid, handle, reason),) = on_hold.holds
    assert (on_hold.status, handle, reason) == ("ON_HOLD", "pv-1", "INCORRECT_ADDRESS")
    assert "fulfillments/create" not in [topic for topic, _ in told(world, app)]
    admin.release_hold(on_hold.id, [gid])
    free = admin.order(order_id)
    assert free is not None
    assert [fulfilment.tracking_numbers[0][:2] for fulfilment in free.fulfilments] == ["LP"]
    assert "fulfillments/create" in [topic for topic, _ in told(world, app)]
    (closed,) = admin.fulfilment_orders(order_id)
    assert closed.status == "CLOSED"
    with pytest.raises(Refused):
        admin.hold(closed.id, **{**HOLD, "handle": "pv-2"})


def test_a_hold_whose_answer_was_lost_is_there_once(world: World, admin: ShopifyAdmin) -> None:
    order_id = order(world)
    (waiting,) = admin.fulfilment_orders(order_id)
    world.faults.add("fulfillmentOrderHold", "error_502_after")
    with pytest.raises(OutcomeUnknown):
        admin.hold(waiting.id, **HOLD)
    assert admin.hold(waiting.id, **HOLD) is None
    (held,) = admin.fulfilment_orders(order_id)
    assert [handle for _, handle, _ in held.holds] == ["pv-1"]


# --- the end -------------------------------------------------------------------------------------


def test_cancelling_is_a_job_and_pays_nothing_back(
    world: World, app: PretendApp, admin: ShopifyAdmin
) -> None:
    order_id = order(world)
    told(world, app)
    job = cancel(admin, order_id, reason="INVENTORY")
    assert world.ledger()["orders"][0]["cancelled_at"] is None, "so far it was only begun"
    assert admin.job_done(job)
    found = admin.order(order_id)
    assert found is not None
    assert found.cancelled_at == NOON
    assert (found.total_refunded, found.refunds) == (Money(0, "EUR"), ())
    assert world.ledger()["refunds"] == []
    topics = told(world, app)
    assert {topic for topic, _ in topics} == {"orders/cancelled", "orders/updated"}
    assert topics[0][1]["cancel_reason"] == "inventory"
    with pytest.raises(Refused, match="already"):
        cancel(admin, order_id)


def test_an_order_that_was_shipped_is_not_cancelled(world: World, admin: ShopifyAdmin) -> None:
    order_id = order(world)
    world.happen("ship", reference=bought(world, order_id))
    with pytest.raises(Refused, match="fulfilled") as caught:
        cancel(admin, order_id)
    assert caught.value.code == "INVALID"
    with pytest.raises(Refused) as caught:
        cancel(admin, 1)
    assert caught.value.code == "NOT_FOUND"


def test_a_parcel_that_leaves_meanwhile_makes_the_job_fail(
    world: World, admin: ShopifyAdmin
) -> None:
    order_id = order(world)
    reference = bought(world, order_id)
    job = cancel(admin, order_id)
    world.happen("ship", reference=reference)
    with pytest.raises(Refused, match="fulfilled"):
        admin.job_done(job)
    found = admin.order(order_id)
    assert found is not None
    assert found.cancelled_at is None


@pytest.mark.parametrize(
    ("kind", "cancelled"),
    [("lose_answer", True), ("error_502_after", True), ("error_500_before", False)],
)
def test_after_a_lost_answer_the_order_itself_says_whether_it_is_cancelled(
    world: World, admin: ShopifyAdmin, kind: str, cancelled: bool
) -> None:
    order_id = order(world)
    world.faults.add("orderCancel", kind)
    with pytest.raises(OutcomeUnknown):
        cancel(admin, order_id)
    found = admin.order(order_id)
    assert found is not None
    assert (found.cancelled_at is not None) is cancelled
    assert world.ledger()["refunds"] == []


def test_a_refusal_to_order_is_one_for_every_change(world: World, admin: ShopifyAdmin) -> None:
    order_id = order(world)
    world.faults.add("orderCancel", "refuse", message="Not today")
    with pytest.raises(Refused, match="Not today"):
        cancel(admin, order_id)
    world.faults.add("orderUpdate", "refuse", message="Nor tomorrow")
    with pytest.raises(Refused, match="Nor tomorrow"):
        admin.update_address(order_id, LEEDS)


def test_turning_the_clock_carries_a_cancellation_out(world: World, admin: ShopifyAdmin) -> None:
    order_id = order(world)
    cancel(admin, order_id)
    world.turn(NOON + timedelta(hours=1))
    assert world.ledger()["orders"][0]["cancelled_at"]


@pytest.mark.parametrize(
    ("argument", "back"),
    [
        ("", 5148),
        ("refund: true", 5148),
        ("refundMethod: {originalPaymentMethodsRefund: true}", 5148),
        ("refund: false", 0),
        ("refundMethod: {originalPaymentMethodsRefund: false}", 0),
    ],
)
def test_a_cancellation_that_does_not_switch_the_refund_off_costs_money_here(
    world: World, shopper: Shopper, argument: str, back: int
) -> None:
    order_id = order(world)
    begun = shopper.ask(CANCEL % argument, id=f"gid://shopify/Order/{order_id}")
    assert begun["data"]["orderCancel"]["jobResult"]["status"] == "STARTED"
    shopper.ask("{ orders(first: 1) { nodes { id } } }")
    assert world.ledger()["orders"][0]["refunded_minor"] == back
