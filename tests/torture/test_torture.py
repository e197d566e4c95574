"""Each kind of blow in small, and that the counting notices what it is there to notice."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plugin.store import database
from plugin.store.sqlite import sqlite3
from tests import conftest
from tests.torture import frozen, full_disk, killed, ledgers, power_cut, unflushed
from tests.torture.database import Stop
from tests.torture.kinds import Blow, Kind, in_a_town
from tests.torture.postgres import Postgres
from tests.torture.tally import FEW, Tally

SMALL: dict[str, tuple[Blow, int]] = {
    "both": (killed.BOTH, 2),
    "serve": (killed.SERVE, 2),
    "database": (Stop(soonest=0.1, more=0.1, patience=600), 1),
    "freeze": (frozen.Freeze(), 1),
    "disk": (full_disk.FullDisk(mounts=False), 1),
    "power-sqlite": (power_cut.SQLITE, 3),
    "power-postgresql": (power_cut.POSTGRESQL, 1),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """One server for them all: making one takes longer than any of them."""
    with tempfile.TemporaryDirectory(prefix="torture-", ignore_cleanup_errors=True) as folder:
        made = Postgres(Path(folder) / "postgres")
        yield made
        made.close()


@pytest.mark.enable_socket
@pytest.mark.parametrize("kind", SMALL)
def test_nothing_is_done_twice_and_nothing_is_lost(
    kind: str, server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_prepare", conftest.PREPARED)  # here the power is cut
    blow, count = SMALL[kind]
    tally = in_a_town(Kind(blow, 0), count, 1, lambda: None, server)
    assert tally.details()[1:] == []
    assert tally.good
    assert tally.blows == count


# --- The counting ---------------------------------------------------------------------------------


def test_a_run_that_hardly_ever_met_the_window_proves_nothing() -> None:
    assert not Tally("worker", blows=FEW, inside=FEW // 20).good
    assert Tally("worker", blows=FEW, inside=FEW // 10).good


@pytest.mark.parametrize("what", ["double_refunds", "double_orders", "lost", "wrong"])
def test_whatever_is_found_fails_the_run(what: str) -> None:
    tally = Tally("worker", blows=FEW, inside=FEW)
    getattr(tally, what).append("one")
    assert not tally.good
    assert len(tally.details()) == 1


def test_money_twice_and_money_beside_goods_are_seen() -> None:
    class Fed:
        reissues = frozenset({2})

    tally = Tally("worker")
    orders = [
        {"id": 1, "name": "#1", "refunded_minor": 20, "paid_minor": 10},
        {"id": 2, "name": "#2", "refunded_minor": 10, "paid_minor": 10},
        {"id": 3, "name": "#3", "refunded_minor": 10, "paid_minor": 10},
    ]
    seen = {"orders": orders, "refunds": [{"key": "a"}, {"key": "a"}, {"key": "b"}]}
    ledgers.double_money(seen, Fed(), tally)
    assert tally.double_refunds == ["key a", "order #1", "money and goods for #2"]


def test_goods_ordered_twice_and_money_asked_back_twice_are_seen() -> None:
    draft = {"note": "Sent again for #1, ...", "lines": [{"sku": "A", "quantity": 1}]}
    placed: list[dict[str, Any]] = [{**draft, "order_id": n} for n in (7, 8, None)]
    tally = Tally("worker")
    asked = [{"reference": "T1"}, {"reference": "T1"}, {"reference": "T2"}]
    urges = {"T3": ["now", "then"], "T4": ["now"]}
    ledgers.double_goods({"drafts": placed, "supplier_refunds": asked, "urges": urges}, tally)
    assert len(tally.double_orders) == 3


# --- What power takes -----------------------------------------------------------------------------


@pytest.fixture
def half_way(tmp_path: Path) -> Path:
    """A database whose journal was flushed and whose pages are being written."""
    there, cut = tmp_path / "there", tmp_path / "cut"
    there.mkdir()
    cut.mkdir()
    one = sqlite3.connect(there / "postvendita.db", isolation_level=None)
    one.execute("PRAGMA journal_mode=TRUNCATE")
    one.execute("PRAGMA cache_size=2")  # so that pages are written before the commit
    one.execute("CREATE TABLE kept (n INTEGER, filling TEXT)")
    one.executemany("INSERT INTO kept VALUES (?, ?)", [(n, "x" * 900) for n in range(50)])
    one.execute("BEGIN IMMEDIATE")
    one.execute("UPDATE kept SET filling = 'y'")
    for name in ("postvendita.db", "postvendita.db-journal"):
        (cut / name).write_bytes((there / name).read_bytes())
    one.close()
    return cut / "postvendita.db"


@pytest.mark.parametrize("seed", range(5))
def test_pages_torn_while_a_flushed_journal_lies_there_are_put_back(
    half_way: Path, seed: int
) -> None:
    untorn = half_way.read_bytes()
    assert unflushed.tear(half_way, random.Random(seed))
    assert half_way.read_bytes() != untorn
    with sqlite3.connect(half_way) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert opened.execute("SELECT DISTINCT filling FROM kept").fetchall() == [("x" * 900,)]


def test_without_its_journal_the_same_damage_would_be_seen(half_way: Path) -> None:
    unflushed.tear(half_way, random.Random(1))
    half_way.with_name("postvendita.db-journal").unlink()
    with sqlite3.connect(half_way) as opened:
        found = opened.execute("SELECT DISTINCT filling FROM kept").fetchall()
    assert found != [("x" * 900,)]
