"""kill -9 of workers and an emptied broker: `make torture-large KILLS=100 ORDERS=5000`.

Two web processes and four workers on PostgreSQL and a real Redis (BROKER=rabbitmq for RabbitMQ).
While orders run through their lives three hours at a time, a worker is killed again and again:
half of the time at any moment, half of the time right after the world has seen an effect. Twice
Redis is emptied half way, or RabbitMQ loses its queues. At the end the ledgers of both sides are
compared.
Exits with 1 when anything differs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from plugin.store import tables
from tests.large import services
from tests.large.beside import Tally
from tests.large.services import Broker, pause
from tests.large.town import Town, counted

LIFE = timedelta(days=35)
"""The longest story of the world is over by then."""
FLUSHES = 2


class LargeTorture(Town):
    """One run."""

    def __init__(self, directory: Path, seed: int, database_url: str, broker: Broker) -> None:
        super().__init__(directory, seed, database_url, broker)
        self.flushes = 0
        self._left: list[dict[str, Any]] = []

    def go(self, kills: int, orders: int, days: int, life: timedelta = LIFE) -> Tally:
        """Orders over that many days, kills spread over all of it; then rest, and compare."""
        self.start(webs=2, workers=4)
        self.world.start()
        began = self.clock.now()
        self.order(orders, timedelta(days=days))
        span = timedelta(days=days) + life
        self.world.turner.start(began + span)
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("kill -9", total=kills)
            for nth in range(kills):
                self._wait_until(began + span * 0.9 * nth / kills)
                self._wait_for_a_moment()
                self._kill_one(nth)
                if nth in {kills // 3, 2 * kills // 3} and self.flushes < FLUSHES:
                    self.broker.flush()
                    self.flushes += 1
                bar.advance(task)
        while self.world.turner.progress()["running"]:
            pause(0.2)
        self._notice_left()
        self.rest()
        self.compare()
        return self.tally

    def _wait_until(self, moment: Any) -> None:
        while self.clock.now() < moment and self.world.turner.progress()["running"]:
            pause(0.02)

    def _kill_one(self, nth: int) -> None:
        """The one that has lived longest."""
        self._notice_left()
        self.workers.pop(0).kill()
        self.tally.kills += 1
        self._left = self._rows(tables.outbox, tables.outbox.c.state == "claimed")
        self._left = [row | {"happened": self._happened(row)} for row in self._left]
        self.workers.append(self.start_worker())

    def _notice_left(self) -> None:
        """Claims open at the last kill that nobody has closed since belonged to the killed one."""
        which = tables.outbox.c.id.in_([row["id"] for row in self._left])
        now = {row["id"]: row for row in self._rows(tables.outbox, which)}
        for row in self._left:
            if now[row["id"]]["state"] != "done" or now[row["id"]]["fence"] != row["fence"]:
                self.tally.while_claimed += 1
                self.tally.in_the_window += row["happened"]
        self._left = []


def main() -> None:
    """Run it, say what was met, and fail when anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--orders", type=int, default=5000)
    parser.add_argument("--days", type=int, default=10)
    parser.add_argument("--life", type=int, default=LIFE.days)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--broker", choices=("redis", "rabbitmq"), default="redis")
    wanted = parser.parse_args()
    broker = services.redis if wanted.broker == "redis" else services.rabbitmq
    with tempfile.TemporaryDirectory() as name, services.postgres() as url, broker() as line:
        torture = LargeTorture(Path(name), wanted.seed, url, line)
        try:
            life = timedelta(days=wanted.life)
            tally = torture.go(wanted.kills, wanted.orders, wanted.days, life)
        finally:
            torture.stop()
        complaints = torture.complaints()
    print(counted(torture.figures))
    for wrong in tally.wrong:
        print(f"WRONG {wrong}")
    for line_ in complaints[:5]:
        print(f"SAID {line_[:300]}")
    print(
        f"{wanted.broker}: {tally.kills} kills, {tally.while_claimed} with a claim left behind, "
        f"{tally.in_the_window} of them between effect and record, emptied {torture.flushes} "
        f"times, {len(complaints)} errors logged: {len(tally.wrong)} violations"
    )
    sys.exit(1 if tally.wrong else 0)


if __name__ == "__main__":
    main()
