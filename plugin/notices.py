"""Lines to the merchant about the shop as a whole, which belong to no case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.engine import Connection

from plugin.actions import Reason, TellMerchant, Topic
from plugin.casework import mark_for
from plugin.store import outbox, shops, timelines
from plugin.terms import Clause, Situation
from plugin.timeline import plain


def notice(
    tx: Connection,
    shop: str,
    topic: Topic,
    about: str,
    facts: Mapping[str, str | int],
    now: datetime,
) -> None:
    """Tell the merchant once about this thing; said before, it is not said again."""
    reason = Reason(Situation.LATE_SHIPMENT, Clause.TELL, str(topic), facts=facts)
    action = TellMerchant(reason, topic=topic, about=about)
    if shops.find(tx, shop) is None or outbox.by_key(tx, shop, 0, action.key):
        return
    row = {
        "shop": shop,
        "order_id": 0,
        "key": action.key,
        "case_id": "",
        "action": action.kind,
        "body": plain(action),
        "level": "auto",
        "state": "planned",
        "mark": mark_for(shop, 0, action.key, 1),
        "planned_at": now,
        "look_at": now,
    }
    outbox.plan(tx, row)


def tell_of_bounce(tx: Connection, shop: str, order_id: int, key: str, now: datetime) -> None:
    """A letter about an order came back: the customer has to be reached another way."""
    about = f"{order_id}:{key}"
    notice(tx, shop, Topic.MAIL_BOUNCED, about, {"order": _name(tx, shop, order_id)}, now)


def tell_of_failed_refund(
    tx: Connection, shop: str, order_id: int, transaction_id: int, now: datetime
) -> None:
    """The store has the refund in its books, and the money did not arrive."""
    facts = {"order": _name(tx, shop, order_id)}
    notice(tx, shop, Topic.REFUND_FAILED, f"{order_id}:{transaction_id}", facts, now)


def _name(tx: Connection, shop: str, order_id: int) -> str:
    return timelines.name_of(tx, shop, order_id)
