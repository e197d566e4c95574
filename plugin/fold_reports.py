"""The steps of `fold` for what is reported of goods and parcels: situations 2 and 5 to 9.

Reports say what is wrong; evidence, claims and their results say what became of it.
"""

from __future__ import annotations

from datetime import timedelta

from plugin import timeline as t
from plugin.order import Claim, Order, Purchase, Report, Units
from plugin.terms import STOPPED, VERIFIED, Route, Situation

STOPPED_WITHIN = timedelta(days=7)
"""How old news of a cancelled order may be. Guide silent."""
STUCK = frozenset({"held", "returned", "destroyed"})
"""Words on customs that are a case: whoever told of the end only has told of the hold as well."""


def purchase_in(order: Order, purchase_id: str) -> Purchase:
    """A purchase by id; one nobody recorded yet still keeps what is told of it."""
    return order.purchases.setdefault(purchase_id, Purchase(id=purchase_id))


def oversized(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.OversizedReported)
    order.reports.append(
        Report(
            situation=Situation.OVERSIZED,
            purchase_id=event.purchase_id,
            line_ids=tuple(sorted(event.line_ids)),
            at=entry.at,
            seq=entry.seq,
            message=event.message,
            parcels=event.parcels,
        )
    )


def order_checked(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.OrderChecked)
    before, order.checked = order.checked, event
    if event.doubts and (before is None or before.doubts != event.doubts):
        doubtful = ",".join(event.doubts)
        order.reports.append(_found(order, Situation.WRONG_ADDRESS, entry, doubtful))
    if event.parcel == "over" and (before is None or before.parcel != "over"):
        found = _found(order, Situation.OVERSIZED, entry, event.line)
        found.parcels = event.parcels
        order.reports.append(found)


def cancelled_in_the_store(order: Order, entry: t.Entry) -> None:
    """The order was cancelled there, and what was bought for it may still be stopped.

    Not for goods that have gone abroad, nor for news of long ago: those are past stopping.
    """
    when = order.cancelled_at
    if when is None or entry.at - when > STOPPED_WITHIN:
        return
    asked_for = {r.purchase_id for r in order.reports if r.situation is Situation.CANCELLATION}
    for purchase in order.purchases.values():
        gone = purchase.route is Route.INTERNATIONAL and purchase.shipped_at
        wanted = purchase.id and not purchase.replacement and purchase.id not in asked_for
        if wanted and not purchase.cancelled_at and not gone:
            order.reports.append(
                Report(
                    situation=Situation.CANCELLATION,
                    purchase_id=purchase.id,
                    line_ids=(),
                    at=entry.at,
                    seq=entry.seq,
                    units=dict(purchase.units),
                    id=f"store-{entry.seq}-{purchase.id}",
                    by_check=True,
                )
            )


def _found(order: Order, situation: Situation, entry: t.Entry, message: str) -> Report:
    """What our own look at the order found: about all that no purchase serves yet."""
    return Report(
        situation=situation,
        purchase_id="",
        line_ids=(),
        at=entry.at,
        seq=entry.seq,
        message=message,
        units=order.unbought(),
        id=f"check-{entry.seq}",
        by_check=True,
    )


def split_reports(order: Order, entry: t.Entry, purchase: Purchase) -> None:
    """Goods to be cancelled or sent elsewhere were bought: that purchase is a problem of its own.

    What nobody has bought stays with the first report. A doubt of our own stays whole as long as
    it is one: it is about the address and not about a parcel.
    """
    for report in [r for r in order.reports if _may_split(order, r)]:
        taken = {
            line_id: both
            for line_id, units in report.units.items()
            if (both := tuple(u for u in units if u in purchase.units.get(line_id, ())))
        }
        if not taken or purchase.replacement:
            continue
        report.units = {
            line_id: rest
            for line_id, units in report.units.items()
            if (rest := tuple(u for u in units if u not in taken.get(line_id, ())))
        }
        order.reports.append(
            Report(
                situation=report.situation,
                purchase_id=purchase.id,
                line_ids=report.line_ids and tuple(sorted(taken)),
                at=entry.at,
                seq=entry.seq,
                units=taken,
                id=report.id,
                wish=report.wish,
            )
        )


def _may_split(order: Order, report: Report) -> bool:
    asked = (report.situation, report.purchase_id, report.line_ids)
    ended = any(
        record.closed_seq > report.seq
        and (record.opened.situation, record.opened.purchase_id, record.opened.line_ids) == asked
        for record in order.cases.values()
    )
    doubt = report.by_check and order.address_settled.get(report.id) != "corrected"
    return report.situation in STOPPED and not (report.purchase_id or doubt or ended)


