"""The app's own clients get along with the world over real HTTP, in luck and out of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, Retriable
from clients.money import Money
from clients.shopify.admin import ShopifyAdmin
from clients.shopify.records import Changed
from clients.supplier.alibaba1688 import Alibaba1688
from plugin.sandbox.app import World
from tests.sandbox.worlds import NOON, line_ids, order

pytestmark = pytest.mark.enable_socket

REFERENCE = "4000000000000001000"


@pytest.fixture
def supplier(url: str) -> Alibaba1688:
    return Alibaba1688("1000000", "test123", "test", base_url=f"{url}/1688/openapi")


def test_an_order_is_read_whole(world: World, admin: ShopifyAdmin) -> None:
    order_id = order(world)
    found = admin.order(order_id)
    assert found is not None
    assert [line.id for line in found.lines] == line_ids(world, order_id)
    assert [line.paid.minor for line in found.lines] == [3428, 1230]
    assert (found.total_paid, found.shipping_paid) == (Money(5148, "EUR"), Money(490, "EUR"))
    assert admin.changes_page(NOON - timedelta(hours=1)) == Changed((order_id,), NOON, "")
    assert admin.orders_page(NOON - timedelta(hours=1)) == ([order_id], "")
    assert admin.orders_count(NOON - timedelta(hours=1)) == 1
    assert found.email == "alice@example.com"
    assert found.customer_id is not None
    assert admin.order(1) is None


def test_a_dead_token_needs_authorisation(world: World, admin: ShopifyAdmin) -> None:
    order_id = order(world)
    world.happen("uninstall")
    with pytest.raises(NeedsAuthorisation):
        admin.order(order_id)


@pytest.mark.parametrize("kind", ["lose_answer", "error_502_after", "truncated"])
def test_a_refund_whose_answer_is_lost_is_unknown_and_found_again(
    world: World, admin: ShopifyAdmin, kind: str
) -> None:
    order_id = order(world)
    line = line_ids(world, order_id)[0]
    preview = admin.preview_refund(order_id, [(line, 1)], shipping=Money(0, "EUR"))
    asked = admin.refund_input(order_id, preview, note="case 1", currency="EUR")
    world.faults.add("refundCreate", kind)
    with pytest.raises(OutcomeUnknown):
        admin.create_refund(asked, "key-1")
    again = admin.create_refund(asked, "key-1")
    assert again.total == preview.amount == Money(1142, "EUR")
    assert len(world.ledger()["refunds"]) == 1


def test_a_seller_is_urged_and_pays_back(world: World, supplier: Alibaba1688) -> None:
    order_id = order(world)
    world.happen(
        "record_purchase",
        reference=REFERENCE,
        order_id=order_id,
        connection="1688",
        cost_minor=8800,
        fate={"pays": True, "recovery_days": 3},
    )
    assert (supplier.urge(REFERENCE), supplier.urge(REFERENCE)) == (True, False)
    bought = supplier.order(REFERENCE)
    assert bought is not None
    assert (bought.paid, bought.shipped_at, bought.closed) == (Money(8800, "CNY"), None, False)
    reason = supplier.refund_reasons(REFERENCE, bought.entries)[0]
    asked = supplier.ask_refund(REFERENCE, bought.entries, bought.paid, reason.id, "卖家缺货")
    with pytest.raises(OutcomeUnknown):
        supplier.ask_refund(REFERENCE, bought.entries, bought.paid, reason.id, "卖家缺货")
    (refund,) = supplier.refunds(REFERENCE)
    assert (refund.id, refund.state) == (asked, "asked")
    world.turn(NOON + timedelta(days=4))
    (refund,) = supplier.refunds(REFERENCE)
    assert (refund.state, refund.amount) == ("received", Money(8800, "CNY"))
    paid_back = supplier.order(REFERENCE)
    assert paid_back is not None
    assert paid_back.closed


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("throttle", Retriable),
        ("error_500_before", OutcomeUnknown),
        ("lose_answer", OutcomeUnknown),
        ("refuse", Refused),
    ],
)
def test_misfortunes_of_the_supplier(
    world: World, supplier: Alibaba1688, kind: str, error: type[Exception]
) -> None:
    world.happen("record_purchase", reference=REFERENCE, order_id=order(world), connection="1688")
    world.faults.add("urge", kind)
    with pytest.raises(error):
        supplier.urge(REFERENCE)
