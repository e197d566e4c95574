"""What a process gets ready before it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from plugin import business_days
from plugin.pages.warming import FIRST_OPENED, rehearse, warm
from plugin.store import tables
from plugin.store.database import Database
from tests.conftest import MONDAY
from tests.pages.conftest import Browser


def test_no_template_is_left_to_be_compiled_for_the_first_visitor(browser: Browser) -> None:
    environment = browser.client.application.jinja_env
    assert environment.cache is not None
    warm(browser.client.application, MONDAY)
    known = len(environment.cache)
    assert known >= len(environment.list_templates(extensions=["html"]))
    for path in ("/", "/cases", browser.case, "/policy", "/suppliers", "/nothing-here"):
        browser.client.get(path)
    assert len(environment.cache) == known


def test_the_calendars_years_are_worked_out(browser: Browser) -> None:
    business_days._worked.cache_clear()
    warm(browser.client.application, MONDAY)
    assert business_days._worked.cache_info().currsize == 3


def test_the_pages_people_open_first_are_rehearsed(
    browser: Browser, sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: Flask = browser.client.application
    made: list[str] = []

    def watched(name: str, view: Callable[..., Any]) -> Callable[..., Any]:
        def shown(**places: str) -> Any:
            page = view(**places)
            made.append(name)
            return page

        return shown

    for name in ("desk.case", "desk.home", "desk.cases", "desk.analytics"):
        view = watched(name, app.view_functions[name])
        monkeypatch.setitem(app.view_functions, name, view)
    rehearse(app, sqlite_db, MONDAY)
    lists = sum(path.startswith("/cases") for path in FIRST_OPENED)
    assert made == ["desk.case", "desk.home", *["desk.cases"] * lists, "desk.analytics"]


def test_a_rehearsal_leaves_nothing_behind(browser: Browser, sqlite_db: Database) -> None:
    before = _rows(sqlite_db)
    rehearse(browser.client.application, sqlite_db, MONDAY)
    assert _rows(sqlite_db) == before


def test_a_page_that_cannot_be_made_does_not_keep_the_app_from_starting(
    browser: Browser, sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: Flask = browser.client.application

    def broken() -> str:
        raise RuntimeError("no such thing")

    monkeypatch.setitem(app.view_functions, "desk.home", broken)
    rehearse(app, sqlite_db, MONDAY)
    browser.get("/cases")


def _rows(db: Database) -> dict[str, int]:
    count = sa.select(sa.func.count())
    with db.read() as tx:
        every = tables.metadata.sorted_tables
        return {table.name: tx.scalar(count.select_from(table)) or 0 for table in every}
