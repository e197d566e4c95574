"""A check that breaks lets nobody in and nothing out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from plugin import levels, merchant
from plugin import timeline as t
from plugin.clock import Clock
from plugin.effects import refund
from plugin.pages import access
from plugin.store import api_keys
from plugin.store.database import Database
from plugin.terms import Autonomy, Cap, Terms
from tests.api.conftest import program_on
from tests.app.test_deliveries import Door
from tests.bad_inputs.conftest import door
from tests.casework.conftest import Desk, desk
from tests.pages.conftest import OWN, REFUND, Browser, browser
from tests.story import HUANYU, LAMP, order_seen, purchase
from tests.webhooks import bodies, doors
from webhooks import app as web
from webhooks import signature

__all__ = ["browser", "desk", "door"]

KEY = f"refund:{LAMP}:1"


def breaks(*_: Any, **__: Any) -> Any:
    raise RuntimeError("the check is broken")


def test_a_signature_that_cannot_be_checked_keeps_nothing(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signature, "of_shopify", breaks)
    door.client.application.config["PROPAGATE_EXCEPTIONS"] = False
    answer = doors.knock(door.client, bodies.raw(bodies.order()))
    assert answer.status_code == 500
    assert door.states() == []


@pytest.mark.parametrize(
    ("module", "name"), [(access, "_role"), (access, "may"), (web, "from_own_page")]
)
def test_a_right_that_cannot_be_checked_is_none(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    monkeypatch.setattr(module, name, breaks)
    browser.client.application.config["PROPAGATE_EXCEPTIONS"] = False
    answer = browser.client.post(f"{browser.case}/approve", data={"key": REFUND}, headers=OWN)
    assert answer.status_code == 500
    assert "broken" not in answer.get_data(as_text=True)
    assert browser.row(REFUND).state == "asked"


def test_a_key_that_cannot_be_checked_opens_nothing(
    sqlite_db: Database, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = program_on(sqlite_db, clock, tmp_path)
    program.client.application.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(api_keys, "find", breaks)
    path = f"/cases/{program.case}/approve"
    answer = program.raw("POST", path, program.keys["money"], {"key": REFUND})
    assert answer.status_code == 500
    assert program.browser.row(REFUND).state == "asked"


def asked(desk: Desk, terms: Terms | None = None) -> None:
    desk.publish(terms or Terms())
    desk.tell(order_seen(), purchase())
    desk.tell(t.OutOfStockReported(HUANYU), by="supplier")


@pytest.mark.parametrize("name", ["why_not", "_news_since_approval", "_differs"])
def test_money_whose_last_check_breaks_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    asked(desk)
    desk.approve(KEY)
    monkeypatch.setattr(refund, name, breaks)
    desk.work()
    assert desk.store.paid_back() == 0


def test_a_level_that_cannot_be_worked_out_plans_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = Terms(autonomy={"no_stock.refund": Autonomy.AUTO}, cap=Cap(5000, 9000, "USD"))
    desk.publish(alone)
    desk.tell(order_seen(), purchase())
    monkeypatch.setattr(levels, "_money", breaks)
    with pytest.raises(RuntimeError):
        desk.tell(t.OutOfStockReported(HUANYU), by="supplier")
    desk.work()
    assert desk.store.paid_back() == 0


def test_a_yes_that_cannot_be_counted_is_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(desk)
    monkeypatch.setattr(merchant, "_is_first_of_two", breaks)
    with pytest.raises(RuntimeError):
        desk.approve(KEY)
    assert desk.row(KEY).state == "asked"
