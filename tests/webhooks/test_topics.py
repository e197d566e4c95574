"""Topics that are not about an order, not for us, or not what they say."""

from __future__ import annotations

import pytest

from tests.webhooks import bodies
from tests.webhooks.bodies import SHOP, raw
from tests.webhooks.telling import FROM_SHOP
from webhooks.translate import UNUSED, Ignored, Translation, Unreadable, translate


def uninstalled(domain: object, headers: dict[str, str]) -> Translation | Ignored:
    body = {"id": 1, "name": "Lanterna", "myshopify_domain": domain}
    return translate("shopify", "app/uninstalled", raw(body), headers)


def test_w52_an_uninstall_is_about_the_shop() -> None:
    expected = Translation(None, (), shop_event="uninstalled")

    assert uninstalled(SHOP, FROM_SHOP) == expected
    assert uninstalled(SHOP.upper(), FROM_SHOP) == expected
    assert uninstalled(None, FROM_SHOP) == expected
    assert uninstalled(SHOP, {}) == expected


def test_w29_an_uninstall_replayed_for_another_shop_is_not_believed() -> None:
    with pytest.raises(Unreadable, match="another shop"):
        uninstalled("victim.myshopify.com", FROM_SHOP)


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("../../admin", "unknown topic"),
        ("orders", "unknown topic"),
        ("", "unknown topic"),
        ("nothing/create", "unknown topic"),
        ("customers/create", UNUSED["customers"]),
        ("shop/update", UNUSED["shop"]),
        ("orders/delete", UNUSED["orders"]),
        ("returns/close", UNUSED["returns"]),
    ],
)
def test_w32_topics_that_are_not_for_us(topic: str, reason: str) -> None:
    assert translate("shopify", topic, b"not even JSON", FROM_SHOP) == Ignored(reason)


def test_nobody_else_sends_webhooks() -> None:
    assert translate("somebody", "orders/create", b"{}", {}) == Ignored("unknown source")


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
