"""History on the case page, in the claim, in files; and who did what to the shop."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from plugin.clock import Clock
from plugin.store import chain, deeds, members, tables
from plugin.store.database import Database
from scheduler.cli import main
from tests.app.test_settings import GOOD
from tests.audit.conftest import intruder
from tests.conftest import MONDAY
from tests.fakes import SHOP
from tests.pages.conftest import REFUND, Browser, browser_on_both

__all__ = ["browser_on_both"]

Postvendita = Callable[..., Result]


@pytest.fixture
def browser(browser_on_both: Browser) -> Browser:
    return browser_on_both


@pytest.fixture
def postvendita(database_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Postvendita:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("POSTVENDITA_DATABASE_URL", database_url)
    return lambda *words: CliRunner().invoke(main, list(words))


def done(browser: Browser) -> list[str]:
    with browser.db.read() as tx:
        return [one.what for one in deeds.of_shop(tx, SHOP, 100) if one.by == "Alice"]


def test_the_case_says_that_its_history_was_verified(browser: Browser) -> None:
    assert "History verified: " in browser.get(browser.case)
    assert "Storia verificata: " in browser.get(f"{browser.case}?lang=it")
    assert "历史已核验" in browser.get(f"{browser.case}?lang=zh")


def test_one_changed_row_breaks_the_tick(browser: Browser) -> None:
    with intruder(browser.db) as tx:
        tx.execute(sa.text("UPDATE events SET by = 'Mallory' WHERE seq = 2"))
    page = browser.get(browser.case)
    assert "History verified" not in page
    assert "entry 2 was changed" in page


def test_the_history_file_proves_itself(
    browser: Browser, postvendita: Postvendita, tmp_path: Path
) -> None:
    told = browser.get(f"{browser.case}/history.jsonl")
    file = tmp_path / "history.jsonl"
    file.write_text(told)
    assert postvendita("audit", "verify", "--file", str(file)).exit_code == 0
    changed = told.replace('"by": "supplier"', '"by": "Mallory"')
    assert changed != told
    file.write_text(changed)
    answer = postvendita("audit", "verify", "--file", str(file))
    assert answer.exit_code == 1
    assert "was changed" in answer.output
    head = json.loads(told.splitlines()[0])["head"]
    with browser.db.read() as tx:
        assert chain.head(tx, SHOP) == (head["n"], head["hash"])


def test_a_file_that_is_none_is_refused_by_name(postvendita: Postvendita, tmp_path: Path) -> None:
    file = tmp_path / "other.txt"
    file.write_text("{}\n[]")
    answer = postvendita("audit", "verify", "--file", str(file))
    assert answer.exit_code == 2
    assert "not a history file" in answer.output


def test_the_whole_chain_is_verified_by_command(browser: Browser, postvendita: Postvendita) -> None:
    answer = postvendita("audit", "verify")
    assert answer.exit_code == 0, answer.output
    head = answer.output.partition(f"{SHOP}: ")[2].partition("head ")[2].split()[0]
    assert postvendita("audit", "verify", "--shop", SHOP, "--expect", head).exit_code == 0
    n = head.partition(":")[0]
    other = postvendita("audit", "verify", "--shop", SHOP, "--expect", f"{n}:{'0' * 64}")
    assert other.exit_code == 1
    assert "is not there any more" in other.output
    with intruder(browser.db) as tx:
        tx.execute(sa.text("UPDATE deeds SET by = 'Mallory' WHERE what = 'terms_published'"))
    answer = postvendita("audit", "verify", "--shop", SHOP)
    assert answer.exit_code == 1
    assert "was changed" in answer.output


def test_a_database_without_its_triggers_is_not_good(
    browser: Browser, postvendita: Postvendita
) -> None:
    on = "" if browser.db.is_sqlite else " ON events"
    with browser.db.write() as tx:
        tx.execute(sa.text(f"DROP TRIGGER events_refuses_update{on}"))
    answer = postvendita("audit", "verify")
    assert answer.exit_code == 1
    assert "trigger events_refuses_update is missing" in answer.output
    postvendita("db", "upgrade")
    assert postvendita("audit", "verify").exit_code == 0


def test_what_people_do_to_the_shop_is_in_its_history(browser: Browser) -> None:
    browser.post("/pause")
    browser.post("/resume")
    browser.post("/members", email="bianca@example.com", role="agent")
    browser.post("/keys", 200, name="till", scope="read")
    browser.post("/sender", sender="desk@alice.example")
    browser.post("/watching", on="no")
    browser.post("/watching", on="yes")
    told = ["switched_on", "watched", "sender_changed", "key_made", "member_kept"]
    assert done(browser) == [*told, "resumed", "paused"]
    page = browser.get("/audit")
    assert "paused everything" in page
    assert "let a person in" in page
    assert "deed." not in page


def test_who_may_not_move_money_and_tries_is_remembered(browser: Browser) -> None:
    with browser.db.write() as tx:
        members.add(tx, SHOP, "agent@example.com", "agent", MONDAY, by="Alice")
        members.add(tx, SHOP, "owner@example.com", "owner", MONDAY, by="Alice")
    browser.sign_in(person="agent@example.com")
    browser.post(f"{browser.case}/approve", 403, key=REFUND)
    with browser.db.read() as tx:
        last = deeds.of_shop(tx, SHOP, 1)[0]
    assert (last.by, last.what, last.about) == ("agent@example.com", "refused_money", REFUND)


def test_a_deed_whose_click_came_to_nothing_is_not_remembered(browser: Browser) -> None:
    browser.post("/keys/revoke", 404, key_id="none")
    assert done(browser) == []


def test_the_export_of_everything_carries_the_chain(browser: Browser) -> None:
    answer = browser.client.post("/export", headers={"Sec-Fetch-Site": "same-origin"})
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        links = packed.read("chain.jsonl").decode().splitlines()
        assert "exported" in packed.read("deeds.jsonl").decode()
    with browser.db.read() as tx:
        assert len(links) == chain.head(tx, SHOP)[0]


def test_every_deed_has_words(sqlite_url: str) -> None:
    from plugin.pages.texts import known

    db = Database(sqlite_url)
    try:
        assert "deeds" in tables.metadata.tables
    finally:
        db.close()
    sources = [*Path("plugin").rglob("*.py"), *Path("scheduler").rglob("*.py")]
    said = set()
    for source in sources:
        text = source.read_text()
        said |= {part.split('"')[0] for part in text.split('desk.act("')[1:]}
        said |= {part.split('"')[0] for part in text.split('what="')[1:] if "deeds" in text}
    assert len(said) > 25
    assert sorted(what for what in said if not known(f"deed.{what}")) == []
