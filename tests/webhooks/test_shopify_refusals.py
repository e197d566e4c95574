"""Who and what is turned away at Shopify's door."""

from __future__ import annotations

import base64
import gzip
import io
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient

from plugin.clock import Clock
from tests.webhooks.bodies import order, raw
from tests.webhooks.doors import PREVIOUS, SECRET, Shelf, desk, knock, shopify_headers, signed
from webhooks.door import LARGEST_BODY

BODY = raw(order())
DOOR = "/webhooks/shopify"


GOOD = signed(BODY)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(None, id="W1 absent"),
        pytest.param("", id="W2 empty"),
        pytest.param(signed(BODY, "guess"), id="W3 another secret"),
        pytest.param(signed(BODY + b" "), id="W3 another body"),
        pytest.param(base64.b64decode(GOOD).hex(), id="W4 hex"),
        pytest.param(GOOD + " ", id="W5 space"),
        pytest.param(GOOD.rstrip("="), id="W5 padding"),
        pytest.param(f"{GOOD}, {signed(BODY, 'guess')}", id="W8 two, as servers join them"),
        pytest.param("é", id="not ASCII"),
    ],
)
def test_who_cannot_sign_is_turned_away(
    client: FlaskClient, shelf: Shelf, header: str | None
) -> None:
    answer = knock(client, BODY, X_Shopify_Hmac_Sha256=header)

    assert (answer.status_code, shelf.kept) == (401, [])


def test_w5_a_newline_in_the_signature(client: FlaskClient, shelf: Shelf) -> None:
    environ = {"HTTP_X_SHOPIFY_HMAC_SHA256": GOOD + "\n"}
    headers = shopify_headers(BODY, X_Shopify_Hmac_Sha256=None)
    answer = client.post(DOOR, data=BODY, headers=headers, environ_overrides=environ)

    assert (answer.status_code, shelf.kept) == (401, [])


def test_w7_the_previous_secret_while_it_is_rotated_and_after(shelf: Shelf, clock: Clock) -> None:
    old = {"X_Shopify_Hmac_Sha256": signed(BODY, PREVIOUS)}

    assert knock(desk(shelf, clock).test_client(), BODY, **old).status_code == 200
    after = desk(shelf, clock, shopify_secrets=[SECRET]).test_client()
    assert knock(after, BODY, **old).status_code == 401


def test_w8_two_signature_headers_one_in_each_spelling(client: FlaskClient, shelf: Shelf) -> None:
    assert knock(client, BODY, Shopify_Hmac_Sha256="bad").status_code == 401
    assert shelf.kept == []


def test_w10_a_compressed_body(client: FlaskClient, shelf: Shelf) -> None:
    headers = shopify_headers(BODY, Content_Encoding="gzip")
    answer = client.post(DOOR, data=gzip.compress(BODY), headers=headers)

    assert (answer.status_code, shelf.kept) == (415, [])
    assert knock(client, BODY, Content_Encoding="Identity").status_code == 200


def test_w22_the_largest_body_and_one_byte_more(client: FlaskClient, shelf: Shelf) -> None:
    assert knock(client, b"x" * LARGEST_BODY).status_code == 200
    with structlog.testing.capture_logs() as lines:
        assert knock(client, b"x" * (LARGEST_BODY + 1)).status_code == 413
    assert len(shelf.kept) == 1
    assert [line["log_level"] for line in lines] == ["error"]


class Endless(io.RawIOBase):
    """A body that never ends; counts what is taken of it."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.taken += len(buffer)
        return len(buffer)


def test_w22_chunked_without_a_length_is_cut_at_the_limit(
    client: FlaskClient, shelf: Shelf
) -> None:
    body = Endless()
    answer = client.post(
        DOOR,
        headers=shopify_headers(b"", Transfer_Encoding="chunked"),
        environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True},
    )

    assert (answer.status_code, shelf.kept) == (413, [])
    assert body.taken < LARGEST_BODY + 1_000_000


def test_w23_less_body_than_announced(client: FlaskClient, shelf: Shelf) -> None:
    answer = client.post(
        DOOR,
        data=b"12345",
        headers=shopify_headers(b"12345"),
        environ_overrides={"CONTENT_LENGTH": "10"},
    )

    assert (answer.status_code, shelf.kept) == (400, [])


def test_w52_a_forged_uninstall_is_turned_away(client: FlaskClient, shelf: Shelf) -> None:
    answer = knock(
        client, b"{}", X_Shopify_Topic="app/uninstalled", X_Shopify_Hmac_Sha256=signed(b"{ }")
    )

    assert (answer.status_code, shelf.kept) == (401, [])


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_only_post(client: FlaskClient, method: str) -> None:
    answer = client.open(DOOR, method=method)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/shopify/",
        "//webhooks//shopify",
        "/webhooks/orders/updated/",
        "/webhooks/%2e%2e/shopify",
        "/webhooks/../webhooks/shopify",
        "/webhooks",
        "/webhooks/",
    ],
)
def test_w58_no_other_path_and_no_redirect(client: FlaskClient, shelf: Shelf, path: str) -> None:
    environ = {"PATH_INFO": path.replace("%2e", ".")}
    answer = client.post("/", data=BODY, headers=shopify_headers(BODY), environ_overrides=environ)

    assert (answer.status_code, shelf.kept) == (404, [])
    assert "Location" not in answer.headers


def test_a_refusal_is_one_line_without_a_word_of_the_request(client: FlaskClient) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = knock(client, BODY, X_Shopify_Hmac_Sha256="sEcReT", X_Shopify_Topic="tOpIc")

    assert [{"source", "status", "why", "event", "log_level"}] == [set(line) for line in lines]
    assert "sEcReT" not in str(lines) + answer.text
    assert "tOpIc" not in str(lines) + answer.text
