"""What a shop's own programs are told of: written down in the transaction of what happened.

Signed as Standard Webhooks has it; the message id follows from the event, so that the same event
is the same message however often it is sent.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import uuid5

from sqlalchemy.engine import Connection

from plugin import timeline as t
from plugin.deciding import NAMESPACE
from plugin.order import Order
from plugin.store import hooks

TOPICS = ("case.opened", "case.closed", "refund.made", "recovery.received", "step.waits")


def tell(
    tx: Connection,
    shop: str,
    order_id: int,
    order: Order,
    entries: Iterable[t.Entry],
    now: datetime,
) -> None:
    """Write down what is to be told of some new entries; most have nothing to be told."""
    said = [(entry, *words) for entry in entries for words in _said(order, entry)]
    wanted = hooks.of_shop(tx, shop) if said else []
    for entry, topic, about in said:
        message_id = f"msg_{uuid5(NAMESPACE, f'{shop}|{order_id}|{entry.seq}|{topic}')}"
        body = {
            "type": topic,
            "timestamp": entry.at.isoformat(),
            "data": {"shop": shop, "order_id": order_id, **about},
        }
        for hook in wanted:
            if topic in hook.topics:
                hooks.write_down(tx, hook, message_id, topic, body, now)


def _said(order: Order, entry: t.Entry) -> Iterator[tuple[str, dict[str, object]]]:
    what = entry.what
    match what:
        case t.CaseOpened():
            about = {"case_id": what.case_id, "number": what.number}
            yield "case.opened", {**about, "situation": str(what.situation)}
        case t.CaseClosed():
            yield "case.closed", {"case_id": what.case_id, "outcome": what.outcome}
        case t.ActionDone(minor=minor) if minor and _kind(order, what.key) == "refund_customer":
            yield "refund.made", {"key": what.key, "minor": minor, "currency": what.currency}
        case t.RecoverySeen(state="received"):
            owed: dict[str, object] = {"purchase_id": what.purchase_id, "minor": what.minor}
            yield "recovery.received", {**owed, "currency": what.currency}
        case t.Planned() if what.level in {"ask", "suggest"}:
            yield "step.waits", {"case_id": what.case_id, "key": what.key, "action": what.action}
        case _:
            return


def _kind(order: Order, key: str) -> str:
    planned = order.planned.get(key)
    return planned.action.kind if planned else ""


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and base64 HMAC-SHA256 over `id.timestamp.body`; `secret` is `whsec_` and base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
