"""What a distributor of OpenMall may do with its purchases: read, ask money back, prove, follow.

OpenMall: amounts are whole fen when a refund is asked for and yuan with a point when it is read;
both become `Money` here and nowhere else. Nothing urges a seller or stops a parcel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from clients.errors import MISSHAPEN, Refused
from clients.http import Kind
from clients.money import Money
from clients.supplier.records import SupplierOrder, SupplierRefund, TraceStep
from clients.tmall.envelope import SERVICE, listed
from clients.tmall.top import CHINA, Top

T = TypeVar("T")

PREFIX = "taobao.openmall."
CURRENCY = "CNY"
MOST_PICTURES = 3
LONGEST_MESSAGE = 180
A_PAGE = 40
MOST_PAGES = 50
CLOSED = frozenset({"TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO"})
STATES = {
    "WAIT_SELLER_AGREE": "asked",
    "WAIT_BUYER_RETURN_GOODS": "agreed",
    "WAIT_SELLER_CONFIRM_GOODS": "agreed",
    # Not final: the buyer may change the request or have staff step in.
    "SELLER_REFUSE_BUYER": "asked",
    "CLOSED": "refused",
    "SUCCESS": "received",
}
STAFF = frozenset({3})
NOT_THERE = frozenset({"isv.trade-not-exist", "isv.refund-not-exist", "isv.invalid-parameter:tid"})


@dataclass(frozen=True)
class Reason:
    """Why money is asked back: OpenMall knows two words."""

    id: str
    name: str


@dataclass(frozen=True)
class RefundMessage:
    """A line in a request's conversation. `staff`: the platform's own people, not the seller."""

    at: datetime
    role: int
    text: str

    @property
    def staff(self) -> bool:
        """Said by the platform's staff."""
        return self.role in STAFF


