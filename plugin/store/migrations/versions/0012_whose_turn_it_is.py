"""Whose turn it is where many processes work.

Revision 0012, after 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import plugin.store.tables

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turns",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("until", plugin.store.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "shop", "lane", name=op.f("pk_turns")),
    )


def downgrade() -> None:
    op.drop_table("turns")
