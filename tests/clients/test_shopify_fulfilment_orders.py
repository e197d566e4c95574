"""Fulfilment orders: read whole, and the holds on them found again."""

from __future__ import annotations

import pytest

from clients.errors import NeedsAuthorisation, Refused, Retriable
from clients.shopify.records import FulfilmentOrder
from tests.clients.shop import connection

HELD = "gid://shopify/FulfillmentHold/71"


def waiting(number, *lines, more=False, cursor=None, **changes):
    node = {
        "id": f"gid://shopify/FulfillmentOrder/{number}",
        "status": "OPEN",
        "fulfillmentHolds": [],
        "lineItems": connection(*map(line, lines), more=more, cursor=cursor),
    }
    return {**node, **changes}


def line(number):
    return {
        "id": f"gid://shopify/FulfillmentOrderLineItem/{number}0",
        "lineItem": {"id": f"gid://shopify/LineItem/{number}"},
    }


def one_order(*nodes, **page):
    return {"id": "gid://shopify/Order/1", "fulfillmentOrders": connection(*nodes, **page)}


def test_a_hold_is_found_again_by_its_handle_unless_it_is_another_apps(shop, admin):
    ours = {"handle": "pv-9", "heldByRequestingApp": True}
    hold = {"id": HELD, "reason": "INCORRECT_ADDRESS", **ours}
    theirs = {"handle": "pv-9", "heldByRequestingApp": False}
    other = {"id": "gid://shopify/FulfillmentHold/72", "reason": "OTHER", **theirs}
    held = waiting(61, 11, 12, status="ON_HOLD", fulfillmentHolds=[hold, other])
    shop.root = {"order": one_order(held)}

    (found,) = admin.fulfilment_orders(1)

    assert found == FulfilmentOrder(
        id=61,
        status="ON_HOLD",
        holds=(
            (HELD, "pv-9", "INCORRECT_ADDRESS"),
            ("gid://shopify/FulfillmentHold/72", "", "OTHER"),
        ),
        line_ids=(11, 12),
    )


def test_every_page_of_orders_and_of_lines_is_read(shop, admin):
    pages = {None: one_order(waiting(61, 11), more=True, cursor="a")}
    pages["a"] = one_order(waiting(62, 12, more=True, cursor="b"))

    def order(info, id):
        return {"fulfillmentOrders": lambda info, **args: page(args)}

    def page(args):
        return pages[args.get("after")]["fulfillmentOrders"]

    rest = {"id": "gid://shopify/FulfillmentOrder/62", "lineItems": connection(line(13))}
    shop.root = {"order": order, "fulfillmentOrder": rest}

    found = admin.fulfilment_orders(1)

    assert [(one.id, one.line_ids) for one in found] == [(61, (11,)), (62, (12, 13))]
    assert shop.asked[-1] == (
        "FulfilmentOrderLines",
        {"id": "gid://shopify/FulfillmentOrder/62", "after": "b"},
    )


def test_an_order_that_needs_no_shipping_has_none(shop, admin):
    shop.root = {"order": one_order()}

    assert admin.fulfilment_orders(1) == []


def test_an_order_that_is_not_there_is_refused(shop, admin):
    shop.root = {"order": None}

    with pytest.raises(Refused) as caught:
        admin.fulfilment_orders(1)

    assert caught.value.code == "not_found"


def test_without_permission_a_person_is_needed(shop, admin):
    denied = {"message": "no", "path": ["order"], "extensions": {"code": "ACCESS_DENIED"}}
    shop.answers({"data": {"order": None}, "errors": [denied]})

    with pytest.raises(NeedsAuthorisation):
        admin.fulfilment_orders(1)


@pytest.mark.parametrize(
    "node",
    [
        pytest.param({}, id="no connection"),
        pytest.param({"fulfillmentOrders": connection({"id": "x"})}, id="half an order"),
        pytest.param({"fulfillmentOrders": connection(waiting(61, more=True))}, id="no cursor"),
    ],
)
def test_half_an_answer_is_asked_for_again(shop, admin, node):
    shop.answers({"data": {"order": node}})

    with pytest.raises(Retriable):
        admin.fulfilment_orders(1)
