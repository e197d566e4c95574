"""The list: what is in it, in which order, on which page."""

from __future__ import annotations

import re

import pytest

from plugin import timeline as t
from plugin.casework import Casework
from tests.conftest import MONDAY
from tests.fakes import SHOP
from tests.pages.conftest import Browser
from tests.story import line, order_seen

MORE = 60


@pytest.fixture
def busy(browser: Browser) -> Browser:
    """Alice's desk with 60 more orders out of stock."""
    with browser.db.write() as tx:
        for number in range(3000, 3000 + MORE):
            work = Casework(tx, SHOP, number, MONDAY)
            work.record([order_seen(line(number), name=f"#{number}")], by="store")
            work.record([t.OutOfStockReported("", (number,))], by="supplier")
    return browser


def listed(page: str) -> list[str]:
    return re.findall(r'class="row" href="[^"]+">(#[\d-]+)<', page)


def test_every_case_is_on_one_page_and_only_one(busy: Browser) -> None:
    first, second = busy.get("/cases"), busy.get("/cases?page=2")
    assert (len(listed(first)), len(listed(second))) == (50, MORE + 1 - 50)
    assert len({*listed(first), *listed(second)}) == MORE + 1
    assert 'rel="next" href="/cases?page=2"' in first
    assert 'rel="next"' not in second
    assert 'rel="prev" href="/cases?page=1"' in second


def test_the_next_page_keeps_the_filter(busy: Browser) -> None:
    assert 'href="/cases?status=needs_you&amp;page=2"' in busy.get("/cases?status=needs_you")


@pytest.mark.parametrize("page", ["0", "-1", "x", "２", "9" * 40, "1e3", ""])
def test_a_page_that_cannot_be_is_the_first(busy: Browser, page: str) -> None:
    assert len(listed(busy.get(f"/cases?page={page}"))) == 50


def test_a_page_beyond_the_last_says_so_and_leads_back(busy: Browser) -> None:
    assert "Show all cases" in busy.get("/cases?page=99")


def test_the_figures_lead_to_the_rows_behind_them(browser: Browser) -> None:
    page = browser.get("/cases")
    assert "1 case needs you" in page
    for path in ("?status=needs_you", "?risk=yes", "?due=week"):
        assert f'href="{path}"' in page
    assert listed(browser.get("/cases?risk=yes")) == ["#1001-1"]
    assert listed(browser.get("/cases?due=week")) == []
    assert listed(browser.get("/cases?status=closed")) == []
