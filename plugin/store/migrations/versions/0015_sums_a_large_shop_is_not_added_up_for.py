"""Cases opened by day, money expected by day and booked in all are summed as they change.

Revision 0015, after 0014.
"""

from __future__ import annotations

from alembic import op

from plugin.store.migrations import recounting

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    recounting.count(op.get_bind(), ("booked", "expected", recounting.OPENED))


def downgrade() -> None:
    op.execute("DELETE FROM tallies WHERE figure IN ('booked', 'expected', 'opened')")
