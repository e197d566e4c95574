"""Paying a customer back, once.

The order is read first, always: what others did since counts, our own mark there means it was
done, and whatever no longer fits stops here. Then the store's own preview is asked for, compared
with what we mean to pay, frozen in the database, and only then sent, under a key the store
honours for 24 hours. A lost answer is left alone, then read back; the same key is used while it is
young enough, and a new one only after two reads found nothing.
"""

from __future__ import annotations

from datetime import timedelta

from clients.errors import OutcomeUnknown, Refused, Retriable
from clients.money import Money
from clients.shopify import records as store
from plugin import timeline as t
from plugin.actions import RefundCustomer
from plugin.effects.errand import Errand
from plugin.facts import events_from, mark_in, note_with
from plugin.gates import why_not
from plugin.order import Order
from plugin.ports import Storefront
from plugin.store import outbox

KEY_IS_GOOD_FOR = timedelta(hours=23)
"""Shopify forgets an idempotency key after 24 hours; one hour is left for clocks and slowness."""
LOOK_TWICE_APART = timedelta(minutes=10)
STOPPED_AT_MOST = 3
"""How often facts may stop the money of one case for one line before a person sees to it. A rule
that asks for what the gates refuse would otherwise ask for it for ever."""
CONCURRENT = "IDEMPOTENCY_CONCURRENT_REQUEST"
SPENT = "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"


def refund(errand: Errand) -> None:
    """Carry out one `refund_customer` row."""
    storefront = errand.connections.storefront(errand.row.shop)
    read = storefront.order(errand.row.order_id)
    if read is None:
        errand.hand_over_unseen(certain=errand.row.state != "unknown")
        return
    made = next((r for r in read.refunds if mark_in(r.note) in errand.marks()), None)
    if made is not None:
        _made(errand, made)
    elif errand.row.state == "unknown":
        _read_back(errand, storefront, read)
    else:
        _pay(errand, storefront, read)


# --- The first time -----------------------------------------------------------------------------


def _pay(errand: Errand, storefront: Storefront, read: store.Order) -> None:
    action = t.structured(errand.row.body, RefundCustomer)
    errand.tell([*events_from(read), *_from_the_supplier(errand)], by="store", cause="read")
    entries = errand.entries()
    order = errand.order()
    unwanted = why_not(order, action, errand.row.case_id)
    if unwanted:
        _stopped_by_facts(errand, order, action, unwanted)
        return
    news = _news_since_approval(entries, errand.row.key, order, action)
    if not news and errand.row.level == "auto" and any("dispute" in w for w in read.withheld):
        news = "disputes_unseen"
    if news:
        errand.hold(news)
        return
    shipping = Money(action.shipping_minor, action.currency) if action.shipping_minor else None
    preview = storefront.preview_refund(
        errand.row.order_id, [(action.line_id, len(action.units))], shipping
    )
    differs = _differs(action, preview, read)
    if differs:
        errand.hand_over(differs)
        return
    frozen = storefront.refund_input(
        errand.row.order_id,
        preview,
        note=note_with(errand.row.mark, _number(order, errand.row.case_id)),
        currency=action.currency,
    )
    if errand.row.frozen is not None and dict(errand.row.frozen) != frozen:
        # Certainly not done so far, and the facts have moved: the old key goes with the old body.
        errand.renew()
        return
    if errand.row.level == "auto" and errand.over_daily_cap(preview.amount.minor):
        errand.hold("over_cap_per_day")
    elif errand.freeze(frozen, preview.amount.minor):
        _send(errand, storefront, frozen)


def _stopped_by_facts(errand: Errand, order: Order, action: RefundCustomer, why: str) -> None:
    """It may be asked for again once the facts are others; where it is without end, by a person."""
    stopped = [
        p
        for p in order.planned.values()
        if p.case_id == errand.row.case_id
        and p.state == "refused"
        and isinstance(p.action, RefundCustomer)
        and p.action.line_id == action.line_id
    ]
    if len(stopped) < STOPPED_AT_MOST:
        errand.refused(why)
    else:
        errand.hand_over(why)


