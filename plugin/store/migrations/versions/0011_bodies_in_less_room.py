"""Bodies of deliveries are packed, and emptied after a time.

Revision 0011, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

THERE = sa.text("handled_at IS NOT NULL AND form < 2")


def upgrade() -> None:

    op.add_column("inbox", sa.Column("form", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_inbox_bodies",
        "inbox",
        ["shop", "form", "handled_at"],
        unique=False,
        sqlite_where=THERE,
        postgresql_where=THERE,
    )


def downgrade() -> None:

    op.drop_index("ix_inbox_bodies", table_name="inbox")
    op.drop_column("inbox", "form")
