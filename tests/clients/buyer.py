"""1688 from the buyer's side: numbers, paths and answers the tests share."""

from __future__ import annotations

from urllib.parse import parse_qs

from clients.money import Money

BASE = "https://gw.open.1688.com/openapi"
APP_KEY = "1000000"
REFERENCE = "4207654321098765432"
SECRET, TOKEN = "secret-canary", "token-canary"
PATHS = {
    "urge": "com.alibaba.logistics/logistics.delivery.urge",
    "order": "com.alibaba.trade/alibaba.trade.get.buyerView",
    "reasons": "com.alibaba.trade/alibaba.trade.getRefundReasonList",
    "maximum": "com.alibaba.trade/alibaba.trade.getMaxRefundFee",
    "ask": "com.alibaba.trade/alibaba.trade.createRefund",
    "refunds": "com.alibaba.trade/alibaba.trade.refund.buyer.queryOrderRefundList",
}


def yuan(fen):
    return Money(fen, "CNY")


def sent(mock, number=0):
    return {
        name: value for name, (value,) in parse_qs(mock.calls[number].request.body.decode()).items()
    }


def ask(supplier, amount=None, description="未发货，申请退款", **changes):
    return supplier.ask_refund(
        REFERENCE, ["11", "12"], amount or yuan(1234), "20021", description, **changes
    )


ACTIONS = {
    "urge": lambda supplier: supplier.urge(REFERENCE),
    "order": lambda supplier: supplier.order(REFERENCE),
    "reasons": lambda supplier: supplier.refund_reasons(REFERENCE, ["11"]),
    "maximum": lambda supplier: supplier.max_refund_fee(REFERENCE, [("11", 1)]),
    "ask": ask,
    "refunds": lambda supplier: supplier.refunds(REFERENCE),
}
WRITES = {"urge", "ask"}


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
