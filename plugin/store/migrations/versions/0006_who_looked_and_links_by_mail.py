"""Who looked at customers' data, and links by mail into the desk.

Revision 0006, after 0005. Nothing was ever written into the table `accesses` of 0004: it is made
anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import plugin.store.tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def moment() -> plugin.store.tables.Moment:
    return plugin.store.tables.Moment(timezone=True)


def upgrade() -> None:
    op.drop_index("ix_accesses_log", table_name="accesses")
    op.drop_table("accesses")
    op.create_table(
        "accesses",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("since", moment(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.Column("person", sa.String(length=320), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("data", sa.String(length=100), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.String(length=36), server_default="", nullable=False),
        sa.Column("orders", sa.Text(), server_default="", nullable=False),
        sa.Column("count", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accesses")),
        sa.UniqueConstraint("shop", "slot", "digest", name=op.f("uq_accesses_shop_slot_digest")),
    )
    op.create_index("ix_accesses_log", "accesses", ["shop", "id"])
    op.create_index("ix_accesses_person", "accesses", ["shop", "person", "id"])
    op.create_table(
        "logins",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("letter", sa.String(length=32), nullable=False),
        sa.Column("nonce", sa.String(length=64), server_default="", nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("made_at", moment(), nullable=False),
        sa.Column("expires_at", moment(), nullable=False),
        sa.Column("look_at", moment(), nullable=True),
        sa.Column("used_at", moment(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_logins")),
    )
    op.create_index("ix_logins_made", "logins", ["shop", "email", "made_at"])
    op.create_index("ix_logins_waiting", "logins", ["look_at"])


def downgrade() -> None:
    op.drop_index("ix_logins_waiting", table_name="logins")
    op.drop_index("ix_logins_made", table_name="logins")
    op.drop_table("logins")
    op.drop_index("ix_accesses_person", table_name="accesses")
    op.drop_index("ix_accesses_log", table_name="accesses")
    op.drop_table("accesses")
    op.create_table(
        "accesses",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.Column("person", sa.String(length=320), nullable=False),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accesses")),
    )
    op.create_index("ix_accesses_log", "accesses", ["shop", "id"])
