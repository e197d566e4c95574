"""Bodies of Tmall's platform: pushes, and messages of its message service (TMC)."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields

from webhooks.schemas.fields import MAYBE, Narrow, Text

LONGEST_REFERENCE = 100


class Reference(fields.Field[str]):
    """An order's number, as text. The platform writes it as a number or as a text."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
        if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_REFERENCE):
            raise ValidationError("must be an order's number")
        return text


class Quantity(fields.Field[int]):
    """How many are left, as a number or as digits."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
        if not (text.isascii() and text.isdigit() and len(text) <= 12):
            raise ValidationError("must be a whole number from 0 on")
        return int(text)


class Push(Narrow):
    """What every push has around its data, which may be written as an object or as JSON text."""

    message_type = fields.Raw(required=True)
    data = fields.Raw(required=True)


class Purchase(Narrow):
    """The purchase a push is about. Order and price pushes name it differently."""

    purchase_id = Reference(**MAYBE)
    purchaseOrderId = Reference(**MAYBE)


class Trade(Narrow):
    """`taobao_openmall_TradeChanged`, `taobao_openmall_RefundChanged`"""

    tid = Reference(required=True)


class Alarm(Trade):
    """`taobao_openmall_AlarmMsg`"""

    type = Text(required=True)
    detail = Text(longest=1000, **MAYBE)


class Stock(Narrow):
    """`taobao_openmall_ItemStockChanged`; `sku` and `supplier` are added by whoever knows them."""

    item_id = Reference(required=True)
    quantity = Quantity(required=True)
    sku = Text(longest=200, **MAYBE)
    supplier = Text(longest=100, **MAYBE)


PUSH, PURCHASE = Push(), Purchase()
TRADE, ALARM, STOCK = Trade(), Alarm(), Stock()
