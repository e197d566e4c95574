"""Whoever sees customers' data is written down: made from the map of addresses, none forgotten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.api.operations import OPERATIONS
from plugin.pages.personal import KINDS, SHOWS
from plugin.store import accesses, chain, tables
from plugin.store.accesses import TOGETHER_SECONDS, Entry, Sought, log
from plugin.store.free_text import FREE_TEXT
from tests.isolation.asking import Asker, browser
from tests.isolation.test_api import call, paths, program, queries
from tests.isolation.test_pages import looked_at, opened
from tests.isolation.town import Town

MARKS = {
    "name": ("Mimosa Merle",),
    "email": ("merle@nest.example",),
    "phone": ("+39 555 0199",),
    "address": ("Nightingale Lane",),
    "words": ("chirped-in-free-text",),
    "files": ("a copy for ", "a picture of "),
}
"""What stands in every customer's data, by kind; of files what is in the pictures."""
NOT_BY_LOOKING = {
    *("desk.click", "desk.upload", "desk.bulk", "desk.carry_out", "desk.keep_letter"),
    *("desk.export_cases", "desk.export_all", "desk.make_order_file", "desk.video"),
    *("api.make_order_file", "api.preview_letter", "api.get_video", "api.list_case_letters"),
}
"""Shown in answer to a form, or not in the town: tried by name below."""


@pytest.fixture
def marked(town: Town) -> Town:
    """The town with a mark in every kind of data of every customer."""
    with town.db.write() as tx:
        lane = [[name, MARKS["address"][0]] for name in ("address1", "city")]
        person = {name: MARKS[name][0] for name in ("name", "email", "phone")}
        tx.execute(sa.update(tables.customers).values(**person, address=lane))
        words = {"words": MARKS["words"][0], "address": {"city": MARKS["address"][0]}}
        tx.execute(sa.update(tables.reports).values(words))
        tx.execute(sa.update(tables.evidence).values(name=MARKS["words"][0]))
        tx.execute(sa.delete(tables.letter_texts))
        for row in tx.execute(sa.select(tables.events)).all():
            said = {name: MARKS["words"][0] for name in FREE_TEXT if row.body.get(name)}
            if said:
                mine = (tables.events.c.shop == row.shop, tables.events.c.order_id == row.order_id)
                where = sa.update(tables.events).where(*mine, tables.events.c.seq == row.seq)
                with chain.opened(tx, row.shop):
                    tx.execute(where.values(body={**row.body, **said}))
    return town


class Log:
    """What was written down since the last look; time goes on in between."""

    def __init__(self, town: Town) -> None:
        self.town, self.shop = town, town.alice.shop
        self.seen = self._all()

    def _all(self) -> dict[int, Entry]:
        with self.town.db.read() as tx:
            return {entry.id: entry for entry in log(tx, self.shop, Sought(), 10_000)}

    def new(self) -> list[Entry]:
        found = self._all()
        fresh = [one for key, one in found.items() if self.seen.get(key) != one]
        self.seen = found
        clock = self.town.runtime.clock
        clock.turn_to(clock.now() + timedelta(seconds=TOGETHER_SECONDS))
        return fresh


def kinds_in(text: str) -> set[str]:
    return {kind for kind in KINDS if any(mark in text for mark in MARKS[kind])}


def views(town: Town) -> Iterator[tuple[str, str, str]]:
    """(endpoint, path, answer) of everything that can be looked at, one at a time."""
    alice = browser(town)
    for rule in opened(alice):
        for path, answer in looked_at(alice, rule, town.alice):
            yield rule.endpoint, path, answer.text
    key = program(town, town.alice)
    for operation in OPERATIONS:
        if operation.method == "GET":
            for path, _ in paths(operation, town.alice, town.alice):
                for query in queries(operation, town.alice):
                    answer = call(key, operation, path, None, query)
                    yield f"api.{operation.name}", f"{path} {query}", answer.text


def test_every_view_of_customers_data_is_written_down_once(marked: Town) -> None:
    written, wrong = Log(marked), []
    shown: dict[str, set[str]] = defaultdict(set)
    for endpoint, path, text in views(marked):
        found, entries = kinds_in(text), written.new()
        shown[endpoint] |= found
        if found and (len(entries) != 1 or entries[0].count != 1):
            wrong.append(f"{endpoint} {path} shows {found}: {len(entries)} entries")
        elif entries and (endpoint not in SHOWS or found - set(entries[0].kinds)):
            wrong.append(f"{endpoint} {path} shows {found}: {entries}")
        elif entries and not (entries[0].orders or SHOWS[endpoint].leaves):
            wrong.append(f"{endpoint} {path}: whose data is not said")
    assert not wrong, "\n".join(wrong)
    stale = {e: one.kinds for e, one in SHOWS.items() if shown[e] != set(one.kinds)}
    assert set(stale) == NOT_BY_LOOKING, stale


def test_the_log_holds_nothing_of_the_customers_itself(marked: Town) -> None:
    for _ in views(marked):
        pass
    with marked.db.read() as tx:
        rows = tx.execute(sa.select(tables.accesses)).all()
    assert len(rows) > 5
    assert kinds_in(str(rows)) == set()


