"""What a person can tell about a case: answers, silence, where a parcel is, what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g
from sqlalchemy.engine import Connection

from plugin import customer_reports, merchant
from plugin.api import rows
from plugin.api.door import Door, Problem
from plugin.api.operation import Asked, Operation
from plugin.api.shapes import AMOUNT, CASE, CURRENCY, Schema, one_of, record, text
from plugin.merchant import Click
from plugin.pages import case_deeds
from plugin.pages.roles import Right
from plugin.terms import Route

Tell = Callable[[Connection, Click, dict[str, Any], Any], object]
MESSAGE = {"message": text(500)}
ADDRESS = record(
    {"address1": text(300, 1), "city": text(300, 1), "country_code": text(2, 2)},
    {"address2": text(300), "zip": text(30), "province_code": text(30)},
)


def _telling(tell: Tell) -> Callable[[Door, Asked], Any]:
    def answer(door: Door, asked: Asked) -> Any:
        with door.db.write() as tx, rows.told():
            row = rows.case_row(tx, asked)
            tell(tx, rows.click(door, int(row["order_id"])), row, asked["body"])
        with door.db.read() as tx:
            return rows.case(rows.case_row(tx, asked))

    return answer


def _answered(tx: Connection, who: Click, row: dict[str, Any], body: Any) -> object:
    return case_deeds.supplier_answered(tx, who, row, body.get("message", ""))


def _asked(tx: Connection, who: Click, row: dict[str, Any], body: Any) -> object:
    return case_deeds.supplier_asked(tx, who, row, body.get("message", ""))


def _no_stock(tx: Connection, who: Click, row: dict[str, Any], body: Any) -> object:
    return case_deeds.no_stock(tx, who, row, body.get("message", ""))


def _route(tx: Connection, who: Click, row: dict[str, Any], body: Any) -> object:
    return case_deeds.learn_route(tx, who, row, Route(body["route"]))


def _recovery(tx: Connection, who: Click, row: dict[str, Any], body: Any) -> object:
    if not case_deeds.has_purchase(tx, g.shop.shop, row):
        raise Problem(409, "no_purchase", "Nobody has told us what was bought for it")
    paid = None
    if body["state"] != "refused":
        missing = {name: "is missing" for name in ("minor", "currency") if name not in body}
        if missing:
            raise rows.unusable(**missing)
        paid = rows.money(body, "minor", "currency")
    return case_deeds.recovery(tx, who, row, body["state"], paid, g.shop.currency)


def _customs(tx: Connection, who: Click, row: dict[str, Any], body: Any) -> object:
    return case_deeds.customs(tx, who, row, body["state"])


def _interception(tx: Connection, who: Click, row: dict[str, Any], body: Any) -> object:
    return case_deeds.interception(tx, who, row, body["result"])


def _verification(tx: Connection, who: Click, row: dict[str, Any], body: Any) -> object:
    result, message = body["result"], body.get("message", "")
    if result == "refused" and not message.strip():
        raise rows.unusable(message="is needed: why was it refused")
    return merchant.tell_of_verification(tx, who, row["case_id"], result, message)


def _address(tx: Connection, who: Click, row: dict[str, Any], body: Any) -> object:
    told = body.get("address")
    address = dict.fromkeys(ADDRESS["properties"], "") | told if told else None
    if address is not None:
        address["country_code"] = address["country_code"].upper()
    customer_reports.settle_address(tx, who, row["case_id"], address)
    return None


def _of(name: str, route: str, says: str, tell: Tell, body: Schema) -> Operation:
    return Operation(
        name,
        "POST",
        f"/cases/{{case_id}}/{route}",
        says,
        Right.WORK,
        _telling(tell),
        CASE,
        body=body,
        conflicts=True,
        pages=("desk.click",),
    )


OPERATIONS = (
    _of(
        "supplier_answered",
        "supplier-answered",
        "The supplier has answered",
        _answered,
        record({}, MESSAGE),
    ),
    _of(
        "supplier_asked",
        "supplier-asked",
        "The supplier was asked something: his silence counts from here",
        _asked,
        record({}, MESSAGE),
    ),
    _of("case_no_stock", "no-stock", "Its goods cannot be had", _no_stock, record({}, MESSAGE)),
    _of(
        "learn_route",
        "route",
        "Where its parcel is; one that went abroad does not come back",
        _route,
        record({"route": one_of(Route)}),
    ),
    _of(
        "tell_recovery",
        "recovery",
        "How far the supplier's money is; `minor` and `currency` unless it was refused",
        _recovery,
        record({"state": one_of(case_deeds.RECOVERY)}, {"minor": AMOUNT, "currency": CURRENCY}),
    ),
    _of(
        "tell_customs",
        "customs",
        "What became of its parcel at customs",
        _customs,
        record({"state": one_of(case_deeds.CUSTOMS)}),
    ),
    _of(
        "tell_interception",
        "interception",
        "What became of stopping its parcel; said once, because it moves money",
        _interception,
        record({"result": one_of(case_deeds.INTERCEPTION)}),
    ),
    _of(
        "tell_verification",
        "verification",
        "What the platform made of the claim; a refusal needs its reason in `message`",
        _verification,
        record({"result": one_of(case_deeds.VERIFICATION)}, MESSAGE),
    ),
    _of(
        "settle_address",
        "address",
        "A doubtful address is confirmed, or corrected where `address` is given",
        _address,
        record({}, {"address": ADDRESS}),
    ),
)
