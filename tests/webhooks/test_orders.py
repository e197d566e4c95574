"""What an order's webhook means: exact money, the right ids, all that came with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from plugin.timeline import FulfilmentSeen, LineFacts, OrderEdited, OrderSeen, RefundSeen
from tests.webhooks import moves
from tests.webhooks.bodies import LAMP, ORDER_ID, VASE, line, order, raw, shipping, tax
from tests.webhooks.moves import MARK
from tests.webhooks.telling import ALICE, JSON, refused, seen, told
from webhooks.translate import Translation, Unreadable, translate


@pytest.mark.parametrize(
    "topic", ["create", "updated", "paid", "cancelled", "fulfilled", "partially_fulfilled"]
)
def test_a_real_order_whatever_the_topic(topic: str) -> None:
    expected = OrderSeen(
        version=datetime(2026, 11, 2, 9, 1, tzinfo=UTC),
        name="#1001",
        placed_at=datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
        paid_at=datetime(2026, 11, 2, 9, 0, 5, tzinfo=UTC),
        cancelled_at=None,
        currency="CHF",
        shop_currency="EUR",
        lines=(
            LineFacts(
                id=VASE,
                title="Vaso di vetro",
                sku="VASO-BLU",
                quantity=2,
                current_quantity=2,
                paid_minor=2000 - 150 + 407,
                requires_shipping=True,
                product_id=8_800_000_000_001,
                grams=450,
            ),
        ),
        shipping_paid_minor=500 + 110,
        country="CH",
        test=False,
    )

    assert told(f"orders/{topic}") == Translation(ORDER_ID, (expected,), ALICE)


def test_tax_that_is_in_the_price_is_not_added() -> None:
    found = seen(taxes_included=True)

    assert (found.lines[0].paid_minor, found.shipping_paid_minor) == (1850, 500)


def test_several_discounts_and_taxes_all_count() -> None:
    cut = line()["discount_allocations"][0]
    found = seen(line_items=[line(discount_allocations=[cut, cut], tax_lines=[tax("1.00", "1")])])

    assert found.lines[0].paid_minor == 2000 - 300 + 100


def test_removed_shipping_is_not_counted() -> None:
    assert seen(shipping_lines=[shipping(is_removed=True), shipping()]).shipping_paid_minor == 610


@pytest.mark.parametrize("missing", [{"shipping_lines": []}, {"shipping_lines": None}])
def test_shipping_may_be_free(missing: dict[str, Any]) -> None:
    assert seen(**missing).shipping_paid_minor == 0


def test_shipping_without_a_discounted_price_costs_its_price() -> None:
    plain = shipping(discounted_price=None, discounted_price_set=None, tax_lines=None)

    assert seen(shipping_lines=[plain]).shipping_paid_minor == 600


@pytest.mark.parametrize(
    ("told", "grams"),
    [(450, 450), (1, 1), (0, None), (None, None), (-1, None), (10**9, None), ("450", None)],
)
def test_a_weight_that_is_none_is_not_known(told: object, grams: int | None) -> None:
    assert seen(line_items=[line(grams=told)]).lines[0].grams == grams


def test_without_money_sets_the_plain_fields_are_read() -> None:
    old = line(price="10.40", price_set=None, tax_lines=[], discount_allocations=None)
    found = seen(presentment_currency=None, line_items=[old], shipping_lines=[])

    assert (found.currency, found.lines[0].paid_minor) == ("EUR", 2080)


def test_plain_fields_are_no_use_in_two_currencies() -> None:
    assert refused(line_items=[line(price_set=None)]) == (
        "line_items.0.price_set",
        "missing, and the order is in two currencies",
    )


@pytest.mark.parametrize(
    ("status", "paid"),
    [
        ("paid", True),
        ("partially_refunded", True),
        ("refunded", True),
        ("pending", False),
        ("authorized", False),
        ("partially_paid", False),
        ("voided", False),
        (None, False),
    ],
)
def test_paid_or_not(status: str | None, paid: bool) -> None:
    assert (seen(financial_status=status).paid_at is not None) == paid


def test_an_order_without_processed_at_was_paid_when_it_was_made() -> None:
    found = seen(processed_at=None)

    assert found.paid_at == found.placed_at


def test_cancelled_and_test_orders_say_so() -> None:
    found = seen(cancelled_at="2026-11-03T00:00:00Z", test=True)

    assert (found.cancelled_at, found.test) == (datetime(2026, 11, 3, tzinfo=UTC), True)


def test_w37_the_version_is_when_the_order_changed() -> None:
    older = seen(updated_at="2026-11-02T09:00:59Z")

    assert older.version < seen().version


def test_rounded_ids_are_put_right() -> None:
    rounded = 820982911946154500
    found = told(
        id=rounded,
        admin_graphql_api_id="gid://shopify/Order/820982911946154508",
        line_items=[
            line(id=487817672276298560, admin_graphql_api_id="gid://shopify/LineItem/4878176722762985")
        ],
    )  # fmt: skip
    event = found.events[0]
    assert isinstance(event, OrderSeen)
    assert (found.order_id, event.lines[0].id) == (820982911946154508, 4878176722762985)


@pytest.mark.parametrize(
    "gid", [None, 7, "https://www.example.com/", "gid://shopify/Fulfillment/1", "gid://shopify/Order/0"]
)  # fmt: skip
def test_an_id_of_another_kind_is_not_believed(gid: object) -> None:
    assert told(admin_graphql_api_id=gid).order_id == ORDER_ID


def test_the_largest_id() -> None:
    assert told(id=2**63 - 1, admin_graphql_api_id=None).order_id == 2**63 - 1


@pytest.mark.parametrize("id", [2**63, 0, -1, "1", 1.0, True, None])
def test_ids_that_are_none(id: object) -> None:
    assert refused(id=id)[0] == "id"


def test_parts_that_may_be_absent() -> None:
    body = order()
    for name in ("refunds", "fulfillments", "shipping_lines", "customer", "shipping_address"):
        del body[name]
    for name in ("current_quantity", "requires_shipping", "sku", "product_id", "tax_lines"):
        del body["line_items"][0][name]
    found = translate("shopify", "orders/create", raw(body), {})

    assert isinstance(found, Translation)
    event = found.events[0]
    assert isinstance(event, OrderSeen)
    facts = event.lines[0]
    assert (facts.current_quantity, facts.requires_shipping, facts.sku) == (2, True, "")
    assert (event.country, facts.product_id) == ("", None)


def test_lines_that_left_the_order_stay_in_it_with_nothing_left() -> None:
    gone = line(id=LAMP, admin_graphql_api_id=None, current_quantity=0)

    assert [f.current_quantity for f in seen(line_items=[line(), gone]).lines] == [2, 0]


def test_what_came_with_the_order_is_told_too() -> None:
    found = told(refunds=[moves.refund()], fulfillments=[moves.fulfilment()])
    refund, fulfilment = found.events[1:]

    assert isinstance(refund, RefundSeen)
    assert (refund.mark, refund.minor, refund.currency) == (MARK, 925, "CHF")
    assert isinstance(fulfilment, FulfilmentSeen)
    assert (fulfilment.lines, fulfilment.tracking_number) == (((VASE, 1),), "YT0001")


def test_an_embedded_refund_without_a_word_on_currency_is_in_the_orders() -> None:
    bare = moves.refund(refund_line_items=[], transactions=[], total_duties_set=None)
    refund = told(refunds=[bare]).events[1]

    assert isinstance(refund, RefundSeen)
    assert (refund.minor, refund.currency) == (0, "CHF")


@pytest.mark.parametrize(
    "title", ["<script>", "{{7*7}}", "=HYPERLINK(1)", "evil\u202egpj.exe", "漢字 😀"]
)
def test_w50_a_title_is_a_text(title: str) -> None:
    assert seen(line_items=[line(title=title)]).lines[0].title == title


def test_w50_a_title_of_a_million_letters_is_cut() -> None:
    assert seen(line_items=[line(title="x" * 1_000_000)]).lines[0].title == "x" * 500


def test_a_title_is_one_line() -> None:
    assert seen(line_items=[line(title=" a\r\nBcc:  b ")]).lines[0].title == "a Bcc: b"


def test_an_edit_only_says_that_there_was_one() -> None:
    body = {"order_edit": {"id": 78, "order_id": ORDER_ID, "line_items": {"additions": []}}}

    assert translate("shopify", "orders/edited", raw(body), JSON) == (
        Translation(ORDER_ID, (OrderEdited(78),))
    )
    with pytest.raises(Unreadable, match=r"^order_edit\.order_id: "):
        translate("shopify", "orders/edited", raw({"order_edit": {"id": 78}}), JSON)
