"""Moments as the ledger keeps them: ISO text in UTC, whole seconds, so that text order is time."""

from __future__ import annotations

from datetime import UTC, datetime


def text(moment: datetime) -> str:
    """`2026-11-22T09:00:00+00:00`"""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def moment(written: str) -> datetime:
    """The aware moment in UTC. Raises ValueError for text that is none or has no offset."""
    found = datetime.fromisoformat(written)
    if found.tzinfo is None:
        raise ValueError(f"no offset in {written[:40]!r}")
    return found.astimezone(UTC)
