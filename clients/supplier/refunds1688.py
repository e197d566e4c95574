"""1688: asking money back, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clients.errors import OutcomeUnknown, Refused, Retriable
from clients.http import Kind
from clients.money import Money
from clients.supplier import parse1688 as parse
from clients.supplier.aop import SERVICE
from clients.supplier.buyer1688 import TRADE, Buyer, compact, in_fen, number, numbers
from clients.supplier.parse1688 import MaximumRefund, RefundReason
from clients.supplier.records import SupplierRefund

NOT_SHIPPED_YET = "refundWaitSellerSend"
DESCRIPTION = range(2, 151)
MOST_VOUCHERS = 5
PAGE = 20
MOST_PAGES = 20
REFUSALS: Mapping[str, str] = {
    "5001": "no such order",
    "5002": "the order is another buyer's",
    "5003": "the goods are not where the request says",
    "5004": "the reason is not one for this order",
    "5005": "this reason needs pictures",
    "5006": "this reason pays no postage back",
    "5011": "more than can be paid back",
    "5012": "the description is too short or too long",
    "5013": "not as many units as can be asked about",
    "5100": "refused, without a reason of its own",
}
"""What createRefund's own codes mean; 5010, after which a request may be open, is no refusal."""


class Refunds(Buyer):
    """A buyer's requests for money."""

    def refund_reasons(
        self, reference: str, entries: Sequence[str], *, goods_status: str = NOT_SHIPPED_YET
    ) -> tuple[RefundReason, ...]:
        """The reasons 1688 accepts for these lines of the purchase, in its order."""
        params = {
            "orderId": str(number(reference)),
            "orderEntryIds": numbers(entries),
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
        params = {"input": compact(wanted)}
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
        vouchers: Sequence[str] = (),
        carriage: Money | None = None,
        counts: Mapping[str, int] | None = None,
    ) -> str:
        """Ask the seller for money back, without sending goods back. Gives 1688's refund id.

        `vouchers` are URLs from `upload_voucher`, `counts` units by line id (all by default).
        1688: before shipment `amount` must be what was paid for the goods, `carriage` is postage;
        the description has 2 to 150 characters; one to five vouchers, which some reasons demand.
        Raises Refused with one of the codes in REFUSALS, and OutcomeUnknown with code 5010 when a
        request may exist already: see `refunds`.
        """
        if len(description) not in DESCRIPTION:
            raise Refused(SERVICE, "the description must have 2 to 150 characters", code="5012")
        if len(vouchers) > MOST_VOUCHERS:
            raise Refused(SERVICE, f"at most {MOST_VOUCHERS} pictures", code="5005")
        params = {
            "orderId": str(number(reference)),
            "orderEntryIds": numbers(entries),
            "disputeRequest": "refund",
            "applyPayment": str(in_fen(amount)),
            "applyCarriage": str(in_fen(carriage) if carriage else 0),
            "applyReasonId": str(number(reason_id)),
            "description": description,
            "goodsStatus": goods_status,
        }
        if vouchers:
            params["vouchers"] = compact(list(vouchers))
        if counts:
            params["orderEntryCountList"] = compact(_counted(counts, entries))
        answer = self._create_refund(params)
        made = answer.get("result")
        inside = made.get("result") if isinstance(made, dict) else None
        found = inside.get("refundId") if isinstance(inside, dict) else None
        if not isinstance(found, str | int) or not found:
            raise OutcomeUnknown(SERVICE, "answered neither a refund nor an error")
        return str(found)

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

    def _create_refund(self, params: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            return self._gateway.call(
                TRADE, "alibaba.trade.createRefund", params, Kind.UNSAFE_WRITE
            )
        except Refused as problem:
            if problem.code not in REFUSALS:
                raise
            what = f"{REFUSALS[problem.code]} ({problem.what})"
            raise Refused(SERVICE, what, code=problem.code) from None

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


def _refunds(result: Mapping[str, Any], reference: str) -> tuple[list[SupplierRefund], int]:
    models = result.get("opOrderRefundModels") or []
    total = int(result["totalCount"])  # "none" has to be said
    return [parse.refund(model, reference) for model in models], total


def _counted(counts: Mapping[str, int], entries: Sequence[str]) -> list[dict[str, int]]:
    """Units by line, as 1688 lists them."""
    if any(entry not in entries or count < 1 for entry, count in counts.items()):
        raise Refused(SERVICE, "units have to be counted for lines asked about", code="5013")
    return [{"id": number(entry), "count": count} for entry, count in counts.items()]
