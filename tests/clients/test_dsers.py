"""DSers over real HTTP on this machine: what it offers is found out, what it does not is left."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from clients.dsers.session import Limits, Session
from clients.dsers.supplier import Dsers
from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, Retriable
from clients.shopify.access import Access
from plugin.sandbox.dsers_server import DsersServer
from plugin.sandbox.dsers_tools import ALIEXPRESS, Account
from tests.conftest import MONDAY


@dataclass
class Shop:
    """A shop with an account at DSers."""

    server: DsersServer
    supplier: Dsers
    renewals: list[str] = field(default_factory=list)

    @property
    def account(self) -> Account:
        return self.server.account


@pytest.fixture(scope="module")
def running() -> Iterator[DsersServer]:
    server = DsersServer().start()
    yield server
    server.stop()


@pytest.fixture
def shop(running: DsersServer) -> Shop:
    fresh = DsersServer()
    for name in ("account", "authority", "without", "described", "lose", "denied", "as_text"):
        setattr(running, name, getattr(fresh, name))
    tokens = [running.authority.pair()["access_token"]]
    made = Shop(running, None)

    def renewed(used: str) -> str:
        made.renewals.append(used)
        tokens.append(running.authority.pair()["access_token"])
        return tokens[-1]

    access = Access(lambda: tokens[-1], renewed)
    made.supplier = Dsers(Session(running.url, access, limits=Limits(2, 5, 10)), lambda: MONDAY)
    return made


def described(*names: str, demands: Sequence[str] = ()) -> dict[str, Any]:
    properties = {name: {"type": "string"} for name in names}
    return {"type": "object", "properties": properties, "required": list(demands)}


def test_what_the_server_offers_is_found_out_at_connect(shop: Shop) -> None:
    assert set(shop.supplier.box().verbs()) == {
        *("read_order", "detect_no_stock", "intercept", "customs", "resource"),
    }
    assert not shop.supplier.offers("urge")


def test_an_order_is_read(shop: Shop) -> None:
    shop.account.keep("D1", "awaiting_shipment")
    found = shop.supplier.order("D1")
    assert (found.status, found.shipped_at, found.closed) == ("awaiting_shipment", None, False)
    assert (found.paid.minor, found.paid.currency, found.entries) == (1250, "USD", ("D1-1",))
    assert shop.account.calls == ["list_orders", "get_order"]


@pytest.mark.parametrize("as_text", [False, True])
def test_answers_are_read_as_objects_and_as_text(shop: Shop, as_text: bool) -> None:
    shop.server.as_text = as_text
    shop.account.keep("D1", "fulfilled", tracking=("LP1",))
    found = shop.supplier.order("D1")
    assert (found.shipped_at, found.tracking_numbers) == (MONDAY, ("LP1",))


def test_an_order_nobody_has_is_none(shop: Shop) -> None:
    assert shop.supplier.order("D404") is None


def test_without_a_search_the_pages_are_looked_through(shop: Shop) -> None:
    shop.server.described["list_orders"] = described("cursor", "page_size")
    for number in range(150):
        shop.account.keep(f"D{number}", "awaiting_order")
    assert shop.supplier.order("D149").status == "awaiting_order"
    assert shop.account.calls == ["list_orders", "list_orders", "get_order"]


# --- What is not there, or is not what it was -----------------------------------------------------


@pytest.mark.parametrize(
    ("tool", "verb"),
    [
        ("cancel_supplier_order", "intercept"),
        ("update_order_supplier", "resource"),
        ("get_package_details", "customs"),
        ("diagnose_order_issue", "detect_no_stock"),
        ("get_order", "read_order"),
    ],
)
def test_a_verb_without_its_tool_stays_with_the_desk(shop: Shop, tool: str, verb: str) -> None:
    shop.account.keep("D1", "awaiting_shipment")
    shop.server.without.add(tool)
    assert not shop.supplier.offers(verb)
    if verb == "read_order":
        assert shop.supplier.order("D1") is None
        assert shop.supplier.box().verbs() == ()


@pytest.mark.parametrize(
    "schema",
    [
        lambda: described("order", "supplier_platform_id", "status"),
        lambda: described("dsers_order_id", "supplier_platform_id", "status", "x", demands=["x"]),
        described,
        lambda: {"type": "object"},
    ],
    ids=["renamed", "demands more", "empty", "says nothing"],
)
def test_a_tool_that_is_described_otherwise_is_not_used(
    shop: Shop, schema: Callable[[], dict[str, Any]]
) -> None:
    shop.server.described["cancel_supplier_order"] = schema()
    assert not shop.supplier.offers("intercept")
    assert shop.supplier.offers("read_order")


def test_what_a_server_offers_is_looked_at_again_after_an_hour(shop: Shop) -> None:
    now = [MONDAY]
    shop.supplier._now = lambda: now[0]
    assert shop.supplier.offers("customs")
    shop.server.without.add("get_package_details")
    assert shop.supplier.offers("customs")
    now[0] += timedelta(hours=1)
    assert not shop.supplier.offers("customs")


@pytest.mark.parametrize("ask", ["urge", "ask_refund", "claim"])
def test_what_dsers_has_no_tool_for_is_refused_in_words(shop: Shop, ask: str) -> None:
    rest = {"urge": (), "ask_refund": ((), None, "1", "x"), "claim": ((), None, "x", ())}[ask]
    with pytest.raises(Refused, match="no tool"):
        getattr(shop.supplier, ask)("D1", *rest)
    assert list(shop.supplier.refunds("D1")) == []
    assert not shop.account.calls


# --- Stopping -------------------------------------------------------------------------------------


def test_a_purchase_is_asked_to_be_cancelled_and_read_as_cancelled_later(shop: Shop) -> None:
    shop.account.keep("D1", "awaiting_shipment")
    assert shop.supplier.stop("D1") == "asked"
    assert not shop.supplier.order("D1").closed
    shop.account.move("D1", "cancelled")
    assert shop.supplier.order("D1").closed
    assert shop.supplier.stop("D1") == "stopped"
    assert shop.account.writes == ["cancel D1"]


@pytest.mark.parametrize("status", ["awaiting_order", "awaiting_fulfillment", "fulfilled"])
def test_what_was_shipped_or_never_placed_is_not_stopped(shop: Shop, status: str) -> None:
    shop.account.keep("D1", status)
    with pytest.raises(Refused, match=status):
        shop.supplier.stop("D1")
    assert "cancel_supplier_order" not in shop.account.calls


@pytest.mark.parametrize("name", ["Tmall", "AliExpress", ""])
def test_only_agent_and_1688_are_asked(shop: Shop, name: str) -> None:
    shop.account.keep("D1", "awaiting_shipment", platform="777", name=name)
    with pytest.raises(Refused, match="does not cancel"):
        shop.supplier.stop("D1")
    assert "cancel_supplier_order" not in shop.account.calls


def test_a_lost_answer_to_a_cancellation_is_unknown_and_read_back(shop: Shop) -> None:
    shop.account.keep("D1", "awaiting_shipment")
    shop.server.lose.add("cancel_supplier_order")
    with pytest.raises(OutcomeUnknown, match="502"):
        shop.supplier.stop("D1")
    assert shop.account.writes == ["cancel D1"]
    shop.account.move("D1", "cancelled")
    assert shop.supplier.stop("D1") == "stopped"
    assert shop.account.writes == ["cancel D1"]


def test_a_lost_answer_to_a_read_may_be_asked_for_again(shop: Shop) -> None:
    shop.account.keep("D1", "awaiting_shipment")
    shop.server.lose.add("get_order")
    with pytest.raises(Retriable):
        shop.supplier.order("D1")
    assert shop.supplier.order("D1").status == "awaiting_shipment"


# --- Another source -------------------------------------------------------------------------------


def test_an_item_is_bought_elsewhere_once(shop: Shop) -> None:
    shop.account.keep("D1", "failed")
    wanted = "https://www.aliexpress.com/item/1005001.html"
    assert shop.supplier.change_source("D1", "SKU-11", wanted) == "changed"
    assert shop.supplier.change_source("D1", "SKU-11", wanted) == "changed"
    row = shop.account.orders["D1"]["items"][0]["supplier"]
    assert (row["supplier_product_url"], row["supplier_platform_id"]) == (wanted, ALIEXPRESS)
    assert shop.account.writes == ["change D1"]


def test_a_lost_answer_to_a_change_is_unknown_and_read_back(shop: Shop) -> None:
    shop.account.keep("D1", "awaiting_order")
    shop.server.lose.add("update_order_supplier")
    wanted = "https://detail.1688.com/offer/700002.html"
    with pytest.raises(OutcomeUnknown):
        shop.supplier.change_source("D1", "SKU-11", wanted)
    assert shop.supplier.change_source("D1", "SKU-11", wanted) == "changed"
    assert shop.account.writes == ["change D1"]


@pytest.mark.parametrize(
    ("status", "url", "why"),
    [
        ("awaiting_shipment", "https://detail.1688.com/offer/7.html", "awaiting_shipment"),
        ("failed", "https://elsewhere.example/item/7.html", "platform is not known"),
        ("failed", "", "platform is not known"),
    ],
)
def test_what_cannot_be_changed_is_refused_before_it_is_asked(
    shop: Shop, status: str, url: str, why: str
) -> None:
    shop.account.keep("D1", status)
    with pytest.raises(Refused, match=why):
        shop.supplier.change_source("D1", "SKU-11", url)
    assert shop.account.writes == []


def test_an_order_of_several_items_needs_the_sku_to_tell_which(shop: Shop) -> None:
    shop.account.keep("D1", "failed")
    item = shop.account.orders["D1"]["items"][0]
    shop.account.orders["D1"]["items"].append({**item, "dsers_item_id": "D1-2", "sku": "B"})
    wanted = "https://detail.1688.com/offer/700002.html"
    with pytest.raises(Refused, match="which item"):
        shop.supplier.change_source("D1", "C", wanted)
    shop.supplier.change_source("D1", "B", wanted)
    assert shop.account.writes == ["change D1"]


# --- Parcels and stock ----------------------------------------------------------------------------


def test_a_parcel_s_way_is_told_oldest_first_and_without_guessed_times(shop: Shop) -> None:
    shop.account.keep("D1", "fulfilled", tracking=("LP1",))
    shop.account.parcels["LP1"] = [
        {"description": "Held by customs", "normalized_time": "2026-11-20T10:00:00+00:00"},
        {"description": "Departed", "time": "2026-11-18T08:00:00+08:00"},
        {"description": "No zone", "time": "2026-11-19 08:00"},
    ]
    steps = shop.supplier.trace("D1")
    assert [step.text for step in steps] == ["Departed", "Held by customs"]


def test_only_a_failed_check_of_stock_means_out_of_stock(shop: Shop) -> None:
    for order_id, dimensions in {"D1": ("stock",), "D2": ("address",), "D3": ()}.items():
        shop.account.keep(order_id, "awaiting_order")
        shop.account.blocked[order_id] = dimensions
    shop.account.keep("D4", "awaiting_shipment")
    shop.account.blocked["D4"] = ("stock",)
    found = [shop.supplier.out_of_stock(f"D{n}") for n in (1, 2, 3, 4)]
    assert found == [True, False, False, False]


# --- Access ---------------------------------------------------------------------------------------


def test_a_tool_that_is_not_for_us_is_left_alone(shop: Shop) -> None:
    shop.account.keep("D1", "fulfilled", tracking=("LP1",))
    shop.server.denied.add("get_package_details")
    with pytest.raises(NeedsAuthorisation, match="orders:write"):
        shop.supplier.trace("D1")
    assert not shop.supplier.offers("customs")
    assert shop.supplier.order("D1").status == "fulfilled"


def test_an_expired_token_is_renewed_once(shop: Shop) -> None:
    shop.account.keep("D1", "awaiting_shipment")
    shop.supplier.box()
    shop.server.authority.expire()
    assert shop.supplier.order("D1").status == "awaiting_shipment"
    assert len(shop.renewals) == 1


def test_a_token_that_stays_refused_needs_a_person(shop: Shop) -> None:
    access = Access(lambda: "wrong", lambda _used: "wrong too")
    stranger = Dsers(Session(shop.server.url, access), lambda: MONDAY)
    with pytest.raises(NeedsAuthorisation):
        stranger.box()


def test_a_server_that_cannot_be_reached_was_certainly_not_asked() -> None:
    supplier = Dsers(Session("http://127.0.0.1:9/mcp", Access(lambda: "t")), lambda: MONDAY)
    with pytest.raises(Retriable):
        supplier.box()


def test_a_server_that_says_nothing_is_given_up_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/mcp"
        session = Session(url, Access(lambda: "t"), limits=Limits(0.2, 0.1, 0.3))
        with pytest.raises(Retriable):
            session.tools()


def test_a_token_is_not_sent_over_an_open_line() -> None:
    with pytest.raises(ValueError, match="https"):
        Session("http://dsers.example/mcp", Access(lambda: "t"))


def test_a_missing_library_is_said_in_words(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "mcp", None)
    with pytest.raises(Refused, match=r"postvendita\[dsers\]"):
        shop.supplier.box()
