"""Reading an order: what is asked for, and what becomes of the answer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from graphql import GraphQLError

from clients.errors import NeedsAuthorisation, Retriable
from clients.money import Money
from clients.shopify.records import (
    Dispute,
    Fulfilment,
    FulfilmentOrder,
    OrderLine,
    Refund,
    Transaction,
)
from tests.clients.shop import TOKEN, bag, connection, line, order

HELD = "gid://shopify/FulfillmentHold/71"
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
        FulfilmentOrder(61, "ON_HOLD", ((HELD, "pv-address", "INCORRECT_ADDRESS"),)),
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


def test_an_order_without_what_is_needed_of_it_needs_a_person(shop, admin):
    body = {"data": {"order": order(lineItems=None)}}
    path = ["order", "lineItems"]
    code = {"code": "ACCESS_DENIED"}
    shop.answers({**body, "errors": [{"message": "no", "path": path, "extensions": code}]})

    with pytest.raises(NeedsAuthorisation):
        admin.order(ORDER)


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
