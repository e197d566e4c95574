"""1688 after the parcel has left: pictures, arbitration, another address, the way of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clients.errors import OutcomeUnknown, Refused
from clients.http import Kind
from clients.supplier import parse1688 as parse
from clients.supplier import trace1688
from clients.supplier.aop import SERVICE
from clients.supplier.buyer1688 import LOGISTICS, TRADE, Buyer, compact, number, refund_number
from clients.supplier.records import TraceStep

LARGEST_VOUCHER = 1024 * 1024
JPEG = b"\xff\xd8\xff"
COMPLAINT = "RefundComplaint"
NO_TRACE = "404"


@dataclass(frozen=True, repr=False)
class Address:
    """Where a purchase goes in China. Personal data: its repr says nothing of it.

    `area` is the district of the city, `district_code` the platform's number for it, if known.
    """

    name: str
    mobile: str
    province: str
    city: str
    area: str
    street: str
    post_code: str = ""
    town: str = ""
    phone: str = ""
    district_code: str = ""

    @property
    def complete(self) -> bool:
        """A parcel can be sent there: somebody to call, and a street."""
        needed = (self.name, self.mobile or self.phone, self.province, self.city, self.street)
        return all(each.strip() for each in needed)


class AfterSales(Buyer):
    """What a buyer can do about goods that have left."""

    def upload_voucher(self, image: bytes) -> str:
        """Give 1688 a picture to show as proof; its address there.

        Raises ValueError for anything but a JPEG under one megabyte, and never OutcomeUnknown.
        """
        if not image.startswith(JPEG) or len(image) >= LARGEST_VOUCHER:
            raise ValueError("a voucher is a JPEG under one megabyte")
        # A picture nobody refers to does nothing: giving it again is as harmless as reading.
        answer = self._gateway.call(
            TRADE,
            "alibaba.trade.uploadRefundVoucher",
            {},
            Kind.READ,
            files={"imageData": ("evidence.jpg", image, "image/jpeg")},
        )
        return self._parsed(lambda one: parse.voucher(one["result"]), answer)

    def apply_arbitration(
        self, reference: str, refund_id: str, reason_id: str, text: str, pictures: Sequence[str]
    ) -> str:
        """Ask the platform to judge a request for money back; the id of the complaint.

        `pictures` are addresses as `upload_voucher` gives them.
        """
        wanted: dict[str, object] = {
            "type": COMPLAINT,
            "orderId": number(reference),
            "refundId": refund_number(refund_id),
            "reasonId": number(reason_id),
            "reasonText": text,
        }
        if pictures:
            # 1688's documents say one text; what divides several addresses in it, they do not.
            wanted["picUrlEvidence"] = ",".join(pictures)
        params = {"param": compact(wanted)}
        answer = self._gateway.call(TRADE, "trade.arbitration.apply", params, Kind.UNSAFE_WRITE)
        said = answer.get("result")
        found = said.get("result") if isinstance(said, dict) else None
        if isinstance(found, bool) or not isinstance(found, int | str) or not found:
            raise OutcomeUnknown(SERVICE, "answered neither a complaint nor an error")
        return str(found)

    def change_address(self, reference: str, address: Address) -> None:
        """Ask for another address. 1688: with a remote one or new freight the seller decides.

        So returning says that it was asked for, not that the parcel goes there. Raises Refused
        for an address that is not complete, and when 1688 says no.
        """
        if not address.complete:
            raise Refused(SERVICE, "the address is not complete", code="address")
        wanted = {
            "fullName": address.name,
            "mobile": address.mobile,
            "phone": address.phone,
            "provinceText": address.province,
            "cityText": address.city,
            "areaText": address.area,
            "townText": address.town,
            "address": address.street,
            "postCode": address.post_code,
            "districtCode": address.district_code,
        }
        told = {name: value for name, value in wanted.items() if value}
        params = {"param": compact({"orderId": number(reference), "receiveAddress": told})}
        api = "order.receiveAddress.buyerUpdate"
        answer = self._gateway.call(TRADE, api, params, Kind.UNSAFE_WRITE)
        said = answer.get("result")
        taken = str(said.get("result") if isinstance(said, dict) else "").lower()
        if taken not in {"true", "false"}:
            raise OutcomeUnknown(SERVICE, "did not say whether the address was taken")
        if taken == "false":
            raise Refused(SERVICE, "the address was not taken", code="address")

    def trace(self, reference: str) -> Sequence[TraceStep]:
        """Where the purchase's parcels have been, inside China and abroad, oldest first.

        1688: nothing is known at first (404), and no more after a year; the leg abroad is told
        for its own cross-border shipping only.
        """
        params = {"orderId": str(number(reference)), "webSite": "1688"}
        api = "alibaba.trade.getLogisticsTraceInfo.buyerView"
        try:
            answer = self._gateway.call(LOGISTICS, api, params, Kind.READ)
        except Refused as problem:
            if problem.code == NO_TRACE:
                return ()
            raise
        return self._parsed(trace1688.steps, answer)
