"""Each promise is broken on purpose, past the app, and is seen; a clean shop has no findings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clients.money import Money
from plugin import timeline as t
from plugin.auditor import INVARIANTS, looking, store_ledger, truth
from plugin.auditor.violation import Violation
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.pages.texts import known
from plugin.store import append_only, deeds, findings, shops, tables, ticks
from plugin.store.database import Database
from plugin.terms import Autonomy, Cap, Terms
from scheduler.demo_data import fill
from tests.audit.conftest import REFUND, Desk, intruder
from tests.casework.conftest import desk
from tests.conftest import MONDAY, Prepared
from tests.fakes import ORDER_ID, SHOP
from tests.story import HUANYU, LAMP, line, order_seen, purchase

__all__ = ["desk"]

HOUR = timedelta(hours=1)
DEMO = "demo-store.myshopify.com"
Plant = Callable[[Connection], Any]


@pytest.fixture
def lived(desk: Desk) -> Desk:
    """A refund by the app alone, with a letter after it; every entry says what caused it."""
    auto = {"no_stock.refund": Autonomy.AUTO}
    desk.publish(Terms(autonomy=auto, cap=Cap(1_000_000, 10_000_000, "USD")))
    with desk.db.write() as tx:
        work = Casework(tx, SHOP, ORDER_ID, desk.clock.now())
        work.record([order_seen(), purchase()], by="store", cause="shopify 1")
        work.record([t.OutOfStockReported(HUANYU)], by="supplier", cause="supplier 1")
        shops.change(tx, SHOP, reconciled_to=desk.clock.now())
    desk.work()
    with desk.db.write() as tx:
        ticks.ticked(tx, "clocks", desk.clock.now())
    assert desk.row(REFUND).state == "done"
    return desk


def found(desk: Desk, later: timedelta = timedelta(0)) -> set[str]:
    return {one.what for one in violations(desk, later)}


def violations(desk: Desk, later: timedelta = timedelta(0)) -> list[Violation]:
    return list(looking.everything(desk.db, SHOP, desk.clock.now() + later))


def of(table: sa.Table, **said: Any) -> Plant:
    """Change every row of the shop in a table."""
    return lambda tx: tx.execute(sa.update(table).where(table.c.shop == SHOP).values(**said))


def refund(**said: Any) -> Plant:
    """Change the refund's row in the outbox."""
    outbox = tables.outbox
    return lambda tx: tx.execute(sa.update(outbox).where(outbox.c.key == REFUND).values(**said))


def put(table: sa.Table, **said: Any) -> Plant:
    """Put a row in."""
    return lambda tx: tx.execute(sa.insert(table).values(shop=SHOP, **said))


def entry(kind: str, body: dict[str, Any], cause: str = "x") -> Plant:
    """An entry put in past the app."""
    row = {"order_id": ORDER_ID, "seq": 999, "at": MONDAY, "by": "Mallory", "cause": cause}
    return put(tables.events, kind=kind, body=body, **row)


def gone(table: sa.Table, *which: sa.ColumnElement[bool]) -> Plant:
    """Take rows away."""
    return lambda tx: tx.execute(sa.delete(table).where(table.c.shop == SHOP, *which))


def again(tx: Connection, table: sa.Table, which: sa.ColumnElement[bool], **other: Any) -> None:
    """A row once more, but for some columns."""
    row = dict(tx.execute(sa.select(table).where(which)).mappings().first() or {})
    row.pop("id", None)
    tx.execute(sa.insert(table).values({**row, **other}))


def another_refund(**other: Any) -> Plant:
    key, outbox = f"refund:{LAMP}:2", tables.outbox
    return lambda tx: again(
        tx, outbox, outbox.c.key == REFUND, **{"key": key, "mark": "m2", **other}
    )


ELSEWHERE = {"refund_id": 7, "made_at": MONDAY.isoformat(), "lines": [[LAMP, 1]],
             "minor": 2490, "currency": "USD", "mark": ""}  # fmt: skip
EVENTS, OUTBOX, LEDGER = tables.events, tables.outbox, tables.ledger
EARLY = {"key": "k", "action": "urge_supplier", "body": {}, "case_id": "c", "level": "auto",
         "mark": "m", "because": {"due": "2026-12-24T00:00:00+00:00"}}  # fmt: skip
STORED = {"source": "shopify", "topic": "x", "headers": {}, "body": b"", "received_at": MONDAY}


def as_situation(situation: str) -> Plant:
    """The case was one of another situation all along."""

    def plant(tx: Connection) -> None:
        query = sa.select(EVENTS.c.seq, EVENTS.c.body).where(EVENTS.c.kind == "case_opened")
        for seq, body in tx.execute(query).all():
            changed = {**body, "situation": situation}
            tx.execute(sa.update(EVENTS).where(EVENTS.c.seq == seq).values(body=changed))

    return plant


