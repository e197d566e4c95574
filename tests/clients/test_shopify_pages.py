"""Lists longer than a page are read to their end, or told to be cut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

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


CHINA = timezone(timedelta(hours=8))


def changed(number: int, at: str) -> dict[str, str]:
    return {"id": f"gid://shopify/Order/{number}", "updatedAt": at}


def test_changes_come_page_by_page_with_the_moment_of_the_last(shop, admin):
    shop.root = {
        "orders": lambda _info, after=None, **_: connection(
            changed(1, "2026-11-02T02:00:00Z"),
            changed(2, "2026-11-02T03:00:00Z"),
            changed(1, "2026-11-02T02:00:00Z"),
            more=after is None,
            cursor="n",
        )
    }

    first = admin.changes_page(datetime(2026, 11, 2, 9, tzinfo=CHINA))
    last = admin.changes_page(datetime(2026, 11, 2, 9, tzinfo=CHINA), first.more)

    assert (first.ids, first.more) == ((1, 2), "n")
    assert first.until == datetime(2026, 11, 2, 3, tzinfo=UTC)
    assert last.more == ""
    assert shop.asked[0][1]["query"] == "updated_at:>='2026-11-02T01:00:00Z'"


def test_a_page_without_changes_says_so(shop, admin):
    shop.root = {"orders": lambda _info, **_: connection()}

    assert admin.changes_page(datetime(2026, 11, 2, tzinfo=UTC)).until is None


def test_changed_orders_need_a_moment_with_a_zone(admin):
    with pytest.raises(ValueError, match="zone"):
        admin.changes_page(datetime(2026, 11, 2))  # noqa: DTZ001 - refused
