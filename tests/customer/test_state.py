"""What a customer is told of a case: one story for each thing that can be said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from plugin import timeline as t
from plugin.actions import Reason
from plugin.business_days import CHINA
from plugin.case import Case
from plugin.customer_view import Code, CustomerState, state
from plugin.order import CaseRecord
from plugin.terms import Autonomy, Clause, Route, Situation, Terms
from tests.conftest import MONDAY
from tests.story import HUANYU, LAMP, Story, line, order_seen, purchase, shipped

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CANCEL, ADDRESS = Situation.CANCELLATION, Situation.WRONG_ADDRESS


def told(story: Story, at: datetime) -> CustomerState:
    """What the customer is told of the story's last case."""
    record: CaseRecord = story.case
    opened = record.opened
    case = Case(
        story.order,
        opened.situation,
        opened.purchase_id,
        story.terms,
        opened.line_ids,
        record,
    )
    return state(case, at)


# --- Claims ---------------------------------------------------------------------------------------


def damaged(**terms: object) -> Story:
    story = Story(Terms(**terms)).tell(  # type: ignore[arg-type]  # by name
        order_seen(line(quantity=2, paid_minor=4980)),
        purchase(lines=((LAMP, 2),)),
        t.PurchaseShipped(HUANYU, MONDAY),
        shipped(MONDAY, (LAMP, 2)),
    )
    story.report(Situation.DAMAGED, (LAMP, 1)).at(MONDAY)
    return story


def proven(at: datetime = MONDAY) -> Story:
    story = damaged()
    return story.tell(t.EvidenceAdded(story.case.opened.case_id, "a" * 64, "picture"), at=at)


def claimed(at: datetime = MONDAY) -> Story:
    story = proven(at)
    story.at(at + HOUR)
    return story.done(f"verify:{story.case.opened.case_id}", at + HOUR)


def answered(result: str) -> Story:
    story = claimed()
    seen = t.VerificationSeen(story.case.opened.case_id, result, "no fault to be seen")
    story.tell(seen, at=MONDAY + DAY, by="Alice").at(MONDAY + DAY)
    return story


def chosen(choice: str) -> Story:
    """Confirmed; the merchant chose, and has yet to say yes to what follows."""
    story = answered("verified").choose("verified", choice, MONDAY + DAY)
    story.at(MONDAY + DAY)
    return story


def agreed(choice: str) -> Story:
    story = chosen(choice)
    return story.tell(t.Approved(_key(story, choice)), at=MONDAY + DAY, by="Alice")


def carried_out(choice: str) -> Story:
    story = agreed(choice)
    return story.done(_key(story, choice), MONDAY + 2 * DAY)


def _key(story: Story, choice: str) -> str:
    start = {"refund": "refund:", "reissue": "reissue:"}[choice]
    return next(key for key in story.order.planned if key.startswith(start))


def without_proof() -> Story:
    story = damaged()
    story.at(MONDAY + 14 * DAY)
    return story


# --- Parcels, addresses, customs, the time before shipping ----------------------------------------


def stopped(situation: Situation = CANCEL, *, bought: bool = True, **purchased: object) -> Story:
    story = Story().tell(order_seen())
    if bought:
        story.tell(purchase(**purchased))
    story.report(situation, purchase_id=HUANYU if bought else "").at(MONDAY)
    return story


def intercepted(result: str) -> Story:
    story = stopped().done(f"intercept:{HUANYU}", MONDAY)
    story.tell(t.InterceptionSeen(HUANYU, result), at=MONDAY + HOUR, by="Alice").at(MONDAY + HOUR)
    return story


def doubtful() -> Story:
    story = Story().tell(order_seen(), t.OrderChecked(("line1:house_number_missing",)))
    story.at(MONDAY)
    return story


def settled(how: str) -> Story:
    story = doubtful()
    report = story.order.reports[0].id
    story.tell(t.AddressSettled(report, how), at=MONDAY + HOUR, by="customer").at(MONDAY + HOUR)
    return story


def at_customs(then: str = "held", **terms: object) -> Story:
    story = Story(Terms(**terms))  # type: ignore[arg-type]  # by name
    story.tell(order_seen(), purchase(), t.PurchaseShipped(HUANYU, MONDAY), shipped(MONDAY))
    story.tell(t.CustomsSeen(HUANYU, "held", MONDAY, tracked=False)).at(MONDAY)
    if then != "held":
        story.tell(t.CustomsSeen(HUANYU, then, MONDAY, tracked=False)).at(MONDAY)
    return story


def late() -> Story:
    story = Story().tell(order_seen(), purchase(ship_by=MONDAY))
    story.at(MONDAY + 3 * DAY)
    return story


def out_of_stock() -> Story:
    story = Story().tell(order_seen(), purchase(), t.OutOfStockReported(HUANYU))
    story.at(MONDAY)
    return story


def ended(outcome: str) -> Story:
    story = damaged()
    because = Reason(Situation.DAMAGED, Clause.TELL, "settled")
    return story.tell(t.CaseClosed(story.case.opened.case_id, outcome, because), by="app")


