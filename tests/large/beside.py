"""The sandbox's world and its ledger beside the app's, for the runs of the large mode.

The world runs here, in a process that is never killed; what it has seen is compared with what the
app has written down when everything has come to rest.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from waitress.server import create_server

from plugin.clock import Clock
from plugin.sandbox.app import World, create_world
from plugin.settings import read
from plugin.store import shops, tables
from plugin.store.database import Database
from plugin.terms import Autonomy, Cap, Situation, Terms
from scheduler.runtime import start
from scheduler.sandbox import SHOP, environment_for, prepare, world_settings
from tests.large.services import free_port, pause

EFFECTS = ("refunds", "urges", "supplier_refunds", "mails")
COUNT = {table: "SELECT count(*) AS n FROM " + table for table in EFFECTS}  # noqa: S608 - ours


@dataclass
class Tally:
    """What was met, and what was found wrong."""

    kills: int = 0
    in_the_window: int = 0
    """Claims left behind by a kill whose effect the world had seen already."""
    while_claimed: int = 0
    wrong: list[str] = field(default_factory=list)


class Beside:
    """The world, and the app's database looked at from outside."""

    def __init__(self, directory: Path, seed: int, database_url: str) -> None:
        self.dice = random.Random(seed)
        self.app_port, world_port = free_port(), free_port()
        app_url, world_url = f"http://127.0.0.1:{self.app_port}", f"http://127.0.0.1:{world_port}"
        self.environment = environment_for(directory, app_url, world_url)
        self.environment["POSTVENDITA_DATABASE_URL"] = database_url
        # Each tick of the sandbox would ask for two dozen jobs; a second is what the beat has.
        self.environment["POSTVENDITA_TICK_SECONDS"] = "1"
        self.app_url = app_url
        self.clock = Clock(Path(self.environment["POSTVENDITA_CLOCK_FILE"]))
        # Days go by in seconds here, and a store gives its points back by the second: all there
        # would be to see is an app that waits for them.
        settings = world_settings(directory, self.environment, app_url, str(seed))
        self.world: World = create_world(replace(settings, throttled=False))
        self.world.seed()
        self.db = self._prepared(directory)
        server = create_server(self.world.wsgi, host="127.0.0.1", port=world_port, threads=16)
        threading.Thread(target=server.run, daemon=True).start()
        self.tally = Tally()
        self.figures: dict[str, int] = {}

    # --- what the world has seen -------------------------------------------------------------

    def _wait_for_a_moment(self) -> None:
        if self.dice.random() < 0.5:
            pause(self.dice.uniform(0.05, 1.2))
            return
        before = self._effects()
        for _ in range(400):
            if self._effects() != before:
                return
            pause(0.002)

    def _happened(self, row: dict[str, Any]) -> bool:
        """The world saw the effect of a row the app had not recorded when it died."""
        ledger = self.world.ground.ledger
        reference = str(row["body"].get("purchase_id", "")).rpartition("/")[2]
        match row["action"]:
            case "refund_customer":
                sought = "SELECT 1 FROM refunds WHERE key = ?", row["mark"]
            case "urge_supplier":
                sought = "SELECT 1 FROM urges WHERE reference = ?", reference
            case "ask_recovery":
                sought = "SELECT 1 FROM supplier_refunds WHERE reference = ?", reference
            case _:
                sought = "SELECT 1 FROM mails WHERE instr(message_id, ?)", row["mark"]
        return ledger.row(*sought) is not None

    def _effects(self) -> int:
        rows = [self.world.ground.ledger.row(COUNT[table]) for table in EFFECTS]
        return sum(int(row["n"]) for row in rows if row)

    # --- comparing ----------------------------------------------------------------------------

    def _compare(self) -> None:
        seen = self.world.ledger()
        ours = self._rows(tables.outbox)
        done = {r["mark"]: r for r in ours if r["state"] == "done"}
        theirs = Counter(r["key"] for r in seen["refunds"] if r["key"])
        refunds = {m: r for m, r in done.items() if r["action"] == "refund_customer"}
        self._wrong("refunds under one key twice", [k for k, n in theirs.items() if n > 1])
        self._wrong("refunds there and not here", sorted(set(theirs) - set(refunds)))
        self._wrong("refunds here and not there", sorted(set(refunds) - set(theirs)))
        paid = {r["key"]: r["minor"] for r in seen["refunds"] if r["key"]}
        self._wrong(
            "refunds of another amount",
            [m for m, r in refunds.items() if paid.get(m) != r["minor"]],
        )
        booked = Counter(
            {
                (r["order_id"], r["key"]): r["minor"]
                for r in self._rows(tables.ledger)
                if r["purse"] == "remedy"
            }
        )
        if sum(booked.values()) != sum(paid.values()):
            self.tally.wrong.append(f"booked {sum(booked.values())}, paid {sum(paid.values())}")
        asked = Counter(r["reference"] for r in seen["supplier_refunds"])
        self._wrong("purchases asked back twice", [k for k, n in asked.items() if n > 1])
        self._wrong("purchases urged twice", [k for k, n in seen["urges"].items() if len(n) > 1])
        self._wrong("orders paid back twice", _overpaid(seen))
        left = [r["key"] for r in ours if r["state"] in {"planned", "claimed", "unknown"}]
        self._wrong("actions left lying", left)
        inbox = self._rows(tables.inbox)
        bad = [r["topic"] for r in inbox if r["state"] in {"received", "parked"}]
        self._wrong("deliveries not handled", bad)
        lost = {k: v for k, v in seen["webhooks"].items() if k != "delivered"}
        self._wrong("webhooks that never arrived", [f"{k}: {v}" for k, v in lost.items() if v])
        self.figures = {
            "refunds": len(refunds),
            "urges": len(seen["urges"]),
            "asked back": len(asked),
            "mails": len(_mails(seen)),
            "mails sent again": sum(n > 1 for n in _mails(seen).values()),
            "deliveries": len(inbox),
        }

    def _wrong(self, what: str, which: list[Any]) -> None:
        if which:
            self.tally.wrong.append(f"{what}: {which[:5]}{' …' if len(which) > 5 else ''}")

    # --- helpers ------------------------------------------------------------------------------

    def _prepared(self, directory: Path) -> Database:
        runtime = start(read(self.environment), self.clock)
        prepare(runtime, self.environment["SANDBOX_TOKEN"], directory)
        everything = {f"{s}.{c}": Autonomy.AUTO for s in Situation for c in ("refund",)}
        with runtime.db.write() as tx:
            cap = Cap(10_000_000, 1_000_000_000, "USD")
            terms = Terms(autonomy=everything, cap=cap)
            shops.publish(tx, SHOP, terms, self.clock.now(), author="torture")
        return runtime.db

    def _settled(self, seconds: float) -> None:
        """Wait until no turn is on and the app has nothing left to do."""
        for _ in range(int(max(seconds, 60) / 0.1)):
            ready = self.world.turner._outside.ready()
            busy = self.world.turner.progress()["running"]
            if not busy and ready and ready.inbox == 0 and ready.outbox == 0:
                return
            pause(0.1)
        self.tally.wrong.append("it did not come to rest")

    def _rows(self, table: sa.Table, *only: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
        with self.db.read() as tx:
            return [dict(row) for row in tx.execute(sa.select(table).where(*only)).mappings()]


def _mails(seen: dict[str, Any]) -> dict[str, int]:
    return {m["message_id"]: int(m["count"]) for m in seen["mails"]}


def _overpaid(seen: dict[str, Any]) -> list[Any]:
    return [o["id"] for o in seen["orders"] if o["refunded_minor"] > o["paid_minor"]]
