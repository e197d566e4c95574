"""Each page is carried out, step by step, by its own words."""

from __future__ import annotations

import base64
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

import plugin
from plugin import business_days
from plugin import timeline as t
from plugin.casework import Casework
from plugin.customer import Customer
from plugin.fold import fold
from plugin.secrets import Vault
from plugin.store import inbox, outbox, shops, timelines
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from tests.conftest import MONDAY, ROLE
from tests.fakes import ORDER_ID, SHOP, lose_answer, store_order
from tests.runbooks.conftest import PAGES, Machine, blocks_of
from tests.story import HUANYU, LAMP, order_seen, purchase
from tests.webhooks import bodies

REFUND = f"refund:{LAMP}:1"
MINUTE = timedelta(minutes=1)


def test_every_page_is_in_the_list_and_has_commands() -> None:
    pages = {page.name for page in PAGES.glob("*.md")} - {"README.md"}
    listed = (PAGES / "README.md").read_text()
    assert [name for name in sorted(pages) if f"({name})" not in listed] == []
    assert [name for name in sorted(pages) if not blocks_of(name)] == []
    rehearsed = Path(__file__).read_text()
    assert [name for name in sorted(pages) if f'open("{name}")' not in rehearsed] == []


def row(machine: Machine, key: str = REFUND) -> outbox.Row:
    with machine.db.read() as tx:
        found = outbox.by_key(tx, SHOP, ORDER_ID, key)
    assert found is not None
    return found


def out_of_stock(machine: Machine) -> None:
    machine.world.store.orders[ORDER_ID] = store_order()
    with machine.db.write() as tx:
        work = Casework(tx, SHOP, ORDER_ID, MONDAY)
        work.record([order_seen(), purchase()], by="store", cause="shopify 1")
        work.record([t.OutOfStockReported(HUANYU)], by="supplier", cause="supplier 1")
        customer = Customer(name="Bianca", email="bianca@example.com")
        timelines.keep_customer(tx, SHOP, ORDER_ID, customer)


# --- A parked webhook -----------------------------------------------------------------------------


def delivered(machine: Machine, body: bytes, state: str) -> None:
    Inbox(machine.db).keep(
        source="shopify", shop=SHOP, delivery_id=f"d-{len(body)}", topic="orders/create",
        headers={}, body=body, received_at=MONDAY, state=state, reason="an unknown value",
    )  # fmt: skip


def test_a_parked_webhook_that_an_update_has_mended(machine: Machine) -> None:
    delivered(machine, bodies.raw(bodies.order()), inbox.PARKED)
    machine.open("parked-webhook.md")
    assert "orders/create" in machine.do(1)
    assert "1 deliveries handled" in machine.do(2)
    with machine.db.read() as tx:
        assert fold(timelines.read(tx, SHOP, bodies.ORDER_ID)).seen is not None
    machine.world.store.orders[bodies.ORDER_ID] = store_order()
    machine.do(3, ORDER=str(bodies.ORDER_ID))
    assert machine.do(4) == ""


def test_a_parked_webhook_that_stays_so(machine: Machine) -> None:
    delivered(machine, b"{not json", inbox.PARKED)
    machine.world.store.orders[ORDER_ID] = store_order()
    machine.open("parked-webhook.md")
    assert "an unknown value" in machine.do(1)
    machine.do(2)
    assert "was read" in machine.do(3, ORDER=str(ORDER_ID))
    with machine.db.read() as tx:
        assert fold(timelines.read(tx, SHOP, ORDER_ID)).seen is not None
    assert "orders/create" in machine.do(4)


# --- A refund whose answer was lost ---------------------------------------------------------------


def test_a_refund_whose_answer_was_lost(machine: Machine) -> None:
    out_of_stock(machine)
    machine.world.store.after_refund.append(lose_answer)
    machine.open("unknown-refund.md")
    machine.do(2)  # the worker's work: it pays, and the answer is lost
    assert machine.world.store.paid_back() == 2490
    assert REFUND in machine.do(1)
    machine.clock.turn_to(MONDAY + 16 * MINUTE)
    machine.do(2)
    assert machine.do(3) == ""
    assert row(machine).state == "done"
    assert machine.world.store.paid_back() == 2490
    assert machine.do(4) == ""
    machine.do(5, ORDER=str(ORDER_ID), KEY=REFUND, fails=True)  # what is done is not tried again
    assert machine.world.store.paid_back() == 2490
    said = machine.do(6)
    assert said.count("ok ") == 3, said


def test_a_refund_that_was_handed_over_is_tried_again_and_paid_once(machine: Machine) -> None:
    out_of_stock(machine)
    machine.open("unknown-refund.md")
    machine.world.store.orders.clear()  # the store does not show the order for a while
    machine.do(2)
    assert row(machine).state == "needs_person"
    assert machine.do(1) == machine.do(3) == ""
    (told,) = machine.do(4).splitlines()
    order_id, key = told.split()[:2]
    machine.world.store.orders[ORDER_ID] = store_order()
    machine.do(5, ORDER=order_id, KEY=key)
    assert row(machine).state == "done"
    assert machine.world.store.paid_back() == 2490
    assert machine.do(6).count("ok ") == 3


# --- Restore --------------------------------------------------------------------------------------


