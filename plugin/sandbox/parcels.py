"""What becomes of parcels and of claims about them, told through the supplier contract."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from plugin.sandbox import moments, purchases
from plugin.sandbox.deliveries import tell_purchase
from plugin.sandbox.ground import Ground

TOO_LARGE = {"oversized": "包裹超尺寸，快递拒收。", "overweight": "包裹超重，快递拒收。"}
CUSTOMS = {
    "held": "海关要求收件人补充清关资料。",
    "cleared": "包裹已清关。",
    "returned": "清关失败，海关已退运。",
    "destroyed": "包裹已被海关销毁。",
}
STOPPED = {"succeeded": "已拦截，包裹退回仓库。", "failed": "包裹已出库，无法拦截。"}
CLAIMED = {
    "verified": "核实属实，可退款或补发。",
    "refused": "核实后发现包装完好，商品与订单一致。",
}


def refuse(ground: Ground, reference: str, reason: str, at: datetime, parcels: int = 0) -> None:
    """A carrier does not take it: `oversized` or `overweight`; it could be split into `parcels`.

    Does nothing for one that has been shipped.
    """
    if purchases.find(ground, reference)["status"] != purchases.WAITING:
        return
    data: dict[str, Any] = {"reason": reason, "message": TOO_LARGE[reason]}
    if parcels:
        data["parcels"] = parcels
    _tell(ground, "parcel.refused", reference, data, at, refused=reason)


def customs(ground: Ground, reference: str, state: str, at: datetime) -> None:
    """Where it stands with customs: `held`, `cleared`, `returned` or `destroyed`."""
    data = {"since": moments.text(at), "message": CUSTOMS[state]}
    _tell(ground, f"customs.{state}", reference, data, at, customs=state)


def stop(ground: Ground, reference: str, result: str, at: datetime) -> None:
    """What became of stopping it: `succeeded` or `failed`. Said once."""
    if purchases.find(ground, reference).get("stopped"):
        return
    data = {"result": result, "message": STOPPED[result]}
    _tell(ground, "parcel.stopped", reference, data, at, stopped=result)


def judge(ground: Ground, reference: str, result: str, at: datetime) -> None:
    """What became of the claim about it: `verified` or `refused`. Said once."""
    if purchases.find(ground, reference).get("claim"):
        return
    data = {"result": result, "message": CLAIMED[result]}
    _tell(ground, "claim.result", reference, data, at, claim=result)


def stock(ground: Ground, supplier: str, sku: str, available: bool, at: datetime) -> None:
    """The supplier has a product again, or none of it any more."""
    with ground.ledger.writing():
        data = {"supplier": supplier, "sku": sku, "available": available}
        tell_purchase(ground, "stock.changed", data, at=at)


def _tell(
    ground: Ground, kind: str, reference: str, data: dict[str, Any], at: datetime, **kept: str
) -> None:
    with ground.ledger.writing():
        ground.ledger.amend("purchases", reference, **kept)
        purchases.tell(ground, kind, reference, data, at)