def held_by_another_order(tx: Connection) -> None:
    another_refund(order_id=2)(tx)
    other = tx.execute(sa.select(OUTBOX.c.id).where(OUTBOX.c.order_id == 2)).scalar_one()
    tx.execute(sa.update(tables.refund_units).values(outbox_id=other))


PLANTED: dict[str, Plant] = {
    "line_over": refund(minor=99_000),
    "order_over": entry("refund_seen", ELSEWHERE),
    "unit_over": entry("refund_seen", ELSEWHERE),
    "another_currency": refund(currency="EUR"),
    "remote_shared": another_refund(),
    "done_twice": entry("action_done", {"key": REFUND}),
    "intent_lost": gone(OUTBOX, OUTBOX.c.key.like("letter:%")),
    "intent_invented": another_refund(remote_id="5"),
    "done_untold": gone(EVENTS, EVENTS.c.kind == "action_done"),
    "done_invented": refund(state="refused", why="x"),
    "not_booked": gone(LEDGER),
    "booked_invented": lambda tx: again(tx, LEDGER, LEDGER.c.purse == "remedy", key="other"),
    "booked_other": lambda tx: tx.execute(
        sa.update(LEDGER).where(LEDGER.c.purse == "remedy").values(minor=1)
    ),
    "refused_silently": refund(state="refused", why=""),
    "not_reconciled": of(tables.shops, reconciled_to=MONDAY - 2 * HOUR),
    "look_overdue": of(tables.orders, next_look=MONDAY - HOUR),
    "deadline_passed": of(tables.cases, deadline=MONDAY - HOUR, closed_at=None),
    "clock_stopped": lambda tx: tx.execute(sa.update(tables.ticks).values(at=MONDAY - HOUR)),
    "too_early": entry("planned", EARLY),
    "not_stopped": as_situation("cancellation"),
    "not_verified": as_situation("damaged"),
    "case_elsewhere": of(LEDGER, case_id="of-somebody-else"),
    "units_elsewhere": held_by_another_order,
    "order_unknown": gone(tables.orders),
    "sent_after": of(tables.shops, state="uninstalled", uninstalled_at=MONDAY - HOUR),
    "not_erased_yet": put(tables.privacy_requests, delivery_id="1", topic="customers/redact",
                          orders=[], asked_at=MONDAY - 25 * HOUR),
    "changed": of(EVENTS, by="Mallory"),
    "gone": gone(EVENTS, EVENTS.c.seq == 2),
    "not_linked": entry("note_written", {"text": "x"}),
    "broken": of(tables.chain, hash="0" * 64),
    "no_cause": entry("note_written", {"text": "x"}, cause=""),
    "effect_untold": put(OUTBOX, order_id=0, key="tell:x", case_id="", action="tell_merchant",
                         body={}, level="auto", state="done", mark="m0", planned_at=MONDAY,
                         look_at=MONDAY, settled_at=MONDAY),
    "terms_changed": of(tables.terms, body={"other": 1}),
    "chain_changed": of(tables.deeds, by="Mallory"),
    "chain_gone": gone(tables.deeds),
    "chain_broken": of(tables.chain, hash="0" * 64),
    "action_stuck": refund(state="planned", settled_at=None, look_at=MONDAY - 2 * HOUR),
    "claim_stuck": refund(state="claimed", settled_at=None, lease_until=MONDAY - 2 * HOUR),
    "answer_lost_long": refund(state="unknown", settled_at=None, first_sent_at=MONDAY - 49 * HOUR),
    "delivery_stuck": put(tables.inbox, delivery_id="1", state="received",
                          look_at=MONDAY - 2 * HOUR, **STORED),
    "telling_stuck": put(tables.hook_sends, hook_id="h", message_id="m", topic="t", body={},
                         state="waiting", look_at=MONDAY - 2 * HOUR, made_at=MONDAY),
}  # fmt: skip
PUTS_AWAY = {"unguarded", "not_erased", "chain_not_erased"}
"""Planted in tests of their own, here and beside."""


def test_a_clean_shop_has_no_findings(lived: Desk) -> None:
    assert violations(lived) == []


def test_lives_of_every_situation_have_no_findings(db: Database, prepared: Prepared) -> None:
    prepared.fill(db, "audited", lambda: [*fill(db, DEMO, 120, MONDAY)] and None)
    assert list(looking.everything(db, DEMO, MONDAY)) == []


