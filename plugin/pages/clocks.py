"""What a case waits for, for its page: every coming moment, both ends of windows, China's days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from plugin import policy, sentences
from plugin.business_days import CHINA, Day, festival, is_working_day, next_working_day, strip
from plugin.case import Case
from plugin.windows import Window, windows

STRIP_DAYS = 28
NEAR = 21
"""Days before a festival at which the page begins to speak of it."""


@dataclass(frozen=True)
class Coming:
    """One clock that is still to come."""

    what: str
    at: datetime
    in_china: bool
    """Somebody in China is waited for: Beijing's time stands beside it."""
    provisional: bool


@dataclass(frozen=True)
class Clocks:
    """Everything about time that a case's page shows."""

    windows: Sequence[Window]
    coming: Sequence[Coming]
    """The earliest first."""
    days: Sequence[Day]
    """Whole weeks, from the Monday of this one."""
    today: date
    """In China."""
    next_working: Day
    festival: tuple[date, date] | None

    @property
    def window(self) -> Window | None:
        """The one whose business days are being counted."""
        return next((w for w in self.windows if w.of), None)


def clocks_of(case: Case, now: datetime, language: str) -> Clocks | None:
    """The clocks of an open case."""
    if case.closed:
        return None
    today = now.astimezone(CHINA).date()
    following = next_working_day(today)
    return Clocks(
        windows=windows(case, now),
        coming=_coming(case, now, language),
        days=strip(today - timedelta(days=today.weekday()), STRIP_DAYS),
        today=today,
        next_working=strip(following, 1)[0],
        festival=_festival(today),
    )


def _coming(case: Case, now: datetime, language: str) -> list[Coming]:
    found = []
    for deadline in policy.PLAYBOOKS[case.situation].DEADLINES:
        reckoned = deadline.reckon(case)
        if reckoned is not None and reckoned.due > now:
            found.append(
                Coming(
                    sentences.clock(deadline.name, language=language),
                    reckoned.due,
                    deadline.name in sentences.WITH_BEIJING,
                    reckoned.provisional,
                )
            )
    return sorted(found, key=lambda coming: coming.at)


def _festival(today: date) -> tuple[date, date] | None:
    """One that has begun, or begins soon."""
    days = (today + timedelta(days=n) for n in range(NEAR + 1))
    return next(
        (found for day in days if not is_working_day(day) and (found := festival(day))), None
    )
