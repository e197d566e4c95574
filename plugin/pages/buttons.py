"""Every button on a case, each one call of `merchant`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import g, request
from sqlalchemy.engine import Connection

from plugin import customer_reports, merchant
from plugin import timeline as t
from plugin.pages import case_deeds, handing
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
    return case_deeds.supplier_answered(tx, who, row, words("message"))


def _asked(tx: Connection, who: merchant.Click, row: Row) -> object:
    return case_deeds.supplier_asked(tx, who, row, words("message"))


def _no_stock(tx: Connection, who: merchant.Click, row: Row) -> object:
    return case_deeds.no_stock(tx, who, row, words("message"))


def _route(tx: Connection, who: merchant.Click, row: Row) -> object:
    return case_deeds.learn_route(tx, who, row, Route(choice("route", tuple(Route))))


def _recovery(tx: Connection, who: merchant.Click, row: Row) -> object:
    if not case_deeds.has_purchase(tx, g.shop.shop, row):
        raise BadField("state", say("facts.none"))
    state = choice("state", case_deeds.RECOVERY)
    paid = amount("amount", "currency") if state != "refused" else None
    return case_deeds.recovery(tx, who, row, state, paid, str(g.shop.currency))


def _customs(tx: Connection, who: merchant.Click, row: Row) -> object:
    return case_deeds.customs(tx, who, row, choice("state", case_deeds.CUSTOMS))


def _interception(tx: Connection, who: merchant.Click, row: Row) -> object:
    return case_deeds.interception(tx, who, row, choice("result", case_deeds.INTERCEPTION))


def _verification(tx: Connection, who: merchant.Click, row: Row) -> object:
    result = choice("result", case_deeds.VERIFICATION)
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
