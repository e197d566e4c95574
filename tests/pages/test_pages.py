"""The desk, as a merchant sees and clicks it."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import plugin.pages
from plugin import timeline as t
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.customer import Customer
from plugin.pages import create_pages, login_link
from plugin.pages.texts import LANGUAGES, _table
from plugin.settings import Settings, read
from plugin.store import inbox, outbox, shops, tables, ticks, timelines
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


class Browser:
    """A merchant's browser, signed in."""

    def __init__(self, client: FlaskClient, settings: Settings, db: Database) -> None:
        self.client, self.settings, self.db = client, settings, db

    def sign_in(self, shop: str = SHOP, person: str = "Alice") -> Browser:
        assert self.client.get(login_link(self.settings, shop, person)).status_code == 302
        return self

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, path
        return answer.get_data(as_text=True)

    def post(self, path: str, status: int = 303, **form: Any) -> str:
        answer = self.client.post(path, data=form, headers=OWN)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    @property
    def case(self) -> str:
        with self.db.read() as tx:
            row = tx.execute(tables.cases.select().where(tables.cases.c.shop == SHOP)).first()
        assert row is not None
        return f"/cases/{row.case_id}"

    def row(self, key: str) -> outbox.Row:
        with self.db.read() as tx:
            found = outbox.by_key(tx, SHOP, ORDER_ID, key)
        assert found is not None
        return found


@pytest.fixture
def sqlite_db(sqlite_url: str) -> Any:
    db = Database(sqlite_url)
    yield db
    db.close()


@pytest.fixture
def browser(sqlite_db: Database, clock: Clock) -> Browser:
    """Alice's shop with one order out of stock; Bob's shop beside it."""
    settings = read(GOOD)
    with sqlite_db.write() as tx:
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
        inbox=Inbox(sqlite_db), clock=clock, shopify_secrets=["s"], supplier_secrets=[],
        secret_key=settings.secret_key, base_url="http://localhost",
        readiness=lambda: {"ok": True}, metrics=str,
        pages=create_pages(sqlite_db, clock, settings),
    )  # fmt: skip
    return Browser(app.test_client(), settings, sqlite_db).sign_in()


PAGES = ["/", "/?status=needs_you", "/?status=nonsense", "/policy", "/parked", "/status",
         f"/orders/{ORDER_ID}"]  # fmt: skip


def everywhere(browser: Browser) -> list[str]:
    return [*PAGES, browser.case]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_every_language(browser: Browser, language: str) -> None:
    browser.get(f"/?lang={language}")
    for path in everywhere(browser):
        page = browser.get(path)
        assert re.search(r"\b(col|nav|safety|field|policy)\.[a-z_]+\b", page) is None, path
        if path != "/status":
            assert f'<html lang="{language}">' in page


def test_every_text_is_there_in_every_language_with_the_same_places() -> None:
    for name, texts in _table().items():
        assert len(texts) == len(LANGUAGES), name
        assert all(texts), name
        places = [set(re.findall(r"{\w+}", text)) for text in texts]
        assert all(found == places[0] for found in places), name


def test_every_text_a_template_asks_for_is_there() -> None:
    known = set(_table())
    for template in (Path(plugin.pages.__file__).parent / "templates").glob("*.html"):
        asked = re.findall(r'\bt\("([\w.]+)"[,)]', template.read_text("utf-8"))
        assert set(asked) <= known, template.name


def test_nothing_a_stranger_wrote_is_more_than_text(browser: Browser) -> None:
    browser.post(f"{browser.case}/note", text=CANARY)
    for path in everywhere(browser):
        page = browser.get(path)
        assert "<x onx" not in page, path


def test_no_page_names_another_host_or_has_a_script_or_style_inside(browser: Browser) -> None:
    for path in everywhere(browser):
        page = browser.get(path).replace("https://example.com/7", "")
        assert not re.search(r"(?:src|href|action)=[\"'](?:https?:)?//", page), path
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=\"", page), path


def test_the_vendored_script_is_the_one_that_was_checked() -> None:
    vendor = Path(plugin.pages.__file__).parent / "static" / "vendor"
    for known in (vendor / "checksums.txt").read_text().splitlines():
        digest, name = known.split()
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest


# --- Who is let in --------------------------------------------------------------------------------


