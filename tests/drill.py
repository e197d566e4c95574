"""The restore drill: `make drill`. Back up while the app works, go on, lose everything, restore
elsewhere, go on, compare.

The world runs here and is never lost; the app runs in another process. While days pass a backup is
made; a while later app, database and evidence are gone. The backup is restored into another place,
and the world's own ledger says whether anybody was paid twice, whether an order was forgotten, and
which letters went out again. Exits with 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import base64
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from plugin.auditor import looking
from plugin.fold import fold
from plugin.store import chain_check, tables, timelines
from plugin.store.chain_check import Walk
from plugin.store.database import Database
from scheduler.sandbox import SHOP
from tests.torture import Torture, pause

AFTER_THE_BACKUP = timedelta(hours=8)
"""How much of the world's time passes before everything is lost."""
CAREFUL_SECONDS = 300
REST_SECONDS = 1800
DAYS_AFTER = 1
NOT_RUNNING = {"clock_stopped", "look_overdue", "deadline_passed", "not_reconciled"} | {
    "delivery_stuck"
}
"""The world's clock leaps; these are judged by its minutes."""


class Drill(Torture):
    """One run."""

    def __init__(self, directory: Path, seed: int) -> None:
        super().__init__(directory, seed)
        self.directory = directory
        key = base64.b64encode(os.urandom(32)).decode()
        self.environment["POSTVENDITA_BACKUP_KEY"] = key
        self.said: dict[str, Any] = {}

    def drill(self, days: int) -> list[str]:
        """What is wrong afterwards; nothing, it should be."""
        self._begin()
        self.world.start()
        self._settled(0)
        target = self.clock.now() + timedelta(days=days)
        self.world.turner.start(target)
        pause(5)
        self._back_up()
        lost_at = self.clock.now() + AFTER_THE_BACKUP
        while self.clock.now() < lost_at and self.world.turner.progress()["running"]:
            pause(0.1)
        self.mails_before = self._mailed()
        self._lose_everything()
        self._restore()
        self._begin()
        self._until_read_back()
        self._at_rest()
        self.world.turn(self.clock.now() + timedelta(days=DAYS_AFTER))
        self._at_rest()
        self._look_at_it()
        self._stop()
        return self.tally.wrong

    def _back_up(self) -> None:
        began = perf_counter()
        self.mails_at_backup = self._mailed()
        self.said["backup"] = self._postvendita("backup", str(self.directory / "backup"))
        self.said["seconds to back up"] = f"{perf_counter() - began:.1f}"

    def _lose_everything(self) -> None:
        assert self.app is not None
        self.app.kill()
        self.app.wait()
        self.db.close()
        for there in self.directory.glob("postvendita.db*"):
            there.unlink()
        shutil.rmtree(self.directory / "evidence", ignore_errors=True)

    def _restore(self) -> None:
        began = perf_counter()
        elsewhere = self.directory / "elsewhere"
        elsewhere.mkdir()
        url = f"sqlite:///{elsewhere / 'postvendita.db'}"
        self.environment["POSTVENDITA_DATABASE_URL"] = url
        self.environment["POSTVENDITA_EVIDENCE_FOLDER"] = str(elsewhere / "evidence")
        self.said["restore"] = self._postvendita("restore", str(self.directory / "backup"))
        self.said["seconds to restore"] = f"{perf_counter() - began:.1f}"
        self.db = Database(url)

    def _until_read_back(self) -> None:
        began = perf_counter()
        for _ in range(CAREFUL_SECONDS * 10):
            rows = self._rows(tables.restorations)
            if rows and all(row["ended_at"] for row in rows):
                self.said["seconds until sending went on"] = f"{perf_counter() - began:.1f}"
                return
            pause(0.1)
        self.tally.wrong.append("it was not read back")

    def _at_rest(self) -> None:
        """Nothing is to be sent. What suppliers say of purchases of the lost stretch may wait."""
        for _ in range(REST_SECONDS * 10):
            ready = self.world.turner._outside.ready()
            if not self.world.turner.progress()["running"] and ready and ready.outbox == 0:
                return
            pause(0.1)
        self.tally.wrong.append("it did not come to rest")

    def _postvendita(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "scheduler", *words],
            env={"PATH": "/usr/bin:/bin", **self.environment},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise SystemExit(f"postvendita {words[0]}: {done.stdout}{done.stderr}")
        return done.stdout.splitlines()[0]

    def _mailed(self) -> Counter[str]:
        return Counter({m["message_id"]: int(m["count"]) for m in self.world.ledger()["mails"]})

    # --- looking ------------------------------------------------------------------------------

    def _look_at_it(self) -> None:
        seen = self.world.ledger()
        ours = self._rows(tables.outbox)
        theirs = Counter(r["key"] for r in seen["refunds"] if r["key"])
        self._wrong("refunds under one key twice", [k for k, n in theirs.items() if n > 1])
        over = [o["id"] for o in seen["orders"] if o["refunded_minor"] > o["paid_minor"]]
        self._wrong("orders paid back twice", over)
        refunds = {r["mark"] for r in ours if r["action"] == "refund_customer"
                   and r["state"] == "done"}  # fmt: skip
        self._wrong("refunds here and not there", sorted(refunds - set(theirs)))
        asked = Counter(r["reference"] for r in seen["supplier_refunds"])
        self._wrong("purchases asked back twice", [k for k, n in asked.items() if n > 1])
        with self.db.read() as tx:
            unknown = [o["id"] for o in seen["orders"]
                       if fold(timelines.read(tx, SHOP, o["id"])).seen is None]  # fmt: skip
            broken = [*Walk(SHOP).go(tx), *chain_check.not_linked(tx, SHOP)]
            links = Walk(SHOP)
            list(links.go(tx))
        self._wrong("orders not known", unknown)
        self._wrong("breaks in the history", broken)
        mails = self._mailed()
        again = {name for name, count in mails.items() if count > 1}
        self._wrong("letters more than once again", [n for n in again if mails[n] > 2])
        early = sorted(again & set(self.mails_at_backup))
        found = looking.everything(self.db, SHOP, self.clock.now())
        self._wrong("findings", [v for v in found if v.what not in NOT_RUNNING])
        self.said |= {
            "orders": len(seen["orders"]),
            "refunds": len(theirs),
            "refunds of the lost stretch": len(set(theirs) - refunds),
            "links of history": links.looked,
            "purchases of the lost stretch, to be imported again": len(self._unknown_purchases()),
            "letters": len(mails),
            "letters that went out once more": len(again),
            "of them sent before the backup": len(early),
        }

    def _unknown_purchases(self) -> set[str]:
        """What suppliers speak of and the database has forgotten."""
        waits = [r["reason"] for r in self._rows(tables.inbox) if "is known yet" in r["reason"]]
        return {reason.partition("no purchase ")[2].partition(" is known")[0] for reason in waits}


def main() -> None:
    """Run it, say what was met, and fail when anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        drill = Drill(Path(directory), wanted.seed)
        wrong = drill.drill(wanted.days)
    for name, what in drill.said.items():
        print(f"{name}: {what}")
    for one in wrong:
        print(f"WRONG {one}")
    print(f"{len(wrong)} violations")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
