"""What the desk needs: order and words of the inbox, views, members, API keys, hooks, suppliers.

Revision 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import plugin.store.tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('api_keys',
    sa.Column('key_id', sa.String(length=36), nullable=False),
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('scope', sa.String(length=20), nullable=False),
    sa.Column('made_by', sa.String(length=320), nullable=False),
    sa.Column('made_at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('used_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('revoked_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('key_id', name=op.f('pk_api_keys')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_api_keys_key_hash'))
    )
    with op.batch_alter_table('api_keys', schema=None) as batch_op:
        batch_op.create_index('ix_api_keys_shop', ['shop'], unique=False)

    op.create_table('backfills',
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('cursor', sa.Text(), server_default='', nullable=False),
    sa.Column('since', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('done', sa.Integer(), server_default='0', nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('started_at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('finished_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('problem', sa.Text(), server_default='', nullable=False),
    sa.CheckConstraint("state in ('running', 'done', 'stopped')", name=op.f('ck_backfills_state')),
    sa.PrimaryKeyConstraint('shop', name=op.f('pk_backfills'))
    )
    op.create_table('case_words',
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('word', plugin.store.tables.WORD, nullable=False),
    sa.Column('case_id', sa.String(length=36), nullable=False),
    sa.PrimaryKeyConstraint('shop', 'word', 'case_id', name=op.f('pk_case_words')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('case_words', schema=None) as batch_op:
        batch_op.create_index('ix_case_words_case', ['shop', 'case_id'], unique=False)

    op.create_table('hook_sends',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('hook_id', sa.String(length=36), nullable=False),
    sa.Column('message_id', sa.String(length=60), nullable=False),
    sa.Column('topic', sa.String(length=60), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('look_at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('answer', sa.String(length=200), server_default='', nullable=False),
    sa.Column('made_at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('settled_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('waiting', 'delivered', 'failed')", name=op.f('ck_hook_sends_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hook_sends')),
    sa.UniqueConstraint('hook_id', 'message_id', name=op.f('uq_hook_sends_hook_id_message_id'))
    )
    with op.batch_alter_table('hook_sends', schema=None) as batch_op:
        batch_op.create_index('ix_hook_sends_log', ['shop', 'hook_id', 'id'], unique=False)
        batch_op.create_index('ix_hook_sends_waiting', ['state', 'look_at'], unique=False)

    op.create_table('hooks',
    sa.Column('hook_id', sa.String(length=36), nullable=False),
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('secret', sa.LargeBinary(), nullable=False),
    sa.Column('topics', sa.JSON(), nullable=False),
    sa.Column('made_by', sa.String(length=320), nullable=False),
    sa.Column('made_at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('removed_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('hook_id', name=op.f('pk_hooks'))
    )
    with op.batch_alter_table('hooks', schema=None) as batch_op:
        batch_op.create_index('ix_hooks_shop', ['shop'], unique=False)

    op.create_table('members',
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('name', sa.String(length=200), server_default='', nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('added_by', sa.String(length=320), nullable=False),
    sa.Column('added_at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('removed_at', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop', 'email', name=op.f('pk_members'))
    )
    op.create_table('suppliers',
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('supplier', sa.String(length=200), nullable=False),
    sa.Column('contact', sa.String(length=300), server_default='', nullable=False),
    sa.Column('email', sa.String(length=320), server_default='', nullable=False),
    sa.Column('claim_within_days', sa.Integer(), nullable=True),
    sa.Column('proof', sa.Text(), server_default='', nullable=False),
    sa.Column('holidays', sa.JSON(), nullable=True),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.Column('by', sa.String(length=320), nullable=False),
    sa.Column('at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop', 'supplier', name=op.f('pk_suppliers'))
    )
    op.create_table('views',
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('view_id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('by', sa.String(length=320), nullable=False),
    sa.Column('at', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop', 'view_id', name=op.f('pk_views'))
    )
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.add_column(sa.Column('urgency', sa.Float(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('waits_for', sa.String(length=10), server_default='', nullable=False))
        batch_op.add_column(sa.Column('assignee', sa.String(length=320), server_default='', nullable=False))
        batch_op.add_column(sa.Column('snoozed_until', plugin.store.tables.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('country', sa.String(length=2), server_default='', nullable=False))
        batch_op.create_index('ix_cases_urgency', ['shop', 'status', 'urgency', 'case_id'], unique=False)
        batch_op.create_index('ix_cases_all', ['shop', 'urgency', 'case_id', 'situation', 'country', 'assignee', 'at_risk_minor', 'currency', 'opened_at'], unique=False)
        batch_op.create_index('ix_cases_waits', ['shop', 'waits_for', 'urgency', 'case_id'], unique=False)
        batch_op.create_index('ix_cases_supplier', ['shop', 'supplier', 'urgency', 'case_id'], unique=False)
        batch_op.create_index('ix_cases_deadline', ['shop', 'deadline'], unique=False)
        batch_op.create_index('ix_cases_awake', ['shop', 'status', 'snoozed_until', 'deadline'], unique=False)
        batch_op.create_index('ix_cases_money', ['shop', 'closed_at', 'currency', 'at_risk_minor', 'owed_currency', 'owed_minor'], unique=False)

    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index('ix_events_at', ['shop', 'at', 'order_id'], unique=False)

    with op.batch_alter_table('customers', schema=None) as batch_op:
        batch_op.create_index('ix_customers_customer', ['shop', 'customer_id'], unique=False)

    # About where each belongs, until something happens to it and its number is reckoned.
    op.execute("UPDATE cases SET urgency = CASE status WHEN 'needs_you' THEN 90000"
               " WHEN 'closed' THEN -100000 ELSE -10000 END")
    with op.batch_alter_table('shops', schema=None) as batch_op:
        batch_op.add_column(sa.Column('watching', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('sender', sa.String(length=320), server_default='', nullable=False))
        batch_op.add_column(sa.Column('keep_days', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('setup', sa.JSON(), nullable=True))


    with op.batch_alter_table('ledger', schema=None) as batch_op:
        batch_op.create_index('ix_ledger_page', ['shop', 'purse', 'what', 'id', 'currency', 'minor'], unique=False)

    op.create_table('recoveries',
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('order_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('purchase_id', sa.String(length=300), nullable=False),
    sa.Column('case_id', sa.String(length=36), server_default='', nullable=False),
    sa.Column('number', sa.String(length=120), server_default='', nullable=False),
    sa.Column('supplier', sa.String(length=200), server_default='', nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.Column('stages', sa.JSON(), nullable=False),
    sa.Column('owed_minor', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('owed_currency', sa.String(length=3), server_default='', nullable=False),
    sa.Column('since', plugin.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('shuts', plugin.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('expected_on', sa.String(length=10), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('shop', 'order_id', 'purchase_id', name=op.f('pk_recoveries'))
    )
    with op.batch_alter_table('recoveries', schema=None) as batch_op:
        batch_op.create_index('ix_recoveries_list', ['shop', 'open', 'since'], unique=False)
        batch_op.create_index('ix_recoveries_owed', ['shop', 'open', 'owed_currency', 'expected_on', 'state', 'owed_minor'], unique=False)

    op.create_table('tallies',
    sa.Column('shop', sa.String(length=100), nullable=False),
    sa.Column('figure', sa.String(length=20), nullable=False),
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('unit', sa.String(length=20), nullable=False),
    sa.Column('part', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shop', 'figure', 'day', 'subject', 'unit', 'part', name=op.f('pk_tallies')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.create_index('ix_cases_opened', ['shop', 'opened_at', 'situation', 'case_id'], unique=False)
        batch_op.create_index('ix_cases_problems', ['shop', 'supplier', 'situation', 'opened_at'], unique=False)


def downgrade() -> None:

    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.drop_index('ix_cases_problems')
        batch_op.drop_index('ix_cases_opened')
    op.drop_table('tallies')

    with op.batch_alter_table('recoveries', schema=None) as batch_op:
        batch_op.drop_index('ix_recoveries_owed')
        batch_op.drop_index('ix_recoveries_list')
    op.drop_table('recoveries')

    with op.batch_alter_table('ledger', schema=None) as batch_op:
        batch_op.drop_index('ix_ledger_page')

    with op.batch_alter_table('customers', schema=None) as batch_op:
        batch_op.drop_index('ix_customers_customer')

    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_index('ix_events_at')

    with op.batch_alter_table('shops', schema=None) as batch_op:
        batch_op.drop_column('setup')
        batch_op.drop_column('keep_days')
        batch_op.drop_column('sender')
        batch_op.drop_column('watching')

    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.drop_index('ix_cases_money')
        batch_op.drop_index('ix_cases_awake')
        batch_op.drop_index('ix_cases_deadline')
        batch_op.drop_index('ix_cases_supplier')
        batch_op.drop_index('ix_cases_waits')
        batch_op.drop_index('ix_cases_all')
        batch_op.drop_index('ix_cases_urgency')
        batch_op.drop_column('country')
        batch_op.drop_column('snoozed_until')
        batch_op.drop_column('assignee')
        batch_op.drop_column('waits_for')
        batch_op.drop_column('urgency')

    op.drop_table('views')
    op.drop_table('suppliers')
    op.drop_table('members')
    with op.batch_alter_table('hooks', schema=None) as batch_op:
        batch_op.drop_index('ix_hooks_shop')

    op.drop_table('hooks')
    with op.batch_alter_table('hook_sends', schema=None) as batch_op:
        batch_op.drop_index('ix_hook_sends_waiting')
        batch_op.drop_index('ix_hook_sends_log')

    op.drop_table('hook_sends')
    with op.batch_alter_table('case_words', schema=None) as batch_op:
        batch_op.drop_index('ix_case_words_case')

    op.drop_table('case_words')
    op.drop_table('backfills')
    with op.batch_alter_table('api_keys', schema=None) as batch_op:
        batch_op.drop_index('ix_api_keys_shop')

    op.drop_table('api_keys')
