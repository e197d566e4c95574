"""`postvendita sandbox`: the app and a pretend world around it, in one process and one folder.

The app gets nothing but settings: the world's addresses instead of Shopify's, its secrets, its
clock. What it does with them is what it would do in production, over real HTTP and SMTP.
"""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import socket
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import click
from flask import Flask
from rich.console import Console
from rich.progress import Progress
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from plugin import imports
from plugin.clock import Clock
from plugin.sandbox.app import World, create_world
from plugin.sandbox.outside import Readiness
from plugin.sandbox.seed import alternatives_csv
from plugin.sandbox.settings import WorldSettings
from plugin.secrets import Vault
from plugin.settings import read
from plugin.store import migrate, shops
from scheduler import logs
from scheduler.jobs import ring
from scheduler.runtime import Runtime, start
from scheduler.sandbox_cases import ask, unfold
from scheduler.sweeps import drain_inbox, look_at_due
from scheduler.web import make_app, serve

SHOP = "lanterna-store.myshopify.com"
MOUNT = "/sandbox"
TICK_SECONDS = "0.15"
HISTORY_TAKES = timedelta(minutes=62)
ASKED = HISTORY_TAKES + timedelta(hours=48, seconds=30)
"""So that 48 hours of silence are over just when the history is brought, and not late."""


def play(host: str, port: int, directory: Path, *, fresh: bool, seed: int) -> None:
    """Play until told to stop. The folder keeps the world and the app's database."""
    if fresh and directory.exists():
        shutil.rmtree(directory)
    directory.mkdir(parents=True, exist_ok=True)
    address = f"http://127.0.0.1:{port}"
    environment = environment_for(directory, address, f"{address}{MOUNT}")
    clock = Clock(Path(environment["POSTVENDITA_CLOCK_FILE"]))
    settings = read(environment)
    logs.configure(settings.log_level, clock)
    runtime = start(settings, clock)
    new = prepare(runtime, environment["SANDBOX_TOKEN"], directory)
    app = make_app(runtime)
    of_world = world_settings(directory, environment, address, str(seed))
    if new:
        bring_history(runtime, app, of_world)
    world = create_world(of_world)
    whole = DispatcherMiddleware(app, {MOUNT: world.wsgi})
    bell = ring(runtime)
    click.echo(f"Postvendita with its sandbox world: {address}   (Ctrl+C stops it)")
    try:
        serve(whole, host, port, listening=Thread(target=world.start, daemon=True).start)
    finally:
        bell.shutdown(wait=True)
        world.close()


def environment_for(directory: Path, app_url: str, world_url: str) -> dict[str, str]:
    """The settings that make the app speak to a world; its secrets are made once and kept."""
    kept = directory / "secrets.json"
    if not kept.exists():
        kept.write_text(json.dumps(_new_secrets(), indent=1), "utf-8")
        kept.chmod(0o600)
    return {
        **json.loads(kept.read_text("utf-8")),
        "POSTVENDITA_DATABASE_URL": f"sqlite:///{directory / 'postvendita.db'}",
        "POSTVENDITA_BASE_URL": app_url,
        "POSTVENDITA_SHOPIFY_BASE_URL": f"{world_url}/shopify/{{shop}}",
        "POSTVENDITA_SUPPLIER_URL": f"{world_url}/1688/openapi",
        "POSTVENDITA_SUPPLIER_KEY": "1000000",
        "POSTVENDITA_MAIL_URL": f"smtp://127.0.0.1:{_free_port()}",
        "POSTVENDITA_MAIL_FROM": "desk@lanterna.example",
        "POSTVENDITA_TICK_SECONDS": TICK_SECONDS,
        "POSTVENDITA_DESK_OPEN_TO": SHOP,
        "POSTVENDITA_SANDBOX_URL": world_url,
        "POSTVENDITA_LOG_LEVEL": "warning",
        "POSTVENDITA_CLOCK_FILE": str(directory / "clock"),
        "POSTVENDITA_EVIDENCE_FOLDER": str(directory / "evidence"),
    }


def world_settings(
    directory: Path, environment: Mapping[str, str], app_url: str, seed: str
) -> WorldSettings:
    """The world's side of the same secrets."""
    return WorldSettings(
        directory=directory / "world",
        app_url=app_url,
        shop=SHOP,
        access_token=environment["SANDBOX_TOKEN"],
        shopify_secret=environment["SHOPIFY_API_SECRET"],
        supplier_secret=environment["POSTVENDITA_SUPPLIER_WEBHOOK_SECRET"],
        aop_key=environment["POSTVENDITA_SUPPLIER_KEY"],
        aop_secret=environment["POSTVENDITA_SUPPLIER_SECRET"],
        aop_token=environment["POSTVENDITA_SUPPLIER_TOKEN"],
        smtp_port=int(environment["POSTVENDITA_MAIL_URL"].rsplit(":", 1)[1]),
        seed=seed,
        clock=Clock(Path(environment["POSTVENDITA_CLOCK_FILE"])),
    )


