"""The desk between the merchant and the platform: it answers what it was asked, in its own time."""

from __future__ import annotations

from datetime import datetime, timedelta

from plugin import business_days
from plugin.sandbox import purchases
from plugin.sandbox.accounts import demand
from plugin.sandbox.ground import Ground
from plugin.sandbox.store import Row

VERIFICATION, INTERCEPTION = "verification", "interception"
SOONEST, LATEST = 12, 25
"""Business days until a claim is verified or refused; the guide has 10 to 30."""
LOOKS = 60
"""Days after which nobody looks any more whether something was asked."""
VERIFIED_SHARE, STOPPED_SHARE = 0.75, 0.6


def answer(ground: Ground, order_id: int, about: str, at: datetime) -> None:
    """It was asked at `at`: the answer will come, once."""
    for purchase in concerned(ground, order_id, about):
        reference = purchase["reference"]
        if about == VERIFICATION:
            days = ground.dice.between(SOONEST, LATEST, "verified after", reference)
            good = ground.dice.chance(VERIFIED_SHARE, "verified", reference)
            result = "verified" if good else "refused"
            hours = ground.dice.between(8, 14, "desk hour", reference)
            due = business_days.after(at, days).due - timedelta(hours=hours)
            ground.schedule(due, "claim_result", reference=reference, result=result)
        else:
            good = ground.dice.chance(STOPPED_SHARE, "stopped", reference)
            result = "succeeded" if good else "failed"
            due = at + timedelta(days=1)
            ground.schedule(due, "stop_parcel", reference=reference, result=result)


def look_later(ground: Ground, order_id: int, about: str, at: datetime, times: int = LOOKS) -> None:
    """A day later it looks whether it is asked, and so on for `times` days."""
    if times > 0:
        due = at + timedelta(days=1)
        ground.schedule(due, "look_whether_asked", order_id=order_id, about=about, times=times)


def concerned(ground: Ground, order_id: int, about: str) -> list[Row]:
    """The purchases a claim is about: customers report their first line. Or all of them."""
    bought = purchases.of_order(ground, order_id)
    if about != VERIFICATION:
        return bought
    first = demand(ground.ledger, order_id).lines[0]["id"]
    return [p for p in bought if any(line == first for line, _ in p["lines"])]
