"""Running worlds, one after another in one process, each on an empty database."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

from flask import Flask

from plugin.deciding import Deciding
from plugin.effects import errand
from plugin.evidence import examiner
from plugin.store import inbox, migrate, outbox, privacy, tables, timelines, tokens
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from plugin.store.keeping import Keeper
from plugin.timeline import Entry
from scheduler import reconcile, sweeps
from tests.simulation.clock import Hand
from tests.simulation.connections import in_process
from tests.simulation.database import SimulatedDatabase
from tests.simulation.lanes import Lane, current
from tests.simulation.mutants import broken
from tests.simulation.plan import Plan
from tests.simulation.probe import Probe
from tests.simulation.report import Outcome
from tests.simulation.wire import pause
from tests.simulation.world import Ground, World


class Runner:
    """Keeps what every world needs and none may change: a migrated database to copy."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.folder = folder
        self.file = folder / "postvendita.db"
        self.template = folder / "template.db"
        self.url = database_url or f"sqlite:///{self.file}"
        made = Database(database_url or f"sqlite:///{self.template}")
        migrate.upgrade(made)
        made.close()
        if not database_url:
            shutil.copy(self.template, self.file)
        self.db = SimulatedDatabase(self.url)
        self.hand, self.webs = Hand(), dict[str, Flask]()

    def run(self, seed: int, plan: Plan) -> World:
        """One world, from its beginning to its end."""
        self._empty()
        self.db.statements = 0
        probe = Probe(self.url)
        with patched(), broken(plan.mutant):
            world = World(seed, plan, Ground(self.db, probe, self.folder, self.hand, self.webs))
            CURRENT[:] = [world]
            try:
                world.run()
                world.hash = ledger_hash(world)
            finally:
                probe.close()
        return world

    def close(self) -> None:
        """Let go of the database."""
        self.db.close()

    def _empty(self) -> None:
        self.db.forget_connections()
        self.db.full = False
        shutil.rmtree(self.folder / "evidence", ignore_errors=True)
        if self.db.is_sqlite:
            for left in self.folder.glob("postvendita.db*"):
                left.unlink()
            shutil.copy(self.template, self.file)
            return
        names = ", ".join(table.name for table in tables.metadata.sorted_tables)
        with self.db.engine.begin() as tx:
            tx.exec_driver_sql("SET LOCAL session_replication_role = replica")  # history refuses
            tx.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


CURRENT: list[World] = []
"""The world that is being lived through."""


@contextmanager
def patched() -> Iterator[None]:
    """The places at which the app is listened to, and the two it never reaches for real."""
    with ExitStack() as stack:
        stack.enter_context(in_process())
        stack.enter_context(mock.patch.object(timelines, "append", _append))
        stack.enter_context(mock.patch.object(examiner, "ask", _examined))
        stack.enter_context(mock.patch.object(privacy, "erase_shop", _erased))
        # Lanes share a thread: none may wait for another's commit. As on PostgreSQL, each has his.
        stack.enter_context(mock.patch.object(Keeper, "_leads", Keeper._commit))
        for where, name, count in LISTENERS:
            stack.enter_context(mock.patch.object(where, name, _counted(where, name, count)))
        for module, name, label in TASKS:
            stack.enter_context(mock.patch.object(module, name, _labelled(module, name, label)))
        yield


APPEND, ERASE = timelines.append, privacy.erase_shop
TASKS: Any = (
    (sweeps, "handle_delivery", lambda _, d: f"{d.shop}|{d.delivery_id}|{d.attempts}"),
    (sweeps, "carry_out", lambda *a: f"{a[3].mark}|{a[3].attempts}"),
    (sweeps, "look_at", lambda _, shop, order_id, *more: f"look|{shop}|{order_id}"),
    (reconcile, "_read_wanted", lambda _, shop, order_id: f"read|{shop}|{order_id}"),
)
"""What a fault names as the work it fell into."""


