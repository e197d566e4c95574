"""What can still be asked for, by where the goods are: a row for each place."""

from __future__ import annotations

import pytest

from plugin import timeline as t
from plugin.pages.customer.offers import Offers, Place, offers
from plugin.terms import Route, Situation
from tests.conftest import MONDAY
from tests.story import HUANYU, LAMP, Story, line, order_seen, purchase, shipped

SENT = t.PurchaseShipped(HUANYU, MONDAY)
ARRIVED = t.TrackingSeen(501, "delivered", MONDAY)
INTERCEPTED = {how: t.InterceptionSeen(HUANYU, how) for how in ("failed", "succeeded")}


def offered(*events: t.Event) -> Offers:
    return offers(Story().tell(order_seen(line(quantity=2)), *events).order)


def bought(route: Route = Route.DOMESTIC, count: int = 2) -> t.PurchaseRecorded:
    return purchase(lines=((LAMP, count),), route=route)


@pytest.mark.parametrize(
    ("events", "place", "stoppable"),
    [
        ([], Place.UNBOUGHT, 2),
        ([shipped(MONDAY, (LAMP, 2))], Place.UNKNOWN, 2),
        ([bought()], Place.DOMESTIC, 2),
        ([bought(), SENT], Place.DOMESTIC, 2),
        ([bought(Route.UNKNOWN)], Place.UNKNOWN, 2),
        ([bought(Route.INTERNATIONAL)], Place.ABROAD, 0),
        ([bought(Route.INTERNATIONAL, 1)], Place.ABROAD, 0),
        ([bought(), SENT, shipped(MONDAY, (LAMP, 2)), ARRIVED], Place.ARRIVED, 0),
        ([bought(), SENT, shipped(MONDAY, (LAMP, 1)), ARRIVED], Place.DOMESTIC, 2),
        ([bought(), INTERCEPTED["failed"]], Place.NOT_STOPPED, 0),
        ([bought(), INTERCEPTED["succeeded"]], Place.SETTLED, 0),
        ([bought(), t.PurchaseCancelled(HUANYU, MONDAY)], Place.UNBOUGHT, 2),
        ([t.RefundSeen(9, MONDAY, ((LAMP, 1),), 1245, "USD")], Place.UNBOUGHT, 1),
        ([t.RefundSeen(9, MONDAY, ((LAMP, 2),), 2490, "USD")], Place.SETTLED, 0),
        ([order_seen(line(quantity=2), cancelled_at=MONDAY)], Place.SETTLED, 0),
    ],
)
def test_where_goods_are_says_what_can_be_asked(
    events: list[t.Event], place: Place, stoppable: int
) -> None:
    found = offered(*events)
    assert found.places[LAMP] is place
    assert found.stoppable.get(LAMP, 0) == stoppable
    assert found.address == bool(stoppable)


@pytest.mark.parametrize("lines", [(), ((LAMP, 2),)])
def test_what_is_being_cancelled_is_not_offered_again(lines: tuple[tuple[int, int], ...]) -> None:
    story = Story().tell(order_seen(line(quantity=2)), bought())
    story.report(Situation.CANCELLATION, *lines).at(MONDAY)
    found = offers(story.order)
    assert found.places[LAMP] is Place.BEING_STOPPED
    assert (dict(found.stoppable), dict(found.asked_for)) == ({}, {LAMP: 2})


def test_a_problem_can_be_reported_wherever_the_goods_are_thought_to_be() -> None:
    assert offered().reportable == {LAMP: 2}
    assert offered(bought(Route.INTERNATIONAL)).reportable == {LAMP: 2}
