"""Stories with a problem the merchant's guide knows: parcels, customs, reports, addresses.

Each is told in days from the order. What waits for somebody to ask is left to `desk.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plugin.sandbox.ground import Ground

DOMESTIC, INTERNATIONAL = "domestic", "international"


@dataclass(frozen=True)
class Step:
    """Something that happens `days` after the order; `doc` is what it needs to know."""

    days: float
    kind: str
    doc: Mapping[str, Any]


@dataclass(frozen=True)
class Trouble:
    """One story. `bought`, `shipped` and `delivered` are days after the order, None for never."""

    steps: tuple[Step, ...] = ()
    route: str = DOMESTIC
    bought: float | None = 0.1
    shipped: float | None = None
    delivered: float = 6.0
    slip: str = ""
    """What the customer got wrong in the address."""
    bulky: bool = False
    """More than a parcel may weigh."""


def _step(days: float, kind: str, **doc: Any) -> Step:
    return Step(days, kind, doc)


def _reported(situation: str, days: float, **more: Any) -> Step:
    return _step(days, "report", situation=situation, **more)


def _sent(days: float, key: str, *then: Step) -> Step:
    """The merchant says that he has sent what the app prepared; `then` counts from there."""
    return _step(days, "press", verb="sent", key=key, then=then)


def _abroad(*steps: Step) -> Trouble:
    return Trouble(steps, INTERNATIONAL, shipped=0.8)


def _claimed(situation: str, wish: str, *then: Step) -> Trouble:
    """Reported with pictures 6.6 days after the order, handed in at 7.5."""
    reported = _reported(situation, 6.6, pictures=3, wish=wish)
    return _abroad(reported, _sent(7.5, "verify:", *then))


def _judged(days: float, result: str) -> Step:
    return _step(days, "claim_result", result=result)


TROUBLES: Mapping[str, Trouble] = {
    # 2. Oversized or overweight
    "parcel_too_large": Trouble((_step(1.5, "refuse_parcel", reason="oversized", parcels=2),)),
    "parcel_too_heavy": Trouble((_step(1.2, "refuse_parcel", reason="overweight"),)),
    "over_the_limits": Trouble(bought=None, bulky=True),
    # 4. Supplier unresponsive
    "silent_abroad": Trouble((_step(5.2, "ask_supplier"),), INTERNATIONAL),
    # 5. Customs hold
    "customs_held": _abroad(
        _step(7, "customs", result="held"), _step(16, "customs", result="cleared")
    ),
    "customs_returned": _abroad(
        _step(7, "customs", result="held"), _step(14.5, "customs", result="returned")
    ),
    "customs_cleared": _abroad(
        _step(6, "customs", result="held"), _step(8.5, "customs", result="cleared")
    ),
    # 6. Wrong or missing items
    "wrong_no_proof": _abroad(
        _reported("wrong_items", 6.6, wish="reissue"), _step(11, "more_pictures", pictures=2)
    ),
    "wrong_proved": _abroad(_reported("wrong_items", 6.6, pictures=3, wish="refund")),
    "wrong_verifying": _claimed("wrong_items", "refund", _judged(26, "verified")),
    "wrong_refused": _claimed("wrong_items", "refund", _judged(15, "refused")),
    # 7. Damaged
    "damaged_no_proof": _abroad(_reported("damaged", 6.6, wish="refund")),
    "damaged_proved": _abroad(_reported("damaged", 6.6, pictures=1, wish="reissue")),
    "damaged_verifying": _claimed("damaged", "reissue", _judged(22, "verified")),
    "damaged_verified": _claimed("damaged", "reissue", _judged(16, "verified")),
    # 8. Customer cancels
    "cancelled_unbought": Trouble((_reported("cancellation", 0.15),), bought=None),
    "cancelled_late": Trouble((_reported("cancellation", 1.3),), shipped=0.9, delivered=9),
    "cancelled_stopping": Trouble(
        (
            _reported("cancellation", 1.1),
            _sent(1.5, "intercept:", _step(1, "stop_parcel", result="failed")),
        ),
        shipped=0.9,
        delivered=9,
    ),
    "cancelled_abroad": _abroad(_reported("cancellation", 3)),
    # 9. Wrong address
    "address_slip": Trouble((_step(1.6, "settle_address", how="corrected"),), bought=2, slip="zip"),
    "address_quiet": Trouble(bought=None, slip="house"),
    "address_late": Trouble((_reported("wrong_address", 1.2),), shipped=2.9, delivered=9),
    "address_stopped": Trouble(
        (
            _reported("wrong_address", 1.2),
            _sent(1.6, "intercept:", _step(1, "stop_parcel", result="succeeded")),
        ),
        shipped=0.9,
        delivered=9,
    ),
    "address_abroad": _abroad(_reported("wrong_address", 3)),
}


def unfold(ground: Ground, story: str, order_id: int, reference: str, at: datetime) -> None:
    """Write down what happens to an order; `reference` is its first purchase's, if it has one."""
    for step in TROUBLES[story].steps:
        doc = dict(step.doc) | _named(step, order_id, reference)
        if "then" in doc:
            doc["then"] = [
                {
                    "days": later.days,
                    "kind": later.kind,
                    "doc": dict(later.doc) | _named(later, order_id, reference),
                }
                for later in doc["then"]
            ]
        ground.schedule(at + timedelta(days=step.days), step.kind, **doc)


def _named(step: Step, order_id: int, reference: str) -> dict[str, Any]:
    by_order = {"report", "more_pictures", "settle_address", "press", "ask_supplier"}
    return {"order_id": order_id} if step.kind in by_order else {"reference": reference}
