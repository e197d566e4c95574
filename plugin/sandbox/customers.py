"""What people do on the app's pages: customers behind their link, the merchant at his desk.

Each is decided here and done by the visitor when the postman gets to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from plugin.sandbox import desk
from plugin.sandbox.accounts import demand
from plugin.sandbox.deliveries import plan_visit
from plugin.sandbox.ground import Ground
from plugin.sandbox.people import mended
from plugin.sandbox.store import Row

WORDS: Mapping[str, Mapping[str, str]] = {
    "wrong_items": {
        "en": "This is not what I ordered, the colour and the size are different.",
        "it": "Non è quello che ho ordinato: il colore e la misura sono diversi.",
        "zh": "收到的不是我买的那款，颜色和尺寸都不对。",
    },
    "damaged": {
        "en": "It arrived broken, the box was crushed on one side.",
        "it": "È arrivato rotto, la scatola era schiacciata da un lato.",
        "zh": "收到时已经坏了，箱子有一边被压扁。",
    },
    "cancellation": {
        "en": "I no longer need it, please cancel.",
        "it": "Non mi serve più, vorrei annullare.",
        "zh": "不需要了，请取消订单。",
    },
    "wrong_address": {
        "en": "I have moved, this is my new address.",
        "it": "Ho cambiato casa, questo è il nuovo indirizzo.",
        "zh": "我搬家了，请寄到新地址。",
    },
}
ABOUT = {
    "wrong_items": desk.VERIFICATION,
    "damaged": desk.VERIFICATION,
    "cancellation": desk.INTERCEPTION,
    "wrong_address": desk.INTERCEPTION,
}
QUESTION = "亲，这单什么时候可以发货？"
PLACE = ("address1", "address2", "city", "zip", "country_code")


def report(ground: Ground, doc: Row, at: datetime) -> None:
    """The customer reports `situation` of `order_id`, with `pictures` and a `wish` where told.

    Raises KeyError for a situation no customer reports, LookupError for no such order.
    """
    situation, order_id = str(doc["situation"]), int(doc["order_id"])
    order = demand(ground.ledger, order_id).order
    told: dict[str, Any] = {
        "order_id": order_id,
        "situation": situation,
        "words": WORDS[situation].get(order["locale"], WORDS[situation]["en"]),
        "wish": str(doc.get("wish", "")),
        "pictures": int(doc.get("pictures", 0)),
    }
    if situation == "wrong_address":
        told["address"] = _moved(order["address"])
    with ground.ledger.writing():
        reported = sorted({*order.get("reported", ()), situation})
        ground.ledger.amend("orders", order_id, reported=reported)
        plan_visit(ground, "report", told, at=at)
        desk.look_later(ground, order_id, ABOUT[situation], at)


def send_pictures(ground: Ground, doc: Row, at: datetime) -> None:
    """The pictures that were missing for what was reported last: `pictures` of them."""
    order_id = int(doc["order_id"])
    reported = demand(ground.ledger, order_id).order.get("reported", ())
    situation = next((s for s in reported if ABOUT[s] == desk.VERIFICATION), "damaged")
    count = int(doc.get("pictures", 2))
    what = {"order_id": order_id, "situation": situation, "pictures": count}
    plan_visit(ground, "more_pictures", what, at=at)


def settle_address(ground: Ground, doc: Row, at: datetime) -> None:
    """The customer answers a doubt about the address: `how` is confirmed or corrected."""
    what: dict[str, Any] = {"order_id": int(doc["order_id"])}
    if doc.get("how", "corrected") == "corrected":
        address = demand(ground.ledger, what["order_id"]).order["address"]
        what["address"] = _right(address)
    plan_visit(ground, "settle_address", what, at=at)


def press(ground: Ground, doc: Row, at: datetime) -> None:
    """The merchant presses `verb` on the step whose key begins with `key`; see `visitor.py`."""
    names = ("order_id", "verb", "key", "choice", "then")
    plan_visit(ground, "press", {name: doc[name] for name in names if name in doc}, at=at)


def ask_supplier(ground: Ground, doc: Row, at: datetime) -> None:
    """The merchant asks the supplier when it will ship, and writes that down."""
    what = {"order_id": int(doc["order_id"]), "message": doc.get("message", QUESTION)}
    plan_visit(ground, "ask_supplier", what, at=at)


def look_whether_asked(ground: Ground, doc: Row, at: datetime) -> None:
    """The desk looks whether it was asked `about` something."""
    names = ("order_id", "about", "times")
    plan_visit(ground, "look", {name: doc[name] for name in names}, at=at)


def _moved(address: Row) -> dict[str, str]:
    """A little further down the same street."""
    return _form(address) | {"address1": f"{address['address1']} bis", "address2": "2nd floor"}


def _right(address: Row) -> dict[str, str]:
    """What the customer meant, slips put right."""
    return _form(mended(address))


def _form(address: Row) -> dict[str, str]:
    """As the customer types it; what our check finds odd, the customer insists on."""
    typed = {name: str(address.get(name) or "") for name in PLACE}
    return typed | {"province": str(address.get("province_code") or ""), "sure": "yes"}
