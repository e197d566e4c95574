"""Knocking at the doors: an inbox to look into, and signed requests."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.clock import Clock
from tests.webhooks.bodies import SHOP
from webhooks.app import create_app

SECRET, PREVIOUS = "hush-now", "hush-before"
SUPPLIER_SECRET = "whsec_" + base64.b64encode(b"a supplier's secret of 32 bytes!").decode()
MAIL_SECRET = "whsec_" + base64.b64encode(b"a mail provider's secret, 32 by!").decode()
TMALL_KEY, TMALL_SECRET, TMALL_PREVIOUS = "123456", "helloworld", "helloearlier"
OTHER_SHOP = "faro.myshopify.com"
TMALL_SECRETS = {
    SHOP: [(TMALL_KEY, TMALL_SECRET), (TMALL_KEY, TMALL_PREVIOUS)],
    OTHER_SHOP: [("654321", TMALL_SECRET)],
}
NOW_SECONDS = 1_793_610_000
"""2026-11-02 09:00 UTC, when the tests' clock stands still."""


@dataclass
class Shelf:
    """An inbox in memory. `broken` is raised instead of keeping."""

    kept: list[dict[str, Any]] = field(default_factory=list)
    broken: Exception | None = None
    commits: list[int] = field(default_factory=list)
    """How many came together, of those that came by `keep_all`."""

    def keep(self, **delivery: Any) -> bool:
        if self.broken is not None:
            raise self.broken
        key = [(d["shop"], d["source"], d["delivery_id"]) for d in self.kept]
        if (delivery["shop"], delivery["source"], delivery["delivery_id"]) in key:
            return False
        self.kept.append(delivery)
        return True

    def keep_all(self, deliveries: Sequence[Mapping[str, Any]]) -> list[bool | Exception]:
        self.commits.append(len(deliveries))
        return [self._outcome(delivery) for delivery in deliveries]

    def _outcome(self, delivery: Mapping[str, Any]) -> bool | Exception:
        try:
            return self.keep(**delivery)
        except Exception as error:
            return error

    @property
    def only(self) -> dict[str, Any]:
        (found,) = self.kept
        return found


def desk(inbox: Any, clock: Clock, **changes: Any) -> Flask:
    """The app with nothing but the doors, unless `changes` say more."""
    settings: dict[str, Any] = {
        "shopify_secrets": [SECRET, PREVIOUS],
        "supplier_secrets": [SUPPLIER_SECRET],
        "secret_key": b"k" * 32,
        "base_url": "http://localhost",
        "readiness": lambda: {"ok": True},
        "metrics": lambda: "up 1\n",
        "tmall_secrets": TMALL_SECRETS,
        "mail_secrets": [MAIL_SECRET],
        "mail_shops": lambda: [SHOP],
    }
    return create_app(inbox=inbox, clock=clock, **settings | changes)


def signed(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def shopify_headers(body: bytes, **changes: str | None) -> dict[str, str]:
    """What Shopify sends; a header that is None in `changes` is left out."""
    headers: dict[str, str | None] = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Hmac-Sha256": signed(body),
        "X-Shopify-Shop-Domain": SHOP,
        "X-Shopify-API-Version": "2026-10",
        "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "X-Shopify-Event-Id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
        "X-Shopify-Triggered-At": "2026-11-02T09:00:00.123Z",
    }
    renamed = {name.replace("_", "-"): value for name, value in changes.items()}
    return {name: value for name, value in (headers | renamed).items() if value is not None}


def knock(client: FlaskClient, body: bytes, **changes: str | None) -> TestResponse:
    """Post to Shopify's door; keyword `X_Shopify_Topic` changes that header."""
    return client.post("/webhooks/shopify", data=body, headers=shopify_headers(body, **changes))


def tmall_headers(
    body: bytes, *, app_key: str = TMALL_KEY, secret: str = TMALL_SECRET
) -> Mapping[str, str]:
    """What TaoWorld's pushes are signed with."""
    digest = hmac.new(secret.encode(), app_key.encode() + body, hashlib.sha256)
    return {"Authorization": digest.hexdigest(), "Content-Type": "application/json"}


def standard(
    body: bytes,
    *,
    secret: str = SUPPLIER_SECRET,
    at: int | str = NOW_SECONDS,
    id: str = "msg_1",
    spelled: str = "webhook-",
) -> Mapping[str, str]:
    """Standard Webhooks headers; `spelled` as Svix: `svix-`."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        f"{spelled}id": id,
        f"{spelled}timestamp": str(at),
        f"{spelled}signature": "v1," + base64.b64encode(digest).decode(),
        "Content-Type": "application/json",
    }
