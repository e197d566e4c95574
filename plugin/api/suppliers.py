"""Suppliers: the shop's own record with each, and what was noted about them."""

from __future__ import annotations

from typing import Any

from flask import g

from plugin.api import rows
from plugin.api.door import Door
from plugin.api.operation import Asked, Operation
from plugin.api.shapes import (
    COUNT,
    MINOR,
    SUMS,
    WORD,
    by_name,
    number,
    or_null,
    record,
    text,
    things,
)
from plugin.mail_address import is_address
from plugin.pages.roles import Right
from plugin.store import suppliers
from plugin.store.suppliers import Score

LONGEST_WINDOW = 730
NOTED = ("contact", "email", "proof", "note")


def list_suppliers(door: Door, _asked: Asked) -> Any:
    with door.db.read() as tx:
        found = suppliers.scores(tx, g.shop.shop)
    return {"suppliers": [_score(one) for one in found]}


def get_supplier(door: Door, asked: Asked) -> Any:
    name, shop = asked["name"], g.shop.shop
    with door.db.read() as tx:
        if not suppliers.is_known(tx, shop, name):
            raise rows.not_found("No supplier by that name is known")
        found = suppliers.scores(tx, shop, [name])
        days = suppliers.days_to_verify(tx, shop, name)
        offers = suppliers.offers(tx, shop, name)
        noted = suppliers.noted(tx, shop, name) or {}
    return {
        **_score(found[0] if found else Score(name)),
        "days_to_verify": days,
        "offers": [
            {
                same: offer[same]
                for same in ("sku", "url", "price_minor", "currency", "promised_days", "note")
            }
            for offer in offers
        ],
        "noted": {
            **{same: noted.get(same, "") for same in NOTED},
            "claim_within_days": noted.get("claim_within_days"),
        },
    }


def keep_supplier(door: Door, asked: Asked) -> Any:
    body, name, now = asked["body"], asked["name"], door.clock.now()
    values = {same: body.get(same, "").strip() for same in NOTED}
    values["email"] = values["email"].lower()
    if values["email"] and not is_address(values["email"]):
        raise rows.unusable(email="is no mail address")
    with door.desk.act("supplier_noted", name) as tx:
        if not suppliers.is_known(tx, g.shop.shop, name):
            raise rows.not_found("No supplier by that name is known")
        window = {"claim_within_days": body.get("claim_within_days"), "holidays": None}
        suppliers.note(tx, g.shop.shop, name, now, by=g.person, **values, **window)
    return get_supplier(door, asked)


def _score(one: Score) -> dict[str, Any]:
    return {
        "supplier": one.supplier,
        "purchases": one.purchases,
        "cases": one.problems,
        "repaid": one.repaid,
        "asked": one.asked,
        "received": one.received,
    }


SCORE = {
    "supplier": WORD,
    "purchases": COUNT,
    "cases": by_name(COUNT),
    "repaid": SUMS,
    "asked": SUMS,
    "received": SUMS,
}
SUPPLIER = record(
    {
        **SCORE,
        "days_to_verify": {"type": ["number", "null"]},
        "offers": things(
            record(
                {
                    "sku": WORD,
                    "url": WORD,
                    "price_minor": MINOR,
                    "currency": WORD,
                    "promised_days": or_null(COUNT),
                    "note": WORD,
                }
            )
        ),
        "noted": record({**dict.fromkeys(NOTED, WORD), "claim_within_days": or_null(COUNT)}),
    }
)
NAME = {"name": text(200, 1)}

OPERATIONS = (
    Operation(
        "list_suppliers",
        "GET",
        "/suppliers",
        "The shop's own record with each supplier, the most cases first",
        Right.VIEW,
        list_suppliers,
        record({"suppliers": things(record(SCORE))}),
        pages=("desk.suppliers_list",),
    ),
    Operation(
        "get_supplier",
        "GET",
        "/supplier",
        "One supplier by `name`, which may be any text: record, offers, what was noted",
        Right.VIEW,
        get_supplier,
        SUPPLIER,
        query=NAME,
        needs=("name",),
        also=(404,),
        pages=("desk.supplier",),
    ),
    Operation(
        "keep_supplier",
        "PUT",
        "/supplier",
        "Note what is known of a supplier, in place of what was noted before",
        Right.WORK,
        keep_supplier,
        SUPPLIER,
        query=NAME,
        needs=("name",),
        body=record(
            {},
            {
                "contact": text(300),
                "email": text(320),
                "claim_within_days": or_null(number(1, LONGEST_WINDOW)),
                "proof": text(2000),
                "note": text(2000),
            },
        ),
        also=(404,),
        pages=("desk.keep_supplier",),
    ),
)
