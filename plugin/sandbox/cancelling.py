"""Cancelling as the storefront does it: a job that is begun, and carried out a little later.

The answer to `orderCancel` says only that a job was begun. It is carried out before the next
thing anybody asks of the storefront, or when the clock is turned, whichever comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from plugin.sandbox import moments, orders, refunds
from plugin.sandbox.accounts import Account, demand
from plugin.sandbox.ground import Ground
from plugin.sandbox.store import Row

STARTED, SUCCEEDED, FAILED = "STARTED", "SUCCEEDED", "FAILED"


def objection(account: Account) -> str:
    """Why an order cannot be cancelled; empty when it can (Shopify: orderCancel)."""
    if account.order["cancelled_at"]:
        return "Cannot cancel an order that has already been canceled"
    if any(fulfilment["status"] == "success" for fulfilment in account.fulfilments):
        return "Cannot cancel an order with fulfilled items"
    if any(row["status"] in {"REQUESTED", "OPEN"} for row in account.returns):
        return "Cannot cancel an order with an open return"
    return ""


def begin(ground: Ground, account: Account, asked: Mapping[str, Any], at: datetime) -> Row:
    """A job that will cancel the order: reason, restock, pays_back. Check `objection` first."""
    with ground.ledger.writing():
        job_id, order_id = ground.number("job"), account.order["id"]
        ground.ledger.add(
            "cancellations",
            id=job_id,
            order_id=order_id,
            state=STARTED,
            begun_at=moments.text(at),
            error="",
            **asked,
        )
        ground.schedule(at, "finish_cancelling", job_id=job_id)
    return job(ground, job_id) or {}


def job(ground: Ground, job_id: int) -> Row | None:
    """How far a job is: its `state` and `error`."""
    return ground.ledger.row("SELECT * FROM cancellations WHERE id = ?", job_id)


def under_way(ground: Ground, order_id: int) -> bool:
    """True while a job for this order was begun and not carried out."""
    return any(row["order_id"] == order_id for row in _waiting(ground))


def finish_waiting(ground: Ground, at: datetime) -> None:
    """Carry out every job that was begun."""
    for row in _waiting(ground):
        finish(ground, row["id"], at)


def finish(ground: Ground, job_id: int, at: datetime) -> None:
    """Carry one job out, once. What speaks against it by now makes it fail."""
    with ground.ledger.writing():
        found = job(ground, job_id)
        if found is None or found["state"] != STARTED:
            return
        account = demand(ground.ledger, found["order_id"])
        wrong = objection(account)
        if wrong:
            ground.ledger.amend("cancellations", job_id, state=FAILED, error=wrong)
            return
        if found["pays_back"]:
            _pay_back(ground, account, at)
        orders.cancel(ground, found["order_id"], str(found["reason"]).lower(), at)
        ground.ledger.amend("cancellations", job_id, state=SUCCEEDED)


def _pay_back(ground: Ground, account: Account, at: datetime) -> None:
    """All that is left of every line, of the shipping and of every payment."""
    left = [(line["id"], account.refundable_quantity(line["id"])) for line in account.lines]
    ways = [(pay["id"], account.left_of(pay["id"]), pay["gateway"]) for pay in account.payments]
    wanted = refunds.Wanted(
        order_id=account.order["id"],
        currency=account.order["currency"],
        note="Order canceled",
        lines=tuple((line, units, "CANCEL") for line, units in left if units),
        shipping=account.shipping_left,
        transactions=tuple(way for way in ways if way[1]),
    )
    if wanted.transactions:
        refunds.make(ground, wanted, at)


def _waiting(ground: Ground) -> list[Row]:
    return ground.ledger.rows("SELECT * FROM cancellations WHERE state = ? ORDER BY id", STARTED)
