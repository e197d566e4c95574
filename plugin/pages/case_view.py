"""One case as its page shows it, read in one look and put into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from plugin import policy, sentences
from plugin.actions import ProposeAlternative, RefundCustomer
from plugin.case import Case
from plugin.fold import fold
from plugin.money import Money
from plugin.order import CaseRecord, Order
from plugin.store import caselists, ledger, outbox, shops, timelines
from plugin.store.outbox import Row
from plugin.store.shops import Shop
from plugin.terms import Alternative

WAITS_FOR_A_PERSON = frozenset({"asked", "suggested", "needs_person"})


@dataclass(frozen=True)
class Step:
    """One action of the case."""

    row: Row
    text: str
    button: str
    state: str
    why: str
    is_proposal: bool
    alternative: Alternative | None

    @property
    def waits(self) -> bool:
        """A person's word is asked for."""
        return self.row.state in WAITS_FOR_A_PERSON

    @property
    def handed_over(self) -> bool:
        """A person has to see to it."""
        return self.row.state == "needs_person"

    @property
    def by_hand(self) -> bool:
        """A person has to see to it and can say that it is done; money is read, never claimed."""
        return self.handed_over and not self.is_money

    @property
    def is_money(self) -> bool:
        """It gives the customer money back."""
        return self.row.action == RefundCustomer.kind

    @property
    def to(self) -> str:
        """Whom a drafted message is for: `supplier`, `desk` or an address."""
        return str((self.row.draft or {}).get("to", ""))

    @property
    def link(self) -> str:
        """Where the offered goods are; only an address a browser may safely follow."""
        url = self.alternative.url if self.alternative else ""
        return url if url.startswith(("https://", "http://")) else ""


@dataclass(frozen=True)
class Line:
    """One line of the timeline."""

    at: datetime
    by: str
    text: str
    late: bool


@dataclass(frozen=True)
class CaseView:
    """Everything the page shows."""

    row: dict[str, Any]
    order: Order
    purchase_id: str
    supplier: str
    reference: str
    route: str
    cost_currency: str
    cause: str
    waiting: str
    steps: Sequence[Step]
    lines: Sequence[Line]
    others: Sequence[dict[str, Any]]
    money: dict[str, int]
    purses: dict[tuple[str, str, str], int]
    terms_version: int

    @property
    def next(self) -> Step | None:
        """The one thing a person is asked for."""
        key = self.row["next_step"]
        return next((step for step in self.steps if step.row.key == key), None)


def read(
    tx: Connection, shop: Shop, case_id: str, now: datetime, language: str, zone: str
) -> CaseView | None:
    """A case of this shop; None for anybody else's."""
    row = caselists.one(tx, shop.shop, case_id)
    if row is None:
        return None
    entries = timelines.read(tx, shop.shop, row["order_id"])
    order = fold(entries)
    record = order.cases[case_id]
    case = _case(tx, shop, order, record)
    waiting = ""
    coming = None if case.closed else policy.next_deadline(case, now)
    if coming is not None:
        waiting = sentences.waiting(
            coming[0].name,
            coming[1],
            language=language,
            zone=zone,
            only_alerts=not case.acts_on_route,
        )
    purchase = case.purchase
    return CaseView(
        row=row,
        order=order,
        purchase_id=purchase.id,
        supplier=purchase.supplier,
        reference=purchase.reference,
        route=str(case.route),
        cost_currency=purchase.cost_currency,
        cause=sentences.cause(record.opened.because, language=language, zone=zone, now=now),
        waiting=waiting,
        steps=_steps(tx, shop, case, int(row["order_id"]), language),
        lines=[
            Line(
                e.at,
                e.by,
                sentences.entry(e, order, language=language, zone=zone),
                late=getattr(e.what, "late_seconds", 0) > 0,
            )
            for e in reversed(entries)
        ],
        others=[
            c for c in caselists.of_order(tx, shop.shop, row["order_id"]) if c["case_id"] != case_id
        ],
        money=_money(order),
        purses=ledger.totals(tx, shop.shop, case_id),
        terms_version=record.opened.terms_version,
    )


def purchase_of(tx: Connection, shop: str, row: dict[str, Any]) -> str:
    """The purchase a case is about."""
    return goods_of(tx, shop, row)[0]


def goods_of(tx: Connection, shop: str, row: dict[str, Any]) -> tuple[str, tuple[int, ...]]:
    """The purchase and the lines a case is about; no lines means all of the purchase."""
    order = fold(timelines.read(tx, shop, row["order_id"]))
    opened = order.cases[row["case_id"]].opened
    return opened.purchase_id, opened.line_ids


def repaid_beside(tx: Connection, shop: str, row: dict[str, Any], key: str) -> Money | None:
    """What the customer gets back for the goods a proposal would send as well."""
    order = fold(timelines.read(tx, shop, row["order_id"]))
    planned = order.planned.get(key)
    if planned is None or not isinstance(planned.action, ProposeAlternative):
        return None
    units = set(planned.action.units)
    refunds = [p.action for p in order.our_refunds(planned.action.line_id)]
    minor = sum(a.minor for a in refunds if isinstance(a, RefundCustomer) and units & set(a.units))
    return Money(minor, order.currency) if minor else None


def _case(tx: Connection, shop: Shop, order: Order, record: CaseRecord) -> Case:
    opened = record.opened
    terms = shops.terms_of(tx, shop.shop, opened.terms_version)
    return Case(order, opened.situation, opened.purchase_id, terms, opened.line_ids, record)


def _steps(tx: Connection, shop: Shop, case: Case, order_id: int, language: str) -> list[Step]:
    rows = outbox.of_order(tx, shop.shop, order_id)
    skus = [line.facts.sku for line in case.order.lines.values()]
    known = {a.id: a for a in shops.alternatives_for(tx, shop.shop, skus)}
    return [_step(row, case.order, known, language) for row in rows if row.case_id == case.id]


def _step(row: Row, order: Order, known: dict[int, Alternative], language: str) -> Step:
    planned = order.planned[row.key]
    by_hand = row.state == "needs_person" and row.action != RefundCustomer.kind
    proposal = planned.action if isinstance(planned.action, ProposeAlternative) else None
    return Step(
        row=row,
        text=sentences.action(row.action, row.body, order, language=language),
        button=sentences.button(row.action, row.body, order, language=language, by_hand=by_hand),
        state=sentences.step_state(planned.state, language=language),
        why=sentences.held(row.why, language=language) if row.why else "",
        is_proposal=proposal is not None,
        alternative=known.get(proposal.alternative_id) if proposal else None,
    )


def _money(order: Order) -> dict[str, int]:
    """Refund safety: what was paid, what went back and by whom, what is spoken for."""
    seen = order.seen
    paid = (seen.shipping_paid_minor if seen else 0) + sum(
        line.facts.paid_minor for line in order.lines.values()
    )
    ours = sum(
        refund.minor
        for refund in order.refunds.values()
        if refund.mark and any(refund.mark in p.marks for p in order.planned.values())
    )
    elsewhere = order.refunded_elsewhere_minor()
    reserved = sum(
        getattr(p.action, "minor", 0)
        for p in order.planned.values()
        if p.action.kind == "refund_customer" and p.alive
    )
    return {
        "paid": paid,
        "ours": ours,
        "elsewhere": elsewhere,
        "reserved": reserved,
        "left": max(0, paid - ours - elsewhere - reserved),
    }
