"""Everything the sandbox's world sends is kept and understood; its money is our money."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from clients.money import Money
from plugin.clock import Clock
from plugin.sandbox.app import World, create_world
from plugin.sandbox.outside import Readiness
from plugin.sandbox.settings import WorldSettings
from plugin.timeline import OrderSeen
from tests.webhooks.bodies import SHOP
from tests.webhooks.doors import SECRET, SUPPLIER_SECRET, Shelf
from webhooks.translate import Translation, translate


@dataclass
class Straight:
    """The way to the app without a network."""

    client: FlaskClient

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> int | None:
        return self.client.post(path, data=body, headers=dict(headers)).status_code

    def ready(self) -> Readiness | None:
        return None


@pytest.fixture
def world(tmp_path: Path, clock: Clock, client: FlaskClient) -> World:
    settings = WorldSettings(
        directory=tmp_path / "world",
        app_url="http://127.0.0.1:9",
        shop=SHOP,
        access_token="t",
        shopify_secret=SECRET,
        supplier_secret=SUPPLIER_SECRET,
        aop_key="1",
        aop_secret="s",
        aop_token="t",
        smtp_port=0,
        seed="webhooks",
        clock=clock,
        duplicates=0.2,
        disorder=0.2,
    )
    return create_world(settings, outside=Straight(client))


def test_a_whole_store(world: World, shelf: Shelf) -> None:
    orders = world.seed()
    assert world.deliver_due()
    world.ground.ledger.close()

    topics: Counter[str] = Counter()
    for kept in shelf.kept:
        found = translate(kept["source"], kept["topic"], kept["body"], kept["headers"])
        assert kept["state"] == "received"
        assert isinstance(found, Translation)
        assert found.order_id or found.purchase_key
        topics[kept["topic"]] += 1
        for event in found.events:
            if isinstance(event, OrderSeen):
                assert event.paid_at is not None
                assert _total(event) == _said(kept["body"])
    assert orders > 0
    assert topics["orders/create"] == orders
    assert topics["purchase.recorded"] > 0


def _total(seen: OrderSeen) -> Money:
    minor = sum(line.paid_minor for line in seen.lines) + seen.shipping_paid_minor
    return Money(minor, seen.currency)


def _said(body: bytes) -> Money:
    shown = json.loads(body)["total_price_set"]["presentment_money"]
    return Money.parse(shown["amount"], shown["currency_code"])
