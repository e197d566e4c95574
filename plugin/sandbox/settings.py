"""What a world is made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from plugin.clock import Clock


@dataclass(frozen=True)
class WorldSettings:
    """Where the world lives, whom it speaks to and with which secrets.

    `directory` holds the ledger and is made when missing. `app_url` is the app's base URL without
    a closing slash. `supplier_secret` is a Standard Webhooks secret (`whsec_` and base64).
    `smtp_port` 0 lets the system choose one. `duplicates` and `disorder` are shares from 0 to 1
    of the webhooks sent twice and sent after their successor. `throttled` False leaves the cost
    bucket of the storefront always full, for tests that stop the clock. `bulk_at_once` bulk
    operations run side by side: five since version 2026-01, one before. `all_orders` False shows
    the app no orders older than 60 days, as a token without `read_all_orders`.
    """

    directory: Path
    app_url: str
    shop: str
    access_token: str
    shopify_secret: str
    supplier_secret: str
    aop_key: str
    aop_secret: str
    aop_token: str
    smtp_port: int
    seed: str
    clock: Clock
    duplicates: float = 0.1
    disorder: float = 0.1
    throttled: bool = True
    api_version: str = "2026-10"
    shopify_key: str = "sandbox"
    bulk_at_once: int = 5
    all_orders: bool = True
