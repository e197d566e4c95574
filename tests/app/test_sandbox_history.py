"""A sandbox that was stopped while its history was being lived through."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from plugin.clock import Clock
from plugin.sandbox.app import World, create_world
from plugin.sandbox.seed import OLDEST
from plugin.settings import read
from scheduler import sandbox
from scheduler.runtime import Runtime, start
from scheduler.web import make_app
from tests.conftest import MONDAY

HOUR = timedelta(hours=1)


class Killed(BaseException):
    """As a process dies."""


def test_it_goes_on_where_it_stopped(
    tmp_path: Path, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"http://127.0.0.1:{free_port}"
    environment = sandbox.environment_for(tmp_path, address, f"{address}/sandbox")
    runtime = start(read(environment), Clock(Path(environment["POSTVENDITA_CLOCK_FILE"])))
    runtime.clock.run_from(MONDAY)
    sandbox.prepare(runtime, environment["SANDBOX_TOKEN"], tmp_path)
    settings = sandbox.world_settings(tmp_path, environment, address, "1")
    app, looked = make_app(runtime), []

    def sweep(swept: Runtime) -> int:
        looked.append(swept.clock.now())
        if len(looked) == 5:
            raise Killed
        return 0

    monkeypatch.setattr(sandbox, "sweep", sweep)
    monkeypatch.setattr(World, "deliver_due", lambda world: False)
    monkeypatch.setattr("plugin.sandbox.postman.Postman.has_due", lambda postman: False)
    with pytest.raises(Killed):
        sandbox.bring_history(runtime, app, settings)
    assert MONDAY - OLDEST <= looked[0] < looked[-1] < MONDAY - OLDEST + timedelta(days=5)

    sandbox.bring_history(runtime, app, settings)
    assert MONDAY <= runtime.clock.now() < MONDAY + HOUR
    assert looked == sorted(looked), "no day is lived twice"

    before = len(looked)
    sandbox.bring_history(runtime, app, settings)
    assert len(looked) == before, "once lived through it is not lived again"
    world = create_world(settings)
    assert world.seed(runtime.clock.now()) > 20
    world.close()
    runtime.db.close()
