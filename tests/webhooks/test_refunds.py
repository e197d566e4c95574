"""What a refund's webhook means: which money, which lines, and whose it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from plugin.timeline import (
    RefundSeen,
)
from tests.webhooks import moves
from tests.webhooks.bodies import VASE
from tests.webhooks.moves import MARK
from tests.webhooks.telling import event, refusal


def test_w40_our_own_refund_comes_back_with_its_mark() -> None:
    assert event("refunds/create", moves.refund()) == RefundSeen(
        refund_id=9_900_000_000_001,
        made_at=datetime(2026, 11, 6, 7, 0, tzinfo=UTC),
        lines=((VASE, 1),),
        minor=925,
        currency="CHF",
        mark=MARK,
    )


def refund(**changes: Any) -> RefundSeen:
    found = event("refunds/create", moves.refund(**changes))
    assert isinstance(found, RefundSeen)
    return found


@pytest.mark.parametrize(
    "note",
    [None, "", "goodwill", f"postvendita:{MARK}", "[postvendita:]", f"[postvendita:{MARK[:-1]}]"],
)
def test_w41_a_refund_made_by_somebody_else_has_no_mark(note: str | None) -> None:
    assert refund(note=note).mark == ""


@pytest.mark.parametrize(
    ("transactions", "minor"),
    [
        ([], 0),
        (None, 0),
        ([moves.transaction(), moves.transaction(amount="1.00", status="pending")], 1025),
        ([moves.transaction(status="failure")], 0),
        ([moves.transaction(status="error"), moves.transaction()], 925),
        ([moves.transaction(kind="void"), moves.transaction(kind="REFUND")], 925),
    ],
)
def test_a_refund_is_the_money_that_moved(transactions: Any, minor: int) -> None:
    found = refund(transactions=transactions)

    assert (found.minor, found.currency) == (minor, "CHF")


def test_where_transactions_name_no_currency_the_lines_do() -> None:
    nothing = {"presentment_money": {"amount": "0.0", "currency": "XXX"}}
    bare = moves.transaction(currency=None, total_unsettled_set=nothing)

    assert refund(transactions=[bare]).currency == "CHF"
    assert refusal(
        "refunds/create",
        moves.refund(transactions=[bare], refund_line_items=[], total_duties_set=None),
    ) == ("transactions: has no currency")


def test_a_refund_in_two_currencies_is_for_a_person() -> None:
    both = [moves.transaction(), moves.transaction(currency="EUR")]

    assert refusal("refunds/create", moves.refund(transactions=both)) == (
        "transactions: is in more than one currency"
    )


def test_a_line_refunded_in_two_places_is_one_line() -> None:
    part = moves.refund()["refund_line_items"][0]
    found = refund(refund_line_items=[part, part | {"quantity": 2, "line_item": None}])

    assert found.lines == ((VASE, 3),)


def test_rounded_line_ids_are_put_right() -> None:
    part = moves.refund()["refund_line_items"][0] | {"line_item_id": VASE - 1}

    assert refund(refund_line_items=[part]).lines == ((VASE, 1),)
