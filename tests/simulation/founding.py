"""How a world begins: secrets, settings, two stores the app is installed in."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import Connection

from plugin import imports
from plugin.sandbox.catalogue import PRODUCTS, alternatives_csv
from plugin.sandbox.settings import WorldSettings
from plugin.secrets import Vault
from plugin.settings import Settings, read
from plugin.store import measures, members, shops, tokens
from plugin.store.database import Database
from plugin.store.measures import Measure
from plugin.terms import Autonomy, Cap, NoStockOrder, Remedy, Situation, Terms
from plugin.tokens import ACCESS, REFRESH
from tests.simulation.clock import WorldClock
from tests.simulation.dice import Dice

if TYPE_CHECKING:
    from tests.simulation.shop import Shop

LANTERNA, ALBERO = "lanterna-store.myshopify.com", "albero-store.myshopify.com"
NAMES = (LANTERNA, ALBERO)
ADDRESS = "http://127.0.0.1:9"
WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"a secret of the simulation").decode()
TOKENS = {name: "shpat_" + hashlib.sha256(name.encode()).hexdigest()[:32] for name in NAMES}
APP_KEY = "b" * 32
APP_SECRET, SUPPLIER_SECRET, SUPPLIER_TOKEN = "c" * 64, "5" * 32, "7" * 32
STAFF = "anna@desk.example"
"""She works for both stores."""
ZONES = {LANTERNA: "Europe/Rome", ALBERO: "America/New_York"}


def settings_for(database_url: str, folder: Path) -> Settings:
    """The app's settings: the same secrets in every world."""
    return read(
        {
            "SHOPIFY_API_KEY": APP_KEY,
            "SHOPIFY_API_SECRET": APP_SECRET,
            "POSTVENDITA_SECRET_KEY": "d" * 64,
            "POSTVENDITA_ENCRYPTION_KEYS": base64.b64encode(b"e" * 32).decode(),
            "POSTVENDITA_DATABASE_URL": database_url,
            "POSTVENDITA_BASE_URL": ADDRESS,
            "POSTVENDITA_SHOPIFY_BASE_URL": f"{ADDRESS}/sandbox/shopify/{{shop}}",
            "POSTVENDITA_SUPPLIER_URL": f"{ADDRESS}/sandbox/1688/openapi",
            "POSTVENDITA_SUPPLIER_KEY": "1000000",
            "POSTVENDITA_SUPPLIER_SECRET": SUPPLIER_SECRET,
            "POSTVENDITA_SUPPLIER_TOKEN": SUPPLIER_TOKEN,
            "POSTVENDITA_SUPPLIER_SHOP": LANTERNA,
            "POSTVENDITA_SUPPLIER_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "POSTVENDITA_MAIL_URL": "smtp://127.0.0.1:9",
            "POSTVENDITA_MAIL_FROM": "desk@lanterna.example",
            "POSTVENDITA_EVIDENCE_FOLDER": str(folder / "evidence"),
        }
    )


def store_settings(name: str, seed: int, folder: Path, clock: WorldClock) -> WorldSettings:
    """A store's side of the same secrets."""
    return WorldSettings(
        directory=folder,
        app_url=ADDRESS,
        shop=name,
        access_token=TOKENS[name],
        shopify_key=APP_KEY,
        shopify_secret=APP_SECRET,
        supplier_secret=WEBHOOK_SECRET,
        aop_key="1000000" if name == LANTERNA else "nobody's",
        aop_secret=SUPPLIER_SECRET,
        aop_token=SUPPLIER_TOKEN,
        smtp_port=0,
        seed=f"{seed} {name}",
        clock=clock,
        throttled=False,
    )


def install(
    db: Database, settings: Settings, now: datetime, dice: Dice, shops_of: Sequence[Shop]
) -> None:
    """Both stores have the app, each with terms of its own."""
    vault = Vault(settings.encryption_keys)
    for shop in shops_of:
        name = shop.name
        with db.write() as tx:
            put_in(vault, shop, now, tx)
            members.add(tx, name, STAFF, "owner", now, by="simulation")
            shops.publish(tx, name, terms_of(dice, name), now, author="simulation")
            for product in PRODUCTS:
                if product.box_mm:
                    measures.keep(tx, name, Measure(product.sku, product.grams, *product.box_mm))


def put_in(
    vault: Vault, shop: Shop, now: datetime, tx: Connection, *, watching: bool = False
) -> None:
    """Installed, for the first time or again."""
    name = shop.name
    shops.install(
        tx,
        name,
        now,
        name=name.partition("-")[0].title(),
        currency="USD",
        zone=ZONES[name],
        email=f"merchant@{name.partition('-')[0]}.example",
        watching=watching,
    )
    give(vault, shop, now, tx)


def give(vault: Vault, shop: Shop, now: datetime, tx: Connection) -> None:
    """A token that lasts, or a pair that has to be renewed every hour."""
    pair = shop.grant() if shop.renews else {"access_token": TOKENS[shop.name]}
    sealed = {
        column: vault.encrypt(pair[name], shop=shop.name, column=where) if name in pair else None
        for column, name, where in (
            ("access", "access_token", ACCESS),
            ("refresh", "refresh_token", REFRESH),
        )
    }
    ends = {
        column: now + timedelta(seconds=pair[name]) if name in pair else None
        for column, name in (
            ("expires_at", "expires_in"),
            ("refresh_expires_at", "refresh_token_expires_in"),
        )
    }
    tokens.keep(tx, shop.name, now, scope=str(pair.get("scope", "")), **sealed, **ends)


def terms_of(dice: Dice, name: str) -> Terms:
    """How far the app goes by itself, and in which order it proceeds."""
    level = dice.one_of((Autonomy.AUTO, Autonomy.AUTO, Autonomy.ASK), "refund level", name)
    clauses = ("refund", "resource", "reissue", "cancel")
    cap = Cap(
        dice.one_of((4_000, 10_000, 1_000_000), "cap per refund", name),
        dice.one_of((15_000, 10_000_000), "cap per day", name),
        "USD",
    )
    return Terms(
        autonomy={f"{situation}.{clause}": level for situation in Situation for clause in clauses},
        cap=cap,
        no_stock_order=dice.one_of(tuple(NoStockOrder), "no stock order", name),
        remedy=dice.one_of(tuple(Remedy), "remedy", name),
        domestic_only=dice.one_of((True, True, False), "domestic only", name),
    )


def bring_alternatives(db: Database, clock: WorldClock) -> None:
    """The list of other suppliers, for both stores."""
    lines = csv.DictReader(io.StringIO(alternatives_csv()))
    rows = [imports.Row(number, cells) for number, cells in enumerate(lines, 2)]
    for name in NAMES:
        for rejected in imports.import_alternatives(db, clock, name, rows):
            assert rejected is None, rejected
