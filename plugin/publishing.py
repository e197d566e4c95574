"""Publishing terms: over the version somebody has seen, and never over one he has not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from plugin.store import policy_record, shops
from plugin.terms import Terms


class Overtaken(Exception):
    """Somebody else has published meanwhile; `version` is the one in force."""

    def __init__(self, version: int) -> None:
        super().__init__(f"version {version} is in force")
        self.version = version


def in_force(tx: Connection, shop: str) -> Terms:
    """The shop's terms as they are now."""
    return shops.terms_of(tx, shop, _version(tx, shop))


def publish(
    tx: Connection,
    shop: str,
    new: Terms,
    now: datetime,
    *,
    over: int,
    author: str,
    note: str = "",
) -> int:
    """A new version over the one that was seen; its number. Raises Overtaken."""
    shops.lock(tx, shop)
    current = _version(tx, shop)
    if current != over:
        raise Overtaken(current)
    return shops.publish(tx, shop, new, now, author=author, note=note)


def restore(
    tx: Connection, shop: str, version: int, now: datetime, *, author: str, note: str
) -> int | None:
    """Publish an old version once more, as the newest; None where there is none by that number."""
    shops.lock(tx, shop)
    found = version_of(tx, shop, version)
    if found is None:
        return None
    return shops.publish(tx, shop, found.terms, now, author=author, note=note)


def version_of(tx: Connection, shop: str, version: int) -> policy_record.Version | None:
    """A version with who published it and why."""
    found = policy_record.versions(tx, shop, limit=1, before=version + 1)
    return found[0] if found and found[0].terms.version == version else None


def with_earlier(
    found: Sequence[policy_record.Version],
) -> list[tuple[policy_record.Version, policy_record.Version | None]]:
    """Each version, the latest first, beside the one before it; None beside the oldest."""
    return [(one, found[n + 1] if n + 1 < len(found) else None) for n, one in enumerate(found)]


def _version(tx: Connection, shop: str) -> int:
    found = shops.find(tx, shop)
    if found is None:
        raise LookupError(f"unknown shop {shop}")
    return found.terms_version
