"""What these two were read for is summed as it changes.

Revision 0017, after 0016.
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

AFTER = True
"""The version before reads them: slowly without, so they go when none of it runs any more."""


def upgrade() -> None:
    op.drop_index("ix_cases_problems", "cases")
    op.drop_index("ix_cases_money", "cases")


def downgrade() -> None:
    op.create_index("ix_cases_problems", "cases", ["shop", "supplier", "situation", "opened_at"])
    columns = ("closed_at", "currency", "at_risk_minor", "owed_currency", "owed_minor")
    op.create_index("ix_cases_money", "cases", ["shop", *columns])