def bring_history(runtime: Runtime, app: Flask, settings: WorldSettings) -> None:
    """The store's last 30 days, through the same door as everything else.

    They are brought a little in the past, because an order first heard of when it is late is
    given time for the rest of its news; then the clock is set right and the desk has its cases.
    """
    now = runtime.clock.now()
    world = create_world(settings, outside=Indoors(app))
    _ask_two_suppliers(runtime, world, now - ASKED)
    runtime.clock.run_from(now - HISTORY_TAKES)
    world.seed(now - HISTORY_TAKES)
    deliveries = world.ledger()["webhooks"].get("waiting", 0)
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("The store's last 30 days", total=deliveries or None)
        while world.postman.has_due():
            world.deliver_due()
            bar.advance(task, drain_inbox(runtime).deliveries)
    fresh = _not_bought_yet(world)
    while world.postman.has_due():
        world.deliver_due()
        drain_inbox(runtime)
    unfold(runtime, SHOP, fresh)
    look_at_due(runtime)
    runtime.clock.run_from(now)
    look_at_due(runtime)
    world.close()


def _ask_two_suppliers(runtime: Runtime, world: World, then: datetime) -> None:
    """Two suppliers were asked something two days ago, and have not answered since."""
    runtime.clock.run_from(then)
    for reference in ("30451", "30452"):
        placed = world.happen("place_order", mark=f"asked {reference}", story="unrecorded")
        order = next(o for o in world.ledger()["orders"] if o["id"] == placed)
        world.happen(
            "record_purchase",
            reference=reference,
            order_id=placed,
            supplier="Ningbo Sunrise",
            connection="by_hand",
            route="domestic",
            ship_by=(then + timedelta(days=6)).isoformat(),
            cost_minor=7600,
            lines=[[line["line_id"], line["quantity"]] for line in order["lines"]],
        )
        while world.postman.has_due():
            world.deliver_due()
            drain_inbox(runtime)
        ask(runtime, SHOP, int(placed))


def _not_bought_yet(world: World) -> list[int]:
    """Two orders of this very hour."""
    told = {"story": "unrecorded", "promised": 4}
    return [int(world.happen("place_order", mark=f"this hour {n}", **told)) for n in range(2)]


class Indoors:
    """The way to the app while it does not listen yet: the same door, without a socket."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> int | None:
        """The status the app answers with."""
        return self._app.test_client().post(path, data=body, headers=dict(headers)).status_code

    def ready(self) -> Readiness | None:
        """Not asked while the history is brought."""
        return None


def prepare(runtime: Runtime, token: str, directory: Path) -> bool:
    """Tables, the shop with its token, its list of alternative suppliers. True: it was new."""
    migrate.upgrade(runtime.db)
    with runtime.db.read() as tx:
        if shops.find(tx, SHOP) is not None:
            return False
    vault = Vault(runtime.settings.encryption_keys)
    with runtime.db.write() as tx:
        shops.install(
            tx,
            SHOP,
            runtime.clock.now(),
            token=vault.encrypt(token, shop=SHOP, column="shops.token"),
            name="Lanterna",
            currency="USD",
            zone="Europe/Rome",
            email="merchant@lanterna.example",
        )
    listed = directory / "alternatives.csv"
    listed.write_text(alternatives_csv(), "utf-8")
    rows = imports.rows_of(listed, imports.ALTERNATIVE_COLUMNS)
    for rejected in imports.import_alternatives(runtime.db, runtime.clock, SHOP, rows):
        if rejected is not None:
            raise AssertionError(f"alternatives.csv: {rejected.why}")
    return True


def _new_secrets() -> dict[str, str]:
    return {
        "SHOPIFY_API_KEY": secrets.token_hex(16),
        "SHOPIFY_API_SECRET": secrets.token_hex(32),
        "SANDBOX_TOKEN": f"shpat_{secrets.token_hex(16)}",
        "POSTVENDITA_SECRET_KEY": secrets.token_hex(32),
        "POSTVENDITA_ENCRYPTION_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "POSTVENDITA_SUPPLIER_WEBHOOK_SECRET": _webhook_secret(),
        "POSTVENDITA_SUPPLIER_SECRET": secrets.token_hex(16),
        "POSTVENDITA_SUPPLIER_TOKEN": secrets.token_hex(16),
    }


def _webhook_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
