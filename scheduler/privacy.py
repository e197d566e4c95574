"""Carrying out what was asked about personal data: soon, well within the day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.engine import Connection

from plugin.store import accesses, deeds, inbox, privacy, shops
from plugin.store.privacy import Request
from scheduler import evidence
from scheduler.runtime import Runtime

log = structlog.get_logger()


def carry_out(runtime: Runtime) -> int:
    """Do every request that waits, one transaction each; how many were done."""
    with runtime.db.read() as tx:
        requests = privacy.waiting(tx)
    for request in requests:
        now = runtime.clock.now()
        with runtime.db.write() as tx:
            result = _do(tx, request, now)
            privacy.done(tx, request, now, result)
        log.info("a privacy request was carried out", shop=request.shop, topic=request.topic)
    if any(request.topic != privacy.DATA_REQUEST for request in requests):
        evidence.remove_unkept(runtime)
    return len(requests)


def _do(tx: Connection, request: Request, now: datetime) -> dict[str, Any]:
    if request.topic == privacy.SHOP_REDACT:
        found = shops.find(tx, request.shop)
        if found is not None and found.state != shops.UNINSTALLED:
            return {"kept": "the app was installed again"}
        return {"rows": privacy.erase_shop(tx, request.shop)}
    orders = privacy.orders_of(tx, request)
    if request.topic == privacy.CUSTOMER_REDACT:
        count = privacy.erase_person(tx, request, orders, now)
        about = f"request {request.id}"
        deeds.add(
            tx, request.shop, now, by="store", what="erased", about=about, facts={"orders": count}
        )
        return {"orders": count}
    return {"orders": orders}


def retain(runtime: Runtime) -> int:
    """Erase the personal data of orders a shop keeps no longer; how many orders."""
    now, gone = runtime.clock.now(), 0
    with runtime.db.read() as tx:
        found = [shop for shop in shops.installed(tx) if shop.keep_days]
    for shop in found:
        before: datetime = now - timedelta(days=shop.keep_days or 0)
        with runtime.db.write() as tx:
            inbox.forget_before(tx, shop.shop, before)
            orders = privacy.quiet_since(tx, shop.shop, before)
            if orders:
                erased = {"orders": privacy.erase_orders(tx, shop.shop, orders)}
                deeds.add(
                    tx, shop.shop, now, by="app", what="erased", about="retention", facts=erased
                )
                gone += erased["orders"]
    return gone


def forget_accesses(runtime: Runtime) -> int:
    """Remove what is older than a year from the log of who looked; how many entries."""
    now, gone = runtime.clock.now(), 0
    with runtime.db.read() as tx:
        found = list(accesses.shops_with_a_log(tx))
    for shop in found:
        while True:
            with runtime.db.write() as tx:
                some = accesses.forget(tx, shop, now)
            gone += some
            if not some:
                break
    return gone
