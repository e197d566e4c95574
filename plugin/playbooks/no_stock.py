"""1. No stock.

Refund the customer for the lines concerned. Look for the same or a similar item at another
supplier and offer it: as the product's new source, and as a replacement the customer can be
invited to take. Ask for the original purchase to be refunded, and follow it until the money is
in.

The guide reads refund, then re-source; a merchant may choose the goods first, and the refund
only when there are none within the time set. Nobody gets the money and the goods for the same
units unless a person said so and named the cost.

Situations 3 and 4 take this route too, under their own names.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from plugin import parcels
from plugin.actions import (
    AskRecovery,
    ChaseRecovery,
    CloseCase,
    Decision,
    Letter,
    ProposeAlternative,
    RefundCustomer,
    TellMerchant,
    Topic,
    UrgeSupplier,
    Withdraw,
    WriteCustomer,
)
from plugin.case import Case
from plugin.deadlines import RESOURCE_WITHIN
from plugin.order import Order, PlannedAction
from plugin.playbooks import recovery, remedy
from plugin.playbooks.remedy import CAN_BE_CALLED_OFF
from plugin.playbooks.reporting import reported
from plugin.playbooks.why import Why
from plugin.terms import Alternative, Clause, NoStockOrder, Situation

SITUATION = Situation.NO_STOCK
DEADLINES = (RESOURCE_WITHIN, *recovery.DEADLINES)


def questions(order: Order) -> list[tuple[str, tuple[int, ...]]]:
    """Whatever was reported as not to be had."""
    return reported(order, SITUATION)


def decide(case: Case, now: datetime) -> list[Decision]:
    """Refund, re-source and recover what was reported."""
    if not case.opened and (case.nothing_to_wait_for or case.taken_elsewhere):
        return []
    return route(case, now, Why(case, "out_of_stock"))


def route(case: Case, now: datetime, why: Why) -> list[Decision]:
    """The no-stock route, at any point along it."""
    return [
        *_withdraw_what_no_longer_fits(case),
        *_no_more_urging(case),
        *_tell_of_the_route(case, why),
        *_remedy(case, now, why),
        *_recover(case, now, why),
        *_write_the_customer(case, why),
        *_tell_of_late_goods(case, why),
        *_close(case, why),
    ]


def _tell_of_the_route(case: Case, why: Why) -> list[Decision]:
    if case.nothing_to_wait_for and not case.took_the_no_stock_route:
        return []
    about = f"{case.situation}:{case.purchase_id}"
    return [TellMerchant(why(Clause.TELL), topic=Topic.NO_STOCK_ROUTE, about=about)]


# --- The customer's side ------------------------------------------------------------------------


def _remedy(case: Case, now: datetime, why: Why) -> list[Decision]:
    if case.nothing_to_wait_for:
        return []
    if case.terms.no_stock_order is NoStockOrder.RESOURCE_FIRST:
        goods = _proposals(case, why, as_replacement=True)
        return [*goods, *_refunds_without_goods(case, now, why)]
    return [*_refunds(case, why, case.missing), *_proposals(case, why, as_replacement=False)]


def _refunds(case: Case, why: Why, missing: Iterable[int]) -> list[Decision]:
    return remedy.refunds(case, why, {line_id: case.missing[line_id] for line_id in missing})


def _refunds_without_goods(case: Case, now: datetime, why: Why) -> list[Decision]:
    """Goods first: the money only for lines no alternative was taken for within the time set."""
    late = RESOURCE_WITHIN.passed(case, now)
    without = [line_id for line_id in case.missing if late or _no_goods_to_be_had(case, line_id)]
    # Its own clock led to it: counted from the one before, it would pass for two days late.
    because = Why(case, why.says, RESOURCE_WITHIN) if late else why
    return _refunds(case, because, without)


def _no_goods_to_be_had(case: Case, line_id: int) -> bool:
    mine = [
        p
        for p in case.proposals
        if isinstance(p.action, ProposeAlternative)
        and p.action.line_id == line_id
        and p.action.as_replacement
    ]
    if mine:
        return not any(p.counts for p in mine)
    return not case.terms.alternatives_for(case.order.lines[line_id].facts.sku)


def _proposals(case: Case, why: Why, *, as_replacement: bool) -> list[Decision]:
    if case.proposals:
        return []
    proposals: list[Decision] = []
    for line_id, units in case.missing.items():
        sku = case.order.lines[line_id].facts.sku
        best = next((a for a in case.terms.alternatives_for(sku) if _will_do(case, a)), None)
        proposals.append(
            ProposeAlternative(
                why(Clause.RESOURCE),
                line_id=line_id,
                units=units,
                sku=sku,
                alternative_id=best.id if best else 0,
                as_replacement=as_replacement and best is not None,
                parcels=case.parcels,
            )
        )
    return proposals


def _will_do(case: Case, offer: Alternative) -> bool:
    """Instead of goods that are over the limits only those that are known to be under them."""
    if case.situation is not Situation.OVERSIZED:
        return True
    limits = parcels.limits_from(case.terms.limits)
    line = limits.get(case.terms.shipping_line)
    return line is not None and offer.grams is not None and offer.grams <= line.grams


def _write_the_customer(case: Case, why: Why) -> list[Decision]:
    """One letter when this case's refunds are settled; one to who is to be invited."""
    letters = remedy.letters(case, why)
    for proposal in case.proposals:
        action = proposal.action
        if isinstance(action, ProposeAlternative) and proposal.choice == "invite":
            letters.append(
                WriteCustomer(
                    why(Clause.LETTER),
                    letter=Letter.INVITED,
                    about=action.key,
                    line_ids=(action.line_id,),
                    alternative_id=action.alternative_id,
                )
            )
    return letters


