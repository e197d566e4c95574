"""The large mode as it is run: web processes behind a balancer, workers, PostgreSQL and a broker.

The sandbox's world runs here, in a process that is never killed, with a ledger of its own. Its
clock goes on in steps of three hours, so that many orders live at the same time.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from plugin.sandbox import stories
from plugin.sandbox.turn import Turner
from plugin.store import tables
from tests.large.balancer import Balancer
from tests.large.beside import Beside
from tests.large.services import Broker, free_port, pause

STEP = timedelta(hours=3)
READY_SECONDS = 60.0
ROUNDS, A_WHILE = 4, timedelta(minutes=8)
"""Longer than a lease and a lost answer's quarantine together."""


class Strides(Turner):
    """Turns the clock by three hours at a time, whatever happens in between.

    It waits less for the app than the sandbox does: a claim whose worker was killed is not taken
    up before its lease ends, and what the app has not done yet it does in the next step's time. And
    it asks less often how far the app is, which is an answer of a web process each time.
    """

    rounds, round_seconds = 20, 0.2

    def _next(self, to: datetime) -> datetime:
        return min(to, self._ground.now() + STEP)


class Process:
    """One process of the app, and what it wrote on its standard error."""

    def __init__(self, words: list[str], environment: dict[str, str], code: Path | None) -> None:
        self.words = words
        self.log = Path(environment["LOGS"]) / f"{free_port()}.log"
        self._started = subprocess.Popen(
            [sys.executable, "-m", "scheduler", *words],
            env={"PATH": "/usr/bin:/bin", **environment},
            cwd=code,
            stderr=self.log.open("wb"),
        )

    def kill(self) -> None:
        """At once, in the middle of anything."""
        self._started.send_signal(signal.SIGKILL)
        self._started.wait()

    def stop(self) -> int:
        """Let it finish what is under way; its exit code."""
        self._started.send_signal(signal.SIGTERM)
        return self._started.wait(timeout=60)

    @property
    def runs(self) -> bool:
        """Is it still there?"""
        return self._started.poll() is None


class Town(Beside):
    """Some web processes and workers around the world."""

    def __init__(self, directory: Path, seed: int, database_url: str, broker: Broker) -> None:
        super().__init__(directory, seed, database_url)
        self.broker = broker
        self.environment |= {"POSTVENDITA_BROKER_URL": broker.url, "LOGS": str(directory)}
        self.directory = directory
        self.webs: dict[int, Process] = {}
        self.workers: list[Process] = []
        self.balancer = Balancer(self.app_port, [])
        ground = self.world.ground
        self.world.turner = Strides(ground, self.world.postman, self.world.turner._outside)

    def start(self, webs: int, workers: int) -> None:
        """Start that many of each, and wait for the webs."""
        for _ in range(webs):
            self.start_web()
        self.workers = [self.start_worker() for _ in range(workers)]

    def start_web(self, code: Path | None = None) -> int:
        """One more web process behind the balancer; its port."""
        port = free_port()
        web = Process(["web", "--port", str(port)], self.environment, code)
        for _ in range(int(READY_SECONDS / 0.05)):
            if _alive(port):
                break
            if not web.runs:
                raise SystemExit(f"web ended: {web.log.read_text()[-2000:]}")
            pause(0.05)
        self.webs[port] = web
        self.balancer.behind = list(self.webs)
        return port

    def start_worker(self, code: Path | None = None) -> Process:
        """One more worker."""
        return Process(["worker"], self.environment, code)

    def order(self, count: int, over: timedelta) -> None:
        """So many customers order in the time to come."""
        ground, now = self.world.ground, self.clock.now()
        with ground.ledger.writing():
            for nth in range(count):
                mark = f"crowd {nth}"
                at = now + over * ground.dice.share("crowd", mark)
                story = stories.any_story(ground.dice, mark)
                promised = ground.dice.between(2, 5, "promise", mark)
                ground.schedule(at, "place_order", mark=mark, story=story, promised=promised)

    def rest(self) -> None:
        """Nothing more happens outside; what waits for a lease or a quiet minute is waited for."""
        for _ in range(ROUNDS):
            self._settled(120)
            self.clock.run_from(self.clock.now() + A_WHILE)
        self._settled(120)

    def compare(self) -> None:
        """The two ledgers, and every order of the world with a timeline here."""
        self._compare()
        theirs = {order["id"] for order in self.world.ledger()["orders"]}
        ours = {row["order_id"] for row in self._rows(tables.orders)}
        self._wrong("orders never heard of", sorted(theirs - ours))
        self.figures["orders"] = len(theirs)

    def stop(self) -> None:
        """Everything, gently first where it still answers."""
        for process in [*self.webs.values(), *self.workers]:
            if process.runs:
                process.kill()
        self.balancer.close()
        self.world.close()
        self.db.close()

    def complaints(self) -> list[str]:
        """What the processes said that was an error."""
        logs = sorted(self.directory.glob("*.log"))
        return [bad for log in logs for bad in _bad(log.read_text("utf-8", "replace"))]


def _alive(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=1).status_code == 200
    except requests.RequestException:
        return False


def _bad(said: str) -> Iterator[str]:
    """Errors logged, and of what Python itself wrote the last line and where it happened."""
    where = ""
    inside = False
    for line in said.splitlines():
        if line.startswith("Traceback"):
            inside = True
        elif inside and line.startswith("  File"):
            where = line.strip()
        elif inside and line and not line.startswith(" "):
            inside = False
            yield f"{line} ({where})"
        elif '"level": "error"' in line:
            yield line


def counted(figures: dict[str, Any]) -> str:
    """As one line."""
    return ", ".join(f"{count} {name}" for name, count in figures.items())
