"""Holds a merchant reads in the store: why, for which case, and lifted by nobody but us."""

from __future__ import annotations

from plugin import customer_reports
from plugin import timeline as t
from tests.casework.conftest import Desk
from tests.casework.test_after_sales import keep_customer
from tests.story import order_seen

DOUBT = t.OrderChecked(doubts=("zip:format",))
OURS = "postvendita-address"


def held(desk: Desk) -> str:
    """An order whose address is in doubt; its case."""
    keep_customer(desk)
    desk.tell(order_seen(), DOUBT)
    desk.work()
    (case_id,) = desk.order.cases
    return case_id


def test_a_hold_says_why_and_for_which_case(desk: Desk) -> None:
    held(desk)

    assert "hold INCORRECT_ADDRESS" in desk.store.calls
    assert desk.store.holds == [OURS]
    (note,) = desk.store.hold_notes
    assert note.startswith("Postvendita case #1001-1: the customer confirms the address")


def test_held_twice_is_held_once(desk: Desk) -> None:
    desk.store.holds.append(OURS)
    held(desk)

    assert desk.store.holds == [OURS]
    assert desk.store.hold_notes == []


def test_only_our_own_hold_is_lifted(desk: Desk) -> None:
    desk.store.holds += ["fraud-check", "postvendita-parcel"]
    case_id = held(desk)
    with desk.db.write() as tx:
        customer_reports.settle_address(tx, desk.click("customer"), case_id, None)
    desk.work()

    assert desk.store.holds == ["fraud-check", "postvendita-parcel"]
