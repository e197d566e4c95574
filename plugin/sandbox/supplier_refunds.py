"""1688: refunds a buyer asks for. Amounts are whole fen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from plugin.sandbox import aop, moments, purchases, recovery
from plugin.sandbox.ground import Ground
from plugin.sandbox.store import Row

REASONS = (
    {"id": 20021, "name": "卖家缺货", "needVoucher": False, "noRefundCarriage": False, "tip": ""},
    {
        "id": 20022,
        "name": "未按约定时间发货",
        "needVoucher": False,
        "noRefundCarriage": False,
        "tip": "",
    },
    {"id": 20023, "name": "不想要了", "needVoucher": False, "noRefundCarriage": True, "tip": ""},
    {"id": 20031, "name": "货物破损", "needVoucher": True, "noRefundCarriage": False, "tip": ""},
)
BEFORE_SHIPPING, AFTER_SHIPPING = "refundWaitSellerSend", "refundWaitBuyerReceive"


class Refusal(Exception):
    """The method says no, inside a 200."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message

    def body(self) -> dict[str, Any]:
        """The answer that says so."""
        result = {"success": False, "code": self.code, "message": self.message}
        return {"result": result, "errorCode": self.code, "errorMessage": self.message}


class Fields:
    """The parameters of a call. Complex ones are JSON in one string.

    What happened after `until` (ledger text) is not shown to it.
    """

    def __init__(self, params: Mapping[str, str], until: str = "9") -> None:
        self._params = params
        self.until = until

    def text(self, name: str) -> str:
        """A parameter that must be there. Raises Refusal when it is not."""
        value = self._params.get(name, "").strip()
        if not value:
            raise Refusal("400_1", f"{name} is required")
        return value

    def whole(self, name: str) -> int:
        """A whole number. Raises Refusal for anything else."""
        try:
            return int(self.text(name))
        except ValueError as error:
            raise Refusal("5011", f"{name} is not a whole number of fen") from error

    def json(self, name: str) -> Any:
        """A JSON parameter. Raises Refusal when it is none."""
        try:
            return json.loads(self.text(name))
        except ValueError as error:
            raise Refusal("400_1", f"{name} is not JSON") from error

    def maybe(self, name: str) -> str:
        """A parameter, or nothing."""
        return self._params.get(name, "").strip()


def demand(ground: Ground, reference: str) -> Row:
    """A purchase this supplier knows: one bought through his API. Raises Refusal otherwise."""
    sql = "SELECT * FROM purchases WHERE reference = ?"
    found = ground.ledger.row(sql, reference)
    if found is None or found["connection"] != "1688":
        raise Refusal("5001", "订单不存在")
    return found


def entry_ids(purchase: Row) -> list[str]:
    """The ids the supplier gives the lines of a purchase."""
    start = int(purchase["reference"])
    return [str(start + place + 1) for place, _ in enumerate(purchase["lines"])]


def reasons(ground: Ground, fields: Fields) -> dict[str, Any]:
    """`alibaba.trade.getRefundReasonList`"""
    demand(ground, fields.text("orderId"))
    listed = {"reasons": list(REASONS)}
    return {"result": {"success": True, "code": "200", "message": "", "result": listed}}


def maximum(ground: Ground, fields: Fields) -> dict[str, Any]:
    """`alibaba.trade.getMaxRefundFee`; its input comes as one JSON parameter or plain."""
    asked = fields.json("input") if fields.maybe("input") else {"orderId": fields.text("orderId")}
    purchase = demand(ground, str(asked.get("orderId", "")))
    paid = purchase["cost_minor"]
    fee = {"maxRefundFee": paid, "maxGoodsFee": paid, "maxPostFee": 0}
    return {"result": {"success": True, "code": "200", "message": "", "result": fee}}


def create(ground: Ground, fields: Fields) -> dict[str, Any]:
    """`alibaba.trade.createRefund`"""
    purchase = demand(ground, fields.text("orderId"))
    fields.text("disputeRequest")
    _check_goods(purchase, fields.text("goodsStatus"))
    _check_entries(purchase, fields.json("orderEntryIds"))
    reason = _reason(fields.whole("applyReasonId"))
    if not 2 <= len(fields.text("description")) <= 150:
        raise Refusal("5012", "描述长度不符")
    if any(row["status"] != recovery.CLOSED for row in recovery.of(ground, purchase["reference"])):
        raise Refusal("5010", "订单已有进行中的退款")
    minor = fields.whole("applyPayment")
    if fields.whole("applyCarriage") != 0:
        raise Refusal("5006", "运费必须为0")
    shipped = purchase["status"] != purchases.WAITING
    if minor > purchase["cost_minor"] or (not shipped and minor != purchase["cost_minor"]):
        raise Refusal("5011", "退款金额不符")
    made = recovery.ask(ground, purchase["reference"], minor, reason, ground.now())
    result = {"success": True, "code": "200", "message": "", "result": {"refundId": made}}
    return {"result": result}


def query(ground: Ground, fields: Fields) -> dict[str, Any]:
    """`alibaba.trade.refund.buyer.queryOrderRefundList`"""
    purchase = demand(ground, fields.text("orderId"))
    rows = recovery.of(ground, purchase["reference"])
    listed = {
        "opOrderRefundModels": [_shown(purchase, row) for row in rows],
        "totalCount": len(rows),
        "currentPageNum": 1,
    }
    return {"result": {"success": True, "code": "200", "message": "", **listed}}


def _check_goods(purchase: Row, said: str) -> None:
    waiting = purchase["status"] == purchases.WAITING
    right = BEFORE_SHIPPING if waiting else AFTER_SHIPPING
    if purchase["status"] not in purchases.OPEN:
        raise Refusal("5010", "订单状态不支持退款")
    if said != right and not (said == "refundBuyerReceived" and not waiting):
        raise Refusal("5003", "货物状态不符")


def _check_entries(purchase: Row, entries: Any) -> None:
    known = set(entry_ids(purchase))
    if not isinstance(entries, list) or not entries or not {str(e) for e in entries} <= known:
        raise Refusal("5013", "子订单不符")


def _reason(number: int) -> str:
    found = next((reason for reason in REASONS if reason["id"] == number), None)
    if found is None:
        raise Refusal("5004", "退款原因不存在")
    if found["needVoucher"]:
        raise Refusal("5005", "需要凭证")
    return str(found["name"])


def _shown(purchase: Row, row: Row) -> dict[str, Any]:
    return {
        "refundId": row["id"],
        "orderId": int(purchase["reference"]),
        "status": row["status"],
        "applyPayment": row["amount_minor"],
        "applyCarriage": 0,
        "refundPayment": row["amount_minor"] if row["status"] == recovery.PAID else 0,
        "refundCarriage": 0,
        "applyReason": row["reason"],
        "rejectReason": row.get("reject_reason", ""),
        "rejectTimes": 1 if row["status"] == recovery.CLOSED else 0,
        "crmModifyRefund": False,
        "gmtApply": aop.date(moments.moment(row["asked_at"])),
        "gmtModified": aop.date(moments.moment(row["changed_at"])),
        "orderEntryIdList": [int(entry) for entry in entry_ids(purchase)],
    }
