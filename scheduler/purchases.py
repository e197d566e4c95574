"""Asking suppliers with an API where our purchases stand, while that can still change anything."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from clients.errors import RemoteError
from clients.supplier.trace import customs_state
from plugin import timeline as t
from plugin.casework import Casework
from plugin.fold import fold
from plugin.order import Order, Purchase
from plugin.ports import Diagnosing, Supplier
from plugin.store import timelines
from plugin.terms import Situation
from plugin.verbs import Verb, able
from scheduler.runtime import Runtime

log = structlog.get_logger()

AT_ONCE = 50
EVERY = timedelta(hours=6)
AFTER_TROUBLE = timedelta(hours=1)
NO_LONGER_THAN = timedelta(days=90)


def follow_purchases(runtime: Runtime) -> int:
    """Ask about every purchase whose turn it is. How many were asked about."""
    now = runtime.clock.now()
    with runtime.db.read() as tx:
        found = timelines.purchases_to_look_at(tx, now, limit=AT_ONCE)
    for shop, order_id, purchase_id in found:
        try:
            again = _follow(runtime, shop, order_id, purchase_id)
        except RemoteError as error:
            log.warning("a purchase could not be read", shop=shop, order=order_id, why=error.what)
            again = now + AFTER_TROUBLE
        with runtime.db.write() as tx:
            timelines.look_at_purchase(tx, shop, purchase_id, again)
    return len(found)


def _follow(runtime: Runtime, shop: str, order_id: int, purchase_id: str) -> datetime | None:
    """When to look again; None when nothing can change any more."""
    with runtime.db.read() as tx:
        order = fold(timelines.read(tx, shop, order_id))
    purchase = order.purchases.get(purchase_id)
    now = runtime.clock.now()
    if purchase is None or now - (purchase.ordered_at or purchase.told_at or now) > NO_LONGER_THAN:
        return None
    supplier = runtime.connections.supplier(shop, purchase.connection)
    if supplier is None or not purchase.reference:
        return None
    news = news_of(supplier, purchase, now)
    if not news and not _is_over(purchase) and _has_no_stock(supplier, purchase, order):
        news = [t.OutOfStockReported(purchase.id)]
    if news:
        with runtime.db.write() as tx:
            Casework(tx, shop, order_id, now).record(news, by="supplier", cause="read")
    return None if _is_over(purchase) else now + EVERY


def _is_over(purchase: Purchase) -> bool:
    return bool(purchase.cancelled_at or purchase.recovery_state == "received")


def _has_no_stock(supplier: Supplier, purchase: Purchase, order: Order) -> bool:
    """The supplier's API looked and found none, and nobody has said so before."""
    if purchase.shipped_at is not None or not isinstance(supplier, Diagnosing):
        return False
    if any(
        r.situation is Situation.NO_STOCK and r.purchase_id == purchase.id for r in order.reports
    ):
        return False
    known = able(supplier, purchase.connection, Verb.DETECT_NO_STOCK)
    return known and supplier.out_of_stock(purchase.reference)


def news_of(supplier: Supplier, purchase: Purchase, now: datetime) -> list[t.Event]:
    """What the supplier's API says that we do not know yet."""
    found = supplier.order(purchase.reference)
    if found is None:
        return []
    news: list[t.Event] = []
    if found.shipped_at is not None and purchase.shipped_at is None:
        tracking = next(iter(found.tracking_numbers), "")
        news.append(t.PurchaseShipped(purchase.id, found.shipped_at, tracking))
    connection = purchase.connection
    if found.closed and _stopping(purchase) and able(supplier, connection, Verb.INTERCEPT):
        news.append(t.InterceptionSeen(purchase.id, "succeeded"))
    if able(supplier, connection, Verb.CUSTOMS) and (purchase.shipped_at or found.shipped_at):
        steps = supplier.trace(purchase.reference)
        state = customs_state(steps)
        since = steps[-1].at if steps else now
        known = state == purchase.customs or purchase.customs_known_better(state, since)
        if state and not known:
            news.append(t.CustomsSeen(purchase.id, state, since, tracked=True))
    return news


def _stopping(purchase: Purchase) -> bool:
    """It was asked to be stopped, and nobody has told yet what became of it."""
    return purchase.intercept_asked_at is not None and not purchase.interception
