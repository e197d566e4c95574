"""Every kind of blow, and its share of a whole run."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.torture import database, frozen, full_disk, killed, power_cut
from tests.torture.postgres import Postgres
from tests.torture.tally import Tally
from tests.torture.town import Town


class Blow(Protocol):
    """What is done to the app."""

    name: str
    database: str

    def run(self, town: Town, count: int, dice: random.Random, step: Callable[[], None]) -> Tally:
        """That many times, and what came of it."""


@dataclass(frozen=True)
class Kind:
    """A kind of blow and how many of a thousand it gets."""

    blow: Blow
    of_a_thousand: int

    def of(self, kills: int) -> int:
        """How many of them in a run of that many kills; one at least."""
        return max(1, round(kills * self.of_a_thousand / 1000))


KINDS = {
    "worker": Kind(killed.WORKER, 300),
    "web": Kind(killed.WEB, 250),
    "both": Kind(killed.BOTH, 250),
    "serve": Kind(killed.SERVE, 150),
    "database": Kind(database.Stop(), 50),
    "freeze": Kind(frozen.Freeze(), 50),
    "disk": Kind(full_disk.FullDisk(), 20),
    "power-sqlite": Kind(power_cut.SQLITE, 500),
    "power-postgresql": Kind(power_cut.POSTGRESQL, 500),
}


def in_a_town(
    kind: Kind,
    count: int,
    seed: int,
    step: Callable[[], None],
    server: Postgres | None = None,
) -> Tally:
    """A fresh world, database and app for one kind, in a folder that is gone afterwards.

    On that PostgreSQL server, or on one of its own.
    """
    blow = kind.blow
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="torture-")))
        if isinstance(blow, full_disk.FullDisk) and blow.mounts:
            stack.enter_context(full_disk.small_disk(folder / "data"))
        if blow.database == "postgresql" and server is None:
            server = Postgres(folder / "postgres")
            stack.callback(server.close)
        if server is not None and blow.database == "postgresql":
            server.create(blow.name)
        town = Town(folder, seed, server if blow.database == "postgresql" else None)
        stack.callback(town.close)
        return blow.run(town, count, random.Random(seed), step)