@pytest.mark.parametrize(
    ("what", "path", "form", "kinds"),
    [
        ("list_file", "/cases/export", {}, {"name"}),
        ("everything", "/export", {}, set(KINDS)),
        ("list", "/cases/bulk", {"do": "approve", "case": "{cases}"}, {"name"}),
        ("list", "/cases/bulk/confirm", {"do": "nothing"}, {"name"}),
        ("case", "/cases/{case}/decline", {"key": "none"}, {"name", "words"}),
        ("letter", "/letters/refunded/en", {"do": "preview", "order": "#1001"}, {"name"}),
    ],
)
def test_what_a_form_shows_or_hands_out_is_written_down(
    marked: Town, what: str, path: str, form: dict[str, Any], kinds: set[str]
) -> None:
    case_id = _case_with_words(marked)
    filled = {"{cases}": marked.alice.cases}
    if what == "letter":
        form = {**form, "subject": "Hello", "body": "Dear {{ customer_name }}"}
    sent = {name: filled.get(value, value) for name, value in form.items()}
    asker, written = browser(marked), Log(marked)
    answer = asker.ask("POST", path.replace("{case}", case_id), data=sent)
    (entry,) = written.new()
    assert (entry.what, entry.way, entry.person) == (what, "desk", "somebody")
    assert kinds_in(answer.text) == kinds <= set(entry.kinds)


def _case_with_words(town: Town) -> str:
    with town.db.read() as tx:
        query = sa.select(tables.reports.c.report_id, tables.cases.c.case_id).join(
            tables.cases,
            (tables.cases.c.shop == tables.reports.c.shop)
            & (tables.cases.c.order_id == tables.reports.c.order_id),
        )
        return str(tx.execute(query.where(tables.cases.c.shop == town.alice.shop)).first()[1])  # type: ignore[index]  # there is one in every town


def ask_again(town: Town, times: int) -> tuple[Asker, list[Entry]]:
    asker, written = browser(town), Log(town)
    for _ in range(times):
        assert asker.ask("GET", f"/cases/{town.alice.cases[0]}").status == 200
    return asker, written.new()


def test_the_same_view_again_within_ten_minutes_is_one_row_with_a_count(marked: Town) -> None:
    asker, (entry,) = ask_again(marked, 3)
    assert entry.count == 3
    written = Log(marked)
    asker.ask("GET", f"/cases/{marked.alice.cases[0]}")
    (later,) = written.new()
    assert (later.id != entry.id, later.count) == (True, 1)


def test_a_case_full_of_pictures_is_one_row(marked: Town) -> None:
    asker, written = browser(marked), Log(marked)
    with marked.db.read() as tx:
        mine = tables.evidence.c.shop == marked.alice.shop
        case_id, picture = tx.execute(
            sa.select(tables.evidence.c.case_id, tables.evidence.c.evidence_id).where(mine)
        ).one()
    for _ in range(10):
        assert asker.ask("GET", f"/cases/{case_id}/evidence/{picture}").status == 200
    (entry,) = written.new()
    assert (entry.what, entry.count, entry.case_id) == ("picture", 10, case_id)


def test_a_key_of_the_api_is_named_as_who_looked(marked: Town) -> None:
    key, written = program(marked, marked.alice), Log(marked)
    key.ask("GET", f"/api/v1/cases/{marked.alice.cases[0]}/timeline")
    (entry,) = written.new()
    assert (entry.way, entry.what) == ("api", "timeline")
    assert entry.person == f"api:{marked.alice.canary} key"


def test_a_letter_tried_by_the_api_is_written_down(marked: Town) -> None:
    key, written = program(marked, marked.alice), Log(marked)
    words = {"subject": "Hello", "body": "Dear {{ customer_name }}", "order": "#1001"}
    answer = key.ask("POST", "/api/v1/letters/refunded/en/preview", json=words)
    (entry,) = written.new()
    assert (entry.way, entry.what) == ("api", "letter")
    assert kinds_in(answer.text) == {"name"} == set(entry.kinds)


def broken(_tx: object, *_more: object) -> None:
    raise RuntimeError("no room on the disk")


def test_a_page_is_shown_where_the_log_cannot_be_written(
    marked: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = browser(marked)
    monkeypatch.setattr(accesses, "note", broken)
    answer = asker.ask("GET", f"/cases/{marked.alice.cases[0]}")
    assert (answer.status, MARKS["name"][0] in answer.text) == (200, True)


@pytest.mark.parametrize("path", ["/export", "/cases/export", "/cases/{claimed}/claim.zip"])
def test_nothing_is_handed_out_where_the_log_cannot_be_written(
    marked: Town, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    asker = browser(marked)
    monkeypatch.setattr(accesses, "note", broken)
    method = "GET" if path.endswith("zip") else "POST"
    answer = asker.ask(method, path.replace("{claimed}", _case_with_words(marked)))
    assert answer.status == 503
    assert kinds_in(answer.text) == set()
    assert "written down first" in answer.text


def test_looking_at_nobodys_data_is_not_written_down(marked: Town) -> None:
    asker, written = browser(marked), Log(marked)
    for path in ("/", "/cases?q=nobody", "/letters/refunded/en", "/settings", "/cases/none"):
        asker.ask("GET", path)
    assert written.new() == []
