"""The whole app and a pretend world, each on its own port, over real HTTP and SMTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from plugin.clock import Clock
from plugin.sandbox.app import World, create_world
from plugin.settings import read
from plugin.store import outbox, shops, tables
from plugin.terms import Terms
from scheduler.runtime import Runtime, start
from scheduler.sandbox import SHOP, environment_for, prepare, world_settings
from scheduler.sweeps import sweep
from scheduler.web import make_app
from tests.conftest import MONDAY

DAY = timedelta(days=1)


@dataclass
class Whole:
    """App and world, and hands to move them."""

    runtime: Runtime
    world: World
    app_url: str
    environment: dict[str, str]

    def settle(self) -> None:
        """Let the world's webhooks arrive and the app deal with them, until both are at rest."""
        for _ in range(50):
            self.world.deliver_due()
            swept = sweep(self.runtime)
            if not swept and not self.world.postman.has_due():
                return
        raise AssertionError("app and world do not come to rest")

    def turn(self, to: datetime) -> None:
        """Turn the clock, stopping wherever the app has something to do by the clock."""
        while self.runtime.clock.now() < to:
            due = self.runtime.readiness()["next_due"]
            soon = datetime.fromisoformat(due) if due else to
            step = min(to, max(soon, self.runtime.clock.now() + timedelta(seconds=1)))
            self.runtime.clock.turn_to(step)
            self.settle()

    def post(self, path: str, **words: Any) -> requests.Response:
        """A form sent from the app's own page."""
        headers = {"Origin": self.app_url, "Sec-Fetch-Site": "same-origin"}
        return requests.post(f"{self.app_url}{path}", headers=headers, timeout=10, **words)

    def get(self, path: str) -> requests.Response:
        return requests.get(f"{self.app_url}{path}", timeout=10)

    def click_approve(self, case_id: str, key: str) -> int:
        """The button on the case's page; the status of the answer."""
        answer = self.post(f"/cases/{case_id}/approve", data={"key": key}, allow_redirects=False)
        return answer.status_code

    def publish(self, terms: Terms) -> None:
        with self.runtime.db.write() as tx:
            shops.publish(tx, SHOP, terms, self.runtime.clock.now(), author="Alice")

    def rows(self, order_id: int) -> dict[str, outbox.Row]:
        with self.runtime.db.read() as tx:
            return {row.key: row for row in outbox.of_order(tx, SHOP, order_id)}

    def case_of(self, order_id: int) -> dict[str, Any]:
        with self.runtime.db.read() as tx:
            query = tables.cases.select().where(tables.cases.c.order_id == order_id)
            return dict(tx.execute(query).mappings().one())

    def refunds(self, order_id: int) -> list[dict[str, Any]]:
        """The storefront's own ledger."""
        return [r for r in self.world.ledger()["refunds"] if r["order_id"] == order_id]


@pytest.fixture
def whole(tmp_path: Path, database_url: str, free_ports: tuple[int, int]) -> Iterator[Whole]:
    """An app with one shop and a world with nothing in it yet, on a Monday that stands still."""
    app_port, world_port = free_ports
    app_url, world_url = f"http://127.0.0.1:{app_port}", f"http://127.0.0.1:{world_port}"
    environment = environment_for(tmp_path, app_url, world_url)
    environment["POSTVENDITA_DATABASE_URL"] = database_url
    clock = Clock(Path(environment["POSTVENDITA_CLOCK_FILE"]))
    clock.turn_to(MONDAY)
    runtime = start(read(environment), clock)
    prepare(runtime, environment["SANDBOX_TOKEN"], tmp_path)
    world = create_world(world_settings(tmp_path, environment, app_url, "test"))
    with serving(make_app(runtime), app_port), serving(world.wsgi, world_port):
        world.mailbox.start()
        yield Whole(runtime, world, app_url, environment)
        world.close()
    runtime.db.close()


@pytest.fixture
def free_ports() -> tuple[int, int]:
    import socket

    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


@contextmanager
def serving(app: Callable[..., Any], port: int) -> Iterator[None]:
    """Serve a WSGI app on a port for a while."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing."""
