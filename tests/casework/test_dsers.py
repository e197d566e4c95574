"""DSers over the whole path: its server on this machine, our database, what goes out counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from clients.dsers.session import Session
from clients.dsers.supplier import Dsers
from clients.shopify.access import Access
from plugin import customer_reports
from plugin import timeline as t
from plugin.customer_reports import Told
from plugin.ports import Supplier
from plugin.sandbox.dsers_server import DsersServer
from plugin.sandbox.dsers_tools import Account
from plugin.settings import read
from plugin.store import shops, timelines
from plugin.terms import Alternative, Situation
from scheduler import purchases
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.casework.conftest import Desk
from tests.conftest import MONDAY
from tests.fakes import SHOP
from tests.story import HUANYU, LAMP, SHIP_BY, order_seen, purchase

INTERCEPT, PROPOSAL = f"intercept:{HUANYU}", f"resource:{LAMP}:1"
ELSEWHERE = "https://detail.1688.com/offer/700002.html"


@pytest.fixture(scope="module")
def running() -> Iterator[DsersServer]:
    server = DsersServer().start()
    yield server
    server.stop()


@pytest.fixture
def account(running: DsersServer, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Account:
    """The shop buys through DSers; its order there is T1."""
    running.account, running.without, running.lose = Account(), set(), set()
    running.account.keep("T1", "awaiting_shipment")
    token = running.authority.pair()["access_token"]
    supplier = Dsers(Session(running.url, Access(lambda: token)), desk.clock.now)

    def supplier_of(_shop: str, connection: str) -> Supplier | None:
        return supplier if connection == "dsers" else None

    monkeypatch.setattr(desk.connections, "supplier", supplier_of)
    desk.tell(order_seen(), purchase(connection="dsers"))
    return running.account


def cancels(desk: Desk) -> None:
    with desk.db.write() as tx:
        told = Told(Situation.CANCELLATION, ())
        customer_reports.report(tx, desk.click("customer"), told)
    desk.work()


def follow(desk: Desk) -> None:
    with desk.db.write() as tx:
        timelines.look_at_purchase(tx, SHOP, HUANYU, desk.clock.now())
    purchases.follow_purchases(Runtime(read(GOOD), desk.db, desk.clock, desk.connections))


def test_what_has_not_left_is_cancelled_at_dsers_after_a_yes(desk: Desk, account: Account) -> None:
    cancels(desk)
    row = desk.row(INTERCEPT)
    assert (row.state, row.why, account.writes) == ("asked", "cancel_wants_yes", [])

    desk.approve(INTERCEPT)
    desk.work()
    assert (desk.row(INTERCEPT).state, account.writes) == ("done", ["cancel T1"])
    follow(desk)
    assert desk.order.purchases[HUANYU].interception == ""

    account.move("T1", "cancelled")
    follow(desk)
    assert desk.order.purchases[HUANYU].interception == "succeeded"


def test_a_lost_answer_is_read_back_and_not_asked_again(
    desk: Desk, account: Account, running: DsersServer
) -> None:
    running.lose.add("cancel_supplier_order")
    cancels(desk)
    desk.approve(INTERCEPT)
    desk.work()
    assert desk.row(INTERCEPT).state == "unknown"

    desk.turn(MONDAY + timedelta(days=1))
    desk.work()
    row = desk.row(INTERCEPT)
    assert (row.state, account.writes) == ("needs_person", ["cancel T1"])
    assert row.first_sent_at is not None


@pytest.mark.parametrize("missing", ["cancel_supplier_order", "get_order", "list_orders"])
def test_without_the_tool_a_person_stops_it(
    desk: Desk, account: Account, running: DsersServer, missing: str
) -> None:
    running.without.add(missing)
    cancels(desk)
    assert (desk.row(INTERCEPT).state, desk.row(INTERCEPT).why) == (
        "needs_person",
        "by_hand_intercept",
    )


def test_a_purchase_of_tmall_is_stopped_by_a_person(desk: Desk, account: Account) -> None:
    account.keep("T1", "awaiting_shipment", platform="777", name="Tmall")
    cancels(desk)
    assert desk.row(INTERCEPT).state == "needs_person"
    assert "cancel_supplier_order" not in account.calls


def test_urging_and_money_stay_with_a_person(desk: Desk, account: Account) -> None:
    for days, key in ((2, f"urge:{HUANYU}"), (4, f"recover:{HUANYU}")):
        desk.turn(SHIP_BY + timedelta(days=days))
        desk.look()
        desk.work()
        assert (desk.row(key).state, desk.row(key).why) == ("needs_person", "by_hand")


def test_goods_that_cannot_be_had_are_noticed_once(desk: Desk, account: Account) -> None:
    account.move("T1", "awaiting_order")
    account.blocked["T1"] = ("stock",)
    follow(desk)
    follow(desk)
    assert len(desk.events(t.OutOfStockReported)) == 1
    assert account.calls.count("diagnose_order_issue") == 1


def test_an_order_is_set_to_the_other_supplier_and_a_person_buys(
    desk: Desk, account: Account
) -> None:
    account.move("T1", "failed")
    with desk.db.write() as tx:
        offer = Alternative(0, "SKU-11", "Anhe", ELSEWHERE, 9900, "CNY", 3)
        shops.keep_alternative(tx, SHOP, offer)
    desk.tell(t.OutOfStockReported(HUANYU), by="supplier")
    desk.work()
    desk.approve(PROPOSAL, choice="replace", both_because="She wants the lamp.")
    desk.work()
    row = desk.row(PROPOSAL)
    assert (row.state, row.why) == ("needs_person", "resource_changed")
    assert account.writes == ["change T1"]
    assert account.orders["T1"]["items"][0]["supplier"]["supplier_product_url"] == ELSEWHERE
