"""The mail door: signed by Svix or as Standard Webhooks; a tag names the shop, or there is one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from plugin.clock import Clock, StoppedClock
from tests.webhooks.bodies import SHOP, Body, raw
from tests.webhooks.doors import (
    MAIL_SECRET,
    NOW_SECONDS,
    OTHER_SHOP,
    SUPPLIER_SECRET,
    Shelf,
    desk,
    standard,
)

DOOR = "/webhooks/mail"


def bounced(**changes: Any) -> Body:
    data = {
        "created_at": "2026-11-02 08:59:58.894719+00",
        "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
        "from": "Lanterna <desk@example.com>",
        "to": ["alice@example.com"],
        "subject": "About your order #1001",
        "bounce": {"message": "No such user", "subType": "General", "type": "Permanent"},
        **changes,
    }
    return {"type": "email.bounced", "created_at": "2026-11-02T08:59:59.126Z", "data": data}


BODY = raw(bounced())


def signed(body: bytes, **changes: Any) -> Any:
    return standard(body, **{"secret": MAIL_SECRET, "spelled": "svix-"} | changes)


@pytest.mark.parametrize("spelled", ["svix-", "webhook-"])
def test_a_genuine_event_is_kept_under_the_only_shop(
    client: FlaskClient, shelf: Shelf, spelled: str
) -> None:
    answer = client.post(DOOR, data=BODY, headers=signed(BODY, spelled=spelled))

    found = shelf.only
    assert answer.status_code == 200
    assert (found["source"], found["shop"], found["delivery_id"]) == ("mail", SHOP, "msg_1")
    assert (found["topic"], found["state"], found["body"]) == ("email.bounced", "received", BODY)
    assert found["headers"] == {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(NOW_SECONDS),
        "content-type": "application/json",
    }


def test_the_vector_svix_published_comes_in(shelf: Shelf) -> None:
    then = StoppedClock(moment=datetime.fromtimestamp(1614265330, UTC))
    secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
    client = desk(shelf, then, mail_secrets=secrets).test_client()
    headers = {
        "svix-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "svix-timestamp": "1614265330",
        "svix-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }

    answer = client.post(DOOR, data=b'{"test": 2432232314}', headers=headers)
    assert answer.status_code == 200
    assert (shelf.only["delivery_id"], shelf.only["state"], shelf.only["reason"]) == (
        headers["svix-id"],
        "parked",
        "type: missing",
    )


def test_twice_is_once(client: FlaskClient, shelf: Shelf) -> None:
    for spelled in ("svix-", "webhook-"):
        headers = signed(BODY, spelled=spelled)
        assert client.post(DOOR, data=BODY, headers=headers).status_code == 200
    assert len(shelf.kept) == 1


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="none"),
        pytest.param(dict(signed(BODY)) | {"svix-signature": "v1,x"}, id="wrong"),
        pytest.param(dict(signed(BODY)) | {"svix-id": "msg_2"}, id="another id"),
        pytest.param(signed(BODY, at=NOW_SECONDS - 301), id="old"),
        pytest.param(signed(BODY, at=NOW_SECONDS + 301), id="from the future"),
        pytest.param(signed(BODY, secret=SUPPLIER_SECRET), id="a supplier's secret"),
    ],
)
def test_who_cannot_sign_is_turned_away(
    client: FlaskClient, shelf: Shelf, headers: dict[str, str]
) -> None:
    assert client.post(DOOR, data=BODY, headers=headers).status_code == 401
    assert shelf.kept == []


def test_without_a_secret_nobody_comes_in(shelf: Shelf, clock: Clock) -> None:
    client = desk(shelf, clock, mail_secrets=[]).test_client()

    assert client.post(DOOR, data=BODY, headers=signed(BODY)).status_code == 401


@pytest.mark.parametrize(
    "tags",
    [
        [{"name": "kind", "value": "letter"}, {"name": "shop", "value": OTHER_SHOP}],
        [{"value": "x"}, "x", {"name": "shop", "value": "faro"}],
        {"shop": "faro", "kind": "letter"},
    ],
)
def test_the_shop_is_the_tags(client: FlaskClient, shelf: Shelf, tags: object) -> None:
    body = raw(bounced(tags=tags))
    client.post(DOOR, data=body, headers=signed(body))

    assert (shelf.only["shop"], shelf.only["state"]) == (OTHER_SHOP, "received")


@pytest.mark.parametrize("shops", [[], [SHOP, OTHER_SHOP]])
@pytest.mark.parametrize("body", [BODY, b"{", raw(bounced(tags=[{"name": "shop"}]))])
def test_when_nobody_can_say_whose_it_is_it_is_not_taken(
    shelf: Shelf, clock: Clock, shops: list[str], body: bytes
) -> None:
    client = desk(shelf, clock, mail_shops=lambda: shops).test_client()

    assert client.post(DOOR, data=body, headers=signed(body)).status_code == 400
    assert shelf.kept == []


@pytest.mark.parametrize("shops", [[], [SHOP], [SHOP, OTHER_SHOP]])
def test_a_tag_that_names_no_shop_is_kept_aside(
    shelf: Shelf, clock: Clock, shops: list[str]
) -> None:
    client = desk(shelf, clock, mail_shops=lambda: shops).test_client()
    body = raw(bounced(tags={"shop": "evil.com?"}))

    assert client.post(DOOR, data=body, headers=signed(body)).status_code == 200
    assert (shelf.only["shop"], shelf.only["state"]) == ("", "ignored")


@pytest.mark.parametrize(
    ("body", "topic"),
    [
        ({"from": "a@example.com", "subject": "Hello", "text": "Hi"}, "email.received"),
        ({"subject": "Hello"}, "email.received"),
        ({"type": "email.received", "data": {"subject": "Hello"}}, "email.received"),
        ({"type": "email.opened", "data": {}}, "email.opened"),
    ],
)
def test_forwarded_mail_comes_in_by_the_same_door(
    client: FlaskClient, shelf: Shelf, body: Body, topic: str
) -> None:
    text = raw(body)
    assert client.post(DOOR, data=text, headers=signed(text)).status_code == 200
    assert (topic, "received") == (shelf.only["topic"], shelf.only["state"])


def test_forwarded_mail_may_name_its_shop(client: FlaskClient, shelf: Shelf) -> None:
    body = raw({"subject": "Hello", "text": "", "tags": [{"name": "shop", "value": "faro"}]})
    client.post(DOOR, data=body, headers=signed(body))

    assert shelf.only["shop"] == OTHER_SHOP


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"[" * 100_000, "nested deeper than 60"),
        (raw({"data": {}}), "type: missing"),
        (raw({"type": 7, "data": []}), "type: missing"),
        (raw({"type": None, "subject": "x"}), "type: missing"),
    ],
)
def test_genuine_but_unusable_is_kept_for_a_person(
    client: FlaskClient, shelf: Shelf, body: bytes, reason: str
) -> None:
    assert client.post(DOOR, data=body, headers=signed(body)).status_code == 200
    assert (SHOP, "parked", reason) == (
        shelf.only["shop"],
        shelf.only["state"],
        shelf.only["reason"],
    )


def test_the_other_refusals_are_the_same_as_shopifys(client: FlaskClient, shelf: Shelf) -> None:
    headers = dict(signed(BODY))
    zipped = client.post(DOOR, data=BODY, headers=headers | {"Content-Encoding": "br"})
    large = client.post(DOOR, data=b"x" * (2 * 1024 * 1024 + 1), headers=headers)

    assert (zipped.status_code, large.status_code) == (415, 413)
    assert (client.get(DOOR).status_code, client.delete(DOOR).status_code) == (405, 405)
    shelf.broken = RuntimeError("no")
    assert client.post(DOOR, data=BODY, headers=headers).status_code == 503
    assert shelf.kept == []
