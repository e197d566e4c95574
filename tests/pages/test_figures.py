"""Suppliers and analytics: every expected figure was worked out by hand."""

from __future__ import annotations

import html
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
import sqlalchemy as sa

import plugin
from plugin import timeline as t
from plugin.actions import ASIDE
from plugin.casework import Casework
from plugin.pages.charts import Bar, bars
from plugin.pages.csv_out import safe
from plugin.store import behind, figures, ledger, suppliers, tables, tallies
from plugin.store.behind import Behind
from plugin.store.periods import Period
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import CANARY, OTHER, REFUND, Browser
from tests.story import LAMP, line, order_seen, purchase

DAY = timedelta(days=1)
WEEK = Period(MONDAY - DAY, MONDAY + 6 * DAY)
ANHE = "Anhe 安和"


@pytest.fixture
def store(browser: Browser) -> Browser:
    """Beside Alice's first order, ten of another supplier: three out of stock, two repaid."""
    with browser.db.write() as tx:
        for n in range(10):
            work = Casework(tx, SHOP, 2000 + n, MONDAY)
            seen = order_seen(line(id=LAMP + 100 + n), name=f"#{2000 + n}")
            bought = purchase(
                purchase_id=f"{ANHE}/{n}", supplier=ANHE, lines=((LAMP + 100 + n, 1),)
            )
            work.record([seen, bought], by="store")
            if n < 3:
                work.record([t.OutOfStockReported(f"{ANHE}/{n}")], by="supplier")
                (case_id,) = work.order.cases
                key = f"recover:{ANHE}/{n}"
                words = (2000 + n, case_id, "recovery", "asked", key, 900, "CNY")
                ledger.book(tx, SHOP, *words, MONDAY, supplier=ANHE)
                ledger.book(tx, SHOP, *words, MONDAY, supplier=ANHE)  # told twice, counted once
                if n < 2:
                    words = (2000 + n, case_id, "remedy", "refunded", f"refund:{n}", 1000 + n)
                    ledger.book(tx, SHOP, *words, "USD", MONDAY, supplier=ANHE, product="Lamp")
                if n == 0:
                    words = (2000, case_id, "recovery", "received", key, 700)
                    ledger.book(tx, SHOP, *words, "CNY", MONDAY, supplier=ANHE)
    return browser


def test_a_suppliers_record_is_counted(store: Browser) -> None:
    with store.db.read() as tx:
        anhe = next(s for s in suppliers.scores(tx, SHOP) if s.supplier == ANHE)
    assert (anhe.purchases, anhe.problems, anhe.known) == (10, {"no_stock": 3}, True)
    assert anhe.repaid == {"USD": 2001}
    assert (anhe.asked, anhe.received) == ({"CNY": 2700}, {"CNY": 700})


def test_too_few_purchases_are_not_judged_by(store: Browser) -> None:
    assert "Too few purchases to judge by" in store.get("/suppliers")


def test_the_figures_of_a_week(store: Browser) -> None:
    with store.db.read() as tx:
        assert figures.sums(tx, SHOP, WEEK).orders == 11
        assert figures.sums(tx, SHOP, WEEK).opened == {"no_stock": 4}
        assert figures.sums(tx, SHOP, WEEK).money == {
            "out": {"USD": 2001},
            "back": {"CNY": 700},
            "lost": {},
        }
        assert figures.sums(tx, SHOP, WEEK).suppliers == [(ANHE, "USD", 2001)]
        assert figures.sums(tx, SHOP, WEEK).products == [("Lamp", "USD", 2001)]
        assert figures.sums(tx, SHOP, WEEK).alone == (0, 0), "nothing was done yet"
        assert figures.sums(tx, SHOP, WEEK.before).orders == 0
        assert figures.sums(tx, OTHER, WEEK).orders == 0


def test_every_sum_by_day_is_what_the_rows_say(store: Browser) -> None:
    row = store.row(REFUND)
    with store.db.write() as tx:
        done = t.ActionDone(row.key, "7", 2490, "USD")
        Casework(tx, SHOP, ORDER_ID, MONDAY).settle(row, done, by="app")
    with store.db.read() as tx:
        told = tx.execute(sa.select(tables.events.c.kind, tables.events.c.body)).all()
        kinds = Counter(kind for kind, body in told if body.get("action") not in ASIDE)
        booked = sa.select(tables.ledger.c.what, sa.func.sum(tables.ledger.c.minor))
        entries = dict(tx.execute(booked.group_by(tables.ledger.c.what)).all())
        found = tallies.sums(tx, SHOP, ["done", "planned", "refunded", "asked", "received"])
    summed: Counter[str] = Counter()
    for what, amount in found.items():
        summed[what.figure] += amount
    assert summed["planned"] == kinds["planned"] > 0
    assert summed["done"] == kinds["action_done"] == 1
    assert {name: summed[name] for name in entries} == entries


def test_the_pages_show_them(store: Browser) -> None:
    page = store.get("/analytics?days=7&compare=1")
    assert "$20.01" in page
    assert "CN¥7.00" in page
    assert "4 (36.4)" in page, "4 cases of 11 orders"
    assert "<svg" in page
    opened = "opened_from=2026-10-27&amp;opened_to=2026-11-02"
    assert f'href="/cases?problem=no_stock&amp;{opened}"' in page
    assert f'href="/cases?{opened}"' in page
    assert "cases opened,no_stock,4" in store.get("/analytics.csv?days=7")


