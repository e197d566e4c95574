"""The disk fills up under the database, stays full for a while, and has room again.

The data lies on a small file system of its own, which is filled to the last byte; where none may be
mounted, the process is forbidden to let a file grow instead. Nobody is thanked for what could not
be kept, and when there is room again everything is worked off.
"""

from __future__ import annotations

import random
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.torture import ledgers
from tests.torture.killed import PAST_THE_LEASE, Step, finish
from tests.torture.load import Load
from tests.torture.tally import Tally
from tests.torture.town import Town, pause

SIZE = "64m"
FULL_SECONDS = (0.5, 2.0)
PATIENCE_SECONDS = 60.0
UNAVAILABLE = 503


@dataclass(frozen=True)
class FullDisk:
    """No byte more. `mounts` False: on no file system of its own, even if one may be mounted."""

    mounts: bool = True
    name: str = "disk"
    database: str = "sqlite"

    def run(self, town: Town, count: int, dice: random.Random, step: Step) -> Tally:
        """That many times under load; then rest, and the comparison."""
        tally, load, refused = Tally(self.name, "times full"), Load(town), 0
        town.begin("serve")
        for _ in range(count):
            town.effects.happened.clear()
            load.feed(at_least=1)
            town.effects.happened.wait(5)
            before, thanked = town.door.statuses[UNAVAILABLE], set(town.door.thanked)
            with self._full(town):
                load.touch(dice)
                pause(dice.uniform(*FULL_SECONDS))
                self._look_alive(town, tally)
                unrecorded = ledgers.unrecorded(town)
                new = town.door.thanked - thanked
                gone = new - ledgers.kept(town, new)
            tally.lost += [f"thanked for on a full disk and not kept: {name}" for name in gone]
            turned_away = town.door.statuses[UNAVAILABLE] - before
            refused += turned_away
            tally.blows += 1
            tally.inside += bool(turned_away or unrecorded)
            town.turn(PAST_THE_LEASE)
            step()
        others = {s for s in town.door.statuses if s >= 500 and s != UNAVAILABLE}
        tally.wrong += [f"answered {status}" for status in others]
        how = "a file system of its own" if mounted(town) else "a limit on files"
        tally.notes.append(f"{how}, {refused} webhooks answered with 503")
        finish(town, load, tally)
        return tally

    @contextmanager
    def _full(self, town: Town) -> Iterator[None]:
        with _filled(town.data) if mounted(town) else _limited(town):
            yield

    def _look_alive(self, town: Town, tally: Tally) -> None:
        try:
            alive = requests.get(f"{town.url}/healthz", timeout=PATIENCE_SECONDS).status_code == 200
        except requests.RequestException:
            alive = False
        if not alive or not town.processes["serve"].alive:
            tally.wrong.append("it died of a full disk")


def mounted(town: Town) -> bool:
    """The database lies on a file system of its own."""
    return town.data.is_mount()


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A small file system at that folder, where one may be mounted; else just the folder."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    try:
        there = subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        there = False
    try:
        yield
    finally:
        if there:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)


@contextmanager
def _filled(folder: Path) -> Iterator[None]:
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        while (left := shutil.disk_usage(folder).free) > 0:
            try:
                file.write(b"\0" * min(left, 1 << 20))
            except OSError:
                break
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def _limited(town: Town) -> Iterator[None]:
    """No file may be written to beyond half of what the database has now."""
    pid = town.processes["serve"].pid
    half = (town.data / "postvendita.db").stat().st_size // 2
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (half, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
