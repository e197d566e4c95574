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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import click
from flask import Flask
from rich.console import Console
from rich.progress import Progress
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

from clients.dsers.session import installed
from plugin import imports
from plugin.clock import Clock
from plugin.sandbox import happenings
from plugin.sandbox.app import World, create_world
from plugin.sandbox.catalogue import PRODUCTS
from plugin.sandbox.seed import OLDEST, alternatives_csv
from plugin.sandbox.settings import WorldSettings
from plugin.secrets import Vault
from plugin.settings import read
from plugin.store import measures, migrate, shops, ticks
from plugin.store.measures import Measure
from scheduler import logs
from scheduler.jobs import ring
from scheduler.runtime import Runtime, start
from scheduler.sweeps import sweep
from scheduler.web import make_app, serve, shopify_front, warmed

SHOP = "lanterna-store.myshopify.com"
MOUNT = "/sandbox"
TICK_SECONDS = "0.15"
STRIDE = timedelta(hours=12)
"""How long news may wait while history is brought."""
MOST_ROUNDS = 50
LIVED = "lived"
"""The note in the world's ledger that its history was lived through to the end."""
EXAMPLES = {"D1": "awaiting_shipment", "D2": "failed", "D3": "fulfilled"}
"""Orders at the sandbox's DSers."""


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
    prepare(runtime, environment["SANDBOX_TOKEN"], directory)
    app = warmed(make_app(runtime), runtime)
    of_world = world_settings(directory, environment, address, str(seed))
    bring_history(runtime, app, of_world)
    world = create_world(of_world)
    whole = DispatcherMiddleware(app, {MOUNT: world.wsgi})
    bell = ring(runtime)
    Thread(target=_dsers, args=(settings.dsers_url,), name="dsers", daemon=True).start()
    click.echo(f"Postvendita with its sandbox world: {address}   (Ctrl+C stops it)")
    try:
        begin = Thread(target=world.start, daemon=True).start
        serve(whole, host, port, front=shopify_front(runtime), listening=begin)
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
        "POSTVENDITA_DSERS_URL": f"http://127.0.0.1:{_free_port()}/mcp",
        "POSTVENDITA_SUPPLIER_SHOP": SHOP,
        "POSTVENDITA_MAIL_URL": f"smtp://127.0.0.1:{_free_port()}",
        "POSTVENDITA_MAIL_FROM": "desk@lanterna.example",
        "POSTVENDITA_TICK_SECONDS": TICK_SECONDS,
        "POSTVENDITA_DESK_OPEN_TO": SHOP,
        "POSTVENDITA_SANDBOX_URL": world_url,
        "POSTVENDITA_LOG_LEVEL": "warning",
        "POSTVENDITA_CLOCK_FILE": str(directory / "clock"),
        "POSTVENDITA_EVIDENCE_FOLDER": str(directory / "evidence"),
    }


def _dsers(url: str) -> None:
    """A DSers to connect, with an order in three states; only where its library is installed."""
    if not installed():
        return
    from plugin.sandbox.dsers_server import DsersServer

    server = DsersServer()
    for order_id, status in EXAMPLES.items():
        server.account.keep(order_id, status)
    server.start(urlsplit(url).port or 0)


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
        shopify_key=environment["SHOPIFY_API_KEY"],
        supplier_secret=environment["POSTVENDITA_SUPPLIER_WEBHOOK_SECRET"],
        aop_key=environment["POSTVENDITA_SUPPLIER_KEY"],
        aop_secret=environment["POSTVENDITA_SUPPLIER_SECRET"],
        aop_token=environment["POSTVENDITA_SUPPLIER_TOKEN"],
        smtp_port=int(environment["POSTVENDITA_MAIL_URL"].rsplit(":", 1)[1]),
        seed=seed,
        clock=Clock(Path(environment["POSTVENDITA_CLOCK_FILE"])),
    )


def bring_history(runtime: Runtime, app: Flask, settings: WorldSettings) -> None:
    """The store's last 30 days, lived through: every webhook, visit and clock in its turn.

    App and world answer at their own address meanwhile. The app's clocks are met to the second,
    so that nothing is found late; other news may wait some hours, as news does. Broken off half
    way it goes on where it stopped; once it was lived through it is not lived again.
    """
    world = create_world(settings)
    whole = DispatcherMiddleware(app, {MOUNT: world.wsgi})
    try:
        if world.ground.ledger.note(LIVED):
            return
        world.mailbox.start()
        with _answering(whole, urlsplit(settings.app_url).port or 80):
            _live(runtime, world)
        with world.ground.ledger.writing():
            world.ground.ledger.write(LIVED, at=runtime.clock.now().isoformat())
    finally:
        world.close()


def _live(runtime: Runtime, world: World) -> None:
    now, moment = _begun(runtime, world)
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        left = max(OLDEST * 0, now - moment)
        task = bar.add_task("The store's last 30 days", total=left.total_seconds())
        while moment < now:
            _live_until(runtime, world, moment)
            before, moment = moment, min(now, _next_stop(runtime, world, moment))
            runtime.clock.run_from(moment)
            bar.advance(task, (moment - before).total_seconds())
        _live_until(runtime, world, now)


def _begun(runtime: Runtime, world: World) -> tuple[datetime, datetime]:
    """Until when to live, and from when on: 30 days before, or where it was broken off."""
    if begun := world.ground.ledger.note("seeded"):
        return datetime.fromisoformat(begun["at"]), runtime.clock.now()
    now = runtime.clock.now()
    runtime.clock.run_from(now - OLDEST)
    world.seed(now, until=now - OLDEST)
    return now, now - OLDEST


def _live_until(runtime: Runtime, world: World, moment: datetime) -> None:
    happenings.happen_due(world.ground, moment)
    for _ in range(MOST_ROUNDS):
        world.deliver_due()
        if not sweep(runtime) and not world.postman.has_due():
            return


def _next_stop(runtime: Runtime, world: World, moment: datetime) -> datetime:
    with runtime.db.read() as tx:
        due = ticks.next_due(tx) or moment + STRIDE
    told = happenings.next_due(world.ground)
    soon = min(due, moment + STRIDE, datetime.fromisoformat(told) if told else due)
    return max(moment + timedelta(seconds=1), soon)


@contextmanager
def _answering(app: Callable[..., Any], port: int) -> Iterator[None]:
    """Serve for a while, until the server that stays takes over."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing."""


def prepare(runtime: Runtime, token: str, directory: Path) -> None:
    """Tables, the shop with its token, alternative suppliers and measures, once."""
    migrate.upgrade(runtime.db)
    with runtime.db.read() as tx:
        if shops.find(tx, SHOP) is not None:
            return
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
        for product in PRODUCTS:
            if product.box_mm:
                measured = Measure(product.sku, product.grams, *product.box_mm)
                measures.keep(tx, SHOP, measured)
    listed = directory / "alternatives.csv"
    listed.write_text(alternatives_csv(), "utf-8")
    rows = imports.rows_of(listed, imports.ALTERNATIVE_COLUMNS)
    for rejected in imports.import_alternatives(runtime.db, runtime.clock, SHOP, rows):
        if rejected is not None:
            raise AssertionError(f"alternatives.csv: {rejected.why}")


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
