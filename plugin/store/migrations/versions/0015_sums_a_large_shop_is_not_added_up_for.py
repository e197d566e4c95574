"""Cases opened by day, money expected by day and booked in all are summed as they change.

Revision 0015, after 0014.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BOOKED = """
INSERT INTO tallies (shop, figure, day, subject, unit, part, amount)
SELECT shop, 'booked', '', purse || '.' || what, currency, 0, sum(minor)
FROM ledger GROUP BY shop, purse, what, currency
"""
EXPECTED = """
INSERT INTO tallies (shop, figure, day, subject, unit, part, amount)
SELECT shop, 'expected', expected_on, CASE WHEN state = 'agreed' THEN 'agreed' ELSE '' END,
 owed_currency, 0, sum(owed_minor)
FROM recoveries WHERE open AND owed_minor > 0
GROUP BY shop, expected_on, CASE WHEN state = 'agreed' THEN 'agreed' ELSE '' END, owed_currency
"""
ADD = """
INSERT INTO tallies (shop, figure, day, subject, unit, part, amount)
VALUES (:shop, 'opened', :day, :subject, '', 0, :amount)
"""


def upgrade() -> None:
    op.execute(BOOKED)
    op.execute(EXPECTED)
    tx = op.get_bind()
    for shop, zone in tx.execute(sa.text("SELECT shop, zone FROM shops")).all():
        counts: Counter[tuple[str, str]] = Counter()
        query = sa.text("SELECT opened_at, situation FROM cases WHERE shop = :shop")
        for opened_at, situation in tx.execute(query, {"shop": shop}):
            counts[_day(opened_at, zone), situation] += 1
        rows = [
            {"shop": shop, "day": day, "subject": situation, "amount": amount}
            for (day, situation), amount in counts.items()
        ]
        if rows:
            tx.execute(sa.text(ADD), rows)


def _day(moment: str | datetime, zone: str) -> str:
    """The day it was in the shop; SQLite gives a text without a zone."""
    told = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    aware = told if told.tzinfo else told.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(zone or "UTC")).date().isoformat()


def downgrade() -> None:
    op.execute("DELETE FROM tallies WHERE figure IN ('booked', 'expected', 'opened')")
