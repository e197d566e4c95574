"""Which goods and whose money a case is about, for its buttons and for the card beside it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from plugin.actions import ProposeAlternative, RefundCustomer
from plugin.case import Case
from plugin.fold import fold
from plugin.money import Money
from plugin.order import Order
from plugin.store import timelines
from plugin.terms import Terms


def purchase_of(tx: Connection, shop: str, row: dict[str, Any]) -> str:
    """The purchase a case is about."""
    return goods_of(tx, shop, row)[0]


def stopping(tx: Connection, shop: str, row: dict[str, Any]) -> str:
    """The purchase whose parcel a case is about to stop."""
    order = fold(timelines.read(tx, shop, row["order_id"]))
    opened = order.cases[row["case_id"]].opened
    record = order.cases[row["case_id"]]
    case = Case(order, opened.situation, opened.purchase_id, Terms(), opened.line_ids, record)
    return case.bought_as.id if case.bought_as else ""


def cost_currency(tx: Connection, shop: str, row: dict[str, Any]) -> str:
    """What the purchase of a case was paid in; empty where nobody has told us."""
    order = fold(timelines.read(tx, shop, row["order_id"]))
    known = order.purchases.get(order.cases[row["case_id"]].opened.purchase_id)
    return known.cost_currency if known else ""


def goods_of(tx: Connection, shop: str, row: dict[str, Any]) -> tuple[str, tuple[int, ...]]:
    """The purchase and the lines a case is about; no lines means all of the purchase."""
    order = fold(timelines.read(tx, shop, row["order_id"]))
    opened = order.cases[row["case_id"]].opened
    return opened.purchase_id, opened.line_ids


def repaid_beside(tx: Connection, shop: str, row: dict[str, Any], key: str) -> Money | None:
    """What the customer gets back for the goods a proposal would send as well."""
    order = fold(timelines.read(tx, shop, row["order_id"]))
    planned = order.planned.get(key)
    if planned is None or not isinstance(planned.action, ProposeAlternative):
        return None
    units = set(planned.action.units)
    refunds = [p.action for p in order.our_refunds(planned.action.line_id)]
    minor = sum(a.minor for a in refunds if isinstance(a, RefundCustomer) and units & set(a.units))
    return Money(minor, order.currency) if minor else None


def safety(order: Order) -> dict[str, int]:
    """Refund safety: what was paid, what went back and by whom, what is spoken for."""
    seen = order.seen
    paid = (seen.shipping_paid_minor if seen else 0) + sum(
        line.facts.paid_minor for line in order.lines.values()
    )
    ours = sum(
        refund.minor
        for refund in order.refunds.values()
        if refund.mark and any(refund.mark in p.marks for p in order.planned.values())
    )
    elsewhere = order.refunded_elsewhere_minor()
    reserved = sum(
        getattr(p.action, "minor", 0)
        for p in order.planned.values()
        if p.action.kind == "refund_customer" and p.alive
    )
    return {
        "paid": paid,
        "ours": ours,
        "elsewhere": elsewhere,
        "reserved": reserved,
        "left": max(0, paid - ours - elsewhere - reserved),
    }
