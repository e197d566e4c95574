"""`postvendita demo-data`: a shop with as many believable cases as wanted, to try the desk on.

A few hundred timelines are lived through (`demo_lives.py`); their rows are then copied under new
order numbers, with every id in them rewritten, so that each case opens as a real one does. The
shop is paused: nothing of it ever goes out.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.case_words import words_of_person
from plugin.sandbox.catalogue import PRODUCTS
from plugin.sandbox.people import COUNTRIES, Country
from plugin.store import chain, shops, tables, ticks
from plugin.store.database import Database
from plugin.terms import Alternative
from scheduler.demo_lives import NAME, REFERENCE, Life

SHOP = "demo-store.myshopify.com"
TEMPLATES = 240
AT_ONCE = 500
"""Orders a transaction writes."""
FIRST_ORDER = 5_000_000_000
FIRST_NAME = 10_001
COPIED = (
    *("orders", "events", "purchases", "cases", "outbox", "refund_units", "ledger", "recoveries"),
    *("reports", "case_words"),
)
"""In the order in which they can be written. What customers are called is made for each copy."""

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Template:
    """One order's rows: all that is text as one text, to be rewritten in one go."""

    text: str
    moments: dict[str, list[dict[str, datetime | None]]]
    ids: tuple[str, ...]
    """Case ids and marks, which no two orders may share."""
    number: int
    cases: int
    situations: frozenset[str]
    outbox_ids: tuple[int, ...]
    tallies: tuple[tuple[tuple[str, ...], int], ...]
    """(figure, day, subject, unit) and what the order adds to it."""


class Taken(Exception):
    """The shop is there already."""


def fill(db: Database, shop: str, cases: int, now: datetime, *, seed: int = 1) -> Iterator[int]:
    """Fill a database; yields how many cases each batch added. Raises Taken."""
    with db.read() as tx:
        if shops.find(tx, shop) is not None:
            raise Taken(shop)
    templates = lived(shop, now, seed)
    with db.write() as tx:
        install_shop(tx, shop, now)
        shops.change(tx, shop, state=shops.PAUSED)
        ticks.ticked(tx, "clocks", now)
        first_id = tx.execute(sa.select(sa.func.max(tables.outbox.c.id))).scalar_one() or 0
    copier = Copier(shop, Random(seed), count(first_id + 1))  # noqa: S311 - nothing secret
    made = 0
    while made < cases:
        rows, added = copier.batch(templates, cases - made)
        with db.write() as tx:
            write_rows(tx, rows)
        made += added
        yield added
    with db.write() as tx:
        write_tallies(tx, shop, copier.tallies)
    if not db.is_sqlite:
        _move_the_sequence(db)
    db.count_rows()


def lived(shop: str, now: datetime, seed: int, count: int = TEMPLATES) -> list[Template]:
    """Timelines that were lived through; those that opened no case are left out."""
    random = Random(seed)  # noqa: S311 - nothing secret
    with tempfile.TemporaryDirectory() as folder:
        scratch = Database(f"sqlite:///{Path(folder) / 'scratch.db'}")
        tables.metadata.create_all(scratch.engine)
        try:
            with scratch.write() as tx:
                install_shop(tx, shop, now)
                found = []
                for number in range(1, count + 1):
                    Life(tx, shop, number, now, random).live()
                    found.append(_template(tx, number))
        finally:
            scratch.close()
    return [template for template in found if template.cases]


def install_shop(tx: Connection, shop: str, now: datetime, **values: Any) -> None:
    """The shop the cases are of, with its other suppliers."""
    facts = {"name": "Lanterna", "currency": "USD", "zone": "Europe/Rome", **values}
    shops.install(tx, shop, now, **facts)
    for product in PRODUCTS:
        if product.other:
            other = Alternative(
                *(0, product.sku, product.other, "", product.other_cost, "CNY"),
                promised_days=product.other_days,
            )
            shops.keep_alternative(tx, shop, other)


def _template(tx: Connection, number: int) -> Template:
    rows: Rows = {}
    moments: dict[str, list[dict[str, datetime | None]]] = {}
    case_ids = sa.select(tables.cases.c.case_id).where(tables.cases.c.order_id == number)
    for name in COPIED:
        table = tables.metadata.tables[name]
        mine = (
            table.c.order_id == number if "order_id" in table.c else table.c.case_id.in_(case_ids)
        )
        found = [dict(row) for row in tx.execute(sa.select(table).where(mine)).mappings()]
        timed = [c.name for c in table.c if isinstance(c.type, tables.Moment)]
        moments[name] = [{column: row.pop(column) for column in timed} for row in found]
        rows[name] = found
    counted = [dict(row) for row in tx.execute(sa.select(tables.tallies)).mappings()]
    tx.execute(sa.delete(tables.tallies))  # the next order's are its own
    ids = [row["case_id"] for row in rows["cases"]] + [row["mark"] for row in rows["outbox"]]
    return Template(
        text=json.dumps(rows),
        moments=moments,
        ids=tuple(ids),
        number=number,
        cases=len(rows["cases"]),
        situations=frozenset(row["situation"] for row in rows["cases"]),
        outbox_ids=tuple(row["id"] for row in rows["outbox"]),
        tallies=tuple((_key(row), row["amount"]) for row in counted),
    )


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return row["figure"], row["day"], row["subject"], row["unit"]


