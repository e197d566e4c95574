"""The client sends goods of the world again, for nothing."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from clients.errors import OutcomeUnknown, Refused
from clients.money import Money
from clients.shopify import documents
from clients.shopify.addresses import PostalAddress
from clients.shopify.admin import ShopifyAdmin
from clients.shopify.drafts import DraftWanted
from plugin.sandbox import shelf
from plugin.sandbox.app import World
from plugin.sandbox.catalogue import PRODUCTS
from tests.sandbox.worlds import PretendApp, Shopper, order

pytestmark = pytest.mark.enable_socket

LAMP = PRODUCTS[0]
VARIANT = shelf.variant_id(LAMP, "Amber")
ALICE = PostalAddress(
    first_name="Alice",
    last_name="Rossi",
    address1="Via dei Tigli 7",
    city="Torino",
    province_code="TO",
    country_code="IT",
    zip="10123",
)
WANTED = DraftWanted(
    lines=((VARIANT, "", 2), (None, "A spare shade", 1)),
    address=ALICE,
    mark="pv-31c2",
    currency="USD",
    customer_id=5,
    note="Replacement for #1001",
    tags=("replacement",),
)


def test_goods_are_sent_again_and_nothing_is_charged(
    world: World, app: PretendApp, admin: ShopifyAdmin
) -> None:
    first = order(world)
    made = admin.create_draft(WANTED)
    assert (made.status, made.total, made.order_id) == ("OPEN", Money(0, "USD"), None)
    assert len(world.ledger()["orders"]) == 1, "a draft is no order yet"
    world.deliver_due()
    app.taken.clear()
    order_id = admin.complete_draft(made.id)
    assert order_id != first
    found = admin.order(order_id)
    assert found is not None
    assert (found.total_paid, found.financial_status) == (Money(0, "USD"), "PAID")
    assert [(line.title, line.quantity, line.paid.minor) for line in found.lines] == [
        (LAMP.title, 2, 0),
        ("A spare shade", 1, 0),
    ]
    assert [(line.variant_id, line.grams) for line in found.lines] == [
        (VARIANT, LAMP.grams),
        (None, None),
    ]
    assert set(found.tags) == {"pv-31c2", "replacement"}
    assert (found.shipping_address, found.locale) == (ALICE, "it")
    (waiting,) = admin.fulfilment_orders(order_id)
    assert waiting.status == "OPEN", "it is waiting to be shipped like any other"
    world.deliver_due()
    topics = [headers["X-Shopify-Topic"] for _, _, headers in app.taken]
    assert topics == ["orders/create", "orders/paid"]
    body = json.loads(app.taken[0][1])
    assert (body["total_price"], body["note"]) == ("0.00", "Replacement for #1001")
    assert body["customer"]["email"] == "alice@example.com"
    assert body["discount_codes"] == []


def test_a_draft_is_completed_once_whoever_asks_again(world: World, admin: ShopifyAdmin) -> None:
    order(world)
    made = admin.create_draft(WANTED)
    first = admin.complete_draft(made.id)
    assert admin.complete_draft(made.id) == first
    again = admin.find_draft("pv-31c2")
    assert again is not None
    assert (again.id, again.status, again.order_id) == (made.id, "COMPLETED", first)


@pytest.mark.parametrize("kind", ["lose_answer", "error_502_after", "truncated"])
def test_lost_answers_make_no_second_draft_and_no_second_order(
    world: World, admin: ShopifyAdmin, kind: str
) -> None:
    order(world)
    assert admin.find_draft("pv-31c2") is None
    world.faults.add("draftOrderCreate", kind)
    with pytest.raises(OutcomeUnknown):
        admin.create_draft(WANTED)
    made = admin.find_draft("pv-31c2")
    assert made is not None
    world.faults.add("draftOrderComplete", kind)
    with pytest.raises(OutcomeUnknown):
        admin.complete_draft(made.id)
    order_id = admin.complete_draft(made.id)
    ledger = world.ledger()
    assert len(ledger["drafts"]) == 1
    assert [each["id"] for each in ledger["orders"]][1:] == [order_id]


def test_completing_twice_is_refused_by_the_store_itself(
    world: World, admin: ShopifyAdmin, shopper: Shopper
) -> None:
    order(world)
    made = admin.create_draft(WANTED)
    admin.complete_draft(made.id)
    again = shopper.ask(documents.text("draft_complete"), id=f"gid://shopify/DraftOrder/{made.id}")
    assert again["data"]["draftOrderComplete"]["userErrors"]
    assert len(world.ledger()["orders"]) == 2


def test_a_draft_somebody_made_with_a_price_is_not_completed(
    world: World, admin: ShopifyAdmin, shopper: Shopper
) -> None:
    sent = {
        "lineItems": [{"variantId": f"gid://shopify/ProductVariant/{VARIANT}", "quantity": 1}],
        "shippingAddress": {"address1": "Via dei Tigli 7", "city": "Torino", "countryCode": "IT"},
    }
    made = shopper.ask(documents.text("draft_create"), input=sent)["data"]["draftOrderCreate"]
    number = int(made["draftOrder"]["id"].rsplit("/")[-1])
    with pytest.raises(Refused) as caught:
        admin.complete_draft(number)
    assert caught.value.code == "not_free"
    assert world.ledger()["orders"] == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"lines": ((999, "Gone", 1),)}, "no longer available"),
        ({"customer_id": 4}, "Customer"),
        ({"address": PostalAddress(country_code="IT")}, "blank"),
        ({"currency": "EUR"}, "one currency"),
    ],
)
def test_a_draft_the_store_cannot_make_is_refused(
    world: World, admin: ShopifyAdmin, changes: dict[str, object], says: str
) -> None:
    order(world)
    with pytest.raises(Refused, match=says):
        admin.create_draft(replace(WANTED, **changes))
    assert world.ledger()["drafts"] == []


def test_what_the_world_knows_no_way_to_do_is_not_passed_over(
    world: World, shopper: Shopper
) -> None:
    line = {"variantId": f"gid://shopify/ProductVariant/{VARIANT}", "quantity": 1}
    sent = {"lineItems": [line], "discountCodes": ["FREE"]}
    answer = shopper.ask(documents.text("draft_create"), input=sent)["data"]["draftOrderCreate"]
    assert "discountCodes" in answer["userErrors"][0]["message"]


def test_goods_in_the_catalogue_have_a_weight_ordered_or_not(
    world: World, admin: ShopifyAdmin
) -> None:
    order(world)
    found = admin.variant_weights([VARIANT, 2, 999])
    assert found == {VARIANT: LAMP.grams, 2: 300, 999: None}
