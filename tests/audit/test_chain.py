"""History is only ever added to, and whoever changes it is seen."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from plugin import timeline as t
from plugin.casework import Casework
from plugin.store import chain, chain_check, deeds, privacy, tables
from plugin.store.chain_check import Break, Walk
from plugin.store.database import Database
from tests.audit.conftest import Desk, intruder
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.story import order_seen


def whole(db: Database, shop: str = SHOP) -> list[Break]:
    with db.read() as tx:
        return [*Walk(shop).go(tx), *chain_check.not_linked(tx, shop)]


def verdict(db: Database) -> chain_check.Verdict:
    with db.read() as tx:
        return chain_check.of_order(tx, SHOP, ORDER_ID)


def test_every_entry_is_linked_as_it_is_written(paid: Desk) -> None:
    assert whole(paid.db) == []
    found = verdict(paid.db)
    assert found.good
    assert found.entries == len(paid.entries) > 5


def test_deeds_and_entries_are_one_chain(paid: Desk) -> None:
    with paid.db.write() as tx:
        deeds.add(tx, SHOP, MONDAY, by="Alice", what="pause", facts={"why": "holiday"})
    paid.tell(t.NoteWritten("after"), by="Alice")
    assert whole(paid.db) == []
    with paid.db.read() as tx:
        n, _ = chain.head(tx, SHOP)
        told = deeds.of_shop(tx, SHOP, 10)
        assert n == len(paid.entries) + len(told)
        assert [deed.what for deed in told][:2] == ["pause", "terms_published"]


@pytest.mark.parametrize("table", ["events", "chain", "deeds"])
@pytest.mark.parametrize("move", ["update", "delete"])
def test_the_database_refuses_to_change_history(paid: Desk, table: str, move: str) -> None:
    with paid.db.write() as tx:
        deeds.add(tx, SHOP, MONDAY, by="Alice", what="pause")
    told = tables.metadata.tables[table]
    statement = sa.delete(told) if move == "delete" else sa.update(told).values(shop=told.c.shop)
    with pytest.raises(IntegrityError, match="only ever added to"), paid.db.write() as tx:
        tx.execute(statement)
    assert whole(paid.db) == []


def test_postgresql_refuses_to_empty_history_at_once(paid: Desk) -> None:
    if paid.db.is_sqlite:
        return  # has no such statement; a delete of all rows is refused above
    with pytest.raises(IntegrityError, match="only ever added to"), paid.db.write() as tx:
        tx.execute(sa.text("TRUNCATE events"))


@pytest.mark.parametrize(
    ("changed", "break_"),
    [
        ("UPDATE events SET by = 'Mallory' WHERE seq = 3", "changed"),
        ("UPDATE events SET cause = 'other' WHERE seq = 2", "changed"),
        ("UPDATE events SET at = '2026-11-01 09:00:00+00:00' WHERE seq = 2", "changed"),
        ("UPDATE events SET body = '{}' WHERE seq = 1", "changed"),
        ("UPDATE events SET body = '{\"text\": \"other\"}' WHERE kind = 'note_written'", "changed"),
        ("DELETE FROM events WHERE seq = 2", "gone"),
        ("DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)", "gone"),
        ("UPDATE chain SET digest = hash WHERE seq = 2 AND order_id > 0", "changed"),
        ("UPDATE chain SET hash = digest WHERE seq = 2 AND order_id > 0", "broken"),
        ("DELETE FROM chain WHERE seq = 2 AND order_id > 0", "not_linked"),
    ],
)
def test_one_changed_row_breaks_the_orders_own_check(paid: Desk, changed: str, break_: str) -> None:
    if paid.db.is_sqlite:
        changed = changed.replace("+00:00", ".000000")
    with intruder(paid.db) as tx:
        assert tx.execute(sa.text(changed)).rowcount == 1
    assert break_ in {one.what for one in verdict(paid.db).breaks}
    assert whole(paid.db) != []


def test_an_entry_put_in_past_the_app_is_seen(paid: Desk) -> None:
    with intruder(paid.db) as tx:
        row = {"shop": SHOP, "order_id": ORDER_ID, "seq": 99, "at": MONDAY, "by": "Mallory",
               "kind": "note_written", "body": {"text": "x"}, "cause": "click"}  # fmt: skip
        tx.execute(sa.insert(tables.events).values(row))
    assert "not_linked" in {one.what for one in verdict(paid.db).breaks}
    assert [one.what for one in whole(paid.db)] == ["not_linked"]


def test_who_reckons_one_link_anew_is_seen_by_the_next(paid: Desk) -> None:
    with intruder(paid.db) as tx:
        tx.execute(sa.text("UPDATE events SET by = 'Mallory' WHERE seq = 2"))
        query = sa.select(tables.events).where(tables.events.c.seq == 2)
        row = dict(tx.execute(query).mappings().one())
        mine = (tables.chain.c.seq == 2) & (tables.chain.c.order_id == ORDER_ID)
        n = tx.execute(sa.select(tables.chain.c.n).where(mine)).scalar_one()
        before = tx.execute(sa.select(tables.chain.c.hash).where(tables.chain.c.n == n - 1))
        row.pop("shop")
        new = chain.link_for(SHOP, chain.Content(**row), n, before.scalar_one())
        forged = sa.update(tables.chain).where(mine)
        tx.execute(forged.values(digest=new.digest, hash=new.hash))
    assert [(one.what, one.n) for one in verdict(paid.db).breaks] == [("broken", n + 1)]


def test_what_was_cut_off_at_the_end_is_missed_by_a_noted_head(paid: Desk) -> None:
    with paid.db.read() as tx:
        n, noted = chain.head(tx, SHOP)
        assert chain_check.holds(tx, SHOP, n, noted)
    with intruder(paid.db) as tx:
        last = tables.chain.c.n == n
        seq = tx.execute(sa.select(tables.chain.c.seq).where(last)).scalar_one()
        tx.execute(sa.delete(tables.events).where(tables.events.c.seq == seq))
        tx.execute(sa.delete(tables.chain).where(last))
        tx.execute(sa.update(tables.orders).values(seq=seq - 1))
    assert whole(paid.db) == []
    with paid.db.read() as tx:
        assert not chain_check.holds(tx, SHOP, n, noted)


def test_erasing_a_person_leaves_the_chain_whole(paid: Desk) -> None:
    with paid.db.write() as tx:
        privacy.erase_orders(tx, SHOP, [ORDER_ID])
    assert verdict(paid.db).good
    assert whole(paid.db) == []
    with paid.db.read() as tx:
        kept = tx.execute(sa.select(tables.chain.c.salt).where(tables.chain.c.sealed != ""))
        assert set(kept.scalars()) == {None}, "without the salt nobody can try out what it was"


def test_text_put_back_after_it_was_erased_is_seen(paid: Desk) -> None:
    with paid.db.write() as tx:
        privacy.erase_orders(tx, SHOP, [ORDER_ID])
    with intruder(paid.db) as tx:
        note = "UPDATE events SET body = '{\"text\": \"x\"}' WHERE kind = 'note_written'"
        tx.execute(sa.text(note))
    assert [one.what for one in verdict(paid.db).breaks] == ["not_erased"]


def test_a_shop_that_is_erased_takes_its_chain_along(paid: Desk) -> None:
    with paid.db.write() as tx:
        privacy.erase_shop(tx, SHOP)
    with paid.db.read() as tx:
        assert chain.head(tx, SHOP) == (0, chain.START)
        assert tx.execute(sa.select(tables.purging)).all() == []


def test_a_transaction_that_fails_links_nothing(paid: Desk) -> None:
    with paid.db.read() as tx:
        before = chain.head(tx, SHOP)

    def fail() -> None:
        with paid.db.write() as tx:
            deeds.add(tx, SHOP, MONDAY, by="Alice", what="pause")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with paid.db.write() as tx:
        deeds.add(tx, SHOP, MONDAY, by="Alice", what="resume")
    with paid.db.read() as tx:
        assert chain.head(tx, SHOP)[0] == before[0] + 1
        assert "pause" not in [deed.what for deed in deeds.of_shop(tx, SHOP, 10)]


def test_many_at_once_on_orders_of_one_shop_make_one_chain(paid: Desk) -> None:
    """Twelve at once, each a dozen orders in another direction: nobody waits in a circle."""
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(12):
                order_id = 2000 + (step if number % 2 else 11 - step)
                with paid.db.write() as tx:
                    work = Casework(tx, SHOP, order_id, MONDAY)
                    work.record([order_seen(), t.NoteWritten(f"{number}")], by="Alice", cause="x")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert whole(paid.db) == []


def test_history_from_before_there_was_a_chain_is_linked_once(paid: Desk) -> None:
    with intruder(paid.db) as tx:
        tx.execute(sa.delete(tables.chain))
        tx.execute(sa.delete(tables.deeds))
    assert not verdict(paid.db).good
    with paid.db.write() as tx:
        chain.link_what_is_there(tx)
    assert verdict(paid.db).good
    assert whole(paid.db) == []