class OpenMall:
    """One distributor's purchases. Errors as `Top.call` raises them."""

    def __init__(self, top: Top, distributor: str) -> None:
        self._top, self._distributor = top, distributor

    def order(self, reference: str) -> SupplierOrder | None:
        """The purchase as Tmall has it; None when it has none by this number."""
        found = self._trade(reference)
        return self._parsed(_order, found) if found is not None else None

    def urge(self, reference: str) -> bool:
        """Raises Refused: OpenMall has no way to urge a seller; a person does it."""
        raise Refused(SERVICE, "a seller cannot be urged through OpenMall", code="no_such_verb")

    def refund_reasons(
        self, reference: str, entries: Sequence[str], *, goods_status: str
    ) -> Sequence[Reason]:
        """The platform's two words; the second only for goods that were received."""
        other = Reason("OTHER_REASON", "其他")
        week = Reason("SEVEN_DAYS_WITHOUT_REASON", "七天无理由")
        return (other, week) if goods_status == "BUYER_RECEIVED" else (other,)

    def ask_refund(
        self,
        reference: str,
        entries: Sequence[str],
        amount: Money,
        reason_id: str,
        description: str,
        *,
        goods_status: str = "UNSHIPPED",
    ) -> str:
        """Ask for money back; the request's id.

        While a request is open its id is given again; after it was closed a new one begins, so
        the caller reads before. ValueError for an amount that is not in yuan.
        """
        if amount.currency != CURRENCY or amount.minor <= 0:
            raise ValueError("OpenMall pays back yuan, more than none")
        params = {
            "tid": reference,
            "goods_status": goods_status,
            "refund_type": "refund",
            "refund_reason": reason_id,
            "refund_fee": amount.minor,
            "refund_desc": description,
        }
        made = self._call("refund.create", params, Kind.UNSAFE_WRITE)
        return self._parsed(lambda one: str(one["refund_id"]), made, Kind.UNSAFE_WRITE)

    def claim(
        self,
        reference: str,
        entries: Sequence[str],
        amount: Money,
        description: str,
        pictures: Sequence[bytes],
    ) -> str:
        """Ask for money back for goods that arrived badly, and show up to three pictures.

        The request is what counts: pictures that do not get through are said again by a person.
        """
        refund_id = self.ask_refund(
            reference, entries, amount, "OTHER_REASON", description, goods_status="BUYER_RECEIVED"
        )
        tokens = [self.upload_image(refund_id, one) for one in pictures[:MOST_PICTURES]]
        if tokens:
            self.submit_message(refund_id, description, [("证据", token) for token in tokens])
        return refund_id

    def refunds(self, reference: str) -> Sequence[SupplierRefund]:
        """Every request of the purchase, the oldest first."""
        found = self._trade(reference)
        if found is None:
            return []
        ids = self._parsed(_refund_ids, found)
        return [self.refund(refund_id, reference) for refund_id in ids]

    def refund(self, refund_id: str, reference: str = "") -> SupplierRefund:
        """One request as it stands."""
        answer = self._call("refund.get", {"refund_id": refund_id}, Kind.READ)
        return self._parsed(lambda one: _refund(one["refund"], reference), answer)

    def close_refund(self, refund_id: str) -> None:
        """Take a request back."""
        self._call("refund.close", {"refund_id": refund_id}, Kind.IDEMPOTENT_WRITE)

    def upload_image(self, refund_id: str, image: bytes, mime: str = "image/jpeg") -> str:
        """Give a picture to a request; its token. Uploading it again only makes another token."""
        name = "evidence.png" if mime == "image/png" else "evidence.jpg"
        made = self._call(
            "refund.image.upload",
            {"refund_id": refund_id},
            Kind.IDEMPOTENT_WRITE,
            files={"image": (name, image, mime)},
        )
        return self._parsed(lambda one: str(one["result"]), made, Kind.IDEMPOTENT_WRITE)

    def submit_message(
        self, refund_id: str, text: str, pictures: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Say something in a request's conversation, with (description, token) of pictures.

        Raises ValueError for more than three pictures; longer text is cut at 180 characters.
        """
        if len(pictures) > MOST_PICTURES:
            raise ValueError(f"at most {MOST_PICTURES} pictures")
        message = {
            "refund_message": text[:LONGEST_MESSAGE],
            "refund_message_pics": [
                {"desc": description, "pic_token": token} for description, token in pictures
            ],
        }
        params = {"refund_id": refund_id, "refund_message": message}
        self._call("refund.message.submit", params, Kind.UNSAFE_WRITE)

    def messages(self, refund_id: str) -> list[RefundMessage]:
        """The conversation, as many pages as there are; a page that repeats ends it."""
        found: list[RefundMessage] = []
        for number in range(1, MOST_PAGES + 1):
            params = {"refund_id": refund_id, "page_no": number, "page_size": A_PAGE}
            page = self._parsed(_messages, self._call("refund.message.get", params, Kind.READ))
            fresh = [message for message in page if message not in found]
            found += fresh
            if len(page) < A_PAGE or not fresh:
                break
        return found

    def trace(self, reference: str) -> Sequence[TraceStep]:
        """Where the parcel has been, oldest first; nothing before it has been anywhere."""
        try:
            answer = self._call("trace.search", {"tid": reference}, Kind.READ)
        except Refused:
            return []
        return self._parsed(_trace, answer)

    def _trade(self, reference: str) -> Mapping[str, Any] | None:
        try:
            answer = self._call("trade.get", {"tid": reference}, Kind.READ)
        except Refused as error:
            if error.code in NOT_THERE:
                return None
            raise
        trade = answer.get("trade") or answer.get("result") or answer
        return trade if isinstance(trade, Mapping) else None

    def _call(
        self, method: str, params: Mapping[str, object], kind: Kind, **more: Any
    ) -> Mapping[str, Any]:
        sent = {"distributor": self._distributor, **params}
        return self._top.call(f"{PREFIX}{method}", sent, kind, **more)

    def _parsed(
        self, read: Callable[[Any], T], answer: Mapping[str, Any], kind: Kind = Kind.READ
    ) -> T:
        try:
            return read(answer)
        except MISSHAPEN as problem:
            raise self._top.unreadable(problem, kind) from None


def yuan(text: object) -> Money:
    """`200.07` is 20007 fen. Raises ValueError for parts of a fen."""
    return Money.parse(str(text), CURRENCY)


def moment(text: object) -> datetime | None:
    """TOP's times are China's wall clock without a zone; None for no time."""
    said = str(text or "").strip()
    if not said:
        return None
    return datetime.strptime(said, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA).astimezone(UTC)


def _order(trade: Mapping[str, Any]) -> SupplierOrder:
    lines = listed(trade.get("orders"))
    shipped = [moment(one.get("consign_time")) for one in lines]
    shipped.append(moment(trade.get("consign_time")))
    tracking = [str(one.get("invoice_no") or "") for one in lines]
    return SupplierOrder(
        reference=str(trade["tid"]),
        status=str(trade["status"]),
        shipped_at=min((at for at in shipped if at is not None), default=None),
        closed=str(trade["status"]) in CLOSED,
        paid=yuan(trade["payment"]),
        entries=tuple(str(one["oid"]) for one in lines),
        tracking_numbers=tuple(dict.fromkeys(filter(None, tracking))),
        ship_by=moment(trade.get("est_con_time")),
    )


def _refund_ids(trade: Mapping[str, Any]) -> list[str]:
    ids = [str(one.get("refund_id") or "") for one in listed(trade.get("orders"))]
    return list(dict.fromkeys(one for one in ids if one not in {"", "0"}))


def _refund(found: Mapping[str, Any], reference: str) -> SupplierRefund:
    status = str(found["status"])
    shipped_instead = str(found.get("closed_by_seller_ship", "")).lower() == "true"
    state = "refused" if shipped_instead else STATES.get(status, "asked")
    reason = str(found.get("refuse_reason") or "")
    return SupplierRefund(
        id=str(found["refund_id"]),
        reference=reference or str(found.get("tid") or ""),
        state=state,
        status=status,
        amount=yuan(found["refund_fee"]),
        reason=reason or ("the seller shipped instead" if shipped_instead else ""),
        closed_by_shipping=shipped_instead,
    )


def _messages(answer: Mapping[str, Any]) -> list[RefundMessage]:
    found = []
    for one in listed(answer.get("results_list")):
        at = moment(one.get("time"))
        if at is not None:
            found.append(RefundMessage(at, int(one.get("role") or 0), str(one["refund_message"])))
    return found


def _trace(answer: Mapping[str, Any]) -> list[TraceStep]:
    inside = answer.get("result")
    steps = listed((inside if isinstance(inside, Mapping) else answer).get("trace_list"))
    found = [
        TraceStep(at, str(one.get("action") or ""), str(one.get("status_desc") or ""))
        for one in steps
        if (at := moment(one.get("status_time"))) is not None
    ]
    return sorted(found, key=lambda step: step.at)
