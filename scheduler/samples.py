"""Making a shop's sample cases: a few orders lived through, as those of `postvendita demo-data`."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from random import Random

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin import samples
from plugin.store import shops, tables
from plugin.store.database import Database
from plugin.store.shops import Shop
from plugin.terms import Situation
from scheduler import demo_data
from scheduler.demo_data import Template

LIVES = 27
"""Three of each situation."""
THROWS = 5


def load(db: Database, shop: Shop, now: datetime) -> None:
    """Make the sample shop of a shop; nothing where it is there already.

    The orders are lived through in a database of their own, where nothing else can be due; what
    is written into the shop's database is written in one step.
    """
    name = shops.sample_name(shop.shop)
    seed, templates = _of_each_kind(name, now)
    with db.write() as tx:
        shops.lock(tx, shop.shop)
        if samples.of_shop(tx, shop.shop) is not None:
            return
        demo_data.install_shop(
            *(tx, name, now),
            state=shops.UNINSTALLED,
            zone=shop.zone,
            language=shop.language,
        )
        copier = demo_data.Copier(name, Random(seed), _ids(tx))  # noqa: S311 - nothing secret
        for template in templates:
            demo_data.write_rows(tx, demo_data.in_order(copier.copy(template)))
        demo_data.write_tallies(tx, name, copier.tallies)


def _of_each_kind(name: str, now: datetime) -> tuple[int, list[Template]]:
    """(seed, orders that were lived through), with a case of each situation among them.

    An order whose clock has not come yet has opened none, so a throw of the dice may lack one.
    """
    for _ in range(THROWS):
        seed = secrets.randbits(64)
        templates = demo_data.lived(name, now, seed, LIVES)
        if len({kind for one in templates for kind in one.situations}) == len(Situation):
            break
    return seed, templates


def _ids(tx: Connection) -> Iterator[int]:
    """Numbers for rows of the outbox that nobody else is given meanwhile."""
    if tx.dialect.name == "sqlite":  # nobody else writes
        first = tx.execute(sa.select(sa.func.max(tables.outbox.c.id))).scalar_one() or 0
        yield from count(first + 1)
    following = sa.text("SELECT nextval(pg_get_serial_sequence('outbox', 'id'))")
    while True:
        yield int(tx.execute(following).scalar_one())
