"""Idempotency keys, as the storefront remembers them: for 24 hours."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from plugin.sandbox import moments
from plugin.sandbox.ground import Ground

REMEMBERED_SECONDS = 24 * 3600

MISMATCH = "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
CONCURRENT = "IDEMPOTENCY_CONCURRENT_REQUEST"
FAILED_BEFORE = "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"
MISSING = "IDEMPOTENCY_KEY_REQUIRED"


class KeyTrouble(Exception):
    """The key does not let this call through. `code` is Shopify's word for why."""

    def __init__(self, code: str, says: str) -> None:
        super().__init__(f"{code}: {says}")
        self.code = code


def params_hash(params: dict[str, Any]) -> str:
    """The same for the same parameters, however they were ordered."""
    text = json.dumps(params, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def remembered(ground: Ground, key: str, params: dict[str, Any]) -> int | None:
    """The refund this key made within the last 24 hours, or None for a key not remembered.

    Raises KeyTrouble when the key was used with other parameters, or its attempt failed.
    """
    known = ground.ledger.row("SELECT * FROM remembered_keys WHERE key = ?", key)
    if known is None or known["at"] <= ground.ago(REMEMBERED_SECONDS):
        return None
    if known["params_hash"] != params_hash(params):
        raise KeyTrouble(MISMATCH, "this key was used with other parameters")
    if known["refund_id"] is None:
        raise KeyTrouble(FAILED_BEFORE, "the first attempt with this key failed")
    return int(known["refund_id"])


def remember(ground: Ground, key: str, params: dict[str, Any], refund_id: int | None) -> None:
    """Keep what became of a key; None for an attempt that was refused."""
    with ground.ledger.writing():
        ground.ledger.run("DELETE FROM remembered_keys WHERE key = ?", key)
        ground.ledger.add(
            "remembered_keys",
            key=key,
            params_hash=params_hash(params),
            refund_id=refund_id,
            at=moments.text(ground.now()),
        )


class Running:
    """The keys whose first call has not ended yet, in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[str] = set()

    @contextmanager
    def alone(self, key: str) -> Iterator[None]:
        """Holds the key while inside. Raises KeyTrouble when another call holds it."""
        with self._lock:
            if key in self._keys:
                raise KeyTrouble(CONCURRENT, "the first call with this key is still running")
            self._keys.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(key)
