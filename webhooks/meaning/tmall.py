"""What Tmall's platform tells of purchases. All of it is a hint to read the purchase itself.

Two ways lead here: pushes to our door, and messages of the message service (TMC) that our own poll
put into the inbox under their topic. Both arrive more than once and in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from plugin.timeline import NoteWritten
from webhooks.meaning.outcome import Ignored, Translation
from webhooks.meaning.values import Node
from webhooks.reading import Unreadable, read
from webhooks.schemas.fields import loaded
from webhooks.schemas.tmall import ALARM, PURCHASE, PUSH, STOCK, TRADE

ALARMS: Mapping[str, str] = {
    "ORDER_NO_PAY": "the purchase has not been paid for",
    "ORDER_HIGH_POSTFEE": "the postage is over 20 yuan",
}
"""Source: TOP documentation, the OpenMall messages."""


def pushed(topic: str, body: Node) -> Translation:
    """Message types 3, order status; 8, price; 9, refund or message. Which it is does not matter.

    Raises Unreadable when it names no purchase, or is not the type it was kept under.
    """
    push = loaded(PUSH, body)
    if topic != f"push/{push['message_type']}":
        raise Unreadable("message_type", "is not the type it was kept under")
    data = loaded(PURCHASE, _data(push["data"]), where="data")
    reference = data["purchase_id"] or data["purchaseOrderId"]
    if reference is None:
        raise Unreadable("data.purchase_id", "missing")
    return Translation(None, (), read_purchase=reference)


def _data(value: object) -> Node:
    if isinstance(value, str):
        return read(value.encode("utf-8", "replace")).value
    if not isinstance(value, dict):
        raise Unreadable("data", "must be an object")
    return value


def trade_changed(body: Node) -> Translation:
    """The purchase, or a refund asked for it, is in another state."""
    return Translation(None, (), read_purchase=loaded(TRADE, body)["tid"])


def alarm(body: Node) -> Translation:
    """A warning for a person: a note, and nothing else follows."""
    data = loaded(ALARM, body)
    what = ALARMS.get(data["type"], data["type"])
    text = f"Tmall: {' · '.join(filter(None, (what, data['detail'])))}"
    return Translation(None, (NoteWritten(text),), read_purchase=data["tid"])


def stock_changed(body: Node) -> Translation | Ignored:
    """A product of theirs ran out. It matters once somebody knows which product of ours it is."""
    data = loaded(STOCK, body)
    if data["quantity"]:
        return Ignored("the product is in stock: nothing follows from it")
    if not data["sku"] or not data["supplier"]:
        return Ignored(f"Tmall's product {data['item_id']} ran out: no product of ours is known")
    return Translation(None, (), sku_out=data["sku"], supplier=data["supplier"])


PUSHES = frozenset({"push/3", "push/8", "push/9"})
MESSAGES: Mapping[str, Callable[[Node], Translation | Ignored]] = {
    "taobao_openmall_TradeChanged": trade_changed,
    "taobao_openmall_RefundChanged": trade_changed,
    "taobao_openmall_AlarmMsg": alarm,
    "taobao_openmall_ItemStockChanged": stock_changed,
}
