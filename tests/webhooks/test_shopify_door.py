"""Shopify's door, through Flask: what is kept, and under whose name."""

from __future__ import annotations

import hashlib
import threading

import pytest
import structlog
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from plugin.clock import Clock
from plugin.store import inbox
from plugin.store.database import Database
from tests.conftest import MONDAY
from tests.webhooks.bodies import SHOP, order, raw
from tests.webhooks.doors import Shelf, desk, knock, shopify_headers

BODY = raw(order())
DOOR = "/webhooks/shopify"


def test_a_genuine_delivery_is_kept_whole_and_then_thanked(
    client: FlaskClient, shelf: Shelf
) -> None:
    answer = knock(client, BODY)

    assert (answer.status_code, answer.data) == (200, b"ok\n")
    assert shelf.only == {
        "source": "shopify",
        "shop": SHOP,
        "delivery_id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "topic": "orders/create",
        "headers": {
            "topic": "orders/create",
            "shop-domain": SHOP,
            "webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
            "event-id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
            "triggered-at": "2026-11-02T09:00:00.123Z",
            "api-version": "2026-10",
            "content-type": "application/json",
        },
        "body": BODY,
        "received_at": MONDAY,
        "state": "received",
        "reason": "",
    }


def test_the_successors_spelling_of_the_headers_is_understood(
    client: FlaskClient, shelf: Shelf
) -> None:
    headers = {n.removeprefix("X-").lower(): v for n, v in shopify_headers(BODY).items()}

    assert client.post(DOOR, data=BODY, headers=headers).status_code == 200
    assert (shelf.only["topic"], shelf.only["shop"]) == ("orders/create", SHOP)


def test_w11_an_empty_body_is_kept_for_the_reader_to_park(
    client: FlaskClient, shelf: Shelf
) -> None:
    assert knock(client, b"").status_code == 200
    assert shelf.only["body"] == b""


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"id": NaN}', b"\xff\xfe", b"a=1"])
def test_nothing_is_read_at_the_door(client: FlaskClient, shelf: Shelf, body: bytes) -> None:
    form = "application/x-www-form-urlencoded"
    for kind, number in (("application/json", "1"), ("text/xml", "2"), (form, "3")):
        answer = knock(client, body, Content_Type=kind, X_Shopify_Webhook_Id=number)
        assert answer.status_code == 200
    assert [body] * 3 == [kept["body"] for kept in shelf.kept]
    assert shelf.kept[1]["headers"]["content-type"] == "text/xml"


def test_the_same_delivery_again_is_thanked_again(client: FlaskClient, shelf: Shelf) -> None:
    assert [knock(client, BODY).status_code for _ in range(2)] == [200, 200]
    assert len(shelf.kept) == 1


def test_w28_the_same_body_under_a_new_id_is_another_delivery(
    client: FlaskClient, shelf: Shelf
) -> None:
    knock(client, BODY)
    knock(client, BODY, X_Shopify_Webhook_Id="another")

    assert len(shelf.kept) == 2


@pytest.mark.parametrize(
    "claimed",
    [
        "evil.com?.myshopify.com",
        "a.myshopify.com.evil.com",
        "a.myshopify.com.",
        "a.b.myshopify.com",
        "-a.myshopify.com",
        ".myshopify.com",
        "myshopify.com",
        "a_b.myshopify.com",
        "a.myshopify.com:443",
        "x" * 64 + ".myshopify.com",
        "é.myshopify.com",
        "?",
    ],
)
def test_w31_a_shop_that_is_none_touches_nobody(
    client: FlaskClient, shelf: Shelf, claimed: str
) -> None:
    assert knock(client, BODY, X_Shopify_Shop_Domain=claimed).status_code == 200
    assert (shelf.only["shop"], shelf.only["state"]) == ("", "ignored")
    assert shelf.only["reason"] == "the shop header does not name a shop"


@pytest.mark.parametrize("claimed", ["a.myshopify.com\r\nX: y", "a.myshopify.com\n", "a\0"])
def test_w31_line_breaks_in_the_shop(client: FlaskClient, shelf: Shelf, claimed: str) -> None:
    environ = {"HTTP_X_SHOPIFY_SHOP_DOMAIN": claimed}
    headers = shopify_headers(BODY, X_Shopify_Shop_Domain=None)
    answer = client.post(DOOR, data=BODY, headers=headers, environ_overrides=environ)

    assert (answer.status_code, shelf.only["shop"], shelf.only["state"]) == (200, "", "ignored")
    assert "".join(shelf.only["headers"].values()).isprintable()


def test_w31_upper_case_is_the_same_shop(client: FlaskClient, shelf: Shelf) -> None:
    knock(client, BODY, X_Shopify_Shop_Domain=SHOP.upper())

    assert (shelf.only["shop"], shelf.only["state"]) == (SHOP, "received")


