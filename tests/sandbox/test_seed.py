"""The store that is there at the start, and what becomes of it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from plugin.parcels import DEFAULTS, Item, check, split
from plugin.sandbox.accounts import demand
from plugin.sandbox.app import World
from plugin.sandbox.catalogue import PRODUCTS
from plugin.sandbox.seed import alternatives_csv
from plugin.sandbox.stories import CHANCES
from plugin.sandbox.troubles import TROUBLES
from tests.sandbox.worlds import NOON, PretendApp, build


def seeded(directory: Path, seed: str = "lanterna") -> list[dict[str, Any]]:
    directory.mkdir()
    world, _ = build(directory, seed=seed)
    world.seed()
    rows = world.ground.ledger.rows("SELECT * FROM deliveries ORDER BY seq")
    world.close()
    return rows


def test_the_same_seed_gives_the_same_store(tmp_path: Path) -> None:
    first, second = seeded(tmp_path / "a"), seeded(tmp_path / "b")
    assert first == second
    assert first != seeded(tmp_path / "c", seed="other")


def test_about_sixty_orders_of_thirty_days_most_of_them_shipped(world: World) -> None:
    assert world.seed() == world.seed() == 60
    rows = world.ground.ledger.rows("SELECT id, created_at FROM orders")
    accounts = [demand(world.ground.ledger, row["id"]) for row in rows]
    states = Counter(account.fulfilment_status for account in accounts)
    assert 27 <= states["FULFILLED"] <= 36
    oldest = (NOON - timedelta(days=31)).isoformat()
    assert all(oldest < row["created_at"] < NOON.isoformat() for row in rows)
    assert {len(account.lines) for account in accounts} == {1, 2, 3}
    assert {account.order["currency"] for account in accounts} == {"USD", "EUR"}
    assert {account.order["locale"] for account in accounts} == {"en", "it", "zh"}
    assert sum(bool(account.disputes) for account in accounts) == 1


def test_every_story_of_trouble_is_told_and_all_the_others_addresses_are_right(
    world: World,
) -> None:
    world.seed()
    told = world.ground.ledger.rows("SELECT * FROM happenings WHERE kind = 'place_order'")
    unseen = set(TROUBLES) - {row["story"] for row in told}
    assert unseen == {"damaged_proved", "address_late"}, "stories of the days to come"
    assert unseen <= dict(CHANCES).keys()
    slips = {row["mark"] for row in told if row["story"] in {"address_slip", "address_quiet"}}
    assert len(slips) == 2


def test_a_bulky_order_is_more_than_a_parcel_may_weigh(world: World) -> None:
    world.seed()
    rows = world.ground.ledger.rows("SELECT * FROM lines")
    (bulky,) = [row for row in rows if row["sku"] == PRODUCTS[-1].sku]
    items = [Item(bulky["grams"], PRODUCTS[-1].box_mm, bulky["quantity"])]
    assert check(items, "IT", DEFAULTS, "large").state == "over"
    assert len(split(items, "IT", DEFAULTS, "large") or ()) == 2


def test_the_chances_of_a_day_leave_room_for_nothing_else() -> None:
    assert sum(chance for _, chance in CHANCES) == pytest.approx(1)


def test_open_purchases_lie_around_now(world: World) -> None:
    world.seed()
    waiting = [p for p in world.ledger()["purchases"] if p["status"] == "waitsellersend"]
    late = [NOON - moment(p["ship_by"]) for p in waiting]
    assert sum(timedelta(0) > by for by in late) >= 3
    assert sum(timedelta(days=1) <= by < timedelta(days=3) for by in late) >= 4
    assert sum(timedelta(days=4) <= by <= timedelta(days=6) for by in late) >= 3
    assert {p["connection"] for p in world.ledger()["purchases"]} == {"by_hand", "1688"}
    assert sum(p["no_stock"] for p in waiting) == 2
    assert any(p["route"] == "international" for p in waiting)


def test_history_is_told_with_its_own_moments_in_their_order(world: World, app: PretendApp) -> None:
    world.seed()
    world.deliver_due()
    shop = [headers for _, _, headers in app.taken if "X-Shopify-Topic" in headers]
    times = [headers["X-Shopify-Triggered-At"] for headers in shop]
    assert times == sorted(times)
    assert times[0] < (NOON - timedelta(days=25)).isoformat()


def test_thirty_days_later_the_store_has_lived(world: World) -> None:
    world.seed()
    world.turn(NOON + timedelta(days=30))
    assert len(world.ledger()["orders"]) > 110
    failed = world.ground.ledger.rows("SELECT * FROM happenings WHERE state = 'failed'")
    assert failed == []


def test_a_refund_in_the_store_makes_the_merchant_ask_for_his_money(world: World) -> None:
    world.seed()
    ledger = world.ground.ledger
    stuck = next(
        p
        for p in world.ledger()["purchases"]
        if p["no_stock"] and p["connection"] == "by_hand" and p["status"] == "waitsellersend"
    )
    lines = [list(line) for line in stuck["lines"]]
    world.happen("refund", order_id=stuck["order_id"], lines=lines, note="by hand")
    world.turn(NOON + timedelta(days=9))
    found = ledger.row("SELECT * FROM purchases WHERE reference = ?", stuck["reference"])
    assert found is not None
    assert found["recovery"] in {"received", "refused"}


def test_alternative_suppliers_are_a_list_to_be_imported() -> None:
    rows = list(csv.DictReader(io.StringIO(alternatives_csv())))
    assert len(rows) >= 10
    assert list(rows[0]) == [
        "sku",
        "supplier",
        "url",
        "price",
        "currency",
        "promised_days",
        "note",
    ]
    assert all(float(row["price"]) > 0 and row["currency"] == "CNY" for row in rows)


def moment(text: str) -> Any:
    return type(NOON).fromisoformat(text)
