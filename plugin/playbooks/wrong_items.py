"""6. Wrong or missing items.

The customer reports, with proof, that something else came, or less than was bought. Proof, claim,
verification and remedy are those of `verification.py`.
"""

from __future__ import annotations

from datetime import datetime

from plugin.actions import Decision
from plugin.case import Case
from plugin.order import Order
from plugin.playbooks import verification
from plugin.playbooks.reporting import reported
from plugin.playbooks.why import Why
from plugin.terms import Situation

SITUATION = Situation.WRONG_ITEMS
DEADLINES = verification.DEADLINES


def questions(order: Order) -> list[tuple[str, tuple[int, ...]]]:
    """Whatever was reported as wrong or missing."""
    return reported(order, SITUATION)


def decide(case: Case, now: datetime) -> list[Decision]:
    """Collect the proof, have it verified, then reissue or refund."""
    return verification.decide(case, now, Why(case, "wrong_items"))
