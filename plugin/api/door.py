"""Who may come in by a key, how often, and how a problem is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from flask import Response, g, request

from plugin.clock import Clock
from plugin.evidence.keep import Keep
from plugin.pages.desk import Desk
from plugin.pages.roles import SCOPES, Right
from plugin.settings import Settings
from plugin.store import api_keys, shops, walls
from plugin.store.database import Database

OPEN = frozenset({"api.openapi", "api.docs"})
PER_MINUTE = 600
"""Calls of one key in one minute."""
PROBLEM = "application/problem+json"


class Problem(Exception):
    """The call cannot be answered as asked."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        fields: Mapping[str, str] | None = None,
        after: int = 0,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.fields, self.after, self.more = fields, after, more


def problem(error: Problem) -> Response:
    """As RFC 9457 has it."""
    body: dict[str, Any] = {"status": error.status, "code": error.code, "title": error.detail}
    if error.fields:
        body["fields"] = dict(error.fields)
    body |= error.more or {}
    # In ASCII: a name that was sent may hold what UTF-8 cannot.
    answer = Response(json.dumps(body), error.status, mimetype=PROBLEM)
    if error.after:
        answer.headers["Retry-After"] = str(error.after)
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@dataclass
class Door:
    """Stands before every operation."""

    db: Database
    clock: Clock
    settings: Settings
    _counts: dict[tuple[str, int], int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def let_in(self) -> Response | None:
        """By `Authorization: Bearer`, a key of a shop that has the app."""
        if request.endpoint in OPEN:
            return None
        kind, _, told = request.headers.get("Authorization", "").partition(" ")
        with self.db.read() as tx:
            key = api_keys.find(tx, told.strip()) if kind.lower() == "bearer" else None
            shop = shops.find(tx, key.shop) if key else None
        if key is None or shop is None or shop.state == shops.UNINSTALLED:
            return problem(Problem(401, "no_key", "A key is needed: Authorization: Bearer pv_…"))
        now = self.clock.now()
        if self._too_often(key.key_id, int(now.timestamp() // 60)):
            return problem(Problem(429, "too_often", f"At most {PER_MINUTE} a minute", after=60))
        if key.used_at is None or now - key.used_at > api_keys.SEEN_EVERY:
            with self.db.write() as tx:
                api_keys.seen(tx, key, now)
        walls.enter(shop.shop)
        g.shop, g.person, g.rights = shop, f"api:{key.name}", SCOPES.get(key.scope, frozenset())
        return None

    @property
    def desk(self) -> Desk:
        """The same hands as the pages have."""
        return Desk(self.db, self.clock, self.settings)

    @property
    def keep(self) -> Keep:
        """Where evidence is kept."""
        return Keep(self.settings.evidence_folder)

    def may(self, right: Right) -> bool:
        """Has the key this right?"""
        return right in g.rights

    def needs(self, right: Right) -> None:
        """Raises Problem for a key without this right."""
        if not self.may(right):
            raise Problem(403, "scope", f"This key may not: the right {right} is needed")

    def _too_often(self, key_id: str, minute: int) -> bool:
        with self._lock:
            if len(self._counts) > 10_000:
                self._counts = {k: n for k, n in self._counts.items() if k[1] == minute}
            count = self._counts[key_id, minute] = self._counts.get((key_id, minute), 0) + 1
        return count > PER_MINUTE
