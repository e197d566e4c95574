"""An order by program: purchases, links, order files."""

from __future__ import annotations

from typing import Any

import pytest

from plugin import timeline as t
from plugin.casework import Casework
from plugin.store import outbox
from tests.api.conftest import Program
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.story import HUANYU, LAMP


def bought(**more: Any) -> dict[str, Any]:
    return {
        "supplier": "Anhe", "reference": "T9", "connection": "by_hand", "route": "domestic",
        "lines": [{"line_id": LAMP, "quantity": 1}], "cost_minor": 9900, "cost_currency": "CNY",
        "replacement": True, "ordered_on": "2026-11-01", "ship_by": "2026-11-05", **more,
    }  # fmt: skip


def test_a_purchase_is_recorded_and_altered(program: Program) -> None:
    path = f"/orders/{ORDER_ID}/purchases"
    program.call("POST", path, 201, "work", bought())
    order = program.call("POST", path, 201, "work", bought(cost_minor=9500))
    (one,) = [p for p in order["purchases"] if p["purchase_id"] == "Anhe/T9"]
    assert (one["cost_minor"], one["ship_by"][:10], one["replacement"]) == (
        9500,
        "2026-11-05",
        True,
    )


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"reference": "a/b"}, "reference"),
        ({"supplier": " "}, "supplier"),
        ({"ship_by": "2026-10-30"}, "ship_by"),
        ({"ship_by": "2026-02-30"}, "ship_by"),
        ({"ordered_on": "0001-01-01"}, "ordered_on"),
        ({"lines": [{"line_id": 99, "quantity": 1}]}, "lines"),
        ({"lines": [{"line_id": LAMP, "quantity": 5}]}, "lines"),
        ({"lines": []}, "lines"),
        ({"cost_currency": "ZZZ"}, "cost_currency"),
        ({"cost_minor": -1}, "cost_minor"),
    ],
)
def test_a_purchase_that_does_not_fit_names_its_field(
    program: Program, more: Any, field: str
) -> None:
    found = program.call("POST", f"/orders/{ORDER_ID}/purchases", 422, "work", bought(**more))
    assert field in found["fields"]


def test_a_link_is_made_opens_the_customers_page_and_is_revoked(program: Program) -> None:
    path = f"/orders/{ORDER_ID}/customer-link"
    url = program.call("POST", path, 201, "work")["url"]
    assert program.call("POST", path, 201, "work")["url"] == url
    program.call("DELETE", path, 200, "work")
    assert program.call("POST", path, 201, "work")["url"] != url


def test_an_order_file_is_made_of_what_was_chosen(program: Program) -> None:
    path = f"/cases/{program.case}"
    key = next(
        s["key"]
        for s in program.call("GET", f"{path}/steps")["steps"]
        if s["action"] == "propose_alternative"
    )
    program.call("GET", f"{path}/order-file?key={key}", 404)
    chosen = {"key": key, "choice": "replace", "both_because": "He is a friend"}
    program.call("POST", f"{path}/approve", 200, "money", chosen)
    with program.browser.db.write() as tx:
        row = outbox.by_key(tx, SHOP, ORDER_ID, key)
        assert row is not None
        handed = t.HandedOver(key, "by_hand", {"to": "desk", "text_en": "Buy it"})
        Casework(tx, SHOP, ORDER_ID, MONDAY).record([handed], by="app")
    form = program.call("GET", f"{path}/order-file?key={key}", 200, "read")
    assert (form["count"], form["known"]["sku"]) == (1, "SKU-11")
    told = {**form["known"], "product_id": "1005001", "name": "Bob", "phone": "+39 1"}
    told |= {"address1": "Via Roma 1", "city": "Milano", "province": "MI", "zip": "20100"}
    told |= {"country_code": "IT", "key": key}
    with program.raw("POST", f"{path}/order-file", program.keys["work"], told) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "text/csv")
        assert "Via Roma 1" in answer.get_data(as_text=True)
    bad = program.call("POST", f"{path}/order-file", 422, "work", {**told, "zip": " "})
    assert bad["fields"] == {"zip": "is empty"}


def test_no_stock_and_a_parcel_that_stays_are_told_of_an_order(program: Program) -> None:
    path = f"/orders/{ORDER_ID}"
    program.call("POST", f"{path}/no-stock", 200, "work", {"purchase_id": HUANYU})
    program.call("POST", f"{path}/no-stock", 422, "work", {"purchase_id": "Nobody/T1"})
    program.call("POST", f"{path}/no-stock", 422, "work", {})
    held = {"purchase_id": HUANYU, "halted": "customs"}
    assert len(program.call("POST", f"{path}/parcel", 200, "work", held)["cases"]) == 2
    program.call("POST", f"{path}/parcel", 422, "work", {**held, "purchase_id": "Nobody/T1"})
