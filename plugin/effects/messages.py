"""Lines to the merchant and letters to the customer.

Mail is at least once: when its answer is lost it is sent at most once more, under the same
Message-ID, and then a person decides.
"""

from __future__ import annotations

from clients.email.smtp import Message
from clients.errors import OutcomeUnknown, Refused, Retriable
from plugin import letters
from plugin import timeline as t
from plugin.actions import Letter, RefundCustomer, TellMerchant, WriteCustomer
from plugin.effects.errand import Errand
from plugin.money import Money
from plugin.order import Order
from plugin.store import outbox, shops, timelines

MOST_SENDINGS = 2


def tell_merchant(errand: Errand) -> None:
    """One line to the merchant: in the desk always, by mail where an address is known."""
    action = t.structured(errand.row.body, TellMerchant)
    shop = errand.shop
    name = _order_name(errand.order()) if errand.row.order_id else ""
    text = letters.to_merchant(
        action.topic,
        action.because,
        order_name=name,
        language=shop.language,
        zone=shop.zone,
        link=errand.connections.link(f"/cases/{errand.row.case_id}" if errand.row.case_id else "/"),
    )
    if not shop.email:
        errand.done()
        return
    _send(errand, shop.email, text, shop.language)


def write_customer(errand: Errand) -> None:
    """A letter in the customer's language, to the address the store gave us."""
    action = t.structured(errand.row.body, WriteCustomer)
    order = errand.order()
    with errand.db.read() as tx:
        customer = timelines.customer_of(tx, errand.row.shop, errand.row.order_id)
        skus = [line.facts.sku for line in order.lines.values()]
        known = shops.alternatives_for(tx, errand.row.shop, skus)
    if customer is None or not customer.email:
        errand.refused("no_address")
        return
    offered = next((a for a in known if a.id == action.alternative_id), None)
    language = customer.language or errand.shop.language
    text = letters.to_customer(
        action.letter,
        language=language,
        store_name=errand.shop.name or errand.shop.shop,
        customer_name=customer.name,
        order_name=_order_name(order),
        lines=_lines(order, action, errand.row.case_id),
        amount=_repaid(errand) if action.letter is Letter.REFUNDED else None,
        alternative_title=offered.note or offered.sku if offered else "",
        alternative_url=offered.url if offered else "",
    )
    _send(errand, customer.email, text, language)


def _send(errand: Errand, to: str, text: letters.Text, language: str) -> None:
    postbox = errand.connections.postbox()
    if postbox is None:
        errand.hand_over("no_postbox", {"to": to, "subject": text.subject, "text_en": text.body})
        return
    if errand.row.state == "unknown" and errand.row.attempts > MOST_SENDINGS:
        errand.hand_over("mail_answer_lost_twice")
        return
    message = Message(
        message_id=f"<{errand.row.mark}@postvendita>",
        sender=errand.connections.sender(errand.row.shop),
        to=to,
        subject=text.subject,
        text=text.body,
        language=language,
    )
    if not errand.sending():
        return
    try:
        sent = postbox.send(message)
    except OutcomeUnknown as error:
        errand.lost(error.what)
    except Retriable as error:
        errand.put_off(error.after, error.what)
    except Refused as error:
        errand.refused(f"mail_refused: {error.what}")
    else:
        errand.done(remote_id=sent)


def _order_name(order: Order) -> str:
    return order.seen.name if order.seen else ""


def _lines(order: Order, action: WriteCustomer, case_id: str) -> list[tuple[str, int]]:
    """(title, units) the letter is about."""
    units = {
        planned.action.line_id: len(planned.action.units)
        for planned in order.planned.values()
        if isinstance(planned.action, RefundCustomer)
        and planned.case_id == case_id
        and planned.counts
    }
    return [
        (order.lines[line_id].facts.title, units.get(line_id, 1))
        for line_id in action.line_ids
        if line_id in order.lines
    ]


def _repaid(errand: Errand) -> Money | None:
    """What was really paid back in this case, from the outbox's record of it."""
    with errand.db.read() as tx:
        rows = outbox.of_order(tx, errand.row.shop, errand.row.order_id)
    mine = [
        row
        for row in rows
        if row.case_id == errand.row.case_id
        and row.action == "refund_customer"
        and row.state == "done"
    ]
    if not mine:
        return None
    return Money(sum(row.minor for row in mine), mine[0].currency)
