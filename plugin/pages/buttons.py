"""Every button on a case, each one call of `merchant`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import g, request
from sqlalchemy.engine import Connection

from plugin import customer_reports, merchant
from plugin import timeline as t
from plugin.money import Money
from plugin.pages import case_goods, handing
from plugin.pages.desk import say
from plugin.pages.forms import BadField, amount, choice, needed, words
from plugin.terms import Route

Row = dict[str, Any]


def _approve(tx: Connection, who: merchant.Click, _row: Row) -> object:
    return merchant.approve(
        tx,
        who,
        words("key"),
        choice=request.form.get("choice", ""),
        both_because=words("both_because"),
    )


def _decline(tx: Connection, who: merchant.Click, _row: Row) -> object:
    return merchant.decline(tx, who, words("key"), why=words("why"))


def _sent(tx: Connection, who: merchant.Click, _row: Row) -> object:
    return merchant.sent_by_hand(tx, who, words("key"))


def _again(tx: Connection, who: merchant.Click, _row: Row) -> object:
    return merchant.try_again(tx, who, words("key"))


def _answered(tx: Connection, who: merchant.Click, row: Row) -> object:
    event = t.SupplierAnswered(case_goods.purchase_of(tx, g.shop.shop, row), words("message"))
    return merchant.tell(tx, who, event)


def _asked(tx: Connection, who: merchant.Click, row: Row) -> object:
    event = t.SupplierAsked(case_goods.purchase_of(tx, g.shop.shop, row), words("message"))
    return merchant.tell(tx, who, event)


def _no_stock(tx: Connection, who: merchant.Click, row: Row) -> object:
    purchase_id, line_ids = case_goods.goods_of(tx, g.shop.shop, row)
    return merchant.tell(tx, who, t.OutOfStockReported(purchase_id, line_ids, words("message")))


def _route(tx: Connection, who: merchant.Click, row: Row) -> object:
    route = choice("route", tuple(Route))
    purchase_id = case_goods.purchase_of(tx, g.shop.shop, row)
    return merchant.learn_route(tx, who, purchase_id, Route(route))


def _recovery(tx: Connection, who: merchant.Click, row: Row) -> object:
    purchase_id = case_goods.purchase_of(tx, g.shop.shop, row)
    if not purchase_id:
        raise BadField("state", say("facts.none"))
    state = choice("state", ("agreed", "received", "refused"))
    # A refusal has no amount, but the currency of what was asked: without one it is not booked.
    paid = amount("amount", "currency") if state != "refused" else Money(0, _cost_in(tx, row))
    return merchant.tell(tx, who, t.RecoverySeen(purchase_id, state, paid.minor, paid.currency))


def _cost_in(tx: Connection, row: Row) -> str:
    """The currency of a case's purchase; the shop's where nobody told us."""
    return case_goods.cost_currency(tx, g.shop.shop, row) or str(g.shop.currency)


def _customs(tx: Connection, who: merchant.Click, row: Row) -> object:
    state = choice("state", ("held", "cleared", "returned", "destroyed"))
    purchase_id = case_goods.purchase_of(tx, g.shop.shop, row)
    return merchant.tell_of_customs(tx, who, purchase_id, state)


def _interception(tx: Connection, who: merchant.Click, row: Row) -> object:
    result = choice("result", ("succeeded", "failed"))
    purchase_id = case_goods.stopping(tx, g.shop.shop, row)
    return merchant.tell_of_interception(tx, who, purchase_id, result)


def _verification(tx: Connection, who: merchant.Click, row: Row) -> object:
    result = choice("result", ("verified", "refused"))
    reason = needed("message") if result == "refused" else words("message")
    return merchant.tell_of_verification(tx, who, row["case_id"], result, reason)


def _address(tx: Connection, who: merchant.Click, row: Row) -> object:
    how = choice("how", ("confirmed", "corrected"))
    address = None
    if how == "corrected":
        address = {
            "address1": needed("address1"),
            "address2": words("address2"),
            "city": needed("city"),
            "zip": words("zip", 30),
            "province_code": words("province_code", 30),
            "country_code": needed("country_code", 2).upper(),
        }
    customer_reports.settle_address(tx, who, row["case_id"], address)
    return None


def _note(tx: Connection, who: merchant.Click, _row: Row) -> object:
    return merchant.tell(tx, who, t.NoteWritten(needed("text", 2000)))


def _assign(tx: Connection, who: merchant.Click, row: Row) -> object:
    merchant.assign(tx, who, row["case_id"], handing.person(tx))
    return None


def _snooze(tx: Connection, who: merchant.Click, row: Row) -> object:
    merchant.snooze(tx, who, row["case_id"], handing.until(who.now))
    return None


def _wake(tx: Connection, who: merchant.Click, row: Row) -> object:
    merchant.snooze(tx, who, row["case_id"], None)
    return None


VERBS: Mapping[str, Callable[[Connection, merchant.Click, Row], object]] = {
    "approve": _approve,
    "decline": _decline,
    "sent": _sent,
    "again": _again,
    "answered": _answered,
    "asked": _asked,
    "no-stock": _no_stock,
    "route": _route,
    "recovery": _recovery,
    "customs": _customs,
    "interception": _interception,
    "verification": _verification,
    "address": _address,
    "note": _note,
    "assign": _assign,
    "snooze": _snooze,
    "wake": _wake,
}