def test_without_a_session_nothing_is_shown(browser: Browser) -> None:
    browser.client.delete_cookie("postvendita")
    for path in everywhere(browser):
        page = browser.get(path, 401)
        assert "postvendita login-link" in page or path == "/status"
    browser.client.post(f"{browser.case}/approve", data={"key": REFUND}, headers=OWN)
    assert browser.row(REFUND).state == "asked"


def test_a_link_is_good_for_a_quarter_of_an_hour_and_not_to_be_forged(browser: Browser) -> None:
    browser.client.delete_cookie("postvendita")
    link = login_link(browser.settings, SHOP, "Alice")
    browser.get(link[:-2] + ("aa" if link[-2:] != "aa" else "bb"), 404)
    browser.get("/login/nonsense", 404)
    browser.get("/", 401)


def test_another_shops_case_is_as_unknown_as_none(browser: Browser) -> None:
    case = browser.case
    browser.sign_in(OTHER, "Bob")
    for path in (case, "/cases/nonsense", f"/orders/{ORDER_ID}"):
        browser.get(path, 404)
    assert "#1001" not in browser.get("/")
    browser.post(f"{case}/approve", 404, key=REFUND)
    browser.post(f"/orders/{ORDER_ID}/no-stock", 404, line_id=str(LAMP))
    assert browser.row(REFUND).state == "asked"


def test_a_form_of_another_site_is_refused(browser: Browser) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        answer = browser.client.post(
            f"{browser.case}/approve", data={"key": REFUND}, headers=headers
        )
        assert answer.status_code == 403
    assert browser.row(REFUND).state == "asked"


# --- The buttons ----------------------------------------------------------------------------------


def test_the_button_names_the_amount_and_one_click_is_enough(browser: Browser) -> None:
    assert "Refund $24.90" in browser.get(browser.case)
    browser.post(f"{browser.case}/approve", key=REFUND)
    assert browser.row(REFUND).state == "planned"


def test_the_second_click_learns_who_was_first(browser: Browser) -> None:
    browser.post(f"{browser.case}/approve", key=REFUND)
    again = browser.sign_in(person="Charlie").post(f"{browser.case}/approve", 409, key=REFUND)
    assert "Alice" in again
    assert browser.row(REFUND).state == "planned"


def test_a_changed_form_changes_nothing_but_what_its_key_names(browser: Browser) -> None:
    browser.post(
        f"{browser.case}/approve", key=REFUND, amount="99999", shop=OTHER, minor="1", units="1-9"
    )
    assert browser.row(REFUND).minor == 2490
    browser.post(f"{browser.case}/approve", 409, key="refund:1:1")
    browser.post(f"{browser.case}/destroy", 404, key=REFUND)


def test_declining_frees_what_was_reserved(browser: Browser) -> None:
    browser.post(f"{browser.case}/decline", key=REFUND)
    assert browser.row(REFUND).state == "refused"


def test_money_and_goods_ask_for_a_reason_and_name_the_cost(browser: Browser) -> None:
    proposal = f"resource:{LAMP}:1"
    page = browser.post(f"{browser.case}/approve", 409, key=proposal, choice="replace")
    assert "99.00" in page
    assert browser.row(proposal).state == "asked"
    browser.post(
        f"{browser.case}/approve", key=proposal, choice="replace", both_because="best customer"
    )
    assert browser.row(proposal).state == "planned"
    assert "best customer" in browser.get(browser.case)


def test_a_proposal_needs_a_choice(browser: Browser) -> None:
    browser.post(f"{browser.case}/approve", 409, key=f"resource:{LAMP}:1", choice="steal")
    assert browser.row(f"resource:{LAMP}:1").state == "asked"


def test_answers_questions_routes_and_recoveries_are_recorded(browser: Browser) -> None:
    browser.post(f"{browser.case}/asked", message="When?")
    browser.post(f"{browser.case}/answered", message="Soon")
    browser.post(f"{browser.case}/route", route="international")
    browser.post(f"{browser.case}/route", 409, route="domestic")
    browser.post(f"{browser.case}/recovery", state="received", amount="88.00", currency="CNY")
    bad = browser.post(
        f"{browser.case}/recovery", 422, state="agreed", amount="88,00", currency="CNY"
    )
    assert "24.90" in bad
    page = browser.get(browser.case)
    assert "Soon" in page
    assert "88.00" in page


