"""Alice's desk and her browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient

from plugin import timeline as t
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.customer import Customer
from plugin.pages import create_pages, login_link
from plugin.settings import Settings, read
from plugin.store import outbox, shops, tables, ticks, timelines
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from plugin.terms import Alternative
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.story import HUANYU, LAMP, line, order_seen, purchase
from webhooks.app import create_app

OTHER = "bob.myshopify.com"
CANARY = "<x onx=1>\"'{{7*7}}"
OWN = {"Sec-Fetch-Site": "same-origin"}
REFUND = f"refund:{LAMP}:1"


def the_page_itself(page: str) -> str:
    """Without what stands above every page, such as the button to sign out."""
    return page[page.index('<main id="content"') :]


class Browser:
    """A merchant's browser, signed in."""

    def __init__(self, client: FlaskClient, settings: Settings, db: Database) -> None:
        self.client, self.settings, self.db = client, settings, db

    def sign_in(self, shop: str = SHOP, person: str = "Alice") -> Browser:
        assert self.client.get(login_link(self.settings, shop, person)).status_code == 302
        return self

    def get(self, path: str, status: int = 200) -> str:
        # Closed, as every server does: what is done after an answer is done then.
        with self.client.get(path) as answer:
            assert answer.status_code == status, path
            return answer.get_data(as_text=True)

    def post(self, path: str, status: int = 303, **form: Any) -> str:
        answer = self.client.post(path, data=form, headers=OWN)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    @property
    def case(self) -> str:
        with self.db.read() as tx:
            mine = (tables.cases.c.shop == SHOP) & (tables.cases.c.order_id == ORDER_ID)
            row = tx.execute(tables.cases.select().where(mine)).first()
        assert row is not None
        return f"/cases/{row.case_id}"

    def row(self, key: str) -> outbox.Row:
        with self.db.read() as tx:
            found = outbox.by_key(tx, SHOP, ORDER_ID, key)
        assert found is not None
        return found


@pytest.fixture
def browser(sqlite_db: Database, clock: Clock) -> Browser:
    """Alice's desk, on SQLite."""
    return desk_on(sqlite_db, clock)


@pytest.fixture
def browser_on_both(db: Database, clock: Clock) -> Browser:
    """Alice's desk, on either kind of database."""
    return desk_on(db, clock)


def desk_on(db: Database, clock: Clock, environment: Mapping[str, str] = GOOD) -> Browser:
    """Alice's shop with one order out of stock; Bob's shop beside it."""
    settings = read(environment)
    with db.write() as tx:
        for shop in (SHOP, OTHER):
            shops.install(tx, shop, MONDAY, currency="USD", zone="Europe/Rome")
        lamp = Alternative(0, "SKU-11", f"Anhe {CANARY}", "https://example.com/7", 9900, "CNY", 3)
        shops.keep_alternative(tx, SHOP, lamp)
        work = Casework(tx, SHOP, ORDER_ID, MONDAY)
        titled = order_seen(line(title=f"Lamp {CANARY}"))
        work.record([titled, purchase(supplier=f"Huanyu {CANARY}")], by="store")
        work.record([t.OutOfStockReported(HUANYU, message=CANARY)], by="supplier")
        timelines.keep_customer(tx, SHOP, ORDER_ID, Customer(name=f"Bob {CANARY}"))
        ticks.ticked(tx, "clocks", MONDAY)
    app = create_app(
        inbox=Inbox(db), clock=clock, shopify_secrets=["s"], supplier_secrets=[],
        secret_key=settings.secret_key, base_url="http://localhost",
        readiness=lambda: {"ok": True}, metrics=str,
        pages=create_pages(db, clock, settings),
    )  # fmt: skip
    return Browser(app.test_client(), settings, db).sign_in()
