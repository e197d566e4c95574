"""1688 after the parcel has left: pictures, claims, arbitration, another address, the way of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from clients.errors import OutcomeUnknown, Refused
from clients.http import Kind
from clients.supplier.aop import SERVICE, Gateway, moment, succeeded
from clients.supplier.records import TraceStep

TRADE, LOGISTICS = "com.alibaba.trade", "com.alibaba.logistics"
RECEIVED = "refundBuyerReceived"
MOST_VOUCHERS = 5
LARGEST_VOUCHER = 1024 * 1024
JPEG = b"\xff\xd8\xff"
NO_TRACE = frozenset({"404"})

_Value = TypeVar("_Value")


@dataclass(frozen=True, repr=False)
class Address:
    """Where a purchase goes in China. Personal data: its repr says nothing of it."""

    name: str
    mobile: str
    province: str
    city: str
    area: str
    street: str
    post_code: str = ""


class AfterSales:
    """The part of Alibaba1688 that is about goods that have left."""

    _gateway: Gateway

    def upload_voucher(self, image: bytes) -> str:
        """Give 1688 a picture; its address there. Uploading it again makes another address.

        Raises ValueError for anything but a JPEG under one megabyte.
        """
        if not image.startswith(JPEG) or len(image) >= LARGEST_VOUCHER:
            raise ValueError("a voucher is a JPEG under one megabyte")
        answer = self._gateway.call(
            TRADE,
            "alibaba.trade.uploadRefundVoucher",
            {},
            Kind.IDEMPOTENT_WRITE,
            files={"imageData": ("evidence.jpg", image, "image/jpeg")},
        )
        return self._read(_voucher, answer, Kind.IDEMPOTENT_WRITE)

    def apply_arbitration(
        self, reference: str, refund_id: str, reason_id: str, text: str, pictures: Sequence[str]
    ) -> str:
        """Ask the platform to judge a request for money back; the id of the complaint.

        `pictures` are addresses as `upload_voucher` gives them.
        """
        wanted = {
            "type": "RefundComplaint",
            "orderId": number(reference),
            "refundId": refund_id,
            "reasonId": reason_id,
            "reasonText": text,
            "picUrlEvidence": list(pictures),
        }
        params = {"param": json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))}
        answer = self._gateway.call(TRADE, "trade.arbitration.apply", params, Kind.UNSAFE_WRITE)
        said = answer.get("result")
        found = said.get("result") if isinstance(said, Mapping) else said
        if not found:
            raise OutcomeUnknown(SERVICE, "answered neither a complaint nor an error")
        return str(found)

    def change_address(self, reference: str, address: Address) -> None:
        """Ask for another address. 1688: with a remote one or new freight the seller decides."""
        wanted = {
            "orderId": number(reference),
            "receiveAddress": {
                "fullName": address.name,
                "mobile": address.mobile,
                "provinceText": address.province,
                "cityText": address.city,
                "areaText": address.area,
                "address": address.street,
                "postCode": address.post_code,
            },
        }
        params = {"param": json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))}
        api = "order.receiveAddress.buyerUpdate"
        answer = self._gateway.call(TRADE, api, params, Kind.IDEMPOTENT_WRITE)
        said = answer.get("result")
        if isinstance(said, Mapping) and "success" in said and not succeeded(said["success"]):
            raise Refused(SERVICE, str(said.get("message") or "refused")[:200], code="address")

    def trace(self, reference: str) -> Sequence[TraceStep]:
        """Where the parcel has been, inside China and abroad, oldest first.

        1688: nothing is known of it at first (404), and no more after a year.
        """
        params = {"orderId": str(number(reference)), "webSite": "1688"}
        api = "alibaba.trade.getLogisticsTraceInfo.buyerView"
        try:
            answer = self._gateway.call(LOGISTICS, api, params, Kind.READ)
        except Refused as problem:
            if problem.code in NO_TRACE:
                return ()
            raise
        return self._read(_trace, answer, Kind.READ)

    def _read(
        self, read: Callable[[Mapping[str, Any]], _Value], answer: Mapping[str, Any], kind: Kind
    ) -> _Value:
        try:
            return read(answer)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise self._gateway.unreadable(problem, kind) from None


def number(text: str) -> int:
    """1688's ids are whole numbers; anything else never was one of its orders."""
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        raise Refused(SERVICE, "not one of its numbers", code="bad_number")
    return int(text)


def _voucher(answer: Mapping[str, Any]) -> str:
    result = answer.get("result") or answer
    found = result.get("result") or result
    domain, path = str(found["imageDomain"]), str(found["imageRelativeUrl"])
    return f"{domain.rstrip('/')}/{path.lstrip('/')}"


def _trace(answer: Mapping[str, Any]) -> tuple[TraceStep, ...]:
    parcels = answer.get("logisticsTrace") or []
    found: list[TraceStep] = []
    for parcel in parcels:
        for step in parcel.get("logisticsSteps") or []:
            said = str(step.get("remark") or "")
            found.append(TraceStep(moment(str(step["acceptTime"])), "", said))
        for abroad in parcel.get("crossPackageFulfillmentDTO") or []:
            found += [_abroad(one) for one in abroad.get("crossPackageTraceDTOList") or []]
    return tuple(sorted(found, key=lambda step: step.at))


def _abroad(one: Mapping[str, Any]) -> TraceStep:
    node, wrong = one.get("traceNode") or {}, one.get("traceException") or {}
    return TraceStep(
        at=moment(str(one["nodeActionTime"])),
        code=str(node.get("traceNodeCode") or ""),
        text=str(node.get("traceNodeName") or ""),
        exception=" ".join(
            filter(
                None, (str(wrong.get("exceptionCode") or ""), str(wrong.get("exceptionDesc") or ""))
            )
        ),
    )
