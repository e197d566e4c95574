"""What can happen out here, by name: on its day, or now because somebody wants it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from plugin.sandbox import (
    cancelling,
    customers,
    moments,
    orders,
    parcels,
    privacy,
    purchases,
    recovery,
    refunds,
    returns,
    seed,
    shipments,
)
from plugin.sandbox.accounts import demand
from plugin.sandbox.ground import Ground
from plugin.sandbox.refunds import Wanted
from plugin.sandbox.shipments import DELIVERED_AFTER
from plugin.sandbox.store import Row

Happening = Callable[[Ground, Row, datetime], Any]

DUE = "SELECT * FROM happenings WHERE state = 'waiting' AND due <= ? ORDER BY due, id LIMIT 1"


def happen(ground: Ground, kind: str, doc: Row, at: datetime) -> Any:
    """Make it happen at `at`; gives what came of it (an id, or None).

    Raises LookupError for an unknown kind or thing, KeyError for a missing field.
    """
    found = KINDS.get(kind)
    if found is None:
        raise LookupError(f"nothing is called {kind[:40]!r}")
    return found(ground, doc, at)


def happen_due(ground: Ground, until: datetime) -> int:
    """Everything due up to `until`, in order of its day; gives how many things happened."""
    happened = 0
    while row := ground.ledger.row(DUE, moments.text(until)):
        try:
            with ground.ledger.writing():
                happen(ground, row["kind"], row, moments.moment(row["due"]))
                ground.ledger.amend("happenings", row["id"], state="done")
        except (LookupError, ValueError, TypeError) as error:
            # One thing that cannot happen must not stop everything after it.
            ground.ledger.amend("happenings", row["id"], state="failed", error=repr(error))
        happened += 1
    return happened


def next_due(ground: Ground) -> str | None:
    """When the next thing worth a stop happens, as the ledger writes it.

    Parcels that move and days that begin happen too, in their order, but nobody waits for them.
    """
    found = ground.ledger.row(
        "SELECT min(due) AS due FROM happenings WHERE state = 'waiting'"
        " AND kind NOT IN ('move_parcel', 'new_day', 'look_whether_asked')"
    )
    return None if found is None else found["due"]


def _place(ground: Ground, doc: Row, at: datetime) -> int:
    """An order: whole in `order` and `lines`, or a believable one for a given `mark`."""
    if "lines" in doc:
        return orders.place(ground, doc["order"], doc["lines"], at)
    mark = str(doc.get("mark") or f"by hand {ground.ledger.count('by hand')}")
    return seed.place(
        ground,
        mark,
        at,
        story=str(doc.get("story", "unrecorded")),
        promised=int(doc.get("promised", 3)),
    )


def _record(ground: Ground, doc: Row, at: datetime) -> None:
    known = {name: value for name, value in doc.items() if name not in _OF_HAPPENINGS}
    purchases.record(ground, known, at)


def _ship(ground: Ground, doc: Row, at: datetime) -> None:
    purchases.ship(
        ground,
        doc["reference"],
        at,
        lag_hours=int(doc.get("lag_hours", 0)),
        delivered_after=float(doc.get("delivered_after", DELIVERED_AFTER)),
    )


def _answer(ground: Ground, doc: Row, at: datetime) -> None:
    purchase = purchases.find(ground, doc["reference"])
    if doc.get("if_waiting") and (purchase["status"] != purchases.WAITING or purchase["no_stock"]):
        return
    message = doc.get("message") or "亲，明天安排发货。"
    purchases.answer(ground, doc["reference"], message, at, doc.get("ship_by"))


def _no_stock(ground: Ground, doc: Row, at: datetime) -> None:
    if purchases.find(ground, doc["reference"])["status"] == purchases.WAITING:
        message = doc.get("message") or "抱歉，这款已经断货了。"
        purchases.say_no_stock(ground, doc["reference"], message, at)


def _refund(ground: Ground, doc: Row, at: datetime) -> int:
    """Somebody refunds in the store's admin: `lines` [[id, units], ...], `minor`, `note`."""
    account = demand(ground.ledger, int(doc["order_id"]))
    lines = tuple((int(line), int(units), "NO_RESTOCK") for line, units in doc.get("lines", ()))
    whole = sum(account.share(line, units)[0] for line, units, _ in lines)
    payment = account.payments[0]
    minor = int(doc.get("minor", whole))
    wanted = Wanted(
        order_id=account.order["id"],
        currency=account.order["currency"],
        note=str(doc.get("note", "Refunded by hand")),
        lines=lines,
        shipping=int(doc.get("shipping_minor", 0)),
        transactions=((payment["id"], minor, payment["gateway"]),) if minor else (),
    )
    against = refunds.objections(account, wanted)
    if against:
        raise LookupError(against[0].message)
    return refunds.make(ground, wanted, at)


