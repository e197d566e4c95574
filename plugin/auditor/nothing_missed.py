"""I5, nothing missed: what changed in the store is known here within an hour and a quarter.

Here: the store was asked for its changes that lately. Whether an order is known as new as the store
has it is looked at in `store_ledger.py`, where the store is read anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from plugin.auditor.violation import Violation, Whole
from plugin.store import outages, shops, tokens

ID = "I5"
WHATS = frozenset({"not_reconciled"})
WITHIN = timedelta(minutes=75)
STORE = "store"


def of_shop(whole: Whole) -> Iterator[Violation]:
    """While the app is up, the store answers and lets it in."""
    shop = shops.find(whole.tx, whole.shop)
    if shop is None or shop.state == shops.UNINSTALLED:
        return
    up = whole.ticked is not None and whole.now - whole.ticked < WITHIN
    silent = [one for one in outages.paused(whole.tx, whole.shop) if one.service == STORE]
    if not up or silent or tokens.problem(whole.tx, whole.shop):
        return
    since = shop.reconciled_to or shop.installed_at
    if whole.now - since > WITHIN:
        minutes = int((whole.now - since).total_seconds() // 60)
        yield Violation(ID, "not_reconciled", whole.shop, facts={"minutes": minutes})
