"""Webhooks: signed, and brought until they are taken."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from pathlib import Path

import pytest

from plugin.sandbox.app import World
from plugin.sandbox.postman import standard_signature
from tests.sandbox.worlds import SHOP, PretendApp, build, order


def topics(app: PretendApp) -> list[str]:
    return [
        headers.get("X-Shopify-Topic") or json.loads(body)["type"] for _, body, headers in app.taken
    ]


def test_a_storefront_webhook_carries_what_shopify_sends(world: World, app: PretendApp) -> None:
    order_id = order(world)
    world.deliver_due()
    path, body, headers = app.taken[0]
    assert path == "/webhooks/shopify"
    digest = hmac.new(b"hush", body, hashlib.sha256).digest()
    assert headers["X-Shopify-Hmac-Sha256"] == base64.b64encode(digest).decode()
    assert headers["X-Shopify-Topic"] == "orders/create"
    assert headers["X-Shopify-Shop-Domain"] == SHOP
    assert headers["X-Shopify-API-Version"] == "2026-10"
    assert headers["X-Shopify-Triggered-At"] == "2026-11-02T12:00:00+00:00"
    told = json.loads(body)
    assert told["admin_graphql_api_id"] == f"gid://shopify/Order/{order_id}"
    assert told["total_price_set"]["presentment_money"]["amount"] == "51.48"
    assert told["total_price"] == "55.60"


def test_webhooks_of_one_action_share_their_event_but_not_their_id(
    world: World, app: PretendApp
) -> None:
    order(world)
    world.deliver_due()
    created, paid = (headers for _, _, headers in app.taken)
    assert created["X-Shopify-Event-Id"] == paid["X-Shopify-Event-Id"]
    assert created["X-Shopify-Webhook-Id"] != paid["X-Shopify-Webhook-Id"]


def test_a_supplier_push_is_signed_the_standard_way(world: World, app: PretendApp) -> None:
    order_id = order(world)
    world.happen("record_purchase", reference="4001", order_id=order_id, supplier="白塔厨具旗舰店")
    world.deliver_due()
    path, body, headers = app.taken[-1]
    assert path == "/webhooks/supplier"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(b"supplier secret", signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    told = json.loads(body)
    assert (told["type"], told["shop"]) == ("purchase.recorded", SHOP)
    assert told["data"]["order_id"] == order_id
    assert told["data"]["cost"] == {"amount": "50.00", "currency": "CNY"}
    assert [line["quantity"] for line in told["data"]["lines"]] == [3, 1]


def test_the_published_example_of_standard_webhooks() -> None:
    signature = standard_signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
        b'{"test": 2432232314}',
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_error_is_tried_again_later_with_the_same_id(world: World, app: PretendApp) -> None:
    order(world)
    app.status = lambda nth: 503 if nth == 1 else 200
    world.deliver_due()
    assert topics(app) == ["orders/paid"]
    clock = world.ground.settings.clock
    clock.turn_to(clock.now() + timedelta(minutes=1))
    world.deliver_due()
    assert topics(app) == ["orders/paid", "orders/create"]


def test_after_eight_retries_in_four_hours_the_postman_gives_up(
    world: World, app: PretendApp
) -> None:
    order(world)
    app.status = lambda nth: 500
    clock = world.ground.settings.clock
    for hours in range(12):
        for minutes in (0, 15, 30, 45):
            clock.turn_to(clock.now().replace(hour=12 + hours % 12, minute=minutes))
            world.deliver_due()
    assert app.tried == 2 * 9
    assert world.ledger()["webhooks"] == {"lost": 2}


def test_an_app_that_is_away_loses_nothing(world: World, app: PretendApp) -> None:
    order(world)
    app.status = lambda nth: None
    assert not world.deliver_due()
    assert app.tried == 1
    app.status = lambda nth: 200
    assert world.deliver_due()
    assert topics(app) == ["orders/create", "orders/paid"]


def test_some_come_twice_and_some_in_disorder(tmp_path: Path) -> None:
    world, app = build(tmp_path, duplicates=0.3, disorder=0.3)
    for _ in range(20):
        order(world)
    world.deliver_due()
    ids = [headers["X-Shopify-Webhook-Id"] for _, _, headers in app.taken]
    assert len(set(ids)) == 40 < len(ids)
    order_of_topics = list(dict.fromkeys(ids))
    written = world.ground.ledger.rows("SELECT id FROM deliveries ORDER BY seq")
    assert order_of_topics != [row["id"] for row in written]
    world.close()


@pytest.mark.parametrize(
    ("kind", "more", "topic"),
    [
        ("dispute", {}, "disputes/create"),
        ("cancel_order", {}, "orders/cancelled"),
        ("refund", {"minor": 500}, "refunds/create"),
        ("uninstall", {}, "app/uninstalled"),
        ("request_data", {}, "customers/data_request"),
        ("redact_customer", {}, "customers/redact"),
    ],
)
def test_what_happens_in_the_store_is_told(
    world: World, app: PretendApp, kind: str, more: dict[str, int], topic: str
) -> None:
    world.happen(kind, order_id=order(world), **more)
    world.deliver_due()
    assert topic in topics(app)


def test_two_days_after_it_removed_the_app_the_store_wants_to_be_forgotten(tmp_path: Path) -> None:
    world, app = build(tmp_path)
    world.happen("uninstall")
    world.turn(world.ground.now() + timedelta(hours=49))
    world.deliver_due()
    assert topics(app)[-1] == "shop/redact"
    world.close()


def test_a_store_that_installed_the_app_again_wants_nothing_forgotten(tmp_path: Path) -> None:
    world, app = build(tmp_path)
    world.happen("uninstall")
    assert world.wsgi.test_client().post("/admin/install").status_code == 204
    world.turn(world.ground.now() + timedelta(hours=49))
    world.deliver_due()
    assert "shop/redact" not in topics(app)
    world.close()
