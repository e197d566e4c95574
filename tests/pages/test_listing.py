"""The list: what is in it, in which order, on which page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from plugin import timeline as t
from plugin.casework import Casework
from plugin.customer import Customer
from plugin.store import listing, tables, timelines
from plugin.store.database import Database
from tests.conftest import MONDAY, Prepared
from tests.fakes import SHOP
from tests.pages.conftest import OTHER, Browser
from tests.story import line, order_seen

MORE = 120


def out_of_stock(db: Database, numbers: range, shop: str = SHOP) -> None:
    """An order out of stock for each number: #3000 for $30.00, #3001 for $30.01 …"""
    with db.write() as tx:
        for number in numbers:
            work = Casework(tx, shop, number, MONDAY)
            customer = Customer(name=f"Ann Lee{number}", email=f"ann.{number}@example.com")
            timelines.keep_customer(tx, shop, number, customer)
            goods = line(number, paid_minor=number)
            work.record([order_seen(goods, name=f"#{number}", country="IT")], by="store")
            work.record([t.OutOfStockReported("", (number,))], by="supplier")


@pytest.fixture
def busy(browser_on_both: Browser, prepared: Prepared) -> Browser:
    """Alice's desk with 120 more orders out of stock, on either kind of database."""
    return crowded(browser_on_both, prepared)


@pytest.fixture
def crowd(browser: Browser, prepared: Prepared) -> Browser:
    """The same on SQLite, for what does not depend on the kind of database."""
    return crowded(browser, prepared)


def crowded(browser: Browser, prepared: Prepared) -> Browser:
    """With 120 more orders."""
    numbers = range(3000, 3000 + MORE)
    prepared.fill(browser.db, "crowd", lambda: out_of_stock(browser.db, numbers))
    return browser


def listed(page: str) -> list[str]:
    return re.findall(r'class="row" href="[^"]+">(#[\d-]+)<', page)


def link(page: str, rel: str) -> str:
    """Where a page's link to the next or the previous one leads; empty: it has none."""
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return unescape(found.group(1)) if found else ""


