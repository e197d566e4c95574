"""8. Customer cancels.

Domestic: try to intercept; succeeded, refund; failed, no refund, and the customer is told so.
International: neither, and the customer is told so plainly. Nothing bought yet at any supplier:
an ordinary cancel-and-refund.
"""

from __future__ import annotations

from datetime import datetime

from plugin.actions import CancelOrder, CloseCase, Decision, Letter, WriteCustomer
from plugin.case import Case
from plugin.order import Order
from plugin.playbooks import interception, remedy
from plugin.playbooks.reporting import reported, taken_in_hand
from plugin.playbooks.why import Why
from plugin.terms import Clause, Situation

SITUATION = Situation.CANCELLATION
DEADLINES = interception.DEADLINES


def questions(order: Order) -> list[tuple[str, tuple[int, ...]]]:
    """Whatever the customer wants no more."""
    return reported(order, SITUATION)


def decide(case: Case, now: datetime) -> list[Decision]:
    """Cancel and repay what nobody has bought yet; stop what was."""
    why = Why(case, "cancellation")
    if not case.opened:
        return taken_in_hand(case, why)
    if not case.units:
        return interception.taken_over(case)
    if case.nothing_bought:
        return _cancel(case, Why(case, "nothing_bought"))
    return interception.stop(case, now, why)


def _cancel(case: Case, why: Why) -> list[Decision]:
    """The money first, then the order: a cancelled order pays nothing back by itself here."""
    decisions = remedy.refunds(case, why, case.unsettled)
    if not decisions and not any(p.alive for p in case.refunds):
        decisions += _in_the_store(case, why)
        if not case.refunds and _is_cancelled(case):
            line_ids = tuple(case.units)
            letter = WriteCustomer(
                why(Clause.LETTER), letter=Letter.CANCELLED, about=case.id, line_ids=line_ids
            )
            decisions.append(letter)
    decisions += remedy.letters(case, why)
    if remedy.unfinished(case, decisions):
        return decisions
    refused = any(p.state == "declined" for p in case.refunds)
    because = Why(case, "settled")(Clause.TELL)
    outcome = "declined" if refused else "cancelled"
    return [*decisions, CloseCase(outcome=outcome, because=because)]


def _is_cancelled(case: Case) -> bool:
    done = any(isinstance(p.action, CancelOrder) and p.state == "done" for p in case.planned)
    return done or case.order.cancelled_at is not None


def _in_the_store(case: Case, why: Why) -> list[Decision]:
    """Only an order of which nothing is left to send; one that is cancelled already stays so."""
    order = case.order
    wanted = any(
        set(line.units) - {*order.repaid(i), *order.gone_elsewhere(i), *case.units.get(i, ())}
        for i, line in order.lines.items()
    )
    declined = any(p.state == "declined" for p in case.refunds)
    if order.cancelled_at or wanted or declined:
        return []
    return [CancelOrder(why(Clause.CANCEL), case_id=case.id)]
