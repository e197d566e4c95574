"""A large shop's past out of the store's own file: every step found again, no failure loses one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, Retriable
from clients.money import Money
from clients.shopify import records
from clients.shopify.budget import YIELDING
from clients.shopify.bulk import BUSY, BulkRun
from clients.shopify.bulk_orders import BulkOrder
from plugin.clock import Clock
from plugin.settings import read
from plugin.store import backfills, outbox, shops, timelines
from plugin.store.database import Database
from scheduler import backfill, backfill_bulk
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import (
    SHOP,
    FakeConnections,
    FakePostbox,
    FakeStorefront,
    FakeSupplier,
    store_order,
)
from tests.story import LAMP

ALL = 150
MINUTE = timedelta(minutes=1)
RUNNING = BulkRun("gid://shopify/BulkOperation/1", "RUNNING", "", 3, MONDAY, "", "")


@pytest.fixture
def store(clock: Clock) -> FakeStorefront:
    """150 orders, of which the first was paid back in part: a file does not tell it whole."""
    made = FakeStorefront(clock)
    for n in range(ALL):
        placed = MONDAY - timedelta(hours=n + 1)
        made.orders[5000 - n] = replace(
            store_order(), id=5000 - n, name=f"#{5000 - n}", created_at=placed, updated_at=placed
        )
    back = records.Refund(9, MONDAY - MINUTE, "", ((LAMP, 1),), Money(2490, "USD"))
    oldest = 5000 - ALL + 1
    made.orders[oldest] = replace(made.orders[oldest], refunds=(back,))
    return made


@pytest.fixture
def runtime(
    db: Database, clock: Clock, store: FakeStorefront, monkeypatch: pytest.MonkeyPatch
) -> Runtime:
    monkeypatch.setattr(backfill_bulk, "PAYS_FROM", 40)
    monkeypatch.setattr(backfill_bulk, "AT_ONCE", 30)
    monkeypatch.setattr(backfill_bulk, "KEPT_EVERY", 10)
    made = FakeConnections(store, FakeSupplier(clock), FakePostbox())
    with db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD", watching=True)
        backfill.begin(tx, SHOP, MONDAY)
    return Runtime(read(GOOD), db, clock, made)


def state(runtime: Runtime) -> backfills.Backfill:
    with runtime.db.read() as tx:
        found = backfills.of_shop(tx, SHOP)
    assert found is not None
    return found


def turn(runtime: Runtime) -> int:
    return backfill.turn(runtime, state(runtime)).read


def live(runtime: Runtime, *, turns: int = 60) -> None:
    """Turn after turn, ten seconds apart, until all is read."""
    for _ in range(turns):
        if state(runtime).state == "done":
            return
        turn(runtime)
        runtime.clock.turn_to(runtime.clock.now() + timedelta(seconds=10))
    raise AssertionError("it does not end")


def ready(runtime: Runtime) -> None:
    """The first orders are read, and the file lies there."""
    for _ in range(3):
        turn(runtime)
        runtime.clock.turn_to(runtime.clock.now() + timedelta(seconds=10))
    assert state(runtime).bulk == "ready"


def is_whole(runtime: Runtime, store: FakeStorefront) -> bool:
    """Every order is known once, and counted once."""
    with runtime.db.read() as tx:
        kinds = [
            sum(entry.what.kind == "order_seen" for entry in timelines.read(tx, SHOP, order_id))
            for order_id in store.orders
        ]
    return kinds == [1] * ALL and (state(runtime).state, state(runtime).done) == ("done", ALL)


def test_the_newest_come_by_themselves_and_the_rest_out_of_the_file(
    runtime: Runtime, store: FakeStorefront
) -> None:
    assert turn(runtime) == 25, "somebody may be looking: the first come at once"
    assert "start bulk" not in store.calls
    live(runtime)
    assert is_whole(runtime, store)
    assert state(runtime).bulk == "taken"
    reads = store.calls.count("order")
    assert reads == 3 * 25 + 1, "those of three turns of pages, and the one that was paid back"


def test_a_small_past_is_read_without_a_file(
    runtime: Runtime, store: FakeStorefront, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill_bulk, "PAYS_FROM", ALL)
    backfill.keep_on(runtime)
    assert is_whole(runtime, store)
    assert "start bulk" not in store.calls


def test_pages_go_on_while_the_store_writes(runtime: Runtime, store: FakeStorefront) -> None:
    backfill.keep_on(runtime)
    assert is_whole(runtime, store), "the pages were faster"
    assert store.calls.count("order") == ALL
    assert store.calls.count("look at bulk") == 0, "it is looked at after some seconds, not before"
    assert store.calls[-1] == "cancel bulk"


def test_a_file_is_read_on_from_the_place_it_was_at(
    runtime: Runtime, store: FakeStorefront
) -> None:
    ready(runtime)
    turn(runtime)
    assert state(runtime).place == 30
    store.calls.clear()
    turn(runtime)
    assert "file from 30" in store.calls


def test_a_process_that_dies_in_a_file_reads_no_order_twice(
    runtime: Runtime, store: FakeStorefront, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    whole, left = backfill_bulk.take, [0]

    def dies(*args: object) -> bool:
        left[0] += 1
        if left[0] % 17 == 0:
            raise Killed
        return whole(*args)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(backfill_bulk, "take", dies)
    for _ in range(20):
        with suppress(Killed):
            live(runtime)
            break
    assert is_whole(runtime, store)


# --- What can go wrong ----------------------------------------------------------------------------


def lost() -> None:
    raise OutcomeUnknown("shopify", "no answer")


def killed() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("accident", [lost, killed])
def test_a_start_that_was_never_answered_is_found_and_not_begun_twice(
    runtime: Runtime, store: FakeStorefront, clock: Clock, accident: object
) -> None:
    store.after_bulk = [accident]  # type: ignore[list-item]  # one of the two above
    turn(runtime)
    with suppress(KeyboardInterrupt):
        turn(runtime)
    assert state(runtime).bulk == "starting"
    clock.turn_to(MONDAY + MINUTE)
    live(runtime)
    assert len(store.runs) == 1
    assert state(runtime).bulk == "taken"
    assert is_whole(runtime, store)


def test_a_start_that_never_arrived_is_made_again(
    runtime: Runtime, store: FakeStorefront, clock: Clock
) -> None:
    store.before_bulk = [killed]
    turn(runtime)
    with pytest.raises(KeyboardInterrupt):
        turn(runtime)
    clock.turn_to(MONDAY + MINUTE)
    turn(runtime)
    assert (state(runtime).bulk, state(runtime).tries) == ("", 1)
    clock.turn_to(MONDAY + 3 * MINUTE)
    live(runtime)
    assert is_whole(runtime, store)


@pytest.mark.parametrize("code", [BUSY, YIELDING, "THROTTLED"])
def test_a_store_that_has_no_room_just_now_is_asked_later(
    runtime: Runtime, store: FakeStorefront, clock: Clock, code: str
) -> None:
    def full() -> None:
        raise Retriable("shopify", "later", after=60.0, code=code)

    store.before_bulk = [full]
    turn(runtime)
    assert turn(runtime) == 25, "and meanwhile the pages go on"
    assert (state(runtime).bulk, state(runtime).tries) == ("", 0)
    assert store.calls.count("start bulk") == 1
    turn(runtime)
    assert store.calls.count("start bulk") == 1, "not before a minute"


@pytest.mark.parametrize(
    "error", [Refused("shopify", "no"), NeedsAuthorisation("shopify", "no", code="ACCESS_DENIED")]
)
def test_a_store_that_refuses_is_read_page_by_page(
    runtime: Runtime, store: FakeStorefront, error: Exception
) -> None:
    def refuses() -> None:
        raise error

    store.before_bulk = [refuses]
    live(runtime)
    assert is_whole(runtime, store)
    assert state(runtime).bulk == "given_up"


FAILURES = {
    "failed": replace(RUNNING, state="FAILED", error="TIMEOUT"),
    "denied": replace(RUNNING, state="FAILED", error="ACCESS_DENIED"),
    "canceled": replace(RUNNING, state="CANCELED"),
    "expired": replace(RUNNING, state="EXPIRED"),
    "unknown": None,
}


@pytest.mark.parametrize("became", FAILURES.values(), ids=FAILURES)
def test_what_came_to_nothing_is_begun_again_with_less_and_not_for_ever(
    runtime: Runtime, store: FakeStorefront, clock: Clock, became: BulkRun | None
) -> None:
    store.becomes = [became] * 9
    monitored = []
    for minute in range(9):
        clock.turn_to(MONDAY + minute * 3 * MINUTE)
        backfill_turn_without_pages(runtime, store)
        monitored.append(state(runtime).bulk)
    started = [call for call in store.calls if call.startswith("start bulk")]
    assert started == ["start bulk", *["start bulk without disputes"] * 2]
    assert monitored[-1] == "given_up"
    live(runtime)
    assert is_whole(runtime, store)


def backfill_turn_without_pages(runtime: Runtime, store: FakeStorefront) -> None:
    """Two turns of a shop whose points are used up after the first orders."""
    if not state(runtime).done:
        turn(runtime)
    whole = store.orders_page

    def yields(*_: object) -> tuple[list[int], str]:
        raise Retriable("shopify", "leaves room", code=YIELDING)

    store.orders_page = yields  # type: ignore[method-assign]  # for a moment
    turn(runtime)
    turn(runtime)
    store.orders_page = whole  # type: ignore[method-assign]  # as before


def test_a_file_at_another_host_or_gone_is_no_file(
    runtime: Runtime, store: FakeStorefront, monkeypatch: pytest.MonkeyPatch
) -> None:
    def elsewhere(url: str, place: int) -> None:
        raise Refused("files", "not at example.com", code="host")

    monkeypatch.setattr(store, "bulk_orders", elsewhere)
    live(runtime)
    assert is_whole(runtime, store)
    assert state(runtime).tries > 0


def test_a_file_that_breaks_off_is_taken_up_where_it_was_later(
    runtime: Runtime, store: FakeStorefront, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = store.bulk_orders

    def breaks_off(url: str, place: int):  # type: ignore[no-untyped-def]  # as the fake's own
        for nth, one in enumerate(whole(url, place)):
            if nth == 25:
                raise Retriable("files", "broke off")
            yield one

    ready(runtime)
    monkeypatch.setattr(store, "bulk_orders", breaks_off)
    turn(runtime)
    assert state(runtime).place == 20, "the last place that was kept"
    monkeypatch.setattr(store, "bulk_orders", whole)
    clock.turn_to(MONDAY + 2 * MINUTE)
    live(runtime)
    assert is_whole(runtime, store)


def test_what_a_file_tells_wrongly_is_lost_nowhere(runtime: Runtime, store: FakeStorefront) -> None:
    """Orders not told whole, a line that names nobody, a part that came late, orders left out."""

    def spoilt(found: list[BulkOrder]) -> list[BulkOrder]:
        told = [replace(one, order=None) if n % 7 == 3 else one for n, one in enumerate(found)]
        odd = BulkOrder(None, None, 11)
        late = BulkOrder(found[2].order_id, None, 12, late=True)
        return [*told[:10], odd, late, *told[10:70]]

    store.in_file = spoilt
    live(runtime)
    assert is_whole(runtime, store)
    with runtime.db.read() as tx:
        assert timelines.to_read(tx, limit=100) == [(SHOP, sorted(store.orders)[2])]


def test_a_file_that_leads_nowhere_ends(runtime: Runtime, store: FakeStorefront) -> None:
    store.in_file = lambda found: [BulkOrder(7, None, 0, late=True)] * 1000
    live(runtime)
    assert is_whole(runtime, store)


def test_a_file_older_than_what_a_webhook_told_changes_nothing(
    runtime: Runtime, store: FakeStorefront
) -> None:
    oldest = min(store.orders) + 3
    newer = replace(store.orders[oldest], updated_at=MONDAY, cancelled_at=MONDAY)
    told = store.orders[oldest]
    from plugin.casework import Casework
    from plugin.facts import events_from

    with runtime.db.write() as tx:
        Casework(tx, SHOP, oldest, MONDAY).record(events_from(newer), by="store")
    assert store.orders[oldest] == told
    live(runtime)
    with runtime.db.read() as tx:
        work = Casework(tx, SHOP, oldest, MONDAY)
    assert work.order.cancelled_at == MONDAY


def test_it_stays_silent(runtime: Runtime, store: FakeStorefront, clock: Clock) -> None:
    live(runtime)
    clock.turn_to(MONDAY + timedelta(hours=3))
    with runtime.db.write() as tx:
        assert outbox.claim(tx, clock.now(), limit=1000) == []


def test_two_processes_share_a_file(runtime: Runtime, store: FakeStorefront) -> None:
    ready(runtime)
    before = state(runtime)
    backfill.turn(runtime, before)
    backfill.turn(runtime, before)
    with runtime.db.read() as tx:
        known = len(timelines.of_shop(tx, SHOP))
    assert state(runtime).done == known, "none was counted twice"
    live(runtime)
    assert is_whole(runtime, store)
