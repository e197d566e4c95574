"""One case as its page shows it, read in one look and put into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from plugin import policy, profit, sentences
from plugin import timeline as t
from plugin.case import Case
from plugin.evidence.shots import SHOTS, Readiness
from plugin.fold import fold
from plugin.levels import A_DAY
from plugin.order import Order
from plugin.pages import case_can, case_ledger, case_letters, case_people
from plugin.pages.case_idle import Idle, idle_of
from plugin.pages.case_ledger import Booked
from plugin.pages.case_letters import Promise
from plugin.pages.case_mentions import handles_of, names_of
from plugin.pages.case_parcels import Leg, legs_of
from plugin.pages.case_safety import Safety, safety_of
from plugin.pages.case_steps import Step, steps_of
from plugin.pages.case_timeline import Line, lines_of
from plugin.pages.clocks import Clocks, clocks_of
from plugin.pages.letter_preview import sample_of
from plugin.store import caselists, chain_check, outbox, reports, shops, timelines
from plugin.store.reports import Evidence, Words
from plugin.store.shops import Shop
from plugin.terms import VERIFIED, Alternative, Situation, Terms


@dataclass(frozen=True)
class Asked:
    """What of the timeline the page was asked to show."""

    kind: str = ""
    everything: bool = False


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
    idle: Sequence[Idle]
    """What follows if nobody does anything."""
    steps: Sequence[Step]
    lines: Sequence[Line]
    more_lines: int
    """How many the timeline leaves out."""
    last_seq: int
    handles: Sequence[str]
    """Whom a note can speak to."""
    others: Sequence[dict[str, Any]]
    safety: Safety
    booked: Sequence[Booked]
    purses: dict[tuple[str, str, str], int]
    profit: profit.Account
    promises: Sequence[Promise]
    customer: case_people.Known | None
    record: case_people.Supplier | None
    legs: Sequence[Leg]
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
    history: chain_check.Verdict
    """Is it still as it was written?"""

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
    asked: Asked | None = None,
) -> CaseView | None:
    """A case of this shop; None for anybody else's."""
    asked, zone = asked or Asked(), shop.zone
    row = caselists.one(tx, shop.shop, case_id)
    if row is None:
        return None
    order_id = int(row["order_id"])
    entries = timelines.read(tx, shop.shop, order_id)
    order = fold(entries)
    offers = shops.alternatives_for(tx, shop.shop, _skus(order))
    case = case_of(tx, shop, order, case_id, offers)
    assert case.record is not None
    purchase = case.purchase
    rows = outbox.of_order(tx, shop.shop, order_id)
    booked = case_ledger.entries_of(tx, shop.shop, order_id)
    mine = case_ledger.of_case(booked, case_id, case.purchase_id)
    sample = sample_of(tx, shop, order_id, case, base_url)
    lines, more = lines_of(
        entries,
        order,
        language=language,
        zone=zone,
        kind=asked.kind,
        everything=asked.everything,
        names=names_of(tx, shop.shop),
        messages=case_letters.messages_of(entries, case, rows, sample),
        booked=mine,
    )
    heard = [e.at for e in entries if e.by == "store"]
    return CaseView(
        row=row,
        order=order,
        purchase_id=purchase.id,
        supplier=purchase.supplier,
        reference=purchase.reference,
        route=str(case.route),
        cost_currency=purchase.cost_currency,
        cause=sentences.cause(case.record.opened.because, language=language, zone=zone, now=now),
        waiting=waiting_of(case, now, language, zone),
        idle=idle_of(
            case,
            shops.terms_of(tx, shop.shop, shop.terms_version),
            now,
            language,
            lambda currency: outbox.spent_since(tx, shop.shop, now - A_DAY, currency),
        ),
        steps=steps_of(rows, case, offers, sample, language),
        lines=lines,
        more_lines=more,
        last_seq=len(entries),
        handles=handles_of(tx, shop.shop),
        others=[c for c in caselists.of_order(tx, shop.shop, order_id) if c["case_id"] != case_id],
        safety=safety_of(tx, shop.shop, order_id, order, max(heard, default=None), now),
        booked=mine,
        purses=case_ledger.totals(mine),
        profit=profit.account_of(case),
        promises=case_letters.promises_of(entries, case, now, language),
        customer=case_people.known_of(tx, shop.shop, order_id),
        record=case_people.supplier_of(tx, shop.shop, purchase.supplier),
        legs=legs_of(case, entries, now),
        terms_version=case.record.opened.terms_version,
        clocks=clocks_of(case, now, language),
        evidence=reports.evidence_of(tx, shop.shop, case_id),
        readiness=case_can.readiness_of(case),
        shots=SHOTS.get(case.situation, ()),
        words=[w for w in reports.of_order(tx, shop.shop, order_id) if w.words],
        can_tell=case_can.can_tell(case),
        stopping=case_can.stopping(case),
        takes_evidence=case.situation in VERIFIED and not case.closed,
        history=chain_check.of_order(tx, shop.shop, order_id),
    )


def waiting_of(case: Case, now: datetime, language: str, zone: str) -> str:
    """What a case waits for, until when, and what happens then; empty where no clock runs."""
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


def case_of(
    tx: Connection, shop: Shop, order: Order, case_id: str, offers: Sequence[Alternative]
) -> Case:
    """A case under the terms it began under, with the shop's other suppliers for its goods."""
    record = order.cases[case_id]
    opened = record.opened
    began = shops.terms_of(tx, shop.shop, opened.terms_version)
    terms = replace(began, alternatives=tuple(offers))
    return Case(order, opened.situation, opened.purchase_id, terms, opened.line_ids, record)


def terms_now(tx: Connection, shop: Shop, entries: Sequence[t.Entry]) -> Terms:
    """The terms in force, with the shop's other suppliers for everything the order ever held."""
    seen = [e.what for e in entries if isinstance(e.what, t.OrderSeen)]
    skus = [line.sku for event in seen for line in event.lines]
    return shops.terms_of(tx, shop.shop, shop.terms_version, skus)


def _skus(order: Order) -> list[str]:
    return [line.facts.sku for line in order.lines.values()]
