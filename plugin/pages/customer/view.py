"""What the page shows of an order: its goods, its cases in words, what can be done now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from plugin.case import Case
from plugin.customer_view import ADD_EVIDENCE, CONFIRM_ADDRESS, Code, CustomerState, state
from plugin.evidence.keep import Keep
from plugin.evidence.limits import LIMITS
from plugin.evidence.shots import SHOTS, Readiness, readiness
from plugin.fold import fold
from plugin.order import CaseRecord, Order
from plugin.pages.customer.countries import country_name
from plugin.pages.customer.offers import Offers, offers
from plugin.pages.customer.texts import known, say
from plugin.pages.customer.visit import Visit
from plugin.store import reports, shops, timelines
from plugin.store.reports import Evidence
from plugin.words.speech import Speech, tidy

COPIES = ("picture.jpg", "still-1.jpg")
"""What is shown of a picture and of a video: our own copies, never what was sent."""
ADDRESS = ("address1", "address2", "zip", "city", "province")
HEAR = {
    Code.PROOF_WANTED: "hear.proof",
    Code.ADDRESS_WANTED: "hear.address",
    Code.CUSTOMS_HELD: "hear.customs",
    Code.VERIFIED: "hear.complete",
    Code.REFUND_COMING: "hear.complete",
    Code.REISSUE_COMING: "hear.complete",
}


@dataclass(frozen=True)
class Goods:
    """One line of the order."""

    id: int
    title: str
    quantity: int
    paid: str
    reportable: int
    stoppable: int
    too_late: str
    """Why it cannot be cancelled, where that is so."""


@dataclass(frozen=True)
class Shown:
    """One picture or video that was sent."""

    id: str
    name: str
    shot: str
    advice: tuple[str, ...]
    has_copy: bool


@dataclass(frozen=True)
class CaseShown:
    """One case."""

    id: str
    anchor: str
    title: str
    since: str
    state: CustomerState
    sentences: tuple[str, ...]
    goods: tuple[str, ...]
    is_open: bool
    shots: Sequence[str]
    ready: Readiness
    sent: Sequence[Shown]
    address: tuple[str, ...]
    doubts: tuple[str, ...]

    @property
    def adds(self) -> bool:
        """Pictures can still be added."""
        return ADD_EVIDENCE in self.state.can

    @property
    def full(self) -> bool:
        """It holds as many files as it can."""
        return len(self.sent) >= LIMITS.files_per_case

    @property
    def asks_for_address(self) -> bool:
        """The customer is asked whether the address is right."""
        return CONFIRM_ADDRESS in self.state.can


@dataclass(frozen=True)
class OrderShown:
    """Everything the page shows."""

    name: str
    goods: Sequence[Goods]
    cases: Sequence[CaseShown]
    offers: Offers
    unsent: bool
    """Nothing of it has been sent, as far as anybody told us."""


def order_of(tx: Connection, visit: Visit) -> Order:
    """The visit's order, as it stands."""
    return fold(timelines.read(tx, visit.shop.shop, visit.order_id))


def case_of(tx: Connection, visit: Visit, order: Order, record: CaseRecord) -> Case:
    """A case of the order, under the terms it began with."""
    opened = record.opened
    terms = shops.terms_of(tx, visit.shop.shop, opened.terms_version)
    return Case(order, opened.situation, opened.purchase_id, terms, opened.line_ids, record)


def read(tx: Connection, visit: Visit, keep: Keep) -> OrderShown:
    """The order in the visit's language."""
    order, speech = order_of(tx, visit), visit.speech
    found = offers(order)
    newest_first = sorted(
        order.cases.values(), key=lambda r: (r.closed is None, r.opened_seq), reverse=True
    )
    cases = [_case(tx, visit, keep, order, record) for record in newest_first]
    return OrderShown(
        name=tidy(order.seen.name) if order.seen else "",
        goods=[_goods(order, found, line_id, speech) for line_id in order.lines],
        cases=[case for case in cases if case.state.code is not Code.OVER],
        offers=found,
        unsent=not any(order.shipped(line_id) for line_id in order.lines),
    )


