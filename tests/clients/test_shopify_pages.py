"""Lists longer than a page are read to their end, or told to be cut."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from clients.errors import Retriable
from tests.clients.shop import connection, line, order, quantity, refund

ORDER = 9007199254740993


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
        list(admin.orders_updated_since(datetime(2026, 11, 2)))  # noqa: DTZ001 - refused
