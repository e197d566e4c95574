"""What the desk lists: deadlines sorted within their index, people's deeds in one of their own.

Revision 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BY_A_PERSON = sa.text(
    "\"by\" NOT IN ('app', 'store', 'supplier', 'import', 'mail', 'customer')"
)

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cases_deadline'))
        batch_op.create_index('ix_cases_deadline', ['shop', 'deadline', 'urgency', 'case_id'], unique=False)

    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index('ix_events_people', ['shop', 'at', 'order_id', 'seq'], unique=False, sqlite_where=BY_A_PERSON, postgresql_where=BY_A_PERSON)


def downgrade() -> None:
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_index('ix_events_people', sqlite_where=BY_A_PERSON, postgresql_where=BY_A_PERSON)

    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.drop_index('ix_cases_deadline')
        batch_op.create_index(batch_op.f('ix_cases_deadline'), ['shop', 'deadline'], unique=False)
