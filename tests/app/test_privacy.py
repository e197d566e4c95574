"""The three topics about personal data: done soon, done wholly, done after an uninstall too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from plugin import timeline as t
from plugin.casework import Casework
from plugin.store import privacy, reports, shops, tables
from plugin.store.database import Database
from scheduler.privacy import carry_out, retain
from tests.app.test_deliveries import Door, door
from tests.conftest import MONDAY
from tests.webhooks import bodies

__all__ = ["door"]

CANARY = "kanarie-7f3"
DAY = timedelta(days=1)
OF_GOODS = {"line_items", "shipping_lines", "tax_lines", "discount_applications"}
CODES = {"id", "currency", "presentment_currency", "financial_status", "name", "customer_locale"}
"""What is about goods and money, and codes that are checked at the door."""


def planted(body: Any) -> Any:
    """An order with a canary in every text a person could have written or be known by."""
    if isinstance(body, dict):
        return {
            key: value if key in OF_GOODS or _is_code(key) else planted(value)
            for key, value in body.items()
        }
    if isinstance(body, list):
        return [planted(one) for one in body]
    return f"{CANARY} {body}" if isinstance(body, str) else body


def _is_code(key: str) -> bool:
    ends = ("_at", "_set", "_price", "_tax", "_discounts", "_code", "_total", "amount", "_gid")
    return key in CODES or key.startswith(("total_", "current_", "subtotal")) or key.endswith(ends)


def everything(db: Database) -> str:
    """The whole database as text."""
    with db.read() as tx:
        return "\n".join(
            f"{table.name}: {dict(row)}"
            for table in tables.metadata.sorted_tables
            for row in tx.execute(sa.select(table)).mappings()
        )


def bring_order(door: Door) -> None:
    order = planted(bodies.order())
    order["customer"] = {**(order.get("customer") or {}), "id": 77}
    order["email"] = f"{CANARY}@example.com"
    assert door.bring("orders/create", bodies.raw(order)) == 200
    with door.runtime.db.write() as tx:
        reports.keep_words(
            tx,
            bodies.SHOP,
            "r1",
            bodies.ORDER_ID,
            MONDAY,
            by="customer",
            words=CANARY,
            address={"address1": CANARY, "city": "x", "country_code": "IT"},
        )
        work = Casework(tx, bodies.SHOP, bodies.ORDER_ID, MONDAY)
        work.record(
            [
                t.NoteWritten(f"Called {CANARY}"),
                t.TrackingSeen(1, "delivered", MONDAY, f"Left with {CANARY}"),
            ],
            by="Alice",
        )


def redact(door: Door, topic: str, **more: Any) -> None:
    body = {"shop_id": 1, "shop_domain": bodies.SHOP, **more}
    assert door.bring(topic, bodies.raw(body)) == 200


def test_a_redacted_customer_is_nowhere_any_more(door: Door) -> None:
    bring_order(door)
    assert CANARY in everything(door.runtime.db)
    person = {"id": 77, "email": f"{CANARY}@example.com", "phone": CANARY}
    redact(door, "customers/redact", customer=person, orders_to_redact=[bodies.ORDER_ID])
    assert carry_out(door.runtime) == 1
    assert CANARY not in everything(door.runtime.db)
    assert door.order().seen is not None, "what was bought and paid stays"


def test_orders_of_the_customer_are_found_without_their_numbers(door: Door) -> None:
    bring_order(door)
    redact(door, "customers/redact", customer={"id": 77}, orders_to_redact=[])
    carry_out(door.runtime)
    assert CANARY not in everything(door.runtime.db)


def test_another_customers_data_stays(door: Door) -> None:
    bring_order(door)
    redact(door, "customers/redact", customer={"id": 78}, orders_to_redact=[1])
    carry_out(door.runtime)
    assert CANARY in everything(door.runtime.db)


def test_a_shop_that_has_gone_is_forgotten_whole(door: Door) -> None:
    bring_order(door)
    door.bring("app/uninstalled", bodies.raw({"id": 1, "myshopify_domain": bodies.SHOP}))
    redact(door, "shop/redact")
    assert carry_out(door.runtime) == 1
    left = everything(door.runtime.db)
    assert CANARY not in left
    with door.runtime.db.read() as tx:
        assert shops.find(tx, bodies.SHOP) is None
        assert privacy.of_shop(tx, bodies.SHOP)[0]["done_at"] is not None


def test_a_shop_that_came_back_is_not_forgotten(door: Door) -> None:
    bring_order(door)
    redact(door, "shop/redact")
    carry_out(door.runtime)
    assert door.order().seen is not None


def test_it_comes_after_the_uninstall_and_is_done_all_the_same(door: Door) -> None:
    bring_order(door)
    door.bring("app/uninstalled", bodies.raw({"id": 1, "myshopify_domain": bodies.SHOP}))
    redact(door, "customers/redact", customer={"id": 77}, orders_to_redact=[bodies.ORDER_ID])
    carry_out(door.runtime)
    assert CANARY not in everything(door.runtime.db)


def test_a_data_request_is_written_down_for_the_merchant(door: Door) -> None:
    bring_order(door)
    redact(door, "customers/data_request", customer={"id": 77}, orders_requested=[])
    carry_out(door.runtime)
    with door.runtime.db.read() as tx:
        (request,) = privacy.of_shop(tx, bodies.SHOP)
        found = privacy.gathered(tx, bodies.SHOP, request["result"]["orders"])
    assert request["result"] == {"orders": [bodies.ORDER_ID]}
    assert CANARY in str(found["customers"])


def test_the_same_request_twice_is_one(door: Door) -> None:
    body = bodies.raw({"shop_domain": bodies.SHOP, "customer": {"id": 77}})
    for _ in range(2):
        door.bring("customers/redact", body, webhook_id="same")
    assert carry_out(door.runtime) == 1
    assert carry_out(door.runtime) == 0


def test_another_shops_request_in_our_name_is_put_aside(door: Door) -> None:
    bring_order(door)
    body = bodies.raw({"shop_domain": "bob.myshopify.com", "customer": {"id": 77}})
    door.bring("customers/redact", body)
    assert carry_out(door.runtime) == 0
    assert door.states()[-1][0] == "parked"


def test_what_a_shop_keeps_no_longer_is_erased(door: Door) -> None:
    door.bring("orders/create", bodies.raw({**bodies.order(), "email": f"{CANARY}@example.com"}))
    assert CANARY in everything(door.runtime.db)
    with door.runtime.db.write() as tx:
        shops.change(tx, bodies.SHOP, keep_days=30)
    door.runtime.clock.turn_to(MONDAY + 29 * DAY)
    assert retain(door.runtime) == 0
    door.runtime.clock.turn_to(MONDAY + 31 * DAY)
    assert retain(door.runtime) == 1
    assert CANARY not in everything(door.runtime.db)
    assert retain(door.runtime) == 0


def test_a_new_shop_keeps_personal_data_for_ninety_quiet_days(door: Door) -> None:
    door.bring("orders/create", bodies.raw({**bodies.order(), "email": f"{CANARY}@example.com"}))
    with door.runtime.db.read() as tx:
        shop = shops.find(tx, bodies.SHOP)
        assert shop is not None
        assert shop.keep_days == shops.KEEP_DAYS
    door.runtime.clock.turn_to(MONDAY + 89 * DAY)
    assert retain(door.runtime) == 0
    door.runtime.clock.turn_to(MONDAY + 91 * DAY)
    assert retain(door.runtime) == 1
    assert CANARY not in everything(door.runtime.db)


def test_a_shop_that_comes_back_keeps_what_it_had_chosen(door: Door) -> None:
    with door.runtime.db.write() as tx:
        shops.change(tx, bodies.SHOP, keep_days=None, state=shops.UNINSTALLED)
        shops.install(tx, bodies.SHOP, MONDAY, currency="USD")
        shop = shops.find(tx, bodies.SHOP)
        assert shop is not None
        assert shop.keep_days is None


def test_what_belongs_to_no_order_goes_with_the_rest_of_its_time(door: Door) -> None:
    door.bring("orders/create", bodies.raw({**bodies.order(), "id": f"unreadable {CANARY}"}))
    assert CANARY in everything(door.runtime.db)
    with door.runtime.db.write() as tx:
        shops.change(tx, bodies.SHOP, keep_days=30)
    door.runtime.clock.turn_to(MONDAY + 31 * DAY)
    retain(door.runtime)
    assert CANARY not in everything(door.runtime.db)


def test_what_speaks_of_somebody_else_stays(door: Door) -> None:
    door.bring("orders/create", bodies.raw({**bodies.order(), "line_items": f"bad {CANARY}"}))
    redact(door, "customers/redact", customer={"id": 78}, orders_to_redact=[6_012_345_678_902])
    carry_out(door.runtime)
    assert CANARY in everything(door.runtime.db)
