"""Who did what, and everything to take away."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from plugin import exporting
from plugin.casework import Casework
from plugin.evidence.keep import Keep
from plugin.store import audit, tables
from plugin.store.database import Database
from plugin.timeline import NoteWritten
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import CANARY, OTHER, OWN, REFUND, Browser


def test_what_people_did_is_listed_with_who_and_when(browser: Browser) -> None:
    browser.post(f"{browser.case}/note", text=f"Called {CANARY}")
    browser.post(f"{browser.case}/approve", key=REFUND)
    page = browser.get("/audit")
    assert page.count("Alice") >= 2
    assert "#1001" in page
    assert CANARY not in page, "shown as text, never run"


def test_what_the_app_did_by_itself_is_not_a_deed(browser: Browser) -> None:
    assert "Nobody has done anything yet" in browser.get("/audit")


def test_a_place_that_is_none_is_the_beginning(browser: Browser) -> None:
    browser.post(f"{browser.case}/note", text="one")
    for place in ("nonsense", "2026-01-01_1_1", "2026-01-01T00:00:00+00:00_x_1", "%00"):
        assert "Alice" in browser.get(f"/audit?before={place}")


def test_everything_is_taken_away_and_nothing_of_another_shop(browser: Browser) -> None:
    answer = browser.client.post("/export", headers=OWN)
    packed = zipfile.ZipFile(io.BytesIO(answer.get_data()))
    names = {"orders.jsonl", "events.jsonl", "cases.jsonl", "ledger.jsonl", "terms.jsonl"}
    assert names <= set(packed.namelist())
    rows = [json.loads(line) for line in packed.read("orders.jsonl").splitlines()]
    assert [row["order_id"] for row in rows] == [ORDER_ID]
    browser.sign_in(OTHER, "Bob")
    other = zipfile.ZipFile(io.BytesIO(browser.client.post("/export", headers=OWN).get_data()))
    assert other.read("orders.jsonl") == b""


def test_work_goes_on_while_a_shop_is_taken_away(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's writers wait for whoever reads: no more than some rows are read at a time."""
    monkeypatch.setattr(audit, "AT_ONCE", 3)
    everything, written = audit.everything, 0

    def while_working(db: Database, shop: str, name: str) -> Iterator[dict[str, Any]]:
        nonlocal written
        for row in everything(db, shop, name):
            if name == "events" and written < 4:
                written += 1
                with db.write() as tx:
                    note = NoteWritten(f"meanwhile {written}")
                    Casework(tx, SHOP, ORDER_ID, MONDAY).record([note], by="Alice")
            yield row

    monkeypatch.setattr(audit, "everything", while_working)
    pieces = exporting.packed(browser.db, SHOP, Keep(browser.settings.evidence_folder))
    packed = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    rows = [json.loads(line) for line in packed.read("events.jsonl").splitlines()]
    with browser.db.read() as tx:
        there = tx.execute(sa.select(sa.func.count()).select_from(tables.events)).scalar_one()
    assert len(rows) == there
    assert [row["seq"] for row in rows] == list(range(1, there + 1)), "each once, in order"
    assert written == 4
