"""Two shops in one town, served by one app from one database."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from plugin.clock import Clock
from plugin.connections import LiveConnections
from plugin.settings import read
from plugin.store import (
    tables,
)
from plugin.store.database import Database
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD

SAME_ORDER = 1001
"""Both shops have it, under the same name, bought by the same purchase."""
SAME_SUPPLIER = "Huanyu"
OWN_PURCHASE = "Huanyu/T2"
TRACKING = "LX123456789CN"
SAME_MAIL = "bianca@example.com"
CUSTOMER = 77
"""The number of the customer both shops have."""
HOOK_SECRET = "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4"
ACCOUNT = {
    "SHOPIFY_API_KEY": "client-1",
    "POSTVENDITA_MAIL_URL": "resend://re_key@api.resend.com",
    "POSTVENDITA_MAIL_FROM": "desk@example.com",
    "POSTVENDITA_SUPPLIER_KEY": "1000000",
    "POSTVENDITA_SUPPLIER_SECRET": "test123",
    "POSTVENDITA_SUPPLIER_TOKEN": "1688-token",
    "POSTVENDITA_SUPPLIER_SHOP": "bob-9d2.myshopify.com",
}


@dataclass
class Who:
    """One shop with what is its own: what no answer to anybody else may contain."""

    shop: str
    canary: str
    own_order: int
    """An order the other shop has not got."""
    cases: list[str] = field(default_factory=list)
    evidence: str = ""
    key: str = ""
    key_id: str = ""
    hook_id: str = ""
    view_id: str = ""
    sending_id: str = ""
    parked_id: str = ""
    links: list[str] = field(default_factory=list)
    member: str = ""
    keys: list[str] = field(default_factory=list)
    """Of its actions; the other shop's order has the same."""
    marks: list[str] = field(default_factory=list)
    """What names its actions, reports and messages."""

    @property
    def domain(self) -> str:
        """The shop's name without Shopify's."""
        return self.shop.partition(".")[0]

    @property
    def secrets(self) -> frozenset[str]:
        """Every text that is this shop's alone."""
        few = {self.canary, self.domain, self.evidence, self.key, self.key_id, self.hook_id}
        return frozenset(
            {*few, self.view_id, *self.cases, *self.links, *self.marks, str(self.own_order)}
        )

    def seen_in(self, text: str, but: Iterable[str] = ()) -> list[str]:
        """What of this shop stands in a text; `but` is what the asker said himself."""
        lower, said = text.lower(), " ".join(but).lower()
        return sorted(s for s in self.secrets if s and s.lower() in lower and s not in said)


@dataclass
class Town:
    """Both shops, and what they are served by."""

    runtime: Runtime
    alice: Who
    bob: Who
    as_it_was: Path | None = None
    """The database this one is a copy of."""

    def remember(self) -> None:
        """Keep a copy of how it is now. Closing brings what is in SQLite's log into the file."""
        with self.db.write() as tx:
            tx.execute(sa.select(1))
        self.db.close()
        self.as_it_was = Path(f"{self.db.url.database}.as_it_was")
        shutil.copy(str(self.db.url.database), self.as_it_was)

    def go_back(self) -> None:
        """To how the town was settled."""
        assert self.as_it_was is not None
        self.db.close()
        shutil.copy(self.as_it_was, str(self.db.url.database))

    @property
    def db(self) -> Database:
        return self.runtime.db

    def rows(self, who: Who) -> dict[str, list[Any]]:
        """Every row of a shop."""
        with self.db.read() as tx:
            return {
                table.name: [
                    dict(row)
                    for row in tx.execute(
                        sa.select(table).where(table.c.shop == who.shop).order_by(*table.c)
                    ).mappings()
                ]
                for table in tables.metadata.sorted_tables
                if "shop" in table.c
            }


def people() -> tuple[Who, Who]:
    """Alice, who asks, and Bob, of whom she may see nothing."""
    alice = Who("alice-7c1.myshopify.com", "kanarie-a7c1", 300333001)
    return alice, Who("bob-9d2.myshopify.com", "kanarie-b9d2", 200222001)


def runtime_in(folder: Path, clock: Clock) -> Runtime:
    """The app as it runs, over the database in a folder."""
    url = f"sqlite:///{folder / 'postvendita.db'}"
    settings = read({
        **GOOD, **ACCOUNT,
        "POSTVENDITA_DATABASE_URL": url,
        "POSTVENDITA_BASE_URL": "http://localhost",
        "POSTVENDITA_EVIDENCE_FOLDER": str(folder / "evidence"),
    })  # fmt: skip
    db = Database(url)
    return Runtime(settings, db, clock, LiveConnections(settings, db, clock))
