"""The power fails at any instant: a copy of the data directory as it then lay, opened elsewhere.

Everything that writes is stopped between two instructions and the files are copied. What had been
written and not yet flushed may be lost when power fails, in part and in any order, so what is known
to be unflushed is damaged in the copy (`unflushed.py`). Then the copy is opened as the app would
open it. It must be whole, know every webhook that was thanked for and every effect that had begun,
and keep every promise.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import SubprocessError

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from plugin.auditor import INVARIANTS
from plugin.store import tables
from plugin.store.database import Database
from scheduler import doctor
from tests.torture import ledgers, unflushed
from tests.torture.killed import AT_ANY_MOMENT, PAST_THE_LEASE, Step, finish, next_one_kept
from tests.torture.load import Load
from tests.torture.postgres import Postgres
from tests.torture.tally import Tally
from tests.torture.town import Town, pause

OF_THE_DATA = frozenset({"tables", "database", *INVARIANTS})
"""What the doctor says of data; the rest is about a process that runs, and its settings."""


@dataclass(frozen=True)
class Cut:
    """What the world knew when the power failed."""

    folder: Path
    thanked: set[str]
    begun: set[str]
    """Marks of the refunds that have been paid."""


@dataclass(frozen=True)
class PowerCut:
    """Copies of one kind of database."""

    name: str
    database: str

    def run(self, town: Town, count: int, dice: random.Random, step: Step) -> Tally:
        """That many copies under load, each opened at once; then rest, and the comparison."""
        tally, load = Tally(self.name, "copies"), Load(town)
        names = ("web", "worker") if town.postgres else ("serve",)
        for name in names:
            town.begin(name)
        for nth in range(count):
            load.feed()
            cut, inside = self._cut(town, load, dice, nth)
            tally.inside += inside
            tally.blows += 1
            self._open(town, cut, tally)
            shutil.rmtree(cut.folder)
            if nth % 10 == 0:
                town.turn(PAST_THE_LEASE)
            step()
        finish(town, load, tally)
        return tally

    def _cut(self, town: Town, load: Load, dice: random.Random, nth: int) -> tuple[Cut, bool]:
        folder = town.directory / f"copy-{nth}"
        if dice.random() < AT_ANY_MOMENT:
            pause(dice.uniform(0.0, 0.3))
            return self._copy(town, folder, dice)
        if town.postgres and dice.random() < 0.5:
            with next_one_kept(town, load, dice):
                return self._copy(town, folder, dice)
        town.effects.happened.clear()
        load.touch(dice)
        town.effects.happened.wait(0.5)
        pause(dice.uniform(0, 0.03))
        return self._copy(town, folder, dice)

    def _copy(self, town: Town, folder: Path, dice: random.Random) -> tuple[Cut, bool]:
        """Inside the window: something was being written, kept or done at that instant."""
        before = set(town.door.thanked)
        flushed = unflushed.flushed_to(town.db) if town.postgres else ""
        with standing_still(town):
            flying = bool(town.door.on_its_way)
            cut = Cut(folder, before, ledgers.marks(town))
            if town.postgres:
                town.postgres.copy(folder)
            else:
                shutil.copytree(town.data, folder)
        if town.postgres:
            return cut, unflushed.lose_log(folder, flushed, dice) or flying
        return cut, unflushed.tear(folder / "postvendita.db", dice) or flying

    def _open(self, town: Town, cut: Cut, tally: Tally) -> None:
        where = cut.folder.name
        try:
            with opened(town, cut.folder) as db:
                self._look(town, db, cut, tally)
        except (DBAPIError, OSError, SubprocessError) as error:
            tally.lost.append(f"{where} does not open: {error}")

    def _look(self, town: Town, db: Database, cut: Cut, tally: Tally) -> None:
        where = cut.folder.name
        with db.read() as tx:
            kept = set(tx.execute(sa.select(tables.inbox.c.delivery_id)).scalars())
            tried = tables.outbox.c.first_sent_at.is_not(None)
            sent = set(tx.execute(sa.select(tables.outbox.c.mark).where(tried)).scalars())
            if db.is_sqlite:
                said = tx.execute(sa.text("PRAGMA integrity_check")).scalars().all()
                tally.lost += [f"{where}: {one}" for one in said if one != "ok"]
        tally.lost += [f"{where}: thanked for and not kept: {o}" for o in cut.thanked - kept]
        tally.lost += [f"{where}: done and not known to be begun: {o}" for o in cut.begun - sent]
        found = doctor.examine(replace(town.runtime, db=db))
        bad = [one for one in found if not one.ok and one.what.partition(" ")[0] in OF_THE_DATA]
        late = ledgers.CLOCK_LEAPS
        tally.wrong += [f"{where}: {one.what}: {one.detail}" for one in bad
                        if not any(word in one.detail for word in late)]  # fmt: skip


@contextmanager
def standing_still(town: Town) -> Iterator[None]:
    """Whoever writes to the data stands still in here."""
    if town.postgres is None:
        serve = town.processes["serve"]
        serve.freeze()
        try:
            yield
        finally:
            serve.thaw()
        return
    frozen = town.postgres.freeze()
    try:
        yield
    finally:
        town.postgres.thaw(frozen)


@contextmanager
def opened(town: Town, folder: Path) -> Iterator[Database]:
    """The database in that folder, as the app opens it."""
    server = None
    if town.postgres:
        server = Postgres(folder)
        server.name = town.postgres.name
    db = Database(server.url if server else f"sqlite:///{folder / 'postvendita.db'}")
    try:
        yield db
    finally:
        db.close()
        if server:
            server.close()


SQLITE = PowerCut("power-sqlite", "sqlite")
POSTGRESQL = PowerCut("power-postgresql", "postgresql")
