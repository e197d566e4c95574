"""A machine on which the commands of a page are run, one block after the other."""

from __future__ import annotations

import base64
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from plugin.clock import Clock
from plugin.store import shops
from plugin.store.database import Database
from plugin.terms import Autonomy, Cap, Terms
from tests.app.test_settings import GOOD
from tests.backup.conftest import KEY, TOOLS
from tests.conftest import MONDAY
from tests.fakes import SHOP, FakeConnections, FakePostbox, FakeStorefront, FakeSupplier

ROOT = Path(__file__).parent.parent.parent
PAGES = ROOT / "docs" / "runbooks"
BLOCK = re.compile(r"^( *)```sh\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
STEP = re.compile(r"^ {0,3}(?:\d+\.|#+) ", re.MULTILINE)
STUBS = {
    "postvendita": f'exec "{sys.executable}" -m tests.runbooks.hands "$@"',
    "sudo": 'exec "$@"',
    "systemctl": 'echo "$@" >> "$REHEARSAL/systemctl"',
}


def blocks_of(page: str) -> list[str]:
    """The code blocks of a page, in order."""
    text = (PAGES / page).read_text("utf-8")
    return [re.sub(rf"^{found[1]}", "", found[2], flags=re.MULTILINE)
            for found in BLOCK.finditer(text)]  # fmt: skip


@dataclass
class Machine:
    """Where the commands are typed; what is exported in one block is there in the next."""

    folder: Path
    db: Database
    clock: Clock
    environment: dict[str, str]
    world: FakeConnections
    done: list[int] = field(default_factory=list)
    page: str = ""

    def do(self, number: int, *, fails: bool = False, **given: str) -> str:
        """Run a page's block, counted from 1; what it printed."""
        script = blocks_of(self.page)[number - 1]
        self._put_world()
        keep = self.folder / "exported"
        said = subprocess.run(
            ["bash", "-eu", "-c", f"{script}\nexport -p > '{keep}'"],
            env={**self.environment, **given},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        self._take_world()
        assert (said.returncode != 0) == fails, f"{script}\n{said.stdout}\n{said.stderr}"
        if not fails:
            self._take_exported(keep, given)
        self.done.append(number)
        return said.stdout

    def open(self, page: str) -> None:
        """Begin with a page."""
        self.page = page

    def _put_world(self) -> None:
        (self.folder / "world").write_bytes(pickle.dumps(self.world))

    def _take_world(self) -> None:
        self.world = pickle.loads((self.folder / "world").read_bytes())  # noqa: S301 - our own

    def _take_exported(self, keep: Path, given: dict[str, str]) -> None:
        said = subprocess.run(
            ["bash", "-c", f"env -i bash -c '. \"{keep}\"; env -0'"],
            env={"PATH": os.environ["PATH"]}, capture_output=True, check=True,
        ).stdout.decode()  # fmt: skip
        found = dict(line.split("=", 1) for line in said.split("\0") if "=" in line)
        self.environment = {k: v for k, v in found.items() if k not in {"_", "SHLVL", "PWD"}}
        self.environment |= given

    def systemctl(self) -> list[str]:
        """What the service was told."""
        file = self.folder / "systemctl"
        return file.read_text().splitlines() if file.exists() else []


@pytest.fixture
def machine(sqlite_url: str, tmp_path: Path) -> Iterator[Machine]:
    """Alice's shop on it, on SQLite: these pages do not depend on the kind."""
    yield from _machine(sqlite_url, tmp_path)


@pytest.fixture
def machine_on_both(database_url: str, tmp_path: Path) -> Iterator[Machine]:
    """The same, on either kind of database."""
    yield from _machine(database_url, tmp_path)


def _machine(database_url: str, tmp_path: Path) -> Iterator[Machine]:
    db = Database(database_url)
    folder = tmp_path / "machine"
    programs = folder / "bin"
    programs.mkdir(parents=True)
    for name, text in STUBS.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    clock = Clock(folder / "clock")
    clock.turn_to(MONDAY)
    world = FakeConnections(FakeStorefront(clock), FakeSupplier(clock), FakePostbox())
    environment = {
        **GOOD,
        "PATH": f"{programs}:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "REHEARSAL": str(folder),
        "REHEARSAL_WORLD": str(folder / "world"),
        "SHOP": SHOP,
        "POSTVENDITA_DATABASE_URL": database_url,
        "POSTVENDITA_EVIDENCE_FOLDER": str(folder / "evidence"),
        "POSTVENDITA_BACKUP_KEY": base64.b64encode(KEY).decode(),
        "POSTVENDITA_POSTGRES_TOOLS": str(TOOLS),
        "POSTVENDITA_CLOCK_FILE": str(folder / "clock"),
        "POSTVENDITA_LOG_LEVEL": "error",
    }
    auto = {"no_stock.refund": Autonomy.AUTO}
    with db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD", name="Alice's", email="a@example.com")
        terms = Terms(autonomy=auto, cap=Cap(1_000_000, 10_000_000, "USD"))
        shops.publish(tx, SHOP, terms, MONDAY, author="Alice")
        shops.change(tx, SHOP, reconciled_to=MONDAY)
    made = Machine(folder, db, clock, environment, world)
    yield made
    db.close()
    every = list(range(1, len(blocks_of(made.page)) + 1)) if made.page else []
    assert sorted(set(made.done)) == every, "every block of the page is rehearsed"
