"""A rare value is found among a million cases, a due order among a shop's; records are counted.

Revision 0016, after 0015.
"""

from __future__ import annotations

from alembic import op

from plugin.store.migrations import recounting

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ALSO = ("opened_at", "at_risk_minor", "currency")
INDEXES = {
    "ix_cases_situation": ("situation", "urgency", "case_id", "country", "route", *ALSO),
    "ix_cases_country": ("country", "urgency", "case_id", *ALSO),
    "ix_cases_route": ("route", "urgency", "case_id", *ALSO),
    "ix_cases_assignee": ("assignee", "urgency", "case_id"),
    "ix_cases_at_risk": ("currency", "at_risk_minor"),
}


def upgrade() -> None:
    recounting.count(op.get_bind(), ("bought", "problem"))
    for name, columns in INDEXES.items():
        op.create_index(name, "cases", ["shop", *columns], unique=False)
    op.create_index("ix_orders_due_of_shop", "orders", ["shop", "next_look", "order_id"])
    op.create_index("ix_ledger_in_order", "ledger", ["shop", "id"])


def downgrade() -> None:
    op.drop_index("ix_ledger_in_order", "ledger")
    op.drop_index("ix_orders_due_of_shop", "orders")
    for name in INDEXES:
        op.drop_index(name, "cases")
    op.execute("DELETE FROM tallies WHERE figure IN ('bought', 'problem')")
