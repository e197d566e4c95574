"""Lines to the merchant and letters to the customer.

Mail is at least once: when its answer is lost it is sent at most once more, under the same
Message-ID, and then a person decides.
"""

from __future__ import annotations

from collections import Counter

from clients.email.smtp import Message
from clients.errors import OutcomeUnknown, Refused, Retriable
from plugin import letters
from plugin import timeline as t
from plugin.actions import Letter, RefundCustomer, TellMerchant, WriteCustomer
from plugin.business_days import Reckoned
from plugin.case import Case
from plugin.deadlines import EVIDENCE_CLOSES, VERIFICATION_OVERDUE
from plugin.effects.errand import Errand
from plugin.money import Money
from plugin.order import Order
from plugin.store import mail, outbox, shops, timelines
from plugin.words.speech import spoken

MOST_SENDINGS = 2
PROMISES = {
    Letter.CLAIM_SENT: VERIFICATION_OVERDUE,
    Letter.EVIDENCE_ASKED: EVIDENCE_CLOSES,
    Letter.EVIDENCE_REMINDED: EVIDENCE_CLOSES,
    Letter.EVIDENCE_LAST_CALL: EVIDENCE_CLOSES,
}


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
        now=errand.now,
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
    if customer is None or not customer.email:
        errand.refused("no_address")
        return
    with errand.db.read() as tx:
        refused = mail.suppressed(tx, errand.row.shop, customer.email)
    if refused:
        errand.refused(f"suppressed: {refused}")
        return
    language = spoken(customer.language or errand.shop.language)
    with errand.db.read() as tx:
        own = mail.own_text(tx, errand.row.shop, action.letter, language)
    case = _case(errand, order)
    promised = _promise(case, action.letter)
    text = letters.to_customer(
        action.letter,
        language=language,
        store_name=errand.shop.name or errand.shop.shop,
        customer_name=customer.name,
        order_name=_order_name(order),
        lines=_lines(order, action, errand.row.case_id, case),
        amount=_repaid(errand) if action.letter is Letter.REFUNDED else None,
        alternative_title=_title(order, action) if action.letter is Letter.INVITED else "",
        link=errand.connections.customer_link(errand.row.shop, errand.row.order_id),
        reason=case.claim.message if case and case.claim else "",
        hear_by=promised.due if promised else None,
        provisional=promised.provisional if promised else False,
        zone=errand.shop.zone,
        own=own,
    )
    _send(errand, customer.email, text, language)


def _case(errand: Errand, order: Order) -> Case | None:
    record = order.cases.get(errand.row.case_id)
    if record is None:
        return None
    opened = record.opened
    with errand.db.read() as tx:
        terms = shops.terms_of(tx, errand.row.shop, opened.terms_version)
    return Case(order, opened.situation, opened.purchase_id, terms, opened.line_ids, record)


def _promise(case: Case | None, letter: Letter) -> Reckoned | None:
    """The date a letter names, if it names one: the customer will be held to it, and so are we."""
    deadline = PROMISES.get(letter)
    return deadline.reckon(case) if case is not None and deadline is not None else None


def _send(errand: Errand, to: str, text: letters.Text, language: str) -> None:
    postbox = errand.connections.postbox()
    if postbox is None:
        errand.hand_over("no_postbox", {"to": to, "subject": text.subject, "text_en": text.body})
        return
    if errand.row.state == "unknown" and errand.row.attempts > MOST_SENDINGS:
        errand.hand_over("mail_answer_lost_twice", certain=False)
        return
    message = Message(
        message_id=f"<{errand.row.mark}@postvendita>",
        sender=errand.connections.sender(errand.row.shop),
        to=to,
        subject=text.subject,
        text=text.body,
        language=language,
        sent_at=errand.now,
    )
    # What went out is kept word for word, until the person it went to is to be forgotten.
    if not errand.freeze({"subject": text.subject, "text": text.body}, 0):
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


def _title(order: Order, action: WriteCustomer) -> str:
    """The same or a similar item by the store's own name, never where it is bought."""
    titles = [order.lines[i].facts.title for i in action.line_ids if i in order.lines]
    return ", ".join(titles)


def _lines(
    order: Order, action: WriteCustomer, case_id: str, case: Case | None
) -> list[tuple[str, int]]:
    """(title, units) the letter is about: what was repaid, or what the case is about."""
    concerned = case.units if case is not None else {}
    units: Counter[int] = Counter()
    for planned in order.planned.values():
        body = planned.action
        repaid = planned.case_id == case_id and planned.state == "done"
        if isinstance(body, RefundCustomer) and repaid:
            units[body.line_id] += len(body.units)
    return [
        (order.lines[line_id].facts.title, units[line_id] or len(concerned.get(line_id, ())) or 1)
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