# --- The supplier's side ------------------------------------------------------------------------


def _recover(case: Case, now: datetime, why: Why) -> list[Decision]:
    wanted = not case.nothing_to_wait_for
    if not wanted and not case.missing and case.how_it_ended == "shipped":
        return []  # who has shipped is not reminded of the money; the merchant was told
    return recovery.recover(case, now, why, wanted=wanted, whole=_whole_purchase(case))


def _whole_purchase(case: Case) -> bool:
    """Only then is the sum known; part of a purchase has a price nobody told us."""
    return dict(case.missing) == dict(case.purchase.units)


# --- When the goods come after all --------------------------------------------------------------


def _withdraw_what_no_longer_fits(case: Case) -> list[Decision]:
    """Not yet made refunds and open proposals whose units have shipped or are gone."""
    money = [
        Withdraw(p.key, case.how_it_ended)
        for p in (*case.refunds, *case.proposals)
        if p.state in CAN_BE_CALLED_OFF and not _still_fits(case, p)
    ]
    return [*money, *(call_off_words(case) if case.how_it_ended == "shipped" else [])]


def _no_more_urging(case: Case) -> list[Decision]:
    """Nobody is asked to ship and to pay back at once."""
    return [
        Withdraw(p.key, "no_stock_route")
        for p in case.planned
        if p.state in CAN_BE_CALLED_OFF and isinstance(p.action, UrgeSupplier)
    ]


def call_off_words(case: Case) -> list[Decision]:
    """Urging and asking back what has shipped makes no sense any more, if it was not yet said."""
    if case.missing:
        return []
    return [
        Withdraw(p.key, case.how_it_ended)
        for p in case.planned
        if p.state in CAN_BE_CALLED_OFF
        and isinstance(p.action, UrgeSupplier | AskRecovery | ChaseRecovery)
    ]


def _still_fits(case: Case, planned: PlannedAction) -> bool:
    action = planned.action
    assert isinstance(action, RefundCustomer | ProposeAlternative)
    if isinstance(action, ProposeAlternative) and case.how_it_ended != "shipped":
        return True
    if case.order.cancelled_at or case.purchase.cancelled_at:
        # Cancelling is not repaying: only units that shipped or were repaid by others fall away.
        away = {*case.order.shipped(action.line_id), *case.order.gone_elsewhere(action.line_id)}
        return not away & set(action.units)
    return set(action.units) <= set(case.missing.get(action.line_id, ()))


def _tell_of_late_goods(case: Case, why: Why) -> list[Decision]:
    """The goods left after the money did, or after it was asked back: the merchant has to know."""
    shipped = any(case.order.shipped(line_id) for line_id in case.units)
    if not shipped:
        return []
    told: list[Decision] = []
    about = f"{case.situation}:{case.purchase_id}"
    if any(_shipped_too(case, p) for p in case.refunds if p.state == "done"):
        reason = why(Clause.TELL, "shipped_after_refund")
        told.append(TellMerchant(reason, topic=Topic.SHIPPED_AFTER_REFUND, about=about))
    elif case.recovery_open:
        reason = why(Clause.TELL, "shipped_after_recovery")
        told.append(TellMerchant(reason, topic=Topic.SHIPPED_AFTER_RECOVERY, about=about))
    return told


def _shipped_too(case: Case, planned: PlannedAction) -> bool:
    action = planned.action
    assert isinstance(action, RefundCustomer)
    return bool(set(action.units) & set(case.order.shipped(action.line_id)))


# --- The end ------------------------------------------------------------------------------------


def _close(case: Case, why: Why) -> list[Decision]:
    if not case.opened or not _settled(case):
        return []
    return [CloseCase(outcome=_outcome(case), because=why(Clause.TELL, "settled"))]


def _settled(case: Case) -> bool:
    remedy = case.took_the_no_stock_route or case.nothing_to_wait_for
    open_still = any(p.alive for p in case.planned) or case.recovery_open
    return remedy and not open_still and not _replacement_awaited(case)


def _replacement_awaited(case: Case) -> bool:
    """Goods were promised instead, and nobody has told us yet that they were bought."""
    promised = [p.action for p in case.proposals if p.choice == "replace" and p.counts]
    bought = {
        (line_id, unit)
        for p in case.order.purchases.values()
        if p.replacement
        for line_id, units in p.units.items()
        for unit in units
    }
    return any(
        (action.line_id, unit) not in bought
        for action in promised
        if isinstance(action, ProposeAlternative)
        for unit in action.units
        if unit in case.missing.get(action.line_id, ())
    )


def _outcome(case: Case) -> str:
    if any(p.state == "done" for p in case.refunds):
        return "refunded"
    if any(p.choice == "replace" for p in case.proposals):
        return "replaced"
    if case.nothing_to_wait_for:
        return case.how_it_ended
    return "declined"
