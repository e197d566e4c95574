"""The world here, the database beside it, the app in processes that may die.

Time stands at the machine's pace and is turned on between blows, so that leases and quarantines
end. Whatever the world does for the app it has committed before it answers: a process killed on
the way back leaves exactly the effect.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import requests
import sqlalchemy as sa
from waitress.server import create_server

from plugin.clock import Clock
from plugin.sandbox import happenings
from plugin.sandbox.app import World, create_world
from plugin.sandbox.outside import HttpOutside
from plugin.settings import read
from plugin.store import tables
from plugin.store.database import Database
from scheduler.runtime import Runtime, start
from scheduler.sandbox import environment_for, prepare, world_settings
from tests.torture.app import Process
from tests.torture.postgres import Postgres
from tests.torture.watching import Effects, WatchedDoor

READY_SECONDS = 120.0
REST_SECONDS = 900.0
POSTMAN_SECONDS = 0.02
STEP = timedelta(minutes=10)
MOST_STEPS = 60
"""Ten hours: any quarantine or putting off among what is done here is long over by then."""
UNFINISHED = ("planned", "claimed", "unknown")
pause = threading.Event().wait


class Town:
    """One world, one database, and the app's processes by name."""

    def __init__(self, directory: Path, seed: int = 1, postgres: Postgres | None = None) -> None:
        self.directory, self.postgres = directory, postgres
        self.port, world_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        world_url = f"http://127.0.0.1:{world_port}"
        self.environment = environment_for(directory, self.url, world_url)
        self.data = directory / "data"
        self.data.mkdir(exist_ok=True)
        self.environment["POSTVENDITA_DATABASE_URL"] = (
            postgres.url if postgres else f"sqlite:///{self.data / 'postvendita.db'}"
        )
        self.clock = Clock(Path(self.environment["POSTVENDITA_CLOCK_FILE"]))
        settings = world_settings(directory, self.environment, self.url, str(seed))
        way = HttpOutside(self.url)
        self.door = WatchedDoor(way)
        self.world: World = create_world(settings, outside=self.door, visitors_see=way)
        self.effects = Effects(self.world.ground.ledger)
        self.runtime = self._prepared(directory)
        server = create_server(self.world.wsgi, host="127.0.0.1", port=world_port, threads=16)
        threading.Thread(target=server.run, daemon=True).start()
        self.world.mailbox.start()
        for run in (self._bring, self.world.bulk.run):
            threading.Thread(target=run, daemon=True).start()
        self.processes: dict[str, Process] = {}

    @property
    def db(self) -> Database:
        """The app's database, looked at from here."""
        return self.runtime.db

    # --- the app --------------------------------------------------------------------------------

    def begin(self, name: str, *, warm: bool = False) -> Process:
        """Start `serve`, `web` or `worker` (or `worker 2`); wait until the door is open."""
        what = name.split(maxsplit=1)[0]
        words = [what] if what == "worker" else [what, "--port", str(self.port)]
        log = self.directory / "app.log"
        self.processes[name] = Process(words, self.environment, log, warm=warm)
        if what != "worker":
            self.wait_for_the_door()
        return self.processes[name]

    def wait_for_the_door(self) -> None:
        """Until the app answers. Raises SystemExit when it never does."""
        until = monotonic() + READY_SECONDS
        while monotonic() < until:
            try:
                if requests.get(f"{self.url}/healthz", timeout=1).status_code == 200:
                    return
            except requests.RequestException:
                pause(0.02)
        raise SystemExit(f"the app did not come back; {self.directory / 'app.log'}")

    def kill(self, *names: str) -> None:
        """kill -9, all of them as close to one moment as can be."""
        for name in names:
            self.processes.pop(name).kill()

    def close(self) -> None:
        """Let go of everything."""
        self.kill(*self.processes)
        self.world.close()
        self.db.close()

    def move(self, url: str) -> None:
        """The app's database is at another address from now on."""
        self.db.close()
        self.environment["POSTVENDITA_DATABASE_URL"] = url
        self.runtime = start(read(self.environment), self.clock)

    # --- time -----------------------------------------------------------------------------------

    def turn(self, time: timedelta) -> None:
        """The clock runs on from that much later, and what is due out here happens."""
        now = self.clock.now() + time
        self.clock.run_from(now)
        happenings.happen_due(self.world.ground, now)

    def come_to_rest(self, *, deliveries: bool = True) -> str:
        """Turn on until every action is carried out and every delivery handled; what is left.

        `deliveries` False: some may wait on, for what was lost and has to be imported first.
        """
        left = "it never came to rest"
        for _ in range(MOST_STEPS):
            if self._settled() and not (left := self._left(deliveries=deliveries)):
                return ""
            self.turn(STEP)
        return left

    def _settled(self) -> bool:
        """Nothing to be brought, to be handled or to be sent just now; waits for it."""
        until = monotonic() + REST_SECONDS
        while monotonic() < until:
            ready = self.runtime.readiness()
            at_rest = ready["inbox"] == 0 and ready["outbox"] == 0
            if at_rest and not self.world.postman.has_due():
                return True
            if self._only_put_off(ready):
                return True
            pause(0.05)
        return False

    def _only_put_off(self, ready: Mapping[str, Any]) -> bool:
        """What is left waits for a later moment: the clock has to go on."""
        now = self.clock.now()
        inbox = tables.inbox
        later = sa.select(sa.func.count()).where(inbox.c.state == "received", inbox.c.look_at > now)
        with self.db.read() as tx:
            put_off = int(tx.execute(later).scalar_one())
        claimed = self.rows(tables.outbox, tables.outbox.c.state == "claimed")
        mine = sum(row["lease_until"] > now for row in claimed) if not self.busy else 0
        return ready["inbox"] == put_off and ready["outbox"] == mine and put_off + mine > 0

    @property
    def busy(self) -> bool:
        """Somebody may be carrying out what is claimed: an effect was seen a moment ago."""
        return monotonic() - self.effects.last < 5

    def _left(self, *, deliveries: bool) -> str:
        column = tables.outbox.c.state
        left = [row["key"] for row in self.rows(tables.outbox, column.in_(UNFINISHED))]
        received = tables.inbox.c.state == "received"
        waits = [row["topic"] for row in self.rows(tables.inbox, received)] if deliveries else []
        brought = self.world.postman.waiting()
        return f"left lying: {left[:5]} {waits[:5]} {brought}" if left or waits or brought else ""

    # --- helpers --------------------------------------------------------------------------------

    def rows(self, table: sa.Table, *where: Any) -> list[dict[str, Any]]:
        """Rows of a table of the app's."""
        with self.db.read() as tx:
            return [dict(row) for row in tx.execute(sa.select(table).where(*where)).mappings()]

    def _bring(self) -> None:
        while not self.world.ground.closing.wait(POSTMAN_SECONDS):
            self.world.deliver_due()

    def _prepared(self, directory: Path) -> Runtime:
        runtime = start(read(self.environment), self.clock)
        prepare(runtime, self.environment["SANDBOX_TOKEN"], directory)
        return runtime


def free_port() -> int:
    """A port nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
