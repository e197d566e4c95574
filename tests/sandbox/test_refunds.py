"""Refunds: never more than was paid, never twice for one key."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clients.shopify import documents
from plugin.sandbox.accounts import demand
from plugin.sandbox.answers import AnswerLost
from plugin.sandbox.app import World
from tests.sandbox.worlds import Shopper, build, line_ids, order, wanted

attempts = st.lists(
    st.fixed_dictionaries(
        {
            "units": st.dictionaries(st.integers(0, 1), st.integers(1, 4), max_size=2),
            "minor": st.sampled_from([0, 1, 1142, 2288, 4658, 5148, 5149, 9000]),
            "shipping": st.sampled_from([0, 1, 245, 490, 491]),
        }
    ),
    max_size=6,
)


def shipping_only(minor: int) -> dict[str, Any]:
    return {"units": {}, "minor": 0, "shipping": minor}


@settings(max_examples=30, deadline=None)
@given(attempts)
@example([shipping_only(245), shipping_only(491 - 245), shipping_only(245)])
def test_no_row_of_refunds_gives_back_more_than_was_paid(tries: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        world, _ = build(Path(directory), throttled=False)
        order_id = order(world)
        lines, shopper = line_ids(world, order_id), Shopper(world.wsgi.test_client())
        for nth, attempt in enumerate(tries):
            units = {lines[place]: count for place, count in attempt["units"].items()}
            shopper.refund(
                f"key {nth}",
                wanted(
                    world,
                    order_id,
                    lines=units,
                    minor=attempt["minor"],
                    shipping=attempt["shipping"],
                ),
            )
            _within_what_was_paid(world, order_id)
        world.close()


def _within_what_was_paid(world: World, order_id: int) -> None:
    account = demand(world.ground.ledger, order_id)
    assert account.refunded <= account.paid == 5148
    assert account.shipping_refunded <= 490
    for line in account.lines:
        rows = [row for row in account.refund_lines if row["line_id"] == line["id"]]
        assert sum(row["quantity"] for row in rows) <= line["quantity"]
        assert sum(row["amount_minor"] for row in rows) <= line["paid_minor"]


def test_shares_of_a_line_add_up_to_what_was_paid_for_it(world: World, shopper: Shopper) -> None:
    order_id = order(world)
    line = line_ids(world, order_id)[0]
    for nth in range(3):
        shopper.refund(f"key {nth}", wanted(world, order_id, lines={line: 1}))
    account = demand(world.ground.ledger, order_id)
    shares = [row["amount_minor"] for row in account.refund_lines]
    assert sum(shares) == account.lines[0]["paid_minor"] == 3428
    assert max(shares) - min(shares) <= 1


def test_each_payment_gives_back_only_what_it_brought_in(world: World, shopper: Shopper) -> None:
    order_id = order(world)
    world.ground.ledger.add(
        "transactions",
        id=1,
        order_id=order_id,
        refund_id=None,
        parent_id=None,
        kind="SALE",
        status="SUCCESS",
        amount_minor=1000,
        created_at="2026-11-02T12:00:00+00:00",
        gateway="gift_card",
    )
    asked = wanted(world, order_id, minor=1001)
    asked["transactions"][0] |= {
        "parentId": "gid://shopify/OrderTransaction/1",
        "gateway": "gift_card",
    }
    refused = shopper.refund("one", asked)["data"]["refundCreate"]["userErrors"]
    assert "more than the amount left" in refused[0]["message"]
    asked["transactions"][0]["amount"] = "10.00"
    assert shopper.refund("two", asked)["data"]["refundCreate"]["userErrors"] == []


@pytest.mark.parametrize(
    ("units", "minor", "shipping", "says"),
    [
        (4, 100, 0, "more items than were purchased"),
        (1, 5149, 0, "more than the amount left"),
        (1, 100, 491, "Shipping"),
    ],
)
def test_too_much_is_refused_and_nothing_happens(
    world: World, shopper: Shopper, units: int, minor: int, shipping: int, says: str
) -> None:
    order_id = order(world)
    line = line_ids(world, order_id)[0]
    asked = wanted(world, order_id, lines={line: units}, minor=minor, shipping=shipping)
    payload = shopper.refund("key", asked)["data"]["refundCreate"]
    assert payload["refund"] is None
    assert says in " ".join(error["message"] for error in payload["userErrors"])
    assert world.ledger()["refunds"] == []


def test_the_currency_the_customer_paid_in_must_be_named(world: World, shopper: Shopper) -> None:
    order_id = order(world)
    asked = wanted(world, order_id, minor=100) | {"currency": None}
    payload = shopper.refund("key", asked)["data"]["refundCreate"]
    assert payload["userErrors"][0]["field"] == ["currency"]


def test_without_transactions_items_are_given_back_but_no_money(
    world: World, shopper: Shopper
) -> None:
    order_id = order(world)
    line = line_ids(world, order_id)[0]
    shopper.refund("key", wanted(world, order_id, lines={line: 1}))
    account = demand(world.ground.ledger, order_id)
    assert (account.refunded, account.refundable_quantity(line)) == (0, 2)


def test_without_the_directive_nothing_is_refunded(world: World, shopper: Shopper) -> None:
    document = documents.text("refund_create")
    bare = document.replace("@idempotent(key: $key)", "").replace(", $key: String!", "")
    answer = shopper.ask(bare, input=wanted(world, order(world), minor=100))
    assert "@idempotent" in answer["errors"][0]["message"]
    assert world.ledger()["refunds"] == []


@pytest.mark.parametrize("key", ["", "   "])
def test_a_blank_key_is_no_key(world: World, shopper: Shopper, key: str) -> None:
    assert "errors" in shopper.refund(key, wanted(world, order(world), minor=100))


def test_the_same_key_gives_the_same_refund_again(world: World, shopper: Shopper) -> None:
    asked = wanted(world, order(world), minor=100, note="case 7")
    first, again = shopper.refund("key", asked), shopper.refund("key", asked)
    assert first["data"] == again["data"]
    assert [row["note"] for row in world.ledger()["refunds"]] == ["case 7"]


def test_the_same_key_with_other_parameters_is_a_mismatch(world: World, shopper: Shopper) -> None:
    order_id = order(world)
    shopper.refund("key", wanted(world, order_id, minor=100))
    answer = shopper.refund("key", wanted(world, order_id, minor=101))
    assert answer["errors"][0]["extensions"]["code"] == "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
    assert len(world.ledger()["refunds"]) == 1


def test_a_key_that_failed_stays_failed(world: World, shopper: Shopper) -> None:
    asked = wanted(world, order(world), minor=9000)
    shopper.refund("key", asked)
    answer = shopper.refund("key", asked)
    assert answer["errors"][0]["extensions"]["code"] == "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"


@pytest.mark.parametrize(
    ("later", "refunds"),
    [(timedelta(hours=23, minutes=59, seconds=59), 1), (timedelta(hours=24), 2)],
)
def test_a_key_is_remembered_for_24_hours(
    world: World, shopper: Shopper, later: timedelta, refunds: int
) -> None:
    asked = wanted(world, order(world), minor=100)
    shopper.refund("key", asked)
    clock = world.ground.settings.clock
    clock.turn_to(clock.now() + later)
    shopper.refund("key", asked)
    assert len(world.ledger()["refunds"]) == refunds


def test_a_lost_answer_leaves_the_refund(world: World, shopper: Shopper) -> None:
    asked = wanted(world, order(world), minor=100)
    world.faults.add("refundCreate", "lose_answer")
    with pytest.raises(AnswerLost):
        shopper.refund("key", asked)
    assert len(world.ledger()["refunds"]) == 1
    assert shopper.refund("key", asked)["data"]["refundCreate"]["refund"]["id"]
    assert len(world.ledger()["refunds"]) == 1
