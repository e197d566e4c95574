"""What is brought to the app, written down in the ledger together with what it tells of.

Webhooks, and visits: somebody opens the app's own pages.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from plugin.sandbox import moments
from plugin.sandbox.ground import Ground

SHOPIFY_PATH = "/webhooks/shopify"
SUPPLIER_PATH = "/webhooks/supplier"
VISIT = "visit"
"""Stands for a path where it is no webhook that is brought."""


def tell_shop(
    ground: Ground, topic: str, body: dict[str, Any], *, at: datetime, event: str
) -> None:
    """A webhook of the storefront, `topic` as in `orders/create`.

    `event` names the action that caused it; webhooks of one action share their Event-Id.
    """
    seq = ground.ledger.count("delivery")
    _add(
        ground,
        seq,
        topic=topic,
        path=SHOPIFY_PATH,
        id=_uuid(ground, f"webhook:{seq}"),
        body=json.dumps(body, ensure_ascii=False),
        event=_uuid(ground, f"event:{event}"),
        at=at,
        due=at,
    )


def tell_purchase(
    ground: Ground, kind: str, data: dict[str, Any], *, at: datetime, lag: timedelta = timedelta(0)
) -> None:
    """A push about a purchase, `kind` as in `purchase.shipped`; `lag` is how far behind it runs."""
    seq = ground.ledger.count("delivery")
    body = {"type": kind, "shop": ground.settings.shop, "data": data}
    _add(
        ground,
        seq,
        topic=kind,
        path=SUPPLIER_PATH,
        id="msg_" + _uuid(ground, f"push:{seq}").replace("-", ""),
        body=json.dumps(body, ensure_ascii=False),
        event="",
        at=at,
        due=at + lag,
    )


def plan_visit(ground: Ground, kind: str, what: dict[str, Any], *, at: datetime) -> None:
    """Somebody opens the app's pages at that moment; `kind` and `what` as in `visitor.py`."""
    seq = ground.ledger.count("delivery")
    _add(
        ground,
        seq,
        topic=kind,
        path=VISIT,
        id="visit_" + _uuid(ground, f"visit:{seq}"),
        body=json.dumps(what, ensure_ascii=False),
        event="",
        at=at,
        due=at,
    )


def _add(ground: Ground, seq: int, *, at: datetime, due: datetime, **values: str) -> None:
    ground.ledger.add(
        "deliveries",
        seq=seq,
        state="waiting",
        attempts=0,
        triggered_at=moments.text(at),
        due=moments.text(due),
        **values,
    )


def _uuid(ground: Ground, name: str) -> str:
    digest = hashlib.sha256(f"{ground.settings.seed}|{name}".encode()).hexdigest()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))