LISTENERS: Any = (
    (outbox, "still_mine", lambda mine, *_: "" if mine else FENCED),
    (outbox, "_move", lambda moved, *_: "" if moved else FENCED),
    (outbox, "done", lambda won, tx, row, *_: FOUND if won and row.state == "unknown" else ""),
    (Inbox, "keep", lambda new, *_: "" if new else "webhook refused as known"),
    (inbox, "settle", lambda won, *_: "" if won else "another worker finished first"),
    (Deciding, "_is_stale", lambda stale, *_: "old news was not taken" if stale else ""),
    (errand, "is_passing", lambda passing, *_: "recording was tried again" if passing else ""),
    (
        tokens,
        "claim",
        lambda won, *_: "a token is renewed" if won else "a token is renewed already",
    ),
    (inbox, "nothing_new", lambda *_: "webhook that told nothing new"),
)
"""What is counted when the app's own guards answer."""
FENCED = "fenced off after a pause"
FOUND = "found it done when reading back"


def _counted(where: Any, name: str, count: Any) -> Any:
    real = getattr(where, name)

    def run(*given: Any, **more: Any) -> Any:
        found = real(*given, **more)
        met = count(found, *given)
        if met:
            CURRENT[0].seen[met] += 1
        return found

    return run


def _append(tx: Any, shop: str, order_id: int, entries: Iterable[Entry]) -> None:
    listed = list(entries)
    APPEND(tx, shop, order_id, listed)
    CURRENT[0].invariants.appended(shop, order_id, listed)


def _erased(tx: Any, shop: str) -> int:
    count = ERASE(tx, shop)
    CURRENT[0].invariants.erasure.pending.append(shop)
    return count


def _labelled(module: Any, name: str, label: Any) -> Any:
    real = getattr(module, name)

    def run(*given: Any, **more: Any) -> Any:
        lane = current()
        if lane is not None:
            lane.begin(label(*given))
            if name == "carry_out":
                pause(lane, "pause after a claim", lane.task, 0.015)
            elif name == "handle_delivery":
                _slow(lane)
        return real(*given, **more)

    return run


def _slow(lane: Lane) -> None:
    """Now and then the other machine has a delivery on its list by the time it is looked at."""
    if lane.process.world.dice.strikes("process", "slow with a delivery", lane.task, 0.03):
        lane.wait(4)


def _examined(path: Path, *more: Any) -> dict[str, Any]:
    """A picture is a picture: what is in it is looked at elsewhere."""
    facts = {"width": 800, "height": 600, "brightness": 100, "likeness": ""}
    return {"media": "picture", "mime": "image/jpeg", "checked": True, "advice": [], "facts": facts}


# --- what a world leaves --------------------------------------------------------------------------

OURS = (
    "SELECT shop, order_id, seq, at, by, kind, cause FROM events ORDER BY shop, order_id, seq",
    "SELECT shop, order_id, key, state, mark, generation, fence, attempts, minor FROM outbox"
    " ORDER BY shop, order_id, key",
    "SELECT shop, source, delivery_id, state, attempts FROM inbox"
    " ORDER BY shop, source, delivery_id",
    "SELECT shop, order_id, purse, what, key, minor, currency FROM ledger"
    " ORDER BY shop, order_id, purse, what, key",
)


def ledger_hash(world: World) -> str:
    """The same for the same history: ours, theirs, and how many statements it took."""
    digest = hashlib.sha256(f"{world.db.statements} {world.events}".encode())
    for query in OURS:
        for row in world.probe.rows(query):
            digest.update("|".join(map(_said, row)).encode() + b"\n")
    digest.update(world.theirs.encode())
    return digest.hexdigest()[:16]


def _said(value: object) -> str:
    """SQLite has no type for a moment: it comes as text, and without a zone."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return str(value)


def lived(runner: Runner, seed: int, plan: Plan) -> Outcome:
    """One world, and what a run has to know of it."""
    begun = time.process_time()
    world = runner.run(seed, plan)
    return Outcome(
        seed=seed,
        hash=world.hash,
        orders=plan.orders,
        violations=world.violations,
        seen=world.seen,
        faults=world.dice.met,
        seconds=time.process_time() - begun,
        events=world.events,
    )
