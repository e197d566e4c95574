"""History that cannot change, an auditor, and what a restored shop waits for.

Revision 0009, after 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import plugin.store.tables
from plugin.store import append_only, chain

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('chain',
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('n', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('erasable', sa.String(length=200), server_default='', nullable=False),
    sa.Column('sealed', sa.String(length=64), server_default='', nullable=False),
    sa.Column('salt', sa.String(length=32), nullable=True),
    sa.PrimaryKeyConstraint('shop', 'n', name=op.f('pk_chain')),
    sa.UniqueConstraint('shop', 'order_id', 'seq', name=op.f('uq_chain_shop_order_id_seq'))
    )
    op.create_table('deeds',
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('n', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=320), nullable=False),
    sa.Column('what', sa.String(length=60), nullable=False),
    sa.Column('about', sa.String(length=400), server_default='', nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('shop', 'n', name=op.f('pk_deeds'))
    )
    op.create_table('purging',
    sa.Column('whose', sa.String(length=100), nullable=False),
    sa.PrimaryKeyConstraint('whose', name=op.f('pk_purging'))
    )
    op.create_table('findings',
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('invariant', sa.String(length=10), nullable=False),
    sa.Column('what', sa.String(length=60), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=True),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('found_at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('seen_at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('gone_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop', 'invariant', 'what', 'subject', name=op.f('pk_findings'))
    )
    with op.batch_alter_table('findings', schema=None) as batch_op:
        batch_op.create_index('ix_findings_open', ['shop', 'gone_at'], unique=False)

    op.create_table('audits',
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('changed_to', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('order_id', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('round_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('link', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('link_hash', sa.String(length=64), server_default='', nullable=False),
    sa.Column('again_link', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('again_hash', sa.String(length=64), server_default='', nullable=False),
    sa.Column('whole_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('ledger_id', sa.BigInteger(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('shop', name=op.f('pk_audits'))
    )
    op.create_table('restorations',
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('since', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('restored_at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('ended_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop', name=op.f('pk_restorations'))
    )
    chain.link_what_is_there(op.get_bind())
    append_only.guard(op.get_bind())


def downgrade() -> None:

    append_only.unguard(op.get_bind())
    op.drop_table('restorations')
    op.drop_table('audits')
    with op.batch_alter_table('findings', schema=None) as batch_op:
        batch_op.drop_index('ix_findings_open')

    op.drop_table('findings')
    op.drop_table('purging')
    op.drop_table('deeds')
    op.drop_table('chain')
