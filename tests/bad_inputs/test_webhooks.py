"""Bad deliveries at the store's door, all the way: taken, read, and what became of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import structlog

from plugin.store import tables, timelines
from plugin.store.inbox import Inbox
from scheduler.sweeps import drain_inbox
from tests.app.test_deliveries import Door
from tests.bad_inputs.conftest import NEIGHBOUR
from tests.bad_inputs.harm import harmless, planned, rows_of
from tests.webhooks import bodies, doors
from tests.webhooks.asking import post
from tests.webhooks.bodies import SHOP, line, money, order, raw
from webhooks.front import ShopifyFront
from webhooks.shopify import PATH

SECRET_WORD = "kanarie-7f"
"""Stands in every body that can hold it, and may stand in no log."""
A_FORM = "application/x-www-form-urlencoded"
PARKED, IGNORED, HANDLED = "parked", "ignored", "handled"


def priced(amount: Any, currency: Any = "USD") -> bytes:
    """An order of one line at this price, in this currency."""
    one = line(price=amount, price_set=None, tax_lines=[], discount_allocations=[], sku=SECRET_WORD)
    body = order(currency=currency, presentment_currency=currency, shipping_lines=[])
    return raw({**body, "line_items": [one]})


def exact(amount: str, currency: str) -> bytes:
    one = line(price=amount, quantity=1, tax_lines=[], discount_allocations=[])
    one["price_set"] = money(amount, currency=currency)
    return raw({**order(currency=currency, presentment_currency=currency), "line_items": [one],
                "shipping_lines": []})  # fmt: skip


def dated(moment: Any) -> bytes:
    return raw(order(updated_at=moment, note=SECRET_WORD))


def deep(sign: bytes) -> bytes:
    return b'{"id": ' + sign * 100_000


UNUSABLE = [
    pytest.param(b"", id="W11 nothing at all, signed"),
    pytest.param(b"[1, 2]", id="W12 a list"),
    pytest.param(b'"text"', id="W12 a text"),
    pytest.param(b"null", id="W12 null"),
    pytest.param(b'{"id": NaN}', id="W13 NaN"),
    pytest.param(b'{"id": -Infinity}', id="W13 minus infinity"),
    pytest.param(b'{"total": 1e999}', id="W14 a number beyond all"),
    pytest.param(b'{"id": ' + b"9" * 5_000 + b"}", id="W15 an id of 5,000 digits"),
    pytest.param(deep(b"["), id="W16 100,000 lists in one another"),
    pytest.param(deep(b'{"a":'), id="W16 100,000 objects in one another"),
    pytest.param(b'{"id": 1, "id": 2}', id="W17 a key twice"),
    pytest.param(b'{"id": 1', id="W18 cut off"),
    pytest.param(b'{"id": 1} {"id": 2}', id="W18 two bodies"),
    pytest.param(b"\xef\xbb\xbf" + raw(order()), id="W20 a byte order mark"),
    pytest.param(raw(order()).decode().encode("utf-16"), id="W20 UTF-16"),
    pytest.param(raw(order()).replace(b"Lugano", b"L\xfcgano"), id="W21 Latin-1"),
    *(
        pytest.param(priced(amount), id=f"W43 money {amount!r}")
        for amount in ("-5.00", "5,00", "5.001", " 1_000.5 ", "١٢", "NaN", "1e5", "", None)
    ),
    *(
        pytest.param(priced("5.00", currency), id=f"W44 currency {currency!r}")
        for currency in ("XXX", "usd", None, 978, ["USD"])
    ),
    pytest.param(exact("12.50", "JPY"), id="W44 half a yen"),
    pytest.param(exact("1.2345", "KWD"), id="W44 four decimals of a dinar"),
    *(
        pytest.param(dated(moment), id=f"W46 time {moment!r}")
        for moment in (
            "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-02T10:00:00",
            "2026-11-02T23:59:60Z", 1_761_998_400_000, 10**18, "yesterday", True,
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize("body", UNUSABLE)
def test_signed_and_unusable_is_thanked_for_and_put_before_a_person(
    door: Door, body: bytes
) -> None:
    before = rows_of(door.runtime.db, NEIGHBOUR)
    with structlog.testing.capture_logs() as lines:
        harmless(doors.knock(door.client, body, X_Shopify_Topic="orders/paid"))
        assert door.bring("orders/paid", body, webhook_id="again") == 200

    assert {state for state, _ in door.states()} == {PARKED}
    assert all(reason for _, reason in door.states())
    assert len([one for one in lines if one["event"] == "parked"]) == 2, "one line for each"
    assert SECRET_WORD not in str(lines)
    assert planned(door.runtime.db) == 0
    assert rows_of(door.runtime.db, NEIGHBOUR) == before
    assert the_next_good_one_works(door)


@pytest.mark.parametrize("body", UNUSABLE)
def test_at_the_quick_entrance_the_same_becomes_of_it(door: Door, body: bytes) -> None:
    front = ShopifyFront(Inbox(door.runtime.db), door.runtime.clock, [doors.SECRET], {}, 1)
    headers = doors.shopify_headers(body, X_Shopify_Topic="orders/paid")
    heard = asyncio.run(post(front, PATH, body, headers))
    drain_inbox(door.runtime)

    assert heard.status == 200
    assert {state for state, _ in door.states()} == {PARKED}
    assert planned(door.runtime.db) == 0


def the_next_good_one_works(door: Door) -> bool:
    door.bring("orders/paid", raw(order(updated_at="2026-11-02T12:00:00+01:00")))
    return door.states()[-1][0] == HANDLED


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"Content_Type": "text/xml"}, id="W25 calls itself XML"),
        pytest.param({"Content_Type": A_FORM}, id="W25 calls itself a form"),
        pytest.param({"X_Shopify_Topic": None}, id="W33 no topic"),
        pytest.param({"X_Shopify_Shop_Domain": None}, id="W30 no shop"),
        pytest.param({"X_Shopify_Webhook_Id": None}, id="W36 no id"),
    ],
)  # fmt: skip
def test_a_good_body_in_a_bad_envelope_is_for_a_person(door: Door, changes: dict[str, Any]) -> None:
    harmless(doors.knock(door.client, raw(order()), **changes))
    door.bring("orders/paid", b"[]", webhook_id="drains the others too")

    assert door.states()[0][0] == PARKED
    assert door.entries() == []
    assert the_next_good_one_works(door)


@pytest.mark.parametrize(
    "changes",
    [
        *(
            pytest.param({"X_Shopify_Shop_Domain": shop}, id=f"W31 shop {shop[:24]!r}")
            for shop in ("evil.com?.myshopify.com", "a.myshopify.com.evil.com", f"{SHOP}.",
                         f"x{SHOP}/../", "lanterna.myshopify.com@evil.com", "х.myshopify.com")
        ),
        *(
            pytest.param({"X_Shopify_Topic": topic}, id=f"W32 topic {topic[:24]!r}")
            for topic in ("../../admin", "orders/fly", "orders", "orders/paid/../create", "t" * 999)
        ),
    ],
)  # fmt: skip
def test_what_is_for_nobody_here_is_ignored_with_a_reason(
    door: Door, changes: dict[str, Any]
) -> None:
    harmless(doors.knock(door.client, raw(order()), **changes))
    door.bring("orders/paid", b"[]", webhook_id="drains the others too")

    state, reason = door.states()[0]
    assert (state, bool(reason)) == (IGNORED, True)
    assert door.entries() == []
    assert rows_of(door.runtime.db, NEIGHBOUR)["events"] == []


@pytest.mark.parametrize(
    "when",
    [
        pytest.param("2026-10-31T09:00:00Z", id="W35 two days ago"),
        pytest.param("2027-11-02T09:00:00Z", id="W35 in a year"),
        pytest.param("yesterday", id="W35 no date"),
    ],
)
def test_when_it_was_sent_decides_nothing(door: Door, when: str) -> None:
    assert door.bring("orders/paid", raw(order()), triggered_at=when) == 200
    assert door.states() == [(HANDLED, "")]


@pytest.mark.parametrize("sign", [pytest.param("\0", id="W19 NUL in an address"),
                                  pytest.param("\ud800", id="W19 half a character")])  # fmt: skip
def test_characters_no_database_keeps_are_left_out_on_both(door_on_both: Door, sign: str) -> None:
    door = door_on_both
    body = raw(order(shipping_address=bodies.address(city="Lu@@gano")))
    escaped = f"\\u{ord(sign):04x}".encode()
    assert door.bring("orders/paid", body.replace(b"@@", escaped)) == 200

    assert door.states() == [(HANDLED, "")]
    with door.runtime.db.read() as tx:
        customer = timelines.customer_of(tx, SHOP, bodies.ORDER_ID)
    assert customer is not None
    assert dict(customer.address)["city"] == "Lugano"


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("<script>alert(1)</script>", id="W50 a script"),
        pytest.param("{{7*7}}{% raw %}", id="W50 a template"),
        pytest.param("=HYPERLINK(1)", id="W50 a formula"),
        pytest.param("\u202eabc", id="W50 written backwards"),
        pytest.param("x" * 1_000_000, id="W50 a million letters"),
    ],
)
def test_a_title_is_text_and_short_enough(door: Door, title: str) -> None:
    assert door.bring("orders/paid", raw(order(line_items=[line(title=title)]))) == 200
    seen = door.order().seen
    assert seen is not None
    assert len(seen.lines[0].title) <= 500
    assert seen.lines[0].title[:3] in title


@pytest.mark.parametrize("_row", [pytest.param(0, id="W55 a request about nobody we know")])
def test_a_request_about_a_stranger_is_written_down_and_nothing_is_held(
    door: Door, _row: int
) -> None:
    body = {"shop_id": 1, "shop_domain": SHOP, "customer": {"id": 7}, "orders_requested": [],
            "data_request": {"id": 9}}  # fmt: skip
    assert door.bring("customers/data_request", raw(body)) == 200
    with door.runtime.db.write() as tx:
        asked = tx.execute(tables.privacy_requests.select()).all()
    assert door.states() == [(HANDLED, "")]
    assert [one.topic for one in asked] == ["customers/data_request"]
