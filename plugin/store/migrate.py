"""Bringing a database's tables up to the version this code was written for.

Old code and new code run side by side while a new version is put in place, so a migration only
adds: a table, an index, a column that may be left out. What takes something away is a migration of
its own, with `AFTER = True`, and is run when no process of the version before is left.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from plugin.store import append_only, walls
from plugin.store.database import Database
from plugin.store.tables import metadata

HERE = Path(__file__).parent / "migrations"


def upgrade(db: Database, *, after: bool = True) -> None:
    """Run every migration that has not been run, in one transaction where the database can.

    Without `after` only what the version before can live with. Rows are counted afterwards: an
    index nobody has counted looks as good as the one that fits.
    """
    before = version(db)
    with db.write() as connection:
        command.upgrade(_config(connection), "head" if after else needed() or "head")
        # A table that a migration had to copy would have lost its triggers.
        append_only.guard(connection)
        walls.build(connection)
    if before is not None and version(db) != before:
        db.count_rows()


def new_revision(db: Database, message: str, name: str) -> None:
    """Write the migration from the database's tables to those in `tables.py`."""
    with db.write() as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=name)


def version(db: Database) -> str | None:
    """The database's version; None when it is empty."""
    with db.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def _scripts(folder: Path) -> tuple[tuple[str, bool], ...]:
    """Every version with whether it only takes away, the newest first: read off the files once."""
    walked = ScriptDirectory(str(folder)).walk_revisions()
    return tuple((str(one.revision), getattr(one.module, "AFTER", False)) for one in walked)


def newest() -> str | None:
    """The version this code was written for."""
    return next((name for name, _ in _scripts(HERE)), None)


def needed() -> str | None:
    """The oldest version this code runs on: the newest but for what only takes away."""
    return next((name for name, takes_away in _scripts(HERE) if not takes_away), None)


def runs_on(found: str | None) -> bool:
    """Does this code run on a database of this version?

    A version it does not know is that of newer code, and has only added to what this code needs.
    """
    newest_first = [name for name, _ in _scripts(HERE)]
    if found is None or found not in newest_first:
        return found is not None and found.isdigit() and found > max(newest_first)
    return newest_first.index(found) <= newest_first.index(str(needed()))


def known() -> set[str]:
    """Every version this code can bring up to its own."""
    return {name for name, _ in _scripts(HERE)}


def differences(db: Database) -> list[object]:
    """What the migrations left different from `tables.py`; a test wants none."""
    with db.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": False})
        return list(compare_metadata(context, metadata))


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config
