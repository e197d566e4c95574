"""Tmall's door: signed with an app's secret, and the secret says whose it is."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from plugin.clock import Clock
from tests.webhooks.bodies import SHOP, raw
from tests.webhooks.doors import (
    OTHER_SHOP,
    TMALL_KEY,
    TMALL_PREVIOUS,
    TMALL_SECRET,
    Shelf,
    desk,
    tmall_headers,
)

DOOR = "/webhooks/tmall"
BODY = raw({"message_type": 3, "seller_id": "1234", "data": {"purchase_id": 200077821489}})


def test_a_genuine_push_is_kept_under_the_shop_whose_secret_signed_it(
    client: FlaskClient, shelf: Shelf
) -> None:
    assert client.post(DOOR, data=BODY, headers=tmall_headers(BODY)).status_code == 200
    other = tmall_headers(BODY, app_key="654321")
    assert client.post(DOOR, data=BODY, headers=other).status_code == 200

    first, second = shelf.kept
    assert (first["source"], first["topic"], first["state"]) == ("tmall", "push/3", "received")
    assert (first["shop"], second["shop"]) == (SHOP, OTHER_SHOP)
    assert (first["body"], first["headers"]) == (BODY, {})


def test_the_published_example_is_genuine(client: FlaskClient, shelf: Shelf) -> None:
    body = b'{"message_type":53,"seller_id":"1234"}'
    signed = "45e57bc86778827c215ef9dd36876ec7d3fdd39c63087c928fa012c82ab5d3a1"

    assert client.post(DOOR, data=body, headers={"Authorization": signed}).status_code == 200
    assert shelf.only["topic"] == "push/53"


def test_the_secret_before_counts_while_it_is_listed(client: FlaskClient, shelf: Shelf) -> None:
    headers = tmall_headers(BODY, secret=TMALL_PREVIOUS)

    assert client.post(DOOR, data=BODY, headers=headers).status_code == 200
    assert shelf.only["shop"] == SHOP


def test_twice_is_once_by_its_bytes_where_it_has_no_id(client: FlaskClient, shelf: Shelf) -> None:
    for _ in range(2):
        assert client.post(DOOR, data=BODY, headers=tmall_headers(BODY)).status_code == 200
    later = raw({"message_type": 3, "data": {"purchase_id": 200077821489}, "timestamp": 2})
    client.post(DOOR, data=later, headers=tmall_headers(later))

    first, second = shelf.kept
    assert {len(first["delivery_id"]), len(second["delivery_id"])} == {64}
    assert first["delivery_id"] != second["delivery_id"]


@pytest.mark.parametrize(
    ("named", "expected"),
    [({"message_id": "m-1"}, "m-1"), ({"msg_id": 77}, "77"), ({"id": 5, "msg_id": None}, "5")],
)
def test_an_id_of_its_own_is_used(
    client: FlaskClient, shelf: Shelf, named: dict[str, Any], expected: str
) -> None:
    body = raw({"message_type": 9, "data": {}, **named})
    client.post(DOOR, data=body, headers=tmall_headers(body))

    assert shelf.only["delivery_id"] == expected


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="none"),
        pytest.param({"Authorization": ""}, id="empty"),
        pytest.param({"Authorization": "0" * 64}, id="wrong"),
        pytest.param(tmall_headers(BODY, secret="other"), id="another secret"),
        pytest.param(tmall_headers(BODY, app_key="1"), id="another app"),
        pytest.param(tmall_headers(BODY + b" "), id="another body"),
        pytest.param({"Authorization": tmall_headers(BODY)["Authorization"].upper()}, id="upper"),
    ],
)
def test_who_cannot_sign_is_turned_away(
    client: FlaskClient, shelf: Shelf, headers: dict[str, str]
) -> None:
    assert client.post(DOOR, data=BODY, headers=headers).status_code == 401
    assert shelf.kept == []


@pytest.mark.parametrize("secrets", [{}, {SHOP: []}, {SHOP: [(TMALL_KEY, "")]}])
def test_without_a_secret_nobody_comes_in(shelf: Shelf, clock: Clock, secrets: Any) -> None:
    client = desk(shelf, clock, tmall_secrets=secrets).test_client()

    headers = tmall_headers(BODY, secret="")
    assert client.post(DOOR, data=BODY, headers=headers).status_code == 401
    assert client.post(DOOR, data=BODY, headers=tmall_headers(BODY)).status_code == 401


def test_two_shops_cannot_share_a_secret(shelf: Shelf, clock: Clock) -> None:
    pair = [(TMALL_KEY, TMALL_SECRET)]
    with pytest.raises(ValueError, match="two shops"):
        desk(shelf, clock, tmall_secrets={SHOP: pair, OTHER_SHOP: pair})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b'{"message_type":3,"message_type":8}', "message_type: given twice"),
        (b'{"message_type":NaN}', "NaN is not a number"),
        (raw({"data": {}}), "message_type: missing"),
        (raw({"message_type": True}), "message_type: missing"),
        (raw({"message_type": [3]}), "message_type: missing"),
    ],
)
def test_genuine_but_unusable_is_kept_for_a_person(
    client: FlaskClient, shelf: Shelf, body: bytes, reason: str
) -> None:
    assert client.post(DOOR, data=body, headers=tmall_headers(body)).status_code == 200
    assert (SHOP, "parked", reason) == (
        shelf.only["shop"],
        shelf.only["state"],
        shelf.only["reason"],
    )


def test_the_other_refusals_are_the_same_as_shopifys(client: FlaskClient, shelf: Shelf) -> None:
    headers = dict(tmall_headers(BODY))
    zipped = client.post(DOOR, data=BODY, headers=headers | {"Content-Encoding": "gzip"})
    large = client.post(DOOR, data=b"x" * (2 * 1024 * 1024 + 1), headers=headers)

    assert (zipped.status_code, large.status_code) == (415, 413)
    assert (client.get(DOOR).status_code, client.put(DOOR).status_code) == (405, 405)
    assert client.post(DOOR + "/", data=BODY, headers=headers).status_code == 404
    shelf.broken = RuntimeError("no")
    assert client.post(DOOR, data=BODY, headers=headers).status_code == 503
    assert shelf.kept == []
