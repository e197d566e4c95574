"""The whole address of a customer's page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from plugin.settings import Settings
from plugin.store import links, timelines


def link_to(tx: Connection, settings: Settings, shop: str, order_id: int, now: datetime) -> str:
    """Where the customer of an order of this shop finds his page; empty for no such order."""
    if not timelines.name_of(tx, shop, order_id):
        return ""
    token = links.link_for(tx, settings.secret_key, shop, order_id, now)
    return f"{settings.base_url}/report/{token}"
