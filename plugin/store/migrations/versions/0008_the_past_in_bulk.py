"""The past in bulk: how far an operation at the store is, and when an order was placed.

Revision 0008, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import plugin.store.tables

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

BULK = "bulk in ('', 'starting', 'running', 'ready', 'taken', 'given_up')"


def upgrade() -> None:
    moment = plugin.store.tables.Moment(timezone=True)
    with op.batch_alter_table("backfills", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bulk", sa.String(20), server_default="", nullable=False))
        batch_op.add_column(sa.Column("operation", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("bulk_at", moment, nullable=True))
        batch_op.add_column(sa.Column("look_at", moment, nullable=True))
        batch_op.add_column(sa.Column("place", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_check_constraint(op.f("ck_backfills_bulk"), BULK)
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("placed_at", moment, nullable=True))
        batch_op.create_index("ix_orders_read_wanted", ["read_wanted", "shop", "read_at"])
        batch_op.create_index("ix_orders_placed_at", ["shop", "placed_at"])


def downgrade() -> None:
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index("ix_orders_placed_at")
        batch_op.drop_index("ix_orders_read_wanted")
        batch_op.drop_column("placed_at")
    with op.batch_alter_table("backfills", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_backfills_bulk"), type_="check")
        for name in ("tries", "place", "look_at", "bulk_at", "operation", "bulk"):
            batch_op.drop_column(name)
