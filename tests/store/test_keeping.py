"""Group commit: together where there is one writer, and each answered for his own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from plugin.store import tables
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from tests.conftest import MONDAY

NAIVE = datetime(2026, 11, 2)  # noqa: DTZ001 - refused


def delivery(number: object, **changes: Any) -> dict[str, Any]:
    return {
        "source": "shopify", "shop": "alice.myshopify.com", "delivery_id": f"d{number}",
        "topic": "orders/paid", "headers": {"topic": "orders/paid"}, "body": b"{}\x00\xff",
        "received_at": MONDAY, **changes,
    }  # fmt: skip


def kept(db: Database) -> list[str]:
    with db.read() as tx:
        return sorted(tx.execute(sa.select(tables.inbox.c.delivery_id)).scalars())


@pytest.fixture
def commits(sqlite_db: Database) -> list[str]:
    seen: list[str] = []
    event.listen(sqlite_db.engine, "commit", lambda _connection: seen.append("commit"))
    return seen


def test_what_is_kept_reads_as_it_came(db: Database) -> None:
    Inbox(db).keep_all([delivery(1), delivery(2, state="parked", reason="no shop")])
    with db.read() as tx:
        first, second = tx.execute(sa.select(tables.inbox).order_by("delivery_id")).mappings()
    assert first["body"] == b"{}\x00\xff"
    assert first["headers"] == {"topic": "orders/paid"}
    assert (first["received_at"], first["look_at"], first["handled_at"]) == (MONDAY, MONDAY, None)
    assert (second["state"], second["reason"], second["handled_at"]) == (
        "parked", "no shop", MONDAY,
    )  # fmt: skip


def test_those_who_wait_for_the_writer_are_committed_together(
    sqlite_db: Database, commits: list[str]
) -> None:
    inbox = Inbox(sqlite_db)
    with ThreadPoolExecutor(16) as pool:
        with sqlite_db.write():  # the first of them waits here, the others for him
            waiting = [pool.submit(inbox.keep, **delivery(n)) for n in range(16)]
            while len(inbox._keeper._queue) < 15:
                assert not any(one.done() for one in waiting)
        assert [one.result(60) for one in waiting] == [True] * 16
    assert len(kept(sqlite_db)) == 16
    assert len(commits) == 1 + 2, "the test's own, the first one's, and the fifteen others'"


def test_a_duplicate_stays_one_wherever_it_comes(db: Database) -> None:
    inbox = Inbox(db)
    assert inbox.keep_all([delivery(1), delivery(1, body=b"other"), delivery(2)]) == [
        True, False, True,
    ]  # fmt: skip
    assert inbox.keep_all([delivery(3), delivery(2)]) == [True, False]
    assert kept(db) == ["d1", "d2", "d3"]


def test_an_error_reaches_him_whose_it_is_and_no_other(db: Database) -> None:
    outcomes = Inbox(db).keep_all([delivery(1), delivery(2, received_at=NAIVE), delivery(3)])
    assert [outcomes[0], outcomes[2]] == [True, True]
    assert isinstance(outcomes[1], Exception)
    assert kept(db) == ["d1", "d3"]
    with pytest.raises(Exception, match="without a zone"):
        Inbox(db).keep(**delivery(4, received_at=NAIVE))


def test_a_commit_that_fails_thanks_nobody_and_the_next_goes_on(db: Database) -> None:
    inbox, broken = Inbox(db), [True]

    def fail(_connection: object) -> None:
        if broken:
            raise OperationalError("COMMIT", {}, Exception("disk I/O error"))

    event.listen(db.engine, "commit", fail)
    outcomes = inbox.keep_all([delivery(1), delivery(2)])
    assert all(isinstance(outcome, OperationalError) for outcome in outcomes)
    broken.clear()
    assert kept(db) == []
    assert inbox.keep_all([delivery(1), delivery(2)]) == [True, True]


def test_a_process_that_dies_while_it_leads_leaves_nobody_waiting(sqlite_db: Database) -> None:
    class Killed(BaseException):
        pass

    inbox, dying = Inbox(sqlite_db), [True]

    def die(_connection: object) -> None:
        if dying:
            dying.clear()
            raise Killed

    event.listen(sqlite_db.engine, "commit", die)
    with pytest.raises(Killed):
        inbox.keep(**delivery(1))
    assert inbox.keep(**delivery(2))


def test_many_threads_with_the_same_deliveries_keep_each_once(db: Database) -> None:
    inbox = Inbox(db)

    def bring(turn: int) -> int:
        numbers = range(8) if turn % 2 else reversed(range(8))
        return sum(outcome is True for outcome in inbox.keep_all([delivery(n) for n in numbers]))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(bring, range(16))) == 8
    assert len(kept(db)) == 8


def test_nothing_to_keep_is_nothing(db: Database) -> None:
    assert Inbox(db).keep_all([]) == []