SAID: list[tuple[Code, Callable[[], Story], timedelta]] = [
    (Code.PROOF_WANTED, damaged, DAY),
    (Code.BEING_PREPARED, proven, HOUR),
    (Code.CHECKING, claimed, 8 * DAY),
    (Code.CHECKING_LATE, claimed, 60 * DAY),
    (Code.VERIFIED, lambda: answered("verified"), 2 * DAY),
    (Code.VERIFIED, lambda: chosen("refund"), 2 * DAY),
    (Code.REMEDY_LATE, lambda: agreed("refund"), 40 * DAY),
    (Code.REFUND_COMING, lambda: agreed("refund"), 2 * DAY),
    (Code.REFUNDED, lambda: carried_out("refund"), 3 * DAY),
    (Code.REISSUE_COMING, lambda: agreed("reissue"), 2 * DAY),
    (Code.REISSUED, lambda: carried_out("reissue"), 3 * DAY),
    (Code.CLAIM_REFUSED, lambda: answered("refused"), 2 * DAY),
    (Code.CLAIM_REFUSED, lambda: ended("claim_refused"), DAY),
    (Code.SHOP_DECIDES, without_proof, 15 * DAY),
    (Code.NO_PROOF, lambda: ended("no_evidence"), DAY),
    (Code.REPLACED, lambda: ended("replaced"), DAY),
    (Code.DECLINED, lambda: ended("declined"), DAY),
    (Code.CANCELLED, lambda: ended("cancelled"), DAY),
    (Code.SHIPPED, lambda: ended("shipped"), DAY),
    (Code.OVER, lambda: ended("bought_elsewhere"), DAY),
    (Code.ADDRESS_CORRECTED, lambda: ended("address_corrected"), DAY),
    (Code.CANCELLING, lambda: stopped(bought=False), HOUR),
    (Code.STOPPING, stopped, HOUR),
    (Code.STOPPING, lambda: stopped(ADDRESS), HOUR),
    (Code.STOPPED, lambda: intercepted("succeeded"), 2 * HOUR),
    (Code.NOT_STOPPED, lambda: intercepted("failed"), 2 * HOUR),
    (Code.ABROAD, lambda: stopped(route=Route.INTERNATIONAL), HOUR),
    (Code.LOCATING, lambda: stopped(route=Route.UNKNOWN), HOUR),
    (Code.ABROAD, lambda: stopped(route=Route.UNKNOWN), 25 * HOUR),
    (Code.ADDRESS_WANTED, doubtful, HOUR),
    (Code.ADDRESS_CHANGING, lambda: settled("corrected"), 2 * HOUR),
    (Code.ADDRESS_CONFIRMED, lambda: settled("confirmed"), 2 * HOUR),
    (Code.CUSTOMS_HELD, at_customs, DAY),
    (Code.CUSTOMS_CLEARED, lambda: at_customs("cleared"), DAY),
    (Code.CUSTOMS_LOST, lambda: at_customs("returned"), DAY),
    (Code.LATE, late, 3 * DAY),
    (Code.UNAVAILABLE, out_of_stock, DAY),
]


@pytest.mark.parametrize(("code", "tale", "later"), SAID, ids=[str(said[0]) for said in SAID])
def test_what_is_said(code: Code, tale: Callable[[], Story], later: timedelta) -> None:
    assert told(tale(), MONDAY + later).code == code


def test_there_is_a_story_for_everything_that_can_be_said() -> None:
    assert {code for code, _, _ in SAID} == set(Code)


# --- Days and dates -------------------------------------------------------------------------------


def china(*day: int) -> datetime:
    return datetime(*day, 23, 59, 59, tzinfo=CHINA)  # type: ignore[misc, arg-type]  # (y, m, d)


def test_working_day_six_of_up_to_thirty_and_when_to_hear() -> None:
    said = told(claimed(), datetime(2026, 11, 10, 9, tzinfo=CHINA))
    assert (said.day, said.of) == (6, 30)
    assert said.hear_by == china(2026, 12, 14)
    assert not said.provisional


def test_a_date_in_a_year_that_is_not_announced_is_an_estimate() -> None:
    december = datetime(2026, 12, 7, 9, tzinfo=CHINA)
    said = told(claimed(december), december + DAY)
    assert said.provisional
    assert said.hear_by is not None
    assert said.hear_by.year == 2027


def test_nothing_is_promised_for_a_day_that_has_passed() -> None:
    said = told(claimed(), MONDAY + 60 * DAY)
    assert said.hear_by is None
    assert said.of == 30
    assert said.day is not None
    assert said.day > 30


def test_the_shops_own_number_of_days_is_told() -> None:
    story = claimed()
    story.terms = replace(story.terms, deadlines={"verification_overdue": 20})
    assert told(story, MONDAY + DAY).of == 20


def test_the_remedy_is_counted_from_the_verification() -> None:
    said = told(answered("verified"), MONDAY + 2 * DAY)
    assert (said.day, said.of, said.hear_by) == (1, 15, china(2026, 11, 24))


def test_proof_is_waited_for_fourteen_days() -> None:
    assert told(damaged(), MONDAY).hear_by == MONDAY + 14 * DAY


def test_a_letter_from_customs_is_promised_only_where_letters_go_out_by_themselves() -> None:
    assert told(at_customs(), MONDAY).hear_by == MONDAY + 3 * DAY
    assert told(at_customs(), MONDAY + 4 * DAY).hear_by == MONDAY + 7 * DAY
    assert told(at_customs(), MONDAY + 8 * DAY).hear_by is None
    asking = at_customs(autonomy={"customs_hold.letter": Autonomy.ASK})
    assert told(asking, MONDAY).hear_by is None


# --- What he can do -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tale", "can"),
    [
        (damaged, {"add_evidence"}),
        (proven, {"add_evidence"}),
        (claimed, {"add_evidence"}),
        (without_proof, {"add_evidence"}),
        (lambda: answered("refused"), set()),
        (lambda: answered("verified"), set()),
        (doubtful, {"confirm_address", "correct_address"}),
        (lambda: settled("corrected"), set()),
        (stopped, set()),
        (lambda: ended("refunded"), set()),
    ],
)
def test_what_can_be_done(tale: Callable[[], Story], can: set[str]) -> None:
    assert told(tale(), MONDAY + DAY).can == can
