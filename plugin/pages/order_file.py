"""An order file for DSers: goods that are to be bought once more, from another supplier.

It is made from what the order knows and what the merchant adds, sent to the browser, and kept
nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, g, request
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response as Answer

from plugin.actions import ProposeAlternative
from plugin.business_days import CHINA
from plugin.customer import Customer
from plugin.fold import fold
from plugin.order import Order
from plugin.pages.case_steps import BUYING
from plugin.pages.desk import Desk, say
from plugin.pages.forms import Fields, needed, words
from plugin.reordering import REQUIRED_IN, Reorder, Unfit, dsers_csv
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


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/cases/<case_id>/order-file")
    def order_file(case_id: str) -> str:
        wanted = _wanted(desk, case_id)
        return _show(desk, wanted, wanted.known)

    @pages.post("/cases/<case_id>/order-file")
    def make_order_file(case_id: str) -> Answer:
        return _make(desk, _wanted(desk, case_id))


def _show(desk: Desk, wanted: Wanted, form: Mapping[str, str], **more: Any) -> str:
    country = form.get("country_code", "").upper()
    numbers = [NUMBERS[column] for column in REQUIRED_IN.get(country, ())]
    return desk.page(
        "order_file.html",
        row=wanted.row,
        key=wanted.action.key,
        count=len(wanted.action.units),
        title=wanted.order.lines[wanted.action.line_id].facts.title,
        needed=[*NEEDED, "country_code"],
        optional=OPTIONAL,
        numbers=numbers,
        form=form,
        **more,
    )


def _make(desk: Desk, wanted: Wanted) -> Answer:
    fields = Fields()
    found = {name: fields.take(partial(needed, name, 300), "") for name in NEEDED}
    country = fields.take(partial(needed, "country_code", 2), "")
    if fields.problems:
        return Response(_show(desk, wanted, request.form, bad=fields.problems), 422)
    order = wanted.order
    name = order.seen.name if order.seen else ""
    rest = {field: words(field, 300) for field in (*OPTIONAL, *NUMBERS.values())}
    reorder = Reorder(
        order_number=name,
        day=desk.clock.now().astimezone(CHINA).date(),
        country_code=country,
        count=len(wanted.action.units),
        address=found.pop("address1"),
        city_is_listed=request.form.get("city_not_listed") != "yes",
        **found,
        **rest,
    )
    try:
        text = dsers_csv([reorder])
    except Unfit as unfit:
        field = FIELD_OF.get(unfit.field, "address1")
        bad = {field: say("order_file.unfit", field=unfit.field)}
        return Response(_show(desk, wanted, request.form, bad=bad), 422)
    plain = "".join(c for c in name if c.isascii() and (c.isalnum() or c == "-"))
    answer = Response(text, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="dsers-{plain}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _wanted(desk: Desk, case_id: str) -> Wanted:
    """What a person said yes to and has to buy by hand; 404 for anything else."""
    with desk.db.read() as tx:
        row = caselists.one(tx, g.shop.shop, case_id)
        if row is None:
            abort(404)
        order = fold(timelines.read(tx, g.shop.shop, row["order_id"]))
        planned = order.planned.get(request.values.get("key", ""))
        if planned is None or planned.case_id != case_id or planned.state != "by_hand":
            abort(404)
        if not isinstance(planned.action, ProposeAlternative) or planned.choice not in BUYING:
            abort(404)
        customer = timelines.customer_of(tx, g.shop.shop, int(row["order_id"])) or Customer()
        return Wanted(row, order, planned.action, _known(tx, order, planned.action, customer))


def _known(
    tx: Connection, order: Order, action: ProposeAlternative, customer: Customer
) -> dict[str, str]:
    offers = shops.alternatives_for(tx, g.shop.shop, [action.sku])
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
