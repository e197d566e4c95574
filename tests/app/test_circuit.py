"""A service that does not answer is left alone for a while, by everybody, and then tried once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
import responses

from clients.errors import OutcomeUnknown, RemoteError, Retriable
from clients.http import Kind, Transport
from plugin.circuit import FAILURES, FIRST, LONGEST, PAUSED, STORE, Circuit
from plugin.clock import Clock
from plugin.store import outages
from plugin.store.database import Database
from tests.conftest import MONDAY
from tests.fakes import SHOP
from tests.pages.conftest import desk_on

URL = "https://alice.myshopify.com/x"
SECOND = timedelta(seconds=1)


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as active:
        yield active


def ask(db: Database, clock: Clock, kind: Kind = Kind.READ, shop: str = SHOP) -> str:
    """The code of what came of one call; each is made by another process."""
    transport = Transport("Shopify", watch=Circuit(db, clock, shop, STORE))
    try:
        transport.judge(transport.post(URL, b"", {}, kind), kind)
    except RemoteError as error:
        return error.code or type(error).__name__
    return "ok"


def break_it(db: Database, clock: Clock, mock: responses.RequestsMock) -> None:
    mock.post(URL, status=503)
    for _ in range(FAILURES):
        assert ask(db, clock) == "503"


def pause(db: Database) -> timedelta:
    with db.read() as tx:
        found = outages.read(tx, SHOP, STORE)
    assert found is not None
    assert found.next_try is not None
    return found.next_try - MONDAY


def test_after_five_failures_in_a_row_nobody_calls_until_it_is_time(
    db: Database, clock: Clock, mock: responses.RequestsMock
) -> None:
    break_it(db, clock, mock)
    assert [ask(db, clock) for _ in range(3)] == [PAUSED] * 3
    assert len(mock.calls) == FAILURES
    clock.turn_to(MONDAY + FIRST - SECOND)
    assert ask(db, clock) == PAUSED
    clock.turn_to(MONDAY + FIRST)
    assert ask(db, clock) == "503"
    assert pause(db) == 3 * FIRST


def test_one_call_that_is_answered_ends_the_pause(
    db: Database, clock: Clock, mock: responses.RequestsMock
) -> None:
    break_it(db, clock, mock)
    mock.reset()
    mock.post(URL, status=404)
    clock.turn_to(MONDAY + FIRST)
    assert [ask(db, clock) for _ in range(3)] == ["404"] * 3
    with db.read() as tx:
        assert outages.read(tx, SHOP, STORE) is None


def test_while_one_tries_the_others_wait(db: Database, clock: Clock) -> None:
    first, second = (Circuit(db, clock, SHOP, STORE) for _ in range(2))
    for _ in range(FAILURES):
        first.failed()
    clock.turn_to(MONDAY + FIRST)
    first.before()
    with pytest.raises(Retriable) as caught:
        second.before()
    assert (caught.value.code, caught.value.after) == (PAUSED, 60.0)
    first.failed()
    assert pause(db) == 3 * FIRST


def test_calls_under_way_when_the_pause_began_do_not_lengthen_it(
    db: Database, clock: Clock
) -> None:
    circuit = Circuit(db, clock, SHOP, STORE)
    for _ in range(FAILURES + 8):
        circuit.failed()
    assert pause(db) == FIRST


def test_the_pause_grows_to_a_quarter_of_an_hour_and_no_further(db: Database, clock: Clock) -> None:
    circuit = Circuit(db, clock, SHOP, STORE)
    for _ in range(FAILURES):
        circuit.failed()
    waits = []
    for _ in range(8):
        clock.turn_to(MONDAY + pause(db))
        before = pause(db)
        circuit.before()
        circuit.failed()
        waits.append(pause(db) - before)
    assert waits[:4] == [2 * FIRST, 4 * FIRST, 8 * FIRST, 16 * FIRST]
    assert set(waits[5:]) == {LONGEST}


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 429])
def test_a_refusal_is_an_answer(
    db: Database, clock: Clock, mock: responses.RequestsMock, status: int
) -> None:
    mock.post(URL, status=status)
    for _ in range(FAILURES + 1):
        ask(db, clock)
    assert len(mock.calls) == FAILURES + 1


@pytest.mark.parametrize("problem", [requests.ReadTimeout(), requests.ConnectionError()])
def test_no_answer_is_a_failure_for_a_write_too(
    db: Database, clock: Clock, mock: responses.RequestsMock, problem: Exception
) -> None:
    mock.post(URL, body=problem)
    told = [ask(db, clock, Kind.UNSAFE_WRITE) for _ in range(FAILURES + 1)]
    assert told == [OutcomeUnknown.__name__] * FAILURES + [PAUSED]


def test_another_shop_is_not_held_up(
    db: Database, clock: Clock, mock: responses.RequestsMock
) -> None:
    break_it(db, clock, mock)
    assert ask(db, clock, shop="bob.myshopify.com") == "503"


def test_the_outcome_of_a_call_is_not_lost_when_it_cannot_be_written_down(
    db: Database, clock: Clock, mock: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(outages, "failed", broken)
    break_it(db, clock, mock)


def test_the_desk_says_since_when_and_when_it_is_tried_next(
    sqlite_url: str, clock: Clock, mock: responses.RequestsMock
) -> None:
    db = Database(sqlite_url)
    browser = desk_on(db, clock)
    break_it(db, clock, mock)
    says = "Your store: not answering since 10:00, next try 10:00"
    for path in ("/", "/connections", "/status"):
        assert says in browser.get(path), path
    browser.post("/connections/store", 200)
    assert pause(db) == timedelta()
    clock.turn_to(MONDAY + timedelta(days=1))
    assert "since 2 Nov 2026" in browser.get("/connections")
    db.close()
