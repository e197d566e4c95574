"""A backup holds everything, shows nothing, and is checked as a whole before it is put in place."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from plugin import timeline as t
from plugin.casework import Casework
from plugin.customer import Customer
from plugin.store import append_only, deeds, outbox, reports, restorations, shops, tables, timelines
from plugin.store.reports import Evidence
from scheduler.backup import making, postgres_copy, restoring
from scheduler.backup import manifest as lists
from scheduler.backup.restoring import NotEmpty, NotWhole
from scheduler.backup.sealed import Unreadable
from scheduler.runtime import Runtime
from tests.audit.conftest import intruder
from tests.backup.conftest import KEY
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.story import HUANYU, order_seen, purchase

CANARY = "kanarie-7f3"
Elsewhere = Callable[[], Runtime]


@pytest.fixture
def full(runtime: Runtime) -> Runtime:
    """An order with a customer, a picture, something planned and something asked."""
    with runtime.db.write() as tx:
        work = Casework(tx, SHOP, ORDER_ID, MONDAY)
        work.record([order_seen(), purchase(), t.NoteWritten(CANARY)], by="store", cause="x")
        work.record([t.OutOfStockReported(HUANYU)], by="supplier", cause="y")
        customer = Customer(name=CANARY, email=f"{CANARY}@example.com")
        timelines.keep_customer(tx, SHOP, ORDER_ID, customer)
        case_id = str(tx.execute(sa.select(tables.cases.c.case_id)).scalars().first())
    keep = runtime.connections.evidence()
    kept = keep.receive(io.BytesIO(f"a picture of {CANARY}".encode()), 1000)
    keep.put_derived(kept.sha256, "picture.jpg", f"a copy of {CANARY}".encode())
    piece = Evidence(case_id, kept.sha256, ORDER_ID, 1, "a.jpg", "picture", "image/jpeg",
                     kept.size, "", True, (), {}, MONDAY, "customer")  # fmt: skip
    with runtime.db.write() as tx:
        reports.keep_evidence(tx, SHOP, piece)
    return runtime


def everything(runtime: Runtime) -> dict[str, list[tuple[object, ...]]]:
    with runtime.db.read() as tx:
        return {
            table.name: sorted(tuple(map(str, row)) for row in tx.execute(sa.select(table)))
            for table in tables.metadata.sorted_tables
        }


CHANGED = {"chain", "deeds", "restorations", "shops", "outbox", "purchases"}
"""What beginning carefully touches."""


def test_all_of_it_comes_back(full: Runtime, elsewhere: Elsewhere, tmp_path: Path) -> None:
    before = everything(full)
    made = making.make(full, tmp_path / "b", KEY)
    there = elsewhere()
    done = restoring.restore(there, tmp_path / "b", KEY, replace=False)
    after = everything(there)
    assert {k: v for k, v in after.items() if k not in CHANGED} == {
        k: v for k, v in before.items() if k not in CHANGED
    }
    assert done.rows == sum(made.manifest.rows.values()) > 20
    assert done.links == len(before["chain"])
    assert done.files == 2
    keep, kept = there.connections.evidence(), full.connections.evidence()
    (sha256,) = reports_of(there)
    assert keep.path(sha256).read_bytes() == kept.path(sha256).read_bytes()
    copy = keep.derived(sha256, "picture.jpg").read_bytes()
    assert copy == f"a copy of {CANARY}".encode()


def reports_of(runtime: Runtime) -> set[str]:
    with runtime.db.read() as tx:
        return reports.kept_files(tx)


def test_the_backup_shows_nothing_of_what_it_holds(full: Runtime, tmp_path: Path) -> None:
    making.make(full, tmp_path / "b", KEY)
    content = (tmp_path / "b").read_bytes()
    for word in (CANARY, SHOP, "Huanyu", "sqlite", "PGDMP", "manifest"):
        assert content.lower().count(word.lower().encode()) == 0
    assert (tmp_path / "b").stat().st_mode & 0o077 == 0
    beside = [one.name for one in tmp_path.iterdir() if one.name.startswith(".")]
    assert beside == [], "nothing readable is left beside it"


def test_another_key_restores_nothing(full: Runtime, elsewhere: Elsewhere, tmp_path: Path) -> None:
    making.make(full, tmp_path / "b", KEY)
    there = elsewhere()
    with pytest.raises(Unreadable, match="POSTVENDITA_BACKUP_KEY"):
        restoring.restore(there, tmp_path / "b", bytes(32), replace=False)
    assert is_empty(there)


def is_empty(there: Runtime) -> bool:
    if there.db.is_sqlite:
        return not Path(str(there.db.url.database)).exists()
    with there.db.read() as tx:
        return postgres_copy.is_empty(tx)


def test_a_backup_is_never_written_over_another(full: Runtime, tmp_path: Path) -> None:
    making.make(full, tmp_path / "b", KEY)
    before = (tmp_path / "b").read_bytes()
    with pytest.raises(FileExistsError):
        making.make(full, tmp_path / "b", KEY)
    assert (tmp_path / "b").read_bytes() == before


def test_a_target_that_holds_something_is_refused_and_stays_as_it_was(
    full: Runtime, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    making.make(full, tmp_path / "b", KEY)
    before = everything(full)
    with pytest.raises(NotEmpty):
        restoring.restore(full, tmp_path / "b", KEY, replace=False)
    assert everything(full) == before
    there = elsewhere()
    there.connections.evidence().receive(io.BytesIO(b"somebody's"), 100)
    with pytest.raises(NotEmpty, match="files already"):
        restoring.restore(there, tmp_path / "b", KEY, replace=False)
    assert is_empty(there)


def test_where_it_is_said_the_target_is_replaced(full: Runtime, tmp_path: Path) -> None:
    making.make(full, tmp_path / "b", KEY)
    with full.db.write() as tx:
        Casework(tx, SHOP, 2002, MONDAY).record([order_seen()], by="store", cause="x")
    done = restoring.restore(full, tmp_path / "b", KEY, replace=True)
    with full.db.read() as tx:
        assert timelines.of_shop(tx, SHOP) == [ORDER_ID]
    if full.db.is_sqlite:
        assert done.aside is not None
        assert done.aside.exists(), "what was there is kept aside"


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"rows": {"events": 99}}, "events has"),
        ({"heads": {SHOP: [1, "0" * 64]}}, "does not end where the list says"),
        ({"files": {}}, "is not what was put in"),
        ({"schema": "9999"}, "does not know"),
    ],
)
def test_a_backup_that_is_not_what_its_list_says_is_refused(
    full: Runtime,
    elsewhere: Elsewhere,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    other: dict[str, object],
    says: str,
) -> None:
    honest = lists.written
    monkeypatch.setattr(lists, "written", lambda m: honest(replace(m, **other)))
    making.make(full, tmp_path / "b", KEY)
    there = elsewhere()
    with pytest.raises(NotWhole, match=says):
        restoring.restore(there, tmp_path / "b", KEY, replace=False)
    assert is_empty(there)


def test_a_history_that_was_changed_before_the_backup_is_refused(
    full: Runtime, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    with intruder(full.db) as tx:
        tx.execute(sa.update(tables.events).values(by="Mallory"))
    making.make(full, tmp_path / "b", KEY)
    with pytest.raises(NotWhole, match="is not as it was written"):
        restoring.restore(elsewhere(), tmp_path / "b", KEY, replace=False)


def test_evidence_that_is_gone_is_named_and_nothing_is_made_up(
    full: Runtime, tmp_path: Path
) -> None:
    (sha256,) = reports_of(full)
    full.connections.evidence().remove(sha256)
    made = making.make(full, tmp_path / "b", KEY)
    assert list(made.manifest.missing) == [sha256]


def test_a_backup_under_load_is_one_state(
    full: Runtime, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    """Two write all the time while it is made; what comes back is whole, and checked as such."""
    stop = threading.Event()
    failed: list[BaseException] = []

    def write(number: int) -> None:
        count = 0
        try:
            while not stop.is_set():
                count += 1
                with full.db.write() as tx:
                    work = Casework(tx, SHOP, 3000 + number * 1000 + count % 50, MONDAY)
                    work.record([order_seen(), t.NoteWritten(str(count))], by="A", cause="x")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    try:
        for number in range(3):
            making.make(full, tmp_path / f"b{number}", KEY)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failed == []
    restoring.restore(elsewhere(), tmp_path / "b2", KEY, replace=False)


def test_after_a_restore_nothing_is_certain(
    full: Runtime, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    making.make(full, tmp_path / "b", KEY)
    there = elsewhere()
    restoring.restore(there, tmp_path / "b", KEY, replace=False)
    since = MONDAY - restoring.BEFORE
    with there.db.write() as tx:
        states = {row.state for row in outbox.of_order(tx, SHOP, ORDER_ID)}
        assert "planned" not in states
        assert "unknown" in states
        assert outbox.claim(tx, MONDAY, limit=16) == []
        found = restorations.of_shop(tx, SHOP)
        assert found is not None
        assert (found.since, found.ended_at) == (since, None)
        shop = shops.find(tx, SHOP)
        assert shop is not None
        assert shop.reconciled_to == since
        assert [one.what for one in deeds.of_shop(tx, SHOP, 1)] == ["restored"]
        assert append_only.missing(tx) == []


def test_a_missing_or_old_tool_is_named(full: Runtime, tmp_path: Path) -> None:
    if full.db.is_sqlite:
        return  # copies without any tool
    nothing = replace(full.settings, postgres_tools=tmp_path)
    with pytest.raises(postgres_copy.NoTool, match="pg_dump is not installed"):
        making.make(Runtime(nothing, full.db, full.clock, full.connections), tmp_path / "b", KEY)
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    old.chmod(0o755)
    with pytest.raises(postgres_copy.NoTool, match="is version 9 and the server"):
        making.make(Runtime(nothing, full.db, full.clock, full.connections), tmp_path / "b", KEY)
    assert not (tmp_path / "b").exists()
