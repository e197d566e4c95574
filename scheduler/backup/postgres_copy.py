"""Copying a PostgreSQL database by its own tools, which must not be older than the server.

The password goes by the environment, never by the command line, where everybody could read it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection

from plugin.store.database import Database

VERSION = re.compile(r"\) (\d+)")


class NoTool(Exception):
    """pg_dump or pg_restore is missing, or too old for the server."""


class Failed(Exception):
    """It ran and said no; the message is its own."""


def dump(tx: Connection, url: URL, folder: Path | None, target: Path) -> None:
    """The state `tx` looks at, which must be REPEATABLE READ. Raises NoTool, Failed."""
    tool = _tool("pg_dump", folder, _server(tx))
    snapshot = str(tx.execute(sa.text("SELECT pg_export_snapshot()")).scalar_one())
    # Whose rows they are nobody says, so the wall between shops (`store/walls.py`) shows all of
    # them; a role that may not bypass it is refused unless it asks to look through it.
    _run([tool, "--format=custom", "--no-owner", "--no-privileges", "--enable-row-security",
          f"--snapshot={snapshot}", f"--file={target}"], url)  # fmt: skip


def restore(db: Database, folder: Path | None, source: Path) -> None:
    """All of it into an empty database, or nothing. Raises NoTool, Failed."""
    with db.read() as tx:
        tool = _tool("pg_restore", folder, _server(tx))
    name = str(db.url.database)
    _run([tool, "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
          f"--dbname={name}", str(source)], db.url)  # fmt: skip


def is_empty(tx: Connection) -> bool:
    """No table of anybody's."""
    query = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
    return int(tx.execute(sa.text(query)).scalar_one()) == 0


def empty(db: Database) -> None:
    """Everything in the schema is gone after this."""
    with db.engine.begin() as tx:
        schema = str(tx.execute(sa.text("SELECT current_schema()")).scalar_one())
        quoted = tx.dialect.identifier_preparer.quote(schema)
        tx.execute(sa.text(f"DROP SCHEMA {quoted} CASCADE"))
        tx.execute(sa.text(f"CREATE SCHEMA {quoted}"))
    db.engine.dispose()


def _server(tx: Connection) -> int:
    return int(str(tx.execute(sa.text("SHOW server_version_num")).scalar_one())) // 10000


def _tool(name: str, folder: Path | None, server: int) -> str:
    found = str(folder / name) if folder else shutil.which(name)
    if found is None or not Path(found).is_file():
        raise NoTool(f"{name} is not installed: install PostgreSQL {server}'s client tools,"
                     " or say where they are with POSTVENDITA_POSTGRES_TOOLS")  # fmt: skip
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - our own setting
    version = VERSION.search(said.stdout)
    if version is None or int(version[1]) < server:
        which = version[1] if version else "unknown"
        raise NoTool(f"{found} is version {which} and the server {server}: install its client"
                     " tools, or say where they are with POSTVENDITA_POSTGRES_TOOLS")  # fmt: skip
    return found


def _run(command: list[str], url: URL) -> None:
    given = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username,
             "PGPASSWORD": url.password, "PGDATABASE": url.database}  # fmt: skip
    host = url.query.get("host")
    if host:
        given["PGHOST"] = host if isinstance(host, str) else host[0]
    environment = {**os.environ, **{k: str(v) for k, v in given.items() if v is not None}}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own list
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise Failed(said[0] if said else f"{command[0]} failed")
