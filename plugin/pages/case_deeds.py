"""What a person can tell about a case, each one call of `merchant` on the goods it is about."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from plugin import merchant
from plugin import timeline as t
from plugin.casework import Step
from plugin.money import Money
from plugin.pages import case_goods
from plugin.terms import Route

Row = dict[str, Any]
CUSTOMS = ("held", "cleared", "returned", "destroyed")
INTERCEPTION = ("succeeded", "failed")
VERIFICATION = ("verified", "refused")
RECOVERY = ("agreed", "received", "refused")


def supplier_answered(tx: Connection, who: merchant.Click, row: Row, message: str) -> Step:
    """The supplier of its goods has answered."""
    purchase_id = case_goods.purchase_of(tx, who.shop, row)
    return merchant.tell(tx, who, t.SupplierAnswered(purchase_id, message))


def supplier_asked(tx: Connection, who: merchant.Click, row: Row, message: str) -> Step:
    """He was asked something: his silence counts from here."""
    purchase_id = case_goods.purchase_of(tx, who.shop, row)
    return merchant.tell(tx, who, t.SupplierAsked(purchase_id, message))


def no_stock(tx: Connection, who: merchant.Click, row: Row, message: str) -> Step:
    """Its goods cannot be had."""
    purchase_id, line_ids = case_goods.goods_of(tx, who.shop, row)
    return merchant.tell(tx, who, t.OutOfStockReported(purchase_id, line_ids, message))


def learn_route(tx: Connection, who: merchant.Click, row: Row, route: Route) -> Step:
    """Where its parcel is. Raises NotPossible for the way back from abroad."""
    return merchant.learn_route(tx, who, case_goods.purchase_of(tx, who.shop, row), route)


def has_purchase(tx: Connection, shop: str, row: Row) -> bool:
    """Somebody told us what was bought for it: without that, no money can be asked back."""
    return bool(case_goods.purchase_of(tx, shop, row))


def recovery(
    tx: Connection, who: merchant.Click, row: Row, state: str, paid: Money | None, currency: str
) -> Step:
    """How far the supplier's money is. `currency` is the shop's, where nobody told us another.

    A refusal has no amount, but the currency of what was asked: without one it is not booked.
    """
    purchase_id = case_goods.purchase_of(tx, who.shop, row)
    if paid is None or state == "refused":
        paid = Money(0, case_goods.cost_currency(tx, who.shop, row) or currency)
    return merchant.tell(tx, who, t.RecoverySeen(purchase_id, state, paid.minor, paid.currency))


def customs(tx: Connection, who: merchant.Click, row: Row, state: str) -> Step:
    """What became of its parcel at customs."""
    return merchant.tell_of_customs(tx, who, case_goods.purchase_of(tx, who.shop, row), state)


def interception(tx: Connection, who: merchant.Click, row: Row, result: str) -> Step:
    """What became of stopping its parcel."""
    return merchant.tell_of_interception(tx, who, case_goods.stopping(tx, who.shop, row), result)
