"""What the nine situations need

Revision 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import plugin.store.tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "evidence",
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("evidence_id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media", sa.String(length=10), nullable=False),
        sa.Column("mime", sa.String(length=60), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("shot", sa.String(length=30), server_default="", nullable=False),
        sa.Column("checked", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("advice", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("received_at", plugin.store.tables.Moment(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("media in ('picture', 'video')", name=op.f("ck_evidence_media")),
        sa.PrimaryKeyConstraint("shop", "case_id", "evidence_id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_order", ["shop", "order_id"], unique=False)

    op.create_table(
        "known",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_known")),
    )
    op.create_table(
        "letter_texts",
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("letter", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("at", plugin.store.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shop", "letter", "language", name=op.f("pk_letter_texts")),
    )
    op.create_table(
        "links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("made_at", plugin.store.tables.Moment(timezone=True), nullable=False),
        sa.Column("expires_at", plugin.store.tables.Moment(timezone=True), nullable=False),
        sa.Column("revoked_at", plugin.store.tables.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_links")),
        sa.UniqueConstraint(
            "shop", "order_id", "generation", name=op.f("uq_links_shop_order_id_generation")
        ),
    )
    op.create_table(
        "measures",
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("sku", sa.String(length=200), nullable=False),
        sa.Column("grams", sa.Integer(), nullable=True),
        sa.Column("length_mm", sa.Integer(), nullable=True),
        sa.Column("width_mm", sa.Integer(), nullable=True),
        sa.Column("height_mm", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("shop", "sku", name=op.f("pk_measures")),
    )
    op.create_table(
        "reports",
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("at", plugin.store.tables.Moment(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "order_id", "report_id", name=op.f("pk_reports")),
    )

    op.create_table(
        "suppressions",
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("at", plugin.store.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shop", "address_hash", name=op.f("pk_suppressions")),
    )
    with op.batch_alter_table("alternatives", schema=None) as batch_op:
        batch_op.add_column(sa.Column("grams", sa.Integer(), nullable=True))

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("provisional", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("purchases", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("supplier", sa.String(length=200), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("look_at", plugin.store.tables.Moment(timezone=True), nullable=True)
        )
        batch_op.create_index("ix_purchases_look_at", ["look_at"], unique=False)
        batch_op.create_index("ix_purchases_supplier", ["shop", "supplier"], unique=False)

    with op.batch_alter_table("shops", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("reconciled_to", plugin.store.tables.Moment(timezone=True), nullable=True)
        )


def downgrade() -> None:

    with op.batch_alter_table("shops", schema=None) as batch_op:
        batch_op.drop_column("reconciled_to")

    with op.batch_alter_table("purchases", schema=None) as batch_op:
        batch_op.drop_index("ix_purchases_supplier")
        batch_op.drop_index("ix_purchases_look_at")
        batch_op.drop_column("look_at")
        batch_op.drop_column("supplier")

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_column("provisional")

    with op.batch_alter_table("alternatives", schema=None) as batch_op:
        batch_op.drop_column("grams")

    op.drop_table("suppressions")
    op.drop_table("reports")
    op.drop_table("measures")
    op.drop_table("links")
    op.drop_table("letter_texts")
    op.drop_table("known")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index("ix_evidence_order")

    op.drop_table("evidence")
