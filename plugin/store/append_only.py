"""History is only ever added to: the database itself refuses anything else.

Triggers on both databases. They let through what `chain.opened` announces: erasing personal data,
and a whole shop that asked for it.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

TABLES = ("events", "chain", "deeds")
MOVES = ("update", "delete")
FUNCTION = """
CREATE OR REPLACE FUNCTION only_ever_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'TRUNCATE' THEN
        IF EXISTS (SELECT FROM purging WHERE whose = OLD.shop) THEN
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def guard(tx: Connection) -> None:
    """Put every trigger in place that is not there."""
    sqlite = tx.dialect.name == "sqlite"
    for statement in _for_sqlite() if sqlite else _for_postgresql():
        tx.execute(sa.text(statement))


def unguard(tx: Connection) -> None:
    """Take them away: for going back to a version before them."""
    on = "" if tx.dialect.name == "sqlite" else " ON {table}"
    for name, table in _names(tx):
        tx.execute(sa.text(f"DROP TRIGGER IF EXISTS {name}{on.format(table=table)}"))


def missing(tx: Connection) -> list[str]:
    """Triggers that should be there and are not, or are switched off."""
    if tx.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    there = set(tx.execute(sa.text(query)).scalars())
    return [name for name, _ in _names(tx) if name not in there]


def _names(tx: Connection) -> Iterator[tuple[str, str]]:
    for table in TABLES:
        for move in (*MOVES, *(() if tx.dialect.name == "sqlite" else ("truncate",))):
            yield f"{table}_refuses_{move}", table


REFUSES = (
    "CREATE TRIGGER IF NOT EXISTS {table}_refuses_{move} BEFORE {move} ON {table}"
    " WHEN NOT EXISTS (SELECT 1 FROM purging WHERE whose = OLD.shop)"
    " BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
)


def _for_sqlite() -> Iterator[str]:
    for table in TABLES:
        for move in MOVES:
            yield REFUSES.format(table=table, move=move)


def _for_postgresql() -> Iterator[str]:
    yield FUNCTION
    for table in TABLES:
        for move in MOVES:
            yield (
                f"CREATE OR REPLACE TRIGGER {table}_refuses_{move} BEFORE {move.upper()}"
                f" ON {table} FOR EACH ROW EXECUTE FUNCTION only_ever_added_to()"
            )
        yield (
            f"CREATE OR REPLACE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE"
            f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION only_ever_added_to()"
        )
