"""I15, audit truth: history is as it was written, names the cause of everything, and misses no
effect.

Of the orders looked at every entry is compared with its link; the chain itself is walked on in
`looking.py`, from where the last walk ended, and once more from the beginning in small pieces.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from plugin.auditor.violation import Orders, Violation, Whole
from plugin.store import append_only, chain, chain_check
from plugin.store.chain_check import Break
from plugin.store.tables import deeds, events, outbox, terms

ID = "I15"
WHATS = frozenset({"changed", "gone", "not_linked", "broken", "not_erased", "no_cause"})
WHATS_OF_SHOP = frozenset({"unguarded", "effect_untold", "terms_changed"})
WHATS_OF_CHAIN = frozenset({"chain_changed", "chain_gone", "chain_broken", "chain_not_erased"})


def of_orders(orders: Orders) -> Iterator[Violation]:
    """Entries against their links, and none without a cause."""
    for verdict in chain_check.of_orders(orders.tx, orders.shop, orders.ids).values():
        yield from (of_break(one) for one in verdict.breaks)
    query = sa.select(events.c.order_id, events.c.seq).where(
        orders.mine(events), events.c.cause == ""
    )
    for order_id, seq in orders.tx.execute(query):
        yield Violation(ID, "no_cause", f"{order_id}/{seq}", order_id)


def of_break(one: Break, before: str = "") -> Violation:
    """A break in words of a finding; `before` says who found it."""
    subject = f"{one.order_id}/{one.seq}" if one.order_id else f"link {one.n}"
    return Violation(ID, before + one.what, subject, one.order_id or None, {"link": one.n})


def of_shop(whole: Whole) -> Iterator[Violation]:
    """The triggers, what went out for the shop as a whole, and the terms as they were published."""
    for name in append_only.missing(whole.tx):
        yield Violation(ID, "unguarded", name)
    mine = (deeds.c.shop == whole.shop) & (deeds.c.what == "told")
    since = sa.select(sa.func.min(deeds.c.at)).where(deeds.c.shop == whole.shop)
    told = sa.exists().where(mine, deeds.c.about == outbox.c.key)
    untold = sa.select(outbox.c.key).where(
        *(outbox.c.shop == whole.shop, outbox.c.order_id == 0, outbox.c.state == "done"),
        *(outbox.c.settled_at >= since.scalar_subquery(), ~told),
    )
    for key in whole.tx.execute(untold).scalars():
        yield Violation(ID, "effect_untold", str(key))
    yield from _terms(whole)


def _terms(whole: Whole) -> Iterator[Violation]:
    query = sa.select(deeds.c.about, deeds.c.facts).where(
        deeds.c.shop == whole.shop, deeds.c.what == "terms_published"
    )
    noted = {int(about): facts.get("digest") for about, facts in whole.tx.execute(query)}
    kept = sa.select(terms.c.version, terms.c.body).where(terms.c.shop == whole.shop)
    for version, body in whole.tx.execute(kept):
        if version in noted and noted[version] != chain.digest(body):
            yield Violation(ID, "terms_changed", f"version {version}")
