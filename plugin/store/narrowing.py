"""Which cases a list shows, as conditions the database answers from its indexes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import periods
from plugin.store.periods import A_DAY
from plugin.store.tables import case_words, cases

Condition = sa.ColumnElement[bool]
WEEK = timedelta(days=7)
AGES: Mapping[str, tuple[timedelta | None, timedelta | None]] = {
    "week": (None, timedelta(days=7)),
    "month": (timedelta(days=7), timedelta(days=30)),
    "older": (timedelta(days=30), None),
}
"""How long a case has been open: (at least, less than)."""
NOBODY = "-"
FEW = 5_000
"""A word of so few cases is looked up first; a more common one is checked row by row."""
A_FEW = 500
"""Cases that are named one by one."""
LAST = "\U0010ffff"


@dataclass(frozen=True)
class Wanted:
    """Which cases a list shows; what is empty does not narrow it."""

    status: str = ""
    due: str = ""
    """`week`: a deadline within seven days, or one that has passed."""
    waits: str = ""
    """`supplier` or `customer`"""
    risk: str = ""
    """`yes`: open, and money of the customer's is at risk."""
    problem: str = ""
    supplier: str = ""
    country: str = ""
    leg: str = ""
    """The route of its purchase: still inside China, abroad, or unknown."""
    least: int | None = None
    """Minor units at risk, in `currency`; cases in another currency are left out."""
    most: int | None = None
    currency: str = ""
    age: str = ""
    opened_from: date | None = None
    """Opened on this day or later, in the time zone `zone`."""
    opened_to: date | None = None
    zone: str = ""
    assignee: str = ""
    """A person, or `-` for nobody."""
    words: tuple[str, ...] = ()
    """Beginnings of words, all of which have to be found."""


def conditions(tx: Connection, shop: str, wanted: Wanted, now: datetime) -> list[Condition]:
    """The shop, and everything that narrows its list."""
    found: list[Condition] = [cases.c.shop == shop]
    same = {
        cases.c.status: wanted.status,
        cases.c.waits_for: wanted.waits,
        cases.c.situation: wanted.problem,
        cases.c.supplier: wanted.supplier,
        cases.c.country: wanted.country,
        cases.c.route: wanted.leg,
    }
    found += [column == value for column, value in same.items() if value]
    if wanted.status == "needs_you":
        found.append(_awake(now))
    if wanted.due:
        found.append(cases.c.deadline <= now + WEEK)  # a closed case has no deadline
    if wanted.risk:
        found.append(cases.c.at_risk_minor > 0)  # nothing is at risk in a closed case
    if wanted.least is not None:
        found.append(cases.c.at_risk_minor >= wanted.least)
    if wanted.most is not None:
        found.append(cases.c.at_risk_minor <= wanted.most)
    if wanted.least is not None or wanted.most is not None:
        found.append(cases.c.currency == wanted.currency)
        found += _of_few(tx, shop, wanted)
    if wanted.assignee:
        found.append(cases.c.assignee == wanted.assignee.removeprefix(NOBODY))
    if wanted.opened_from is not None:
        found.append(cases.c.opened_at >= periods.begins(wanted.opened_from, wanted.zone))
    if wanted.opened_to is not None:
        end = periods.begins(wanted.opened_to + A_DAY, wanted.zone)
        found.append(cases.c.opened_at < end)
    least, most = AGES.get(wanted.age, (None, None))
    if least is not None:
        found.append(cases.c.opened_at <= now - least)
    if most is not None:
        found.append(cases.c.opened_at > now - most)
    return [*found, *_with_words(tx, shop, wanted.words)]


def _of_few(tx: Connection, shop: str, wanted: Wanted) -> list[Condition]:
    """So much is at stake in so few that they are looked up first, instead of sought among all."""
    mine = [cases.c.shop == shop, cases.c.currency == wanted.currency]
    mine += [cases.c.at_risk_minor >= wanted.least] if wanted.least is not None else []
    mine += [cases.c.at_risk_minor <= wanted.most] if wanted.most is not None else []
    few = list(tx.execute(sa.select(cases.c.case_id).where(*mine).limit(A_FEW)).scalars())
    return [cases.c.case_id.in_(few)] if len(few) < A_FEW else []


def _awake(now: datetime) -> Condition:
    """Not snoozed, or not any more; a deadline that has passed wakes a case, too."""
    until = cases.c.snoozed_until
    return until.is_(None) | (until <= now) | (cases.c.deadline <= now)


def _with_words(tx: Connection, shop: str, words: tuple[str, ...]) -> list[Condition]:
    if not words:
        return []
    common = _how_common(tx, shop, words)
    rare = min(words, key=lambda word: common[word])
    found: list[Condition] = []
    for word in words:
        begins = sa.select(case_words.c.case_id).where(*_begins(shop, word))
        if word == rare and common[word] < FEW:
            found.append(cases.c.case_id.in_(begins))
        else:
            found.append(begins.where(case_words.c.case_id == cases.c.case_id).exists())
    return found


def _how_common(tx: Connection, shop: str, words: tuple[str, ...]) -> dict[str, int]:
    capped = []
    for n, word in enumerate(words):
        some = sa.select(case_words.c.word).where(*_begins(shop, word)).limit(FEW)
        counted = sa.select(sa.func.count()).select_from(some.subquery())
        capped.append(counted.scalar_subquery().label(f"n{n}"))
    return dict(zip(words, map(int, tx.execute(sa.select(*capped)).one()), strict=True))


def _begins(shop: str, word: str) -> tuple[Condition, ...]:
    return (
        case_words.c.shop == shop,
        case_words.c.word >= word,
        case_words.c.word < word + LAST,
    )
