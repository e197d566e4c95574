"""What the situations share that somebody has to report: nobody finds them on a clock."""

from __future__ import annotations

from plugin.actions import Decision, OpenCase
from plugin.case import Case
from plugin.order import Order
from plugin.playbooks.why import Why
from plugin.terms import Clause, Situation


def reported(order: Order, situation: Situation) -> list[tuple[str, tuple[int, ...]]]:
    """(purchase id, line ids) of everything reported under one situation."""
    mine = [r for r in order.reports if r.situation is situation]
    return list(dict.fromkeys((r.purchase_id, r.line_ids) for r in mine))


def taken_in_hand(case: Case, why: Why) -> list[Decision]:
    """A report is a case at once, however far the rules may go."""
    return [OpenCase(why(Clause.TELL))] if case.reports else []