@contextmanager
def queries(db: Database) -> Iterator[list[str]]:
    """Every statement sent to the database meanwhile."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    engines = {db._reader, db._writer}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


# --- Pages ----------------------------------------------------------------------------------------


def test_every_case_is_on_one_page_and_only_one(busy: Browser) -> None:
    pages, path = [], "/cases"
    while path:
        page = busy.get(path)
        pages.append(listed(page))
        path = link(page, "next")
    assert [len(page) for page in pages] == [50, 50, 21]
    assert len({case for page in pages for case in page}) == MORE + 1


def test_the_way_back_leads_over_the_same_pages(crowd: Browser) -> None:
    first = crowd.get("/cases")
    second = crowd.get(link(first, "next"))
    third = crowd.get(link(second, "next"))
    back = crowd.get(link(third, "prev"))
    assert listed(back) == listed(second)
    front = crowd.get(link(back, "prev"))
    assert listed(front) == listed(first)
    assert link(front, "prev") == ""
    assert link(third, "next") == ""


def test_nothing_is_skipped_when_the_page_before_changes_meanwhile(busy: Browser) -> None:
    first = busy.get("/cases")
    following = listed(busy.get(link(first, "next")))
    with busy.db.write() as tx:
        tx.execute(sa.delete(tables.cases).where(tables.cases.c.number == listed(first)[3]))
    assert listed(busy.get(link(first, "next"))) == following


def test_the_next_page_keeps_the_filter(crowd: Browser) -> None:
    assert "status=needs_you&after=" in link(crowd.get("/cases?status=needs_you"), "next")


@pytest.mark.parametrize(
    "place", ["0", "x", "nan_1", "inf_1", "1.5", "1.5_", "２_a", "9" * 400 + "_a", "", "1_%00"]
)
@pytest.mark.parametrize("side", ["after", "before"])
def test_a_place_that_cannot_be_is_the_first_page(browser: Browser, side: str, place: str) -> None:
    assert listed(browser.get(f"/cases?{side}={place}")) == ["#1001-1"]


def test_a_page_beyond_the_last_says_so_and_leads_back(crowd: Browser) -> None:
    assert "Show all cases" in crowd.get("/cases?after=-999999.0_x")


def test_a_page_asks_as_many_questions_for_fifty_rows_as_for_one(
    browser_on_both: Browser,
) -> None:
    paths = ("/cases", "/cases?status=needs_you", "/cases?q=ann+lee", "/cases?due=week&age=week")
    for path in paths:
        browser_on_both.get(path)
    counts = []
    for count in (0, MORE):
        out_of_stock(browser_on_both.db, range(3000, 3000 + count))
        for path in paths:
            with queries(browser_on_both.db) as seen:
                browser_on_both.get(path)
            counts.append((path, len([q for q in seen if "SELECT" in q])))
    assert counts[: len(paths)] == counts[len(paths) :]
    assert max(count for _, count in counts) <= 12


# --- Order ----------------------------------------------------------------------------------------


def test_the_most_money_comes_first_where_the_time_is_the_same(busy: Browser) -> None:
    first = listed(busy.get("/cases"))
    assert first[:3] == ["#3119-1", "#3118-1", "#3117-1"]


def test_what_needs_somebody_comes_before_what_is_due_sooner(browser: Browser) -> None:
    out_of_stock(browser.db, range(3000, 3003))
    set_on(browser, "#3000-1", status="waiting", urgency=-100.0)
    assert listed(browser.get("/cases"))[-1] == "#3000-1"


def test_another_shops_cases_are_in_no_list(browser: Browser) -> None:
    out_of_stock(browser.db, range(5000, 5003), OTHER)
    for path in ("/cases", "/cases?q=5001", "/cases?status=needs_you", "/cases?country=IT"):
        assert not [case for case in listed(browser.get(path)) if case.startswith("#500")]


# --- Lists and filters ----------------------------------------------------------------------------


def set_on(browser: Browser, number: str, **values: object) -> None:
    mine = (tables.cases.c.shop == SHOP) & (tables.cases.c.number == number)
    with browser.db.write() as tx:
        tx.execute(sa.update(tables.cases).where(mine).values(**values))


def test_the_tabs_are_addresses_and_count_to_99(crowd: Browser) -> None:
    page = crowd.get("/cases")
    for path in ("?status=needs_you", "?due=week", "?waits=supplier", "?status=closed"):
        assert f'href="/cases{path}"' in page
    assert "Needs you <small>99+</small>" in page
    assert "Closed <small>0</small>" in page
    assert listed(crowd.get("/cases?risk=yes"))
    assert listed(crowd.get("/cases?due=week")) == []
    assert listed(crowd.get("/cases?status=closed")) == []


def test_a_list_of_ones_own_says_how_many_it_has(
    crowd: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_on(crowd, "#3001-1", country="FR")
    for name, query in (("France", "country=FR"), ("Italy", "country=IT"), ("Ann", "q=ann")):
        crowd.post("/views", view_name=name, query=query)
    page = crowd.get("/cases")
    assert "France <small>1</small>" in page
    assert "Italy <small>99+</small>" in page
    assert ">Ann</a>" in page, "a search is not counted"
    with queries(crowd.db) as seen:
        crowd.get("/cases")
    assert len([query for query in seen if "SELECT" in query]) <= 12, "one for all of them"
    monkeypatch.setattr(listing, "LOOKED_THROUGH", 120)
    assert "France <small>1+</small>" in crowd.get("/cases"), "not every case was looked at"


def test_each_filter_narrows_and_can_be_taken_off(browser: Browser) -> None:
    out_of_stock(browser.db, range(3000, 3003))
    set_on(browser, "#3001-1", supplier="Anhe", situation="damaged", assignee="Alice", country="FR")
    set_on(browser, "#3001-1", opened_at=MONDAY - timedelta(days=40), waits_for="supplier")
    set_on(browser, "#3001-1", route="international")
    for narrowed in (
        *("supplier=Anhe", "problem=damaged", "assignee=Alice", "country=fr", "age=older"),
        *(
            "waits=supplier",
            "leg=international",
            "least=30.01&most=30.01",
            "q=%233001",
            "q=lee3001+3001",
        ),
    ):
        page = browser.get(f"/cases?{narrowed}")
        assert listed(page) == ["#3001-1"], narrowed
    page = browser.get("/cases?problem=damaged&country=FR")
    assert 'class="chip" href="/cases?country=FR"' in page
    assert 'class="chip" href="/cases?problem=damaged"' in page
    assert "Clear all" in page
    assert "#3001-1" not in listed(browser.get("/cases?assignee=-"))


def test_an_amount_that_is_none_is_named_at_its_field(browser: Browser) -> None:
    page = browser.get("/cases?least=lots", 422)
    assert 'id="wrong-least"' in page
    assert 'value="lots"' in page


def test_an_empty_list_is_told_from_a_shop_without_cases(browser: Browser) -> None:
    assert "Nothing is wrong with any order" not in browser.get("/cases?status=closed")
    with browser.db.write() as tx:
        tx.execute(sa.delete(tables.cases))
    assert "Nothing is wrong with any order" in browser.get("/cases")


# --- Search ---------------------------------------------------------------------------------------


def test_a_case_is_found_by_the_beginning_of_its_words(busy: Browser) -> None:
    for typed in ("3001", "#3001", "lee3001", "ANN.3001@EXAMPLE", "ann.3001", "ａｎｎ lee3001"):
        page = busy.client.get("/cases", query_string={"q": typed}).get_data(as_text=True)
        assert listed(page) == ["#3001-1"], typed


def test_a_case_is_found_by_what_its_parcel_and_product_are_called(browser: Browser) -> None:
    with browser.db.write() as tx:
        work = Casework(tx, SHOP, 1001, MONDAY)
        told = [t.PurchaseShipped("Huanyu/T1", MONDAY, "YT8800/77")]
        work.record(told, by="supplier")
    for typed in ("yt8800/7", "t1", "sku-1"):
        assert listed(browser.get(f"/cases?q={typed}")) == ["#1001-1"], typed
    assert listed(browser.get("/cases?q=sku-1+nobody")) == []


def test_words_of_many_cases_are_searched_as_well(busy: Browser) -> None:
    assert len(listed(busy.get("/cases?q=a+l"))) == 50