def test_a_restore(machine_on_both: Machine, request: pytest.FixtureRequest) -> None:
    machine = machine_on_both
    out_of_stock(machine)
    machine.open("restore.md")
    file = str(machine.folder / "backup")
    assert f"{SHOP}: head " in machine.do(1, FILE=file)
    machine.clock.turn_to(MONDAY + 5 * MINUTE)
    machine.environment["FILE"] = file
    machine.do(6)  # the worker's work: the refund goes out after the backup
    assert machine.world.store.paid_back() == 2490
    machine.do(2)
    _lose_everything(machine, request)
    said = machine.do(3)
    assert "links of history verified" in said
    assert "head " in machine.do(4)
    machine.do(5)
    assert machine.systemctl() == ["stop postvendita", "start postvendita"]
    machine.clock.turn_to(MONDAY + 20 * MINUTE)
    assert "0 shops" in machine.do(6)
    machine.clock.turn_to(MONDAY + 60 * MINUTE)
    machine.do(6)
    columns = "order,supplier,reference,sku,quantity,route,cost,currency"
    told = machine.folder / "purchases.csv"
    told.write_text(f"{columns}\n#1001,Huanyu,T1,SKU-11,1,domestic,99.00,CNY\n")
    assert "1 of 1 rows imported" in machine.do(7, PURCHASES=str(told))
    db = Database(machine.environment["POSTVENDITA_DATABASE_URL"])
    with db.read() as tx:
        found = outbox.by_key(tx, SHOP, ORDER_ID, REFUND)
    db.close()
    assert found is not None
    assert found.state == "done"
    assert machine.world.store.paid_back() == 2490, "nobody is paid twice"


def _lose_everything(machine: Machine, request: pytest.FixtureRequest) -> None:
    url = sa.make_url(machine.environment["POSTVENDITA_DATABASE_URL"])
    machine.db.close()
    if machine.db.is_sqlite:
        Path(str(url.database)).unlink()
        return
    admin: sa.Engine = request.getfixturevalue("postgres")
    with admin.connect() as connection:
        connection.execute(sa.text("DROP DATABASE IF EXISTS rehearsed WITH (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE rehearsed OWNER {ROLE}"))
    other = url.set(database="rehearsed").render_as_string(hide_password=False)
    machine.environment["POSTVENDITA_DATABASE_URL"] = other


# --- Secrets --------------------------------------------------------------------------------------


def test_secrets_are_changed(machine: Machine) -> None:
    old = machine.environment["POSTVENDITA_ENCRYPTION_KEYS"]
    sealed = _vault(old).encrypt("shpat_1", shop=SHOP, column="shops.token")
    with machine.db.write() as tx:
        shops.change(tx, SHOP, token=sealed)
    machine.open("rotate-a-secret.md")
    machine.do(1)
    assert machine.environment["POSTVENDITA_ENCRYPTION_KEYS"].endswith(f" {old}")
    assert "1 encrypted anew" in machine.do(2)
    assert "every secret is under the newest key" in machine.do(3)
    left = machine.environment["POSTVENDITA_ENCRYPTION_KEYS"]
    assert old not in left
    with machine.db.read() as tx:
        shop = shops.find(tx, SHOP)
    assert shop is not None
    assert shop.token is not None
    token = _vault(left).decrypt(shop.token, shop=SHOP, column="shops.token")
    assert token == "shpat_1"
    before = machine.environment["SHOPIFY_API_SECRET"]
    machine.do(4, NEW_SECRET="brand new")
    assert machine.environment["SHOPIFY_API_SECRET_PREVIOUS"] == before
    assert machine.environment["SHOPIFY_API_SECRET"] == "brand new"
    assert "ok   tables" in machine.do(5)
    assert "SHOPIFY_API_SECRET_PREVIOUS" not in machine.environment
    assert "rows" in machine.do(6, FILE=str(machine.folder / "backup"))
    assert machine.systemctl() == ["restart postvendita"] * 4


def _vault(keys: str) -> Vault:
    return Vault([base64.b64decode(key) for key in keys.split()])


# --- The calendar ---------------------------------------------------------------------------------


def test_the_calendar_is_brought_up_to_date(machine: Machine) -> None:
    # The page changes a file of the app: here of a copy of it.
    copy = machine.folder / "app"
    shutil.copytree(Path(plugin.__file__).parent, copy / "plugin")
    machine.environment["PYTHONPATH"] = f"{copy}:{machine.environment['PYTHONPATH']}"
    out_of_stock(machine)
    machine.open("festival-calendar.md")
    version = business_days.china().version
    assert f"version {version}" in machine.do(1)
    machine.environment["CALENDAR"] = str(copy / "plugin" / "calendar_data" / "china.txt")
    machine.do(2, VERSION="2026-12", YEAR="2027", DAY_OFF="2027-02-10")
    assert "version 2026-12, confirmed through 2027, 1 corrections" in machine.do(3)
    assert "dates moved" in machine.do(4)
    assert business_days.china().version == version, "only the copy was changed"


def test_a_line_of_the_calendar_that_cannot_be_used_is_named(machine: Machine) -> None:
    copy = machine.folder / "app"
    shutil.copytree(Path(plugin.__file__).parent, copy / "plugin")
    machine.environment["PYTHONPATH"] = f"{copy}:{machine.environment['PYTHONPATH']}"
    machine.open("festival-calendar.md")
    machine.do(1)
    machine.environment["CALENDAR"] = str(copy / "plugin" / "calendar_data" / "china.txt")
    machine.do(2, VERSION="2026-12", YEAR="2027", DAY_OFF="2027-02-30")
    machine.do(3, fails=True)
    machine.do(4, fails=True)
