"""Whatever becomes of a body on its way, it is understood or refused."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.webhooks import bodies, moves
from tests.webhooks.bodies import ORDER_ID, SHOP, raw
from tests.webhooks.telling import FROM_SHOP
from webhooks.translate import TOPICS, Ignored, Translation, Unreadable, translate

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside),
    max_leaves=5,
)
WHOLE = {
    "orders/create": bodies.order(refunds=[moves.refund()], fulfillments=[moves.fulfilment()]),
    "orders/edited": {"order_edit": {"id": 78, "order_id": ORDER_ID}},
    "fulfillments/create": moves.fulfilment(),
    "fulfillment_events/create": moves.carrier(),
    "refunds/create": moves.refund(),
    "order_transactions/create": moves.transaction(),
    "disputes/create": moves.dispute(),
    "returns/request": moves.wish(),
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
        found = translate("shopify", topic, body, FROM_SHOP)
    except Unreadable:
        return
    assert isinstance(found, Translation | Ignored)


OTHERS = {
    ("supplier", "purchase.recorded"): moves.recorded(),
    ("supplier", "parcel.refused"): moves.push("parcel.refused", reason="oversized", line_ids=[1]),
    ("supplier", "customs.held"): moves.push("customs.held", since="2026-11-05T00:00:00Z"),
    ("supplier", "stock.changed"): moves.push("stock.changed", sku="A", available=False),
    ("tmall", "push/3"): {"message_type": 3, "data": {"purchase_id": 200077821489}},
    ("tmall", "taobao_openmall_TradeChanged"): {"tid": 77, "status": "x"},
    ("tmall", "taobao_openmall_AlarmMsg"): {"tid": 77, "type": "ORDER_NO_PAY", "detail": "x"},
    ("tmall", "taobao_openmall_ItemStockChanged"): {"item_id": 7, "quantity": 0, "sku": "A"},
    ("mail", "email.bounced"): {
        "type": "email.bounced",
        "data": {"email_id": "1", "to": ["a@b.it"], "bounce": {"type": "Permanent"}},
    },
    ("mail", "email.received"): {"subject": "customs hold", "text": "123456789012"},
}


@given(
    st.sampled_from(sorted(OTHERS)),
    st.lists(st.integers(0, 99), min_size=1, max_size=4),
    VALUES,
)
def test_a_spoiled_body_of_anybody_else_is_understood_or_refused(
    told: tuple[str, str], places: list[int], value: object
) -> None:
    body = raw(spoiled(OTHERS[told], places, value)) if _sayable(value) else b"{}"
    try:
        found = translate(*told, body, {"webhook-timestamp": "1793610000"})
    except Unreadable:
        return
    assert isinstance(found, Translation | Ignored)


@given(st.sampled_from([*TOPICS, "app/uninstalled"]), st.binary())
def test_any_bytes_are_understood_or_refused(topic: str, body: bytes) -> None:
    try:
        found = translate("shopify", topic, body, FROM_SHOP)
    except Unreadable:
        return
    assert found == Translation(None, (), shop_event="uninstalled")


def _sayable(value: object) -> bool:
    try:
        raw(value)
    except UnicodeEncodeError:
        return False
    return True
