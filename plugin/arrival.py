"""Our own look at an order when it arrives: its address and its parcel, before anything is bought.

Abroad neither can be mended any more. What is found goes into the timeline as codes; the address
itself stays with the customer's data.
"""

from __future__ import annotations

from collections.abc import Mapping

from plugin import addresses, parcels
from plugin import timeline as t
from plugin.customer import Customer
from plugin.order import Order
from plugin.store.measures import Measure
from plugin.terms import Terms


def look(
    order: Order, customer: Customer | None, terms: Terms, measures: Mapping[str, Measure]
) -> t.OrderChecked | None:
    """What there is to doubt; None when there is nothing to look at, or nothing left to hold."""
    if order.seen is None or order.cancelled_at or not _to_be_sent(order):
        return None
    doubts = _doubts(customer) if terms.check_addresses else ()
    if not terms.check_parcels:
        return t.OrderChecked(doubts=doubts)
    items = [_item(order, line_id, measures) for line_id in _to_be_sent(order)]
    country = (customer.country if customer else "") or order.seen.country
    limits = parcels.limits_from(terms.limits) if terms.limits else parcels.DEFAULTS
    verdict = parcels.check(items, country, limits, terms.shipping_line)
    split = parcels.split(items, country, limits, terms.shipping_line)
    return t.OrderChecked(
        doubts=doubts,
        parcel=str(verdict.state),
        line=terms.shipping_line,
        over_grams=verdict.over_grams,
        over_mm=verdict.over_mm,
        parcels=len(split) if verdict.state == "over" and split else 0,
    )


def _to_be_sent(order: Order) -> list[int]:
    """Lines that are shipped to somebody and that nobody has bought or sent yet."""
    return [
        line_id
        for line_id, line in order.lines.items()
        if line.facts.requires_shipping
        and line.facts.current_quantity
        and not order.bought(line_id)
        and not order.shipped(line_id)
    ]


def _doubts(customer: Customer | None) -> tuple[str, ...]:
    """Nothing to say of an address the store does not show us."""
    if customer is None or not customer.address:
        return ()
    written = dict(customer.address)
    told = {
        "name": customer.name,
        "line1": written.get("address1", ""),
        "line2": written.get("address2", ""),
        "city": written.get("city", ""),
        "province_code": written.get("province_code", "") or written.get("province", ""),
        "zip": written.get("zip", ""),
        "country": customer.country,
        "phone": customer.phone,
    }
    return tuple(f"{doubt.field}:{doubt.code}" for doubt in addresses.check(told))


def _item(order: Order, line_id: int, measures: Mapping[str, Measure]) -> parcels.Item:
    facts = order.lines[line_id].facts
    measure = measures.get(facts.sku) or Measure(facts.sku)
    sides = (measure.length_mm, measure.width_mm, measure.height_mm)
    known = tuple(side for side in sides if side is not None)
    box = (known[0], known[1], known[2]) if len(known) == 3 else None
    grams = measure.grams if measure.grams is not None else facts.grams
    return parcels.Item(grams, box, facts.current_quantity)
