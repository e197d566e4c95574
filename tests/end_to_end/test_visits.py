"""The world's own people on the app's own pages: customers report, the desk answers when asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from plugin.sandbox import happenings
from plugin.store import tables
from tests.end_to_end.conftest import DAY, Whole

STRIDE = timedelta(hours=8)


def live(whole: Whole, days: float) -> None:
    """The world's days pass, and the app keeps up with them."""
    clock = whole.runtime.clock
    to = clock.now() + days * DAY
    while clock.now() < to:
        due = whole.runtime.readiness()["next_due"]
        soon = datetime.fromisoformat(due) if due else to
        step = min(to, clock.now() + STRIDE, max(soon, clock.now() + timedelta(seconds=1)))
        clock.turn_to(step)
        happenings.happen_due(whole.world.ground, step)
        whole.settle()


def press(whole: Whole, order_id: int, prefix: str, verb: str = "sent") -> None:
    """The merchant presses the button of every step whose key begins so."""
    for key, row in whole.rows(order_id).items():
        if key.startswith(prefix):
            path = f"/cases/{row.case_id}/{verb}"
            answer = whole.post(path, data={"key": key}, allow_redirects=False)
            assert answer.status_code == 303, answer.text
    whole.settle()


def cases(whole: Whole, order_id: int) -> list[dict[str, Any]]:
    with whole.runtime.db.read() as tx:
        query = tables.cases.select().where(tables.cases.c.order_id == order_id)
        return [dict(row) for row in tx.execute(query).mappings()]


def keys(whole: Whole, order_id: int) -> set[str]:
    return {key.partition(":")[0] for key in whole.rows(order_id)}


def place(whole: Whole, story: str) -> int:
    return int(whole.world.happen("place_order", mark=f"a {story}", story=story))


@pytest.mark.parametrize(
    ("story", "situation"), [("wrong_proved", "wrong_items"), ("damaged_proved", "damaged")]
)
def test_a_report_with_pictures_becomes_a_claim_that_the_desk_answers_once_it_is_asked(
    whole: Whole, story: str, situation: str
) -> None:
    order_id = place(whole, story)
    live(whole, 9)
    (case,) = cases(whole, order_id)
    assert case["situation"] == situation
    assert case["next_step"].startswith("verify:")
    live(whole, 20)
    assert cases(whole, order_id)[0]["next_step"] == case["next_step"], "nobody was asked"

    press(whole, order_id, "verify:")
    live(whole, 40)
    assert cases(whole, order_id)[0]["next_step"].startswith("choose:")


def test_pictures_that_were_asked_for_come_after_some_days(whole: Whole) -> None:
    order_id = place(whole, "wrong_no_proof")
    live(whole, 8)
    assert cases(whole, order_id)[0]["deadline_name"] == "evidence_second"
    live(whole, 5)
    assert cases(whole, order_id)[0]["next_step"].startswith("verify:")


def test_the_desk_says_a_day_after_it_was_asked_whether_a_parcel_could_be_stopped(
    whole: Whole,
) -> None:
    order_id = place(whole, "cancelled_late")
    live(whole, 3)
    assert {case["situation"] for case in cases(whole, order_id)} == {"cancellation"}
    press(whole, order_id, "intercept:")
    live(whole, 2.5)
    ended = {
        case["outcome"] or case["next_step"].partition(":")[0] for case in cases(whole, order_id)
    }
    assert ended <= {"not_intercepted", "refund"}


def test_a_customer_whom_the_page_offers_nothing_writes_and_gets_the_truth(whole: Whole) -> None:
    order_id = place(whole, "cancelled_abroad")
    live(whole, 4)
    assert {case["outcome"] for case in cases(whole, order_id)} == {"cannot_stop"}
    assert whole.refunds(order_id) == []


def test_a_slip_in_the_address_is_corrected_by_its_writer_before_anything_is_sent(
    whole: Whole,
) -> None:
    order_id = place(whole, "address_slip")
    whole.settle()
    (case,) = cases(whole, order_id)
    assert case["situation"] == "wrong_address"
    row = whole.world.ground.ledger.row("SELECT * FROM orders WHERE id = ?", order_id)
    assert row is not None
    slip = row["address"]["zip"]

    live(whole, 1.9)
    press(whole, order_id, "address:", "approve")
    live(whole, 0.05)
    row = whole.world.ground.ledger.row("SELECT * FROM orders WHERE id = ?", order_id)
    assert row is not None
    assert (row["address"]["zip"][:-1], len(row["address"]["zip"])) == (slip, len(slip) + 1)
    assert cases(whole, order_id)[0]["outcome"] == "address_corrected"
    assert whole.world.ground.ledger.rows("SELECT * FROM holds WHERE order_id = ?", order_id) == []
