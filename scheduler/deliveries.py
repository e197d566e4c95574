"""One kept delivery, behind the 200: read, translate, record, mark handled; one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from sqlalchemy.engine import Connection

from plugin import timeline as t
from plugin.casework import Casework, Step
from plugin.notices import tell_of_bounce, tell_of_failed_refund
from plugin.order import Order
from plugin.store import deeds, inbox, mail, privacy, shops, timelines, tokens, walls
from plugin.store.inbox import Delivery
from plugin.wanted import waiting_for
from scheduler.arrivals import check_arrival
from scheduler.runtime import Runtime
from webhooks.meaning.privacy import TOPICS as PRIVACY
from webhooks.reading import Unreadable
from webhooks.sources import MAIL, SHOPIFY, SUPPLIER, TMALL
from webhooks.translate import Ignored, Translation, translate

log = structlog.get_logger()


class NotYet(Exception):
    """It speaks of something we have not heard of yet; the other delivery may be on its way."""


def handle_delivery(runtime: Runtime, delivery: Delivery) -> Step | None:
    """Handle one delivery; whatever happens it ends handled, ignored, parked or put off."""
    now = runtime.clock.now()
    words = log.bind(shop=delivery.shop, topic=delivery.topic, delivery=delivery.id)
    try:
        with walls.only(delivery.shop), runtime.db.write() as tx:
            return _handle(tx, delivery, now)
    except Unreadable as error:
        words.warning("parked", why=str(error))
        with runtime.db.write() as tx:
            inbox.settle(tx, delivery, now, inbox.PARKED, reason=str(error))
    except NotYet as error:
        with runtime.db.write() as tx:
            inbox.put_off(tx, delivery, now, str(error), overtook=True)
    except Exception as error:
        words.exception("a delivery could not be handled")
        with runtime.db.write() as tx:
            inbox.put_off(tx, delivery, now, f"{type(error).__name__}: {error}")
    return None


def _handle(tx: Connection, delivery: Delivery, now: datetime) -> Step | None:
    if delivery.source == SHOPIFY and delivery.topic in PRIVACY:
        _privacy(tx, delivery, now)
        return None
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
    wider = _WIDER.get(_named(found))
    if wider is not None:
        return wider(tx, delivery, found, now)
    order_id = _order_id(tx, delivery, found)
    if not inbox.settle(tx, delivery, now, inbox.HANDLED, order_id=order_id):
        return None
    _remember_who(tx, delivery, found, order_id)
    casework = Casework(tx, delivery.shop, order_id, now)
    cause = f"{delivery.topic} {delivery.delivery_id}"
    events = [*found.events, *_claim_result(casework.order, found)]
    step = casework.record(events, by=_who(delivery), cause=cause)
    if any(isinstance(event, t.OrderSeen) for event in events):
        check_arrival(tx, casework)
    if events and not step.heard:
        inbox.nothing_new(tx, delivery)
    for event in events:
        if isinstance(event, t.TransactionSeen) and event.is_failed_refund:
            tell_of_failed_refund(tx, delivery.shop, order_id, event.transaction_id, now)
    if casework.order.seen is None or any(isinstance(e, t.OrderEdited) for e in found.events):
        timelines.set_head(tx, delivery.shop, order_id, read_wanted=True)
    return step


def _remember_who(tx: Connection, delivery: Delivery, found: Translation, order_id: int) -> None:
    """Who bought, unless he asked to be forgotten: then it is as if this had not named him."""
    if privacy.is_forgotten(tx, delivery.shop, order_id):
        inbox.forget_body(tx, delivery)
    elif found.customer is not None:
        timelines.lock(tx, delivery.shop, order_id)
        timelines.keep_customer(tx, delivery.shop, order_id, found.customer)


def _privacy(tx: Connection, delivery: Delivery, now: datetime) -> None:
    """Written down to be done soon, whether the shop still has the app or not."""
    found = translate(delivery.source, delivery.topic, delivery.body, delivery.headers)
    if isinstance(found, Ignored) or found.privacy is None:
        inbox.settle(tx, delivery, now, inbox.IGNORED, reason="no request in it")
        return
    inbox.settle(tx, delivery, now, inbox.HANDLED)
    privacy.ask(
        tx,
        delivery.shop,
        delivery.delivery_id,
        found.privacy.topic,
        now,
        orders=found.privacy.orders,
        customer_id=found.privacy.customer_id,
    )
    inbox.forget_body(tx, delivery)


def _order_id(tx: Connection, delivery: Delivery, found: Translation) -> int:
    if found.order_id is not None:
        return found.order_id
    known = timelines.order_of(tx, delivery.shop, found.purchase_key)
    if known is None:
        raise NotYet(f"no purchase {found.purchase_key} is known yet")
    return known


def _claim_result(order: Order, found: Translation) -> list[t.Event]:
    """A supplier speaks of his purchase; the claim about it is the case's."""
    if found.claim_result is None:
        return []
    purchase_id, result, message = found.claim_result
    waiting = [
        case_id
        for case_id, claim in order.claims.items()
        if not claim.result and order.purchase_of(case_id) == purchase_id
    ]
    if not waiting:
        raise NotYet(f"no claim about {purchase_id} was handed in yet")
    return [t.VerificationSeen(case_id, result, message) for case_id in waiting]


