"""Bad settings and bad surroundings: it does not start, and one line says which setting and why."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from plugin.clock import Clock
from plugin.secrets import Vault
from plugin.settings import BadSettings, read
from plugin.store import migrate, shops, tables
from plugin.store.database import Database
from scheduler import doctor, same_secret, start_check
from scheduler.runtime import Runtime, start
from scheduler.web import make_app
from tests.app.test_cli import call
from tests.app.test_settings import GOOD, OTHER_KEY
from tests.conftest import MONDAY
from tests.fakes import SHOP
from tests.webhooks.asking import Request
from webhooks.threads import OnThreads

WRONG_SETTINGS = 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            pytest.param("POSTVENDITA_DATABASE_URL", value, id=f"C2 {value}")
            for value in ("mysql://h/x", "desk.db", "postgresql://h:port/x", "://")
        ),
        *(
            pytest.param("POSTVENDITA_WORKERS", value, id=f"C8 {value}")
            for value in ("2.5", "two", "-1", "1e9", "0x2", "２", "9" * 5_000)
        ),
        *(
            pytest.param("POSTVENDITA_BASE_URL", value, id=f"C11 {value}")
            for value in ("https://h/path", "https://h?x=1", "https://h/#x", "https://u:p@h",
                          "http://h", "https://h:port", "https://[::1", "https://")
        ),
        *(
            pytest.param("POSTVENDITA_MAIL_URL", value, id=f"C12 {value}")
            for value in ("smtp://h:port", "smtp://h:70000", "smtp://h:0", "smtp://[::1", "h:25")
        ),
        *(
            pytest.param("POSTVENDITA_TRUSTED_PROXIES", value, id=f"C23 {value}")
            for value in ("-1", "3", "one", "1.0", "*", "10.0.0.0/8")
        ),
        pytest.param("POSTVENDITA_EVIDENCE_FOLDER", "/dev/null/evidence", id="C17 under a file"),
        pytest.param("POSTVENDITA_EVIDENCE_FOLDER", "/dev/null", id="C17 no folder"),
    ],
)  # fmt: skip
def test_a_bad_setting_stops_the_start_by_its_name(name: str, value: str) -> None:
    settings = {**GOOD, "POSTVENDITA_MAIL_FROM": "desk@example.com", name: value}
    with pytest.raises(BadSettings) as told:
        read(settings)
    assert [line.partition(":")[0] for line in str(told.value).splitlines()] == [name]
    assert len(str(told.value)) < 300


@pytest.mark.parametrize("_row", [pytest.param(0, id="C11 a slash at the end is taken off")])
def test_what_can_be_put_right_is(_row: int) -> None:
    settings = read({**GOOD, "POSTVENDITA_BASE_URL": "https://desk.example.com/"})
    assert settings.base_url == "https://desk.example.com"


# --- The database ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://u:hush@127.0.0.1:1/x", id="C2 nobody answers"),
        pytest.param("sqlite:////dev/null/x.db", id="C2 no such place"),
    ],
)
def test_a_database_that_is_not_there_is_said_in_one_line(url: str) -> None:
    told = call({**GOOD, "POSTVENDITA_DATABASE_URL": url}, "sweep")
    assert told.exit_code == 1
    assert told.stderr.startswith("POSTVENDITA_DATABASE_URL: ")
    assert len(told.stderr.splitlines()) == 1
    assert "hush" not in told.stderr


@pytest.mark.parametrize(
    ("version", "code"),
    [
        pytest.param("9999", 0, id="C21 an older app on a newer database, which has only added"),
        pytest.param("a1b2c3", 1, id="C21 a database of something else"),
    ],
)
def test_a_database_of_another_version_is_not_touched(
    sqlite_db: Database, version: str, code: int
) -> None:
    with sqlite_db.write() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = :it"), {"it": version})
    url = sqlite_db.url.render_as_string(hide_password=False)
    told = call({**GOOD, "POSTVENDITA_DATABASE_URL": url}, "sweep")
    assert told.exit_code == code, told.stderr
    assert ("this version needs" in told.stderr) == bool(code)
    assert migrate.version(sqlite_db) == version


INTERRUPTED = """
import os, sys
from sqlalchemy import event
from plugin.store import migrate
from plugin.store.database import Database
db, left = Database(sys.argv[1]), [int(sys.argv[2])]

