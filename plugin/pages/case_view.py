"""One case as its page shows it, read in one look and put into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from plugin import policy, sentences
from plugin.case import Case
from plugin.evidence.shots import SHOTS, Readiness, readiness
from plugin.fold import fold
from plugin.order import CaseRecord, Order
from plugin.pages.case_goods import safety
from plugin.pages.case_steps import Step, steps_of
from plugin.pages.clocks import Clocks, clocks_of
from plugin.store import caselists, ledger, reports, shops, timelines
from plugin.store.reports import Evidence, Words
from plugin.store.shops import Shop
from plugin.terms import STOPPED, VERIFIED, Route, Situation


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
    clocks: Clocks | None
    """None for a case that is closed."""
    evidence: Sequence[Evidence]
    readiness: Readiness | None
    shots: Sequence[str]
    """What its evidence should show."""
    words: Sequence[Words]
    can_tell: frozenset[str]
    """Which facts a person could tell now: `customs`, `interception`, `verification`, `address`."""
    stopping: str
    """Of a parcel that is to be stopped: `no` abroad, where it can be neither stopped nor refunded,
    `yes` inside China, `unknown` where nobody said where it is; else empty."""
    takes_evidence: bool

    @property
    def has_link(self) -> bool:
        """The customer can add to it on the page of his own."""
        return not self.row["outcome"] and (
            self.takes_evidence or self.row["situation"] == Situation.WRONG_ADDRESS
        )

    @property
    def next(self) -> Step | None:
        """The one thing a person is asked for."""
        key = self.row["next_step"]
        return next((step for step in self.steps if step.row.key == key), None)


def read(
    tx: Connection,
    shop: Shop,
    case_id: str,
    now: datetime,
    *,
    language: str,
    base_url: str,
) -> CaseView | None:
    """A case of this shop; None for anybody else's."""
    zone = shop.zone
    row = caselists.one(tx, shop.shop, case_id)
    if row is None:
        return None
    entries = timelines.read(tx, shop.shop, row["order_id"])
    order = fold(entries)
    record = order.cases[case_id]
    case = _case(tx, shop, order, record)
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
        waiting=_waiting(case, now, language, zone),
        steps=steps_of(tx, shop, case, int(row["order_id"]), language, base_url),
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
        money=safety(order),
        purses=ledger.totals(tx, shop.shop, case_id),
        terms_version=record.opened.terms_version,
        clocks=clocks_of(case, now, language),
        evidence=reports.evidence_of(tx, shop.shop, case_id),
        readiness=_readiness(case),
        shots=SHOTS.get(case.situation, ()),
        words=[w for w in reports.of_order(tx, shop.shop, row["order_id"]) if w.words],
        can_tell=_can_tell(case),
        stopping=_stopping(case),
        takes_evidence=case.situation in VERIFIED and not case.closed,
    )


def _waiting(case: Case, now: datetime, language: str, zone: str) -> str:
    coming = None if case.closed else policy.next_deadline(case, now)
    if coming is None:
        return ""
    return sentences.waiting(
        coming[0].name,
        coming[1],
        language=language,
        zone=zone,
        only_alerts=not case.acts_on_route,
    )


def _readiness(case: Case) -> Readiness | None:
    if case.situation not in VERIFIED:
        return None
    return readiness(case.situation, [one.shot for one in case.evidence])


def _stopping(case: Case) -> str:
    bought = case.bought_as
    if case.situation not in STOPPED or bought is None:
        return ""
    if bought.route is Route.INTERNATIONAL:
        return "no"
    if case.closed or bought.interception or bought.cancelled_at:
        return ""
    return "yes" if bought.route is Route.DOMESTIC else "unknown"


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


def _case(tx: Connection, shop: Shop, order: Order, record: CaseRecord) -> Case:
    opened = record.opened
    terms = shops.terms_of(tx, shop.shop, opened.terms_version)
    return Case(order, opened.situation, opened.purchase_id, terms, opened.line_ids, record)
