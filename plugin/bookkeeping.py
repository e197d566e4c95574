"""The ledger's side of what happens: entries are added, never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from plugin import timeline as t
from plugin.actions import AskRecovery, RefundCustomer
from plugin.order import Order
from plugin.store import ledger, outbox

BOOKED = frozenset({"agreed", "received", "refused"})


def book_outcome(
    tx: Connection, row: outbox.Row, order: Order, event: t.ActionDone, now: datetime
) -> None:
    """Money that left for the customer, or that was asked back from a supplier."""
    if row.action == RefundCustomer.kind and event.minor:
        line = order.lines.get(int(row.body["line_id"]))
        product = line.facts.title if line else ""
        money = event.minor, event.currency
        _book(tx, row, order, "remedy", "refunded", *money, now, product=product)
    if row.action == AskRecovery.kind:
        asked, currency = int(row.body["minor"]), str(row.body["currency"])
        _book(tx, row, order, "recovery", "asked", asked, currency, now)


def book_recovery(
    tx: Connection, shop: str, order_id: int, order: Order, event: t.RecoverySeen, now: datetime
) -> None:
    """What a supplier agreed to, paid or refused."""
    if event.state not in BOOKED or not event.currency:
        return
    purchase = order.purchases.get(event.purchase_id)
    asked = [p for p in order.planned.values() if p.key == f"recover:{event.purchase_id}"]
    ledger.book(
        tx,
        shop,
        order_id,
        asked[0].case_id if asked else "",
        "recovery",
        event.state,
        event.purchase_id,
        event.minor,
        event.currency,
        now,
        supplier=purchase.supplier if purchase else "",
    )


def _book(
    tx: Connection,
    row: outbox.Row,
    order: Order,
    purse: str,
    what: str,
    minor: int,
    currency: str,
    now: datetime,
    *,
    product: str = "",
) -> None:
    record = order.cases.get(row.case_id)
    purchase = order.purchases.get(record.opened.purchase_id) if record else None
    supplier = purchase.supplier if purchase else ""
    whom = row.shop, row.order_id, row.case_id
    ledger.book(
        tx, *whom, purse, what, row.key, minor, currency, now, supplier=supplier, product=product
    )
