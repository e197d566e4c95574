from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from plugin.clock import Clock
from tests.webhooks.doors import Shelf, desk


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def client(shelf: Shelf, clock: Clock) -> FlaskClient:
    return desk(shelf, clock).test_client()
