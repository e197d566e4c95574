"""Shopify's own sample of every topic: kept, then understood or ignored for a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from plugin.timeline import OrderSeen, RefundSeen
from tests.webhooks.bodies import SHOP
from tests.webhooks.doors import Shelf, knock
from webhooks.meaning.privacy import TOPICS as PRIVACY
from webhooks.translate import TOPICS, Ignored, Translation, translate

SAMPLES = sorted((Path(__file__).parents[1] / "data" / "payloads").glob("*.json"))
USED = {*TOPICS, *PRIVACY, "app/uninstalled"}


def topic_of(sample: Path) -> str:
    return sample.stem.replace("__", "/")


@pytest.mark.parametrize("sample", SAMPLES, ids=topic_of)
def test_the_sample_is_understood_or_ignored(
    client: FlaskClient, shelf: Shelf, sample: Path
) -> None:
    topic = topic_of(sample)
    body = sample.read_text("utf-8").replace("{shop}.myshopify.com", SHOP)
    answer = knock(client, body.encode(), X_Shopify_Topic=topic)
    kept = shelf.only
    found = translate("shopify", kept["topic"], kept["body"], kept["headers"])

    assert (answer.status_code, kept["state"]) == (200, "received")
    assert isinstance(found, Translation if topic in USED else Ignored)
    assert isinstance(found, Translation) or found.reason.startswith("known, not used")


def understood(topic: str) -> Translation:
    sample = next(path for path in SAMPLES if topic_of(path) == topic)
    found = translate("shopify", topic, sample.read_bytes(), {})
    assert isinstance(found, Translation)
    return found


def test_the_samples_order_in_detail() -> None:
    found = understood("orders/create")
    seen = found.events[0]

    assert found.order_id == 820982911946154508
    assert isinstance(seen, OrderSeen)
    assert (seen.test, seen.paid_at, seen.currency) == (True, None, "USD")
    assert [line.paid_minor for line in seen.lines] == [8999, 1999, 2499, 15999, 11999]
    assert seen.lines[0].id == 487817672276298554
    assert found.customer is not None
    assert (found.customer.email, found.customer.country) == ("jon@example.com", "US")


def test_the_samples_refund_in_detail() -> None:
    seen = understood("refunds/create").events[0]

    assert isinstance(seen, RefundSeen)
    assert (seen.minor, seen.currency, seen.mark) == (8500, "USD", "")
