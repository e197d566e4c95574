"""One pretend store with its suppliers and customers: the sandbox's own, without sockets."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask
from graphql import GraphQLSchema

from plugin.sandbox import moments
from plugin.sandbox.admin import Admin
from plugin.sandbox.dice import Dice
from plugin.sandbox.execute import load_schema
from plugin.sandbox.faults import Faults
from plugin.sandbox.ground import Ground
from plugin.sandbox.settings import WorldSettings
from plugin.sandbox.store import Ledger
from plugin.sandbox.storefront import Storefront
from plugin.sandbox.supplier import Supplier
from plugin.scopes import ASKED
from tests.simulation import wsgi

TABLES = ("refunds", "refund_lines", "transactions", "urges", "supplier_refunds", "mails", "drafts")
EVERYTHING = tuple(f"SELECT * FROM {table} ORDER BY 1" for table in TABLES)  # noqa: S608 - ours
ON_THE_WAY = frozenset({"confirmed", "label_printed", "in_transit", "out_for_delivery"})
GRANTS = "/shopify/<shop>/admin/oauth/access_token"
NEXT = "SELECT min(due) AS due FROM happenings WHERE state = 'waiting'"


@lru_cache(maxsize=1)
def schema() -> GraphQLSchema:
    """Shopify's, read once."""
    return load_schema()


class WatchedLedger(Ledger):
    """Tells who watches of every row that is added."""

    def __init__(self, watch: Callable[[str, dict[str, Any]], None]) -> None:
        super().__init__(Path(":memory:"))
        self._watch = watch

    def add(self, table: str, **values: object) -> int:
        """As its parent's, and the word of it. Of a parcel's way only the end is told here."""
        if values.get("kind") == "move_parcel" and values.get("status") in ON_THE_WAY:
            return 0
        number = super().add(table, **values)
        self._watch(table, values)
        return number

    def amend(self, table: str, which: object, **changes: object) -> None:
        """As its parent's, and the word of an order that changed."""
        super().amend(table, which, **changes)
        if table == "orders":
            self._watch("changes", {"id": which, **changes})


class Shop:
    """A store's outside world."""

    def __init__(
        self,
        settings: WorldSettings,
        watch: Callable[[str, dict[str, Any]], None],
        *,
        renews: bool = False,
    ) -> None:
        self.settings, self.renews = settings, renews
        """Whether its token lasts an hour and has to be renewed."""
        ledger = WatchedLedger(watch)
        self.ground = Ground(settings, ledger, Dice(settings.seed), Faults(ledger))
        self._wsgi = Flask(settings.shop, static_folder=None)
        self._wsgi.register_blueprint(Storefront(self.ground, schema).blueprint())
        self._wsgi.register_blueprint(Supplier(self.ground).blueprint())
        self._admin = Admin(self.ground)
        self._wsgi.add_url_rule(GRANTS, view_func=self._admin.access, methods=["POST"])

    @property
    def name(self) -> str:
        """Its domain."""
        return self.settings.shop

    @property
    def ledger(self) -> Ledger:
        """What really happened here."""
        return self.ground.ledger

    def call(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> wsgi.Answered:
        """A request of the app arrives."""
        return wsgi.call(self._wsgi, method, path, body, headers)

    def grant(self) -> dict[str, Any]:
        """A new pair of tokens, as when somebody opens the app."""
        with self._wsgi.app_context():
            given = self._admin._given(",".join(ASKED))
        return dict(given.get_json())

    def has_given(self, token: str) -> bool:
        """Is it a token of this store?"""
        return token == self.settings.access_token or token in self.ledger.note("oauth").values()

    def next_happening(self) -> str:
        """When the next thing happens by itself; empty for never."""
        found = self.ledger.row(NEXT)
        return (found or {}).get("due") or ""

    def sum_of(self, sql: str, *values: object) -> int:
        """A number out of the ledger."""
        return int((self.ledger.row(sql, *values) or {}).get("n") or 0)

    def whole(self) -> str:
        """Everything that was written down here, as text."""
        tables = [self.ledger.rows(query) for query in EVERYTHING]
        kept = [[row for row in rows if not _is_link(row)] for rows in tables]
        return json.dumps(kept, sort_keys=True)

    def text_now(self) -> str:
        """The moment as the ledger writes it."""
        return moments.text(self.ground.now())


def _is_link(row: dict[str, Any]) -> bool:
    """A letter with a link into the desk: real chance makes those, so no two worlds share one."""
    return str(row.get("message_id", "")).startswith("<login-")
