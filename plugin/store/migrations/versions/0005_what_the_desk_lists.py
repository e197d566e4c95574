"""What the desk lists: deadlines sorted within their index, people's deeds in one of their own, and
where a case's parcel is.

Cases that are there already say where their parcel is when they are next looked at.

Revision 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BY_A_PERSON = sa.text("\"by\" NOT IN ('app', 'store', 'supplier', 'import', 'mail', 'customer')")
ALL = ['shop', 'urgency', 'case_id', 'situation', 'country', 'assignee', 'at_risk_minor', 'currency', 'opened_at']

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('cases', sa.Column('route', sa.String(length=15), server_default='', nullable=False))
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.drop_index('ix_cases_all')
        batch_op.create_index('ix_cases_all', [*ALL, 'route'], unique=False)
        batch_op.drop_index('ix_cases_deadline')
        batch_op.create_index('ix_cases_deadline', ['shop', 'deadline', 'urgency', 'case_id'], unique=False)

    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index('ix_events_people', ['shop', 'at', 'order_id', 'seq'], unique=False, sqlite_where=BY_A_PERSON, postgresql_where=BY_A_PERSON)


def downgrade() -> None:
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_index('ix_events_people', sqlite_where=BY_A_PERSON, postgresql_where=BY_A_PERSON)

    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.drop_index('ix_cases_deadline')
        batch_op.create_index('ix_cases_deadline', ['shop', 'deadline'], unique=False)
        batch_op.drop_index('ix_cases_all')
        batch_op.create_index('ix_cases_all', ALL, unique=False)

    op.drop_column('cases', 'route')
