"""Adding a timeline up to an `Order`: one small step per kind of event.

`fold` is the only way to get an `Order`. It is pure, and nothing but the timeline goes in, so any
moment of the past can be folded again and a stored copy can always be checked against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from plugin import fold_reports as after
from plugin import timeline as t
from plugin.actions import (
    ACTIONS,
    AskRecovery,
    AskVerification,
    ChaseInterception,
    ChaseRecovery,
    ChaseVerification,
    FlagOrder,
    InterceptParcel,
    UrgeSupplier,
)
from plugin.fold_reports import purchase_in
from plugin.money import share_out
from plugin.order import (
    ALIVE,
    CaseRecord,
    Claim,
    Line,
    Order,
    PlannedAction,
    Purchase,
    Report,
    Units,
)
from plugin.terms import Autonomy, Route, Situation


def fold(entries: Iterable[t.Entry]) -> Order:
    """Add a timeline up, oldest entry first."""
    return fold_on(Order(), entries)


def fold_on(order: Order, entries: Iterable[t.Entry]) -> Order:
    """Add what came later to an order that nobody else holds: it is changed."""
    order.told = None
    for entry in entries:
        step = _STEPS.get(type(entry.what))
        if step is not None:
            step(order, entry)
    order.told = {}
    return order


def _order_seen(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.OrderSeen)
    if order.seen is not None and event.version < order.seen.version:
        return
    cancelled_before = order.cancelled_at
    order.first_seen = order.first_seen or event
    order.told_at = order.told_at or entry.at
    order.seen = event
    order.paid_at = order.paid_at or event.paid_at
    freight = (
        share_out(
            event.shipping_paid_minor,
            [max(0, f.paid_minor) if f.requires_shipping else 0 for f in event.lines],
        )
        if event.lines
        else []
    )
    order.lines = {
        facts.id: Line(facts=facts, shipping_minor=freight[i])
        for i, facts in enumerate(event.lines)
    }
    if event.cancelled_at and not cancelled_before:
        after.cancelled_in_the_store(order, entry)


def _fulfilment_seen(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.FulfilmentSeen)
    known = order.fulfilments.get(event.fulfilment_id)
    if known is None or event.version >= known.version:
        order.fulfilments[event.fulfilment_id] = event


def _refund_seen(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.RefundSeen)
    order.refunds[event.refund_id] = event


def _transaction_seen(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.TransactionSeen)
    known = order.transactions.get(event.transaction_id)
    if known is None or known.status == "pending":
        order.transactions[event.transaction_id] = event


def _dispute_seen(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.DisputeSeen)
    order.disputes[event.dispute_id] = event


def _return_requested(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.ReturnRequested)
    order.returns_asked.add(event.return_id)


def _purchase_recorded(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.PurchaseRecorded)
    known = order.purchases.get(event.purchase_id)
    route = _further(known.route if known else Route.UNKNOWN, event.route)
    units = _serve(order, event, replacement=event.replacement)
    instead = not any(units.values()) and any(quantity for _, quantity in event.lines)
    if instead:
        # Everything it is for was bought before: these are other goods for the same units.
        units = _serve(order, event, replacement=True)
    fresh = Purchase(
        id=event.purchase_id,
        supplier=event.supplier,
        reference=event.reference,
        connection=event.connection,
        units=units,
        route=route,
        ship_by=event.ship_by or (known.ship_by if known else None),
        ordered_at=event.ordered_at,
        cost_minor=event.cost_minor,
        cost_currency=event.cost_currency,
        replacement=event.replacement or instead,
        told_at=entry.at,
    )
    if known is not None:
        for name in _LEARNED:
            setattr(fresh, name, getattr(known, name) or getattr(fresh, name))
    order.purchases[event.purchase_id] = fresh
    after.split_reports(order, entry, fresh)
    if known is None:
        after.cancelled_in_the_store(order, entry)


_LEARNED = (
    "told_at",
    "shipped_at",
    "cancelled_at",
    "asked_at",
    "answered_at",
    "recovery_state",
    "recovery_asked_at",
    "recovery_minor",
    "chased",
    "chased_at",
    "customs",
    "customs_since",
    "customs_tracked",
    "customs_at",
    "intercept_asked_at",
    "intercept_chased",
    "interception",
)


def _serve(order: Order, event: t.PurchaseRecorded, *, replacement: bool) -> dict[int, Units]:
    """Which units a purchase serves: the first that no other purchase of its kind serves."""
    served: dict[int, Units] = {}
    for line_id, quantity in event.lines:
        line = order.lines.get(line_id)
        taken = {
            u
            for p in order.purchases.values()
            if p.id != event.purchase_id and p.replacement == replacement and not p.cancelled_at
            for u in p.units.get(line_id, ())
        }
        total = line.facts.quantity if line else quantity + len(taken)
        free = [u for u in range(1, total + 1) if u not in taken]
        served[line_id] = tuple(free[:quantity])
    return served


def _further(before: Route, told: Route) -> Route:
    """A parcel goes abroad once and does not come back; `unknown` never erases what is known."""
    if Route.INTERNATIONAL in (before, told):
        return Route.INTERNATIONAL
    return told if told is not Route.UNKNOWN else before


def _purchase_shipped(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.PurchaseShipped)
    purchase = purchase_in(order, event.purchase_id)
    purchase.shipped_at = purchase.shipped_at or event.shipped_at


def _purchase_cancelled(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.PurchaseCancelled)
    purchase = purchase_in(order, event.purchase_id)
    purchase.cancelled_at = purchase.cancelled_at or event.cancelled_at


def _route_learned(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.RouteLearned)
    purchase = purchase_in(order, event.purchase_id)
    purchase.route = _further(purchase.route, event.route)


def _out_of_stock(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.OutOfStockReported)
    order.reports.append(
        Report(
            situation=Situation.NO_STOCK,
            purchase_id=event.purchase_id,
            line_ids=tuple(sorted(event.line_ids)),
            at=entry.at,
            seq=entry.seq,
            message=event.message,
        )
    )


def _supplier_asked(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.SupplierAsked)
    _ask(purchase_in(order, event.purchase_id), entry)


def _ask(purchase: Purchase, entry: t.Entry) -> None:
    """Waiting starts with the first unanswered question; asking again does not restart it."""
    if purchase.asked_at is None or purchase.answered_at is not None:
        purchase.asked_at, purchase.answered_at = entry.at, None


def _supplier_answered(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.SupplierAnswered)
    purchase = purchase_in(order, event.purchase_id)
    # A later date in an answer does not move the clocks: they stop when the goods ship, not when
    # somebody promises again. The merchant may record the purchase anew with another date.
    purchase.answered_at = entry.at


def _recovery_seen(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.RecoverySeen)
    purchase = purchase_in(order, event.purchase_id)
    if purchase.recovery_state in {"received", "refused"} and event.state == "agreed":
        return
    purchase.recovery_state = event.state
    purchase.recovery_minor = event.minor or purchase.recovery_minor
    after.answers_a_claim(order, entry, event)


def _case_opened(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.CaseOpened)
    order.cases[event.case_id] = CaseRecord(opened=event, opened_at=entry.at, opened_seq=entry.seq)


def _case_closed(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.CaseClosed)
    record = order.cases[event.case_id]
    if record.closed is None:
        record.closed, record.closed_at, record.closed_seq = event, entry.at, entry.seq


def _planned(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.Planned)
    action = t.structured(event.body, ACTIONS[event.action])
    if isinstance(action, FlagOrder):
        order.flaggings, order.flagged = order.flaggings + 1, action.says
    order.planned[event.key] = PlannedAction(
        key=event.key,
        action=action,
        case_id=event.case_id,
        level=event.level,
        mark=event.mark,
        marks=(event.mark,),
        planned_at=entry.at,
        state="going" if event.level is Autonomy.AUTO else "waiting",
    )


def _withheld(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.Withheld)
    order.withheld.add(event.key)


def _moves_to(state: str) -> Callable[[Order, t.Entry], None]:
    def step(order: Order, entry: t.Entry) -> None:
        planned = order.planned.get(getattr(entry.what, "key", ""))
        # What the outside world shows as done is done, whatever we thought of it.
        if planned is not None and (planned.alive or state == "done"):
            planned.state = state
            planned.choice = getattr(entry.what, "choice", "") or planned.choice
            planned.settled_at = None if state in ALIVE else entry.at

    return step


def _action_done(order: Order, entry: t.Entry) -> None:
    _moves_to("done")(order, entry)
    event = entry.what
    assert isinstance(event, t.ActionDone)
    planned = order.planned.get(event.key)
    match planned.action if planned else None:
        case FlagOrder():
            order.flagged = event.remote_id or order.flagged
        case UrgeSupplier(purchase_id=purchase_id):
            _ask(purchase_in(order, purchase_id), entry)
        case AskRecovery(purchase_id=purchase_id):
            purchase = purchase_in(order, purchase_id)
            purchase.recovery_state = purchase.recovery_state or "asked"
            purchase.recovery_asked_at = entry.at
        case ChaseRecovery(purchase_id=purchase_id):
            purchase = purchase_in(order, purchase_id)
            purchase.chased += 1
            purchase.chased_at = entry.at
        case InterceptParcel(purchase_id=purchase_id):
            purchase = purchase_in(order, purchase_id)
            purchase.intercept_asked_at = purchase.intercept_asked_at or entry.at
        case ChaseInterception(purchase_id=purchase_id):
            purchase = purchase_in(order, purchase_id)
            purchase.intercept_chased += 1
            purchase.intercept_asked_at = entry.at
        case AskVerification(case_id=case_id):
            order.claims.setdefault(case_id, Claim(entry.at, remote_id=event.remote_id))
            if event.remote_id:
                # A platform that takes a claim takes it as asking for the money back.
                purchase = purchase_in(order, order.purchase_of(case_id))
                purchase.recovery_state = purchase.recovery_state or "asked"
                purchase.recovery_asked_at = entry.at
        case ChaseVerification(case_id=case_id) if case_id in order.claims:
            order.claims[case_id].chased += 1
            order.claims[case_id].chased_at = entry.at


def _attempt_renewed(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.AttemptRenewed)
    planned = order.planned.get(event.key)
    if planned is not None and planned.alive:
        planned.state, planned.mark = "going", event.mark
        planned.marks = (*planned.marks, event.mark)


def _both_allowed(order: Order, entry: t.Entry) -> None:
    event = entry.what
    assert isinstance(event, t.BothAllowed)
    order.both_allowed.update((event.line_id, unit) for unit in event.units)


_STEPS: Mapping[type[t.Event], Callable[[Order, t.Entry], None]] = {
    t.OrderSeen: _order_seen,
    t.FulfilmentSeen: _fulfilment_seen,
    t.RefundSeen: _refund_seen,
    t.TransactionSeen: _transaction_seen,
    t.DisputeSeen: _dispute_seen,
    t.ReturnRequested: _return_requested,
    t.PurchaseRecorded: _purchase_recorded,
    t.PurchaseShipped: _purchase_shipped,
    t.PurchaseCancelled: _purchase_cancelled,
    t.RouteLearned: _route_learned,
    t.OutOfStockReported: _out_of_stock,
    t.OversizedReported: after.oversized,
    t.OrderChecked: after.order_checked,
    t.CustomsSeen: after.customs_seen,
    t.InterceptionSeen: after.interception_seen,
    t.ProblemReported: after.problem_reported,
    t.EvidenceAdded: after.evidence_added,
    t.VerificationSeen: after.verification_seen,
    t.AddressSettled: after.address_settled,
    t.LetterBounced: after.letter_bounced,
    t.TrackingSeen: after.tracking_seen,
    t.SupplierAsked: _supplier_asked,
    t.SupplierAnswered: _supplier_answered,
    t.RecoverySeen: _recovery_seen,
    t.CaseOpened: _case_opened,
    t.CaseClosed: _case_closed,
    t.Planned: _planned,
    t.Withheld: _withheld,
    t.Withdrawn: _moves_to("withdrawn"),
    t.Approved: _moves_to("going"),
    t.Declined: _moves_to("declined"),
    t.BothAllowed: _both_allowed,
    t.ActionDone: _action_done,
    t.ActionRefused: _moves_to("refused"),
    t.OutcomeLost: _moves_to("unknown"),
    t.HandedOver: _moves_to("by_hand"),
    t.Held: _moves_to("waiting"),
    t.AttemptRenewed: _attempt_renewed,
}

UNTOUCHED = (t.OrderEdited, t.NoteWritten, t.DeadlineMoved, t.CaseAssigned, t.CaseSnoozed)
"""Events that are kept for people to read and change nothing that is decided on."""
