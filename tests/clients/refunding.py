"""What a refund is made of, for the tests of refunds."""

from __future__ import annotations

from clients.money import Money
from clients.shopify.records import RefundPreview, SuggestedTransaction

ORDER = 9007199254740993
KEY = "0d9c4a1e-4e0b-5b52-9a43-c3e6a3b4a1de"
REFUSED_IN_WORDS = {"refund": None, "userErrors": [{"field": None, "message": "Too much"}]}


def eur(minor):
    return Money(minor, "EUR")


def preview(**changes):
    values = {
        "amount": eur(1420),
        "maximum": eur(2815),
        "shipping": eur(500),
        "lines": ((11, 1),),
        "transactions": (SuggestedTransaction(30, "shopify_payments", eur(1420)),),
    }
    return RefundPreview(**{**values, **changes})


def frozen(admin, **changes):
    return admin.refund_input(ORDER, preview(**changes), note="pv:1234", currency="EUR")


def answer(**payload):
    return {"data": {"refundCreate": {"refund": None, "userErrors": [], **payload}}}


def error(code="", message="no", **more):
    return {"message": message, "extensions": {"code": code}, **more}
