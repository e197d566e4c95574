"""What every page of a shop says first where it holds, in one question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import Moment, findings, restorations, tokens


@dataclass(frozen=True)
class Notices:
    """All empty while all is well."""

    problem: str = ""
    """Why a person has to open the app in the store."""
    careful_since: datetime | None = None
    """Restored from a backup: from here on nothing is certain until it was read back."""
    found_wrong: bool = False
    """The auditor found something that is not as it should be."""


def of_shop(tx: Connection, shop: str) -> Notices:
    """The notices of a shop."""
    problem = sa.select(tokens.c.problem).where(tokens.c.shop == shop)
    careful = sa.select(restorations.c.since).where(
        restorations.c.shop == shop, restorations.c.ended_at.is_(None)
    )
    wrong = sa.exists().where(findings.c.shop == shop, findings.c.gone_at.is_(None))
    since = sa.type_coerce(careful.scalar_subquery(), Moment())
    found = tx.execute(sa.select(problem.scalar_subquery(), since, wrong)).one()
    return Notices(found[0] or "", found[1], bool(found[2]))