def _product_out(
    tx: Connection, delivery: Delivery, found: Translation, now: datetime
) -> Step | None:
    """A product its supplier has no more of: every order that still waits for it from him."""
    if not inbox.settle(tx, delivery, now, inbox.HANDLED):
        return None
    step = None
    for order_id, purchase_id, line_ids in waiting_for(
        tx, delivery.shop, found.sku_out, found.supplier
    ):
        event = t.OutOfStockReported(purchase_id, line_ids, found.sku_out)
        step = _record(tx, delivery, order_id, [event], now)
    return step


def _purchase_to_read(
    tx: Connection, delivery: Delivery, found: Translation, now: datetime
) -> Step | None:
    """A hint: the purchase is read at its supplier's with the next look."""
    known = timelines.purchases_with_reference(tx, delivery.shop, found.read_purchase)
    if not known:
        raise NotYet(f"no purchase {found.read_purchase} is known yet")
    if not inbox.settle(tx, delivery, now, inbox.HANDLED):
        return None
    step = None
    for purchase_id in known:
        timelines.look_at_purchase(tx, delivery.shop, purchase_id, now)
        order_id = timelines.order_of(tx, delivery.shop, purchase_id)
        if found.events and order_id is not None:
            step = _record(tx, delivery, order_id, list(found.events), now)
    return step


def _customs(tx: Connection, delivery: Delivery, found: Translation, now: datetime) -> Step | None:
    """A mail about customs that names a purchase or a parcel of ours; others are put aside."""
    told = found.customs_mail
    assert told is not None
    purchases = {
        purchase_id
        for reference in told.references
        for purchase_id in timelines.purchases_named(tx, delivery.shop, reference)
    }
    if len(purchases) != 1:
        named = ", ".join(told.references) or "nothing"
        raise Unreadable("text", f"it names {named}; {len(purchases)} purchases of ours fit")
    purchase_id = purchases.pop()
    order_id = timelines.order_of(tx, delivery.shop, purchase_id)
    assert order_id is not None
    if not inbox.settle(tx, delivery, now, inbox.HANDLED, order_id=order_id):
        return None
    return _record(tx, delivery, order_id, [told.seen(purchase_id)], now)


def _record(
    tx: Connection, delivery: Delivery, order_id: int, events: list[t.Event], now: datetime
) -> Step:
    cause = f"{delivery.topic} {delivery.delivery_id}"
    work = Casework(tx, delivery.shop, order_id, now)
    return work.record(events, by=_who(delivery), cause=cause)


def _bounced(tx: Connection, delivery: Delivery, found: Translation, now: datetime) -> Step | None:
    """No more mail to an address that refuses it, and the merchant is told."""
    bounce = found.bounce
    assert bounce is not None
    if not inbox.settle(tx, delivery, now, inbox.HANDLED):
        return None
    mail.suppress(tx, delivery.shop, bounce.recipient, bounce.what, now)
    sent = mail.sent_as(tx, delivery.shop, bounce.provider_id)
    if sent is None or not sent[0]:
        return None
    order_id, key = sent
    tell_of_bounce(tx, delivery.shop, order_id, key, now)
    return _record(tx, delivery, order_id, [t.LetterBounced(key, bounce.what)], now)


def _scopes(tx: Connection, delivery: Delivery, found: Translation, now: datetime) -> Step | None:
    """What the store allows from now on, unless something newer is known."""
    told = found.scopes
    assert told is not None
    at = min(told.at or now, now)
    if tokens.rescope(tx, delivery.shop, ",".join(told.scopes), at):
        inbox.settle(tx, delivery, now, inbox.HANDLED)
        return None
    why = "there is no token, or its scopes are newer"
    inbox.settle(tx, delivery, now, inbox.IGNORED, reason=why)
    return None


def _named(found: Translation) -> str:
    if found.scopes is not None:
        return "scopes"
    if found.bounce is not None:
        return "bounce"
    if found.customs_mail is not None:
        return "customs_mail"
    if found.sku_out:
        return "sku_out"
    return "read_purchase" if found.read_purchase else ""


_WIDER: Mapping[str, Callable[[Connection, Delivery, Translation, datetime], Step | None]] = {
    "bounce": _bounced,
    "customs_mail": _customs,
    "sku_out": _product_out,
    "scopes": _scopes,
    "read_purchase": _purchase_to_read,
}
"""What does not name an order of the store."""


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
    tokens.drop(tx, shop.shop)
    about = f"{delivery.source} {delivery.delivery_id}"
    deeds.add(tx, shop.shop, now, by="store", what="uninstalled", about=about)


def _who(delivery: Delivery) -> str:
    return {SUPPLIER: "supplier", TMALL: "supplier", MAIL: "mail"}.get(delivery.source, "store")
