"""One sandbox and one browser for all tests here; without Chromium they are left out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import live


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On one worker, because a sandbox takes a while to start."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.xdist_group("browser"))
            if not live.CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.fixture(scope="session")
def desk() -> Iterator[live.Desk]:
    """A store that has been lived in."""
    with live.sandbox() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with live.chromium() as browser:
        yield browser