class Copier:
    """Writes templates out again under new numbers."""

    def __init__(self, shop: str, random: Random, outbox_ids: Iterator[int]) -> None:
        self.shop, self.random, self.outbox_ids = shop, random, outbox_ids
        self.copies = 0
        self.tallies: Counter[tuple[str, ...]] = Counter()

    def batch(self, templates: list[Template], most: int) -> tuple[Rows, int]:
        """(rows by table, how many cases are among them)."""
        whole: Rows = {name: [] for name in ("customers", *COPIED)}
        cases = orders = 0
        while orders < AT_ONCE and cases < most:
            fitting = [one for one in templates if one.cases <= most - cases]
            template = self.random.choice(fitting)
            for name, rows in self.copy(template).items():
                whole[name] += rows
            cases, orders = cases + template.cases, orders + 1
        # Words are kept in their own order on the disk: sorted, they are written far quicker.
        whole["case_words"].sort(key=lambda row: str(row["word"]))
        return whole, cases

    def copy(self, template: Template) -> Rows:
        """One order's rows, with a customer of its own."""
        self.copies += 1
        for key, amount in template.tallies:
            self.tallies[key] += amount
        order_id, name = FIRST_ORDER + self.copies, FIRST_NAME + self.copies
        text = template.text.replace(str(NAME + template.number), str(name))
        reference = 10**11 + self.random.randrange(10**11) * 10 + self.copies % 10
        text = text.replace(str(REFERENCE + template.number), f"{reference}{self.copies}")
        for known in template.ids:
            text = text.replace(known, str(UUID(int=self.random.getrandbits(128), version=4)))
        rows: Rows = json.loads(text)
        new_ids = {}
        for known_id in template.outbox_ids:
            new_ids[known_id] = next(self.outbox_ids)
        for table, some in rows.items():
            for row, moments in zip(some, template.moments[table], strict=True):
                row.update(moments)
                if "order_id" in row:
                    row["order_id"] = order_id
        for row in rows["outbox"]:
            row["id"] = new_ids[row["id"]]
        for row in rows["refund_units"]:
            row["outbox_id"] = new_ids[row["outbox_id"]]
        for row in rows["ledger"]:
            del row["id"]
        return {**rows, **self._customer(rows, order_id)}

    def _customer(self, rows: Rows, order_id: int) -> Rows:
        """Somebody new for each order, and the words the cases are found by."""
        country = self._country(rows["cases"][0]["country"])
        name = f"{self.random.choice(country.firsts)} {self.random.choice(country.lasts)}"
        email = f"{name.lower().replace(' ', '.')}.{self.copies}@example.com"
        city, code, province, province_code = self.random.choice(country.towns)
        street = f"{self.random.choice(country.streets)} {self.random.randrange(1, 200)}"
        row = {
            "shop": self.shop,
            "order_id": order_id,
            "customer_id": self.copies,
            "name": name,
            "email": email,
            "phone": "",
            "language": country.locale[:2],
            "country": country.code,
            "address": [
                *(["address1", street], ["city", city], ["zip", code]),
                *(["province", province], ["province_code", province_code]),
            ],
        }
        words = [
            {"shop": self.shop, "word": word, "case_id": case["case_id"]}
            for case in rows["cases"]
            for word in words_of_person(name, email)
        ]
        return {"customers": [row], "case_words": [*rows["case_words"], *words]}

    def _country(self, code: str) -> Country:
        same = [country for country in COUNTRIES if country.code == code]
        return self.random.choice(same or COUNTRIES)


def in_order(rows: Rows) -> Rows:
    """By table, in the order in which they can be written."""
    return {name: rows[name] for name in ("customers", *COPIED)}


def write_rows(tx: Connection, rows: Rows) -> None:
    """Into their tables, in the order in which they can be written."""
    for name, some in rows.items():
        if some:
            tx.execute(sa.insert(tables.metadata.tables[name]), some)
    for row in rows.get("events", ()):
        said = {name: value for name, value in row.items() if name != "shop"}
        chain.remember(tx, row["shop"], [chain.Content(**said)])


def write_tallies(tx: Connection, shop: str, counts: Mapping[tuple[str, ...], int]) -> None:
    """What the copies add up to."""
    names = ("figure", "day", "subject", "unit")
    rows = [
        {"shop": shop, **dict(zip(names, key, strict=True)), "part": 0, "amount": amount}
        for key, amount in counts.items()
    ]
    tx.execute(sa.insert(tables.tallies), rows)


def _move_the_sequence(db: Database) -> None:
    """PostgreSQL counts its own ids: it goes on behind those that were given."""
    with db.write() as tx:
        tx.execute(
            sa.text(
                "SELECT setval(pg_get_serial_sequence('outbox', 'id'),"
                " (SELECT coalesce(max(id), 1) FROM outbox))"
            )
        )
