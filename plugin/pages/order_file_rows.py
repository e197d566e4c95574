"""What goes into an order file for DSers: what the order knows, and what a person adds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from plugin.actions import ProposeAlternative
from plugin.business_days import CHINA
from plugin.customer import Customer
from plugin.fold import fold
from plugin.order import Order
from plugin.pages.case_steps import BUYING
from plugin.reordering import Reorder, dsers_csv
from plugin.store import caselists, shops, timelines

NEEDED = ("product_id", "sku", "name", "phone", "address1", "province", "city", "zip")
OPTIONAL = ("address2", "email", "memo")
NUMBERS: Mapping[str, str] = {
    "RUT": "rut",
    "Personal Clearance ID": "clearance_id",
    "Passport/ Alien registration Card Number": "passport",
    "CPF": "cpf",
}
"""What some countries want to know of the receiver, by DSers' name of the column."""
FIELD_OF: Mapping[str, str] = {
    "Product id": "product_id",
    "SKU": "sku",
    "Contact person": "name",
    "Mobile no": "phone",
    "Address": "address1",
    "Province": "province",
    "City": "city",
    "Zip": "zip",
    "Country": "country_code",
    **NUMBERS,
}
PRODUCT_IN_LINK = re.compile(r"(?:[?&]id=|/item/|/offer/)(\d{6,20})")


@dataclass(frozen=True)
class Wanted:
    """What is to be bought, for which order."""

    row: Mapping[str, Any]
    order: Order
    action: ProposeAlternative
    known: Mapping[str, str]
    """What the form is filled in with."""

    @property
    def file_name(self) -> str:
        """What the file is called."""
        name = self.order.seen.name if self.order.seen else ""
        plain = "".join(c for c in name if c.isascii() and (c.isalnum() or c == "-"))
        return f"dsers-{plain}.csv"


def wanted(tx: Connection, shop: str, case_id: str, key: str) -> Wanted | None:
    """What a person said yes to and has to buy by hand; None for anything else."""
    row = caselists.one(tx, shop, case_id)
    if row is None:
        return None
    order = fold(timelines.read(tx, shop, row["order_id"]))
    planned = order.planned.get(key)
    if planned is None or planned.case_id != case_id or planned.state != "by_hand":
        return None
    if not isinstance(planned.action, ProposeAlternative) or planned.choice not in BUYING:
        return None
    customer = timelines.customer_of(tx, shop, int(row["order_id"])) or Customer()
    return Wanted(row, order, planned.action, _known(tx, shop, order, planned.action, customer))


def file_of(wanted: Wanted, told: Mapping[str, str], now: datetime, *, city_is_listed: bool) -> str:
    """The file, of what was told by field. Raises Unfit for what DSers would not take."""
    order = wanted.order
    rest = {name: told[name] for name in told if name not in {"address1"}}
    reorder = Reorder(
        order_number=order.seen.name if order.seen else "",
        day=now.astimezone(CHINA).date(),
        count=len(wanted.action.units),
        address=told["address1"],
        city_is_listed=city_is_listed,
        **rest,
    )
    return dsers_csv([reorder])


def _known(
    tx: Connection, shop: str, order: Order, action: ProposeAlternative, customer: Customer
) -> dict[str, str]:
    offers = shops.alternatives_for(tx, shop, [action.sku])
    link = next((offer.url for offer in offers if offer.id == action.alternative_id), "")
    product = PRODUCT_IN_LINK.search(link)
    written = dict(customer.address)
    return {
        "product_id": product.group(1) if product else "",
        "sku": action.sku,
        "name": customer.name,
        "phone": customer.phone,
        "email": customer.email,
        "address1": written.get("address1", ""),
        "address2": written.get("address2", ""),
        "city": written.get("city", ""),
        "province": written.get("province", "") or written.get("province_code", ""),
        "zip": written.get("zip", ""),
        "country_code": customer.country or (order.seen.country if order.seen else ""),
    }
