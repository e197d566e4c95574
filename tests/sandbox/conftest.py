"""A world for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.sandbox.app import World
from tests.sandbox.worlds import PretendApp, Shopper, build


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