def test_lines_are_looked_at_by_the_long_ids_that_stores_give_them(lived: Desk) -> None:
    """Beyond 32 bits, and beyond what a float can follow."""
    lamp = 9_107_200_000_000_317
    with lived.db.write() as tx:
        work = Casework(tx, SHOP, ORDER_ID + 1, lived.clock.now())
        bought = purchase(purchase_id="Huanyu/T2", reference="T2", lines=((lamp, 1),))
        work.record([order_seen(line(lamp)), bought], by="store", cause="shopify 2")
        work.record([t.OutOfStockReported("Huanyu/T2")], by="supplier", cause="supplier 2")
    assert violations(lived) == []
    with intruder(lived.db) as tx:
        mine = tables.outbox.c.order_id == ORDER_ID + 1
        refund = tables.outbox.c.action == "refund_customer"
        tx.execute(sa.update(tables.outbox).where(mine, refund).values(minor=9_999))
    assert found(lived), "more than was paid for the line"


@pytest.mark.parametrize("what", PLANTED)
def test_what_must_not_be_is_found(lived: Desk, what: str) -> None:
    with intruder(lived.db) as tx:
        PLANTED[what](tx)
    assert what in found(lived)


def test_a_database_that_would_let_history_be_changed_is_found(lived: Desk) -> None:
    on = "" if lived.db.is_sqlite else " ON deeds"
    with lived.db.write() as tx:
        tx.execute(sa.text(f"DROP TRIGGER deeds_refuses_delete{on}"))
    assert found(lived) == {"unguarded"}
    with lived.db.write() as tx:
        append_only.guard(tx)  # the next test has the same database


def test_every_kind_of_finding_is_planted_and_has_words() -> None:
    local = looking.WHATS_OF_ORDERS | looking.WHATS_OF_SHOP | truth.WHATS_OF_CHAIN
    assert sorted(local - PLANTED.keys() - PUTS_AWAY) == []
    every = local | store_ledger.WHATS
    assert sorted(what for what in every if not known(f"finding.{what}")) == []
    assert [name for name in INVARIANTS if not known(f"invariant.{name}")] == []
    assert [module.ID for module in INVARIANTS.values()] == list(INVARIANTS)


def open_findings(desk: Desk) -> list[str]:
    with desk.db.read() as tx:
        return [one.what for one in findings.open_ones(tx, SHOP)]


def test_findings_are_kept_until_they_are_no_more(lived: Desk) -> None:
    looking.look(lived.db, SHOP, lived.clock.now())
    assert open_findings(lived) == []
    with intruder(lived.db) as tx:
        refund(currency="EUR")(tx)
    looking.look(lived.db, SHOP, lived.clock.now() + HOUR / 30)
    assert open_findings(lived) == ["another_currency"]
    looking.look(lived.db, SHOP, lived.clock.now() + HOUR / 20)
    with lived.db.read() as tx:
        (one,) = findings.open_ones(tx, SHOP)
    assert one.found_at == lived.clock.now() + HOUR / 30
    assert one.seen_at == lived.clock.now() + HOUR / 20
    with intruder(lived.db) as tx:
        refund(currency="USD")(tx)
    looking.look(lived.db, SHOP, lived.clock.now() + HOUR / 15)
    assert open_findings(lived) == []
    with lived.db.read() as tx:
        assert [one.what for one in findings.past_ones(tx, SHOP)] == ["another_currency"]


def test_a_line_with_a_number_as_long_as_a_real_stores_is_looked_at(lived: Desk) -> None:
    long = 13_871_450_161_409
    with lived.db.read() as tx:
        body = tx.execute(sa.select(OUTBOX.c.body).where(OUTBOX.c.key == REFUND)).scalar_one()
    with intruder(lived.db) as tx:
        refund(body={**body, "line_id": long})(tx)
    assert "line_over" in found(lived)


def test_an_hour_looks_at_what_changed_and_the_slow_round_finds_the_rest(
    lived: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "A_ROUND", 2)
    for number in range(1, 8):
        with lived.db.write() as tx:
            work = Casework(tx, SHOP, number, MONDAY - timedelta(days=9))
            work.record([order_seen()], by="store", cause="x")
    now = lived.clock.now() + timedelta(minutes=1)
    assert looking.look(lived.db, SHOP, now).orders == 3, "one that changed, two of the round"
    with intruder(lived.db) as tx:
        last = (EVENTS.c.order_id == 7) & (EVENTS.c.shop == SHOP)
        tx.execute(sa.update(EVENTS).where(last).values(by="Mallory"))
    rounds = 0
    while "changed" not in open_findings(lived):
        rounds += 1
        looking.look(lived.db, SHOP, now + timedelta(minutes=10 * rounds))
        assert rounds < 5
    assert rounds == 3


