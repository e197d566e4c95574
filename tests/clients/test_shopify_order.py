"""Reading an order: what is asked for, and what becomes of the answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from graphql import GraphQLError

from clients.errors import NeedsAuthorisation, Retriable
from clients.money import Money
from clients.shopify.admin import ShopifyAdmin
from clients.shopify.records import (
    Dispute,
    Fulfilment,
    FulfilmentOrder,
    OrderLine,
    Refund,
    Transaction,
)
from tests.clients.conftest import TOKEN, bag, connection, line, order, quantity, refund

ORDER = 9007199254740993  # beyond 2**53, where a float would lose the last digit


def eur(minor):
    return Money(minor, "EUR")


def denied(*_, **__):
    raise GraphQLError("no scope", extensions={"code": "ACCESS_DENIED"})


def test_an_order_comes_back_whole(shop, admin):
    shop.root = {"order": order()}

    found = admin.order(ORDER)

    assert (found.id, found.name, found.financial_status) == (ORDER, "#1001", "PAID")
    assert (found.currency, found.shop_currency, found.tags) == ("EUR", "USD", ("vip",))
    assert datetime(2026, 11, 2, 17, tzinfo=UTC) == found.updated_at
    assert UTC is found.updated_at.tzinfo
    assert (found.cancelled_at, found.withheld) == (None, ())
    assert (eur(2815), eur(925)) == (found.total_paid, found.total_refunded)
    assert found.lines == (
        OrderLine(
            id=11,
            title="Cup",
            sku="CUP-1",
            product_id=7,
            variant_id=None,
            quantity=2,
            current_quantity=2,
            refundable_quantity=2,
            unfulfilled_quantity=2,
            requires_shipping=True,
            paid=eur(2220),
        ),
    )
    assert found.refunds == (
        Refund(
            id=21,
            created_at=datetime(2026, 11, 3, 2, tzinfo=UTC),
            note="pv:1234",
            lines=((11, 1),),
            total=eur(925),
            transactions=(Transaction(31, "REFUND", "PENDING", eur(925)),),
        ),
    )
    assert found.fulfilments == (
        Fulfilment(
            id=41,
            status="SUCCESS",
            created_at=datetime(2026, 11, 2, 17, tzinfo=UTC),
            lines=((11, 2),),
            tracking_company="Yanwen",
            tracking_numbers=("UA1", "UA2"),
        ),
    )
    assert found.disputes == (Dispute(51, "CHARGEBACK", "NEEDS_RESPONSE"),)
    assert found.fulfilment_orders == (
        FulfilmentOrder(61, "ON_HOLD", (("gid://shopify/FulfillmentHold/71", "pv-address"),)),
    )


def test_the_request_carries_the_token_in_its_header_and_nowhere_else(shop, admin):
    shop.root = {"order": order()}

    admin.order(ORDER)

    (request,) = shop.requests
    assert request.headers["X-Shopify-Access-Token"] == TOKEN
    assert TOKEN not in request.url
    assert TOKEN.encode() not in request.body
    assert "Authorization" not in request.headers


@pytest.mark.parametrize(
    ("taxed", "allocations", "taxes", "paid", "shipping"),
    [
        pytest.param(False, ["1.50"], ["3.70"], 2220, 595, id="tax on top is part of it"),
        pytest.param(True, ["1.50"], ["3.70"], 1850, 500, id="tax inside is not counted twice"),
        pytest.param(False, ["1.50", "2.00"], [], 1650, 595, id="every discount counts"),
        pytest.param(False, [], ["1.00", "0.50"], 2150, 595, id="every tax counts"),
        pytest.param(True, ["20.00"], [], 0, 500, id="all given away"),
    ],
)
def test_paid_is_the_price_of_all_units_less_discounts_with_tax(
    shop, admin, taxed, allocations, taxes, paid, shipping
):
    bought = line(
        discountAllocations=[{"allocatedAmountSet": bag(amount)} for amount in allocations],
        taxLines=[{"priceSet": bag(amount)} for amount in taxes],
    )
    shop.root = {"order": order(taxesIncluded=taxed, lineItems=connection(bought))}

    found = admin.order(ORDER)

    assert eur(paid) == found.lines[0].paid
    assert eur(shipping) == found.shipping_paid


def test_an_order_the_shop_does_not_show_is_none(shop, admin):
    shop.root = {"order": None}

    assert admin.order(ORDER) is None


@pytest.mark.parametrize("part", ["disputes", "fulfillmentOrders"])
def test_a_part_without_permission_does_not_hide_the_order(shop, admin, part):
    shop.root = {"order": order(**{part: denied})}

    found = admin.order(ORDER)
    again = admin.order(ORDER)

    assert (f"order.{part}",) == found.withheld
    assert found == again
    assert len(shop.asked) == 3, "it is remembered what the token may not see"


def test_both_parts_without_permission_do_not_hide_the_order(shop, admin):
    shop.root = {"order": order(disputes=denied, fulfillmentOrders=denied)}

    found = admin.order(ORDER)

    assert (found.disputes, found.fulfilment_orders) == ((), ())
    assert {"order.disputes", "order.fulfillmentOrders"} == set(found.withheld)


def test_a_redacted_field_is_named_and_the_rest_kept(shop, admin):
    shop.root = {"order": order(lineItems=connection(line(product=denied)))}

    found = admin.order(ORDER)

    assert found.lines[0].product_id is None
    assert found.withheld == ("order.lineItems.nodes.0.product",)


def test_a_null_part_that_came_with_data_is_named_and_empty(shop, admin):
    shop.root = {"order": order()}
    admin.order(ORDER)
    node = order(disputes=None)
    shop.answers(
        {
            "data": {"order": node},
            "errors": [
                {
                    "message": "no",
                    "path": ["order", "disputes"],
                    "extensions": {"code": "ACCESS_DENIED"},
                }
            ],
        }
    )

    found = admin.order(ORDER)

    assert (found.disputes, found.withheld) == ((), ("order.disputes",))


def test_refunds_that_are_not_shown_are_never_an_empty_list(shop, admin):
    shop.answers({"data": {"order": order(refunds=None)}})

    with pytest.raises(Retriable):
        admin.order(ORDER)


def test_an_order_that_is_denied_as_a_whole_needs_a_person(shop, admin):
    shop.root = {"order": denied}

    with pytest.raises(NeedsAuthorisation) as caught:
        admin.order(ORDER)

    assert caught.value.code == "ACCESS_DENIED"


def test_unknown_words_of_enums_are_passed_on(shop, admin):
    node = order(displayFinancialStatus="PAID_IN_SHELLS")
    node["disputes"][0]["status"] = "ON_THE_MOON"
    shop.answers({"data": {"order": node}})

    found = admin.order(ORDER)

    assert (found.financial_status, found.disputes[0].status) == ("PAID_IN_SHELLS", "ON_THE_MOON")


def test_amounts_are_exact_even_as_json_numbers(shop, admin):
    node = order(totalReceivedSet=bag("28.15"))
    node["totalReceivedSet"]["presentmentMoney"]["amount"] = 0.29
    shop.answers({"data": {"order": node}})

    assert eur(29) == admin.order(ORDER).total_paid


def test_yen_come_with_a_decimal_and_are_whole(shop, admin):
    node = order(
        presentmentCurrencyCode="JPY",
        taxesIncluded=True,
        lineItems=connection(
            line(originalTotalSet=bag("1200.0", "JPY"), discountAllocations=[], taxLines=[])
        ),
        shippingLines=connection(),
    )
    shop.root = {"order": node}

    assert Money(1200, "JPY") == admin.order(ORDER).lines[0].paid


def test_lines_beyond_the_first_page_are_read(shop, admin):
    pages = {
        None: connection(line(1), more=True, cursor="a"),
        "a": connection(line(2), more=True, cursor="b"),
        "b": connection(line(3)),
    }
    shop.root = {"order": order(lineItems=lambda _info, after=None, **_: pages[after])}

    found = admin.order(ORDER)

    assert [bought.id for bought in found.lines] == [1, 2, 3]
    assert [sent["head"] for _, sent in shop.asked] == [True, False, False]


def test_lines_of_a_refund_and_of_a_shipment_beyond_the_first_page_are_read(shop, admin):
    shipped = order()["fulfillments"][0]
    shipped["fulfillmentLineItems"] = connection(quantity(1, 1), more=True, cursor="x")
    big = refund(refundLineItems=connection(quantity(1, 1), more=True, cursor="y"))
    shop.root = {
        "order": order(refunds=[big], fulfillments=[shipped]),
        "refund": lambda _info, id: {"refundLineItems": connection(quantity(2, 5))},
        "fulfillment": lambda _info, id: {"fulfillmentLineItems": connection(quantity(3, 7))},
    }

    found = admin.order(ORDER)

    assert found.refunds[0].lines == ((1, 1), (2, 5))
    assert found.fulfilments[0].lines == ((1, 1), (3, 7))
    assert ("RefundLines", {"id": "gid://shopify/Refund/21", "after": "y"}) in shop.asked


@pytest.mark.parametrize("cursor", ["a", None])
def test_pages_that_run_in_a_circle_end(shop, admin, cursor):
    turning = connection(line(1), more=True, cursor=cursor)
    shop.root = {"order": order(lineItems=lambda _info, after=None, **_: turning)}

    with pytest.raises(Retriable, match="circle"):
        admin.order(ORDER)


def test_a_list_cut_short_is_told(shop, admin):
    cut = order(fulfillmentOrders=connection(more=True, cursor="z"))
    cut["refunds"][0]["transactions"]["pageInfo"]["hasNextPage"] = True
    shop.root = {"order": cut}

    assert {"order.fulfillmentOrders", "order.refunds.transactions"} == set(
        admin.order(ORDER).withheld
    )


def test_changed_orders_come_once_each_over_all_pages(shop, admin):
    pages = {None: (1, 2), "n": (2, 3)}
    shop.root = {
        "orders": lambda _info, after=None, **_: connection(
            *({"id": f"gid://shopify/Order/{number}"} for number in pages[after]),
            more=after is None,
            cursor="n",
        )
    }
    china = timezone(timedelta(hours=8))

    found = list(admin.orders_updated_since(datetime(2026, 11, 2, 9, tzinfo=china)))

    assert found == [1, 2, 3]
    assert shop.asked[0][1]["query"] == "updated_at:>='2026-11-02T01:00:00Z'"


def test_changed_orders_need_a_moment_with_a_zone(admin):
    with pytest.raises(ValueError, match="zone"):
        list(admin.orders_updated_since(datetime(2026, 11, 2)))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("evil.com", "https://{shop}"),
        ("alice.myshopify.com.evil.com", "https://{shop}"),
        ("evil.com?.myshopify.com", "https://{shop}"),
        ("alice.myshopify.com\n", "https://{shop}"),
        ("alice.myshopify.com", "http://{shop}"),
        ("alice.myshopify.com", "https://user@{shop}"),
        ("alice.myshopify.com", "ftp://127.0.0.1"),
    ],
)
def test_the_token_goes_nowhere_else(name, base):
    with pytest.raises(ValueError, match=r"Shopify shop|https"):
        ShopifyAdmin(name, TOKEN, base_url=base)


def test_a_shop_on_this_machine_may_speak_plain_http():
    assert ShopifyAdmin("alice", TOKEN, base_url="http://127.0.0.1:8080").shop == "alice"
