"""A world for each test that asks for one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from clients.shopify.admin import ShopifyAdmin
from plugin.sandbox.app import World
from tests.sandbox.worlds import SHOP, PretendApp, Shopper, build


@pytest.fixture
def built(tmp_path: Path) -> Iterator[tuple[World, PretendApp]]:
    world, app = build(tmp_path)
    yield world, app
    world.close()


@pytest.fixture
def world(built: tuple[World, PretendApp]) -> World:
    return built[0]


@pytest.fixture
def app(built: tuple[World, PretendApp]) -> PretendApp:
    return built[1]


@pytest.fixture
def shopper(world: World) -> Shopper:
    return Shopper(world.wsgi.test_client())


@pytest.fixture
def url(world: World) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, world.wsgi, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def admin(url: str) -> ShopifyAdmin:
    return ShopifyAdmin(SHOP, "shpat_test", base_url=f"{url}/shopify/{{shop}}")
