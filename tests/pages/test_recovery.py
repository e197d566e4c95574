"""The money that suppliers owe: figures, rows, weeks, pages, file."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from plugin import timeline as t
from plugin.actions import AskRecovery
from plugin.casework import Casework
from plugin.fold import fold
from plugin.pages import recovery as page_of_recovery
from plugin.pages.recovery_rows import by_week
from plugin.recoveries import recovery_rows
from plugin.store import ledger, outbox, tables, timelines
from plugin.store.recoveries import Due
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import Browser
from tests.story import HUANYU

DAY = timedelta(days=1)


def asked(desk: Browser, order_id: int = ORDER_ID) -> None:
    """The asking for the money is done."""
    with desk.db.write() as tx:
        row = next(r for r in outbox.of_order(tx, SHOP, order_id) if r.action == AskRecovery.kind)
        Casework(tx, SHOP, order_id, MONDAY).settle(row, t.ActionDone(row.key), by="Alice")


def told(desk: Browser, state: str, minor: int) -> None:
    with desk.db.write() as tx:
        seen = t.RecoverySeen(HUANYU, state, minor, "CNY")
        Casework(tx, SHOP, ORDER_ID, MONDAY).record([seen], by="supplier")


def figure(page: str, name: str) -> str:
    found = re.search(rf'data-figure="{name}">([^<]*)<', page)
    assert found is not None
    return found[1]


def test_what_is_asked_back_is_owed_until_it_is_in(browser_on_both: Browser) -> None:
    desk = browser_on_both
    assert "Nothing has been asked back" in desk.get("/recovery")
    asked(desk)
    assert figure(desk.get("/recovery"), "owed") == "CN¥88.00"
    told(desk, "agreed", 8000)
    page = desk.get("/recovery")
    assert figure(page, "owed") == "CN¥80.00", "what was agreed to counts, not what was asked for"
    assert "Expected by week" in page
    told(desk, "received", 8000)
    page = desk.get("/recovery")
    assert figure(page, "owed") == "$0.00"
    assert figure(page, "back") == "CN¥80.00"
    assert "Huanyu" in desk.get("/recovery?show=ended")


def test_the_rows_are_what_ledger_and_order_say(browser: Browser) -> None:
    asked(browser)
    told(browser, "agreed", 8000)
    with browser.db.read() as tx:
        order = fold(timelines.read(tx, SHOP, ORDER_ID))
        kept = tx.execute(sa.select(tables.recoveries)).mappings().one()
        entries = ledger.of_order(tx, SHOP, ORDER_ID, "recovery")
    (again,) = recovery_rows(order, entries, {})
    same = ("purchase_id", "case_id", "number", "supplier", "stages", "since")
    assert {name: kept[name] for name in same} == {name: again[name] for name in same}
    assert kept["stages"]["agreed"]["minor"] == 8000


def test_pages_follow_each_other_and_the_file_has_every_row(
    browser_on_both: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_of_recovery, "A_PAGE", 2)
    desk = browser_on_both
    asked(desk)
    with desk.db.write() as tx:
        row = dict(tx.execute(sa.select(tables.recoveries)).mappings().one())
        for n in range(1, 6):
            again = {**row, "order_id": n, "number": f"#{n}-1", "since": MONDAY - (n // 2) * DAY}
            tx.execute(sa.insert(tables.recoveries).values(again))
    seen, path = [], "/recovery"
    while path:
        page = desk.get(path)
        seen += re.findall(r'class="row" href="[^"]+">(#[\d-]+)<', page)
        found = re.search(r'rel="next" href="([^"#]+)', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 6
    assert seen[:2] == ["#4-1", "#5-1"], "the oldest first"

    answer = desk.client.get("/recovery.csv")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert len(rows) == 6
    assert {(row["state"], row["asked"], row["currency"]) for row in rows} == {
        ("asked", "88.00", "CNY")
    }


@pytest.mark.parametrize("after", ["x", "2026-01-01~1~a", "2026-01-01T00:00:00+00:00~x~", "~~"])
def test_a_place_that_is_none_is_the_beginning(browser: Browser, after: str) -> None:
    asked(browser)
    assert "Huanyu" in browser.client.get("/recovery", query_string={"after": after}).text


def test_money_counts_for_the_week_of_its_day() -> None:
    today = date(2026, 11, 4)  # a Wednesday
    owed = [
        Due(date(2026, 11, 3), True, "CNY", 1),
        Due(date(2026, 11, 4), True, "CNY", 10),
        Due(date(2026, 11, 8), False, "CNY", 100),
        Due(date(2026, 11, 9), False, "CNY", 1_000),
        Due(date(2026, 12, 27), False, "CNY", 10_000),
        Due(date(2026, 12, 28), False, "CNY", 100_000),
        Due(None, False, "CNY", 1_000_000),
        Due(date(2026, 11, 4), True, "USD", 7),
    ]
    found = {(one.name, one.begins): (one.agreed, one.hoped) for one in by_week(owed, "CNY", today)}
    assert found["overdue", None] == (1, 0)
    assert found["week", date(2026, 11, 2)] == (10, 100)
    assert found["week", date(2026, 11, 9)] == (0, 1_000)
    assert found["week", date(2026, 12, 21)] == (0, 10_000)
    assert found["later", None] == (0, 100_000)
    assert found["unknown", None] == (0, 1_000_000)
    assert sum(a + h for a, h in found.values()) == 1_111_111
