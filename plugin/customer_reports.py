"""What a customer, or the merchant in his name, can tell us of an order: one transaction each.

A report is split by purchase, because a claim, an interception and their answers each concern one
supplier. Sent twice it is one report: its id follows from the form it was sent with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid5

from sqlalchemy.engine import Connection

from plugin import timeline as t
from plugin.casework import NAMESPACE, Casework
from plugin.merchant import Click, NotPossible
from plugin.order import Order, Purchase
from plugin.store import reports
from plugin.store.reports import Evidence
from plugin.terms import STOPPED, VERIFIED, Situation

WISHES = frozenset({"", "refund", "reissue"})
LONGEST_WORDS = 5_000


@dataclass(frozen=True)
class Told:
    """A report as a form brings it."""

    situation: Situation
    lines: Sequence[tuple[int, int]] = ()
    """(line id, how many); none: everything, for a cancellation or an address."""
    wish: str = ""
    words: str = ""
    address: Mapping[str, str] | None = None
    once: str = ""
    """Names the form: the same form again is the same report."""


def report(tx: Connection, click: Click, told: Told) -> list[str]:
    """Take a problem in hand; the ids of the cases that see to it.

    Raises NotPossible for a situation nobody reports, a line that is not on the order, or a
    quantity that was not bought.
    """
    work = Casework(tx, click.shop, click.order_id, click.now)
    _check(work.order, told)
    _complete(told.address)
    found: list[tuple[Situation, str, tuple[int, ...]]] = []
    events: list[t.Event] = []
    for purchase_id, lines in by_purchase(work.order, told.lines):
        report_id = _id(click, told, purchase_id)
        found.append((told.situation, purchase_id, tuple(sorted({i for i, _ in lines}))))
        if any(r.id == report_id for r in work.order.reports):
            continue
        reports.keep_words(
            tx,
            click.shop,
            report_id,
            click.order_id,
            click.now,
            by=click.by,
            words=told.words[:LONGEST_WORDS],
            address=told.address,
        )
        events.append(t.ProblemReported(report_id, told.situation, purchase_id, lines, told.wish))
        if told.address:
            events.append(t.AddressSettled(report_id, "corrected"))
    work.record(events, by=click.by, cause="report")
    return [
        record.opened.case_id
        for record in work.order.cases.values()
        if record.closed is None
        and (record.opened.situation, record.opened.purchase_id, record.opened.line_ids) in found
    ]


def settle_address(
    tx: Connection, click: Click, case_id: str, address: Mapping[str, str] | None
) -> None:
    """A doubtful address is confirmed, or corrected where one is given.

    Raises NotPossible when the case does not ask for one any more.
    """
    work = Casework(tx, click.shop, click.order_id, click.now)
    record = work.order.cases.get(case_id)
    if (
        record is None
        or record.closed is not None
        or record.opened.situation is not Situation.WRONG_ADDRESS
    ):
        raise NotPossible("not_waiting")
    _complete(address)
    mine = [
        r
        for r in work.order.reports
        if r.situation is Situation.WRONG_ADDRESS
        and (r.purchase_id, r.line_ids) == (record.opened.purchase_id, record.opened.line_ids)
    ]
    report_id = mine[-1].id
    if address:
        before = reports.words_of(tx, click.shop, click.order_id, report_id)
        reports.keep_words(
            tx,
            click.shop,
            report_id,
            click.order_id,
            click.now,
            by=click.by,
            words=before.words if before else "",
            address=address,
        )
    settled = t.AddressSettled(report_id, "corrected" if address else "confirmed")
    work.record([settled], by=click.by, cause="report")


def add_evidence(tx: Connection, click: Click, found: Evidence) -> bool:
    """Keep a picture or video with its case. False: the case has it already.

    Raises NotPossible when the case is closed, or not one that needs proof.
    """
    work = Casework(tx, click.shop, click.order_id, click.now)
    record = work.order.cases.get(found.case_id)
    if record is None or record.opened.situation not in VERIFIED:
        raise NotPossible("unknown")
    if record.closed is not None:
        raise NotPossible("not_waiting")
    if not reports.keep_evidence(tx, click.shop, found):
        return False
    event = t.EvidenceAdded(
        found.case_id, found.evidence_id, found.media, found.shot, found.checked, found.advice
    )
    work.record([event], by=click.by, cause="evidence")
    return True


def by_purchase(
    order: Order, lines: Sequence[tuple[int, int]]
) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
    """(purchase id, lines) of what was named; for nothing named, each purchase and the rest."""
    if not lines:
        served = [p.id for p in order.purchases.values() if p.id and _lives(p)]
        rest = any(set(line.units) - set(order.bought(i)) for i, line in order.lines.items())
        return [(purchase_id, ()) for purchase_id in [*served, *([""] if rest else [])]]
    found: dict[str, dict[int, int]] = {}
    for line_id, quantity in lines:
        units = [u for u in order.lines[line_id].units if u not in order.repaid(line_id)]
        for unit in units[:quantity]:
            counts = found.setdefault(_purchase_of_unit(order, line_id, unit), {})
            counts[line_id] = counts.get(line_id, 0) + 1
    return [(purchase_id, tuple(counts.items())) for purchase_id, counts in found.items()]


def _purchase_of_unit(order: Order, line_id: int, unit: int) -> str:
    """The last purchase that serves it: a replacement stands for what it replaced."""
    serving = [
        p.id
        for p in order.purchases.values()
        if p.id and _lives(p) and unit in p.units.get(line_id, ())
    ]
    return serving[-1] if serving else ""


def _lives(purchase: Purchase) -> bool:
    return purchase.cancelled_at is None


def _complete(address: Mapping[str, str] | None) -> None:
    """A correction that is no address would take the one there is away."""
    if address is not None and not all(
        str(address.get(part, "")).strip() for part in ("address1", "city", "country_code")
    ):
        raise NotPossible("address_incomplete")


def _check(order: Order, told: Told) -> None:
    if told.situation not in VERIFIED | STOPPED:
        raise NotPossible("unknown")
    if told.wish not in WISHES:
        raise NotPossible("unknown")
    if order.seen is None:
        raise NotPossible("order_not_found")
    if told.situation in VERIFIED and not told.lines:
        raise NotPossible("no_goods_named")
    for line_id, quantity in told.lines:
        line = order.lines.get(line_id)
        if line is None:
            raise NotPossible("line_not_found")
        if not 0 < quantity <= line.facts.quantity:
            raise NotPossible("more_than_was_bought")
        if not set(line.units) - {*order.repaid(line_id), *order.gone_elsewhere(line_id)}:
            raise NotPossible("already_repaid")


def _id(click: Click, told: Told, purchase_id: str) -> str:
    form = told.once or f"{click.now.isoformat()}|{click.by}"
    named = f"report|{click.shop}|{click.order_id}|{told.situation}|{form}|{purchase_id}"
    return str(uuid5(NAMESPACE, named))
