"""Suppliers and analytics: every expected figure was worked out by hand."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

import plugin
from plugin import timeline as t
from plugin.actions import ASIDE
from plugin.casework import Casework
from plugin.pages.charts import Bar, bars
from plugin.pages.csv_out import safe
from plugin.store import figures, ledger, suppliers, tables, tallies
from plugin.store.figures import Period
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
        assert figures.orders(tx, SHOP, WEEK) == 11
        assert figures.opened(tx, SHOP, WEEK) == {"no_stock": 4}
        assert figures.money(tx, SHOP, WEEK) == {
            "out": {"USD": 2001},
            "back": {"CNY": 700},
            "lost": {},
        }
        assert figures.by_supplier(tx, SHOP, WEEK) == [(ANHE, "USD", 2001)]
        assert figures.by_product(tx, SHOP, WEEK) == [("Lamp", "USD", 2001)]
        assert figures.alone(tx, SHOP, WEEK) == (0, 0), "nothing was done yet"
        assert figures.orders(tx, SHOP, WEEK.before) == 0
        assert figures.orders(tx, OTHER, WEEK) == 0


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
    assert 'href="/cases?problem=no_stock"' in page
    assert "cases opened,no_stock,4" in store.get("/analytics.csv?days=7")


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
