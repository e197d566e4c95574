"""What every answer carries, over every address of the map; made from the map, so none is new."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from plugin.clock import Clock
from plugin.pages import login_link
from plugin.settings import read
from plugin.store import shops
from plugin.store.database import Database
from scheduler.runtime import Runtime
from scheduler.web import make_app
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import SHOP, FakeConnections, FakePostbox, FakeStorefront, FakeSupplier

BASE = "https://desk.example.com"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
NOT_THERE = ("/nowhere", "/webhooks/nowhere", "/api/v1/nowhere", "/report/nowhere", "/..%2f")


FRAMES = (["'none'"], [f"https://{SHOP}", "https://admin.shopify.com"])
"""Where a store may frame a page, that store and its admin by name; everywhere else nobody."""


def framed_by(policy: str) -> list[str]:
    return policy.partition("frame-ancestors ")[2].partition(";")[0].split()


@pytest.fixture
def app(sqlite_db: Database, clock: Clock, tmp_path: Path) -> Flask:
    """All of it, as it is served under https."""
    settings = read(
        {**GOOD, "POSTVENDITA_BASE_URL": BASE, "POSTVENDITA_EVIDENCE_FOLDER": str(tmp_path / "e")}
    )
    with sqlite_db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD")
    connections = FakeConnections(FakeStorefront(clock), FakeSupplier(clock), FakePostbox())
    return make_app(Runtime(settings, sqlite_db, clock, connections))


def client_of(app: Flask, *, known: bool) -> FlaskClient:
    client = app.test_client()
    if known:
        settings = read(GOOD)
        answer = client.get(login_link(settings, SHOP, "Alice"), base_url=BASE)
        assert answer.status_code == 302
    return client


def asked(app: Flask, client: FlaskClient) -> Iterator[tuple[str, TestResponse]]:
    """Every address with every method, and some that are not there."""
    for path in [*map(path_of, app.url_map.iter_rules()), *NOT_THERE]:
        for method in METHODS:
            answer = client.open(path, method=method, base_url=BASE)
            yield f"{method} {path}", answer


def path_of(rule: Rule) -> str:
    found = rule.build(dict.fromkeys(rule.arguments, "1"))
    assert found is not None
    return found[1]


@pytest.mark.parametrize("known", [False, True], ids=["a stranger", "the owner"])
def test_every_answer_has_its_headers(app: Flask, *, known: bool) -> None:
    found: list[str] = []
    count = 0
    for where, answer in asked(app, client_of(app, known=known)):
        count += 1
        headers, policy = answer.headers, answer.headers.get("Content-Security-Policy", "")
        wrong = {
            "nosniff": headers.get("X-Content-Type-Options") != "nosniff",
            "referrer": headers.get("Referrer-Policy") not in {"same-origin", "no-referrer"},
            "https": headers.get("Strict-Transport-Security") != "max-age=31536000",
            "frames": framed_by(policy) not in FRAMES,
            "default": "default-src" not in policy,
            "inline": "unsafe" in policy or "*" in policy,
            "version": bool({"Server", "X-Powered-By", "Via"} & set(headers.keys())),
            "doubled": any(len(headers.getlist(name)) > 1 for name, _ in headers
                           if name not in {"Set-Cookie", "Link", "Vary"}),
            "cookie": any("Secure" not in c or "HttpOnly" not in c or "SameSite" not in c
                          for c in headers.getlist("Set-Cookie")),
            "failed": answer.status_code >= 500,
        }  # fmt: skip
        found += [f"{where} {answer.status_code}: {name}" for name, bad in wrong.items() if bad]
    assert found == []
    assert count > 800, "the map has more than a hundred addresses"


def test_asking_back_what_was_sent_is_off(app: Flask) -> None:
    client = client_of(app, known=False)
    for rule in app.url_map.iter_rules():
        answer = client.open(
            path_of(rule), method="TRACE", base_url=BASE, headers={"X-A": "canary"}
        )
        assert answer.status_code in {401, 404, 405, 429}, rule
        assert "canary" not in answer.get_data(as_text=True)
