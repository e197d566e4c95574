"""Reasons: what a rule says, and, once a decision is taken, the facts it looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from plugin.actions import Reason
from plugin.case import Case
from plugin.deadlines import Deadline
from plugin.known_once import known_once
from plugin.terms import Clause


class Why:
    """Makes the reasons of one decision: the same cause, a clause each."""

    def __init__(self, case: Case, says: str, deadline: Deadline | None = None) -> None:
        self.case = case
        self.says = says
        self.deadline = deadline

    @known_once
    def due(self) -> str:
        """ISO moment of the clock that led to it; empty if none did."""
        return _iso(self.deadline.due(self.case) if self.deadline else None)

    def __call__(self, clause: Clause, says: str = "") -> Reason:
        """The reason for doing what `clause` stands for."""
        return Reason(
            situation=self.case.situation,
            clause=clause,
            says=says or self.says,
            version=self.case.terms.version,
            due=self.due,
        )


def with_facts(because: Reason, case: Case) -> Reason:
    """A reason as it is written down: with what the rule saw of the case.

    A rule asks for the same thing at every look until it is done; only the first asking needs this.
    """
    return replace(because, version=case.terms.version, facts=_facts(case))


def _facts(case: Case) -> dict[str, str | int]:
    purchase = case.purchase
    facts: dict[str, str | int] = {
        "order": case.order.seen.name if case.order.seen else "",
        "supplier": purchase.supplier,
        "reference": purchase.reference,
        "route": str(case.route),
        "ship_by": _iso(case.ship_by),
        "promised": int(case.ship_by_was_promised),
        "units": sum(len(units) for units in case.missing.values()),
        "asked_at": _iso(purchase.asked_at),
    }
    return {name: value for name, value in facts.items() if value != ""}


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
