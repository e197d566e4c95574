"""What a merchant and a customer do, in a real browser, from the first page to the money."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from plugin.sandbox.dice import Dice
from plugin.sandbox.pictures import picture
from tests.browser import live

pytestmark = live.IN_A_BROWSER


@pytest.fixture
def page(chromium: Browser) -> Page:
    return live.page_of(chromium)


def test_the_first_five_minutes_end_with_a_refund(desk: live.Desk, page: Page) -> None:
    page.goto(desk.url)
    expect(page.get_by_role("heading", level=1)).to_contain_text("need you")
    page.get_by_role("button", name=re.compile("Skip.*Connect")).click()
    page.get_by_role("button", name=re.compile("Done.*Check the policy")).click()
    expect(page.get_by_text("2 of 4 steps")).to_be_visible()
    page.get_by_label("Letters go out by themselves").check()
    page.get_by_role("button", name="Choose", exact=True).click()
    expect(page.get_by_text("3 of 4 steps")).to_be_visible()

    refund = page.get_by_role("link", name=re.compile("^Refund")).first
    refund.click()
    number = page.get_by_role("heading", level=1).inner_text().split()[0]
    before = _repaid(desk)
    page.get_by_role("button", name=re.compile(r"^Refund .\d")).first.click()
    page.wait_for_url("**/cases/**")
    _until(lambda: _repaid(desk) == before + 1)
    page.reload()
    expect(page.locator("body")).to_contain_text(number)
    expect(page.get_by_text("Done").first).to_be_visible()


def test_several_cases_at_once_are_previewed_and_answered_one_by_one(
    desk: live.Desk, page: Page
) -> None:
    page.goto(f"{desk.url}/cases?status=needs_you")
    rows = page.locator("table.inbox tbody tr")
    for place in range(3):
        rows.nth(place).locator("input[name=case]").check()
    expect(page.get_by_text("3 cases picked").or_(page.locator(".picked"))).to_contain_text("3")
    page.locator("select[name=do]").select_option("approve")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("Approve|Say yes"))
    page.locator("form[action*=confirm] button.primary").click()
    expect(page.locator("main")).to_contain_text(re.compile("done|Done|approved", re.IGNORECASE))


def test_a_rule_is_tried_published_and_restored(desk: live.Desk, page: Page) -> None:
    page.goto(f"{desk.url}/policy")
    number = page.locator("input[name=urge_supplier]")
    was = number.input_value()
    number.fill("3")
    page.get_by_role("button", name=re.compile("What would")).click()
    expect(page.locator("#simulated")).not_to_be_empty(timeout=20_000)
    page.locator("input[name=note]").fill("a day more")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("input[name=urge_supplier]")).to_have_value("3")
    page.goto(f"{desk.url}/policy/versions")
    expect(page.locator("main")).to_contain_text("a day more")
    page.get_by_role("button", name=re.compile("Restore|back")).first.click()
    page.goto(f"{desk.url}/policy")
    expect(page.locator("input[name=urge_supplier]")).to_have_value(was)


def test_a_customer_sends_a_picture_from_a_phone_and_the_claim_goes_out(
    desk: live.Desk, chromium: Browser, page: Page, tmp_path: Path
) -> None:
    order = desk.order_of(desk.case_with("Customs hold", "Cleared"))
    phone = live.page_of(chromium, live.PHONE)
    phone.goto(desk.url + desk.customer_page(order))
    report = phone.locator("#report")
    if report.get_attribute("open") is None:
        report.locator("summary").click()
    report.locator("select[name^=units_]").first.select_option("1")
    report.locator("input[name=situation][value=damaged]").check()
    report.locator("textarea[name=words]").fill("It came broken.")
    file = tmp_path / "fault.jpg"
    file.write_bytes(picture(Dice("flows"), "fault"))
    report.locator("input[type=file]").set_input_files(str(file))
    report.locator("button.primary").click()
    expect(phone.locator("main")).to_contain_text("Thank you", timeout=20_000)
    assert phone.evaluate("document.documentElement.scrollWidth") <= live.PHONE[0]

    page.goto(desk.url + order)
    page.get_by_role("link", name=re.compile(r"^#\d+-\d+$")).last.click()
    expect(page.locator("body")).to_contain_text("Damaged")
    case = page.url
    desk.turn(hours=2)
    page.goto(f"{case}/claim")
    expect(page.locator("img[src*=evidence]")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download everything").click()
    assert download.value.suggested_filename.endswith(".zip")
    page.get_by_role("button", name="I have sent it").click()
    page.goto(case)
    expect(page.locator("body")).to_contain_text(re.compile("checked|verif", re.IGNORECASE))


def test_inbox_and_case_by_keyboard_alone(desk: live.Desk, page: Page) -> None:
    page.goto(f"{desk.url}/cases")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("input[name=case]:checked")).to_have_count(1)
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}"))
    page.go_back()
    page.keyboard.press("/")
    page.keyboard.type("zzz-nothing")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=zzz-nothing**")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.tagName")
    assert focused in {"A", "BUTTON", "INPUT"}


def test_everything_is_there_without_script(desk: live.Desk, chromium: Browser) -> None:
    plain = live.page_of(chromium, script=False)
    plain.goto(f"{desk.url}/cases?status=needs_you")
    plain.locator("a.row").first.click()
    expect(plain.get_by_role("heading", level=1)).to_be_visible()


def _repaid(desk: live.Desk) -> int:
    return len(requests.get(f"{desk.url}/sandbox/control/ledger", timeout=10).json()["refunds"])


def _until(held: object, tries: int = 100) -> None:
    assert callable(held)
    for _ in range(tries):
        if held():
            return
        live.pause(live.PAUSE)
    raise AssertionError("it did not happen")