@event.listens_for(db.engine, "before_cursor_execute")
def count(*_):
    left[0] -= 1
    if left[0] == 0:
        os._exit(9)

migrate.upgrade(db)
"""


@pytest.mark.parametrize(
    "statement", [pytest.param(n, id=f"C20 killed at statement {n}") for n in (5, 60, 140)]
)
def test_a_migration_that_was_killed_is_as_if_it_had_not_begun(
    tmp_path: Path, statement: int
) -> None:
    url = f"sqlite:///{tmp_path / 'half.db'}"
    command = [sys.executable, "-c", INTERRUPTED, url, str(statement)]
    assert subprocess.run(command, check=False).returncode == 9
    db = Database(url)
    assert migrate.version(db) is None
    migrate.upgrade(db)
    assert migrate.version(db) == migrate.newest()
    assert migrate.differences(db) == []
    db.close()


# --- Keys -----------------------------------------------------------------------------------------


def runtime_with(db: Database, clock: Clock, **changes: str) -> Runtime:
    url = db.url.render_as_string(hide_password=False)
    return start(read({**GOOD, "POSTVENDITA_DATABASE_URL": url, **changes}), clock)


def seal_a_token(db: Database) -> None:
    vault = Vault(read(GOOD).encryption_keys)
    sealed = vault.encrypt("shpat_1", shop=SHOP, column="shops.token")
    with db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD")
        shops.change(tx, SHOP, token=sealed)


@pytest.mark.parametrize(
    ("keys", "starts"),
    [
        pytest.param(OTHER_KEY, False, id="C6 the wrong key"),
        pytest.param(f"{OTHER_KEY} {GOOD['POSTVENDITA_ENCRYPTION_KEYS']}", True,
                     id="C6 a new one before the old one"),
    ],
)  # fmt: skip
def test_encryption_keys_that_open_nothing_stop_the_start(
    sqlite_db: Database, clock: Clock, keys: str, starts: bool
) -> None:
    seal_a_token(sqlite_db)
    runtime = runtime_with(sqlite_db, clock, POSTVENDITA_ENCRYPTION_KEYS=keys)
    found = start_check.problems(runtime)
    assert (found == []) == starts
    assert starts or found[0].startswith("POSTVENDITA_ENCRYPTION_KEYS: ")


@pytest.mark.parametrize("_row", [pytest.param(0, id="C5 web and worker with two secret keys")])
def test_two_processes_with_two_secret_keys_do_not_both_run(
    sqlite_db: Database, clock: Clock, _row: int
) -> None:
    worker = runtime_with(sqlite_db, clock)
    web = runtime_with(
        sqlite_db, clock, POSTVENDITA_SECRET_KEY="t" * 32
    )  # pragma: allowlist secret
    assert start_check.problems(web) == []
    same_secret.here(worker.db, worker.settings, clock.now())
    (told,) = start_check.problems(web)
    assert told.startswith("POSTVENDITA_SECRET_KEY: ")
    assert web.readiness()["ok"] is False
    assert worker.readiness()["ok"] is True
    assert start_check.problems(worker) == []

    same_secret.gone(worker.db, worker.settings)
    assert start_check.problems(web) == [], "a change of the key after an orderly stop"
    same_secret.here(worker.db, worker.settings, clock.now())
    clock.turn_to(MONDAY + timedelta(minutes=1))
    assert start_check.problems(web) == [], "the other was killed a while ago"


# --- Proxies --------------------------------------------------------------------------------------

FORGED = "6.6.6.6, 203.0.113.7, 10.0.0.2"
"""What a caller at 203.0.113.7 makes of it who writes 6.6.6.6 himself, behind two proxies."""


@pytest.mark.parametrize(
    ("proxies", "said", "seen"),
    [
        pytest.param("0", FORGED, "10.0.0.1", id="C23 none: nobody is believed"),
        pytest.param("1", FORGED, "10.0.0.2", id="C23 one: what our proxy saw"),
        pytest.param("2", FORGED, "203.0.113.7", id="C23 two: what the outer one saw"),
        pytest.param("2", "2001:db8::7, 10.0.0.2", "2001:db8::7", id="C23 two, a longer address"),
        pytest.param("1", "203.0.113.7:5511", "203.0.113.7", id="C23 one, with a port"),
        pytest.param("1", "", "10.0.0.1", id="C23 one that says nothing"),
        pytest.param("1", None, "10.0.0.1", id="C23 nobody in between"),
    ],
)
def test_the_callers_address_is_the_one_a_trusted_proxy_saw(
    proxies: str, said: str | None, seen: str
) -> None:
    settings = read({**GOOD, "POSTVENDITA_TRUSTED_PROXIES": proxies})
    found: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Callable[..., None]) -> list[bytes]:
        found.update(environ)
        start_response("200 OK", [])
        return []

    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher",
               "Forwarded": "for=6.6.6.6"}  # fmt: skip
    if said is not None:
        headers["X-Forwarded-For"] = said
    request = Request("/", headers)
    request.scope["client"] = ("10.0.0.1", 4711)
    request.feed(b"", more=False)
    served = OnThreads(app, 1, lambda _path: 1, settings.trusted_proxies)
    assert asyncio.run(request.ask(served)).status == 200

    assert found["REMOTE_ADDR"] == seen
    for forged in ("evil.example", "6.6.6.6", "gopher"):
        assert forged not in str(found)


# --- Files and surroundings -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "ok"),
    [
        pytest.param(datetime(2026, 10, 1, tzinfo=UTC), True, id="C15 next year is far"),
        pytest.param(datetime(2026, 11, 20, tzinfo=UTC), False, id="C15 next year is near"),
    ],
)
def test_a_calendar_that_ends_soon_is_said_sixty_days_before(
    sqlite_db: Database, clock: Clock, day: datetime, ok: bool
) -> None:
    clock.turn_to(day)
    found = doctor.examine(runtime_with(sqlite_db, clock))
    (told,) = [one for one in found if one.what == "calendar"]
    assert told.ok == ok
    assert "2026" in told.detail


@pytest.mark.parametrize("_row", [pytest.param(0, id="C18 an old file with a secret in it")])
def test_a_secret_in_a_file_fails_the_check(tmp_path: Path, _row: int) -> None:
    planted = tmp_path / "old.env"
    planted.write_text("# AWS_KEY='AKIA" + "IOSFODNN7EXAMPLQ'\n")
    hook = Path(sys.executable).with_name("detect-secrets-hook")
    baseline = tmp_path / "baseline"
    shutil.copy(Path(__file__).parents[2] / ".secrets.baseline", baseline)
    run = subprocess.run(
        [hook, "--baseline", baseline, planted], capture_output=True, check=False, text=True
    )
    assert run.returncode == 1
    assert "AWS Access Key" in run.stdout


@pytest.mark.parametrize(
    "count", [pytest.param(0, id="C24 no shop"), pytest.param(10_000, id="C24 10,000 shops")]
)
def test_starting_asks_as_little_of_many_shops_as_of_none(
    sqlite_db: Database, clock: Clock, count: int
) -> None:
    with sqlite_db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD")
        (row,) = tx.execute(sa.select(tables.shops)).mappings()
        tx.execute(sa.delete(tables.shops))
        if count:
            more = [{**row, "shop": f"shop-{n}.myshopify.com"} for n in range(count)]
            tx.execute(sa.insert(tables.shops), more)
    runtime = runtime_with(sqlite_db, clock)
    asked: list[str] = []
    for engine in {runtime.db.engine, runtime.db._reader}:
        event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert start_check.problems(runtime) == []
    make_app(runtime)
    assert runtime.readiness()["ok"] is True
    assert len(asked) < 40
