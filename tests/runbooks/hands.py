"""`postvendita` as the runbooks call it, with an honest outside world that is kept in a file.

The real command line on the real database; only the ways out are fakes, which remember between two
commands what was done to them.
"""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path

from plugin.clock import Clock
from plugin.settings import Settings
from plugin.store import database
from plugin.store.database import Database
from scheduler import cli
from scheduler.runtime import Runtime
from tests import conftest
from tests.fakes import FakeConnections

WORLD = "REHEARSAL_WORLD"


def main() -> None:
    """Run one command."""
    file = Path(os.environ[WORLD])
    world: FakeConnections = pickle.loads(file.read_bytes())  # noqa: S301 - written by the test
    database._prepare = conftest._unflushed

    def start(settings: Settings, clock: Clock) -> Runtime:
        world.store.clock = world.api.clock = clock
        world.keep.root = settings.evidence_folder.absolute()
        return Runtime(settings, Database(settings.database_url), clock, world)

    cli.start = start
    from scheduler import cli_backup

    cli_backup.start = start
    try:
        cli.main(standalone_mode=True)
    finally:
        file.write_bytes(pickle.dumps(world))


if __name__ == "__main__":
    sys.exit(main())
