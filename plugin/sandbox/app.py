"""The world in one piece: `create_world(settings)`, its WSGI app, its threads.

Mount `world.wsgi` under any prefix, or use it alone. Nothing runs by itself until `start()`.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, abort, request
from graphql import GraphQLSchema

from plugin.sandbox import control, happenings, ledgers, pages, seed
from plugin.sandbox.admin import Admin
from plugin.sandbox.bulk import BulkWork
from plugin.sandbox.cost import Bucket
from plugin.sandbox.dice import Dice
from plugin.sandbox.execute import load_schema
from plugin.sandbox.faults import Faults
from plugin.sandbox.ground import Ground
from plugin.sandbox.mailbox import Mailbox
from plugin.sandbox.outside import HttpOutside, Outside, Pages
from plugin.sandbox.postman import Postman
from plugin.sandbox.settings import WorldSettings
from plugin.sandbox.store import Ledger
from plugin.sandbox.storefront import Storefront
from plugin.sandbox.supplier import Supplier
from plugin.sandbox.turn import Turner
from plugin.sandbox.visitor import Visitor


@dataclass
class World:
    """A pretend outside world. Make it with `create_world`."""

    ground: Ground
    postman: Postman
    turner: Turner
    mailbox: Mailbox
    bulk: BulkWork
    bucket: Bucket
    wsgi: Flask
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def smtp_port(self) -> int:
        """The port mails are taken at; after `start()` the real one."""
        return self.mailbox.port

    @property
    def faults(self) -> Faults:
        """Misfortunes to order."""
        return self.ground.faults

    def start(self) -> None:
        """Take mails, bring webhooks, work in bulk, go on with a turn that was cut off."""
        self.mailbox.start()
        for name, run in (("postman", self.postman.run), ("bulk", self.bulk.run)):
            thread = threading.Thread(target=run, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)
        self.turner.resume()

    def close(self) -> None:
        """Stop everything and let go of the ledger."""
        self.ground.closing.set()
        self.mailbox.stop()
        for thread in self._threads:
            thread.join(timeout=10)
        self.turner.wait()
        self.ground.ledger.close()

    def seed(self, now: datetime | None = None, until: datetime | None = None) -> int:
        """Fill an empty world with its store; gives how many orders it has.

        Its webhooks are written down and go out with the next delivery. `until`: only what lies
        before it has happened yet. Does nothing to a world that was seeded before.
        """
        with self.ground.ledger.writing():
            if not self.ground.ledger.note("seeded"):
                moment = now or self.ground.now()
                self.ground.ledger.write("seeded", at=moment.isoformat())
                seed.plan(self.ground, moment)
                happenings.happen_due(self.ground, until or moment)
        return len(self.ground.ledger.rows("SELECT id FROM orders"))

    def deliver_due(self) -> bool:
        """Bring the webhooks that are due, now, in this thread. False when the app is away."""
        return self.postman.deliver_due()

    def happen(self, kind: str, **doc: Any) -> Any:
        """Make something happen now; see `happenings.KINDS`. Raises LookupError for nonsense."""
        with self.ground.ledger.writing():
            return happenings.happen(self.ground, kind, doc, self.ground.now())

    def turn(self, to: datetime) -> None:
        """Turn the clock in this thread, step by step; see `turn.py`."""
        self.turner.turn(to)

    def ledger(self) -> dict[str, Any]:
        """What really happened; the same as `GET /control/ledger`."""
        return ledgers.whole(self.ground)


def create_world(
    settings: WorldSettings,
    *,
    outside: Outside | None = None,
    visitors_see: Pages | None = None,
    schema: Callable[[], GraphQLSchema] = load_schema,
) -> World:
    """The world of a directory: a new one, or the one that was there.

    `outside` is the way to the app, by default over HTTP to `settings.app_url`; `visitors_see` the
    pages that customers open. With an `outside` of one's own and no pages nobody opens any.
    """
    settings.directory.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(settings.directory / "world.sqlite3")
    ground = Ground(settings, ledger, Dice(settings.seed), Faults(ledger))
    own = HttpOutside(settings.app_url)
    way = outside or own
    opened = visitors_see or (None if outside else own)
    postman = Postman(ground, way, Visitor(ground, opened) if opened else None)
    turner = Turner(ground, postman, way)
    wsgi = Flask("postvendita_sandbox", root_path=str(Path(__file__).parent))
    wsgi.before_request(_loopback_only)
    storefront = Storefront(ground, schema)
    wsgi.register_blueprint(storefront.blueprint())
    wsgi.register_blueprint(Admin(ground).blueprint())
    wsgi.register_blueprint(Supplier(ground).blueprint())
    wsgi.register_blueprint(control.blueprint(ground, turner))
    wsgi.register_blueprint(pages.blueprint(ground, turner, postman))
    mailbox, work, bucket = Mailbox(ground), storefront.bulk, storefront.bucket
    return World(ground, postman, turner, mailbox, work, bucket, wsgi)


def _loopback_only() -> None:
    """The world is for this machine alone, and not for other sites' forms."""
    try:
        near = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        near = False
    if not near or request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)
