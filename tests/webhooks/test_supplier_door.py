"""The supplier's door: signed as Standard Webhooks, the shop stands in the body."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from plugin.clock import Clock
from tests.webhooks.bodies import SHOP, raw
from tests.webhooks.doors import NOW_SECONDS, Shelf, desk, standard
from tests.webhooks.moves import push, recorded

DOOR = "/webhooks/supplier"
BODY = raw(recorded())


def test_a_genuine_message_is_kept_under_the_shop_it_names(
    client: FlaskClient, shelf: Shelf
) -> None:
    answer = client.post(DOOR, data=BODY, headers=standard(BODY))

    assert answer.status_code == 200
    found = shelf.only
    assert (found["source"], found["shop"], found["delivery_id"]) == ("supplier", SHOP, "msg_1")
    assert (
        found["topic"],
        found["state"],
        found["body"],
    ) == ("purchase.recorded", "received", BODY)
    assert {"webhook-id", "webhook-timestamp", "content-type"} == set(found["headers"])


def test_twice_is_once(client: FlaskClient, shelf: Shelf) -> None:
    for _ in range(2):
        assert client.post(DOOR, data=BODY, headers=standard(BODY)).status_code == 200
    assert len(shelf.kept) == 1


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="none"),
        pytest.param(dict(standard(BODY)) | {"webhook-signature": "v1,x"}, id="wrong"),
        pytest.param(dict(standard(BODY)) | {"webhook-id": "msg_2"}, id="another id"),
        pytest.param(standard(BODY, at=NOW_SECONDS - 301), id="old"),
        pytest.param(standard(BODY, at=NOW_SECONDS + 301), id="from the future"),
        pytest.param(standard(BODY, at="soon"), id="no time"),
        pytest.param(standard(BODY, secret="whsec_" + "QUJD" * 8), id="another secret"),
    ],
)
def test_who_cannot_sign_is_turned_away(
    client: FlaskClient, shelf: Shelf, headers: dict[str, str]
) -> None:
    assert client.post(DOOR, data=BODY, headers=headers).status_code == 401
    assert shelf.kept == []


def test_without_a_secret_nobody_comes_in(shelf: Shelf, clock: Clock) -> None:
    client = desk(shelf, clock, supplier_secrets=[]).test_client()

    assert client.post(DOOR, data=BODY, headers=standard(BODY)).status_code == 401


@pytest.mark.parametrize(
    ("body", "shop", "state", "reason"),
    [
        (b"", "", "parked", "empty"),
        (b"[" * 100_000, "", "parked", "nested deeper than 60"),
        (b'{"shop":"a.myshopify.com","shop":"b.myshopify.com"}', "", "parked", "shop: given twice"),
        (raw({"type": "purchase.shipped"}), "", "parked", "shop: missing"),
        (raw({"type": "x", "shop": 7}), "", "parked", "shop: missing"),
        (raw({"shop": SHOP, "data": {}}), SHOP, "parked", "type: missing"),
        (raw({"shop": SHOP, "type": ["a"]}), SHOP, "parked", "type: missing"),
        (raw({"shop": "a.com", "type": "x"}), "", "ignored", "shop: does not name a shop"),
        (raw({"shop": SHOP, "type": "nonsense"}), SHOP, "received", ""),
    ],
)
def test_genuine_but_unusable_is_kept_for_a_person(
    client: FlaskClient, shelf: Shelf, body: bytes, shop: str, state: str, reason: str
) -> None:
    assert client.post(DOOR, data=body, headers=standard(body)).status_code == 200
    found = shelf.only
    assert (shop, state, reason) == (found["shop"], found["state"], found["reason"])


def test_the_other_refusals_are_the_same_as_shopifys(client: FlaskClient, shelf: Shelf) -> None:
    headers = standard(BODY)
    zipped = client.post(DOOR, data=BODY, headers=dict(headers) | {"Content-Encoding": "br"})
    large = client.post(DOOR, data=b"x" * (2 * 1024 * 1024 + 1), headers=headers)

    assert (zipped.status_code, large.status_code) == (415, 413)
    assert client.get(DOOR).status_code == 405
    shelf.broken = RuntimeError("no")
    assert client.post(DOOR, data=BODY, headers=headers).status_code == 503
    assert shelf.kept == []


def test_a_long_id_is_kept_as_its_hash(client: FlaskClient, shelf: Shelf) -> None:
    body = raw(push("purchase.answered"))
    client.post(DOOR, data=body, headers=standard(body, id="m" * 201))

    assert len(shelf.only["delivery_id"]) == 64
