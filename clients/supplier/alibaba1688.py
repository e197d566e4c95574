"""1688 as a buyer's supplier: urging, reading purchases, and claiming for bad goods."""

from __future__ import annotations

from collections.abc import Sequence

from clients.errors import OutcomeUnknown, Refused
from clients.http import Kind
from clients.money import Money
from clients.supplier import parse1688 as parse
from clients.supplier.aftersales1688 import AfterSales
from clients.supplier.aop import SERVICE, succeeded
from clients.supplier.buyer1688 import LOGISTICS, TRADE, number
from clients.supplier.parse1688 import RefundReason
from clients.supplier.records import SupplierOrder
from clients.supplier.refunds1688 import MOST_VOUCHERS, Refunds

UNKNOWN_ORDER = frozenset({"5001", "ORDER_NOT_EXIST"})
ONCE_A_DAY = ("24小时", "24 小时", "24h", "24 hours")
"""1688 publishes no code for "already urged today", only the rule; its words name the 24 hours."""

FINISHED = "success"
RECEIVED, RECEIVED_AND_FINISHED = "refundBuyerReceived", "aftersaleBuyerReceived"
"""Where goods are that came badly: until the purchase is finished, and after it."""

BADLY = ("破损", "损坏", "少件", "少货", "漏发", "错发", "发错", "质量", "描述不符", "与描述")
"""Words in the names of reasons for goods that came wrong, incomplete or damaged."""


class Alibaba1688(Refunds, AfterSales):
    """Calls 1688 for one buyer.

    Besides what a method names, each raises Retriable, Refused, NeedsAuthorisation and, when it
    writes, OutcomeUnknown. 1688 knows no idempotency keys: read back before asking twice.
    `reference` is 1688's order number. `timestamp` gives milliseconds since 1970, if wanted.
    """

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

    def claim(
        self,
        reference: str,
        entries: Sequence[str],
        amount: Money,
        description: str,
        pictures: Sequence[bytes],
    ) -> str:
        """Ask for money back for goods that came badly, and show the first five pictures.

        Gives 1688's refund id. Nothing is asked for before every picture is there.
        """
        found = self.order(reference)
        if found is None:
            raise Refused(SERVICE, "no such order", code="5001")
        status = RECEIVED_AND_FINISHED if found.status == FINISHED else RECEIVED
        reason = _fitting(self.refund_reasons(reference, entries, goods_status=status))
        try:
            vouchers = [self.upload_voucher(one) for one in pictures[:MOST_VOUCHERS]]
        except ValueError as problem:
            raise Refused(SERVICE, str(problem), code="5005") from None
        return self.ask_refund(
            reference,
            entries,
            amount,
            reason.id,
            description,
            goods_status=status,
            vouchers=vouchers,
        )


def _fitting(reasons: Sequence[RefundReason]) -> RefundReason:
    """The reason that speaks of bad goods, else one that wants proof, else the first."""
    if not reasons:
        raise Refused(SERVICE, "accepts no reason for these goods", code="5004")
    speaking = [each for each in reasons if any(word in each.name for word in BADLY)]
    proving = [each for each in reasons if each.needs_voucher]
    return (speaking or proving or list(reasons))[0]
