"""A build that stands alone, let in over the store's grant page: real HTTP from end to end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import requests

from plugin.clock import Clock
from plugin.sandbox.app import create_world
from plugin.settings import read
from plugin.store import migrate, shops
from scheduler.runtime import start
from scheduler.sandbox import SHOP, environment_for, world_settings
from scheduler.web import make_app
from tests.conftest import MONDAY
from tests.end_to_end.conftest import serving


def test_from_the_grant_page_to_the_first_page_and_a_renewed_token(
    tmp_path: Path, sqlite_url: str, free_ports: tuple[int, int]
) -> None:
    app_url, world_url = (f"http://127.0.0.1:{port}" for port in free_ports)
    environment = environment_for(tmp_path, app_url, world_url)
    environment |= {"POSTVENDITA_DATABASE_URL": sqlite_url, "POSTVENDITA_DESK_OPEN_TO": ""}
    clock = Clock(Path(environment["POSTVENDITA_CLOCK_FILE"]))
    clock.turn_to(MONDAY)
    runtime = start(read(environment), clock)
    migrate.upgrade(runtime.db)
    world = create_world(world_settings(tmp_path, environment, app_url, "test"))
    with (
        serving(make_app(runtime), free_ports[0]),
        serving(world.wsgi, free_ports[1]),
        requests.Session() as browser,
    ):
        asked = browser.get(f"{app_url}/auth", params={"shop": SHOP})
        home = browser.post(asked.url)
        assert (home.status_code, home.url) == (200, f"{app_url}/")
        back = home.history[0].headers["location"]
        assert browser.get(back).status_code == 400
        clock.turn_to(MONDAY + timedelta(hours=2))
        assert runtime.connections.storefront(SHOP).order(1) is None
        world.close()
    with runtime.db.read() as tx:
        found = shops.find(tx, SHOP)
    assert found is not None
    assert found.watching
    runtime.db.close()
