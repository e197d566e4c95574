"""Orders in bulk: how they are asked for, where the file may lie, and what its lines add up to."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st

from clients.errors import Refused, Retriable
from clients.shopify.admin import ShopifyAdmin
from clients.shopify.bulk import BUSY, question
from clients.shopify.bulk_file import BulkFile, cut
from clients.shopify.bulk_orders import BulkOrder, orders_in
from tests.clients.shop import SHOP, bag, line, order

SINCE = datetime(2026, 9, 3, 9, 0, tzinfo=UTC)
FILE = "https://storage.googleapis.com/shopify/some-file"
RUN = {
    "id": "gid://shopify/BulkOperation/5",
    "status": "RUNNING",
    "errorCode": None,
    "rootObjectCount": "120",
    "createdAt": "2026-11-02T12:00:00Z",
    "query": "",
    "url": None,
}


# --- Asking ---------------------------------------------------------------------------------------


def test_the_question_names_its_moment_and_nothing_is_left_to_fill_in():
    asked = question(SINCE, disputes=True)

    assert "updated_at:>='2026-09-03T09:00:00Z'" in asked
    assert "disputes" in asked
    assert "#" not in asked
    assert "SINCE" not in asked


def test_without_disputes_all_else_is_asked():
    lines = question(SINCE, disputes=True).splitlines()
    fewer = question(SINCE, disputes=False).splitlines()

    assert [one.strip() for one in lines if one not in fewer] == ["disputes {", "initiatedAs"]
    assert len(lines) - len(fewer) == 5


def test_an_operation_is_begun_grouped(shop, admin):
    shop.root = {
        "bulkOperationRunQuery": lambda _info, query, groupObjects: {
            "bulkOperation": RUN if groupObjects and "orders(" in query else None,
            "userErrors": [],
        }
    }

    assert admin.start_bulk(SINCE) == RUN["id"]


@pytest.mark.parametrize("code", ["OPERATION_IN_PROGRESS", "LIMIT_REACHED"])
def test_a_shop_that_runs_enough_of_them_is_asked_later(shop, admin, code):
    refused = {"code": code, "field": None, "message": "already"}
    shop.root = {"bulkOperationRunQuery": {"bulkOperation": None, "userErrors": [refused]}}

    with pytest.raises(Retriable) as caught:
        admin.start_bulk(SINCE)

    assert (caught.value.code, caught.value.after) == (BUSY, 60.0)


def test_a_question_shopify_does_not_run_is_refused(shop, admin):
    refused = {"code": "INVALID", "field": ["query"], "message": "no"}
    shop.root = {"bulkOperationRunQuery": {"bulkOperation": None, "userErrors": [refused]}}

    with pytest.raises(Refused):
        admin.start_bulk(SINCE)


def test_an_operation_is_found_again_by_what_it_asks(shop, admin):
    ours = question(SINCE, disputes=False)
    laid_out = "\n".join(f"   {one}" for one in ours.splitlines())
    late, other = question(SINCE + timedelta(hours=1), disputes=True), "{ products { x } }"
    told = [
        {**RUN, "id": "x/9", "query": late, "createdAt": "2026-11-02T12:00:09Z"},
        {**RUN, "id": "x/8", "query": laid_out, "createdAt": "2026-11-02T12:00:08Z"},
        {**RUN, "id": "x/7", "query": ours, "createdAt": "2026-11-02T12:00:07Z"},
        {**RUN, "id": "x/6", "query": other, "createdAt": "2026-11-02T12:00:06Z"},
    ]
    page = {"hasNextPage": False, "endCursor": None}
    shop.root = {"bulkOperations": {"nodes": told, "pageInfo": page}}
    begun = datetime(2026, 11, 2, 12, tzinfo=UTC)

    found = admin.find_bulk(SINCE, begun)

    assert found is not None
    assert (found.id, found.under_way, found.orders) == ("x/8", True, 120)
    assert admin.find_bulk(SINCE, begun + timedelta(minutes=1)) is None, "it is an older one"


def test_an_operation_nobody_knows_is_none(shop, admin):
    shop.root = {"bulkOperation": None}

    assert admin.bulk_run("x/1") is None


# --- Where a file may lie -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://storage.googleapis.com/file",
        "https://storage.googleapis.com:8443/file",
        "https://someone@storage.googleapis.com/file",
        "https://storage.googleapis.com.example.com/file",
        "https://example.com/storage.googleapis.com",
        "https://127.0.0.1/file",
        "https://[::1]/file",
        "http://169.254.169.254/latest/meta-data",
        f"https://{SHOP}/file",
        "file:///etc/passwd",
        "https://storage.googleapis.com:port/file",
        "//storage.googleapis.com/file",
        "",
    ],
)
def test_no_other_host_is_called(url):
    with responses.RequestsMock() as mock, pytest.raises(Refused) as caught:
        list(BulkFile(f"https://{SHOP}", requests.Session()).lines(url, 0))

    assert caught.value.code == "host"
    assert len(mock.calls) == 0


@pytest.mark.parametrize(
    ("api", "url", "allowed"),
    [
        ("http://127.0.0.1:81/shopify/x", "http://127.0.0.1:81/file", True),
        ("http://127.0.0.1:81/shopify/x", "http://127.0.0.1:82/file", False),
        ("https://store.example:444", "https://store.example:444/file", False),
    ],
)
def test_a_store_on_this_machine_keeps_its_files_at_its_own_address(api, url, allowed):
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(url, body=b"{}\n")
        if allowed:
            assert list(BulkFile(api, requests.Session()).lines(url, 0)) == [(b"{}", 3)]
        else:
            with pytest.raises(Refused):
                list(BulkFile(api, requests.Session()).lines(url, 0))


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (302, Refused, "host"),
        (403, Refused, "gone"),
        (404, Refused, "gone"),
        (410, Refused, "gone"),
        (500, Retriable, "500"),
        (503, Retriable, "503"),
    ],
)
def test_what_a_file_s_host_answers(status, error, code):
    with responses.RequestsMock() as mock:
        mock.get(FILE, status=status, headers={"Location": "https://example.com/"})
        with pytest.raises(error) as caught:
            list(BulkFile(f"https://{SHOP}", requests.Session()).lines(FILE, 0))

    assert caught.value.code == code


def test_no_token_goes_to_a_file_and_nothing_comes_compressed(admin: ShopifyAdmin):
    with responses.RequestsMock() as mock:
        mock.get(FILE, body=b"")
        list(admin.bulk_orders(FILE, 0))
        sent = mock.calls[0].request.headers

    assert "X-Shopify-Access-Token" not in sent
    assert sent["Accept-Encoding"] == "identity"


def test_the_rest_of_a_file_is_read_whether_its_host_knows_ranges_or_not():
    whole = b"one\ntwo\nthree\n"
    for status, body in ((206, whole[4:]), (200, whole), (416, b"")):
        with responses.RequestsMock() as mock:
            mock.get(FILE, status=status, body=body)
            found = list(BulkFile(f"https://{SHOP}", requests.Session()).lines(FILE, 4))
            assert mock.calls[0].request.headers["Range"] == "bytes=4-"
        assert found == ([] if status == 416 else [(b"two", 8), (b"three", 14)])


@given(
    st.lists(st.binary(max_size=40).map(lambda one: one.replace(b"\n", b"")), max_size=12),
    st.integers(1, 50),
    st.booleans(),
)
def test_lines_are_the_same_however_they_arrive(lines, chunk, closed):
    whole = b"\n".join(lines) + (b"\n" if lines and closed else b"")
    expected = whole.split(b"\n")[:-1] if whole.endswith(b"\n") else whole.split(b"\n")
    chunks = [whole[at : at + chunk] for at in range(0, len(whole), chunk)]

    found = list(cut(iter(chunks), 0, 0))

    assert [one for one, _ in found] == (expected if whole else [])
    for _, place in found:
        rest = list(cut(iter(chunks), place, place))
        assert rest == [one for one in found if one[1] > place]


def test_a_line_without_end_is_not_kept():
    chunks = [b'{"a": "', *[b"x" * 60_000] * 40, b'"}\n{"b": 1}\n']

    found = list(cut(iter(chunks), 0, 0))

    assert [one for one, _ in found] == [b"", b'{"b": 1}']
    assert found[-1][1] == sum(map(len, chunks))


# --- What the lines add up to ---------------------------------------------------------------------


def head(number: int = 1, **changes: Any) -> dict[str, Any]:
    node = order(id=f"gid://shopify/Order/{number}", refunds=[], fulfillments=[])
    for part in ("lineItems", "shippingLines", "fulfillmentOrders"):
        del node[part]
    told = {"subtotalLineItemsQuantity": 2, "totalShippingPriceSet": bag("0.00")}
    return {**node, "disputes": [], **told, **changes}


def item(number: int = 11, of: int = 1, **changes: Any) -> dict[str, Any]:
    return line(number, **changes) | {"__parentId": f"gid://shopify/Order/{of}"}


def freight(of: int = 1) -> dict[str, Any]:
    return {
        "id": "gid://shopify/ShippingLine/3",
        "discountedPriceSet": bag("4.90"),
        "taxLines": [],
        "__parentId": f"gid://shopify/Order/{of}",
    }


SENT = {
    "id": "gid://shopify/Fulfillment/41",
    "status": "SUCCESS",
    "createdAt": "2026-11-02T10:00:00Z",
    "trackingInfo": [],
}


def told(*nodes: Any) -> list[BulkOrder]:
    """What comes of some lines; a line may be given as it stands."""
    lines, place = [], 0
    for node in nodes:
        text = node if isinstance(node, bytes) else json.dumps(node).encode()
        place += len(text) + 1
        lines.append((text, place))
    return list(orders_in(lines))


def test_an_order_is_told_with_its_parts():
    first, second = told(head(1), item(), freight(), head(2), item(12, of=2))

    assert first.order is not None
    assert second.order is not None
    assert [one.id for one in first.order.lines] == [11]
    assert first.order.lines[0].paid.minor == 2220
    assert first.order.shipping_paid.minor == 490
    assert (first.order_id, second.order_id) == (1, 2)
    assert first.order.withheld == ()


def test_disputes_that_were_not_asked_for_are_withheld():
    node = head()
    del node["disputes"]

    (found,) = told(node, item())

    assert found.order is not None
    assert found.order.withheld == ("order.disputes",)


def test_what_is_not_waiting_any_more_was_in_the_one_shipment():
    part = item(12, unfulfilledQuantity=1, quantity=3, currentQuantity=3)
    waits = item(13, quantity=1, currentQuantity=1, unfulfilledQuantity=1)
    gone = item(unfulfilledQuantity=0)
    node = head(fulfillments=[SENT], subtotalLineItemsQuantity=6)

    (found,) = told(node, gone, part, waits)

    assert found.order is not None
    assert found.order.fulfilments[0].lines == ((11, 2), (12, 2))


@pytest.mark.parametrize(
    "nodes",
    [
        pytest.param([head(refunds=[{"id": "x/1"}]), item()], id="paid back in part"),
        pytest.param([head(refunds=None), item()], id="refunds are not shown"),
        pytest.param(
            [head(fulfillments=[SENT, SENT]), item(unfulfilledQuantity=0)], id="two shipments"
        ),
        pytest.param(
            [head(fulfillments=[{**SENT, "status": "CANCELLED"}]), item()], id="a shipment undone"
        ),
        pytest.param([head(fulfillments=[SENT]), item()], id="a shipment of nothing"),
        pytest.param(
            [head(fulfillments=[SENT], cancelledAt="2026-11-03T00:00:00Z"), item()],
            id="cancelled after it was shipped",
        ),
        pytest.param(
            [head(fulfillments=[SENT]), item(currentQuantity=1, unfulfilledQuantity=0)],
            id="edited after it was shipped",
        ),
        pytest.param([head()], id="no line at all"),
        pytest.param([head(subtotalLineItemsQuantity=3), item()], id="a line is missing"),
        pytest.param(
            [head(totalShippingPriceSet=bag("4.90")), item()], id="its freight is missing"
        ),
        pytest.param([head(), item(), b'{"id": "gid://shopify/LineItem/1", "ti'], id="cut off"),
        pytest.param([head(), item(), b""], id="a line too long"),
        pytest.param([head(), item(), b"[]"], id="no object"),
        pytest.param([head(createdAt=None), item()], id="without its moment"),
        pytest.param([head(), item() | {"id": "gid://shopify/Other/1"}], id="an unknown part"),
    ],
)
def test_an_order_not_told_whole_is_named_and_not_passed_on(nodes):
    (found,) = told(*nodes)

    assert (found.order_id, found.order) == (1, None)


def test_a_part_away_from_its_order_names_it_and_the_place_stays_before_the_one_at_hand():
    lines = [head(1), item(), head(2), item(14, of=1), item(12, of=2)]
    first, stray, second = told(*lines)

    assert (stray.order_id, stray.order, stray.late) == (1, None, True)
    assert stray.end == first.end
    assert second.order is not None, "what is below it still belongs to it"


def test_a_line_that_names_nobody_is_told():
    (nobody, found) = told(b"{not json", head(), item())

    assert (nobody.order_id, nobody.order) == (None, None)
    assert found.order is not None


def test_an_order_whose_lines_break_off_is_not_passed_on():
    def breaks_off():
        place = 0
        for node in (head(1), item(), head(2)):
            text = json.dumps(node).encode()
            place += len(text) + 1
            yield text, place
        raise Retriable("files", "broke off")

    found = []
    with pytest.raises(Retriable):
        found.extend(orders_in(breaks_off()))
    assert [one.order_id for one in found] in ([], [1])
