"""1688 as a buyer's supplier: urging, reading purchases, and asking money back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import requests

from clients.errors import OutcomeUnknown, Refused, Retriable
from clients.http import Kind
from clients.money import Money
from clients.supplier import parse1688 as parse
from clients.supplier.aftersales1688 import (
    LOGISTICS,
    MOST_VOUCHERS,
    RECEIVED,
    TRADE,
    AfterSales,
    number,
)
from clients.supplier.aop import SERVICE, Gateway, succeeded
from clients.supplier.parse1688 import CURRENCY, MaximumRefund, RefundReason
from clients.supplier.records import SupplierOrder, SupplierRefund

NOT_SHIPPED_YET = "refundWaitSellerSend"
UNKNOWN_ORDER = frozenset({"5001", "ORDER_NOT_EXIST"})
DESCRIPTION = range(2, 151)
PAGE = 20
MOST_PAGES = 20
ONCE_A_DAY = ("24小时", "24 小时", "24h", "24 hours")
"""1688 publishes no code for "already urged today", only the rule; its words name the 24 hours."""

_Value = TypeVar("_Value")


class Alibaba1688(AfterSales):
    """Calls 1688 for one buyer.

    Besides what a method names, each raises Retriable, Refused, NeedsAuthorisation and, when it
    writes, OutcomeUnknown. 1688 knows no idempotency keys: read back before asking twice.
    `reference` is 1688's order number. `timestamp` gives milliseconds since 1970, if wanted.
    """

    def __init__(
        self,
        app_key: str,
        secret: str,
        access_token: str,
        *,
        base_url: str = "https://gw.open.1688.com/openapi",
        session: requests.Session | None = None,
        timestamp: Callable[[], int] | None = None,
    ) -> None:
        """Raises ValueError for a base URL that a token must not be sent to."""
        self._gateway = Gateway(
            app_key,
            secret,
            access_token,
            base_url=base_url,
            session=session,
            timestamp=timestamp,
        )

    def urge(self, reference: str) -> bool:
        """Ask the seller to ship. True when asked now, False when he was asked within 24 hours.

        1688: only while nothing is shipped (else Refused), at most once in 24 hours.
        """
        params = {"orderId": str(number(reference))}
        try:
            answer = self._gateway.call(
                LOGISTICS, "logistics.delivery.urge", params, Kind.UNSAFE_WRITE
            )
        except Refused as problem:
            if any(words in problem.what.lower() for words in ONCE_A_DAY):
                return False
            raise
        said = answer.get("result")
        if not isinstance(said, dict) or not succeeded(said.get("success")):
            raise OutcomeUnknown(SERVICE, "did not say whether the seller was urged")
        return True

    def order(self, reference: str) -> SupplierOrder | None:
        """The purchase as 1688 has it; None when there is none by that number."""
        params = {
            "webSite": "1688",
            "orderId": str(number(reference)),
            "includeFields": "NativeLogistics",
        }
        try:
            answer = self._gateway.call(TRADE, "alibaba.trade.get.buyerView", params, Kind.READ)
        except Refused as problem:
            if problem.code in UNKNOWN_ORDER:
                return None
            raise
        return self._parsed(lambda one: parse.order(one["result"], reference), answer)

    def refund_reasons(
        self, reference: str, entries: Sequence[str], *, goods_status: str = NOT_SHIPPED_YET
    ) -> tuple[RefundReason, ...]:
        """The reasons 1688 accepts for these lines of the purchase, in its order."""
        params = {
            "orderId": str(number(reference)),
            "orderEntryIds": _numbers(entries),
            "goodsStatus": goods_status,
        }
        answer = self._gateway.call(TRADE, "alibaba.trade.getRefundReasonList", params, Kind.READ)
        return self._parsed(
            lambda one: tuple(map(parse.reason, one["result"]["result"]["reasons"])), answer
        )

    def max_refund_fee(
        self,
        reference: str,
        entries: Sequence[tuple[str, int]],
        *,
        goods_status: str = NOT_SHIPPED_YET,
    ) -> MaximumRefund:
        """The most that can be asked back for pairs of line id and units."""
        wanted = {
            "orderId": number(reference),
            "goodsStatus": goods_status,
            "refundGoodsCountList": [
                {"id": number(entry), "count": count} for entry, count in entries
            ],
        }
        params = {"input": json.dumps(wanted, separators=(",", ":"))}
        answer = self._gateway.call(TRADE, "alibaba.trade.getMaxRefundFee", params, Kind.READ)
        return self._parsed(lambda one: parse.maximum(one["result"]["result"]), answer)

    def ask_refund(
        self,
        reference: str,
        entries: Sequence[str],
        amount: Money,
        reason_id: str,
        description: str,
        *,
        goods_status: str = NOT_SHIPPED_YET,
        carriage: Money | None = None,
        vouchers: Sequence[str] = (),
    ) -> str:
        """Ask the seller for money back, without sending goods back. Gives 1688's refund id.

        `vouchers` are 1 to 5 addresses of pictures, as `upload_voucher` gives them; for goods
        that were received 1688 asks for them (5005).

        1688: before shipment `amount` must be what was paid for the goods, `carriage` is postage;
        the description has 2 to 150 characters. Raises OutcomeUnknown with code 5010 when a
        request may exist already: see `refunds`.
        """
        if len(description) not in DESCRIPTION:
            raise Refused(SERVICE, "the description must have 2 to 150 characters", code="5012")
        params = {
            "orderId": str(number(reference)),
            "orderEntryIds": _numbers(entries),
            "disputeRequest": "refund",
            "applyPayment": str(_fen(amount)),
            "applyCarriage": str(_fen(carriage) if carriage else 0),
            "applyReasonId": str(number(reason_id)),
            "description": description,
            "goodsStatus": goods_status,
        }
        if len(vouchers) > MOST_VOUCHERS:
            raise Refused(SERVICE, f"at most {MOST_VOUCHERS} pictures", code="5005")
        if vouchers:
            params["vouchers"] = json.dumps(list(vouchers), separators=(",", ":"))
        answer = self._gateway.call(TRADE, "alibaba.trade.createRefund", params, Kind.UNSAFE_WRITE)
        made = answer.get("result") or {}
        found = (made.get("result") or {}).get("refundId") if isinstance(made, dict) else None
        if not found:
            raise OutcomeUnknown(SERVICE, "answered neither a refund nor an error")
        return str(found)

    def claim(
        self,
        reference: str,
        entries: Sequence[str],
        amount: Money,
        description: str,
        pictures: Sequence[bytes],
    ) -> str:
        """Ask money back for goods that arrived badly, with up to five pictures; 1688's id."""
        reasons = self.refund_reasons(reference, entries, goods_status=RECEIVED)
        if not reasons:
            raise Refused(SERVICE, "no reason is accepted", code="5004")
        vouchers = [self.upload_voucher(one) for one in pictures[:MOST_VOUCHERS]]
        return self.ask_refund(
            reference,
            entries,
            amount,
            str(reasons[0].id),
            description,
            goods_status=RECEIVED,
            vouchers=vouchers,
        )

    def refunds(self, reference: str) -> tuple[SupplierRefund, ...]:
        """Everything asked back for the purchase so far, in 1688's order.

        1688: needs the authorisation of the main account, not of a sub-account.
        """
        found: list[SupplierRefund] = []
        for page in range(MOST_PAGES):
            models, total = self._refund_page(reference, page)
            found += models
            if len(found) >= total:
                return tuple(found)
            if not models:
                break
        # A list with gaps would let the same money be asked for twice.
        raise Retriable(SERVICE, "the list of refunds is not complete", code="paging")

    def _refund_page(self, reference: str, page: int) -> tuple[list[SupplierRefund], int]:
        params = {
            "orderId": str(number(reference)),
            "dipsuteType": "0",  # 1688's own spelling; 0 is before and after delivery
            "currentPageNum": str(page),
            "pageSize": str(PAGE),
        }
        api = "alibaba.trade.refund.buyer.queryOrderRefundList"
        answer = self._gateway.call(TRADE, api, params, Kind.READ)
        return self._parsed(lambda one: _refunds(one["result"], reference), answer)

    def _parsed(
        self, read: Callable[[Mapping[str, Any]], _Value], answer: Mapping[str, Any]
    ) -> _Value:
        try:
            return read(answer)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise self._gateway.unreadable(problem, Kind.READ) from None


def _refunds(result: Mapping[str, Any], reference: str) -> tuple[list[SupplierRefund], int]:
    models = result.get("opOrderRefundModels") or []
    total = int(result["totalCount"])  # "none" has to be said
    return [parse.refund(model, reference) for model in models], total


def _numbers(texts: Sequence[str]) -> str:
    return json.dumps([number(text) for text in texts], separators=(",", ":"))


def _fen(amount: Money) -> int:
    if amount.currency != CURRENCY or amount.minor < 0:
        raise Refused(SERVICE, "an amount has to be in yuan", code="5011")
    return amount.minor