def test_a_purchase_is_recorded_by_hand_and_bad_fields_are_named(browser: Browser) -> None:
    path = f"/orders/{ORDER_ID}/purchase"
    good = {
        "supplier": "Anhe", "reference": "A-7", "connection": "by_hand", "route": "domestic",
        "ship_by": "2026-11-20", "cost": "99.00", "currency": "CNY", f"units_{LAMP}": "1",
    }  # fmt: skip
    wrong = [
        ("supplier", ""), ("reference", "a/b"), ("route", "moon"), ("cost", "x"),
        ("ship_by", "20.11."), (f"units_{LAMP}", "7"), (f"units_{LAMP}", "0"),
    ]  # fmt: skip
    for field, bad in wrong:
        page = browser.post(path, 422, **{**good, field: bad})
        assert 'role="alert"' in page
        assert "A-7" in page or field == "reference"
    browser.post(path, **good)
    assert "A-7" in browser.get(f"/orders/{ORDER_ID}")


def test_no_stock_by_hand_opens_a_case(browser: Browser) -> None:
    with browser.db.write() as tx:
        work = Casework(tx, SHOP, 1002, MONDAY)
        work.record([order_seen(line(31), name="#1002")], by="store")
    browser.post("/orders/1002/no-stock", line_id="31")
    browser.post("/orders/1002/no-stock", 422)
    assert "#1002-1" in browser.get("/")


def test_one_switch_pauses_and_resumes(browser: Browser) -> None:
    browser.post("/pause")
    assert "nothing goes out" in browser.get("/")
    browser.post("/pause")
    assert "nothing goes out" not in browser.get("/")


def test_a_parked_delivery_is_shown_and_tried_again(browser: Browser) -> None:
    Inbox(browser.db).keep(
        source="shopify", shop=SHOP, delivery_id="d", topic="orders/paid", headers={}, body=b"?",
        received_at=MONDAY, state=inbox.PARKED, reason=f"id: {CANARY}",
    )  # fmt: skip
    page = browser.get("/parked")
    assert "orders/paid" in page
    assert "<x onx" not in page
    (number,) = re.findall(r"/parked/(\d+)", page)
    browser.post(f"/parked/{number}")
    browser.post(f"/parked/{number}", 404)


def _policy_form(browser: Browser) -> dict[str, str]:
    page = browser.get("/policy")
    inputs = dict(re.findall(r'<input name="([\w.]+)"[^>]*value="([^"]*)"', page))
    chosen = re.findall(r'<select name="([\w.]+)">.*?<option value="(\w+)" selected', page)
    return {**inputs, **dict(chosen), "domestic_only": "yes", "refund_shipping": "yes"}


def test_the_policy_is_published_as_a_new_version(browser: Browser) -> None:
    form = _policy_form(browser)
    browser.post("/policy", **{**form, "urge_supplier": "1", "note": "quicker"})
    with browser.db.read() as tx:
        found = shops.find(tx, SHOP)
        assert found is not None
        terms = shops.terms_of(tx, SHOP, found.terms_version)
    assert (terms.version, dict(terms.deadlines)) == (2, {"urge_supplier": 1})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("urge_supplier", "two"), ("urge_supplier", "2.5"), ("urge_supplier", "-1"),
        ("urge_supplier", "1000000000"), ("urge_supplier", "0x2"), ("urge_supplier", "２"),
        ("treat_as_no_stock", "2"), ("no_stock.refund", "always"), ("per_refund", "5,00"),
        ("no_stock.refund", "auto"), ("assumed_route", "moon"),
    ],
)  # fmt: skip
def test_a_bad_policy_is_not_published(browser: Browser, field: str, value: str) -> None:
    page = browser.post("/policy", 422, **{**_policy_form(browser), field: value})
    assert 'role="alert"' in page
    with browser.db.read() as tx:
        found = shops.find(tx, SHOP)
    assert found is not None
    assert found.terms_version == 1


def test_the_clock_says_whether_it_runs(browser: Browser, clock: Clock) -> None:
    assert "Clock running" in browser.get("/status")
    clock.turn_to(MONDAY + timedelta(hours=1))
    assert "has stopped" in browser.get("/status")
    with browser.db.write() as tx:
        ticks.was_away(tx, "clocks", MONDAY, clock.now(), 3)
    assert "3 steps came due" in browser.get("/status")
