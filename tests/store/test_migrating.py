"""Old and new code on one database: what each of them runs on, and what is run when."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from plugin.store import migrate, shops
from plugin.store.database import Database
from tests.conftest import MONDAY

ADDS = """
revision = "{number}"
down_revision = "{before}"
AFTER = {after}


def upgrade():
    op.{what}


def downgrade():
    pass
"""


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The code of a version that adds a column and, once nobody needs it, takes one away."""
    copy = tmp_path / "migrations"
    shutil.copytree(migrate.HERE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    add = 'add_column("shops", sa.Column("nickname", sa.String(20)))'
    take = 'drop_column("shops", "sender")'
    _write(copy, "9001", str(migrate.newest()), add, after=False)
    _write(copy, "9002", "9001", take, after=True)
    monkeypatch.setattr(migrate, "HERE", copy)
    return copy


def _write(copy: Path, number: str, before: str, what: str, *, after: bool) -> None:
    head = "import sqlalchemy as sa\nfrom alembic import op\n"
    text = head + ADDS.format(number=number, before=before, what=what, after=after)
    (copy / "versions" / f"{number}_new.py").write_text(text, "utf-8")


def columns(db: Database) -> set[str]:
    with db.read() as tx:
        return set(tx.exec_driver_sql("SELECT * FROM shops").keys())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_before_the_new_code_comes_only_what_the_old_code_can_live_with(
    db: Database, newer: Path
) -> None:
    migrate.upgrade(db, after=False)
    assert migrate.version(db) == "9001"
    assert {"nickname", "sender"} <= columns(db)
    migrate.upgrade(db)
    assert migrate.version(db) == "9002"
    assert "sender" not in columns(db)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_rows_are_counted_after_a_migration(db: Database, newer: Path) -> None:
    with db.write() as tx:
        shops.install(tx, "alice.myshopify.com", MONDAY, currency="USD")
    migrate.upgrade(db)
    with db.read() as tx:
        counted = tx.exec_driver_sql("SELECT DISTINCT tbl FROM sqlite_stat1").scalars().all()
    assert "shops" in counted


def test_new_code_needs_what_was_added_and_not_what_is_taken_away_later(newer: Path) -> None:
    assert [migrate.runs_on(at) for at in ("9002", "9001", "0009", None)] == [
        True, True, False, False,
    ]  # fmt: skip


def test_old_code_runs_on_the_tables_of_newer_code_and_not_on_older_ones() -> None:
    assert migrate.runs_on("9001")
    assert migrate.runs_on(migrate.newest())
    assert not migrate.runs_on("0001")
    assert not migrate.runs_on("")
