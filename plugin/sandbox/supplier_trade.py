"""1688: a purchase as the buyer sees it, and urging its seller."""

from __future__ import annotations

from typing import Any

from plugin.sandbox import aop, moments, purchases, recovery
from plugin.sandbox.ground import Ground
from plugin.sandbox.store import Row
from plugin.sandbox.supplier_refunds import Fields, demand, entry_ids

URGE_SECONDS = 24 * 3600


def trade(ground: Ground, fields: Fields) -> dict[str, Any]:
    """`alibaba.trade.get.buyerView`"""
    purchase = demand(ground, fields.text("orderId"))
    if (purchase["shipped_at"] or "") > fields.until:
        unshipped = {"status": purchases.WAITING, "shipped_at": None, "tracking_number": None}
        purchase |= unshipped
    shown = _shown(purchase, recovery.of(ground, purchase["reference"]))
    return {"success": "true", "errorCode": "", "errorMessage": "", "result": shown}


def trace(ground: Ground, fields: Fields) -> dict[str, Any]:
    """`alibaba.trade.getLogisticsTraceInfo.buyerView`: the way of a parcel that has left."""
    purchase = demand(ground, fields.text("orderId"))
    shipped = purchase["shipped_at"] or ""
    if not shipped or shipped > fields.until:
        return {"success": "false", "errorCode": "404", "errorMessage": "暂无物流信息"}
    local = moments.moment(shipped).astimezone(aop.CHINA)
    step = {"acceptTime": f"{local:%Y-%m-%d %H:%M:%S}", "remark": "【杭州市】快件已揽收"}
    parcel = {
        "logisticsId": f"LP{purchase['reference']}",
        "logisticsBillNo": purchase["tracking_number"],
        "orderId": purchase["reference"],
        "logisticsSteps": [step],
    }
    return {"success": "true", "logisticsTrace": [parcel]}


def urge(ground: Ground, fields: Fields) -> dict[str, Any]:
    """`logistics.delivery.urge`: an unshipped purchase, once in 24 hours."""
    purchase = demand(ground, fields.text("orderId"))
    if purchase["status"] != purchases.WAITING:
        return _urged(False, "ORDER_STATUS_ERROR", "订单状态不支持催发货")
    last = ground.ledger.row(
        "SELECT max(at) AS at FROM urges WHERE reference = ?", purchase["reference"]
    )
    if last and last["at"] and last["at"] > ground.ago(URGE_SECONDS):
        return _urged(False, "URGE_TOO_OFTEN", "24小时内只能催一次")
    purchases.urge(ground, purchase["reference"], "1688", ground.now())
    return _urged(True, "200", "")


def _urged(done: bool, code: str, message: str) -> dict[str, Any]:
    return {"result": {"success": done, "code": code, "message": message, "result": done}}


def _shown(purchase: Row, refunds: list[Row]) -> dict[str, Any]:
    ordered = aop.date(moments.moment(purchase["ordered_at"]))
    base: dict[str, Any] = {
        "id": int(purchase["reference"]),
        "idOfStr": purchase["reference"],
        "status": purchase["status"],
        "totalAmount": purchase["cost_minor"] / 100,
        "sumProductPayment": purchase["cost_minor"] / 100,
        "shippingFee": 0,
        "createTime": ordered,
        "payTime": ordered,
        "refundStatus": refunds[-1]["status"] if refunds else "",
        "refund": sum(r["amount_minor"] for r in refunds if r["status"] == recovery.PAID) / 100,
        "sellerContact": {"companyName": purchase["supplier"]},
    }
    if purchase["shipped_at"]:
        base["allDeliveredTime"] = aop.date(moments.moment(purchase["shipped_at"]))
    return {
        "baseInfo": base,
        "productItems": _items(purchase),
        "nativeLogistics": {"logisticsItems": _parcels(purchase)},
    }


def _items(purchase: Row) -> list[dict[str, Any]]:
    units = [units for _, units in purchase["lines"]]
    share = purchase["cost_minor"] / 100 / max(1, len(units))
    return [
        {
            "subItemID": int(entry),
            "subItemIDString": entry,
            "quantity": quantity,
            "itemAmount": round(share, 2),
            "status": purchase["status"],
        }
        for entry, quantity in zip(entry_ids(purchase), units, strict=True)
    ]


def _parcels(purchase: Row) -> list[dict[str, Any]]:
    if not purchase["tracking_number"]:
        return []
    return [
        {
            "logisticsBillNo": purchase["tracking_number"],
            "logisticsCompanyName": purchase["tracking_company"],
            "status": "alreadysend",
            "deliveredTime": aop.date(moments.moment(purchase["shipped_at"])),
        }
    ]
