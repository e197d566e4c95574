"""What is done to an order in the store before anything is bought: hold, release, correct, cancel.

Each is harmless when repeated: a hold is known by its handle, an address by what it says, a
cancelled order by its date. So a lost answer is read back, and only then said again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from clients.errors import OutcomeUnknown
from clients.shopify import records as store
from clients.shopify.addresses import PostalAddress
from plugin import timeline as t
from plugin.actions import CancelOrder, CorrectAddress, HoldOrder, ReleaseOrder
from plugin.effects.errand import Errand
from plugin.facts import events_from
from plugin.ports import Storefront
from plugin.store import reports

REASONS = {"address": "INCORRECT_ADDRESS", "parcel": "OTHER"}
NOTES = {
    "address": "the customer confirms the address before anything is bought",
    "parcel": "the parcel is over the limits of the shipping line",
}
"""What whoever packs the order reads beside the reason."""
HANDLE = "postvendita"
"""Names our holds, each with what it is for: one case never lifts another's."""
PLACE = ("address1", "address2", "city", "province_code", "country_code", "zip")
PERSON = ("first_name", "last_name", "phone", "company")
MOST_CANCELLINGS = 3
STORE_NEEDS = timedelta(minutes=2)
"""The store cancels in a job of its own; this long later it should show."""


def hold_order(errand: Errand) -> None:
    """Keep everything of the order that is still to be sent from being sent."""
    action = t.structured(errand.row.body, HoldOrder)
    storefront = errand.connections.storefront(errand.row.shop)
    open_ones = _open(storefront.fulfilment_orders(errand.row.order_id))
    if not open_ones:
        errand.refused("nothing_left")
        return
    if not errand.sending():
        return
    record = errand.order().cases.get(action.case_id)
    number = record.opened.number if record else ""
    notes = f"Postvendita case {number}: {NOTES.get(action.reason, action.reason)}"
    try:
        for one in open_ones:
            if not _ours(one, action.reason):
                reason = REASONS.get(action.reason, "OTHER")
                handle = f"{HANDLE}-{action.reason}"
                storefront.hold(one.id, reason=reason, notes=notes, handle=handle)
    except OutcomeUnknown as error:
        errand.put_off(60.0, error.what)  # the handle makes saying it again harmless
    else:
        errand.done(by="store")


def release_order(errand: Errand) -> None:
    """Lift our own holds, and nobody else's."""
    storefront = errand.connections.storefront(errand.row.shop)
    action = t.structured(errand.row.body, ReleaseOrder)
    held = [
        (one.id, ours)
        for one in storefront.fulfilment_orders(errand.row.order_id)
        if (ours := _ours(one, action.held_for))
    ]
    if held and not errand.sending():
        return
    try:
        for order_id, holds in held:
            storefront.release_hold(order_id, holds)
    except OutcomeUnknown as error:
        errand.put_off(60.0, error.what)  # what is lifted is not found the next time
    else:
        errand.done(by="store")


def correct_address(errand: Errand) -> None:
    """Write what the customer gave into the order; the words themselves stay erasable."""
    action = t.structured(errand.row.body, CorrectAddress)
    with errand.db.read() as tx:
        said = reports.words_of(tx, errand.row.shop, errand.row.order_id, action.report_id)
    if said is None or not said.address:
        errand.refused("no_address")
        return
    storefront = errand.connections.storefront(errand.row.shop)
    read = storefront.order(errand.row.order_id)
    if read is None:
        errand.hand_over_unseen()
        return
    errand.tell(events_from(read), by="store", cause="read")
    order = errand.order()
    if any(order.shipped(line_id) for line_id in order.lines):
        errand.refused("shipped")
        return
    wanted = _postal(said.address, read.shipping_address or PostalAddress())
    if not wanted.country_code:
        errand.hand_over("no_address")
        return
    if not errand.sending():
        return
    try:
        storefront.update_address(errand.row.order_id, wanted)
    except OutcomeUnknown as error:
        errand.put_off(60.0, error.what)  # the same address twice is the same address
    else:
        errand.done(by="store")


def cancel_order(errand: Errand) -> None:
    """Cancel the order in the store. Nothing is paid back by it: that is a refund's business."""
    action = t.structured(errand.row.body, CancelOrder)
    storefront = errand.connections.storefront(errand.row.shop)
    read = storefront.order(errand.row.order_id)
    if read is None:
        errand.hand_over_unseen()
        return
    errand.tell(events_from(read), by="store", cause="read")
    if read.cancelled_at is not None:
        errand.done(by="store")
        return
    order = errand.order()
    if any(order.shipped(line_id) for line_id in order.lines):
        errand.refused("shipped")
        return
    sent = errand.row.last_sent_at
    if sent is not None and errand.now < sent + STORE_NEEDS:
        errand.put_off(STORE_NEEDS.total_seconds(), "the store is still working on it")
        return
    if errand.row.attempts > MOST_CANCELLINGS:
        errand.hand_over("store_refused")
        return
    if not errand.sending():
        return
    number = order.cases[action.case_id].opened.number if action.case_id in order.cases else ""
    try:
        storefront.cancel_order(
            errand.row.order_id,
            reason="CUSTOMER",
            note=f"Postvendita case {number}",
            restock=True,
        )
    except OutcomeUnknown as error:
        errand.lost(error.what)
    else:
        _see_it_through(errand, storefront)


def _see_it_through(errand: Errand, storefront: Storefront) -> None:
    """The store cancels in a job of its own, which may yet fail: only its own word counts."""
    read = storefront.order(errand.row.order_id)
    if read is not None and read.cancelled_at is not None:
        errand.tell(events_from(read), by="store", cause="read")
        errand.done(by="store")
    else:
        errand.put_off(STORE_NEEDS.total_seconds(), "the store is still working on it")


def _open(found: Sequence[store.FulfilmentOrder]) -> list[store.FulfilmentOrder]:
    return [one for one in found if one.status in {"OPEN", "SCHEDULED", "ON_HOLD"}]


def _ours(one: store.FulfilmentOrder, reason: str) -> list[str]:
    return [gid for gid, handle, _ in one.holds if handle == f"{HANDLE}-{reason}"]


def _postal(said: Mapping[str, str], known: PostalAddress) -> PostalAddress:
    """What was said; of a person whom nothing was said about, what the order has."""
    given = {name: str(said.get(name, "")).strip() for name in PLACE}
    kept = {name: str(said.get(name, "")).strip() or getattr(known, name) for name in PERSON}
    country = given["country_code"] or known.country_code
    return PostalAddress(**{**given, **kept, "country_code": country})
