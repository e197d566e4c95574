"""Who did what, and everything to take away."""

from __future__ import annotations

import io
import json
import zipfile

from tests.fakes import ORDER_ID
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
