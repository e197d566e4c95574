"""Business days of mainland China: every date of the policy, every day of twenty-three years."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin import business_days as days
from plugin import timeline as t
from plugin.business_days import CHINA, BadCalendar, Calendar
from plugin.case import Case
from plugin.deadlines import URGE_SUPPLIER, VERIFICATION_OVERDUE
from plugin.terms import Situation, Terms
from tests.story import Story, order_seen, purchase

VECTORS = [
    ("2026-02-10", 10, "2026-03-02"),
    ("2025-01-20", 10, "2025-02-08"),
    ("2025-01-20", 30, "2025-03-07"),
    ("2025-09-25", 10, "2025-10-15"),
    ("2026-04-27", 15, "2026-05-20"),
    ("2026-09-24", 10, "2026-10-15"),
    ("2026-02-10", 30, "2026-03-30"),
    ("2026-02-10", 45, "2026-04-21"),
    ("2026-11-22", 10, "2026-12-04"),
]


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=CHINA)


@pytest.mark.parametrize(("start", "n", "end"), VECTORS)
def test_every_date_of_the_policy(start: str, n: int, end: str) -> None:
    found = days.after(noon(start), n)

    assert found.due == datetime.fromisoformat(f"{end}T23:59:59").replace(tzinfo=CHINA)
    assert found.provisional is False


@pytest.mark.parametrize(("start", "n", "end"), VECTORS[:6])
def test_weekdays_alone_would_be_wrong(start: str, n: int, end: str) -> None:
    """The deliberate break: a count that knows weekends only misses every one of these."""
    day, left = date.fromisoformat(start), n
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    assert day.isoformat() != end


def test_a_claim_opened_before_spring_festival_is_due_on_a_working_saturday() -> None:
    found = days.after(noon("2025-01-20"), 10)

    assert found.due.astimezone(CHINA).weekday() == 5
    assert days.is_working_day(date(2025, 2, 8))


def test_every_day_from_2004_to_2026_agrees_with_a_second_opinion() -> None:
    day, differ = date(2004, 1, 1), []
    while day.year < 2027:
        if days.is_working_day(day) != chinese_calendar.is_workday(day):
            differ.append(day.isoformat())
        day += timedelta(days=1)
    assert differ == ["2005-12-31"]


@pytest.mark.parametrize(
    "day",
    [
        *("2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11"),
        *("2024-09-14", "2024-09-29", "2024-10-12"),
        *("2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"),
        *("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"),
    ],
)
def test_make_up_days_are_worked(day: str) -> None:
    found = date.fromisoformat(day)

    assert found.weekday() >= 5
    assert days.is_working_day(found)
    assert days.next_working_day(found - timedelta(days=1)) == found


@pytest.mark.parametrize(("year", "worked"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_as_many_working_days_as_its_notice_leaves(year: int, worked: int) -> None:
    start = datetime(year - 1, 12, 31, 12, tzinfo=CHINA)

    assert days.count_between(start, datetime(year, 12, 31, 12, tzinfo=CHINA)) == worked


@pytest.mark.parametrize(
    ("day", "following"),
    [("2026-02-14", "2026-02-24"), ("2026-02-27", "2026-02-28"), ("2026-03-06", "2026-03-09")],
)
def test_the_next_working_day_may_be_a_saturday_or_nine_days_off(day: str, following: str) -> None:
    assert days.next_working_day(date.fromisoformat(day)).isoformat() == following


def test_the_start_day_is_the_one_it_is_in_china() -> None:
    late = datetime(2026, 2, 9, 17, tzinfo=UTC)  # already the 10th in China
    assert days.after(late, 10).due == days.after(noon("2026-02-10"), 10).due


def test_a_moment_without_its_zone_is_refused() -> None:
    naive = datetime.fromisoformat("2026-02-10T12:00:00")

    with pytest.raises(ValueError, match="needs its time zone"):
        days.after(naive, 10)
    with pytest.raises(ValueError, match="needs its time zone"):
        days.count_between(naive, noon("2026-02-11"))
    with pytest.raises(ValueError, match="forwards"):
        days.after(noon("2026-02-10"), -1)


def test_page_words_such_as_working_day_6_of_30() -> None:
    sent = noon("2026-02-10")

    assert days.count_between(sent, noon("2026-02-10")) == 0
    assert days.count_between(sent, noon("2026-02-14")) == 4, "the Saturday is worked"
    assert days.count_between(sent, noon("2026-02-23")) == 4, "the festival is not"
    assert days.count_between(sent, noon("2026-02-25")) == 6
    assert days.count_between(sent, noon("2026-02-01")) == 0, "nothing runs backwards"


# --- Years that are not announced -----------------------------------------------------------------


def test_a_count_into_a_year_not_announced_is_provisional() -> None:
    found = days.after(noon("2026-11-22"), 30)

    assert found.due.astimezone(CHINA).date() == date(2027, 1, 4)
    assert found.provisional is True


def test_a_provisional_date_moves_when_the_calendar_is_announced() -> None:
    before = days.after(noon("2026-12-21"), 40)
    announced = days.calendar_from("version 2027-1\nconfirmed_through 2027\nwork 2027-01-30\n")

    after = days.after(noon("2026-12-21"), 40, announced)

    assert (before.provisional, after.provisional) == (True, False)
    assert after.due < before.due
    assert after.version == "2027-1"


def test_a_festival_longer_than_guessed_moves_the_date_of_february_2027_back() -> None:
    text = "version 2027-1\nconfirmed_through 2027\noff 2027-02-11\noff 2027-02-12\n"
    announced = days.calendar_from(f"{text}work 2027-02-20 # a Saturday\n")

    guessed, known = (days.after(noon("2027-02-01"), 9, cal) for cal in (None, announced))

    assert (guessed.due.date(), guessed.provisional) == (date(2027, 2, 18), True)
    assert (known.due.date(), known.provisional) == (date(2027, 2, 20), False), "a make-up Saturday"
    assert days.festival(date(2027, 2, 12), announced) == (date(2027, 2, 5), date(2027, 2, 14))
    (shown,) = days.strip(date(2027, 2, 20), 1, announced)
    assert (shown.works, shown.make_up, shown.provisional) == (True, True, False)


def test_the_calendar_in_force_says_which_it_is() -> None:
    assert days.china().confirmed_through == 2026
    assert days.china().version
    assert days.after(noon("2026-02-10"), 1).version == days.china().version


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("confirmed_through 2026", "version: is missing"),
        ("version a\nconfirmed_through soon", "confirmed_through: must be a year"),
        ("version a\nconfirmed_through 2026\noff", "line 3: needs a name and one value"),
        ("version a\nconfirmed_through 2026\noff 2027-02-30", "line 3: '2027-02-30' is no date"),
        ("version a\nconfirmed_through 2026\nrest 2027-02-03", "line 3: 'rest' is none of"),
        (
            "version a\nconfirmed_through 2026\noff 2027-02-03\nwork 2027-02-03",
            "line 4: 2027-02-03 stands there twice",
        ),
    ],
)
def test_a_calendar_that_cannot_be_used_names_the_line(text: str, says: str) -> None:
    with pytest.raises(BadCalendar, match=says):
        days.calendar_from(text)


# --- Festivals ------------------------------------------------------------------------------------


def test_spring_festival_2026_has_nine_days_and_a_weekend_is_none() -> None:
    assert days.festival(date(2026, 2, 18)) == (date(2026, 2, 15), date(2026, 2, 23))
    assert days.festival(date(2026, 3, 7)) is None, "a Saturday"
    assert days.festival(date(2026, 2, 28)) is None, "a Saturday that is worked"


def late_over_spring(**terms: bool) -> Case:
    """To be shipped by Saturday 14 February 2026, the eve of the festival."""
    ship_by = datetime(2026, 2, 14, 23, 59, 59, tzinfo=CHINA)
    ordered = datetime(2026, 2, 9, 4, tzinfo=UTC)
    story = Story(Terms(**terms)).tell(
        order_seen(version=ordered, placed_at=ordered, paid_at=ordered),
        purchase(ship_by=ship_by, ordered_at=ordered),
        at=ordered,
    )
    return Case(story.order, Situation.LATE_SHIPMENT, "Huanyu/T1", story.terms)


def test_nobody_is_urged_on_days_when_nobody_works() -> None:
    due = URGE_SUPPLIER.due(late_over_spring())

    assert due == datetime(2026, 2, 25, 23, 59, 59, tzinfo=CHINA), "two days after the 23rd"


def test_a_shop_may_count_festivals_like_any_day() -> None:
    due = URGE_SUPPLIER.due(late_over_spring(festivals_pause=False))

    assert due == datetime(2026, 2, 16, 23, 59, 59, tzinfo=CHINA)


def test_a_strip_shows_what_works_and_what_makes_up() -> None:
    shown = {d.day.isoformat(): d for d in days.strip(date(2026, 2, 13), 18)}

    assert (shown["2026-02-14"].works, shown["2026-02-14"].make_up) == (True, True)
    assert shown["2026-02-17"].works is False
    assert (shown["2026-02-24"].works, shown["2026-02-24"].make_up) == (True, False)
    assert [d.provisional for d in days.strip(date(2026, 12, 31), 2)] == [False, True]


# --- Properties -----------------------------------------------------------------------------------

MOMENTS = st.datetimes(
    min_value=datetime.fromisoformat("2005-01-01"),
    max_value=datetime.fromisoformat("2026-06-01"),
    timezones=st.just(UTC),
)
COUNTS = st.integers(0, 45)


@settings(max_examples=150, deadline=None)
@given(MOMENTS, COUNTS)
def test_the_last_day_is_worked_and_the_count_comes_back(moment: datetime, n: int) -> None:
    found = days.after(moment, n)

    if n:
        assert days.is_working_day(found.due.astimezone(CHINA).date())
    assert days.count_between(moment, found.due) == n


@settings(max_examples=150, deadline=None)
@given(MOMENTS, COUNTS)
def test_one_day_more_is_later_and_a_later_start_never_earlier(moment: datetime, n: int) -> None:
    assert days.after(moment, n + 1).due > days.after(moment, n).due
    assert days.after(moment + timedelta(days=1), n).due >= days.after(moment, n).due


def test_the_provisional_mark_reaches_the_clock_of_a_case() -> None:
    start = noon("2026-12-21")
    story = Story().tell(order_seen(), purchase()).report(Situation.DAMAGED, (11, 1), at=start)
    story.at(start)
    case_id = story.case.opened.case_id
    story.tell(t.EvidenceAdded(case_id, "a" * 64, "picture"), at=start)
    story.at(start + timedelta(hours=1))
    story.done(f"verify:{case_id}", start + timedelta(hours=1))
    opened = story.case.opened
    case = Case(
        story.order, opened.situation, opened.purchase_id, story.terms, opened.line_ids, story.case
    )

    found = VERIFICATION_OVERDUE.reckon(case)

    assert found is not None
    assert found.provisional is True


def test_an_empty_calendar_of_our_own_changes_nothing() -> None:
    own = Calendar(version="x")
    assert days.after(noon("2026-02-10"), 10, own).due == days.after(noon("2026-02-10"), 10).due
