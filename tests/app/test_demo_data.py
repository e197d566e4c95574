"""The demo shop: as many cases as asked for, each as true as a real one."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from plugin import policy
from plugin.caselist import list_row
from plugin.clock import StoppedClock
from plugin.fold import fold
from plugin.pages import create_pages, login_link
from plugin.settings import read
from plugin.store import outbox, shops, tables, timelines
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from plugin.terms import Situation
from scheduler import demo_data
from scheduler.cli import main
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY, Prepared
from tests.standing import stands, summed
from webhooks.app import create_app

CASES = 300


@pytest.fixture(autouse=True)
def few_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough of them to have every situation."""
    lived = demo_data.lived
    monkeypatch.setattr(demo_data, "lived", lambda shop, now, seed: lived(shop, now, seed, 18))


@pytest.fixture
def filled(db: Database, prepared: Prepared) -> Database:
    prepared.fill(db, "demo", lambda: fill(db))
    return db


def fill(db: Database) -> None:
    assert sum(demo_data.fill(db, demo_data.SHOP, CASES, MONDAY)) == CASES


def test_every_situation_is_there_and_no_id_twice(filled: Database) -> None:
    with filled.read() as tx:
        rows = tx.execute(sa.select(tables.cases)).mappings().all()
    assert len(rows) == CASES
    assert {row["situation"] for row in rows} == set(Situation)
    assert len({row["number"] for row in rows}) == CASES


def test_a_copied_case_equals_its_timeline(filled: Database) -> None:
    with filled.read() as tx:
        picked = tx.execute(sa.select(tables.cases).limit(40)).mappings().all()
        for row in picked:
            order = fold(timelines.read(tx, demo_data.SHOP, row["order_id"]))
            record = order.cases[row["case_id"]]
            terms = shops.terms_of(tx, demo_data.SHOP, 1)
            is_open = [c for c in policy.cases(order, terms, {1: terms}) if c.opened]
            case = next((c for c in is_open if c.id == row["case_id"]), None)
            again = list_row(order, record, case, row["updated_at"])
            assert {name: row[name] for name in again} == again
            rows = {r.key for r in outbox.of_order(tx, demo_data.SHOP, row["order_id"])}
            assert rows == set(order.planned)


def test_what_stands_on_the_first_page_is_what_the_rows_add_up_to(filled: Database) -> None:
    with filled.read() as tx:
        assert summed(tx, demo_data.SHOP) == stands(tx, demo_data.SHOP)
        assert len(stands(tx, demo_data.SHOP)["at_risk"]) > 1


def test_its_cases_open_and_are_found_by_their_customer(filled: Database) -> None:
    settings, clock = read(GOOD), StoppedClock(moment=MONDAY)
    app = create_app(
        inbox=Inbox(filled), clock=clock, shopify_secrets=["s"], supplier_secrets=[],
        secret_key=settings.secret_key, base_url="http://localhost",
        readiness=lambda: {"ok": True}, metrics=str,
        pages=create_pages(filled, clock, settings),
    )  # fmt: skip
    client = app.test_client()
    client.get(login_link(settings, demo_data.SHOP, "Alice"))
    with filled.read() as tx:
        chosen = sa.select(tables.cases.c.case_id, tables.customers.c.email).join(
            tables.customers, tables.customers.c.order_id == tables.cases.c.order_id
        )
        picked = tx.execute(chosen.limit(25)).all()
    for case_id, email in picked:
        assert client.get(f"/cases/{case_id}").status_code == 200
        found = client.get("/cases", query_string={"q": email}).get_data(as_text=True)
        assert case_id in found


def test_nothing_of_it_goes_out(filled: Database) -> None:
    with filled.write() as tx:
        found = shops.find(tx, demo_data.SHOP)
        assert found is not None
        assert found.state == shops.PAUSED
        assert outbox.claim(tx, MONDAY, limit=10) == []


def test_the_command_fills_once_and_names_a_shop_that_is_there(sqlite_url: str) -> None:
    settings = {**GOOD, "POSTVENDITA_DATABASE_URL": sqlite_url, "POSTVENDITA_LOG_LEVEL": "error"}
    first = CliRunner(env=settings).invoke(main, ["demo-data", "--cases", "20"])
    assert (first.exit_code, "has 20 cases" in first.output) == (0, True)
    second = CliRunner(env=settings).invoke(main, ["demo-data", "--cases", "20"])
    assert second.exit_code == 2
    assert "is there already" in second.output
