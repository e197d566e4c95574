"""Services that do not answer a shop: since when, how often, and when one more call is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import outages
from plugin.store.timelines import upsert

# What every call asks is written once: putting a query together takes longer than running it.
_ONE = sa.select(outages).where(
    outages.c.shop == sa.bindparam("of_shop"), outages.c.service == sa.bindparam("of_service")
)


@dataclass(frozen=True)
class Outage:
    """Failures in a row of one service for one shop."""

    shop: str
    service: str
    since: datetime
    failures: int
    next_try: datetime | None
    """None while there are too few to leave it alone."""


def read(tx: Connection, shop: str, service: str) -> Outage | None:
    """What is known; None while the service answers."""
    asked = {"of_shop": shop, "of_service": service}
    row = tx.execute(_ONE, asked).mappings().one_or_none()
    return Outage(**row) if row else None


def paused(tx: Connection, shop: str) -> list[Outage]:
    """The services a shop's calls leave alone."""
    query = sa.select(outages).where(outages.c.shop == shop, outages.c.next_try.is_not(None))
    return [Outage(**row) for row in tx.execute(query.order_by(outages.c.since)).mappings()]


def failed(tx: Connection, shop: str, service: str, now: datetime) -> Outage:
    """One more failure."""
    more = sa.update(outages).where(*_of(shop, service))
    if tx.execute(more.values(failures=outages.c.failures + 1)).rowcount == 0:
        first = {"shop": shop, "service": service, "since": now, "failures": 1, "next_try": None}
        upsert(tx, outages, first, ["shop", "service"])
    found = read(tx, shop, service)
    assert found is not None
    return found


def leave_alone(tx: Connection, shop: str, service: str, until: datetime) -> None:
    """No call before then."""
    tx.execute(sa.update(outages).where(*_of(shop, service)).values(next_try=until))


def take_trial(tx: Connection, outage: Outage, now: datetime, until: datetime) -> bool:
    """The one call that is made after a pause; everybody else waits on until it is known."""
    mine = sa.update(outages).where(*_of(outage.shop, outage.service), outages.c.next_try <= now)
    return tx.execute(mine.values(next_try=until)).rowcount == 1


def try_now(tx: Connection, shop: str, service: str, now: datetime) -> None:
    """A person wants to know: the pause ends here, the failures stay."""
    paused = outages.c.next_try.is_not(None)
    tx.execute(sa.update(outages).where(*_of(shop, service), paused).values(next_try=now))


def over(tx: Connection, shop: str, service: str) -> bool:
    """It answers again. False: nobody had noticed that it did not."""
    return tx.execute(sa.delete(outages).where(*_of(shop, service))).rowcount == 1


def _of(shop: str, service: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return outages.c.shop == shop, outages.c.service == service