def test_every_figure_leads_to_the_rows_behind_it(store: Browser) -> None:
    page = store.get("/analytics?days=7")
    told = re.search(r'<dl class="three">(.*?)</dl>', page, re.DOTALL)
    assert told
    figures_, links = re.findall(r"<dt>", told[1]), re.findall(r'<dt><a href="([^"]+)"', told[1])
    assert len(links) == len(figures_) == 8
    for link in links:
        store.get(html.unescape(link))


def test_the_rows_behind_a_figure_are_as_many_as_it_says(store: Browser) -> None:
    row = store.row(REFUND)
    with store.db.write() as tx:
        work = Casework(tx, SHOP, ORDER_ID, MONDAY)
        work.settle(row, t.ActionDone(row.key, "7", 2490, "USD"), by="app")
        work.record([t.NoteWritten("I would rather have the lamp")], by="customer")
    with store.db.read() as tx:
        told = figures.sums(tx, SHOP, WEEK)
        (alone, done), (kept, came), (answers, _letters) = told.alone, told.kept, told.letters
        found = {of: behind.rows(tx, SHOP, of, WEEK, 100)[0] for of in Behind}
        assert {of: behind.rows(tx, OTHER, of, WEEK, 100) for of in Behind} == dict.fromkeys(
            Behind, ([], None)
        )
    counted = {of: len(rows) for of, rows in found.items()}
    assert counted[Behind.ALONE] == alone
    assert counted[Behind.PERSON] == done - alone == 1
    assert counted[Behind.KEPT] == kept > 0
    assert counted[Behind.LATE] == came - kept == 0
    assert counted[Behind.ANSWERS] == answers == 1
    page = store.get("/analytics/rows?of=person&from=2026-10-27&to=2026-11-02")
    assert page.count("<tr>") == 2, "its head, and the refund"
    store.get("/analytics/rows?of=nothing", 404)


def test_the_rows_behind_a_figure_go_on_from_page_to_page(store: Browser) -> None:
    with store.db.read() as tx:
        whole, last = behind.rows(tx, SHOP, Behind.KEPT, WEEK, 100)
        paged, place = behind.rows(tx, SHOP, Behind.KEPT, WEEK, 2)
        while place is not None:
            more, place = behind.rows(tx, SHOP, Behind.KEPT, WEEK, 2, place)
            paged += more
    assert last is None
    assert paged == whole
    assert len(whole) > 2


def test_cases_are_listed_by_the_days_they_were_opened_on(store: Browser) -> None:
    week = store.get("/cases?opened_from=2026-11-02&opened_to=2026-11-02")
    assert week.count('name="case"') == store.get("/cases").count('name="case"') > 0
    assert "Opened from" in week
    assert 'name="case"' not in store.get("/cases?opened_to=2026-11-01")
    assert "aria-invalid" in store.get("/cases?opened_from=yesterday", 422)


@pytest.mark.parametrize(
    "asked",
    ["from=nonsense", "to=9999-12-31", "from=2026-11-05&to=2026-11-01", "from=2000-01-01"],
)
def test_a_time_that_is_none_is_said_at_its_field(store: Browser, asked: str) -> None:
    assert "aria-invalid" in store.get(f"/analytics?{asked}", 422)


def test_what_was_noted_of_a_supplier_is_kept(store: Browser) -> None:
    name = "/supplier?name=Anhe%20%E5%AE%89%E5%92%8C"
    store.post(name, contact="Ms Wu", claim_within_days="60", email="wu@anhe.example", proof="3")
    page = store.get(name)
    assert "Ms Wu" in page
    assert 'value="60"' in page
    store.post(name, 422, claim_within_days="0", email="nobody")


@pytest.mark.parametrize("name", ["", "Nobody", "a%00b", "x" * 300])
def test_a_supplier_nobody_knows_is_not_found(store: Browser, name: str) -> None:
    store.get(f"/supplier?name={name}", 404)


def test_hostile_names_are_shown_as_text(store: Browser) -> None:
    for path in ("/suppliers", "/analytics?days=7"):
        assert CANARY not in store.get(path)


def test_a_chart_says_its_numbers_and_runs_nothing() -> None:
    drawn = bars(
        "Cases", [Bar("<b>Late", 3, "3"), Bar("Lost", 0, "0"), Bar("Soon", 1, "3", more=2)]
    )
    assert "&lt;b&gt;Late" in drawn
    assert drawn.count("<rect") == 4
    assert 'class="soft"' in drawn
    assert "style=" not in drawn


@pytest.mark.parametrize("cell", ["=1+1", "+3", "-2", "@SUM", "\tx", "\rx"])
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    assert safe(cell) == f"'{cell}"
    assert safe("1=1") == "1=1"


def test_nothing_edits_or_removes_an_entry_of_the_ledger() -> None:
    """But a shop that is erased whole, entries and all."""
    changes = re.compile(r"sa\.(update|delete)\(\s*(tables\.)?ledger\b")
    found = [
        p.name for p in Path(plugin.__file__).parent.rglob("*.py") if changes.search(p.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    "path",
    [
        f"/supplier?name={quote(ANHE)}",
        "/analytics/rows?of=late&from=2026-10-27&to=2026-11-02",
        "/analytics?from=2026-10-27&to=2026-11-02",
        "/cases?opened_from=2026-11-02&opened_to=2026-11-02",
    ],
)
def test_another_language_is_another_language_of_the_same_page(store: Browser, path: str) -> None:
    page = store.get(path)
    (link,) = {html.unescape(one) for one in re.findall(r'href="([^"]*lang=it[^"]*)"', page)}
    told = dict(parse_qsl(urlsplit(link).query))
    assert dict(parse_qsl(urlsplit(path).query)) == {k: v for k, v in told.items() if k != "lang"}
    store.get(link)
