"""Where the parcels of a case are: each leg with its last scan, and how old what we know is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin import timeline as t
from plugin.case import Case
from plugin.pages.desk import language, say
from plugin.words.speech import speech

STALE = timedelta(days=3)
"""A parcel on its way that nobody has said anything of for so long: what we know is old."""


@dataclass(frozen=True)
class Leg:
    """One way of a parcel: from the supplier, or to the customer."""

    name: str
    """`supplier` or `customer`"""
    company: str
    number: str
    shipped_at: datetime | None
    status: str
    """The carrier's last word; empty where there was none."""
    message: str
    scanned_at: datetime | None
    told_by: str
    """`carrier`, `store`, `supplier`, `import` or a person"""
    told_at: datetime
    stale: bool
    arrived: bool


def legs_of(case: Case, entries: Sequence[t.Entry], now: datetime) -> list[Leg]:
    """The legs of a case's goods, as far as anybody has told us, in the order of their way."""
    purchases = {case.purchase.id, case.bought_as.id if case.bought_as else ""} - {""}
    lines = set(case.units) or set(case.order.lines)
    found = [leg for id_ in sorted(purchases) if (leg := _from_supplier(id_, entries, now))]
    for shipment in case.order.fulfilments.values():
        if shipment.good and lines & {line_id for line_id, _ in shipment.lines}:
            leg = _to_customer(shipment, entries, now)
            if leg is not None:
                found.append(leg)
    return found


def _from_supplier(purchase_id: str, entries: Iterable[t.Entry], now: datetime) -> Leg | None:
    said = [
        e
        for e in entries
        if isinstance(e.what, t.PurchaseShipped | t.CustomsSeen | t.RouteLearned)
        and e.what.purchase_id == purchase_id
    ]
    sent = [e.what for e in said if isinstance(e.what, t.PurchaseShipped)]
    if not sent:
        return None
    last, shipped = said[-1], sent[-1]
    customs = [e for e in said if isinstance(e.what, t.CustomsSeen)]
    state = customs[-1].what if customs else None
    assert state is None or isinstance(state, t.CustomsSeen)
    return Leg(
        name="supplier",
        company="",
        number=shipped.tracking_number,
        shipped_at=shipped.shipped_at,
        status=f"customs_{state.state}" if state else "",
        message=state.message if state else "",
        scanned_at=state.since if state else None,
        told_by="carrier" if state and state.tracked and last is customs[-1] else last.by,
        told_at=last.at,
        stale=False,
        arrived=False,
    )


def _to_customer(
    shipment: t.FulfilmentSeen, entries: Iterable[t.Entry], now: datetime
) -> Leg | None:
    said = [
        e
        for e in entries
        if isinstance(e.what, t.FulfilmentSeen | t.TrackingSeen)
        and e.what.fulfilment_id == shipment.fulfilment_id
    ]
    if not said:
        return None
    last = said[-1]
    scans = [e.what for e in said if isinstance(e.what, t.TrackingSeen)]
    scan = max(scans, key=lambda one: one.happened_at, default=None)
    arrived = scan is not None and scan.status == "delivered"
    return Leg(
        name="customer",
        company=shipment.tracking_company,
        number=shipment.tracking_number,
        shipped_at=shipment.shipped_at,
        status=scan.status if scan else "",
        message=scan.message if scan else "",
        scanned_at=scan.happened_at if scan else None,
        told_by="carrier" if isinstance(last.what, t.TrackingSeen) else last.by,
        told_at=last.at,
        stale=not arrived and now - last.at > STALE,
        arrived=arrived,
    )


def status_of(status: str) -> str:
    """What a carrier or customs said last, in words."""
    if status.startswith("customs_"):
        return say(f"leg.{status}")
    return speech(language()).name("tracking", status)
