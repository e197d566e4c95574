"""Every page of a shop with many cases: no more questions than for a few, none without an index."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from bench import addresses
from plugin.api import create_api
from plugin.clock import StoppedClock
from plugin.pages import create_pages, login_link
from plugin.settings import read
from plugin.store import api_keys, tables
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from scheduler import demo_data
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY, Prepared
from tests.pages.test_listing import queries
from webhooks.app import create_app

SHOP = demo_data.SHOP
FEW, MANY = 40, 400
FILES = {"desk.recovery_csv", "api.export_everything"}
"""Not pages: they are sent while they are read, a thousand rows for one question."""
LARGE = ("cases", "orders", "events", "outbox", "customers", "purchases", "ledger", "recoveries")


@pytest.fixture(autouse=True)
def few_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    lived = demo_data.lived
    monkeypatch.setattr(demo_data, "lived", lambda shop, now, seed: lived(shop, now, seed, 18))


class Shop:
    """A demo shop with a desk and an API."""

    def __init__(self, db: Database, prepared: Prepared, cases: int) -> None:
        self.db = db
        prepared.fill(db, f"many-{cases}", lambda: self._fill(cases))
        with db.write() as tx:
            self.key = api_keys.make(tx, SHOP, "all", "settings", MONDAY, by="Alice")
        self.app = _app(db)
        self.client: FlaskClient = self.app.test_client()
        self.client.get(login_link(read(GOOD), SHOP, "Alice"))
        self.paths = dict(addresses.of(self.app, db, SHOP))

    def _fill(self, cases: int) -> None:
        assert sum(demo_data.fill(self.db, SHOP, cases, MONDAY)) == cases

    def asks(self, path: str) -> list[str]:
        """The statements a page sends."""
        headers = {"Authorization": f"Bearer {self.key}"}
        with queries(self.db) as seen:
            answer = self.client.get(path, headers=headers if path.startswith("/api") else {})
            answer.get_data()
        assert answer.status_code in {200, 404}, path
        return [statement for statement in seen if statement.startswith(("SELECT", "WITH"))]


def _app(db: Database) -> Flask:
    settings, clock = read(GOOD), StoppedClock(MONDAY)
    return create_app(
        inbox=Inbox(db), clock=clock, shopify_secrets=["s"], supplier_secrets=[],
        secret_key=settings.secret_key, base_url="http://localhost",
        readiness=lambda: {"ok": True}, metrics=str,
        pages=[*create_pages(db, clock, settings), *create_api(db, clock, settings)],
    )  # fmt: skip


@pytest.fixture
def many(db: Database, prepared: Prepared) -> Shop:
    return Shop(db, prepared, MANY)


@pytest.fixture
def many_on_sqlite(sqlite_db: Database, prepared: Prepared) -> Shop:
    return Shop(sqlite_db, prepared, MANY)


@pytest.fixture
def few(tmp_path_factory: pytest.TempPathFactory, prepared: Prepared) -> Iterator[Shop]:
    db = Database(f"sqlite:///{tmp_path_factory.mktemp('few') / 'few.db'}")
    tables.metadata.create_all(db.engine)
    yield Shop(db, prepared, FEW)
    db.close()


def test_a_pages_questions_do_not_grow_with_its_rows(few: Shop, many_on_sqlite: Shop) -> None:
    grown = {}
    for name, path in few.paths.items():
        if "/cases/" in path or "/orders/" in path or name in FILES:
            continue  # one order's own; the next test looks at those
        path_of_many = many_on_sqlite.paths.get(name, path)
        counts = len(few.asks(path)), len(many_on_sqlite.asks(path_of_many))
        if counts[0] < counts[1]:
            grown[name] = counts
    assert grown == {}


def test_no_page_asks_the_same_for_each_of_its_rows(many: Shop) -> None:
    found = {}
    for name, path in many.paths.items():
        if name in FILES:
            continue
        most = Counter(many.asks(path)).most_common(1)
        if most and most[0][1] > 3:
            found[name] = most[0]
    assert found == {}


def test_no_page_goes_through_a_whole_table(many_on_sqlite: Shop) -> None:
    # Once counted, a hundred rows of four hundred are rightly found by reading all four hundred.
    _forget_the_counts(many_on_sqlite.db)
    found = {}
    for name, path in many_on_sqlite.paths.items():
        for statement, plan in _plans(many_on_sqlite, path):
            for step in plan:
                if re.match(rf"SCAN ({'|'.join(LARGE)})\b", step):
                    found[name] = (step, statement)
    assert found == {}


@pytest.mark.parametrize("counted", [False, True])
@pytest.mark.parametrize(
    ("path", "index"),
    [
        ("/cases", "ix_cases_all"),
        ("/cases?status=needs_you", "ix_cases_urgency"),
        ("/cases?status=closed", "ix_cases_urgency"),
        ("/cases?waits=supplier", "ix_cases_waits"),
        ("/cases?due=week", "ix_cases_deadline|ix_cases_all"),
    ],
)
def test_a_list_is_read_from_its_index_and_its_rows_by_their_key(
    many_on_sqlite: Shop, path: str, index: str, counted: bool
) -> None:
    """Also while nobody has counted the rows: a new shop's first list is as quick."""
    if counted:
        many_on_sqlite.db.count_rows()
    else:
        _forget_the_counts(many_on_sqlite.db)
    plans = list(_plans(many_on_sqlite, path))
    (ids,) = [plan for statement, plan in plans if statement.startswith("SELECT cases.case_id \n")]
    assert re.search(rf"INDEX ({index}) \(shop=\?", ids[0])
    (rows,) = [plan for statement, plan in plans if "LEFT OUTER JOIN orders" in statement]
    assert "(shop=? AND case_id=?)" in rows[0]
    assert not [step for step in rows if "TEMP B-TREE" in step]


def test_what_people_did_is_not_looked_for_among_everything(many_on_sqlite: Shop) -> None:
    plans = [plan for q, plan in _plans(many_on_sqlite, "/audit") if "ORDER BY events.at" in q]
    assert "INDEX ix_events_people (shop=?)" in plans[0][0]


def _plans(shop: Shop, path: str) -> Iterator[tuple[str, list[str]]]:
    """Each statement of a page with the steps SQLite takes for it."""
    told: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, values: object, *_rest: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            told.append((statement, values))

    event.listen(shop.db._reader, "before_cursor_execute", note)
    shop.asks(path)
    event.remove(shop.db._reader, "before_cursor_execute", note)
    with shop.db.read() as tx:
        for statement, values in told:
            explained = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type] # as the driver got them
            yield statement, [row[3] for row in explained]


def _forget_the_counts(db: Database) -> None:
    with db.write() as tx:
        if sa.inspect(tx).has_table("sqlite_stat1"):
            tx.execute(sa.text("DELETE FROM sqlite_stat1"))
    db._reader.dispose()
