"""An order as the store just told it, taken in: its facts, who bought, a look at its address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from clients.shopify.records import Order
from plugin.casework import Casework
from plugin.customer import Customer
from plugin.facts import events_from
from plugin.store import privacy, timelines
from scheduler.arrivals import check_arrival
from webhooks.meaning.customers import email, language


def take_in(tx: Connection, shop: str, order_id: int, found: Order | None, now: datetime) -> None:
    """What is news joins the timeline; None is the store's word for "no such order".

    Who bought is kept with the first thing we hear of an order, and never again by reading: what
    somebody asked us to forget does not come back with the next look.
    """
    if found is not None:
        work = Casework(tx, shop, order_id, now)
        buyer = None if work.entries else customer_of(found)
        if buyer is not None and not privacy.is_forgotten(tx, shop, order_id):
            timelines.keep_customer(tx, shop, order_id, buyer)
        work.record(events_from(found), by="store", cause="read")
        check_arrival(tx, work)
    timelines.lock(tx, shop, order_id)
    timelines.set_head(tx, shop, order_id, read_wanted=False, read_at=now)


def customer_of(order: Order) -> Customer | None:
    """Who bought, as far as the app may see it; None when nothing is shown."""
    to = order.shipping_address
    place = (
        {
            "address1": to.address1,
            "address2": to.address2,
            "city": to.city,
            "zip": to.zip,
            "province_code": to.province_code,
        }
        if to
        else {}
    )
    found = Customer(
        customer_id=order.customer_id,
        name=f"{to.first_name} {to.last_name}".strip() if to else "",
        email=email(order.email),
        phone=to.phone if to else "",
        language=language(order.locale),
        country=order.country,
        address=tuple((name, value) for name, value in place.items() if value),
    )
    return found if found != Customer() else None
