"""Requests about personal data. They come after an uninstall too, when no token works any more."""

from __future__ import annotations

from webhooks.meaning.outcome import PrivacyWord, Translation
from webhooks.meaning.values import Node
from webhooks.reading import Unreadable
from webhooks.schemas.fields import loaded
from webhooks.schemas.privacy import REQUEST

TOPICS = ("customers/data_request", "customers/redact", "shop/redact")


def asked(topic: str, body: Node, domain: str) -> Translation:
    """What was asked, and of which orders.

    Raises Unreadable when the body names another shop than the one it was sent for: the signature
    covers the body alone.
    """
    told = loaded(REQUEST, body)
    named = told["shop_domain"]
    if named and domain and named.lower() != domain.lower():
        raise Unreadable("shop_domain", "is another shop than the one it was sent for")
    orders = told["orders_requested"] or told["orders_to_redact"] or []
    customer = told["customer"] or {}
    return Translation(None, (), privacy=PrivacyWord(topic, tuple(orders), customer.get("id")))