@pytest.mark.parametrize(
    ("changes", "shop", "reason"),
    [
        ({"X_Shopify_Topic": None}, SHOP, "there is no topic header"),
        ({"X_Shopify_Shop_Domain": None}, "", "there is no shop header"),
        ({"X_Shopify_Webhook_Id": None}, SHOP, "there is no webhook id header"),
        ({"X_Shopify_Webhook_Id": ""}, SHOP, "there is no webhook id header"),
    ],
)
def test_genuine_but_without_a_header_is_for_a_person(
    client: FlaskClient, shelf: Shelf, changes: dict[str, str | None], shop: str, reason: str
) -> None:
    assert knock(client, BODY, **changes).status_code == 200
    found = shelf.only
    assert (shop, "parked", reason) == (found["shop"], found["state"], found["reason"])


def test_without_an_id_the_topic_and_body_are_the_id(client: FlaskClient, shelf: Shelf) -> None:
    for topic in ("orders/create", "orders/create", "orders/paid"):
        knock(client, BODY, X_Shopify_Webhook_Id=None, X_Shopify_Topic=topic)
    knock(client, BODY + b" ", X_Shopify_Webhook_Id=None)

    assert len(shelf.kept) == 3
    assert {64} == {len(kept["delivery_id"]) for kept in shelf.kept}


def test_w34_an_id_of_ten_thousand_letters_is_kept_as_its_hash(
    client: FlaskClient, shelf: Shelf
) -> None:
    for _ in range(2):
        assert knock(client, BODY, X_Shopify_Webhook_Id="i" * 10_000).status_code == 200

    digest = hashlib.sha256((10_000).to_bytes(8, "big") + b"i" * 10_000)
    assert digest.hexdigest() == shelf.only["delivery_id"]
    assert shelf.only["state"] == "received"
    assert all(len(value) <= 200 for value in shelf.only["headers"].values())


def test_an_id_of_200_letters_is_kept_as_it_is(client: FlaskClient, shelf: Shelf) -> None:
    knock(client, BODY, X_Shopify_Webhook_Id="i" * 200)

    assert shelf.only["delivery_id"] == "i" * 200


@pytest.mark.parametrize("topic", ["../../admin", "orders/fly", "t" * 5000])
def test_w32_a_topic_nobody_knows_is_kept(client: FlaskClient, shelf: Shelf, topic: str) -> None:
    assert knock(client, BODY, X_Shopify_Topic=topic).status_code == 200
    assert topic[:90] == shelf.only["topic"]


@pytest.mark.parametrize("when", ["2026-10-31T09:00:00Z", "2027-01-01T00:00:00Z", "yesterday"])
def test_w35_the_trigger_time_is_only_noted(client: FlaskClient, shelf: Shelf, when: str) -> None:
    assert knock(client, BODY, X_Shopify_Triggered_At=when).status_code == 200
    assert (when, "received") == (shelf.only["headers"]["triggered-at"], shelf.only["state"])


@pytest.mark.parametrize(
    "trouble",
    [
        OperationalError("INSERT", {"body": "Via Garibaldi 7"}, Exception("database is locked")),
        OSError(28, "No space left on device: Via Garibaldi 7"),
        ValueError("Via Garibaldi 7"),
    ],
)
def test_what_could_not_be_kept_is_asked_for_again(
    client: FlaskClient, shelf: Shelf, trouble: Exception
) -> None:
    shelf.broken = trouble
    with structlog.testing.capture_logs() as lines:
        answer = knock(client, BODY)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert len(lines) == 1
    assert "Garibaldi" not in str(lines) + answer.text
    shelf.broken = None
    assert knock(client, BODY).status_code == 200


def test_the_real_inbox_has_it_once_on_both_databases(db: Database, clock: Clock) -> None:
    """W26: two hands the same delivery in the same moment; W29: each shop's rows are its own."""
    app = desk(inbox.Inbox(db), clock)
    answers: list[int] = []

    def bring() -> None:
        answers.append(knock(app.test_client(), BODY).status_code)

    hands = [threading.Thread(target=bring) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    knock(app.test_client(), BODY, X_Shopify_Shop_Domain="other.myshopify.com")
    knock(app.test_client(), BODY, X_Shopify_Shop_Domain="?")
    knock(app.test_client(), BODY, X_Shopify_Webhook_Id="\x9f" * 300, X_Shopify_Topic="\x9f")

    assert answers == [200] * 4
    with db.read() as tx:
        assert inbox.counts(tx, SHOP)["received"] == 1
        assert inbox.counts(tx, "other.myshopify.com")["received"] == 1
        assert inbox.counts(tx, "") == {"ignored": 1}
        assert inbox.counts(tx, SHOP)["parked"] == 1
        assert inbox.waiting(tx, MONDAY)[0].body == BODY
