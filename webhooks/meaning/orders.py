"""`orders/*`: the order as it stands, with the refunds and shipments it carries."""

from __future__ import annotations

from clients.money import decimals
from plugin.facts import PAID
from plugin.timeline import Event, LineFacts, OrderEdited, OrderSeen
from webhooks.meaning.customers import country, customer
from webhooks.meaning.movements import fulfilment_seen, refund_seen
from webhooks.meaning.outcome import Translation
from webhooks.meaning.values import LARGEST_MINOR, Node, Purse, number
from webhooks.reading import Unreadable
from webhooks.schemas.fields import loaded
from webhooks.schemas.orders import EDITED_ORDER, ORDER

LONGEST_TITLE = 500
HEAVIEST = 10**9
"""A thousand tonnes, in grams: more than that is a slip of the pen."""


def order(body: Node) -> Translation:
    """Every topic with a whole order says the same: this is how it stands."""
    data = loaded(ORDER, body)
    purse = _purse(data)
    events: list[Event] = [_seen(data, purse)]
    for index, refund in enumerate(data["refunds"] or ()):
        events.append(refund_seen(refund, where=f"refunds.{index}", currency=purse.currency))
    for fulfilment in data["fulfillments"] or ():
        events.append(fulfilment_seen(fulfilment))
    return Translation(number(data, "Order"), tuple(events), customer(data))


def edited(body: Node) -> Translation:
    """Lines were added or removed; the body does not say what became of the order."""
    edit = loaded(EDITED_ORDER, body)["order_edit"]
    return Translation(edit["order_id"], (OrderEdited(edit["id"]),))


def _purse(data: Node) -> Purse:
    purse = Purse(data["presentment_currency"] or data["currency"], data["currency"])
    for name, code in (("presentment_currency", purse.currency), ("currency", data["currency"])):
        try:
            decimals(code)
        except ValueError as error:
            raise Unreadable(name, str(error)) from None
    return purse


def _seen(data: Node, purse: Purse) -> OrderSeen:
    taxed = bool(data["taxes_included"])
    paid = (data["financial_status"] or "").lower() in PAID
    lines = (_line(line, i, purse, taxed) for i, line in enumerate(data["line_items"]))
    return OrderSeen(
        version=data["updated_at"],
        name=data["name"] or "",
        placed_at=data["created_at"],
        paid_at=(data["processed_at"] or data["created_at"]) if paid else None,
        cancelled_at=data["cancelled_at"],
        currency=purse.currency,
        shop_currency=purse.shop_currency,
        lines=tuple(lines),
        shipping_paid_minor=_shipping(data, purse, taxed),
        country=country(data),
        test=bool(data["test"]),
    )


def _line(line: Node, index: int, purse: Purse, taxed: bool) -> LineFacts:
    quantity, current = line["quantity"], line["current_quantity"]
    title = line["title"] or line["name"] or ""
    return LineFacts(
        id=number(line, "LineItem"),
        title=" ".join(title.split())[:LONGEST_TITLE],
        sku=" ".join((line["sku"] or "").split()),
        quantity=quantity,
        current_quantity=quantity if current is None else current,
        paid_minor=_paid(line, f"line_items.{index}", purse, taxed),
        requires_shipping=line["requires_shipping"] is not False,
        product_id=line["product_id"],
        grams=_grams(line["grams"]),
    )


def _grams(value: object) -> int | None:
    """One unit's weight. Shopify writes 0 where the merchant entered none.

    An order is not kept waiting for its weight, so whatever is no weight is one not known.
    """
    return value if type(value) is int and 0 < value < HEAVIEST else None


def _paid(line: Node, where: str, purse: Purse, taxed: bool) -> int:
    """For all units: the price, less every discount, plus tax unless the price has it.

    `total_discount` knows no discounts on the whole order, so the allocations are used.
    """
    paid = purse.minor(line, "price", where) * int(line["quantity"])
    for index, allocation in enumerate(line["discount_allocations"] or ()):
        paid -= purse.minor(allocation, "amount", f"{where}.discount_allocations.{index}")
    if not taxed:
        paid += _tax(line, where, purse)
    if not 0 <= paid <= LARGEST_MINOR:
        raise Unreadable(where, "the discounts are more than the price" if paid < 0 else "too much")
    return paid


def _tax(node: Node, where: str, purse: Purse) -> int:
    taxes = enumerate(node["tax_lines"] or ())
    return sum(purse.minor(tax, "price", f"{where}.tax_lines.{index}") for index, tax in taxes)


def _shipping(data: Node, purse: Purse, taxed: bool) -> int:
    paid = 0
    for index, line in enumerate(data["shipping_lines"] or ()):
        if line["is_removed"]:
            continue
        where = f"shipping_lines.{index}"
        paid += purse.minor(line, _price_of(line), where)
        paid += 0 if taxed else _tax(line, where, purse)
    if paid > LARGEST_MINOR:
        raise Unreadable("shipping_lines", "too much")
    return paid


def _price_of(line: Node) -> str:
    discounted = line["discounted_price_set"] or line["discounted_price"]
    return "price" if discounted is None else "discounted_price"
