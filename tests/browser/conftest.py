"""One sandbox and one browser for all tests here; without Chromium they are left out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import live


# Of the package, not of the session: a sandbox that nobody looks at takes its share of a core.
@pytest.fixture(scope="package")
def desk() -> Iterator[live.Desk]:
    """A store that has been lived in."""
    with live.sandbox() as running:
        yield running


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with live.chromium() as browser:
        yield browser
