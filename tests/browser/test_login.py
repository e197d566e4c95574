"""Signing in as a person does: ask, look into the mailbox, press the link, and go again."""

from __future__ import annotations

import re

import pytest
import requests
from playwright.sync_api import Browser

from tests.browser import live
from tests.browser.test_accessible import broken

pytestmark = live.IN_A_BROWSER

ANNA = "anna@lanterna.example"
SAME = {"Sec-Fetch-Site": "same-origin"}
MOST_LOOKS = 300


def link_in_mailbox(desk: live.Desk, known: set[str]) -> str:
    """The newest letter's link, as soon as it is there."""
    for _ in range(MOST_LOOKS):
        mailbox = requests.get(f"{desk.url}/sandbox/mailbox", timeout=10).text
        for mail in dict.fromkeys(re.findall(r'href="([^"]*/mailbox/[^"]+)"', mailbox)):
            page = requests.get(f"{desk.url}{mail}", timeout=10).text
            for link in re.findall(r"/login/mail/[\w.-]+", page):
                if link not in known:
                    return str(link)
        live.pause(live.PAUSE)
    raise AssertionError("no letter came")


@pytest.mark.parametrize("size", [live.WIDE, live.PHONE, live.NARROW], ids=["wide", "390", "320"])
def test_a_member_signs_in_by_mail_and_out_again(
    desk: live.Desk, chromium: Browser, size: tuple[int, int]
) -> None:
    form = {"email": ANNA, "name": "Anna", "role": "owner"}
    requests.post(f"{desk.url}/members", data=form, headers=SAME, timeout=10).raise_for_status()
    page = live.page_of(chromium, size)
    wrong: list[str] = []

    def looked_at() -> None:
        wrong.extend(broken(page))
        width = page.evaluate("document.documentElement.scrollWidth")
        wrong.extend([f"{page.url} is {width} wide"] if width > size[0] else [])

    page.goto(f"{desk.url}/login")
    looked_at()
    page.get_by_label("E-mail").fill(ANNA)
    page.get_by_role("button", name="Send me a link").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()
    looked_at()
    page.goto(f"{desk.url}{link_in_mailbox(desk, USED)}")
    USED.add(page.url.removeprefix(desk.url))
    page.get_by_role("heading", name="Sign in to Lanterna").wait_for()
    looked_at()
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()
    looked_at()
    page.goto(f"{desk.url}/cases")
    page.goto(f"{desk.url}/accesses")
    page.locator("td", has_text=ANNA).first.wait_for()
    looked_at()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Send me a link").wait_for()
    assert wrong == []


USED: set[str] = set()
"""Links of letters that are still in the mailbox."""
