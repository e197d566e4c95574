"""A shop nobody works in is not locked out for that."""

from __future__ import annotations

from datetime import timedelta

import responses

from clients.shopify.oauth import Tokens
from plugin.clock import Clock
from plugin.connections import LiveConnections
from plugin.settings import read
from plugin.store import shops, tokens
from plugin.store.database import Database
from scheduler.jobs import JOBS, run_once
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import SHOP

(KEEP_WARM,) = [job for job in JOBS if job.name == "keep_tokens_warm"]
PAIR = {
    "access_token": "a1",
    "scope": "read_orders",
    "expires_in": 3600,
    "refresh_token": "r1",
    "refresh_token_expires_in": 7_776_000,
}


@responses.activate
def test_a_shop_nobody_used_for_31_days_is_renewed_by_the_daily_job(
    db: Database, clock: Clock
) -> None:
    settings = read({**GOOD, "SHOPIFY_API_KEY": "key"})
    connections = LiveConnections(settings, db, clock)
    runtime = Runtime(settings, db, clock, connections)
    with db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD")
    connections.tokens.keep(SHOP, Tokens("a0", "read_orders", 3600, "r0"))
    asked = responses.post(f"https://{SHOP}/admin/oauth/access_token", json=PAIR)
    run_once(runtime, KEEP_WARM)
    assert asked.call_count == 0
    clock.turn_to(MONDAY + timedelta(days=31))
    for _ in range(2):
        run_once(runtime, KEEP_WARM)
    assert asked.call_count == 1
    with db.read() as tx:
        kept = tokens.read(tx, SHOP)
    assert kept is not None
    assert kept.got_at == MONDAY + timedelta(days=31)
    assert connections.tokens.access(SHOP) == "a1"
