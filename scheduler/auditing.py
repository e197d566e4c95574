"""The auditor's hour: every shop is looked at, and what was found is kept. It never acts."""

from __future__ import annotations

import structlog

from clients.errors import RemoteError
from plugin.auditor import looking, store_ledger
from plugin.auditor.violation import Violation
from plugin.store import shops
from scheduler.runtime import Runtime

log = structlog.get_logger()


def look(runtime: Runtime) -> int:
    """How many violations were found; one shop that cannot be looked at holds up no other."""
    with runtime.db.read() as tx:
        found = shops.everyone(tx)
    return sum(_look(runtime, shop) for shop in found)


def _look(runtime: Runtime, shop: shops.Shop) -> int:
    now = runtime.clock.now()
    try:
        looked = looking.look(runtime.db, shop.shop, now)
        found = list(looked.violations)
        if shop.state != shops.UNINSTALLED:
            found += _in_the_store(runtime, shop.shop)
    except Exception:
        log.exception("a shop could not be audited", shop=shop.shop)
        return 0
    for one in found:
        log.warning(
            "an invariant does not hold",
            shop=shop.shop,
            invariant=one.invariant,
            what=one.what,
            subject=one.subject,
        )
    log.info("audited", shop=shop.shop, orders=looked.orders, links=looked.links, found=len(found))
    return len(found)


def _in_the_store(runtime: Runtime, shop: str) -> list[Violation]:
    try:
        storefront = runtime.connections.storefront(shop)
    except RemoteError:
        return []
    return store_ledger.look(runtime.db, storefront, shop, runtime.clock.now())
