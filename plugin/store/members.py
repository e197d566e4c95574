"""The people of a shop's desk and what each may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import members
from plugin.store.timelines import upsert


class LastOwner(Exception):
    """A shop without an owner could never get one again."""


@dataclass(frozen=True)
class Member:
    """A person of a shop."""

    shop: str
    email: str
    name: str
    role: str
    added_by: str
    added_at: datetime
    removed_at: datetime | None

    @property
    def is_in(self) -> bool:
        """Not removed."""
        return self.removed_at is None


def find(tx: Connection, shop: str, email: str) -> Member | None:
    """A person by mail address, removed ones too."""
    query = sa.select(members).where(members.c.shop == shop, members.c.email == email.lower())
    row = tx.execute(query).mappings().one_or_none()
    return Member(**row) if row else None


def of_shop(tx: Connection, shop: str) -> list[Member]:
    """Everybody who may come in, owners first."""
    query = sa.select(members).where(members.c.shop == shop, members.c.removed_at.is_(None))
    found = [Member(**row) for row in tx.execute(query.order_by(members.c.email)).mappings()]
    return sorted(found, key=lambda member: (member.role != "owner", member.email))


def with_address(tx: Connection, email: str) -> list[Member]:
    """The shops a mail address may come into."""
    query = sa.select(members).where(
        members.c.email == email.lower(), members.c.removed_at.is_(None)
    )
    return [Member(**row) for row in tx.execute(query.order_by(members.c.shop)).mappings()]


def add(
    tx: Connection, shop: str, email: str, role: str, now: datetime, *, by: str, name: str = ""
) -> None:
    """A new person, one that comes back, or another role for one who is here.

    Raises LastOwner when it would take the last owner's rights away.
    """
    address = email.lower()
    if role != "owner":
        _keep_an_owner(tx, shop, address)
    before = find(tx, shop, address)
    row = {
        "shop": shop,
        "email": address,
        "name": name or (before.name if before else ""),
        "role": role,
        "added_by": by,
        "added_at": before.added_at if before and before.is_in else now,
        "removed_at": None,
    }
    upsert(tx, members, row, ["shop", "email"])


def remove(tx: Connection, shop: str, email: str, now: datetime) -> None:
    """The person is let in no more, from the next request on. Raises LastOwner for the last one."""
    _keep_an_owner(tx, shop, email.lower())
    mine = (members.c.shop == shop) & (members.c.email == email.lower())
    tx.execute(
        sa.update(members).where(mine, members.c.removed_at.is_(None)).values(removed_at=now)
    )


def _keep_an_owner(tx: Connection, shop: str, losing: str) -> None:
    owners = {member.email for member in of_shop(tx, shop) if member.role == "owner"}
    if owners == {losing}:
        raise LastOwner
