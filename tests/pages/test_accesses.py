"""The page of who looked: found by person, by kind and by order, page by page, and as a file."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest

from plugin.clock import Clock
from plugin.settings import read
from plugin.store import accesses, members, shops
from plugin.store.accesses import KEPT_FOR, Access, Sought
from plugin.store.database import Database
from scheduler.privacy import forget_accesses
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP, FakeConnections, FakePostbox, FakeStorefront, FakeSupplier
from tests.pages.conftest import OTHER, Browser

MINUTE = timedelta(minutes=1)


def note(db: Database, person: str = "Alice", *, at: int = 0, order: int = ORDER_ID) -> None:
    with db.write() as tx:
        access = Access(person, "desk", "case", "name words", orders=(order,))
        accesses.note(tx, SHOP, access, MONDAY + at * MINUTE)


def shown(page: str) -> list[str]:
    return re.findall(r"<td data-label=\"Who\"><span>([^<]*)<", page)


def test_a_view_stands_on_the_page_with_who_what_and_of_which_order(browser: Browser) -> None:
    browser.get(browser.case)
    page = browser.get("/accesses")
    assert shown(page) == ["Alice"]
    assert f'href="/orders/{ORDER_ID}">#1001</a>' in page
    assert "name, what was written" in page


def test_it_is_found_by_person_by_kind_and_by_order(browser_on_both: Browser) -> None:
    browser = browser_on_both
    note(browser.db, "Alice")
    note(browser.db, "Charlie", order=10010)
    with browser.db.write() as tx:
        listed = Access("Charlie", "desk", "list", "name", orders=(ORDER_ID, 5))
        accesses.note(tx, SHOP, listed, MONDAY)
    assert shown(browser.get("/accesses")) == ["Charlie", "Charlie", "Alice"]
    assert shown(browser.get("/accesses?person=Charlie")) == ["Charlie", "Charlie"]
    assert shown(browser.get("/accesses?what=list")) == ["Charlie"]
    assert shown(browser.get("/accesses?order=%231001")) == ["Charlie", "Alice"]
    assert shown(browser.get(f"/accesses?order={ORDER_ID}&person=Alice")) == ["Alice"]
    assert shown(browser.get("/accesses?order=10010")) == ["Charlie"]
    assert 'id="wrong-order"' in browser.get("/accesses?order=nobody", 422)


def test_it_is_read_page_by_page_and_every_entry_once(browser_on_both: Browser) -> None:
    for number in range(120):
        note(browser_on_both.db, f"P{number}", at=number)
    found, path = [], "/accesses"
    while path:
        page = browser_on_both.get(path)
        found += shown(page)
        older = re.search(r'rel="next" href="([^"]*)"', page)
        path = older[1].replace("&amp;", "&") if older else ""
    assert found == [f"P{number}" for number in reversed(range(120))]


def test_the_file_holds_what_the_page_narrows_to(browser: Browser) -> None:
    note(browser.db, "=Alice")
    note(browser.db, "Charlie")
    text = browser.get("/accesses.csv?person=%3DAlice").removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["who"], row["what"], row["orders"]) == ("'=Alice", "case", str(ORDER_ID))
    assert row["first"] == "2026-11-02T10:00:00+01:00"
    assert len(browser.get("/accesses.csv?order=nobody").splitlines()) == 1


@pytest.mark.parametrize("role", ["viewer", "agent", "approver"])
def test_it_is_for_owners(browser: Browser, role: str) -> None:
    with browser.db.write() as tx:
        members.add(tx, SHOP, "owner@example.com", "owner", MONDAY, by="Alice")
        members.add(tx, SHOP, "bea@example.com", role, MONDAY, by="Alice")
    browser.sign_in(person="bea@example.com")
    browser.get("/accesses", 403)
    browser.get("/accesses.csv", 403)


def test_an_entry_goes_after_a_year_and_no_sooner(db: Database, clock: Clock) -> None:
    out = FakeConnections(FakeStorefront(clock), FakeSupplier(clock), FakePostbox())
    runtime = Runtime(read(GOOD), db, clock, out)
    with db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD")
        accesses.note(tx, OTHER, Access("Bob", "desk", "case", "name", orders=(1,)), MONDAY)
    for number in range(3):
        note(db, f"P{number}", at=number)
    clock.turn_to(MONDAY + KEPT_FOR)
    assert forget_accesses(runtime) == 0
    clock.turn_to(MONDAY + KEPT_FOR + 2 * MINUTE)
    assert forget_accesses(runtime) == 3, "a shop that has gone is forgotten too"
    with db.read() as tx:
        assert [one.person for one in accesses.log(tx, SHOP, Sought(), 10)] == ["P2"]
        assert list(accesses.shops_with_a_log(tx)) == [SHOP]
