"""What a process gets ready before it answers."""

from __future__ import annotations

from plugin import business_days
from plugin.pages.warming import warm
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
