"""1688 from the buyer's side: numbers, paths and answers the tests share."""

from __future__ import annotations

from urllib.parse import parse_qs

from clients.money import Money
from clients.supplier.aftersales1688 import Address

BASE = "https://gw.open.1688.com/openapi"
APP_KEY = "1000000"
REFERENCE = "4207654321098765432"
SECRET, TOKEN = "secret-canary", "token-canary"
JPEG = b"\xff\xd8\xff picture"
ADDRESS = Address("李雷", "13800000000", "浙江省", "杭州市", "西湖区", "文三路 1 号")
PATHS = {
    "urge": "com.alibaba.logistics/logistics.delivery.urge",
    "order": "com.alibaba.trade/alibaba.trade.get.buyerView",
    "reasons": "com.alibaba.trade/alibaba.trade.getRefundReasonList",
    "maximum": "com.alibaba.trade/alibaba.trade.getMaxRefundFee",
    "ask": "com.alibaba.trade/alibaba.trade.createRefund",
    "refunds": "com.alibaba.trade/alibaba.trade.refund.buyer.queryOrderRefundList",
    "upload": "com.alibaba.trade/alibaba.trade.uploadRefundVoucher",
    "complain": "com.alibaba.trade/trade.arbitration.apply",
    "address": "com.alibaba.trade/order.receiveAddress.buyerUpdate",
    "trace": "com.alibaba.logistics/alibaba.trade.getLogisticsTraceInfo.buyerView",
}


def yuan(fen):
    return Money(fen, "CNY")


def sent(mock, number=0):
    return {
        name: value for name, (value,) in parse_qs(mock.calls[number].request.body.decode()).items()
    }


def ask(supplier, amount=None, description="未发货，申请退款", reference=REFERENCE, **changes):
    return supplier.ask_refund(
        reference, ["11", "12"], amount or yuan(1234), "20021", description, **changes
    )


def complain(supplier, reference=REFERENCE, **changes):
    wanted = {"refund_id": "TQ1", "reason_id": "3", "text": "破损", "pictures": []}
    return supplier.apply_arbitration(reference, **{**wanted, **changes})


ABOUT_AN_ORDER = {
    "urge": lambda supplier, reference=REFERENCE: supplier.urge(reference),
    "order": lambda supplier, reference=REFERENCE: supplier.order(reference),
    "reasons": lambda supplier, reference=REFERENCE: supplier.refund_reasons(reference, ["11"]),
    "maximum": lambda supplier, reference=REFERENCE: supplier.max_refund_fee(
        reference, [("11", 1)]
    ),
    "ask": lambda supplier, reference=REFERENCE: ask(supplier, reference=reference),
    "refunds": lambda supplier, reference=REFERENCE: supplier.refunds(reference),
    "complain": complain,
    "address": lambda supplier, reference=REFERENCE: supplier.change_address(reference, ADDRESS),
    "trace": lambda supplier, reference=REFERENCE: supplier.trace(reference),
}
ACTIONS = {**ABOUT_AN_ORDER, "upload": lambda supplier: supplier.upload_voucher(JPEG)}
WRITES = {"urge", "ask", "complain", "address"}


def path(name):
    return f"param2/1/{PATHS[name]}/{APP_KEY}"


def nested(**result):
    return {"result": {"success": True, "code": "200", "message": "", "result": result}}


def model(status, **changes):
    values = {"refundId": "TQ1", "status": status, "applyPayment": 1234, "refundPayment": 0}
    return {**values, "applyReason": "缺货", **changes}


def listed(*models, total=None):
    return {
        "success": True,
        "result": {
            "opOrderRefundModels": list(models),
            "totalCount": len(models) if total is None else total,
        },
    }
