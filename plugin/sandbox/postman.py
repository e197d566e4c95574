"""Brings webhooks to the app, signed, and again until the app has taken them.

The postman is as unreliable as the real ones: some webhooks come twice with one id, some come
after the next. Where the app answers with an error he comes again after 1, 2, 4, ... minutes, 8
times in all, and then gives up, as Shopify does. Where the app does not answer at all he keeps
everything and brings it when the app is back. Visits to the app's pages wait in the same line.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from collections.abc import Mapping
from datetime import timedelta

from plugin.sandbox import moments
from plugin.sandbox.deliveries import SHOPIFY_PATH, VISIT
from plugin.sandbox.ground import Ground
from plugin.sandbox.outside import Outside
from plugin.sandbox.store import Row
from plugin.sandbox.visitor import Visitor

RETRIES = 8
ROUND_SECONDS = 0.5
TURNED_DOWN = frozenset({409, 413, 422})
"""What it is too late for, or what a form must not hold: nobody tries that again."""
WAITING = (
    "SELECT * FROM deliveries WHERE state = 'waiting' AND due <= ? ORDER BY due, seq LIMIT 200"
)


def shopify_signature(secret: str, body: bytes) -> str:
    """Base64 HMAC-SHA256 of the raw body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def standard_signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """`v1,` and base64 HMAC-SHA256 over `id.timestamp.body`; `secret` is `whsec_` and base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class Postman:
    """Delivers what is due; several threads may ask him, one at a time is served."""

    def __init__(self, ground: Ground, outside: Outside, visitor: Visitor | None = None) -> None:
        """Without a visitor nobody opens the app's pages: visits are struck off."""
        self._ground = ground
        self._outside = outside
        self._visitor = visitor
        self._busy = threading.RLock()

    def deliver_due(self) -> bool:
        """Bring everything that is due. False when the app did not answer: the rest waits."""
        with self._busy:
            while batch := self._due():
                if not all(self._deliver(row) for row in batch):
                    return False
        return True

    def run(self) -> None:
        """Deliver until the world closes (for a thread).

        He waits on the closing event between rounds instead of sleeping, so that closing is
        immediate.
        """
        while not self._ground.closing.wait(ROUND_SECONDS):
            self.deliver_due()

    def has_due(self) -> bool:
        """True when something is due that was not brought yet."""
        return self._ground.ledger.row(WAITING, moments.text(self._ground.now())) is not None

    def waiting(self) -> int:
        """How many webhooks still wait, due or not."""
        sql = "SELECT count(*) AS n FROM deliveries WHERE state = 'waiting'"
        return int((self._ground.ledger.row(sql) or {"n": 0})["n"])

    def _due(self) -> list[Row]:
        rows = self._ground.ledger.rows(WAITING, moments.text(self._ground.now()))
        return self._in_disorder(rows)

    def _in_disorder(self, rows: list[Row]) -> list[Row]:
        """Some change places with the one behind them."""
        share, place = self._ground.settings.disorder, 0
        while place < len(rows) - 1:
            if self._ground.dice.chance(share, "disorder", rows[place]["id"]):
                rows[place], rows[place + 1] = rows[place + 1], rows[place]
                place += 1
            place += 1
        return rows

    def _deliver(self, row: Row) -> bool:
        return self._visit(row) if row["path"] == VISIT else self._bring(row)

    def _visit(self, row: Row) -> bool:
        """A page that is not there yet is tried again later; a form that is refused is not."""
        if self._visitor is None:
            self._ground.ledger.amend("deliveries", row["id"], state="struck off")
            return True
        status = self._visitor.visit(row)
        if status is None:
            return False
        if status < 400:
            self._ground.ledger.amend("deliveries", row["id"], **self._taken(row))
        elif status in TURNED_DOWN:
            self._ground.ledger.amend("deliveries", row["id"], state="refused", last_status=status)
        else:
            self._ground.ledger.amend("deliveries", row["id"], **self._put_off(row, status))
        return True

    def _bring(self, row: Row) -> bool:
        body = row["body"].encode()
        status = self._outside.post(row["path"], body, self._headers(row, body))
        if status is None:
            return False
        if 200 <= status < 300:
            self._ground.ledger.amend("deliveries", row["id"], **self._taken(row))
            share = self._ground.settings.duplicates
            if self._ground.dice.chance(share, "duplicate", row["id"]):
                self._outside.post(row["path"], body, self._headers(row, body))
        else:
            self._ground.ledger.amend("deliveries", row["id"], **self._put_off(row, status))
        return True

    def _taken(self, row: Row) -> dict[str, object]:
        now = moments.text(self._ground.now())
        return {"state": "delivered", "attempts": row["attempts"] + 1, "delivered_at": now}

    def _put_off(self, row: Row, status: int) -> dict[str, object]:
        tried = row["attempts"] + 1
        due = self._ground.now() + timedelta(minutes=2 ** (tried - 1))
        return {
            "attempts": tried,
            "last_status": status,
            "state": "lost" if tried > RETRIES else "waiting",
            "due": moments.text(due),
        }

    def _headers(self, row: Row, body: bytes) -> Mapping[str, str]:
        settings = self._ground.settings
        if row["path"] == SHOPIFY_PATH:
            return {
                "Content-Type": "application/json",
                "X-Shopify-Topic": row["topic"],
                "X-Shopify-Hmac-Sha256": shopify_signature(settings.shopify_secret, body),
                "X-Shopify-Shop-Domain": settings.shop,
                "X-Shopify-API-Version": settings.api_version,
                "X-Shopify-Webhook-Id": row["id"],
                "X-Shopify-Event-Id": row["event"],
                "X-Shopify-Triggered-At": row["triggered_at"],
            }
        timestamp = str(int(self._ground.now().timestamp()))
        return {
            "Content-Type": "application/json",
            "webhook-id": row["id"],
            "webhook-timestamp": timestamp,
            "webhook-signature": standard_signature(
                settings.supplier_secret, row["id"], timestamp, body
            ),
        }
