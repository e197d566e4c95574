"""The whole life of an installation, in a browser's frame on another origin than the app's.

The sandbox plays Shopify's side: grant, token exchange, App Bridge, webhooks, uninstall.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, FrameLocator, Page, expect

from plugin import customer_reports, merchant
from plugin.clock import Clock
from plugin.sandbox.app import create_world
from plugin.settings import read
from plugin.store import migrate, shops, tables, tokens
from plugin.terms import Situation
from scheduler.privacy import carry_out
from scheduler.runtime import start
from scheduler.sandbox import SHOP, environment_for, world_settings
from scheduler.web import make_app
from tests.browser import live
from tests.conftest import MONDAY
from tests.end_to_end.conftest import Whole, free_ports, serving

pytestmark = live.IN_A_BROWSER

__all__ = ["free_ports"]


@pytest.fixture
def whole(tmp_path: Path, sqlite_url: str, free_ports: tuple[int, int]) -> Iterator[Whole]:
    """An app nobody has installed yet, and a world with a store in it."""
    app_port, world_port = free_ports
    app_url, world_url = f"http://127.0.0.1:{app_port}", f"http://127.0.0.1:{world_port}"
    environment = environment_for(tmp_path, app_url, world_url)
    environment |= {"POSTVENDITA_DATABASE_URL": sqlite_url, "POSTVENDITA_DESK_OPEN_TO": ""}
    clock = Clock(Path(environment["POSTVENDITA_CLOCK_FILE"]))
    clock.turn_to(MONDAY)
    runtime = start(read(environment), clock)
    migrate.upgrade(runtime.db)
    world = create_world(world_settings(tmp_path, environment, app_url, "test"))
    with serving(make_app(runtime), app_port), serving(world.wsgi, world_port):
        world.mailbox.start()
        yield Whole(runtime, world, app_url, environment)
        world.close()
    runtime.db.close()


@pytest.fixture
def admin(chromium: Browser, whole: Whole) -> Page:
    """The merchant in the store's admin."""
    page = live.page_of(chromium)
    page.goto(f"{whole.environment['POSTVENDITA_SANDBOX_URL']}/admin")
    return page


def app(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[name=app]")


def reopened(page: Page) -> FrameLocator:
    page.reload()
    return app(page)


def test_from_the_grant_to_the_refund_to_the_uninstall_and_back(whole: Whole, admin: Page) -> None:
    app(admin).get_by_role("link", name="Inbox").wait_for()
    with whole.runtime.db.read() as tx:
        shop = shops.find(tx, SHOP)
        assert shop is not None
        assert shop.watching
        assert tokens.read(tx, SHOP) is not None
    with whole.runtime.db.write() as tx:
        shops.change(tx, SHOP, watching=False)

    order_id = _refund_in_the_frame(whole, admin)

    _uninstalled(whole)
    reopened(admin).get_by_text("did not let the app in").wait_for()
    assert _carried_out(whole, "request_data", order_id=order_id) == {"orders": [order_id]}
    assert _carried_out(whole, "redact_customer", order_id=order_id) == {"orders": 1}

    _installed_again(whole)
    reopened(admin).get_by_role("link", name="Inbox").click()
    app(admin).get_by_text("#1001-1").first.wait_for()

    _uninstalled(whole)
    _carried_out(whole, "redact_shop")
    with whole.runtime.db.read() as tx:
        assert shops.find(tx, SHOP) is None, "two days later nothing of the store is left"

    _installed_again(whole)
    reopened(admin).get_by_role("link", name="Inbox").wait_for()
    with whole.runtime.db.read() as tx:
        shop = shops.find(tx, SHOP)
        assert shop is not None
        assert shop.watching, "who was forgotten begins anew"


def _uninstalled(whole: Whole) -> None:
    whole.world.happen("uninstall")
    whole.settle()
    with whole.runtime.db.read() as tx:
        gone = shops.find(tx, SHOP)
        assert gone is not None
        assert gone.state == shops.UNINSTALLED
        assert tokens.read(tx, SHOP) is None


def _installed_again(whole: Whole) -> None:
    assert whole.world.wsgi.test_client().post("/admin/install").status_code == 204


def _carried_out(whole: Whole, kind: str, **what: int) -> dict[str, Any]:
    """What came of a request about personal data, which the store sends as a webhook."""
    whole.world.happen(kind, **what)
    whole.settle()
    assert carry_out(whole.runtime) == 1
    with whole.runtime.db.read() as tx:
        asked = tables.privacy_requests
        results = tx.execute(sa.select(asked.c.result).order_by(asked.c.id.desc()))
        return dict(results.scalars().first() or {})


def _a_cancellation(whole: Whole) -> int:
    """A customer who does not want the goods any more; the order's id."""
    order_id = int(whole.world.happen("place_order", mark="one", story="unrecorded"))
    whole.settle()
    with whole.runtime.db.write() as tx:
        click = merchant.Click(SHOP, order_id, "customer", whole.runtime.clock.now())
        told = customer_reports.Told(Situation.CANCELLATION, once="one")
        customer_reports.report(tx, click, told)
    return order_id


def _refund_in_the_frame(whole: Whole, admin: Page) -> int:
    order_id = _a_cancellation(whole)
    frame = reopened(admin)
    frame.get_by_role("link", name="Inbox").click()
    frame.get_by_role("link", name="#1001-1", exact=True).click()
    with admin.expect_response(lambda answer: answer.request.method == "POST"):
        frame.get_by_role("button", name="Refund").first.click()
    whole.settle()
    assert sum(r["minor"] for r in whole.refunds(order_id)) > 0
    return order_id


def test_pages_in_the_frame_have_their_scripts_and_keep_their_language(
    whole: Whole, admin: Page
) -> None:
    _a_cancellation(whole)
    frame = reopened(admin)
    frame.get_by_role("link", name="Inbox").click()
    frame.get_by_role("heading", level=1, name="Inbox").wait_for()
    frame.locator("[data-help]").first.wait_for()  # the script shows what only it can do
    frame.locator("body").press("?")
    frame.get_by_role("dialog").wait_for()
    frame.locator("body").press("Escape")

    frame.get_by_role("link", name="IT", exact=True).click()
    frame.get_by_role("link", name="Impostazioni").click()
    frame.get_by_role("heading", level=1, name="Impostazioni").wait_for()

    frame.get_by_role("link", name="Regole").click()
    field = frame.locator("#policy .sentence input").first
    field.fill("9")
    said: list[str] = []
    admin.once("dialog", lambda asked: (said.append(asked.message), asked.dismiss()))
    frame.get_by_role("link", name="Impostazioni").click()
    expect(field).to_have_value("9")
    assert said, "what was changed is not left without a word"
