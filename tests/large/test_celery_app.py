"""What goes over the broker, and what becomes of a process whose broker does not answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from plugin.settings import BadSettings, read
from plugin.store.database import Database
from plugin.store.turns import Turn
from scheduler import celery_app, cli
from scheduler.large.kinds import NAMED
from scheduler.large.turns import Turns
from tests.app.test_settings import GOOD
from tests.large.street import QUIET, Street

POSTGRES = "postgresql://127.0.0.1/postvendita"
TURN = Turn("actions", QUIET, 1, 7)


def test_a_call_travels_as_four_values_in_the_line_of_its_kind() -> None:
    app = celery_app.make_celery("memory://")
    celery_app.sender(app)(TURN)
    with app.connection_for_read() as connection:
        message = connection.SimpleQueue(celery_app.queue_of("actions")).get_nowait()
        message.ack()
    assert message.content_type == "application/json"
    assert json.loads(message.body)[0] == ["actions", QUIET, 1, 7]
    assert message.properties["delivery_mode"] == celery_app.TRANSIENT


def test_a_worker_serves_the_turn_it_was_called_for() -> None:
    app, served = celery_app.make_celery("memory://"), list[Turn]()

    def serve(turn: Turn) -> int:
        served.append(turn)
        return 1

    celery_app.register(app, serve)
    app.tasks[celery_app.TASK].apply(args=("actions", QUIET, 1, 7))
    assert served == [TURN]


def test_a_turn_that_fails_ends_no_worker() -> None:
    app = celery_app.make_celery("memory://")

    def fails(_turn: Turn) -> int:
        raise ConnectionError("the database is away")

    celery_app.register(app, fails)
    done = app.tasks[celery_app.TASK].apply(args=("actions", QUIET, 1, 7))
    assert done.successful()


def test_a_worker_fetches_one_call_at_a_time_and_keeps_no_results() -> None:
    conf = celery_app.make_celery("redis://127.0.0.1:1/0").conf
    assert (conf.task_acks_late, conf.worker_prefetch_multiplier) == (True, 1)
    assert (conf.task_ignore_result, conf.accept_content) == (True, ["json"])


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_nobody_answers_at_is_given_up_at_once_and_the_lane_is_open(
    db: Database, free_port: int, scheme: str
) -> None:
    street = Street(db)
    app = celery_app.make_celery(f"{scheme}://127.0.0.1:{free_port}//")
    turns = Turns(street.runtime, celery_app.sender(app))
    assert turns.call(NAMED["actions"], [QUIET]) == 0
    assert street.turns.call(NAMED["actions"], [QUIET]) == 1


# --- Settings -------------------------------------------------------------------------------------


def test_a_broker_goes_with_postgresql() -> None:
    url = "redis://127.0.0.1:6379/0"
    good = {**GOOD, "POSTVENDITA_DATABASE_URL": POSTGRES, "POSTVENDITA_BROKER_URL": url}
    assert read(good).broker_url == url
    with pytest.raises(BadSettings, match="POSTVENDITA_DATABASE_URL=postgresql"):
        read({**GOOD, "POSTVENDITA_BROKER_URL": url})


@pytest.mark.parametrize("url", ["127.0.0.1:6379", "http://127.0.0.1", "redis://", "memory://x"])
def test_an_address_that_is_no_brokers_stops_the_start(url: str) -> None:
    with pytest.raises(BadSettings, match="POSTVENDITA_BROKER_URL: must begin with"):
        read({**GOOD, "POSTVENDITA_DATABASE_URL": POSTGRES, "POSTVENDITA_BROKER_URL": url})


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_serve_is_for_one_machine(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("POSTVENDITA_DATABASE_URL", database_url)
    monkeypatch.setenv("POSTVENDITA_BROKER_URL", "redis://127.0.0.1:1/0")
    said = CliRunner().invoke(cli.main, ["serve"])
    assert said.exit_code == 2
    assert "run web and worker" in said.output


def test_nothing_of_celery_is_loaded_where_there_is_no_broker() -> None:
    code = (
        "import sys, scheduler.cli, scheduler.jobs, scheduler.web\n"
        "sys.exit(bool({'celery', 'kombu', 'redis'} & set(sys.modules)))"
    )
    folder = Path(__file__).parent.parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=os.environ, check=False)
    assert done.returncode == 0
