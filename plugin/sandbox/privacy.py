"""What the store asks about personal data: of one customer, and of itself once the app is gone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from plugin.sandbox.accounts import demand
from plugin.sandbox.deliveries import tell_shop
from plugin.sandbox.ground import SHOP_ID, Ground
from plugin.sandbox.store import Row

AFTER_UNINSTALL = timedelta(hours=48)
"""Then the store asks to be forgotten, unless the app was installed again."""


def request_data(ground: Ground, order_id: int, at: datetime) -> None:
    """The customer of an order wants to know what is held."""
    body = _of(ground, order_id) | {
        "orders_requested": [order_id],
        "data_request": {"id": order_id},
    }
    _tell(ground, "customers/data_request", body, at)


def redact_customer(ground: Ground, order_id: int, at: datetime) -> None:
    """The customer of an order wants to be forgotten."""
    _tell(ground, "customers/redact", _of(ground, order_id) | {"orders_to_redact": [order_id]}, at)


def redact_shop(ground: Ground, at: datetime) -> None:
    """The store wants to be forgotten; nothing is said where the app is installed again."""
    if ground.ledger.note("uninstalled"):
        _tell(ground, "shop/redact", {}, at)


def _of(ground: Ground, order_id: int) -> dict[str, Any]:
    order = demand(ground.ledger, order_id).order
    customer: Row = order.get("customer") or {}
    known = {name: customer.get(name) for name in ("id", "email", "phone")}
    return {"customer": known | {"email": order.get("email")}}


def _tell(ground: Ground, topic: str, more: dict[str, Any], at: datetime) -> None:
    body = {"shop_id": SHOP_ID, "shop_domain": ground.settings.shop, **more}
    with ground.ledger.writing():
        tell_shop(ground, topic, body, at=at, event=f"{topic}:{at.isoformat()}")
