"""A letter as a customer would read it: filled in with a real order, or with an example's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from plugin import letters
from plugin.actions import Letter, RefundCustomer, WriteCustomer
from plugin.case import Case
from plugin.customer import Customer
from plugin.effects.messages import PROMISES
from plugin.fold import fold
from plugin.letters import Text
from plugin.money import Money
from plugin.order import Order
from plugin.pages.texts import text
from plugin.store import mail, shops, timelines
from plugin.store.shops import Shop
from plugin.words.speech import spoken

HIDDEN_LINK = "/report/…"
"""A preview shows where the link stands, and never the link: whoever has it, is in."""
EXAMPLE_MINOR = 2490
EXAMPLE_WAIT = timedelta(days=21)


@dataclass(frozen=True)
class Sample:
    """Whom a letter would go to, and about what; no order for an example."""

    tx: Connection
    shop: Shop
    order_id: int
    case: Case | None
    base_url: str
    customer: Customer | None
    own: Mapping[tuple[str, str], tuple[str, str]]
    """The shop's own texts. They are read once, however many letters a page shows."""


def sample_of(
    tx: Connection, shop: Shop, order_id: int, case: Case | None, base_url: str
) -> Sample:
    """A sample with everything a letter is filled in with."""
    customer = timelines.customer_of(tx, shop.shop, order_id)
    return Sample(tx, shop, order_id, case, base_url, customer, mail.kept_texts(tx, shop.shop))


def as_sent(sample: Sample, case_id: str, action: WriteCustomer) -> Text:
    """A letter of an order, in the customer's language and the shop's words as they are now."""
    shop, case, customer = sample.shop.shop, _case_of(sample, case_id), sample.customer
    order = case.order if case else _order_of(sample)
    language = spoken((customer.language if customer else "") or sample.shop.language)
    deadline = PROMISES.get(action.letter)
    promised = deadline.reckon(case) if case and deadline else None
    return letters.to_customer(
        action.letter,
        language=language,
        store_name=sample.shop.name or shop,
        customer_name=customer.name if customer else "",
        order_name=order.seen.name if order.seen else "",
        lines=_lines(order, action.line_ids, case),
        amount=_repaid(order, case_id),
        alternative_title=", ".join(title for title, _ in _lines(order, action.line_ids, None)),
        link=f"{sample.base_url}{HIDDEN_LINK}",
        reason=case.claim.message if case and case.claim else "",
        hear_by=promised.due if promised else None,
        provisional=promised.provisional if promised else False,
        zone=sample.shop.zone,
        own=sample.own.get((action.letter, language)),
    )


def tried(
    sample: Sample, letter: Letter, tongue: str, own: tuple[str, str] | None, now: datetime
) -> Text:
    """A text in the making: with a real order's names and goods, the rest as an example."""
    order = _order_of(sample) if sample.order_id else Order()
    customer = sample.customer
    paid = sum(line.facts.paid_minor for line in order.lines.values())
    goods = _lines(order, tuple(order.lines), None) or [(text("letters.goods", tongue), 1)]
    return letters.to_customer(
        letter,
        language=tongue,
        store_name=sample.shop.name or sample.shop.shop,
        customer_name=(customer.name if customer else "") or text("letters.somebody", tongue),
        order_name=order.seen.name if order.seen else "#1001",
        lines=goods,
        amount=Money(paid or EXAMPLE_MINOR, order.currency or sample.shop.currency),
        alternative_title=goods[0][0],
        alternative_price=Money(EXAMPLE_MINOR, sample.shop.currency),
        link=f"{sample.base_url}{HIDDEN_LINK}",
        reason=text("letters.reason", tongue),
        hear_by=now + EXAMPLE_WAIT,
        zone=sample.shop.zone,
        own=own,
    )


def _order_of(sample: Sample) -> Order:
    return fold(timelines.read(sample.tx, sample.shop.shop, sample.order_id))


def _case_of(sample: Sample, case_id: str) -> Case | None:
    mine = sample.case
    if mine is None or mine.id == case_id:
        return mine
    record = mine.order.cases.get(case_id)
    if record is None:
        return None
    opened = record.opened
    terms = shops.terms_of(sample.tx, sample.shop.shop, opened.terms_version)
    return Case(mine.order, opened.situation, opened.purchase_id, terms, opened.line_ids, record)


def _lines(order: Order, line_ids: tuple[int, ...], case: Case | None) -> list[tuple[str, int]]:
    concerned = case.units if case else {}
    return [
        (facts.title, len(concerned.get(line_id, ())) or facts.quantity)
        for line_id in line_ids
        if line_id in order.lines and (facts := order.lines[line_id].facts)
    ]


def _repaid(order: Order, case_id: str) -> Money | None:
    """What was paid back in a case, by its refunds that are done."""
    done = [
        p.action.minor
        for p in order.planned.values()
        if p.case_id == case_id and p.state == "done" and isinstance(p.action, RefundCustomer)
    ]
    return Money(sum(done), order.currency) if done else None
