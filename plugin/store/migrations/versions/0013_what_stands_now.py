"""What is at risk and what is owed, summed as it changes: a large shop is not added up for a page.

Revision 0013, after 0012.
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ADDED_UP = """
INSERT INTO tallies (shop, figure, day, subject, unit, part, amount)
SELECT shop, '{figure}', '', '', {currency}, 0, sum({minor})
FROM cases WHERE {minor} > 0 GROUP BY shop, {currency}
"""


def upgrade() -> None:
    for figure, currency, minor in (
        ("at_risk", "currency", "at_risk_minor"),
        ("owed", "owed_currency", "owed_minor"),
    ):
        op.execute(ADDED_UP.format(figure=figure, currency=currency, minor=minor))


def downgrade() -> None:
    op.execute("DELETE FROM tallies WHERE day = ''")