def test_the_chain_is_walked_as_it_grows_and_once_more_from_the_beginning(
    lived: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "AGAIN", 2)
    monkeypatch.setattr(looking, "A_ROUND", 0)
    now = lived.clock.now()
    looking.look(lived.db, SHOP, now)
    with lived.db.read() as tx:
        mark = findings.mark_of(tx, SHOP)
    assert mark is not None
    assert mark.link > 5
    assert mark.again_link == 2
    with intruder(lived.db) as tx:
        tx.execute(sa.update(tables.deeds).where(tables.deeds.c.n == 2).values(by="Mallory"))
    for number in range(1, 30):
        looking.look(lived.db, SHOP, now + number * HOUR / 100)
        if "chain_changed" in open_findings(lived):
            break
    assert "chain_changed" in open_findings(lived)


def test_a_chain_that_was_reckoned_anew_does_not_pass(lived: Desk) -> None:
    """Who changes an entry and every link behind it forgets where the auditor stood."""
    from plugin.store import chain

    looking.look(lived.db, SHOP, lived.clock.now())
    with intruder(lived.db) as tx:
        tx.execute(sa.delete(tables.chain))
        tx.execute(sa.delete(tables.deeds))
        tx.execute(sa.update(EVENTS).where(EVENTS.c.seq == 2).values(by="Mallory"))
    with lived.db.write() as tx:
        chain.link_what_is_there(tx)
    looking.look(lived.db, SHOP, lived.clock.now() + HOUR / 30)
    assert "chain_broken" in open_findings(lived)


# --- The store's own ledger -----------------------------------------------------------------------


def compared(desk: Desk, later: timedelta = HOUR) -> list[str]:
    now = desk.clock.now()
    looking.look(desk.db, SHOP, now)
    return [one.what for one in store_ledger.look(desk.db, desk.store, SHOP, now + later)]


def changed_there(desk: Desk, **values: Any) -> None:
    from dataclasses import replace

    desk.store.orders[ORDER_ID] = replace(desk.store.orders[ORDER_ID], **values)


def test_the_store_agrees(lived: Desk) -> None:
    assert compared(lived) == []


def test_a_refund_the_store_does_not_have(lived: Desk) -> None:
    changed_there(lived, refunds=())
    assert compared(lived) == ["store_lacks"]


def test_a_refund_the_store_has_twice(lived: Desk) -> None:
    there = lived.store.orders[ORDER_ID]
    changed_there(lived, refunds=there.refunds * 2)
    assert compared(lived) == ["store_twice"]


def test_a_refund_of_another_amount(lived: Desk) -> None:
    from dataclasses import replace

    (made,) = lived.store.orders[ORDER_ID].refunds
    changed_there(lived, refunds=(replace(made, total=Money(1, "USD")),))
    assert compared(lived) == ["store_other"]


def test_a_refund_with_our_mark_that_nobody_here_made(lived: Desk) -> None:
    from dataclasses import replace

    (made,) = lived.store.orders[ORDER_ID].refunds
    mark = "00000000-0000-5000-8000-000000000000"
    other = replace(made, id=77, note=f"Postvendita case x [postvendita:{mark}]")
    changed_there(lived, refunds=(made, other))
    assert compared(lived) == ["store_invents"]


def test_more_paid_back_in_the_store_than_was_paid(lived: Desk) -> None:
    changed_there(lived, total_refunded=Money(99_000, "USD"))
    assert compared(lived) == ["store_over"]


def test_an_order_the_store_knows_more_of_for_too_long(lived: Desk) -> None:
    changed_there(lived, updated_at=MONDAY + HOUR / 2)
    assert compared(lived, 2 * HOUR) == ["store_newer"]
    with lived.db.write() as tx:
        newer = order_seen(version=MONDAY + HOUR / 2)
        Casework(tx, SHOP, ORDER_ID, lived.clock.now()).record([newer], by="store", cause="read")
    store_ledger.look(lived.db, lived.store, SHOP, lived.clock.now() + 2 * HOUR + HOUR)
    assert open_findings(lived) == [], "what was found is looked at again until it is gone"


def test_the_store_is_only_read_and_each_refund_once(lived: Desk) -> None:
    compared(lived)
    lived.store.calls.clear()
    assert compared(lived, 2 * HOUR) == []
    assert lived.store.calls == []


# --- Where it is seen -----------------------------------------------------------------------------


def test_a_lost_answer_of_the_store_stops_nothing(lived: Desk) -> None:
    from clients.errors import Retriable

    def away(order_id: int) -> None:
        raise Retriable("shopify", "busy", after=1.0)

    lived.store.order = away  # type: ignore[method-assign,assignment]  # this store does not answer
    assert compared(lived) == []


def test_the_deed_of_nobody_is_not_missed(lived: Desk, clock: Clock) -> None:
    with lived.db.write() as tx:
        deeds.add(tx, SHOP, clock.now(), by="app", what="told", about="tell:x")
    with intruder(lived.db) as tx:
        PLANTED["effect_untold"](tx)
    assert "effect_untold" not in found(lived)
