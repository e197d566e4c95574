"""Old and new code on one database: `make rolling SECONDS=60`.

The new code is a copy of this checkout with one more migration, which only adds. While orders run
through their lives its tables are brought up to date under the old processes, new processes start
beside them, an old one is started again, both work side by side for a while, and the old ones are
stopped one by one. Exits with 1 when a process logged an error or the ledgers differ.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from plugin.store import migrate
from tests.large import services
from tests.large.beside import Tally
from tests.large.services import Broker, pause
from tests.large.town import Process, Town, counted

HERE = Path(__file__).parent.parent.parent
PACKAGES = ("plugin", "webhooks", "clients", "scheduler")
NEWER = """
import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{newest}"


def upgrade():
    op.add_column("shops", sa.Column("nickname", sa.String(20)))
    op.create_index("ix_outbox_newer", "outbox", ["shop", "planned_at"])
"""


class Rolling(Town):
    """One deploy."""

    def __init__(self, directory: Path, seed: int, database_url: str, broker: Broker) -> None:
        super().__init__(directory, seed, database_url, broker)
        self.newer = directory / "newer"
        for package in PACKAGES:
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(HERE / package, self.newer / package, ignore=ignore)
        versions = self.newer / "plugin" / "store" / "migrations" / "versions"
        (versions / "9001_newer.py").write_text(NEWER.format(newest=migrate.newest()), "utf-8")

    def go(self, orders: int, seconds: float, days: int) -> Tally:
        """Deploy while that many days pass."""
        self.start(webs=2, workers=2)
        self.world.start()
        self.order(orders, timedelta(days=1))
        target = self.clock.now() + timedelta(days=days)
        self.world.turner.start(target)
        pause(seconds / 6)
        self._upgrade()
        old = [*self.webs]
        self.start_web(self.newer)
        new = [self.start_worker(self.newer)]
        self._gently(self.workers.pop(0))
        self.workers.append(self.start_worker())  # an old one, on newer tables
        pause(seconds)
        self.start_web(self.newer)
        for port in old:
            web = self.webs.pop(port)
            self.balancer.behind = list(self.webs)
            pause(1)
            self._gently(web)
        new.append(self.start_worker(self.newer))
        for worker in self.workers:
            self._gently(worker)
        self.workers = new
        pause(seconds / 6)
        while self.world.turner.progress()["running"]:
            pause(0.2)
        self.rest()
        self.compare()
        self._wrong("errors logged", self.complaints())
        return self.tally

    def _upgrade(self) -> None:
        subprocess.run(
            [sys.executable, "-m", "scheduler", "db", "upgrade", "--before"],
            env={"PATH": "/usr/bin:/bin", **self.environment},
            cwd=self.newer,
            check=True,
        )

    def _gently(self, process: Process) -> None:
        code = process.stop()
        self._wrong(f"{process.words[0]} ended with", [code] if code else [])


def main() -> None:
    """Run it, say what was met, and fail when anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--days", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, services.postgres() as url, services.redis() as on:
        rolling = Rolling(Path(name), wanted.seed, url, on)
        try:
            tally = rolling.go(wanted.orders, wanted.seconds, wanted.days)
        finally:
            rolling.stop()
    print(counted(rolling.figures))
    for wrong in tally.wrong:
        print(f"WRONG {wrong}")
    print(f"old and new code together for {wanted.seconds:g} s: {len(tally.wrong)} violations")
    sys.exit(1 if tally.wrong else 0)


if __name__ == "__main__":
    main()
