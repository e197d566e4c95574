"""One case as its page shows it, read in one look and put into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from plugin import policy, sentences
from plugin.actions import ChooseRemedy, ProposeAlternative, RefundCustomer, WriteCustomer
from plugin.business_days import CHINA, Day, festival, strip
from plugin.case import Case
from plugin.evidence.shots import Readiness, readiness
from plugin.fold import fold
from plugin.money import Money
from plugin.order import CaseRecord, Order
from plugin.pages.desk import money
from plugin.store import caselists, ledger, outbox, reports, shops, timelines
from plugin.store.outbox import Row
from plugin.store.reports import Evidence, Words
from plugin.store.shops import Shop
from plugin.terms import STOPPED, VERIFIED, Alternative, Route, Situation, Terms
from plugin.windows import Window, windows

STRIP_DAYS = 21
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
    choices: tuple[tuple[str, str], ...] = ()
    """(choice, the verb on its button) where a person has to choose."""
    wish: str = ""
    earlier: str = ""
    """The letter this one contradicts, by its name."""

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
    windows: Sequence[Window]
    days: Sequence[Day]
    festival: tuple[Any, Any] | None
    evidence: Sequence[Evidence]
    readiness: Readiness | None
    words: Sequence[Words]
    can_tell: frozenset[str]
    """Which facts a person could tell now: `customs`, `interception`, `verification`, `address`."""
    cannot_stop: bool
    """Abroad: it can be neither stopped nor refunded."""

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
        windows=windows(case, now) if not case.closed else [],
        days=strip(now.astimezone(CHINA).date(), STRIP_DAYS),
        festival=_festival(now),
        evidence=reports.evidence_of(tx, shop.shop, case_id),
        readiness=_readiness(case),
        words=[w for w in reports.of_order(tx, shop.shop, row["order_id"]) if w.words],
        can_tell=_can_tell(case),
        cannot_stop=case.situation in STOPPED
        and case.bought_as is not None
        and case.bought_as.route is Route.INTERNATIONAL,
    )


def _readiness(case: Case) -> Readiness | None:
    if case.situation not in VERIFIED:
        return None
    return readiness(case.situation, [one.shot for one in case.evidence])


def _festival(now: datetime) -> tuple[Any, Any] | None:
    """One that has begun, or begins within two weeks."""
    for day in strip(now.astimezone(CHINA).date(), 14):
        found = festival(day.day)
        if found is not None:
            return found
    return None


def _can_tell(case: Case) -> frozenset[str]:
    """Only what makes sense now: no dead buttons."""
    if case.closed:
        return frozenset()
    bought = case.bought_as
    found = {
        "customs": bool(case.purchase_id) and case.situation is Situation.CUSTOMS_HOLD,
        "interception": case.situation in STOPPED
        and bought is not None
        and bought.intercept_asked_at is not None
        and not bought.interception,
        "verification": case.claim is not None and not case.claim.result,
        "address": case.situation is Situation.WRONG_ADDRESS and case.nothing_bought,
    }
    return frozenset(name for name, now in found.items() if now)


def purchase_of(tx: Connection, shop: str, row: dict[str, Any]) -> str:
    """The purchase a case is about."""
    return goods_of(tx, shop, row)[0]


def stopping(tx: Connection, shop: str, row: dict[str, Any]) -> str:
    """The purchase whose parcel a case is about to stop."""
    order = fold(timelines.read(tx, shop, row["order_id"]))
    opened = order.cases[row["case_id"]].opened
    case = Case(order, opened.situation, opened.purchase_id, Terms(), opened.line_ids)
    return case.bought_as.id if case.bought_as else ""


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
    choose = planned.action if isinstance(planned.action, ChooseRemedy) else None
    return Step(
        row=row,
        text=sentences.action(row.action, row.body, order, language=language),
        button=sentences.button(row.action, row.body, order, language=language, by_hand=by_hand),
        state=sentences.step_state(planned.state, language=language),
        why=sentences.held(row.why, language=language) if row.why else "",
        is_proposal=proposal is not None,
        alternative=known.get(proposal.alternative_id) if proposal else None,
        choices=_choices(planned.action, order, row.case_id, language),
        wish=choose.wish if choose else "",
        earlier=row.why.partition(": ")[2]
        if isinstance(planned.action, WriteCustomer) and row.why.startswith("contradicts")
        else "",
    )


def _choices(action: Any, order: Order, case_id: str, language: str) -> tuple[tuple[str, str], ...]:
    if isinstance(action, ProposeAlternative):
        names: tuple[str, ...] = ("source", "invite", "replace")
        names = (*names, "split") if action.parcels > 1 else names
    elif isinstance(action, ChooseRemedy):
        names = action.choices
    else:
        return ()
    return tuple((name, _verb(name, action, order, case_id, language)) for name in names)


def _verb(name: str, action: Any, order: Order, case_id: str, language: str) -> str:
    """The choice as a verb; a refund names its amount, because choosing it is saying yes."""
    word = sentences.choice(name, language=language)
    if name != "refund" or not isinstance(action, ChooseRemedy):
        return word
    minor = refund_of(order, case_id)
    return f"{word}: {money(minor, order.currency)}" if minor else word


def refund_of(order: Order, case_id: str) -> int:
    """What the customer would get back for the goods of a case, in minor units."""
    record = order.cases[case_id]
    opened = record.opened
    case = Case(order, opened.situation, opened.purchase_id, Terms(), opened.line_ids, record)
    return sum(
        sum(order.lines[line_id].worth(units, shipping=True))
        for line_id, units in case.unsettled.items()
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
