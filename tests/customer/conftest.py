"""Bianca's order at Alice's, and her telephone's browser. She has no account: she has a link."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin import timeline as t
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.customer import Customer
from plugin.evidence.keep import Keep
from plugin.fold import fold
from plugin.order import CaseRecord, Order
from plugin.pages.customer import customer_pages
from plugin.settings import Settings, read
from plugin.store import links, reports, shops, timelines
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from plugin.store.reports import Evidence
from plugin.terms import Route
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.evidence.files import picture
from tests.fakes import ORDER_ID, SHOP
from tests.story import CUP, HUANYU, LAMP, line, order_seen, purchase, shipped
from webhooks.app import create_app

OTHER = "bob.myshopify.com"
OWN = {"Sec-Fetch-Site": "same-origin"}
CANARY = "<x onx=1>\"'{{7*7}}"
ADDRESS = {
    "address1": "Via Roma 1", "address2": "", "zip": "10121", "city": "Torino",
    "province": "Torino", "country_code": "IT",
}  # fmt: skip


def photo(number: int = 0, **more: Any) -> tuple[io.BytesIO, str]:
    """A good picture, a different one for each number."""
    colour = (40 + 37 * number % 200, 60 + 91 * number % 150, 150)
    return io.BytesIO(picture(colour=colour, **more)), f"photo-{number}.jpg"


@dataclass
class Visitor:
    """A customer's browser at the page."""

    client: FlaskClient
    db: Database
    clock: Clock
    keep: Keep
    settings: Settings
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/report/{self.token}"

    def get(self, path: str = "", status: int = 200, **headers: str) -> str:
        answer = self.client.get(self.path + path, headers={**self.headers, **headers})
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def send(self, path: str, form: dict[str, Any], **headers: str) -> TestResponse:
        return self.client.post(
            self.path + path,
            data=form,
            content_type="multipart/form-data",
            headers={**OWN, **self.headers, **headers},
        )

    def report(self, *files: tuple[io.BytesIO, str], **changes: Any) -> TestResponse:
        """The lamp came damaged."""
        form = {"situation": "damaged", "wish": "refund", f"units_{LAMP}": "1", "once": "form-1"}
        return self.send("/problem", {**form, **changes, "files": list(files)})

    def add(self, case: str, *files: tuple[io.BytesIO, str], **form: Any) -> TestResponse:
        return self.send(f"/cases/{case}/files", {"case": "this", "files": list(files), **form})

    def tell(self, *events: t.Event, by: str = "store") -> None:
        with self.db.write() as tx:
            Casework(tx, SHOP, ORDER_ID, self.clock.now()).record(events, by=by)

    def turn(self, to: datetime) -> None:
        self.clock.turn_to(to)
        with self.db.write() as tx:
            Casework(tx, SHOP, ORDER_ID, to).look()

    def link(self, shop: str = SHOP, order_id: int = ORDER_ID) -> str:
        with self.db.write() as tx:
            return links.link_for(tx, self.settings.secret_key, shop, order_id, self.clock.now())

    @property
    def order(self) -> Order:
        with self.db.read() as tx:
            return fold(timelines.read(tx, SHOP, ORDER_ID))

    @property
    def cases(self) -> list[CaseRecord]:
        return list(self.order.cases.values())

    @property
    def case(self) -> str:
        """The newest."""
        return self.cases[-1].opened.case_id

    def evidence(self, case: str = "") -> list[Evidence]:
        with self.db.read() as tx:
            return reports.evidence_of(tx, SHOP, case or self.case)

    @property
    def files(self) -> list[Path]:
        return [path for path in self.keep.root.rglob("*") if path.is_file()]


@pytest.fixture
def visitor(sqlite_db: Database, clock: Clock, tmp_path: Path) -> Visitor:
    """Bianca's link: two lamps and a tea cup, bought inside China, nothing sent yet."""
    return arriving_at(sqlite_db, clock, tmp_path)


@pytest.fixture
def arrived(visitor: Visitor) -> Visitor:
    """The same; the parcel has gone abroad and arrived."""
    visitor.tell(
        t.PurchaseShipped(HUANYU, MONDAY),
        t.RouteLearned(HUANYU, Route.INTERNATIONAL),
        shipped(MONDAY, (LAMP, 2)),
    )
    return visitor


def arriving_at(db: Database, clock: Clock, folder: Path) -> Visitor:
    """A browser before Alice's page; Bob's shop is beside hers."""
    settings, keep = read(GOOD), Keep(folder / "evidence")
    with db.write() as tx:
        for shop in (SHOP, OTHER):
            shops.install(tx, shop, MONDAY, currency="USD", zone="Europe/Rome", name="Alice & Co")
            work = Casework(tx, shop, ORDER_ID, MONDAY)
            work.record([order_seen(line(quantity=2), line(CUP))], by="store")
        bianca = Customer(
            name="Bianca Rossi",
            email="bianca@example.com",
            language="en",
            country="IT",
            address=(("address1", "Via Roma"), ("city", "Torino"), ("zip", "10121")),
        )
        timelines.keep_customer(tx, SHOP, ORDER_ID, bianca)
        bought = purchase(lines=((LAMP, 2),))
        Casework(tx, SHOP, ORDER_ID, MONDAY).record([bought], by="store")
    app = create_app(
        inbox=Inbox(db), clock=clock, shopify_secrets=["s"], supplier_secrets=[],
        secret_key=settings.secret_key, base_url="http://localhost",
        readiness=lambda: {"ok": True}, metrics=str,
        pages=[customer_pages(db, clock, settings, keep, settings.secret_key)],
    )  # fmt: skip
    visitor = Visitor(app.test_client(), db, clock, keep, settings)
    visitor.token = visitor.link()
    return visitor


def words_of(page: str) -> str:
    """A page's text alone."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
