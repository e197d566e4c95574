"""The desk, as a merchant sees and clicks it."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest

import plugin.pages
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.pages import login_link
from plugin.pages.texts import LANGUAGES, _table
from plugin.store import inbox, ticks
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import CANARY, OTHER, OWN, REFUND, Browser, desk_on
from tests.story import LAMP, line, order_seen

PAGES = ["/", "/cases", "/cases?status=needs_you", "/cases?status=nonsense", "/policy",
         "/parked", "/status", "/suppliers", "/analytics", "/settings", "/recovery",
         f"/orders/{ORDER_ID}"]  # fmt: skip


def everywhere(browser: Browser) -> list[str]:
    return [*PAGES, browser.case]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_every_language(browser: Browser, language: str) -> None:
    browser.get(f"/?lang={language}")
    for path in everywhere(browser):
        page = browser.get(path)
        assert re.search(r"\b(col|nav|safety|field|policy)\.(?!js\b)[a-z_]+\b", page) is None, path
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
    for wrong in (link[:-2] + ("aa" if link[-2:] != "aa" else "bb"), "/login/nonsense"):
        assert "postvendita login-link" in browser.get(wrong, 401)
    browser.get("/cases", 401)


def test_another_shops_case_is_as_unknown_as_none(browser: Browser) -> None:
    case = browser.case
    browser.sign_in(OTHER, "Bob")
    for path in (case, "/cases/nonsense", f"/orders/{ORDER_ID}"):
        browser.get(path, 404)
    assert "#1001" not in browser.get("/cases")
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
    assert "$24.90 back and the goods, costing you CN¥99.00" in page
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
    assert 'id="wrong-amount"' in bad
    assert 'value="88,00"' in bad
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
    assert "#1002-1" in browser.get("/cases")


def test_pausing_is_not_undone_by_a_second_click(browser: Browser) -> None:
    for _ in range(2):
        browser.post("/pause")
        assert "nothing goes out" in browser.get("/cases")
    for _ in range(2):
        browser.post("/resume")
        assert "nothing goes out" not in browser.get("/cases")


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


def test_the_clock_says_whether_it_runs(browser: Browser, clock: Clock) -> None:
    assert "Clock running" in browser.get("/status")
    clock.turn_to(MONDAY + timedelta(hours=1))
    assert "has stopped" in browser.get("/status")
    with browser.db.write() as tx:
        ticks.was_away(tx, "clocks", MONDAY, clock.now(), 3)
    assert "3 steps came due" in browser.get("/status")


def test_a_clock_that_is_turned_by_hours_has_not_stopped(db: Database, clock: Clock) -> None:
    """Whoever tries the sandbox looks at it while its month goes by."""
    browser = desk_on(db, clock, {**GOOD, "POSTVENDITA_SANDBOX_URL": "http://localhost:9"})
    clock.turn_to(MONDAY + timedelta(hours=6))
    assert "Clock running" in browser.get("/status")
    clock.turn_to(MONDAY + timedelta(days=1))
    assert "has stopped" in browser.get("/status")