def customs_seen(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.CustomsSeen)
    purchase = purchase_in(order, event.purchase_id)
    if purchase.customs_known_better(event.state, event.since):
        return
    if event.state == "held" and purchase.customs != "held":
        purchase.customs_since, purchase.customs_tracked = event.since, event.tracked
    if event.state in STUCK and purchase.customs not in STUCK:
        order.reports.append(
            Report(
                situation=Situation.CUSTOMS_HOLD,
                purchase_id=event.purchase_id,
                line_ids=(),
                at=entry.at,
                seq=entry.seq,
                message=event.message,
            )
        )
    # Somebody's word is more than a line of the tracking.
    purchase.customs_tracked = purchase.customs_tracked and event.tracked
    purchase.customs, purchase.customs_at = event.state, event.since


def interception_seen(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.InterceptionSeen)
    purchase = purchase_in(order, event.purchase_id)
    purchase.interception = purchase.interception or event.result


def problem_reported(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.ProblemReported)
    order.reports.append(
        Report(
            situation=event.situation,
            purchase_id=event.purchase_id,
            line_ids=tuple(sorted({line_id for line_id, _ in event.lines})),
            at=entry.at,
            seq=entry.seq,
            units=_concerned(order, event),
            id=event.report_id,
            wish=event.wish,
        )
    )


def _concerned(order: Order, event: t.ProblemReported) -> dict[int, Units]:
    """Which units a report is about: those nobody was repaid for and no other report names.

    For goods that arrived badly, units known to have shipped come first.
    """
    lines = event.lines or [(line_id, line.facts.quantity) for line_id, line in order.lines.items()]
    found: dict[int, Units] = {}
    for line_id, quantity in lines:
        if line_id not in order.lines:
            continue
        pool = _pool(order, event, line_id)
        named = {
            unit
            for report in order.reports
            if (report.situation in VERIFIED) == (event.situation in VERIFIED)
            for unit in report.units.get(line_id, ())
        }
        gone = {*order.repaid(line_id), *order.gone_elsewhere(line_id)}
        sent = set(order.shipped(line_id)) if event.situation in VERIFIED else set()
        free = sorted(
            (u for u in pool if u not in gone), key=lambda u: (u in named, u not in sent, u)
        )
        if free[:quantity]:
            found[line_id] = tuple(sorted(free[:quantity]))
    return found


def _pool(order: Order, event: t.ProblemReported, line_id: int) -> Units:
    """The units to choose from: the purchase's; without one, the line's or what nobody bought."""
    everything = order.lines[line_id].units
    purchase = order.purchases.get(event.purchase_id) if event.purchase_id else None
    if purchase is not None:
        return purchase.units.get(line_id, ()) or (everything if event.lines else ())
    if event.lines:
        return everything
    bought = order.bought(line_id)
    return tuple(u for u in everything if u not in bought)


def evidence_added(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.EvidenceAdded)
    kept = order.evidence.setdefault(event.case_id, [])
    if all(event.evidence_id != other.evidence_id for _, other in kept):
        kept.append((entry.at, event))


def verification_seen(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.VerificationSeen)
    claim = order.claims.setdefault(event.case_id, Claim(sent_at=entry.at))
    if not claim.result:
        claim.result, claim.result_at, claim.message = event.result, entry.at, event.message


def address_settled(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.AddressSettled)
    order.address_settled[event.report_id] = event.how
    if event.how == "corrected":
        # What was bought while it was only a doubt goes to an address that is wrong.
        for purchase in list(order.purchases.values()):
            split_reports(order, entry, purchase)


def letter_bounced(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.LetterBounced)
    order.bounced[event.key] = event.what


def tracking_seen(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.TrackingSeen)
    if event.status == "delivered":
        order.delivered.setdefault(event.fulfilment_id, event.happened_at)


def answers_a_claim(order: Order, entry: t.Entry, event: t.RecoverySeen) -> None:
    """Where an API took the claim, its word on the money is its word on the claim."""
    result = {"agreed": "verified", "received": "verified", "refused": "refused"}.get(event.state)
    for case_id, claim in order.claims.items():
        mine = order.purchase_of(case_id) == event.purchase_id
        if result and mine and claim.remote_id and not claim.result:
            claim.result, claim.result_at = result, entry.at
            claim.message = event.message
