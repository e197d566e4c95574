"""What must be right before the first request or job; each problem is one line with the fix.

The settings alone cannot tell: whether the database answers and is of this version, whether the
keys open what is sealed in it, whether the other processes were given the same secret.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from plugin.secrets import Vault
from plugin.store import migrate
from scheduler import same_secret
from scheduler.key_rotation import SEALED
from scheduler.runtime import Runtime

A_FEW = 20
"""Sealed values of each kind that are tried."""


def problems(runtime: Runtime) -> list[str]:
    """Every reason not to start; empty when there is none."""
    try:
        found = migrate.version(runtime.db)
        if not migrate.runs_on(found):
            return [
                f"The database is at {found or 'nothing'}, this version needs {migrate.needed()}: "
                "run",
                "  postvendita db upgrade",
            ]
        return [*_sealed(runtime), *_secret_key(runtime)]
    except SQLAlchemyError as error:
        kind = type(getattr(error, "orig", None) or error).__name__
        return [f"POSTVENDITA_DATABASE_URL: the database cannot be used ({kind}); is it there?"]


def _sealed(runtime: Runtime) -> Iterator[str]:
    """Keys of which none opens anything are the wrong ones; one row alone may be a broken row."""
    vault = Vault(runtime.settings.encryption_keys)
    with runtime.db.read() as tx:
        some = [
            (name, row[0], row[1])
            for name, column, key in SEALED
            for row in tx.execute(sa.select(column, key[0]).where(column.is_not(None)).limit(A_FEW))
        ]
    if some and not any(_opens(vault, sealed, shop, name) for name, sealed, shop in some):
        yield (
            "POSTVENDITA_ENCRYPTION_KEYS: none of them opens what is sealed in the database; put "
            "the key it was sealed with behind the new one"
        )


def _opens(vault: Vault, sealed: bytes, shop: str, column: str) -> bool:
    try:
        vault.decrypt(sealed, shop=shop, column=column)
    except ValueError:
        return False
    return True


def _secret_key(runtime: Runtime) -> Iterator[str]:
    if same_secret.another(runtime.db, runtime.settings, runtime.clock.now()):
        yield (
            "POSTVENDITA_SECRET_KEY: another process of this installation has another one; give "
            "all the same, or stop the others first"
        )
