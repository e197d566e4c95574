"""How a world begins: secrets, settings, two stores the app is installed in."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from datetime import datetime
from pathlib import Path

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
from plugin.tokens import ACCESS
from tests.simulation.clock import WorldClock
from tests.simulation.dice import Dice

LANTERNA, ALBERO = "lanterna-store.myshopify.com", "albero-store.myshopify.com"
NAMES = (LANTERNA, ALBERO)
ADDRESS = "http://127.0.0.1:9"
WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"a secret of the simulation").decode()
TOKENS = {name: "shpat_" + hashlib.sha256(name.encode()).hexdigest()[:32] for name in NAMES}
APP_SECRET, SUPPLIER_SECRET, SUPPLIER_TOKEN = "c" * 64, "5" * 32, "7" * 32
STAFF = "anna@desk.example"
"""She works for both stores."""
ZONES = {LANTERNA: "Europe/Rome", ALBERO: "America/New_York"}


def settings_for(database_url: str, folder: Path) -> Settings:
    """The app's settings: the same secrets in every world."""
    return read(
        {
            "SHOPIFY_API_KEY": "b" * 32,
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


def install(db: Database, settings: Settings, now: datetime, dice: Dice) -> None:
    """Both stores have the app, each with terms of its own."""
    vault = Vault(settings.encryption_keys)
    for name in NAMES:
        with db.write() as tx:
            put_in(vault, name, now, tx)
            members.add(tx, name, STAFF, "owner", now, by="simulation")
            shops.publish(tx, name, terms_of(dice, name), now, author="simulation")
            for product in PRODUCTS:
                if product.box_mm:
                    measures.keep(tx, name, Measure(product.sku, product.grams, *product.box_mm))


def put_in(
    vault: Vault, name: str, now: datetime, tx: Connection, *, watching: bool = False
) -> None:
    """Installed, for the first time or again."""
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
    tokens.keep(
        tx,
        name,
        now,
        access=vault.encrypt(TOKENS[name], shop=name, column=ACCESS),
        refresh=None,
        scope="",
        expires_at=None,
        refresh_expires_at=None,
    )


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
