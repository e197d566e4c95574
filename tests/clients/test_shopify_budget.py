"""A shop's points: what can wait leaves half of them, what is urgent may have them all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from clients.errors import RemoteError, Retriable
from clients.shopify.admin import Care, ShopifyAdmin
from clients.shopify.budget import USUAL_COST, YIELDING, Budget, bulk_work
from clients.shopify.envelope import Throttle
from tests.clients.shop import SHOP, TOKEN, Shop
from tests.conftest import MONDAY


class Turned:
    """A clock to turn."""

    def __init__(self) -> None:
        self.moment = MONDAY

    def __call__(self) -> datetime:
        return self.moment

    def turn(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Turned:
    return Turned()


@pytest.fixture
def budget(clock: Turned) -> Budget:
    """A bucket of 1,000 points, 100 a second, of which 600 are left; an order costs 60."""
    made = Budget(clock)
    made.told("order", Throttle(1000, 600, 100), 60)
    return made


def waits(budget: Budget, document: str = "order") -> tuple[str, float]:
    """Why a call has to wait, and how many seconds."""
    with pytest.raises(Retriable) as caught:
        budget.take(document)
    return caught.value.code, caught.value.after


def test_nothing_is_held_back_before_the_first_answer(clock: Turned) -> None:
    budget = Budget(clock)
    with bulk_work():
        budget.take("order")
    assert budget.left is None


def test_work_that_can_wait_leaves_half_of_the_bucket(budget: Budget) -> None:
    with bulk_work():
        budget.take("order")
        assert waits(budget) == (YIELDING, 1.0)
    assert budget.left == 540


def test_urgent_work_goes_on_until_the_bucket_is_empty(budget: Budget) -> None:
    for _ in range(10):
        budget.take("order")
    assert budget.left == 0
    assert waits(budget) == ("THROTTLED", 1.0)


def test_the_wait_is_as_long_as_the_bucket_takes_to_fill(budget: Budget, clock: Turned) -> None:
    budget.told("order", Throttle(1000, 0, 10), 60)
    assert waits(budget) == ("THROTTLED", 6.0)
    with bulk_work():
        assert waits(budget) == (YIELDING, 56.0)
    clock.turn(6)
    budget.take("order")
    clock.turn(1000)
    assert budget.left == 1000


def test_a_clock_turned_back_takes_no_points_away(budget: Budget, clock: Turned) -> None:
    clock.turn(-3600)
    assert budget.left == 600


def test_what_was_never_sent_is_taken_to_cost_the_usual(budget: Budget) -> None:
    budget.take("holds")
    assert budget.left == 600 - USUAL_COST


def test_work_that_costs_more_than_half_waits_for_a_full_bucket_and_not_for_ever(
    budget: Budget, clock: Turned
) -> None:
    budget.told("pages", None, 700)
    with bulk_work():
        assert waits(budget, "pages") == (YIELDING, 4.0)
        clock.turn(4)
        budget.take("pages")
    assert budget.left == 300


def test_what_an_answer_says_counts_for_more_than_what_was_reckoned(budget: Budget) -> None:
    budget.take("order")
    budget.told("order", Throttle(2000, 1990, 200), 10)
    assert budget.left == 1990


def test_threads_together_spend_no_more_than_there_is(budget: Budget) -> None:
    def take(_nth: int) -> bool:
        try:
            budget.take("order")
        except RemoteError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(64))) == 10


def test_a_throttled_answer_keeps_the_next_calls_from_being_made(shop: Shop, clock: Turned) -> None:
    admin = ShopifyAdmin(SHOP, TOKEN, care=Care(budget=Budget(clock)))
    status = {"maximumAvailable": 1000, "currentlyAvailable": 10, "restoreRate": 50}
    shop.answers(
        {
            "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
            "extensions": {"cost": {"requestedQueryCost": 110, "throttleStatus": status}},
        }
    )
    for _ in range(3):
        with pytest.raises(Retriable) as caught:
            admin.order(1)
        assert (caught.value.code, caught.value.after) == ("THROTTLED", 2.0)
    assert len(shop.asked) == 1
    clock.turn(2)
    with pytest.raises(Retriable):
        admin.order(1)
    assert len(shop.asked) == 2