def _goods(order: Order, found: Offers, line_id: int, speech: Speech) -> Goods:
    facts = order.lines[line_id].facts
    late = f"late.{found.places[line_id]}"
    return Goods(
        id=line_id,
        title=tidy(facts.title),
        quantity=facts.quantity,
        paid=speech.money(facts.paid_minor, order.currency),
        reportable=found.reportable.get(line_id, 0),
        stoppable=found.stoppable.get(line_id, 0),
        too_late=say(late) if known(late) else "",
    )


def _case(tx: Connection, visit: Visit, keep: Keep, order: Order, record: CaseRecord) -> CaseShown:
    case, speech = case_of(tx, visit, order, record), visit.speech
    now = state(case, visit.now)
    kept = reports.evidence_of(tx, visit.shop.shop, case.id)
    asks = CONFIRM_ADDRESS in now.can
    return CaseShown(
        id=case.id,
        anchor=f"case-{list(order.cases).index(case.id) + 1}",
        title=say(f"situation.{case.situation}"),
        since=speech.date(record.opened_at),
        state=now,
        sentences=_sentences(case, now, speech),
        goods=tuple(speech.item(order, i, len(units)) for i, units in case.units.items()),
        is_open=record.closed is None,
        shots=[str(shot) for shot in SHOTS.get(case.situation, ())],
        ready=readiness(case.situation, [one.shot for one in kept]),
        sent=[_shown(one, keep) for one in kept],
        address=_address(tx, visit) if asks else (),
        doubts=_doubts(case) if asks else (),
    )


def _sentences(case: Case, now: CustomerState, speech: Speech) -> tuple[str, ...]:
    said = [say(f"state.{now.code}")]
    if now.code is Code.CLAIM_REFUSED:
        reason = tidy(case.claim.message, 1000) if case.claim else ""
        said.append(say("reason", reason=reason) if reason else say("reason.none"))
    if now.day is not None and now.of is not None:
        said.append(say("day" if now.day <= now.of else "day.over", day=now.day, of=now.of))
    if now.hear_by is not None:
        said.append(say(HEAR.get(now.code, "hear"), date=_date(now.hear_by, now, speech)))
        if now.provisional:
            said.append(say("estimated.why"))
    return tuple(said)


def _date(moment: datetime, now: CustomerState, speech: Speech) -> str:
    date = speech.date(moment)
    return f"{date} ({say('estimated')})" if now.provisional else date


def _shown(one: Evidence, keep: Keep) -> Shown:
    return Shown(
        id=one.evidence_id,
        name=say(f"kind.{one.media}", number=one.number),
        shot=say(f"shot.{one.shot}") if known(f"shot.{one.shot}") else "",
        advice=(*one.advice, *(() if one.checked else ("unchecked",))),
        has_copy=any(keep.derived(one.evidence_id, name).is_file() for name in COPIES),
    )


def _address(tx: Connection, visit: Visit) -> tuple[str, ...]:
    """The address in doubt, to be confirmed: shown only while it is asked about."""
    customer = timelines.customer_of(tx, visit.shop.shop, visit.order_id)
    if customer is None:
        return ()
    written = dict(customer.address)
    parts = [tidy(written.get(part, "")) for part in ADDRESS]
    country = country_name(customer.country, visit.speech.language) if customer.country else ""
    return tuple(part for part in [tidy(customer.name), *parts, country] if part)


def _doubts(case: Case) -> tuple[str, ...]:
    codes = [pair.partition(":")[2] for r in case.reports for pair in r.message.split(",")]
    return tuple(say(f"doubt.{code}") for code in dict.fromkeys(codes) if known(f"doubt.{code}"))
