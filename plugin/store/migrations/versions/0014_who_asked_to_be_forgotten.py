"""Orders whose customer asked to be forgotten: a webhook that comes late brings nobody back.

Revision 0014, after 0013.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import plugin.store.tables

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forgotten",
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", plugin.store.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shop", "order_id", name=op.f("pk_forgotten")),
    )


def downgrade() -> None:
    op.drop_table("forgotten")
