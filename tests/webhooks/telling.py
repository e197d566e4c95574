"""Telling the translator something, and what it makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.customer import Customer
from plugin.timeline import Event, OrderSeen
from tests.webhooks import bodies
from tests.webhooks.bodies import ORDER_ID, SHOP, order, raw
from webhooks.translate import Translation, Unreadable, translate

JSON = {"content-type": "application/json"}
FROM_SHOP = {"content-type": "application/json; charset=utf-8", "shop-domain": SHOP}
ALICE = Customer(
    customer_id=7_700_000_000_001,
    name="Alice Rossi",
    email="alice@example.com",
    phone="+41 91 555 01 23",
    language="it",
    country="CH",
    address=(
        ("address1", "Via Garibaldi 7"),
        ("city", "Lugano"),
        ("zip", "6900"),
        ("province", "Ticino"),
    ),
)


def told(topic: str = "orders/updated", **changes: Any) -> Translation:
    found = translate("shopify", topic, raw(order(**changes)), JSON)
    assert isinstance(found, Translation)
    return found


def seen(**changes: Any) -> OrderSeen:
    event = told(**changes).events[0]
    assert isinstance(event, OrderSeen)
    return event


def refused(**changes: Any) -> tuple[str, str]:
    with pytest.raises(Unreadable) as caught:
        told(**changes)
    return caught.value.field, caught.value.why


def event(topic: str, body: bodies.Body) -> Event:
    found = translate("shopify", topic, raw(body), FROM_SHOP)
    assert isinstance(found, Translation)
    assert found.order_id == ORDER_ID
    (only,) = found.events
    return only


def refusal(topic: str, body: bodies.Body) -> str:
    with pytest.raises(Unreadable) as caught:
        translate("shopify", topic, raw(body), FROM_SHOP)
    return str(caught.value)