def _from_the_supplier(errand: Errand) -> list[t.Event]:
    """Where a supplier has an API, it is asked too: a shipment found late stops the money."""
    order = errand.order()
    purchase = order.purchases.get(order.purchase_of(errand.row.case_id))
    if purchase is None or not purchase.reference or purchase.shipped_at:
        return []
    supplier = errand.connections.supplier(errand.row.shop, purchase.connection)
    found = supplier.order(purchase.reference) if supplier else None
    if found is None or found.shipped_at is None:
        return []
    return [
        t.PurchaseShipped(purchase.id, found.shipped_at, next(iter(found.tracking_numbers), ""))
    ]


def _news_since_approval(
    entries: list[t.Entry], key: str, order: Order, action: RefundCustomer
) -> str:
    """A dispute or another's refund that nobody had seen when this was decided."""
    approved = max((e.seq for e in entries if e.what == _approval(e, key)), default=0)
    later = [e.what for e in entries if e.seq > approved]
    if order.dispute and any(isinstance(e, t.DisputeSeen) for e in later):
        return order.dispute
    if any(isinstance(e, t.OrderSeen) and e.cancelled_at for e in later):
        return "order_cancelled"
    others = [e for e in later if isinstance(e, t.RefundSeen) and not e.mark and e.minor]
    if any(not e.lines or action.line_id in dict(e.lines) for e in others):
        return "repaid_elsewhere"
    return ""


def _approval(entry: t.Entry, key: str) -> t.Event | None:
    approved = isinstance(entry.what, t.Approved) and entry.what.key == key
    return entry.what if approved else None


def _differs(action: RefundCustomer, preview: store.RefundPreview, read: store.Order) -> str:
    """The store's own sum must be ours, but for a cent of rounding per unit."""
    if preview.amount.currency != action.currency:
        return "another_currency"
    off = abs(preview.amount.minor - action.minor)
    if preview.amount.minor <= 0 or off > len(action.units) + 1:
        ours = Money(action.minor, action.currency).decimal()
        return f"the store would pay {preview.amount.decimal()}, we reckon {ours}"
    left = read.total_paid.minor - read.total_refunded.minor
    return "" if preview.amount.minor <= left else "more_than_was_paid"


def _number(order: Order, case_id: str) -> str:
    record = order.cases.get(case_id)
    return record.opened.number if record else ""


# --- The call -----------------------------------------------------------------------------------


def _send(errand: Errand, storefront: Storefront, frozen: dict[str, object]) -> None:
    if not errand.still_mine():
        return
    try:
        made = storefront.create_refund(frozen, errand.row.mark)
    except OutcomeUnknown as error:
        errand.lost(error.what)
    except Retriable as error:
        if error.code == CONCURRENT:
            errand.lost("the store is still working on it")
        else:
            errand.put_off(error.after, error.what)
    except Refused as error:
        if error.code == SPENT:
            errand.renew()
        else:
            errand.hand_over(f"store_refused: {error.what}")
    else:
        _made(errand, made)


def _made(errand: Errand, made: store.Refund) -> None:
    errand.done(
        remote_id=str(made.id),
        minor=made.total.minor,
        currency=made.total.currency,
        by="store",
    )


# --- After a lost answer ------------------------------------------------------------------------


def _read_back(errand: Errand, storefront: Storefront, read: store.Order) -> None:
    """Our mark is not among the order's refunds (yet)."""
    row, now = errand.row, errand.now
    sent = row.last_sent_at or row.planned_at
    if now < sent + outbox.QUARANTINE:
        errand.look_again(sent + outbox.QUARANTINE)
        return
    errand.tell(events_from(read), by="store", cause="read")
    action = t.structured(row.body, RefundCustomer)
    order = errand.order()
    unwanted = why_not(order, action, errand.row.case_id)
    news = _news_since_approval(errand.entries(), row.key, order, action)
    young = now < (row.first_sent_at or sent) + KEY_IS_GOOD_FOR
    if young and row.frozen is not None and not unwanted and not news:
        if errand.sending():
            _send(errand, storefront, dict(row.frozen))
    elif row.absent_since is None or now < row.absent_since + LOOK_TWICE_APART:
        errand.absent(now + LOOK_TWICE_APART)
    elif unwanted:
        _stopped_by_facts(errand, order, action, unwanted)
    elif news:
        errand.hold(news)
    else:
        errand.renew()
