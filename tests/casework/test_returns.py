"""Returns, in a shop that works with them: mirrored for a verified claim, read when asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clients.errors import NeedsAuthorisation, Refused
from clients.shopify.returns import Return, ReturnedLine
from plugin import merchant
from plugin import timeline as t
from plugin.facts import mark_in
from plugin.store import outbox, reports, shops
from plugin.terms import Autonomy, Situation, Terms
from plugin.watching import watch
from tests.casework.conftest import Desk
from tests.casework.test_after_sales import arrived, handed_in, letters, tell
from tests.fakes import ORDER_ID, SHOP, lose_answer
from tests.story import CUP, HUANYU, LAMP

__all__ = ["arrived"]

MIRRORED = Terms(
    autonomy={f"{s}.return": Autonomy.AUTO for s in (Situation.DAMAGED, Situation.WRONG_ITEMS)}
)
ASKED = t.ReturnRequested(951)


@pytest.fixture
def mirroring(arrived: Desk) -> Desk:
    """A delivered lamp, in a shop that works with returns."""
    arrived.publish(MIRRORED)
    return arrived


def verified(desk: Desk) -> str:
    case_id = handed_in(desk)
    tell(desk, merchant.tell_of_verification, case_id, "verified")
    desk.work()
    return case_id


def refunded(desk: Desk, case_id: str) -> None:
    """The merchant chooses the refund, and its money comes back from the supplier."""
    desk.approve(f"choose:verified:{case_id}", choice="refund")
    desk.work()


def settled(desk: Desk) -> None:
    """Nothing more is expected from the supplier."""
    desk.work()
    for row in _rows(desk, "ask_recovery"):
        if row.state == "needs_person":
            with desk.db.write() as tx:
                merchant.sent_by_hand(tx, desk.click(), row.key)
    desk.tell(t.RecoverySeen(HUANYU, "received", 8800, "CNY"), by="supplier")
    desk.work()


def _rows(desk: Desk, action: str) -> list[outbox.Row]:
    with desk.db.read() as tx:
        return [r for r in outbox.of_order(tx, SHOP, ORDER_ID) if r.action == action]


def asked(desk: Desk, *lines: ReturnedLine, status: str = "REQUESTED") -> None:
    """The customer asks the store for a return, and the store tells us so."""
    desk.store.kept_returns.append(Return(951, "#1001-R1", status, desk.clock.now(), lines))
    desk.tell(ASKED)
    desk.work()


# --- ours, for a verified claim -------------------------------------------------------------------


def test_without_the_shops_word_no_return_is_opened(arrived: Desk) -> None:
    verified(arrived)

    assert arrived.store.kept_returns == []
    assert "returns" not in arrived.store.calls


def test_a_verified_claim_is_a_return_with_its_reason_case_and_mark(mirroring: Desk) -> None:
    case_id = verified(mirroring)

    (made,) = mirroring.store.kept_returns
    (line,) = made.lines
    assert (line.line_id, line.quantity, line.reason) == (LAMP, 1, "DEFECTIVE")
    assert "case #1001-1" in line.note
    assert mark_in(line.note) == mirroring.row(f"return:{case_id}").mark


def test_it_is_closed_when_nothing_else_is_left_and_the_case_ends_with_it(mirroring: Desk) -> None:
    case_id = verified(mirroring)
    refunded(mirroring, case_id)
    assert [one.status for one in mirroring.store.kept_returns] == ["OPEN"]

    settled(mirroring)
    assert [one.status for one in mirroring.store.kept_returns] == ["CLOSED"]
    record = mirroring.order.cases[case_id]
    assert record.closed is not None
    assert record.closed.outcome == "refunded"


def test_the_refund_is_the_same_and_waits_for_no_return(mirroring: Desk) -> None:
    def away(*_: object, **__: object) -> Any:
        raise Refused("shopify", "no returns today")

    mirroring.store.open_return = away
    case_id = verified(mirroring)
    refunded(mirroring, case_id)

    assert mirroring.store.paid_back() == mirroring.booked() == 2490
    assert mirroring.row(f"return:{case_id}").state == "refused"
    assert "refunded" in letters(mirroring.order)
    settled(mirroring)
    assert mirroring.order.cases[case_id].closed is not None


def test_a_lost_answer_opens_no_second_return(mirroring: Desk) -> None:
    case_id = handed_in(mirroring)
    mirroring.store.after_return.append(lose_answer)
    tell(mirroring, merchant.tell_of_verification, case_id, "verified")
    mirroring.work()
    assert mirroring.row(f"return:{case_id}").state == "unknown"

    for _ in range(3):
        mirroring.wait(outbox.QUARANTINE)
        mirroring.work()
    assert len(mirroring.store.kept_returns) == 1
    assert mirroring.row(f"return:{case_id}").state == "done"


def test_a_lost_answer_to_the_closing_is_read_back(mirroring: Desk) -> None:
    case_id = verified(mirroring)
    refunded(mirroring, case_id)
    mirroring.store.after_return.append(lose_answer)
    settled(mirroring)
    mirroring.wait(timedelta(minutes=2))
    mirroring.work()

    closings = [c for c in mirroring.store.calls if c.startswith("close return")]
    assert len(closings) == 1
    assert mirroring.order.cases[case_id].closed is not None


def test_a_return_somebody_else_opened_is_neither_doubled_nor_closed(mirroring: Desk) -> None:
    theirs = Return(77, "#1001-R1", "OPEN", mirroring.clock.now(), (ReturnedLine(LAMP, 1),))
    mirroring.store.kept_returns.append(theirs)
    case_id = verified(mirroring)
    refunded(mirroring, case_id)
    settled(mirroring)

    assert mirroring.store.kept_returns == [theirs]
    assert mirroring.row(f"return:{case_id}").why == "return_there"
    assert mirroring.order.cases[case_id].closed is not None


def test_one_the_merchant_closed_meanwhile_is_let_be(mirroring: Desk) -> None:
    case_id = verified(mirroring)
    refunded(mirroring, case_id)
    (made,) = mirroring.store.kept_returns
    mirroring.store.close_return(made.id)
    settled(mirroring)

    assert sum(c.startswith("close return") for c in mirroring.store.calls) == 1
    assert mirroring.order.cases[case_id].closed is not None


def test_a_store_that_does_not_let_us_see_returns_holds_nothing_up(mirroring: Desk) -> None:
    def denied(_: int) -> Any:
        raise NeedsAuthorisation("shopify", "access denied", code="ACCESS_DENIED")

    mirroring.store.returns = denied
    case_id = verified(mirroring)
    refunded(mirroring, case_id)
    settled(mirroring)

    assert mirroring.row(f"return:{case_id}").why == "no_scope"
    assert mirroring.order.cases[case_id].closed is not None


def test_where_a_person_is_asked_first_the_return_waits_and_its_end_does_not(
    arrived: Desk,
) -> None:
    arrived.publish(Terms(autonomy={"damaged.return": Autonomy.ASK}))
    case_id = verified(arrived)
    assert arrived.store.kept_returns == []

    arrived.approve(f"return:{case_id}")
    arrived.work()
    refunded(arrived, case_id)
    settled(arrived)
    assert [one.status for one in arrived.store.kept_returns] == ["CLOSED"]


@pytest.mark.parametrize("how", ["watching", shops.PAUSED, shops.UNINSTALLED])
def test_nothing_is_opened_while_nothing_goes_out(mirroring: Desk, how: str) -> None:
    case_id = handed_in(mirroring)
    with mirroring.db.write() as tx:
        if how == "watching":
            watch(tx, SHOP)
        else:
            shops.change(tx, SHOP, state=how)
    tell(mirroring, merchant.tell_of_verification, case_id, "verified")
    mirroring.work()

    assert mirroring.store.kept_returns == []


# --- a customer's, asked of the store -------------------------------------------------------------


def test_a_return_asked_for_because_it_is_broken_opens_the_case_and_asks_for_proof(
    mirroring: Desk,
) -> None:
    asked(mirroring, ReturnedLine(LAMP, 1, "DEFECTIVE", said="It came in two"))
    mirroring.work()

    (record,) = mirroring.order.cases.values()
    assert record.opened.situation is Situation.DAMAGED
    assert letters(mirroring.order) == ["evidence_asked"]
    (reported,) = mirroring.events(t.ProblemReported)
    with mirroring.db.read() as tx:
        kept = reports.words_of(tx, SHOP, ORDER_ID, reported.report_id)
    assert kept is not None
    assert kept.words == "It came in two"


def test_the_same_wish_told_twice_is_one_report(mirroring: Desk) -> None:
    asked(mirroring, ReturnedLine(LAMP, 1, "WRONG_ITEM"))
    mirroring.tell(ASKED)
    mirroring.work()

    assert len(mirroring.events(t.ProblemReported)) == 1
    assert len(mirroring.events(t.ReturnRequested)) == 1


def test_a_change_of_mind_stays_the_merchants_to_decide_in_the_store(mirroring: Desk) -> None:
    asked(mirroring, ReturnedLine(LAMP, 1, said="I do not like it"))

    assert mirroring.order.cases == {}
    assert mirroring.row("read_return:951").why == "return_unknown"


def test_what_is_not_on_the_order_is_not_reported(mirroring: Desk) -> None:
    asked(mirroring, ReturnedLine(CUP, 1, "DEFECTIVE"))

    assert mirroring.order.cases == {}


@pytest.mark.parametrize("status", ["CLOSED", "CANCELED", "DECLINED"])
def test_a_wish_that_is_over_opens_nothing(mirroring: Desk, status: str) -> None:
    asked(mirroring, ReturnedLine(LAMP, 1, "DEFECTIVE"), status=status)

    assert mirroring.order.cases == {}


def test_a_shop_without_returns_reads_none_and_sees_the_wish(arrived: Desk) -> None:
    asked(arrived, ReturnedLine(LAMP, 1, "DEFECTIVE"))

    assert "returns" not in arrived.store.calls
    assert arrived.order.cases == {}
    assert len(arrived.events(t.ReturnRequested)) == 1


def test_the_customers_own_return_is_not_opened_once_more(mirroring: Desk) -> None:
    asked(mirroring, ReturnedLine(LAMP, 1, "DEFECTIVE"))
    case = _only_case(mirroring)
    from tests.casework.test_after_sales import HOUR, picture

    picture(mirroring, case)
    mirroring.work()
    mirroring.turn(mirroring.clock.now() + HOUR)
    mirroring.work()
    with mirroring.db.write() as tx:
        merchant.sent_by_hand(tx, mirroring.click(), f"verify:{case}")
    tell(mirroring, merchant.tell_of_verification, case, "verified")
    mirroring.work()

    assert [one.id for one in mirroring.store.kept_returns] == [951]


def _only_case(desk: Desk) -> str:
    (case_id,) = desk.order.cases
    return case_id
