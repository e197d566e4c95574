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
