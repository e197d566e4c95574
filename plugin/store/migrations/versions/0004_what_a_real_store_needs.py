"""What a real store needs: tokens that expire, privacy requests, who looked at what.

Revision 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import plugin.store.tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('accesses',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('person', sa.String(length=320), nullable=False),
    sa.Column('what', sa.String(length=60), nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accesses'))
    )
    with op.batch_alter_table('accesses', schema=None) as batch_op:
        batch_op.create_index('ix_accesses_log', ['shop', 'id'], unique=False)

    op.create_table('dsers_access',
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('client_id', sa.Text(), server_default='', nullable=False),
    sa.Column('token_url', sa.Text(), server_default='', nullable=False),
    sa.Column('state', sa.String(length=100), server_default='', nullable=False),
    sa.Column('verifier', sa.LargeBinary(), nullable=True),
    sa.Column('asked_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('access', sa.LargeBinary(), nullable=True),
    sa.Column('refresh', sa.LargeBinary(), nullable=True),
    sa.Column('scope', sa.Text(), server_default='', nullable=False),
    sa.Column('expires_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('got_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('refreshing_until', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('problem', sa.String(length=60), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('shop', name=op.f('pk_dsers_access'))
    )
    op.create_table('privacy_requests',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('delivery_id', sa.String(length=200), nullable=False),
    sa.Column('topic', sa.String(length=40), nullable=False),
    sa.Column('orders', sa.JSON(), nullable=False),
    sa.Column('customer_id', sa.BigInteger(), nullable=True),
    sa.Column('asked_at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('done_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('result', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_privacy_requests')),
    sa.UniqueConstraint('shop', 'delivery_id', name=op.f('uq_privacy_requests_shop_delivery_id'))
    )
    with op.batch_alter_table('privacy_requests', schema=None) as batch_op:
        batch_op.create_index('ix_privacy_requests_open', ['done_at', 'asked_at'], unique=False)

    op.create_table('tokens',
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('access', sa.LargeBinary(), nullable=False),
    sa.Column('refresh', sa.LargeBinary(), nullable=True),
    sa.Column('scope', sa.Text(), server_default='', nullable=False),
    sa.Column('expires_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('refresh_expires_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('got_at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('refreshing_until', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('problem', sa.String(length=60), server_default='', nullable=False),
    sa.Column('problem_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('scope_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop', name=op.f('pk_tokens'))
    )
    op.create_table('grants',
    sa.Column('state_hash', sa.String(length=64), nullable=False),
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('state_hash', name=op.f('pk_grants'))
    )
    op.create_table('outages',
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('service', sa.String(length=20), nullable=False),
    sa.Column('since', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('next_try', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop', 'service', name=op.f('pk_outages'))
    )


def downgrade() -> None:

    op.drop_table('outages')
    op.drop_table('grants')
    op.drop_table('tokens')
    op.drop_table('dsers_access')
    with op.batch_alter_table('privacy_requests', schema=None) as batch_op:
        batch_op.drop_index('ix_privacy_requests_open')

    op.drop_table('privacy_requests')
    with op.batch_alter_table('accesses', schema=None) as batch_op:
        batch_op.drop_index('ix_accesses_log')

    op.drop_table('accesses')
