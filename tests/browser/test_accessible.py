"""What must hold on every page: no violation of WCAG 2.1 A and AA, no sideways scroll, no host."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import live
from tests.browser.pages import pages

pytestmark = live.IN_A_BROWSER

HERE = Path(__file__).parent
AXE = HERE / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


def broken(page: Page) -> list[str]:
    """What axe finds: rule, and where."""
    page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", RULES)
    return [
        f"{page.url}: {v['id']}: {node['target']} {node['html'][:160]}"
        for v in found["violations"]
        for node in v["nodes"]
    ]


def test_the_checker_is_the_one_we_took() -> None:
    digest, _, name = (HERE / "checksums.txt").read_text().partition("  ")
    assert hashlib.sha256((HERE / name.strip()).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_page_breaks_a_rule_of_wcag(desk: live.Desk, chromium: Browser, *, dark: bool) -> None:
    page = live.page_of(chromium, dark=dark)
    wrong: list[str] = []
    for path in pages(desk).values():
        page.goto(desk.url + path)
        wrong += broken(page)
    assert wrong == []


def test_no_page_scrolls_sideways_on_the_smallest_phone(desk: live.Desk, chromium: Browser) -> None:
    page = live.page_of(chromium, live.NARROW)
    wide: dict[str, int] = {}
    for name, path in pages(desk).items():
        page.goto(desk.url + path)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > live.NARROW[0]:
            wide[name] = width
    assert wide == {}


def test_no_page_asks_another_host(desk: live.Desk, chromium: Browser) -> None:
    page = live.page_of(chromium)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    errors: list[str] = []
    page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
    for path in pages(desk).values():
        page.goto(desk.url + path)
    assert {url for url in asked if not url.startswith((desk.url, "data:", "blob:"))} == set()
    assert errors == []


def test_pages_are_there_at_once_and_do_not_jump(desk: live.Desk, chromium: Browser) -> None:
    """Layout shift by Chromium's own count; how fast is measured apart, in `bench`."""
    page = live.page_of(chromium)
    shifts: dict[str, float] = {}
    for name, path in pages(desk).items():
        page.goto(desk.url + path)
        moved = page.evaluate(
            """() => new Promise(done => {
                let sum = 0;
                new PerformanceObserver(list => {
                    for (const entry of list.getEntries()) sum += entry.value;
                }).observe({type: 'layout-shift', buffered: true});
                requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
            })"""
        )
        if moved >= 0.1:
            shifts[name] = moved
    assert shifts == {}
