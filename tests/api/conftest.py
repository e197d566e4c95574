"""Alice's shop with an API in front, and a program with keys of each scope."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.api import create_api
from plugin.clock import Clock
from plugin.pages import create_pages
from plugin.pages.roles import SCOPES
from plugin.settings import read
from plugin.store import api_keys
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import SHOP
from tests.pages.conftest import OTHER, Browser, desk_on
from webhooks.app import create_app


class Program:
    """Calls the API with a key of a scope."""

    def __init__(self, client: FlaskClient, keys: dict[str, str], browser: Browser) -> None:
        self.client, self.keys, self.browser = client, keys, browser
        self.case = browser.case.rpartition("/")[2]

    def call(
        self, method: str, path: str, status: int = 200, scope: str = "settings", body: Any = None
    ) -> Any:
        answer = self.raw(method, path, self.keys[scope], body)
        assert answer.status_code == status, (path, answer.get_data(as_text=True))
        return answer.get_json()

    def raw(self, method: str, path: str, key: str, body: Any = None) -> TestResponse:
        headers = {"Authorization": f"Bearer {key}"}
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)


@pytest.fixture
def program(db: Database, clock: Clock, tmp_path: Path) -> Program:
    return program_on(db, clock, tmp_path)


def program_on(db: Database, clock: Clock, folder: Path) -> Program:
    browser = desk_on(db, clock)
    with db.write() as tx:
        keys = {s: api_keys.make(tx, SHOP, s, s, MONDAY, by="Alice") for s in SCOPES}
        keys["other"] = api_keys.make(tx, OTHER, "other", "settings", MONDAY, by="Bob")
    settings = read({**GOOD, "POSTVENDITA_EVIDENCE_FOLDER": str(folder / "evidence")})
    app = create_app(
        inbox=Inbox(db),
        clock=clock,
        shopify_secrets=["s"],
        supplier_secrets=[],
        secret_key=settings.secret_key,
        base_url="http://localhost",
        readiness=lambda: {"ok": True},
        metrics=str,
        pages=[*create_pages(db, clock, settings), *create_api(db, clock, settings)],
    )
    return Program(app.test_client(), keys, browser)