def _uninstall(ground: Ground, doc: Row, at: datetime) -> None:
    orders.uninstall(ground, at)
    ground.schedule(at + privacy.AFTER_UNINSTALL, "redact_shop")


def _new_day(ground: Ground, doc: Row, at: datetime) -> None:
    seed.new_day(ground, at)


_OF_HAPPENINGS = {"id", "due", "kind", "state"}

KINDS: Mapping[str, Happening] = {
    "place_order": _place,
    "record_purchase": _record,
    "ship": _ship,
    "answer": _answer,
    "no_stock": _no_stock,
    "cancel_purchase": lambda g, doc, at: purchases.cancel(g, doc["reference"], at),
    "reroute": lambda g, doc, at: purchases.reroute(g, doc["reference"], doc["route"], at),
    "urge": lambda g, doc, at: purchases.urge(g, doc["reference"], "by hand", at),
    "recovery": recovery.unfold,
    "pay_recovery": lambda g, doc, at: recovery.pay(g, doc["reference"], at),
    "dispute": lambda g, doc, at: orders.dispute(
        g, int(doc["order_id"]), at, str(doc.get("dispute", "CHARGEBACK"))
    ),
    "refund": _refund,
    "settle_refund": lambda g, doc, at: refunds.settle(g, int(doc["refund_id"]), at),
    "cancel_order": lambda g, doc, at: orders.cancel(
        g, int(doc["order_id"]), str(doc.get("reason", "customer")), at
    ),
    "finish_cancelling": lambda g, doc, at: cancelling.finish(g, int(doc["job_id"]), at),
    "move_parcel": lambda g, doc, at: shipments.move_parcel(
        g, int(doc["fulfilment_id"]), str(doc["status"]), at
    ),
    "refuse_parcel": lambda g, doc, at: parcels.refuse(
        g, doc["reference"], doc.get("reason", "oversized"), at, int(doc.get("parcels", 0))
    ),
    "customs": lambda g, doc, at: parcels.customs(g, doc["reference"], doc["result"], at),
    "stop_parcel": lambda g, doc, at: parcels.stop(g, doc["reference"], doc["result"], at),
    "claim_result": lambda g, doc, at: parcels.judge(g, doc["reference"], doc["result"], at),
    "stock": lambda g, doc, at: parcels.stock(
        g, doc["supplier"], doc["sku"], doc.get("available") in {True, "yes"}, at
    ),
    "report": customers.report,
    "more_pictures": customers.send_pictures,
    "settle_address": customers.settle_address,
    "request_return": returns.request,
    "press": customers.press,
    "ask_supplier": customers.ask_supplier,
    "look_whether_asked": customers.look_whether_asked,
    "uninstall": _uninstall,
    "request_data": lambda g, doc, at: privacy.request_data(g, int(doc["order_id"]), at),
    "redact_customer": lambda g, doc, at: privacy.redact_customer(g, int(doc["order_id"]), at),
    "redact_shop": lambda g, doc, at: privacy.redact_shop(g, at),
    "new_day": _new_day,
}
