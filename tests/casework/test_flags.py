"""What an order says in the store of its cases: once, the latest, and nobody else touched by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, Retriable
from plugin import timeline as t
from plugin import watching
from plugin.casework import Casework
from plugin.effects.flags import changes_to
from plugin.store import outbox, shops, ticks
from plugin.terms import Autonomy, Route, Situation, Terms
from tests.casework.conftest import Desk
from tests.casework.test_after_sales import report
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP, Killed
from tests.story import HUANYU, LAMP, SHIP_BY, order_seen, purchase, shipped

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LATE, NO_STOCK = "postvendita:late_shipment", "postvendita:no_stock"
FIELDS = {"status", "next_step", "deadline", "case"}


@pytest.fixture
def late(desk: Desk) -> Desk:
    """An order two days late, nothing written on it yet."""
    desk.tell(order_seen(), purchase())
    desk.turn(SHIP_BY + 2 * DAY)
    return desk


def settle(desk: Desk) -> None:
    """Everything that goes out goes out, with what waits a minute."""
    for _ in range(3):
        desk.work()
        desk.wait(MINUTE)
        desk.look()
        desk.work()


def tags(desk: Desk) -> list[str]:
    return desk.store.tags.get(ORDER_ID, [])


def fields(desk: Desk) -> dict[str, str]:
    return desk.store.fields.get(ORDER_ID, {})


def writings(desk: Desk) -> list[str]:
    """What was changed on the order, call by call."""
    words = ("tag ", "untag ", "write ", "clear ")
    return [call for call in desk.store.calls if call.startswith(words)]


def planned(desk: Desk) -> list[outbox.Row]:
    with desk.db.read() as tx:
        return [r for r in outbox.of_order(tx, SHOP, ORDER_ID) if r.action == "flag_order"]


def lose(desk: Desk) -> None:
    def happen() -> None:
        raise OutcomeUnknown("shopify", "no answer")

    desk.store.after_flag.append(happen)


# --- what it says ---------------------------------------------------------------------------------


def test_an_order_says_where_its_case_stands_what_is_next_and_until_when(late: Desk) -> None:
    settle(late)

    assert tags(late) == [LATE]
    kept = fields(late)
    assert kept["status"] == "#1001-1 Late shipment: Needs you"
    assert kept["next_step"] == "#1001-1: waits for you to urge the supplier"
    assert kept["deadline"] == (SHIP_BY + 4 * DAY).isoformat()
    (case_id,) = late.order.cases
    assert kept["case"].endswith(f"/cases/{case_id}")


def test_an_order_without_a_case_says_nothing(desk: Desk) -> None:
    desk.tell(order_seen(), purchase())
    settle(desk)

    assert (writings(desk), planned(desk)) == ([], [])


def test_it_says_so_in_the_shops_own_language(late: Desk) -> None:
    with late.db.write() as tx:
        shops.change(tx, SHOP, language="it")
    settle(late)

    assert fields(late)["status"].startswith("#1001-1 Spedizione in ritardo")
    assert late.store.shown["deadline"].name == "Postvendita: prossima scadenza"


def test_no_word_of_the_customers_is_written(late: Desk) -> None:
    case_id = next(iter(late.order.cases))
    report(late, Situation.WRONG_ITEMS, (LAMP, 1))
    settle(late)

    said = " ".join(fields(late).values()).replace(case_id, "")
    assert "@" not in said
    assert tags(late) == [LATE, "postvendita:wrong_items"]


def test_the_store_shows_our_fields_once_and_the_merchant_reads_them(late: Desk) -> None:
    settle(late)
    late.turn(SHIP_BY + 4 * DAY)
    settle(late)

    assert set(late.store.shown) == FIELDS
    assert sorted(c for c in late.store.calls if c.startswith("show ")) == [
        f"show {key}" for key in sorted(FIELDS)
    ]


def test_a_store_without_room_for_our_fields_keeps_them_all_the_same(late: Desk) -> None:
    def full(_: object) -> None:
        raise Refused("shopify", "no room", code="PINNED_LIMIT_REACHED")

    late.store.show_field = full  # a store at its limit
    settle(late)

    assert fields(late).keys() >= FIELDS
    assert planned(late)[-1].state == "done"


def test_an_ended_case_leaves_no_tag_no_step_and_no_deadline(late: Desk) -> None:
    settle(late)
    late.tell(shipped(late.clock.now()))
    settle(late)

    assert tags(late) == []
    assert fields(late).keys() == {"status", "case"}
    assert fields(late)["status"] == "#1001-1 Late shipment: closed, Shipped"


# --- once, and the latest -------------------------------------------------------------------------


def test_changes_within_a_minute_are_written_once_and_as_they_stand_then(late: Desk) -> None:
    late.tell(t.OutOfStockReported(HUANYU, (LAMP,), "none left"))
    late.wait(MINUTE)
    late.work()

    assert len(planned(late)) == 1
    assert tags(late) == [NO_STOCK]
    assert "No stock" in fields(late)["status"]


def test_a_change_during_the_call_is_written_by_the_next(late: Desk) -> None:
    def meanwhile() -> None:
        late.tell(t.OutOfStockReported(HUANYU, (LAMP,), "none left"))

    late.store.after_flag.append(meanwhile)
    settle(late)

    assert len(planned(late)) == 2
    assert tags(late) == [NO_STOCK]


def test_the_stores_word_of_our_own_change_is_the_end_of_it(late: Desk) -> None:
    settle(late)
    before = (writings(late), len(planned(late)))
    for _ in range(5):
        late.wait(MINUTE)
        late.tell(order_seen(version=late.clock.now()), by="store")
        settle(late)

    assert (writings(late), len(planned(late))) == before


def test_nothing_is_written_where_the_order_says_it_already(late: Desk) -> None:
    settle(late)
    before = writings(late)
    with late.db.write() as tx:
        work = Casework(tx, SHOP, ORDER_ID, late.clock.now())
        work.order.flagged = "as if it had been lost"
        work.see_to_order([c for c in _cases(work) if c.opened])
        work._finish([])
    settle(late)

    assert len(planned(late)) == 2
    assert writings(late) == before


def _cases(work: Casework) -> list[Any]:
    from plugin import policy

    return list(policy.cases(work.order, work.terms, work.terms_of))


def test_nobody_turns_the_clock_for_it(late: Desk) -> None:
    late.work()
    with late.db.read() as tx:
        due = ticks.next_due(tx)

    assert planned(late)[-1].state == "planned"
    assert due == SHIP_BY + 4 * DAY, "the next clock of the order, not the minute it waits"


def test_money_and_letters_go_before_it(late: Desk) -> None:
    late.work()
    late.wait(5 * MINUTE)
    late.tell(t.OutOfStockReported(HUANYU, (LAMP,), "none left"))

    actions = [row.action for row in late.claim()]

    assert actions[-1] == "flag_order", "though it has been ready for longer"
    assert len(actions) > 1


def test_it_leaves_room_for_what_is_urgent_and_never_becomes_a_persons_task(late: Desk) -> None:
    def busy(_: int) -> Any:
        raise Retriable("shopify", "leaves room", after=1.0, code="YIELDING")

    read, late.store.flags = late.store.flags, busy  # a busy store
    for _ in range(40):
        late.wait(timedelta(hours=2))
        late.work()
    assert planned(late)[-1].state == "planned"

    late.store.flags = read  # and its end
    late.wait(timedelta(hours=2))
    late.work()
    assert tags(late) == [LATE]


# --- nobody else's --------------------------------------------------------------------------------


def test_a_merchants_own_tags_stay_whatever_they_say(late: Desk) -> None:
    own = ["VIP", "postvendita:vip", "postvendita:damaged"]
    late.store.tags[ORDER_ID] = list(own)
    settle(late)
    assert tags(late) == [*own, LATE]

    late.tell(shipped(late.clock.now()))
    settle(late)
    assert tags(late) == own


def test_a_tag_somebody_put_there_before_us_is_not_ours_to_take_off(late: Desk) -> None:
    late.store.tags[ORDER_ID] = [LATE]
    settle(late)
    late.tell(shipped(late.clock.now()))
    settle(late)

    assert tags(late) == [LATE]


def test_a_field_somebody_changed_meanwhile_is_read_again_not_written_over(late: Desk) -> None:
    write = late.store.write_fields

    def faster(order_id: int, values: Any, read: Any) -> None:
        late.store.write_fields = write  # the real one again
        late.store.fields[ORDER_ID] = {"status": "by hand"}
        write(order_id, values, read)

    late.store.write_fields = faster  # somebody is faster
    late.wait(MINUTE)
    late.work()
    assert fields(late) == {"status": "by hand"}

    settle(late)
    assert fields(late)["status"].startswith("#1001-1")


def test_a_note_of_our_tags_that_cannot_be_read_takes_nothing_off() -> None:
    from clients.shopify.flags import Kept, OrderFlags

    for value in ("{", '"x"', "7"):
        read = OrderFlags((LATE, "vip"), {"tags": Kept(value, "d")})
        assert changes_to(read, (), {}).take == ()


# --- lost answers, power cuts, double deliveries --------------------------------------------------


@pytest.mark.parametrize("lost_at", range(3))
def test_a_lost_answer_is_read_back_and_nothing_is_done_twice(late: Desk, lost_at: int) -> None:
    late.store.tags[ORDER_ID] = ["vip"]
    for _ in range(lost_at):
        late.store.after_flag.append(lambda: None)
    # The calls of one writing, each with its answer lost in turn.
    happenings, late.store.after_flag[:] = list(late.store.after_flag), []

    def after(order_id: int, call: str, told: Any = late.store._flagged) -> None:
        told(order_id, call)
        if len(writings(late)) == lost_at + 1:
            raise OutcomeUnknown("shopify", "no answer")

    assert len(happenings) == lost_at
    late.store._flagged = after  # one answer is lost
    settle(late)

    assert tags(late) == ["vip", LATE]
    assert len(writings(late)) == len(set(writings(late)))
    assert len(planned(late)) == 1
    assert planned(late)[0].state == "done"


def test_a_power_cut_between_two_calls_forgets_no_tag_of_ours(late: Desk) -> None:
    def die() -> None:
        raise Killed

    settle(late)
    late.tell(shipped(late.clock.now()))
    late.wait(MINUTE)
    late.store.after_flag.append(die)
    with pytest.raises(Killed):
        late.work()
    assert tags(late) == []

    late.wait(timedelta(minutes=6))
    settle(late)
    assert "tags" not in fields(late)
    assert fields(late).keys() == {"status", "case"}


def test_two_workers_with_one_claim_write_what_one_would(late: Desk) -> None:
    late.wait(MINUTE)
    rows = late.claim()
    for row in [*rows, *rows]:
        late.carry(row)

    assert tags(late) == [LATE]
    assert len(writings(late)) == len(set(writings(late)))


# --- where nothing is written ---------------------------------------------------------------------


def test_while_watching_only_nothing_is_written_and_then_the_latest_is(late: Desk) -> None:
    with late.db.write() as tx:
        watching.watch(tx, SHOP)
    late.wait(3 * DAY)
    late.tell(t.OutOfStockReported(HUANYU, (LAMP,), "none left"))
    late.work()
    assert late.store.calls == []

    watching.switch_on(late.db, SHOP, late.clock.now())
    late.work()
    assert tags(late) == [NO_STOCK]


@pytest.mark.parametrize("state", [shops.PAUSED, shops.UNINSTALLED])
def test_a_shop_that_is_paused_or_gone_is_not_written_to(late: Desk, state: str) -> None:
    with late.db.write() as tx:
        shops.change(tx, SHOP, state=state)
    settle(late)

    assert late.store.calls == []


def test_a_shop_that_has_to_let_us_in_again_is_written_to_afterwards(late: Desk) -> None:
    def closed(_: str) -> Any:
        raise NeedsAuthorisation("shopify", "token is dead")

    way, late.connections.storefront = late.connections.storefront, closed
    settle(late)
    assert planned(late)[-1].state == "planned"

    late.connections.storefront = way  # let in again
    late.wait(timedelta(hours=2))
    settle(late)
    assert tags(late) == [LATE]


def test_a_shop_that_does_not_want_it_is_never_written_to(desk: Desk) -> None:
    desk.publish(Terms(write_back=False))
    desk.tell(order_seen(), purchase())
    desk.turn(SHIP_BY + 2 * DAY)
    settle(desk)

    assert (writings(desk), planned(desk)) == ([], [])


def test_switched_off_what_is_ours_comes_off_with_the_orders_next_news(late: Desk) -> None:
    late.store.tags[ORDER_ID] = ["vip"]
    settle(late)
    late.publish(Terms(write_back=False))
    late.tell(order_seen(version=MONDAY + 8 * DAY))
    settle(late)

    assert (tags(late), fields(late)) == (["vip"], {})


def test_an_order_the_store_does_not_show_is_let_be(late: Desk) -> None:
    late.store.orders.clear()
    settle(late)
    before = planned(late)
    late.tell(order_seen(version=MONDAY + 8 * DAY))
    settle(late)

    assert {(row.state, row.why) for row in before} == {("refused", "order_not_found")}
    assert len(planned(late)) == len(before)


def test_a_store_that_refuses_a_writing_is_asked_again_with_the_next_change(late: Desk) -> None:
    def refuse(*_: object) -> None:
        raise Refused("shopify", "no")

    put, late.store.add_tags = late.store.add_tags, refuse  # once
    settle(late)
    assert planned(late)[-1].state == "refused"

    late.store.add_tags = put  # from now on
    late.turn(SHIP_BY + 4 * DAY)
    settle(late)
    assert LATE in tags(late)


# --- what it is not -------------------------------------------------------------------------------


def test_it_is_no_step_of_any_case_and_no_figure_counts_it(late: Desk) -> None:
    settle(late)

    assert {row.case_id for row in planned(late)} == {""}
    (case,) = [c for c in _cases_of(late) if c.opened]
    assert "flag_order" not in {p.action.kind for p in case.planned}


def test_rules_that_only_suggest_are_written_of_all_the_same(desk: Desk) -> None:
    desk.publish(Terms(autonomy={"late_shipment.urge": Autonomy.SUGGEST}))
    desk.tell(order_seen(), purchase(route=Route.DOMESTIC))
    desk.turn(SHIP_BY + 2 * DAY)
    settle(desk)

    assert tags(desk) == [LATE]


def _cases_of(desk: Desk) -> list[Any]:
    with desk.db.write() as tx:
        return _cases(Casework(tx, SHOP, ORDER_ID, desk.clock.now()))
