"""Sums are counted once more without the version before, and an index goes that was read for them.

Revision 0017, after 0016.
"""

from __future__ import annotations

from alembic import op

from plugin.store.migrations import recounting

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

AFTER = True
"""The version before reads the index, and adds nothing to the sums."""


def upgrade() -> None:
    recounting.count_again(op.get_bind(), (*recounting.SUMS, recounting.OPENED))
    op.drop_index("ix_cases_money", "cases")


def downgrade() -> None:
    columns = ("closed_at", "currency", "at_risk_minor", "owed_currency", "owed_minor")
    op.create_index("ix_cases_money", "cases", ["shop", *columns])
