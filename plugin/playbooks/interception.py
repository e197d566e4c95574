"""What situations 8 and 9 share: stopping a parcel.

Domestic: try to intercept. Interception succeeded: refund. Failed: no refund, and the customer is
told so. International: it can be neither intercepted nor refunded, and the customer is told so
plainly. Where nobody knows where the parcel is, the merchant is asked; a day later it is taken to
be abroad.
"""

from __future__ import annotations

from datetime import datetime

from plugin.actions import (
    CancelOrder,
    ChaseInterception,
    CloseCase,
    Decision,
    InterceptParcel,
    Letter,
    ReleaseOrder,
    TellMerchant,
    Topic,
    WriteCustomer,
)
from plugin.case import Case
from plugin.deadlines import INTERCEPT_WITHIN, ROUTE_WITHIN
from plugin.playbooks import recovery, remedy
from plugin.playbooks.why import Why
from plugin.terms import Clause, Route

DEADLINES = (INTERCEPT_WITHIN, ROUTE_WITHIN, *recovery.DEADLINES)
CHASES = 3


def stop(case: Case, now: datetime, why: Why) -> list[Decision]:
    """Stop what was bought, and follow it to its end."""
    bought = case.bought_as
    if bought is not None and bought.stopped:
        return _succeeded(case, now)
    nothing_yet = _no_money(case)
    if bought is not None and bought.interception == "failed":
        return [*nothing_yet, *_told(case, "not_intercepted", Letter.NOT_INTERCEPTED)]
    route = bought.route if bought is not None else Route.UNKNOWN
    if route is Route.DOMESTIC and bought is not None:
        return [*nothing_yet, *_intercept(case, now, why, bought.id)]
    if route is Route.INTERNATIONAL or ROUTE_WITHIN.passed(case, now):
        calling_off = _no_more_asking(case, "international")
        return [*nothing_yet, *calling_off, *_told(case, "cannot_stop", Letter.CANNOT_STOP)]
    ask = TellMerchant(why(Clause.TELL), topic=Topic.ROUTE_WANTED, about=case.id)
    return [*nothing_yet, ask]


def taken_over(case: Case) -> list[Decision]:
    """All its goods were bought meanwhile: a case for each purchase sees to them now.

    A hold of ours is still lifted: it was this case that asked for it.
    """
    ours = tuple(p for p in case.planned if not isinstance(p.action, ReleaseOrder))
    called_off = remedy.call_off(case, ours, "taken_over")
    return [*called_off, *_close(case, "taken_over", [])]


def _intercept(case: Case, now: datetime, why: Why, purchase_id: str) -> list[Decision]:
    decisions: list[Decision] = [InterceptParcel(why(Clause.INTERCEPT), purchase_id=purchase_id)]
    if case.intercept_asked_at is None or not INTERCEPT_WITHIN.passed(case, now):
        return decisions
    quiet = Why(case, "interception_quiet", INTERCEPT_WITHIN)
    told = TellMerchant(quiet(Clause.TELL), topic=Topic.INTERCEPTION_QUIET, about=case.id)
    chased = case.order.purchases[purchase_id].intercept_chased
    if chased >= CHASES:
        return [*decisions, told]
    chase = ChaseInterception(quiet(Clause.INTERCEPT), purchase_id=purchase_id, nth=chased + 1)
    return [*decisions, told, chase]


def _succeeded(case: Case, now: datetime) -> list[Decision]:
    why = Why(case, "intercepted")
    decisions = [
        *_no_more_asking(case, "answered"),
        *remedy.refunds(case, why, case.unsettled),
        *recovery.recover(case, now, why, wanted=True, whole=_whole_purchase(case)),
        *remedy.letters(case, why),
    ]
    refunded = any(p.state == "done" for p in case.refunds) or not case.unsettled
    return [*decisions, *_close(case, "refunded" if refunded else "declined", decisions)]


def _told(case: Case, says: str, letter: Letter) -> list[Decision]:
    """An honest no. The case ends once it is said."""
    why = Why(case, says)
    line_ids = tuple(case.units)
    # An order cancelled in the store: the customer was told that it is, and asked us nothing.
    asked = any(not report.by_check for report in case.reports) or not case.order.cancelled_at
    letters: list[Decision] = []
    if asked:
        letters.append(
            WriteCustomer(why(Clause.LETTER), letter=letter, about=case.id, line_ids=line_ids)
        )
    return [*_no_more_asking(case, says), *letters, *_close(case, says, letters)]


def _no_money(case: Case) -> list[Decision]:
    """A refund that was asked for when nothing was bought, or the parcel was thought stopped."""
    early = [p for p in case.planned if isinstance(p.action, CancelOrder)]
    return remedy.call_off(case, (*case.refunds, *early), "not_intercepted")


def _no_more_asking(case: Case, why: str) -> list[Decision]:
    asking = tuple(
        p for p in case.planned if isinstance(p.action, InterceptParcel | ChaseInterception)
    )
    return remedy.call_off(case, asking, why)


def _whole_purchase(case: Case) -> bool:
    return dict(case.units) == dict(case.purchase.units)


def _close(case: Case, outcome: str, asked: list[Decision]) -> list[Decision]:
    if remedy.unfinished(case, asked):
        return []
    return [CloseCase(outcome=outcome, because=Why(case, "settled")(Clause.TELL))]
