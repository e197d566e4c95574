"""What webhooks about goods and money on their way mean, and all that is not for us."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.timeline import (
    DisputeSeen,
    Event,
    FulfilmentSeen,
    RefundSeen,
    TrackingSeen,
    TransactionSeen,
)
from tests.webhooks import bodies
from tests.webhooks.bodies import MARK, ORDER_ID, SHOP, VASE, raw
from webhooks.translate import TOPICS, UNUSED, Ignored, Translation, Unreadable, translate

JSON = {"content-type": "application/json; charset=utf-8", "shop-domain": SHOP}


def event(topic: str, body: bodies.Body) -> Event:
    found = translate("shopify", topic, raw(body), JSON)
    assert isinstance(found, Translation)
    assert found.order_id == ORDER_ID
    (only,) = found.events
    return only


def refused(topic: str, body: bodies.Body) -> str:
    with pytest.raises(Unreadable) as caught:
        translate("shopify", topic, raw(body), JSON)
    return str(caught.value)


@pytest.mark.parametrize("topic", ["fulfillments/create", "fulfillments/update"])
def test_a_shipment(topic: str) -> None:
    assert event(topic, bodies.fulfilment()) == FulfilmentSeen(
        fulfilment_id=5_500_000_000_001,
        shipped_at=datetime(2026, 11, 4, 7, 0, tzinfo=UTC),
        version=datetime(2026, 11, 4, 8, 0, tzinfo=UTC),
        lines=((VASE, 1),),
        good=True,
        tracking_company="YunExpress",
        tracking_number="YT0001",
    )


@pytest.mark.parametrize(
    ("status", "good"),
    [
        ("success", True),
        ("pending", True),
        (None, True),
        ("novel", True),
        ("cancelled", False),
        ("error", False),
        ("failure", False),
        ("CANCELLED", False),
    ],
)
def test_a_shipment_is_good_until_it_failed(status: str | None, good: bool) -> None:
    found = event("fulfillments/update", bodies.fulfilment(status=status))

    assert isinstance(found, FulfilmentSeen)
    assert found.good == good


def test_a_shipment_with_little_said_of_it() -> None:
    bare = dict.fromkeys(
        ("tracking_company", "tracking_number", "tracking_numbers", "line_items", "updated_at")
    )
    found = event("fulfillments/create", bodies.fulfilment(**bare))

    assert isinstance(found, FulfilmentSeen)
    assert (found.tracking_company, found.tracking_number, found.lines) == ("", "", ())
    assert found.version == found.shipped_at


def test_a_number_that_stands_only_in_the_list() -> None:
    body = bodies.fulfilment(tracking_number=None, tracking_numbers=[None, "", "B", "C"])
    found = event("fulfillments/create", body)

    assert isinstance(found, FulfilmentSeen)
    assert found.tracking_number == "B"


def test_w38_a_shipment_needs_no_known_order_but_must_name_one() -> None:
    assert refused("fulfillments/create", bodies.fulfilment(order_id=None)) == "order_id: missing"


def carrier(**changes: Any) -> bodies.Body:
    return {
        "id": 1,
        "fulfillment_id": 5_500_000_000_001,
        "order_id": ORDER_ID,
        "status": "in_transit",
        "message": None,
        "happened_at": "2026-11-05T00:00:00Z",
        "city": None,
        **changes,
    }


def test_a_carriers_event() -> None:
    assert event("fulfillment_events/create", carrier()) == TrackingSeen(
        5_500_000_000_001, "in_transit", datetime(2026, 11, 5, tzinfo=UTC)
    )
    found = event("fulfillment_events/create", carrier(status="NOVEL", message="m" * 9999))
    assert isinstance(found, TrackingSeen)
    assert (found.status, found.message) == ("novel", "m" * 500)


def test_w40_our_own_refund_comes_back_with_its_mark() -> None:
    assert event("refunds/create", bodies.refund()) == RefundSeen(
        refund_id=9_900_000_000_001,
        made_at=datetime(2026, 11, 6, 7, 0, tzinfo=UTC),
        lines=((VASE, 1),),
        minor=925,
        currency="CHF",
        mark=MARK,
    )


def refund(**changes: Any) -> RefundSeen:
    found = event("refunds/create", bodies.refund(**changes))
    assert isinstance(found, RefundSeen)
    return found


@pytest.mark.parametrize(
    "note",
    [None, "", "goodwill", f"postvendita:{MARK}", "[postvendita:]", f"[postvendita:{MARK[:-1]}]"],
)
def test_w41_a_refund_made_by_somebody_else_has_no_mark(note: str | None) -> None:
    assert refund(note=note).mark == ""


@pytest.mark.parametrize(
    ("transactions", "minor"),
    [
        ([], 0),
        (None, 0),
        ([bodies.transaction(), bodies.transaction(amount="1.00", status="pending")], 1025),
        ([bodies.transaction(status="failure")], 0),
        ([bodies.transaction(status="error"), bodies.transaction()], 925),
        ([bodies.transaction(kind="void"), bodies.transaction(kind="REFUND")], 925),
    ],
)
def test_a_refund_is_the_money_that_moved(transactions: Any, minor: int) -> None:
    found = refund(transactions=transactions)

    assert (found.minor, found.currency) == (minor, "CHF")


def test_where_transactions_name_no_currency_the_lines_do() -> None:
    nothing = {"presentment_money": {"amount": "0.0", "currency": "XXX"}}
    bare = bodies.transaction(currency=None, total_unsettled_set=nothing)

    assert refund(transactions=[bare]).currency == "CHF"
    assert refused(
        "refunds/create",
        bodies.refund(transactions=[bare], refund_line_items=[], total_duties_set=None),
    ) == ("transactions: has no currency")


def test_a_refund_in_two_currencies_is_for_a_person() -> None:
    both = [bodies.transaction(), bodies.transaction(currency="EUR")]

    assert refused("refunds/create", bodies.refund(transactions=both)) == (
        "transactions: is in more than one currency"
    )


def test_a_line_refunded_in_two_places_is_one_line() -> None:
    part = bodies.refund()["refund_line_items"][0]
    found = refund(refund_line_items=[part, part | {"quantity": 2, "line_item": None}])

    assert found.lines == ((VASE, 3),)


def test_rounded_line_ids_are_put_right() -> None:
    part = bodies.refund()["refund_line_items"][0] | {"line_item_id": VASE - 1}

    assert refund(refund_line_items=[part]).lines == ((VASE, 1),)


def test_a_transaction() -> None:
    assert event("order_transactions/create", bodies.transaction()) == TransactionSeen(
        6_600_000_000_001, "refund", "success", 925, "CHF"
    )


def test_a_transactions_currency_may_stand_elsewhere() -> None:
    found = event("order_transactions/create", bodies.transaction(currency=None))
    assert isinstance(found, TransactionSeen)
    assert found.currency == "CHF"

    nowhere = bodies.transaction(currency=None, total_unsettled_set=None)
    assert refused("order_transactions/create", nowhere) == "currency: missing"


@pytest.mark.parametrize("topic", ["disputes/create", "disputes/update"])
def test_a_dispute(topic: str) -> None:
    assert event(topic, bodies.dispute()) == (
        DisputeSeen(3_300_001, "chargeback", "needs_response")
    )
    assert translate("shopify", topic, raw(bodies.dispute(order_id=None)), JSON) == (
        Ignored("a dispute that names no order")
    )


def uninstalled(domain: object, headers: dict[str, str]) -> Translation | Ignored:
    body = {"id": 1, "name": "Lanterna", "myshopify_domain": domain}
    return translate("shopify", "app/uninstalled", raw(body), headers)


def test_w52_an_uninstall_is_about_the_shop() -> None:
    expected = Translation(None, (), shop_event="uninstalled")

    assert uninstalled(SHOP, JSON) == expected
    assert uninstalled(SHOP.upper(), JSON) == expected
    assert uninstalled(None, JSON) == expected
    assert uninstalled(SHOP, {}) == expected


def test_w29_an_uninstall_replayed_for_another_shop_is_not_believed() -> None:
    with pytest.raises(Unreadable, match="another shop"):
        uninstalled("victim.myshopify.com", JSON)


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("../../admin", "unknown topic"),
        ("orders", "unknown topic"),
        ("", "unknown topic"),
        ("nothing/create", "unknown topic"),
        ("customers/data_request", UNUSED["customers"]),
        ("customers/redact", UNUSED["customers"]),
        ("shop/redact", UNUSED["shop"]),
        ("orders/delete", UNUSED["orders"]),
        ("returns/request", UNUSED["returns"]),
    ],
)
def test_w32_topics_that_are_not_for_us(topic: str, reason: str) -> None:
    assert translate("shopify", topic, b"not even JSON", JSON) == Ignored(reason)


def test_nobody_else_sends_webhooks() -> None:
    assert translate("tmall", "orders/create", b"{}", {}) == Ignored("unknown source")


@pytest.mark.parametrize(
    "kind",
    ["text/xml", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "json"],
)
def test_w25_what_does_not_call_itself_json_is_for_a_person(kind: str) -> None:
    with pytest.raises(Unreadable, match=r"^content-type: is not JSON$"):
        translate("shopify", "orders/create", raw(bodies.order()), {"content-type": kind})


@pytest.mark.parametrize(
    "kind", ["", "application/json", "APPLICATION/JSON ; x=1", "application/a+json"]
)
def test_what_calls_itself_json_is_read(kind: str) -> None:
    assert translate("shopify", "orders/create", raw(bodies.order()), {"content-type": kind})


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside),
    max_leaves=5,
)
WHOLE = {
    "orders/create": bodies.order(refunds=[bodies.refund()], fulfillments=[bodies.fulfilment()]),
    "orders/edited": {"order_edit": {"id": 78, "order_id": ORDER_ID}},
    "fulfillments/create": bodies.fulfilment(),
    "fulfillment_events/create": carrier(),
    "refunds/create": bodies.refund(),
    "order_transactions/create": bodies.transaction(),
    "disputes/create": bodies.dispute(),
    "app/uninstalled": {"myshopify_domain": SHOP},
}


def spoiled(body: Any, places: list[int], value: object) -> Any:
    """`body` with one thing in it, found by following `places`, replaced by `value`."""
    if not places or not isinstance(body, dict | list) or not body:
        return value
    keys = list(body) if isinstance(body, dict) else list(range(len(body)))
    key = keys[places[0] % len(keys)]
    copy = body.copy()
    copy[key] = spoiled(body[key], places[1:], value)
    return copy


@given(
    st.sampled_from(sorted(WHOLE)),
    st.lists(st.integers(0, 99), min_size=1, max_size=6),
    VALUES,
)
def test_a_spoiled_body_is_understood_or_refused(
    topic: str, places: list[int], value: object
) -> None:
    body = raw(spoiled(WHOLE[topic], places, value)) if _sayable(value) else b"{}"
    try:
        found = translate("shopify", topic, body, JSON)
    except Unreadable:
        return
    assert isinstance(found, Translation | Ignored)


@given(st.sampled_from([*TOPICS, "app/uninstalled"]), st.binary())
def test_any_bytes_are_understood_or_refused(topic: str, body: bytes) -> None:
    try:
        found = translate("shopify", topic, body, JSON)
    except Unreadable:
        return
    assert found == Translation(None, (), shop_event="uninstalled")


def _sayable(value: object) -> bool:
    try:
        raw(value)
    except UnicodeEncodeError:
        return False
    return True
