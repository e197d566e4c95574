"""Shopify's door on the server's loop: the answers Flask gives, and nobody waits for the slow."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy import event

from plugin.clock import Clock
from plugin.store import tables
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from tests.webhooks.asking import Request, post, together, until
from tests.webhooks.bodies import SHOP, order, raw
from tests.webhooks.doors import PREVIOUS, SECRET, Shelf, desk, shopify_headers, signed
from webhooks import front
from webhooks.app import headers_for
from webhooks.door import LARGEST_BODY
from webhooks.front import ShopifyFront, Site
from webhooks.shopify import PATH

BODY = raw(order())
FLUSHES_OF_A_COMMIT = 5
"""Of SQLite with a rollback journal, as strace counts them; one with WAL."""
BASE = "https://desk.example.com"


def door(inbox: Any, clock: Clock) -> ShopifyFront:
    return ShopifyFront(inbox, clock, [SECRET, PREVIOUS], headers_for(BASE), writers=1)


@pytest.fixture
def entrance(shelf: Shelf, clock: Clock) -> ShopifyFront:
    return door(shelf, clock)


ASKED: dict[str, tuple[bytes, dict[str, str | None]]] = {
    "as Shopify sends it": (BODY, {}),
    "nothing in it": (b"", {}),
    "no JSON": (b"\xff\xfe", {"Content_Type": "text/xml"}),
    "no signature": (BODY, {"X_Shopify_Hmac_Sha256": None}),
    "a wrong signature": (BODY, {"X_Shopify_Hmac_Sha256": "bad"}),
    "signed by the secret before": (BODY, {"X_Shopify_Hmac_Sha256": signed(BODY, PREVIOUS)}),
    "a signature in each spelling": (BODY, {"Shopify_Hmac_Sha256": "bad"}),
    "no shop": (BODY, {"X_Shopify_Shop_Domain": None}),
    "a shop that is none": (BODY, {"X_Shopify_Shop_Domain": "evil.example.com"}),
    "no topic": (BODY, {"X_Shopify_Topic": None}),
    "no id": (BODY, {"X_Shopify_Webhook_Id": None}),
    "an id that is too long": (BODY, {"X_Shopify_Webhook_Id": "x" * 300}),
    "upper case": (BODY, {"X_Shopify_Shop_Domain": SHOP.upper()}),
    "compressed": (BODY, {"Content_Encoding": "gzip"}),
    "identity": (BODY, {"Content_Encoding": "Identity"}),
    "the largest": (b"x" * LARGEST_BODY, {}),
    "too large": (b"x" * (LARGEST_BODY + 1), {}),
}


@pytest.mark.parametrize("name", ASKED)
def test_both_entrances_say_and_keep_the_same(name: str, clock: Clock) -> None:
    body, changes = ASKED[name]
    headers = shopify_headers(body, **changes)
    behind, before = Shelf(), Shelf()
    flask = desk(behind, clock, base_url=BASE).test_client().post(PATH, data=body, headers=headers)
    ours = asyncio.run(post(door(before, clock), PATH, body, headers))

    assert (ours.status, ours.body) == (flask.status_code, flask.data)
    assert before.kept == behind.kept
    told = {name.lower(): value for name, value in flask.headers.items()}
    ours.headers.pop("connection", None)
    assert ours.headers == told


def test_both_entrances_say_when_to_come_again(clock: Clock) -> None:
    shelf, headers = Shelf(broken=RuntimeError("disk full")), shopify_headers(BODY)
    flask = desk(shelf, clock).test_client().post(PATH, data=BODY, headers=headers)
    ours = asyncio.run(post(door(shelf, clock), PATH, BODY, headers))

    assert (ours.status, ours.body) == (flask.status_code, flask.data) == (503, b"try again\n")
    assert ours.headers["retry-after"] == flask.headers["Retry-After"] == "5"


def test_an_inbox_that_fails_as_a_whole_thanks_nobody(clock: Clock) -> None:
    class Broken(Shelf):
        def keep_all(self, deliveries: Sequence[Mapping[str, Any]]) -> list[bool | Exception]:
            raise RuntimeError("no database")

    async def ask() -> list[int]:
        entrance = door(Broken(), clock)
        asked = [post(entrance, PATH, BODY, shopify_headers(BODY)) for _ in range(3)]
        return [heard.status for heard in await together(asked)]

    assert asyncio.run(ask()) == [503] * 3


def test_only_this_address_is_answered_here(entrance: ShopifyFront) -> None:
    seen: list[str] = []

    async def others(scope: Any, receive: Any, send: Any) -> None:
        seen.append(f"{scope['method']} {scope['path']}")

    site = Site(others, entrance)
    others_asked = [("GET", PATH), ("POST", PATH + "/"), ("POST", "//webhooks/shopify")]
    for method, path in [*others_asked, ("POST", "/webhooks/supplier")]:
        asyncio.run(Request(path, {}, method=method).ask(site))
    assert len(seen) == 4
    assert asyncio.run(post(site, PATH, BODY, shopify_headers(BODY))).status == 200
    assert len(seen) == 4


def test_a_header_with_an_underscore_is_nobodys(entrance: ShopifyFront, shelf: Shelf) -> None:
    headers = shopify_headers(BODY, X_Shopify_Topic=None)
    fields = [(n.lower().encode(), v.encode()) for n, v in headers.items()]
    fields.append((b"x_shopify_topic", b"app/uninstalled"))

    assert asyncio.run(post(entrance, PATH, BODY, fields)).status == 200
    assert (shelf.only["topic"], shelf.only["state"]) == ("", "parked")


def test_two_signatures_of_one_spelling_are_none(entrance: ShopifyFront, shelf: Shelf) -> None:
    fields = [(n.lower().encode(), v.encode()) for n, v in shopify_headers(BODY).items()]
    fields.append((b"x-shopify-hmac-sha256", signed(BODY).encode()))

    assert asyncio.run(post(entrance, PATH, BODY, fields)).status == 401
    assert shelf.kept == []


def test_others_are_answered_while_many_bodies_come_slowly(
    entrance: ShopifyFront, shelf: Shelf
) -> None:
    async def ask() -> tuple[list[int], list[int]]:
        slow = [
            Request(PATH, shopify_headers(BODY, X_Shopify_Webhook_Id=f"slow {n}"))
            for n in range(100)
        ]
        tasks = [asyncio.create_task(one.ask(entrance)) for one in slow]
        for one in slow:
            one.feed(BODY[:1], more=True)
        quick = [(await post(entrance, PATH, BODY, shopify_headers(BODY))).status]
        assert not any(task.done() for task in tasks)
        for one in slow:
            one.feed(BODY[1:], more=False)
        return quick, [heard.status for heard in await together(tasks)]

    assert asyncio.run(ask()) == ([200], [200] * 100)
    assert len(shelf.kept) == 101


def test_w23_a_body_that_does_not_end_is_not_waited_for(
    entrance: ShopifyFront, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "BODY_SECONDS", 0.01)

    async def ask() -> tuple[int, str]:
        request = Request(PATH, shopify_headers(BODY))
        request.feed(BODY[:5], more=True)
        heard = await request.ask(entrance)
        return heard.status, heard.headers["connection"]

    assert asyncio.run(ask()) == (408, "close")
    assert shelf.kept == []


def test_whoever_hangs_up_half_way_leaves_nothing(entrance: ShopifyFront, shelf: Shelf) -> None:
    async def ask() -> int:
        request = Request(PATH, shopify_headers(BODY))
        request.feed(BODY[:5], more=True)
        request.hang_up()
        return (await request.ask(entrance)).status

    assert asyncio.run(ask()) == 0
    assert shelf.kept == []
    assert entrance._bytes == 0


@pytest.mark.parametrize("announced", [True, False])
def test_w22_a_body_that_is_too_large_is_not_taken_to_its_end(
    entrance: ShopifyFront, announced: bool
) -> None:
    length = {"Content-Length": str(LARGEST_BODY + 1)} if announced else {}

    async def ask() -> int:
        request = Request(PATH, {**shopify_headers(BODY), **length})
        if not announced:
            for _ in range(3):
                request.feed(b"x" * (LARGEST_BODY // 2), more=True)
        heard = await request.ask(entrance)
        assert heard.headers["connection"] == "close"
        return heard.status

    with structlog.testing.capture_logs() as lines:
        assert asyncio.run(ask()) == 413
    assert [line["log_level"] for line in lines] == ["error"]


class Stuck(Shelf):
    """An inbox whose disk takes as long as the test likes."""

    def __init__(self) -> None:
        super().__init__()
        self.free = threading.Event()

    def keep_all(self, deliveries: Sequence[Mapping[str, Any]]) -> list[bool | Exception]:
        self.free.wait(60)
        return super().keep_all(deliveries)


def test_one_shops_flood_is_told_to_come_again_and_another_shop_is_kept(clock: Clock) -> None:
    shelf = Stuck()

    async def ask() -> tuple[Counter[int], int, set[str]]:
        entrance = door(shelf, clock)

        def of(shop: str, n: int) -> asyncio.Task[Any]:
            names = {"X_Shopify_Shop_Domain": shop, "X_Shopify_Webhook_Id": f"{n}"}
            return asyncio.create_task(post(entrance, PATH, BODY, shopify_headers(BODY, **names)))

        flood = [of("flood.myshopify.com", n) for n in range(2 * front.MOST_OF_A_SHOP)]
        await until(lambda: sum(one.done() for one in flood) == front.MOST_OF_A_SHOP)
        other = of(SHOP, 0)
        shelf.free.set()
        heard = await together(flood)
        again = {one.headers["retry-after"] for one in heard if one.status == 503}
        return Counter(one.status for one in heard), (await other).status, again

    with structlog.testing.capture_logs() as lines:
        statuses, other, again = asyncio.run(ask())
    assert statuses == {200: front.MOST_OF_A_SHOP, 503: front.MOST_OF_A_SHOP}
    assert (other, again) == (200, {"5"})
    assert len(lines) == 1, "a flood is one line of the log, not one for each"


def test_when_too_much_waits_the_next_come_again_and_later_they_are_kept(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "MOST_WAITING", 10)
    shelf = Stuck()

    async def ask() -> tuple[Counter[int], int]:
        entrance = door(shelf, clock)
        tasks = [
            asyncio.create_task(
                post(entrance, PATH, BODY, shopify_headers(BODY, X_Shopify_Webhook_Id=f"{n}"))
            )
            for n in range(15)
        ]
        await until(lambda: sum(task.done() for task in tasks) == 5)
        shelf.free.set()
        first = Counter(heard.status for heard in await together(tasks))
        return first, (await post(entrance, PATH, BODY, shopify_headers(BODY))).status

    assert asyncio.run(ask()) == ({200: 10, 503: 5}, 200)


def test_bodies_fill_the_memory_only_so_far(
    entrance: ShopifyFront, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "MOST_BYTES", 1_000)

    async def ask() -> list[int]:
        slow = Request(PATH, shopify_headers(BODY, X_Shopify_Webhook_Id="slow"))
        slow.feed(BODY, more=True)
        task = asyncio.create_task(slow.ask(entrance))
        await until(lambda: entrance._bytes > 0)
        full = await post(entrance, PATH, BODY, shopify_headers(BODY))
        slow.feed(b"", more=False)
        ended = await task
        again = await post(entrance, PATH, BODY, shopify_headers(BODY))
        return [full.status, ended.status, again.status]

    assert asyncio.run(ask()) == [503, 200, 200]


@pytest.fixture
def commits(db: Database) -> Iterator[list[str]]:
    """One entry for each transaction that was committed."""
    seen: list[str] = []

    def committed(_connection: object) -> None:
        seen.append("commit")

    event.listen(db.engine, "commit", committed)
    yield seen
    event.remove(db.engine, "commit", committed)


def test_sixteen_senders_share_their_commits_and_none_is_left_behind(
    db: Database, clock: Clock, commits: list[str]
) -> None:
    senders, wanted = 16, 1_000
    served: Counter[int] = Counter()

    async def send(entrance: ShopifyFront, sender: int) -> None:
        while served.total() < wanted:
            number = f"{sender}-{served[sender]}"
            headers = shopify_headers(BODY, X_Shopify_Webhook_Id=number)
            assert (await post(entrance, PATH, BODY, headers)).status == 200
            served[sender] += 1

    async def ask() -> None:
        entrance = door(Inbox(db), clock)
        await asyncio.gather(*(send(entrance, n) for n in range(senders)))

    asyncio.run(ask())
    with db.read() as tx:
        kept = tx.execute(sa.select(sa.func.count()).select_from(tables.inbox)).scalar_one()
    assert kept == served.total() >= wanted
    assert len(commits) * FLUSHES_OF_A_COMMIT <= kept * 400 / 1_000
    assert min(served.values()) >= max(served.values()) / 4
