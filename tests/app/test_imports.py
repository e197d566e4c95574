"""Files a merchant brings: good rows in, bad rows back with the reason, none lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin import imports
from plugin import timeline as t
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.fold import fold
from plugin.store import shops, timelines
from plugin.store.database import Database
from plugin.terms import Route
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.story import CUP, LAMP, line, order_seen

HEADING = (
    "order,supplier,reference,connection,sku,quantity,route,ship_by,ordered_at,cost,currency\n"
)
GOOD = "#1001,Huanyu,T1,1688,SKU-11,1,domestic,2026-11-07,2026-11-02T10:00+08:00,88.00,CNY\n"


@pytest.fixture
def shop(db: Database, clock: Clock) -> Database:
    with db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD")
        order = order_seen(line(quantity=2, paid_minor=4980), line(CUP, paid_minor=900))
        Casework(tx, SHOP, ORDER_ID, MONDAY).record([order], by="store")
    return db


def bring(db: Database, clock: Clock, path: Path, text: str) -> list[imports.Rejected]:
    path.write_text(text, "utf-8")
    rows = imports.rows_of(path, imports.PURCHASE_COLUMNS)
    return [r for r in imports.import_purchases(db, clock, SHOP, rows) if r is not None]


def test_a_purchase_is_recorded_for_its_order(shop: Database, clock: Clock, tmp_path: Path) -> None:
    assert bring(shop, clock, tmp_path / "p.csv", HEADING + GOOD) == []
    with shop.read() as tx:
        order = fold(timelines.read(tx, SHOP, ORDER_ID))
    purchase = order.purchases["Huanyu/T1"]
    assert purchase.units == {LAMP: (1,)}
    assert (purchase.cost_minor, purchase.cost_currency) == (8800, "CNY")
    assert purchase.route is Route.DOMESTIC
    assert str(purchase.ship_by) == "2026-11-07 23:59:59+08:00"


def test_a_row_a_line_makes_one_purchase_and_twice_changes_nothing(
    shop: Database, clock: Clock, tmp_path: Path
) -> None:
    cup = GOOD.replace("SKU-11,1", "SKU-12,1")
    for _ in range(2):
        assert bring(shop, clock, tmp_path / "p.csv", HEADING + GOOD + cup) == []
    with shop.read() as tx:
        entries = timelines.read(tx, SHOP, ORDER_ID)
    assert fold(entries).purchases["Huanyu/T1"].units == {LAMP: (1,), CUP: (1,)}


@pytest.mark.parametrize(
    ("good", "bad", "field"),
    [
        ("#1001", "#9999", "order"),
        ("#1001", "", "order"),
        ("Huanyu", "", "supplier"),
        ("SKU-11", "SKU-99", "sku"),
        ("1,domestic", "0,domestic", "quantity"),
        ("1,domestic", "3,domestic", "quantity"),
        ("1,domestic", "١,domestic", "quantity"),
        ("domestic", "abroad", "route"),
        ("2026-11-07", "07.11.2026", "ship_by"),
        ("+08:00", "", "ordered_at"),
        ("88.00", "88,00", "cost"),
        ("88.00", "-88.00", "cost"),
        ("88.00", "NaN", "cost"),
        ("CNY", "RMB", "cost"),
    ],
)
def test_a_bad_row_comes_back_with_its_field_and_the_others_go_in(
    shop: Database, clock: Clock, tmp_path: Path, good: str, bad: str, field: str
) -> None:
    quoted = bad if "," in good else f'"{bad}"'
    wrong = GOOD.replace("T1", "T2").replace(good, quoted)
    (rejected,) = bring(shop, clock, tmp_path / "p.csv", HEADING + wrong + GOOD)
    assert rejected.number == 2
    assert rejected.why.startswith(f"{field}:")
    with shop.read() as tx:
        assert timelines.order_of(tx, SHOP, "Huanyu/T1") == ORDER_ID


def test_a_reference_of_another_order_is_not_taken(
    shop: Database, clock: Clock, tmp_path: Path
) -> None:
    with shop.write() as tx:
        other = order_seen(line(31), name="#1002")
        Casework(tx, SHOP, 1002, MONDAY).record([other], by="store")
    assert bring(shop, clock, tmp_path / "p.csv", HEADING + GOOD) == []
    other_row = GOOD.replace("#1001", "#1002").replace("SKU-11", "SKU-31")
    (rejected,) = bring(shop, clock, tmp_path / "p.csv", HEADING + other_row)
    assert rejected.why.startswith("reference:")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n", "lacks the columns"),
        ("order,supplier\n".encode("utf-16"), "not UTF-8"),
        (b"", "lacks the columns"),
    ],
)
def test_a_file_that_is_none_says_what_is_missing(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(content)
    with pytest.raises(imports.BadFile, match=words):
        imports.rows_of(path, imports.PURCHASE_COLUMNS)


def test_alternatives_are_kept_once_per_supplier(
    shop: Database, clock: Clock, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    for price in ("99.00", "95.00"):
        path.write_text(
            "sku,supplier,url,price,currency,promised_days,note\n"
            f"SKU-11,Anhe,https://example.com/7,{price},CNY,3,\n",
            "utf-8",
        )
        rows = imports.rows_of(path, imports.ALTERNATIVE_COLUMNS)
        assert list(imports.import_alternatives(shop, clock, SHOP, rows)) == [None]
    with shop.read() as tx:
        (kept,) = shops.alternatives_for(tx, SHOP, ["SKU-11"])
    assert (kept.supplier, kept.price_minor, kept.promised_days) == ("Anhe", 9500, 3)
    assert isinstance(t.plain(kept), dict)
