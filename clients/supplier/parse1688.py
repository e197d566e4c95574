"""From 1688's answers to our records.

Amounts of orders come in yuan, amounts of refunds in fen. Every function raises KeyError,
TypeError or ValueError when a part we cannot do without is missing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clients.money import Money
from clients.supplier.aop import moment, succeeded
from clients.supplier.records import SupplierOrder, SupplierRefund

CURRENCY = "CNY"
CLOSED = frozenset({"cancel", "terminated"})
SHIPPED = frozenset({"waitbuyerreceive", "confirm_goods", "success"})
RECEIVED = "refundsuccess"
STATES = {
    "waitselleragree": "asked",
    "waitbuyermodify": "refused",
    "waitbuyersend": "agreed",
    "waitsellerreceive": "agreed",
    RECEIVED: "received",
    "refundclose": "refused",
}
"""waitbuyermodify is the seller's no: he waits for another request. An unknown word is "asked"."""

Node = Mapping[str, Any]


@dataclass(frozen=True)
class RefundReason:
    """A reason 1688 accepts for a refund. Without `freight` postage is not paid back."""

    id: str
    name: str
    needs_voucher: bool
    freight: bool
    tip: str = ""


@dataclass(frozen=True)
class MaximumRefund:
    """The most 1688 would let us ask for: `total` is `goods` and `freight` together."""

    total: Money
    goods: Money
    freight: Money


def order(node: Node, reference: str) -> SupplierOrder:
    """A purchase from the buyer's view."""
    base = node["baseInfo"]
    status = str(base["status"])
    parcels = (node.get("nativeLogistics") or {}).get("logisticsItems") or ()
    paid = Money.parse(base["totalAmount"], CURRENCY)
    return SupplierOrder(
        reference=reference,
        status=status,
        shipped_at=_shipped_at(base, parcels, status),
        closed=status in CLOSED or _paid_back(base, paid),
        paid=paid,
        entries=tuple(
            str(item.get("subItemIDString") or item["subItemID"])
            for item in node.get("productItems") or ()
        ),
        tracking_numbers=tuple(
            str(parcel["logisticsBillNo"]) for parcel in parcels if parcel.get("logisticsBillNo")
        ),
    )


def refund(node: Node, reference: str) -> SupplierRefund:
    """Money asked back: what was paid once it is there, what was asked for before."""
    status = str(node["status"])
    asked, paid = node["applyPayment"], node.get("refundPayment")
    return SupplierRefund(
        id=str(node["refundId"]),
        reference=reference,
        state=STATES.get(status, "asked"),
        status=status,
        amount=fen(paid if status == RECEIVED and paid else asked),
        reason=str(node.get("rejectReason") or node.get("applyReason") or ""),
        intercept=_intercept(node.get("extInfo")),
    )


def reason(node: Node) -> RefundReason:
    """One reason of a list."""
    return RefundReason(
        id=str(node["id"]),
        name=str(node["name"]),
        needs_voucher=succeeded(node.get("needVoucher")),
        freight=not succeeded(node.get("noRefundCarriage")),
        tip=str(node.get("tip") or ""),
    )


def maximum(node: Node) -> MaximumRefund:
    """The most that can be asked for."""
    return MaximumRefund(
        total=fen(node["maxRefundFee"]),
        goods=fen(node["maxGoodsFee"]),
        freight=fen(node.get("maxPostFee") or 0),
    )


def voucher(node: Node) -> str:
    """The address of a picture: 1688 gives its host and its path apart."""
    node = node.get("result") or node
    host, path = str(node["imageDomain"]), str(node["imageRelativeUrl"])
    if not host or not path:
        raise ValueError("a picture without a place")
    return f"{host.rstrip('/')}/{path.lstrip('/')}"


def fen(value: Any) -> Money:
    """A whole number of fen. Raises ValueError for anything else."""
    if isinstance(value, bool) or str(value) != str(int(value)):
        raise ValueError("not a whole number of fen")
    return Money(int(value), CURRENCY)


def _shipped_at(base: Node, parcels: Any, status: str) -> datetime | None:
    """When the first parcel left: from then on nothing is "before shipment" any more.

    A status that says "shipped" counts even when no time comes with it.
    """
    times = [parcel.get("deliveredTime") for parcel in parcels]
    times.append(base.get("allDeliveredTime"))
    known = [moment(str(time)) for time in times if time]
    if known or status not in SHIPPED:
        return min(known, default=None)
    return moment(str(base.get("modifyTime") or base["createTime"]))


def _paid_back(base: Node, paid: Money) -> bool:
    back = base.get("refund")
    if base.get("refundStatus") != RECEIVED or back is None:
        return False
    return paid <= Money.parse(back, CURRENCY)


def _intercept(more: Any) -> str:
    """1688 documents `extInfo` as a map; platforms of its family write maps as JSON text, too."""
    if isinstance(more, str):
        try:
            more = json.loads(more)
        except ValueError:
            return ""
    return str(more.get("interceptStatus") or "") if isinstance(more, dict) else ""
