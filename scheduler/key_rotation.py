"""Encrypting every secret of every shop anew, with the newest key; one short transaction each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

import sqlalchemy as sa

from plugin import dsers
from plugin.secrets import Vault
from plugin.store.database import Database
from plugin.store.tables import dsers_access, hooks, shops, tokens
from plugin.tokens import ACCESS, ONE_TOKEN, REFRESH
from scheduler.telling import SECRET

SEALED: Sequence[tuple[str, sa.Column[bytes], tuple[sa.Column[str], ...]]] = (
    (ONE_TOKEN, shops.c.token, (shops.c.shop,)),
    (ACCESS, tokens.c.access, (tokens.c.shop,)),
    (REFRESH, tokens.c.refresh, (tokens.c.shop,)),
    (SECRET, hooks.c.secret, (hooks.c.shop, hooks.c.hook_id)),
    (dsers.VERIFIER, dsers_access.c.verifier, (dsers_access.c.shop,)),
    (dsers.ACCESS, dsers_access.c.access, (dsers_access.c.shop,)),
    (dsers.REFRESH, dsers_access.c.refresh, (dsers_access.c.shop,)),
)
"""(name it is bound to, column, what finds the row: the shop first)"""


class Outcome(Enum):
    """What came of one secret."""

    ROTATED = "rotated"
    SKIPPED = "skipped"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Place:
    """Where one secret is kept."""

    column: str
    row: tuple[str, ...]

    @property
    def shop(self) -> str:
        """Whose it is."""
        return self.row[0]


@dataclass
class Done:
    """What a rotation came to."""

    rotated: int = 0
    skipped: int = 0
    unreadable: list[Place] = field(default_factory=list)

    def count(self, place: Place, outcome: Outcome) -> None:
        """One more."""
        if outcome is Outcome.ROTATED:
            self.rotated += 1
        elif outcome is Outcome.SKIPPED:
            self.skipped += 1
        else:
            self.unreadable.append(place)


def places(db: Database) -> list[Place]:
    """Every secret there is."""
    found = []
    with db.read() as tx:
        for name, column, key in SEALED:
            query = sa.select(*key).where(column.is_not(None)).order_by(*key)
            found += [Place(name, tuple(row)) for row in tx.execute(query)]
    return found


def rotate(db: Database, vault: Vault, place: Place) -> Outcome:
    """Encrypt one secret anew, unless the newest key has it or it has gone or changed meanwhile."""
    column, key = next((column, key) for name, column, key in SEALED if name == place.column)
    mine = sa.and_(*(part == value for part, value in zip(key, place.row, strict=True)))
    bound = {"shop": place.shop, "column": place.column}
    with db.write() as tx:
        sealed = tx.execute(sa.select(column).where(mine)).scalar_one_or_none()
        if sealed is None or vault.is_newest(sealed, **bound):
            return Outcome.SKIPPED
        try:
            secret = vault.decrypt(sealed, **bound)
        except ValueError:
            return Outcome.UNREADABLE
        # Whoever renews a token meanwhile wins: theirs is newer.
        query = sa.update(column.table).where(mine, column == sealed)
        changed = tx.execute(query.values({column: vault.encrypt(secret, **bound)})).rowcount
    return Outcome.ROTATED if changed else Outcome.SKIPPED
