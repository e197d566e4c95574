"""Shopify's search syntax, as far as rows are searched here: `field:>=value field:value`."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from plugin.sandbox import moments
from plugin.sandbox.store import Row

_TERM = re.compile(r"(?P<field>[a-z_]+):(?P<sign>>=|<=|>|<)?(?P<value>'[^']*'|\"[^\"]*\"|[^\s()]+)")


def matches(row: Row, query: str) -> bool:
    """True when the row meets every term. A field nobody knows is passed over, as Shopify does."""
    return all(
        _term(row, match["field"], match["sign"] or "", match["value"].strip("'\""))
        for match in _TERM.finditer(query)
    )


def _term(row: Row, field: str, sign: str, value: str) -> bool:
    if field in {"updated_at", "created_at", "processed_at"}:
        column = "created_at" if field == "processed_at" else field
        return _compare(str(row[column]), sign, moments.text(_moment(value)))
    if field == "id":
        return bool(_compare(f"{row['id']:020}", sign, f"{int(value):020}"))
    if field == "name":
        return bool(row["name"].lstrip("#") == value.lstrip("#"))
    if field == "tag":
        return value.lower() in map(str.lower, row["tags"])
    return True


def _compare(mine: str, sign: str, theirs: str) -> bool:
    return {
        ">=": mine >= theirs,
        "<=": mine <= theirs,
        ">": mine > theirs,
        "<": mine < theirs,
    }.get(sign, mine == theirs)


def _moment(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
