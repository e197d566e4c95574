"""One kept delivery, behind the 200: read, translate, record, mark handled; one transaction."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.engine import Connection

from plugin import timeline as t
from plugin.casework import Casework, Step
from plugin.store import inbox, shops, timelines
from plugin.store.inbox import Delivery
from scheduler.runtime import Runtime
from webhooks.reading import Unreadable
from webhooks.translate import Ignored, Translation, translate

log = structlog.get_logger()


class NotYet(Exception):
    """It speaks of something we have not heard of yet; the other delivery may be on its way."""


def handle_delivery(runtime: Runtime, delivery: Delivery) -> Step | None:
    """Handle one delivery; whatever happens it ends handled, ignored, parked or put off."""
    now = runtime.clock.now()
    words = log.bind(shop=delivery.shop, topic=delivery.topic, delivery=delivery.id)
    try:
        with runtime.db.write() as tx:
            return _handle(tx, delivery, now)
    except Unreadable as error:
        words.warning("parked", why=str(error))
        with runtime.db.write() as tx:
            inbox.settle(tx, delivery, now, inbox.PARKED, reason=str(error))
    except NotYet as error:
        with runtime.db.write() as tx:
            inbox.put_off(tx, delivery, now, str(error))
    except Exception as error:
        words.exception("a delivery could not be handled")
        with runtime.db.write() as tx:
            inbox.put_off(tx, delivery, now, f"{type(error).__name__}: {error}")
    return None


def _handle(tx: Connection, delivery: Delivery, now: datetime) -> Step | None:
    shop = shops.find(tx, delivery.shop)
    if shop is None or (shop.state == shops.UNINSTALLED):
        why = "unknown shop" if shop is None else "the app is not installed in this shop"
        inbox.settle(tx, delivery, now, inbox.IGNORED, reason=why)
        return None
    found = translate(delivery.source, delivery.topic, delivery.body, delivery.headers)
    if isinstance(found, Ignored):
        inbox.settle(tx, delivery, now, inbox.IGNORED, reason=found.reason)
        return None
    if found.shop_event == "uninstalled":
        _uninstall(tx, shop, delivery, now)
        return None
    order_id = _order_id(tx, delivery, found)
    if not inbox.settle(tx, delivery, now, inbox.HANDLED, order_id=order_id):
        return None
    if found.customer is not None:
        timelines.lock(tx, delivery.shop, order_id)
        timelines.keep_customer(tx, delivery.shop, order_id, found.customer)
    casework = Casework(tx, delivery.shop, order_id, now)
    cause = f"{delivery.topic} {delivery.delivery_id}"
    step = casework.record(found.events, by=_who(delivery), cause=cause)
    if found.events and not step.heard:
        inbox.nothing_new(tx, delivery)
    if casework.order.seen is None or any(isinstance(e, t.OrderEdited) for e in found.events):
        timelines.set_head(tx, delivery.shop, order_id, read_wanted=True)
    return step


def _order_id(tx: Connection, delivery: Delivery, found: Translation) -> int:
    if found.order_id is not None:
        return found.order_id
    known = timelines.order_of(tx, delivery.shop, found.purchase_key)
    if known is None:
        raise NotYet(f"no purchase {found.purchase_key} is known yet")
    return known


def _uninstall(tx: Connection, shop: shops.Shop, delivery: Delivery, now: datetime) -> None:
    """Uninstalled, unless the word is older than the present installation."""
    triggered = delivery.headers.get("triggered-at", "")
    try:
        at = datetime.fromisoformat(triggered) if triggered else now
    except ValueError:
        at = now
    if at.tzinfo is not None and at < shop.installed_at:
        why = "older than the present installation"
        inbox.settle(tx, delivery, now, inbox.IGNORED, reason=why)
        return
    inbox.settle(tx, delivery, now, inbox.HANDLED)
    shops.change(tx, shop.shop, state=shops.UNINSTALLED, uninstalled_at=now, token=None)


def _who(delivery: Delivery) -> str:
    return "supplier" if delivery.source == "supplier" else "store"
