"""The contents page of the API: every operation, by the noun it is about."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.api import (
    analytics,
    bulk,
    cases,
    claims,
    connections,
    home,
    hooks,
    inbox,
    letters,
    order_files,
    orders,
    people,
    policy,
    record,
    recovery,
    settings,
    steps,
    suppliers,
    tellings,
)
from plugin.api.operation import Operation

SECTIONS: Mapping[str, tuple[Operation, ...]] = {
    "Home": home.OPERATIONS,
    "Inbox": inbox.OPERATIONS,
    "Many cases at once": bulk.OPERATIONS,
    "A case": cases.OPERATIONS,
    "Steps of a case": steps.OPERATIONS,
    "What can be told about a case": tellings.OPERATIONS,
    "Evidence and claims": claims.OPERATIONS,
    "Orders": (*orders.OPERATIONS, *order_files.OPERATIONS),
    "Recovery": recovery.OPERATIONS,
    "Policy": policy.OPERATIONS,
    "Suppliers": suppliers.OPERATIONS,
    "Analytics": analytics.OPERATIONS,
    "Settings": settings.OPERATIONS,
    "Letters and measures": letters.OPERATIONS,
    "Connections": connections.OPERATIONS,
    "People and keys": people.OPERATIONS,
    "Webhooks out": hooks.OPERATIONS,
    "The record": record.OPERATIONS,
}
OPERATIONS: tuple[Operation, ...] = tuple(
    operation for operations in SECTIONS.values() for operation in operations
)
