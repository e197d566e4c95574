"""The command line: clear words, exit codes that mean something, nothing done by mistake."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plugin.clock import Clock
from plugin.secrets import Vault
from plugin.settings import read
from plugin.store import shops
from plugin.store.database import Database
from scheduler.cli import main
from tests.app.test_settings import GOOD
from tests.fakes import SHOP
from tests.story import order_seen, purchase

COMMANDS = [
    [],
    ["serve"],
    ["web"],
    ["worker"],
    ["sandbox"],
    ["sweep"],
    ["db"],
    ["db", "upgrade"],
    ["doctor"],
    ["import"],
    ["import", "purchases"],
    ["import", "alternatives"],
    ["import", "measures"],
    ["export"],
    ["keys", "rotate"],
    ["shop", "add"],
    ["login-link"],
    ["audit"],
    ["audit", "verify"],
    ["backup"],
    ["restore"],
    ["parked"],
    ["parked", "list"],
    ["parked", "again"],
    ["actions"],
    ["actions", "list"],
    ["actions", "again"],
    ["order", "read"],
    ["calendar"],
    ["calendar", "check"],
    ["calendar", "recount"],
]


@pytest.fixture
def environment(sqlite_url: str) -> dict[str, str]:
    return {**GOOD, "POSTVENDITA_DATABASE_URL": sqlite_url, "POSTVENDITA_LOG_LEVEL": "error"}


def call(environment: dict[str, str], *words: str, said: str = "") -> Result:
    return CliRunner(env=environment).invoke(main, words, input=said)


def add_shop(environment: dict[str, str]) -> Result:
    return call(environment, "shop", "add", SHOP, "--currency", "USD", said="shpat_1\n")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(command: list[str]) -> None:
    result = CliRunner().invoke(main, [*command, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_wrong_settings_are_named_and_stop_the_start() -> None:
    result = call({"SHOPIFY_API_SECRET": "", "POSTVENDITA_SECRET_KEY": "dev"}, "sweep")
    assert result.exit_code == 3
    assert "POSTVENDITA_SECRET_KEY" in result.stderr


def test_an_old_database_is_not_served_and_the_way_out_is_said(tmp_path: Path) -> None:
    empty = {**GOOD, "POSTVENDITA_DATABASE_URL": f"sqlite:///{tmp_path / 'empty.db'}"}
    result = call(empty, "sweep")
    assert result.exit_code == 1
    assert "postvendita db upgrade" in result.stderr
    assert call(empty, "db", "upgrade").output.strip().startswith("empty -> ")
    assert call(empty, "sweep").exit_code == 0


def test_a_shop_is_added_and_its_token_kept_sealed(environment: dict[str, str]) -> None:
    added = add_shop(environment)
    assert (added.output, added.exception) == (f"{SHOP} is served\n", None)
    settings = read(environment)
    db = Database(settings.database_url)
    with db.read() as tx:
        found = shops.find(tx, SHOP)
    db.close()
    assert found is not None
    assert found.token is not None
    assert b"shpat_1" not in found.token
    opened = Vault(settings.encryption_keys).decrypt(found.token, shop=SHOP, column="shops.token")
    assert opened == "shpat_1"


def test_a_sweep_as_of_a_moment_does_one_pass_and_says_what_it_did(
    environment: dict[str, str],
) -> None:
    from plugin.casework import Casework
    from tests.conftest import MONDAY

    add_shop(environment)
    db = Database(environment["POSTVENDITA_DATABASE_URL"])
    with db.write() as tx:
        work = Casework(tx, SHOP, 1001, MONDAY)
        work.record([order_seen(), purchase()], by="store")
    db.close()
    result = call(environment, "sweep", "--as-of", "2026-11-09T09:00Z")
    assert result.exit_code == 0
    assert "1 orders looked at, 1 cases opened" in result.output
    again = call(environment, "sweep", "--as-of", "2026-11-09T09:00Z")
    assert "0 orders looked at, 0 cases opened" in again.output


@pytest.mark.parametrize("time", ["yesterday", "2026-11-09", "2026-11-09T09:00"])
def test_a_time_without_a_zone_is_asked_for_again(environment: dict[str, str], time: str) -> None:
    result = call(environment, "sweep", "--as-of", time)
    assert result.exit_code == 2
    assert "--as-of" in result.stderr


def test_an_import_reports_and_keeps_what_it_could_not_read(
    environment: dict[str, str], tmp_path: Path
) -> None:
    add_shop(environment)
    path = tmp_path / "alternatives.csv"
    path.write_text(
        "sku,supplier,url,price,currency,promised_days,note\n"
        "A,Anhe,https://example.com,9.90,CNY,3,\n"
        "B,Anhe,https://example.com,9.999,CNY,3,\n",
        "utf-8",
    )
    result = call(environment, "import", "alternatives", str(path), "--shop", SHOP)
    assert result.exit_code == 1
    assert "1 of 2 rows imported" in result.output
    rejected = (tmp_path / "alternatives.rejected.csv").read_text("utf-8")
    assert "price" in rejected
    assert "B,Anhe" in rejected


def test_an_import_for_a_shop_nobody_serves_says_so(
    environment: dict[str, str], tmp_path: Path
) -> None:
    result = call(environment, "import", "purchases", str(tmp_path / "x.csv"), "--shop", "nobody")
    assert result.exit_code == 2
    assert "shop add" in result.stderr


def test_the_doctor_says_what_is_wrong_in_words(environment: dict[str, str]) -> None:
    result = call(environment, "doctor")
    assert result.exit_code == 1
    assert "ok   tables" in result.output
    assert "BAD  clock: last tick never" in result.output
    assert "BAD  mail: POSTVENDITA_MAIL_URL is not set" in result.output
    assert "nobody can sign in by mail" in result.output
    assert Clock().file is None


def test_everything_a_shop_has_is_taken_away_in_one_file(
    environment: dict[str, str], tmp_path: Path
) -> None:
    assert add_shop(environment).exit_code == 0
    file = tmp_path / "all.zip"
    told = call(environment, "export", str(file), "--shop", SHOP)
    assert (told.exit_code, "personal data" in told.output) == (0, True)
    with zipfile.ZipFile(file) as packed:
        assert {"orders.jsonl", "cases.jsonl", "events.jsonl"} <= set(packed.namelist())
    before = file.read_bytes()
    again = call(environment, "export", str(file), "--shop", SHOP)
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    assert file.read_bytes() == before
    assert call(environment, "export", str(file), "--shop", "nobody.myshopify.com").exit_code == 2
