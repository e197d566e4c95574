"""The application around the doors: manners of every answer, and whose forms count."""

from __future__ import annotations

import pytest
import structlog
from flask import Blueprint, Flask, abort, request
from flask.testing import FlaskClient

from plugin.clock import Clock
from tests.webhooks.doors import Shelf, desk


def pages() -> Blueprint:
    blueprint = Blueprint("pages", __name__)

    @blueprint.get("/")
    def home() -> str:
        return "hello"

    @blueprint.post("/approve")
    def approve() -> str:
        return "approved " + request.form.get("key", "")

    @blueprint.get("/framed")
    def framed() -> tuple[str, dict[str, str]]:
        return "", {"Content-Security-Policy": "frame-ancestors https://a.myshopify.com"}

    @blueprint.get("/broken")
    def broken() -> str:
        raise RuntimeError("token-canary")

    @blueprint.get("/teapot")
    def teapot() -> str:
        abort(418, "canary")

    @blueprint.get("/moved")
    def moved() -> tuple[str, int, dict[str, str]]:
        return "", 303, {"Location": "/"}

    return blueprint


@pytest.fixture
def app(shelf: Shelf, clock: Clock) -> Flask:
    return desk(shelf, clock, pages=[pages()])


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("path", ["/", "/nowhere", "/broken", "/healthz", "/webhooks/shopify"])
def test_every_answer_has_the_headers(browser: FlaskClient, path: str) -> None:
    headers = browser.get(path).headers

    assert (
        (headers["Content-Security-Policy"])
        == "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert (
        headers["X-Content-Type-Options"],
        headers["Referrer-Policy"],
    ) == ("nosniff", "same-origin")
    assert "Strict-Transport-Security" not in headers
    assert "Server" not in headers


def test_a_page_may_say_who_frames_it(browser: FlaskClient) -> None:
    policy = browser.get("/framed").headers["Content-Security-Policy"]

    assert policy == "frame-ancestors https://a.myshopify.com"


def test_over_https_browsers_are_told_to_stay_there(shelf: Shelf, clock: Clock) -> None:
    app = desk(shelf, clock, base_url="https://desk.example.com")

    assert (
        (app.test_client().get("/healthz").headers["Strict-Transport-Security"])
        == "max-age=31536000"
    )
    assert app.config["SESSION_COOKIE_SECURE"]


OWN = "http://localhost"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": OWN}, 403),
        ({"Sec-Fetch-Site": ""}, 403),
        ({"Origin": OWN}, 200),
        ({"Origin": "http://LOCALHOST"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "http://localhost:81"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "file://localhost"}, 403),
        ({"Referer": OWN + "/"}, 403),
        ({}, 403),
    ],
)
def test_only_our_own_pages_change_anything(
    browser: FlaskClient, headers: dict[str, str], expected: int
) -> None:
    assert expected == browser.post("/approve", data={"key": "k"}, headers=headers).status_code


def test_behind_a_proxy_the_address_people_know_counts(shelf: Shelf, clock: Clock) -> None:
    app = desk(shelf, clock, pages=[pages()], base_url="https://desk.example.com")
    answer = app.test_client().post("/approve", headers={"Origin": "https://desk.example.com"})

    assert answer.status_code == 200


def test_looking_needs_no_proof(browser: FlaskClient) -> None:
    assert browser.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_wrong_address_is_not_found_whoever_asks(browser: FlaskClient) -> None:
    assert browser.post("/nowhere").status_code == 404
    assert browser.post("/").status_code == 405


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/nowhere", 404, "404 Not Found\n"),
        ("/broken", 500, "500 Internal Server Error\n"),
        ("/teapot", 418, "418 I'm a Teapot\n"),
    ],
)
def test_errors_say_what_and_not_why(
    browser: FlaskClient, path: str, status: int, text: str
) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = browser.get(path)

    assert (status, text) == (answer.status_code, answer.text)
    assert len(lines) == 1
    assert "canary" not in str(lines)


def test_a_failure_is_logged_with_the_way_to_it(browser: FlaskClient) -> None:
    with structlog.testing.capture_logs() as lines:
        browser.get("/broken")

    assert lines[0]["error"] == "RuntimeError"
    assert lines[0]["where"][-1].endswith(" broken")


def test_errors_may_have_a_page_but_not_for_webhooks(shelf: Shelf, clock: Clock) -> None:
    app = desk(shelf, clock, error_page=lambda status, phrase: f"<h1>{status} {phrase}</h1>")
    client = app.test_client()

    found = client.get("/nowhere")
    assert (found.text, found.mimetype) == ("<h1>404 Not Found</h1>", "text/html")
    assert client.get("/webhooks/nowhere").text == "404 Not Found\n"


def test_answers_of_pages_pass_as_they_are(browser: FlaskClient) -> None:
    assert (browser.get("/moved").status_code, browser.get("/moved").location) == (303, "/")


def test_forms_have_limits(browser: FlaskClient) -> None:
    own = {"Sec-Fetch-Site": "same-origin"}
    large = browser.post(
        "/approve",
        data={"key": "x" * (600 * 1024)},
        content_type="multipart/form-data",
        headers=own,
    )
    many = browser.post(
        "/approve",
        data={f"k{i}": "x" for i in range(501)},
        content_type="multipart/form-data",
        headers=own,
    )
    huge = browser.post("/approve", data={"key": "x" * (2 * 1024 * 1024)}, headers=own)

    assert [a.status_code for a in (large, many, huge)] == [413, 413, 413]


def test_alive(browser: FlaskClient) -> None:
    answer = browser.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"ok": True})


def test_ready_or_not(shelf: Shelf, clock: Clock) -> None:
    def broken() -> dict[str, bool]:
        raise RuntimeError("the database is away")

    for readiness, expected in (
        (lambda: {"ok": True, "inbox": 3}, (200, {"ok": True, "inbox": 3})),
        (lambda: {"ok": False, "inbox": 3}, (503, {"ok": False, "inbox": 3})),
        (dict, (503, {})),
        (broken, (503, {"ok": False})),
    ):
        answer = desk(shelf, clock, readiness=readiness).test_client().get("/readyz")
        assert expected == (answer.status_code, answer.json)


def test_metrics(browser: FlaskClient) -> None:
    answer = browser.get("/metrics")

    assert (answer.text, answer.mimetype) == ("up 1\n", "text/plain")
