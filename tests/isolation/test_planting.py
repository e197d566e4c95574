"""The town itself: a field without a canary would be a leak nobody could see."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from plugin.store import tables
from tests.isolation.counting import AT_LEAST, FLOORS
from tests.isolation.town import Town

CODES = {
    *("currency", "state", "situation", "status", "outcome", "country", "language", "kind"),
    *("source", "purse", "what", "role", "scope", "media", "mime", "shot", "level", "choice"),
    *("action", "letter", "zone", "topic", "topics", "waits_for", "next_step", "deadline_name"),
    *("owed_currency", "advice", "holidays", "orders", "address_hash", "key_hash", "token_hash"),
    *("sku", "problem", "body", "cause", "purchase_id", "figure", "unit", "day", "stages"),
    *("expected_on", "way", "data", "digest", "bulk", "route"),
    *("invariant", "hash", "erasable", "sealed", "salt", "link_hash", "again_hash"),
}
"""Columns whose every value is a word, a number or a hash of ours, wherever they stand."""
MIXED = {"events.body", "inbox.topic", "inbox.body", "hook_sends.body", "backfills.problem"}
"""Columns of such a name that hold what somebody wrote all the same."""


def test_every_table_holds_rows_of_both(settled: Town) -> None:
    alice, bob = settled.rows(settled.alice), settled.rows(settled.bob)
    assert [n for n in alice if not (alice[n] and bob[n])] == []


def test_every_text_holds_a_canary(settled: Town) -> None:
    rows = settled.rows(settled.bob)
    bare = {
        f"{table.name}.{column.name}"
        for table in tables.metadata.sorted_tables
        if table.name in rows
        for column in table.c
        if isinstance(column.type, sa.String | sa.Text | sa.JSON)
        and (column.name not in CODES or f"{table.name}.{column.name}" in MIXED)
        and not any(settled.bob.seen_in(str(row[column.name])) for row in rows[table.name])
    }
    assert sorted(bare) == []


def test_it_is_tried_more_than_five_hundred_times() -> None:
    """Each test named here fails when it tries less than it should."""
    here = Path(__file__).parent
    text = "".join(path.read_text("utf-8") for path in here.glob("test_*.py"))
    assert [name for name in FLOORS if f"def {name}(" not in text] == []
    assert sum(FLOORS.values()) >= AT_LEAST
